/*
 * Pages that were made here, and when: within the grace time one that holds no others may be some
 * program's temporary file, and moved onto a page it is a save of that (design.md §6.3).
 *
 * What it is not: what is new to Notion (NODE_NEW). Works inside the caller's transaction on the
 * state, so that it is there after a restart. Any thread.
 */
#ifndef NOTIONFS_CACHE_MADE_H
#define NOTIONFS_CACHE_MADE_H

#include "cache/store.h"
#include "cache/workspace.h"

must_check int made_note(struct store_transaction *state, node_id page, int64_t now_ms);
bool made_since(struct store_transaction *state, node_id page, int64_t since_ms);
/* Those from before that are forgotten. */
must_check int made_prune(struct store_transaction *state, int64_t since_ms);

#endif
