/*
 * The part of workspace.h that tells what a database's `.schema.yaml` says.
 */
#include "mapping/schema_render.h"

#include <errno.h>

#include "cache/labels.h"
#include "cache/workspace_private.h"

/* The database and the data source that this directory stands for; either may be NULL. */
static int find_objects(struct store_transaction *cache, const struct node_record *directory,
			json_t **ret_database, json_t **ret_source)
{
	*ret_database = NULL;
	*ret_source = NULL;
	if (directory->role == ROLE_DATABASE) {
		*ret_database = object_find(cache, &directory->object);
		*ret_source = (directory->flags & NODE_FLAT) != 0
				      ? object_find(cache, &directory->source)
				      : NULL;
	} else if (directory->role == ROLE_DATA_SOURCE) {
		*ret_source = object_find(cache, &directory->object);
	}
	return *ret_database != NULL || *ret_source != NULL ? 0 : -ENOENT;
}

int workspace_schema(struct workspace *workspace, node_id directory, struct buf *out,
		     int64_t *ret_mtime_ns)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(labels) struct labels labels;
	CLEANUP(object_info) struct object_info info = {0};
	struct node_record record;
	json_t *database = NULL;
	json_t *source = NULL;
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = tree_get(state, directory, &record);
	}
	if (r == 0) {
		r = find_objects(cache, &record, &database, &source);
	}
	if (r == 0) {
		r = object_info_init(source != NULL ? source : database, &info);
	}
	if (r == -ENOENT && (record.role == ROLE_DATABASE || record.role == ROLE_DATA_SOURCE) &&
	    (record.flags & NODE_LISTED) == 0) {
		r = -EAGAIN;
	}
	labels_init(&labels, state, cache, &workspace->people);
	if (r == 0) {
		const struct schema_options options = {.names = &labels.names};
		schema_render(database, source, &options, out);
		*ret_mtime_ns = info.edited_ms * 1000000;
		r = buf_check(out);
	}
	json_decref(database);
	json_decref(source);
	return r;
}

bool workspace_has_schema(struct workspace *workspace, node_id directory)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record record;
	return workspace_begin(workspace, false, &state, &cache) == 0 &&
	       tree_get(state, directory, &record) == 0 &&
	       (record.role == ROLE_DATABASE || record.role == ROLE_DATA_SOURCE) &&
	       (object_exists(cache, &record.object) ||
		((record.flags & NODE_FLAT) != 0 && object_exists(cache, &record.source)));
}
