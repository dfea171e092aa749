/*
 * Reading a page's whole body: its children, and the children of every container in it.
 *
 * What it is not: a cache. It asks the API and answers with what it got, complete or not at all.
 * Blocks the thread on the network; no lock is held.
 */
#ifndef NOTIONFS_CACHE_WALK_H
#define NOTIONFS_CACHE_WALK_H

#include <jansson.h>

#include "cache/remote/notion.h"

/* All direct children of one container, every list page. New reference. */
must_check int walk_children(struct notion *notion, enum priority priority,
			     const struct uuid *container, struct failure *failure,
			     json_t **ret_blocks);
/*
 * The blocks of a page, nested under `children`. A synced copy gets the children of its original
 * (notion-api.md §5: reading the copy itself is not certain); none when that can't be read.
 * Child pages and databases are not entered.
 */
must_check int walk_page(struct notion *notion, enum priority priority, const struct uuid *page,
			 struct failure *failure, json_t **ret_blocks);
/* Gives each of `blocks` that has children its `children`, recursively. */
must_check int walk_below(struct notion *notion, enum priority priority, json_t *blocks,
			  struct failure *failure);

#endif
