#include "cache/asset_view.h"

#include <errno.h>
#include <string.h>

#include "cache/workspace_private.h"

/* Above all cookies of the tree, below 2^62. */
#define COOKIE_ASSETS ((uint64_t)1 << 61)

int asset_view_lookup(struct workspace *workspace, node_id directory, const char *name,
		      struct node_attr *ret_attr)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct asset_record record;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r < 0) {
		return r;
	}
	if (!node_is_assets(directory)) {
		return asset_directory_attr(state, directory, &workspace->owner, ret_attr);
	}
	r = asset_lookup(state, asset_directory_of(directory), name, &record);
	if (r == 0) {
		asset_to_attr(&record, &workspace->owner, ret_attr);
	}
	return r;
}

int asset_view_getattr(struct workspace *workspace, node_id node, struct node_attr *ret_attr)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct asset_record record;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r < 0) {
		return r;
	}
	if (node_is_assets(node)) {
		return asset_directory_attr(state, asset_directory_of(node), &workspace->owner,
					    ret_attr);
	}
	r = asset_get(state, node, &record);
	if (r == 0) {
		asset_to_attr(&record, &workspace->owner, ret_attr);
	}
	return r;
}

struct emitting {
	const struct tree_owner *owner;
	workspace_emit *emit;
	void *context;
};

static int emit_asset(void *context, const struct asset_record *record)
{
	const struct emitting *emitting = context;
	struct node_attr attr;
	asset_to_attr(record, emitting->owner, &attr);
	return emitting->emit(emitting->context, record->node & ~ASSET_NODE_BIT, record->name,
			      &attr)
		       ? 0
		       : 1;
}

int asset_view_list(struct workspace *workspace, node_id assets, uint64_t after,
		    workspace_emit *emit, void *context)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct emitting emitting = {.owner = &workspace->owner, .emit = emit, .context = context};
	int r = workspace_begin(workspace, false, &state, NULL);
	return r < 0 ? r
		     : asset_each(state, asset_directory_of(assets), after | ASSET_NODE_BIT,
				  emit_asset, &emitting);
}

int asset_view_list_directory(struct workspace *workspace, struct store_transaction *state,
			      node_id directory, uint64_t after, workspace_emit *emit,
			      void *context)
{
	struct node_attr attr;
	if (after >= COOKIE_ASSETS) {
		return 0;
	}
	int r = asset_directory_attr(state, directory, &workspace->owner, &attr);
	if (r == 0) {
		(void)emit(context, COOKIE_ASSETS, ASSETS_NAME, &attr);
	}
	return r == -ENOENT ? 0 : r;
}

/* ---- removing ---- */

struct removing {
	struct store_transaction *state;
	const char *name; /* NULL = all */
	size_t found;
	size_t shown; /* by a page that is there */
};

static int look_at_page(void *context, const struct asset_record *record)
{
	struct removing *removing = context;
	struct node_record page;
	if (removing->name != NULL && strcmp(removing->name, record->name) != 0) {
		return 0;
	}
	int r = tree_find(removing->state, &record->page, false, &page);
	removing->found++;
	removing->shown += r == 0 && (page.flags & NODE_HIDDEN) == 0 ? 1 : 0;
	return r == -ENOENT ? 0 : r;
}

int workspace_unlink_asset(struct workspace *workspace, node_id assets, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct removing removing = {.name = name};
	if (workspace->options.read_only) {
		return -EROFS;
	}
	int r = workspace_begin(workspace, false, &state, NULL);
	removing.state = state;
	if (r == 0) {
		r = asset_each(state, asset_directory_of(assets), ASSET_NODE_BIT, look_at_page,
			       &removing);
	}
	if (r == 0 && removing.found == 0) {
		r = -ENOENT;
	}
	return r < 0 ? r : removing.shown > 0 ? -EPERM : 0;
}
