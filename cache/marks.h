/*
 * Which nodes somebody has to look at: pages beside which a conflict copy or an X.md.error was put
 * (NODE_CONFLICT, NODE_RETURNED), databases that were never listed. An index of the state, so that
 * nobody walks the tree for them.
 *
 * What it is not: the answer. A copy may have been removed since (status_is_conflict).
 *
 * Every function works inside the caller's transaction on the state store.
 */
#ifndef NOTIONFS_CACHE_MARKS_H
#define NOTIONFS_CACHE_MARKS_H

#include "cache/tree.h"

/* For tree.c: the record is being written, or its node is gone. */
must_check int marks_keep(struct store_transaction *state, const struct node_record *record);
must_check int marks_forget(struct store_transaction *state, node_id node);
/* A state of a version that had no index gets one; once, at the start. */
must_check int marks_init(struct store_transaction *state);
/* Visits the marked nodes in the order of their numbers. `visit` > 0 stops. */
must_check int marks_each(struct store_transaction *state, tree_visit *visit, void *context);

#endif
