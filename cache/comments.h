/*
 * The comments of a page: its open threads with the text they are about, and one more written.
 *
 * What it is not: part of the mount. Comments are asked for when somebody wants to see them, and
 * kept nowhere. Notion lists them by page or block (notion-api.md §4.10): a block's comments are
 * not in the list of its page, so each block is asked, within the budget, as a person's request.
 *
 * A command's thread; blocks on the network, holding no lock and no transaction. Each answer is a
 * new reference; {"failure":…} says why not.
 */
#ifndef NOTIONFS_CACHE_COMMENTS_H
#define NOTIONFS_CACHE_COMMENTS_H

#include <jansson.h>

#include "cache/workspace.h"

/* {"threads":[{"id","block" (null: the page),"quote","comments":[{"id","at","by","text"},…]},…],
 * "requests"} in the order of the page. Without `with_blocks` only those of the page itself. */
json_t *comments_list(struct workspace *workspace, node_id page, bool with_blocks);
/* Writes `text`, in which marks are read as in a page: as a reply in the thread of this id (its
 * last digits will do, where they are one thread's), else about the block, else about the page.
 * `thread` and `block` may be "". {"id","thread"}. */
json_t *comments_add(struct workspace *workspace, node_id page, const char *thread,
		     const char *block, const char *text);

#endif
