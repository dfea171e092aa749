/*
 * `.assets` and its files as the waist answers for them: the halves of workspace_lookup and its
 * like. workspace_open_asset and workspace_unlink_asset are here, too.
 *
 * What it is not: for anyone but workspace.c. Any thread; waits for the disk at most.
 */
#ifndef NOTIONFS_CACHE_ASSET_VIEW_H
#define NOTIONFS_CACHE_ASSET_VIEW_H

#include "cache/asset.h"

/* `directory` is a `.assets`, or `name` is ASSETS_NAME. */
must_check int asset_view_lookup(struct workspace *workspace, node_id directory, const char *name,
				 struct node_attr *ret_attr);
must_check int asset_view_getattr(struct workspace *workspace, node_id node,
				  struct node_attr *ret_attr);
/* The files of a `.assets`. */
must_check int asset_view_list(struct workspace *workspace, node_id assets, uint64_t after,
			       workspace_emit *emit, void *context);
/* The `.assets` of a directory, if it has one: after all others, so that rm -r has removed the
 * pages before it comes to their files. */
must_check int asset_view_list_directory(struct workspace *workspace,
					 struct store_transaction *state, node_id directory,
					 uint64_t after, workspace_emit *emit, void *context);

#endif
