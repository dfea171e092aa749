/*
 * Names that pages had: after a retitle that no rename(2) here asked for, the old file name leads
 * to the page still, for who had it open under that name (design.md §6.4). Until a file takes the
 * name, or for a day.
 *
 * What it is not: an entry of the tree. No listing has it, and directories have none. Who may use
 * it is told by openings.h; workspace_alias puts both together.
 *
 * Works inside the caller's transaction on the state. Any thread.
 */
#ifndef NOTIONFS_CACHE_ALIAS_H
#define NOTIONFS_CACHE_ALIAS_H

#include "cache/store.h"
#include "cache/workspace.h"

#define ALIAS_KEPT_MS ((int64_t)24 * 3600 * 1000)

struct alias {
	node_id page;
	int64_t since_ms; /* when the page lost the name */
};

must_check int alias_put(struct store_transaction *state, node_id directory, const char *name,
			 node_id page, int64_t now_ms);
/* -ENOENT: none, or older than a day. */
must_check int alias_get(struct store_transaction *state, node_id directory, const char *name,
			 int64_t now_ms, struct alias *ret_alias);
/* Something has taken the name. 0 also when there was none. */
must_check int alias_delete(struct store_transaction *state, node_id directory, const char *name);
/* Those older than a day go. */
must_check int alias_prune(struct store_transaction *state, int64_t now_ms);

#endif
