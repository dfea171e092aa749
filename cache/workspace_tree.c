/*
 * The part of workspace.h that says what the tree is: names, attributes, listings.
 */
#include <errno.h>
#include <string.h>

#include "cache/alias.h"
#include "cache/asset.h"
#include "cache/asset_view.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

static void to_attr(struct workspace *workspace, const struct node_record *record,
		    struct node_attr *ret_attr)
{
	node_to_attr(record, ret_attr);
	if (record->role == ROLE_PAGE) {
		draft_overlay(&workspace->drafts, ret_attr);
	}
}

int workspace_lookup(struct workspace *workspace, node_id directory, const char *name,
		     struct node_attr *ret_attr)
{
	struct store_transaction *state = NULL;
	struct node_record record;
	struct node_record parent;
	if (node_is_assets(directory) || strcmp(name, ASSETS_NAME) == 0) {
		return asset_view_lookup(workspace, directory, name, ret_attr);
	}
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r < 0) {
		return r;
	}
	r = tree_lookup(state, directory, name, &record);
	if (r == -ENOENT && directory == NODE_TRASH) {
		r = trash_lookup_leaving(state, name, &record);
	}
	if (r == 0 && (record.flags & NODE_HIDDEN) != 0) {
		r = -ENOENT;
	} else if (r == -ENOENT && tree_get(state, directory, &parent) == 0 &&
		   (parent.flags & NODE_LISTED) == 0) {
		r = -EAGAIN;
	}
	store_abort(state);
	if (r == 0) {
		to_attr(workspace, &record, ret_attr);
	}
	return r;
}

int workspace_alias(struct workspace *workspace, node_id directory, const char *name, pid_t process,
		    node_id *ret_directory, char ret_name[NAME_MAX + 1])
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record page;
	struct alias alias;
	int r = workspace->options.read_only ? -ENOENT
					     : workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = alias_get(state, directory, name, clock_now_ms(), &alias);
	}
	if (r == 0) {
		r = tree_get(state, alias.page, &page);
	}
	if (r < 0) {
		return r;
	}
	if (trash_has(state, page.parent) ||
	    !openings_had(&workspace->openings, page.node, process, alias.since_ms)) {
		return -ESRCH;
	}
	*ret_directory = page.parent;
	memcpy(ret_name, page.name, sizeof page.name);
	return 0;
}

int workspace_drop_alias(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = alias_delete(state, directory, name);
	}
	return r < 0 ? r : workspace_commit(&state, NULL);
}

int workspace_getattr(struct workspace *workspace, node_id node, struct node_attr *ret_attr)
{
	struct store_transaction *state = NULL;
	struct node_record record;
	if (node_is_assets(node) || node_is_asset(node)) {
		return asset_view_getattr(workspace, node, ret_attr);
	}
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = tree_get(state, node, &record);
		store_abort(state);
	}
	if (r == 0) {
		to_attr(workspace, &record, ret_attr);
	}
	return r;
}

int workspace_parent(struct workspace *workspace, node_id directory, node_id *ret_parent)
{
	struct store_transaction *state = NULL;
	struct node_record record;
	if (node_is_assets(directory)) {
		*ret_parent = asset_directory_of(directory);
		return 0;
	}
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = tree_get(state, directory, &record);
		store_abort(state);
	}
	if (r == 0) {
		*ret_parent = record.parent;
	}
	return r;
}

struct emitting {
	workspace_emit *emit;
	void *context;
	bool is_full;
};

static int emit_record(void *context, const struct node_record *record)
{
	struct emitting *emitting = context;
	struct node_attr attr;
	if ((record->flags & NODE_HIDDEN) != 0) {
		return 0;
	}
	node_to_attr(record, &attr);
	emitting->is_full = !emitting->emit(emitting->context, record->cookie, record->name, &attr);
	return emitting->is_full ? 1 : 0;
}

int workspace_list(struct workspace *workspace, node_id directory, uint64_t after,
		   workspace_emit *emit, void *context)
{
	struct store_transaction *state = NULL;
	struct emitting emitting = {.emit = emit, .context = context};
	if (node_is_assets(directory)) {
		return asset_view_list(workspace, directory, after, emit, context);
	}
	sweep_note_use(&workspace->sweep, directory, clock_now_ms());
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r < 0) {
		return r;
	}
	r = directory == NODE_TRASH ? trash_each(state, after, emit_record, &emitting)
				    : tree_each(state, directory, after, emit_record, &emitting);
	if (r == 0 && !emitting.is_full) {
		r = asset_view_list_directory(workspace, state, directory, after, emit, context);
	}
	store_abort(state);
	return r;
}

int workspace_setattr(struct workspace *workspace, node_id node, unsigned set,
		      const struct node_attr *attr, struct node_attr *ret_attr)
{
	struct store_transaction *state = NULL;
	struct node_record record;
	int64_t now_ns = clock_now_ms() * 1000000;
	if (workspace->options.read_only) {
		return -EROFS;
	}
	if (node_is_assets(node) || node_is_asset(node)) {
		return -EPERM; /* it says what Notion has */
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_get(state, node, &record);
	}
	if (r < 0) {
		store_abort(state);
		return r;
	}
	if ((set & SET_MODE) != 0) {
		record.mode = (record.mode & (uint32_t)S_IFMT) | (attr->mode & 07777);
	}
	record.uid = (set & SET_UID) != 0 ? attr->uid : record.uid;
	record.gid = (set & SET_GID) != 0 ? attr->gid : record.gid;
	record.mtime_ns = (set & SET_MTIME) != 0 ? attr->mtime_ns : record.mtime_ns;
	record.ctime_ns = now_ns > record.ctime_ns ? now_ns : record.ctime_ns + 1;
	r = tree_put(state, &record);
	if (r < 0) {
		store_abort(state);
	} else {
		r = store_commit(state);
	}
	if (r == 0) {
		to_attr(workspace, &record, ret_attr);
	}
	return r;
}

void workspace_statfs(struct workspace *workspace, struct statvfs *ret_statfs)
{
	/* Plausible and never zero: Notion has no such numbers, the disk below has. */
	struct statvfs below = {0};
	(void)statvfs(workspace->state_path, &below);
	*ret_statfs = (struct statvfs){
		.f_bsize = 4096,
		.f_frsize = 4096,
		.f_blocks = below.f_frsize > 0 ? below.f_blocks * below.f_frsize / 4096 : 1 << 20,
		.f_bfree = below.f_frsize > 0 ? below.f_bfree * below.f_frsize / 4096 : 1 << 19,
		.f_bavail = below.f_frsize > 0 ? below.f_bavail * below.f_frsize / 4096 : 1 << 19,
		.f_files = 1 << 24,
		.f_ffree = 1 << 23,
		.f_favail = 1 << 23,
		.f_namemax = 255,
	};
}
