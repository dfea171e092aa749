/*
 * Indexes of the cache that are kept as objects and bodies come and go, so that nobody looks
 * through all of them: where each object lies, how many pages there are, and what has to be read.
 *
 * What it is not: the objects (object.h, whose functions keep these).
 *
 * Every function works inside the caller's transaction on the cache store.
 */
#ifndef NOTIONFS_CACHE_OBJECT_INDEX_H
#define NOTIONFS_CACHE_OBJECT_INDEX_H

#include "cache/object.h"

/* Where an object says it lies; the fields are those of struct object_info. */
struct object_place {
	struct uuid id;
	struct uuid parent;
	struct uuid database;
	struct uuid database_parent;
	uint8_t kind;	     /* enum object_kind */
	uint8_t parent_kind; /* enum parent_kind */
	uint8_t database_parent_kind;
	uint8_t in_trash;
};

/* For object.c: an object was stored, or is to be deleted. */
must_check int object_index_put(struct store_transaction *cache, const json_t *object, bool is_new);
must_check int object_index_delete(struct store_transaction *cache, const struct uuid *id);

/* Has the cache these indexes? One of an earlier version has not. */
bool object_index_is_built(struct store_transaction *cache);
/* Makes those of the objects that are here. The caller adds what else is to be read. */
must_check int object_index_build(struct store_transaction *cache);

/* Visits the objects from this id on, in the order of their ids. `visit` > 0 stops, which is then
 * answered. */
typedef int object_place_visit(void *context, const struct object_place *place);
must_check int object_place_each(struct store_transaction *cache, const struct uuid *from,
				 object_place_visit *visit, void *context);

/* How many pages are known. */
must_check int object_count_pages(struct store_transaction *cache, size_t *ret_count);

/*
 * Pages whose body has to be read, since it never was or is stale; and those whose body was given
 * up to make room (evicted), which are read when somebody asks. body_put ends either.
 */
must_check int unread_add(struct store_transaction *cache, const struct uuid *page);
must_check int unread_remove(struct store_transaction *cache, const struct uuid *page);
must_check int unread_set_evicted(struct store_transaction *cache, const struct uuid *page);
bool unread_is_evicted(struct store_transaction *cache, const struct uuid *page);
/* How many were given up. */
must_check int unread_count_evicted(struct store_transaction *cache, size_t *ret_count);
/* Visits those that have to be read, in the order of their ids. `visit` > 0 stops. */
typedef int unread_visit(void *context, const struct uuid *page);
must_check int unread_each(struct store_transaction *cache, unread_visit *visit, void *context);

#endif
