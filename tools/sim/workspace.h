/*
 * The workspace in memory: the document of the workspace file itself, with an index over its ids.
 *
 * What it is not: the API's view of it. Objects are kept as they were loaded; endpoints change
 * them in place and tools/sim/object.h makes answers of copies. So a dump is the document.
 *
 * Not thread safe: guarded by the server's lock. Nothing blocks.
 */
#ifndef NOTIONFS_SIM_WORKSPACE_H
#define NOTIONFS_SIM_WORKSPACE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/base/cleanup.h"
#include "mapping/base/uuid.h"

/* All there is under one id. A page below another has its child_page block beside it. */
struct record {
	struct uuid id;
	json_t *block; /* these four borrowed from the document, or NULL */
	json_t *page;
	json_t *database;
	json_t *data_source;
	int64_t searchable_ms; /* server time from which search finds it */
	bool is_root;	       /* shared with the connection directly */
	bool is_unshared;      /* taken from the connection, with all that is below */
};

struct workspace {
	json_t *document; /* owned */
	json_t *users;	  /* these borrowed from the document */
	json_t *pages;
	json_t *databases;
	json_t *data_sources;
	json_t *blocks; /* parent id → array of blocks, trashed ones included */
	json_t *comments;
	json_t *file_uploads; /* NULL until there is one */
	json_t *files;
	json_t *config;
	bool all_shared;   /* the file names no roots, or the token is a person's */
	bool has_unshared; /* some record is or was */
	struct record **slots;
	size_t slot_count;
	size_t record_count;
	uint64_t ids_made;
};

/* Takes `document` over, also on failure. -EINVAL with *ret_message (malloc'ed) when it is not the
 * form of a workspace file. */
must_check int workspace_init(struct workspace *workspace, json_t *document, char **ret_message);
void workspace_release(struct workspace *workspace);

/* NULL when there is none. */
struct record *workspace_find(const struct workspace *workspace, const char *id);
/* The record of `id`, made when missing. `id` is a valid uuid. */
struct record *workspace_record(struct workspace *workspace, const char *id);
/* What the object's `parent` names; NULL for the workspace or something not in here. */
struct record *workspace_parent(const struct workspace *workspace, const struct record *record);
const char *workspace_parent_id(const json_t *object);
/* The page or database a block is in: itself when it is one. NULL when it hangs in the air. */
struct record *workspace_page_of(const struct workspace *workspace, struct record *record);

/* Whether the connection may see it: it or an ancestor is a root, and none below that was taken
 * from it. */
bool workspace_is_shared(const struct workspace *workspace, const struct record *record);
/* Whether it or an ancestor is in the trash. */
bool workspace_is_trashed(const struct workspace *workspace, const struct record *record);
/* Its own flag alone. */
bool workspace_has_trash_flag(const struct record *record);

/* The children of a page or block as an array in the document; NULL when there never was one. */
json_t *workspace_children(const struct workspace *workspace, const char *id);
/* Inserts `block` (stolen) under `parent_id` at `index`, and indexes it. */
void workspace_insert_block(struct workspace *workspace, const char *parent_id, size_t index,
			    json_t *block);
/* Index of `id` in `children`, or the array's size. */
size_t workspace_child_index(const json_t *children, const char *id);
/* Whether something not in the trash lies below. */
bool workspace_has_live_children(const struct workspace *workspace, const char *id);

/* A fresh id that nothing here has: version 8 as pages and blocks have, or version 4. */
void workspace_new_id(struct workspace *workspace, int version, char id[UUID_TEXT_BYTES]);

/* Configuration of the workspace file, with defaults. */
const char *workspace_config_string(const struct workspace *workspace, const char *key,
				    const char *otherwise);
/* The user the token acts as: the bot, or for a personal token its owner. Borrowed. */
json_t *workspace_bot(const struct workspace *workspace);
/* NULL when there is none. */
json_t *workspace_user(const struct workspace *workspace, const char *id);

#endif
