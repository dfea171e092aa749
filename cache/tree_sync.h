/*
 * The one function tree_sync.c needs of tree.c and nobody else may call.
 */
#ifndef NOTIONFS_CACHE_TREE_SYNC_H
#define NOTIONFS_CACHE_TREE_SYNC_H

#include "cache/tree.h"

/* A new node of this child under a stem that is free. */
must_check int tree_insert(struct store_transaction *state, node_id directory,
			   const struct tree_child *child, const char *stem,
			   const struct tree_owner *owner, int64_t now_ms,
			   struct tree_changes *changes, struct node_record *ret_record);

#endif
