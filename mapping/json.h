/*
 * Notion's JSON ⇄ block tree, by the block objects of version 2026-03-11 (notion-api.md §5, §6).
 *
 * What it is not: a client; nothing here knows endpoints. Lenient in what is read (unknown keys,
 * types, colours, nulls are kept or tolerated), strict in what is written (only keys the API
 * accepts, no null, no read-only key). Functions only; any thread with its own trees.
 */
#ifndef NOTIONFS_MAPPING_JSON_H
#define NOTIONFS_MAPPING_JSON_H

#include <jansson.h>

#include "mapping/block.h"

#define BLOCK_TREE_MAX_DEPTH 64

/*
 * Reads an array of block objects, or a list answer {"results":[…]}; children stand nested under
 * the root key `children` of each block (also accepted inside the type's object, as in create
 * shapes). Read and create shapes are both accepted. Caller frees *ret_tree.
 * 0, -EINVAL (not blocks), -ELOOP (deeper than BLOCK_TREE_MAX_DEPTH).
 */
must_check int block_tree_from_json(const json_t *blocks, struct block_tree **ret_tree);

enum block_shape {
	BLOCK_SHAPE_READ,   /* as the API returns it, children under the root key `children`, ids
			       and defaults filled in, only when known */
	BLOCK_SHAPE_CREATE, /* as append and create accept it: children inside the type's object.
			       Kinds that can't be created come out in read shape */
	BLOCK_SHAPE_PARSE,  /* as the filter `parse` prints it: CREATE, and the read-only
			       list_start_index and list_format of numbered items */
};

/* New references; never NULL. CREATE splits runs at 2000 UTF-16 units, never inside a pair. */
json_t *block_tree_to_json(const struct block_tree *tree, enum block_shape shape);
json_t *block_to_json(const struct block *block, enum block_shape shape);
/* The body of PATCH /v1/blocks/{id} that turns `from`'s payload into `to`'s: only the fields that
 * differ (and those the API requires), e.g. {"paragraph":{"rich_text":[…]}}. Same type. {} when no
 * field that can be sent differs. */
json_t *block_update_json(const struct block *from, const struct block *to);

/* An array of rich text items. The runs come from `arena`. 0 or -EINVAL. */
must_check int rich_text_from_json(struct arena *arena, const json_t *items,
				   struct rich_text *ret_text);
/* READ fills plain_text, href, all annotations. */
json_t *rich_text_to_json(const struct rich_text *text, enum block_shape shape);
/* plain_text of all runs; caller frees. */
char *rich_text_plain(const struct rich_text *text);

must_check int icon_from_json(struct arena *arena, const json_t *icon, struct icon *ret_icon);
json_t *icon_to_json(const struct icon *icon, enum block_shape shape);

#endif
