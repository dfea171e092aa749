/*
 * Changes to the tree: new blocks, the trash, and who and when on what was touched. Which records
 * an operation touches is its own decision (bump rules, notion-api.md §8.3).
 *
 * What it is not: a check of any kind. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_TREE_H
#define NOTIONFS_SIM_TREE_H

#include <jansson.h>
#include <stdbool.h>

#include "mapping/base/clock.h"
#include "tools/sim/sim.h"

/* Who changes something, and in which minute. */
struct author {
	char stamp[CLOCK_ISO_BYTES];
	int64_t now_ms;
	json_t *user; /* owned: {object, id} */
};

/* The connection's bot, or with `in_app` a person. Release it. */
void author_init(struct author *author, struct sim *sim, bool in_app);
void author_release(struct author *author);

static inline void cleanup_author(struct author *author)
{
	author_release(author);
}

/* Stamps a block, or a page and its child_page block, or the block of a database. */
void tree_touch(struct workspace *workspace, const struct record *record,
		const struct author *author);
/* The envelope of a new block around `content` (stolen), not yet in the tree. */
json_t *tree_make_block(const char *id, const json_t *parent, const struct author *author,
			bool has_children, const char *type, json_t *content);
/* {"type":"page_id","page_id":…} or block_id, as children of `record` have it. */
json_t *tree_parent_of_children(const struct record *record);
/* Creates the blocks as sent, nested ones too, under `record` from `index` on. Returns the ids of
 * the first level, a new array. */
json_t *tree_create(struct sim *sim, const struct record *record, size_t index,
		    const json_t *children, const struct author *author);
/* Sets the flag on all that is under the id, and has_children of the parent. */
void tree_set_trash(struct workspace *workspace, const struct record *record, bool in_trash);
/* Says again whether something lives under `record`; no stamp moves. NULL is accepted. */
void tree_refresh_has_children(const struct workspace *workspace, const struct record *record);
/* After a change of a page's title: its URL and the title on its block. */
void tree_refresh_title(const struct record *record);

#endif
