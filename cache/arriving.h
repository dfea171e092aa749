/*
 * New pages that Notion may have while we do not know their ids yet: the call that makes one was
 * sent, its answer is not settled. A listing from this time shows a page that is ours already.
 *
 * What it is not: the settling (push_settle.c). Works inside the caller's transaction.
 */
#ifndef NOTIONFS_CACHE_ARRIVING_H
#define NOTIONFS_CACHE_ARRIVING_H

#include <stdbool.h>

#include "cache/store.h"
#include "cache/tree.h"

/* Is, or may be, this child one of those? It has no place in the tree. */
bool arriving_has(struct store_transaction *state, const struct tree_child *child);

#endif
