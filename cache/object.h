/*
 * What the cache knows of Notion's objects: pages, databases, data sources, the blocks of a page
 * and the bytes last shown of it. All of it can be fetched again.
 *
 * What it is not: names, times or anything owed (tree.h, queue.h: those are state).
 *
 * Every function works inside the caller's transaction on the cache store.
 */
#ifndef NOTIONFS_CACHE_OBJECT_H
#define NOTIONFS_CACHE_OBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/store.h"
#include "mapping/base/uuid.h"

enum object_kind { OBJECT_PAGE = 'p', OBJECT_DATABASE = 'd', OBJECT_DATA_SOURCE = 's' };

enum parent_kind {
	PARENT_WORKSPACE,
	PARENT_PAGE,
	PARENT_BLOCK,
	PARENT_DATABASE,
	PARENT_DATA_SOURCE,
	PARENT_UNKNOWN, /* an agent, or something newer than us */
};

/* The few fields the tree needs. `title` is malloc'ed. */
struct object_info {
	enum object_kind kind;
	struct uuid id;
	enum parent_kind parent_kind;
	struct uuid parent;
	/* data source: its database, and where that lies */
	struct uuid database;
	enum parent_kind database_parent_kind;
	struct uuid database_parent;
	char *title;
	int64_t created_ms;
	int64_t edited_ms;
	bool in_trash;
};

/* -EINVAL: no object we know. Caller releases. */
must_check int object_info_init(const json_t *object, struct object_info *ret_info);
void object_info_release(struct object_info *info);
static inline void cleanup_object_info(struct object_info *info)
{
	object_info_release(info);
}

/* Keeps the object; *ret_changed (may be NULL) says whether it differs from what was kept. */
must_check int object_put(struct store_transaction *cache, const json_t *object, bool *ret_changed);
/* New reference. -ENOENT. */
must_check int object_get(struct store_transaction *cache, const struct uuid *id,
			  json_t **ret_object);
/* The same where "not known" needs no reason: NULL. */
json_t *object_find(struct store_transaction *cache, const struct uuid *id);
must_check int object_delete(struct store_transaction *cache, const struct uuid *id);
bool object_exists(struct store_transaction *cache, const struct uuid *id);

/* Notes that `child` lies below `parent`, wherever we learnt it. */
must_check int object_add_child(struct store_transaction *cache, const struct uuid *parent,
				const struct uuid *child);
must_check int object_remove_child(struct store_transaction *cache, const struct uuid *parent,
				   const struct uuid *child);
bool object_has_children(struct store_transaction *cache, const struct uuid *parent);

struct body {
	json_t *blocks;	    /* nested under `children` */
	int64_t fetched_ms; /* server time when the reading began */
	bool is_stale;	    /* something says it has changed since */
};
must_check int body_put(struct store_transaction *cache, const struct uuid *page,
			const struct body *body);
/* Caller owns body.blocks. -ENOENT. */
must_check int body_get(struct store_transaction *cache, const struct uuid *page,
			struct body *ret_body);
bool body_exists(struct store_transaction *cache, const struct uuid *page);
/* Another number for every other record of a body; 0: none. Says whether it was written since. */
uint64_t body_stamp(struct store_transaction *cache, const struct uuid *page);
/* Is there a body, and is it not stale? */
bool body_is_fresh(struct store_transaction *cache, const struct uuid *page);
must_check int body_set_stale(struct store_transaction *cache, const struct uuid *page);

/* The bytes point into the transaction. -ENOENT. */
must_check int rendering_get(struct store_transaction *cache, const struct uuid *page,
			     uint64_t *ret_version, struct store_value *ret_bytes);
must_check int rendering_put(struct store_transaction *cache, const struct uuid *page,
			     uint64_t version, const void *bytes, size_t len);
must_check int rendering_delete(struct store_transaction *cache, const struct uuid *page);

/* FNV-1a, 64 bit: tells texts apart, protects nothing. */
uint64_t content_hash(const void *bytes, size_t len);

/* Helpers for answers of the API; never fail. "" and NULL where something is missing. */
const char *json_get_text(const json_t *object, const char *key);
/* The id in `key` (or of `object` when key is NULL: "id"); false when there is none. */
bool json_get_id(const json_t *object, const char *key, struct uuid *ret_id);

#endif
