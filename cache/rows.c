#include "cache/rows.h"

#include <errno.h>
#include <stdlib.h>

#include "cache/children.h"
#include "cache/content.h"
#include "cache/workspace_private.h"

void row_list_release(struct row_list *list)
{
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		object_info_release(&list->infos[i]);
	}
	if (list != NULL) {
		free(list->infos);
		*list = (struct row_list){0};
	}
}

int rows_take(struct workspace *workspace, const json_t *rows, struct row_list *list)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	size_t count = json_array_size(rows);
	CLEANUP(free) struct taken *taken = calloc(count + 1, sizeof *taken);
	struct object_info *infos =
		realloc(list->infos, (list->count + count + 1) * sizeof *list->infos);
	if (taken == NULL || infos == NULL) {
		abort();
	}
	list->infos = infos;
	size_t i;
	json_t *row;
	int r = workspace_begin(workspace, true, &state, &cache);
	json_array_foreach (rows, i, row) {
		if (r == 0) {
			r = object_info_init(row, &infos[list->count]);
			list->count += r == 0 ? 1 : 0;
		}
		if (r == 0) {
			r = children_take_object(workspace, state, cache, row, list->asked,
						 &taken[i], &changes);
		}
	}
	r = r < 0 ? r : workspace_commit(&state, &cache);
	if (r == 0) {
		workspace_tell(workspace, &changes);
	}
	for (i = 0; r == 0 && i < count; i++) {
		children_taken(workspace, &taken[i]);
	}
	return r;
}

/* So many a transaction: others write meanwhile. */
#define RENDER_AT_ONCE 64

struct batch {
	struct uuid pages[RENDER_AT_ONCE];
	size_t count;
	uint64_t cookie; /* of the last one */
};

static int note_row(void *context, const struct node_record *record)
{
	struct batch *batch = context;
	if (record->role == ROLE_PAGE) {
		batch->pages[batch->count++] = record->object;
	}
	batch->cookie = record->cookie;
	return batch->count == RENDER_AT_ONCE ? 1 : 0;
}

static int render_batch(struct workspace *workspace, node_id directory, struct batch *batch)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	node_id changed_nodes[RENDER_AT_ONCE];
	size_t changed_count = 0;
	batch->count = 0;
	int r = workspace_begin(workspace, true, &state, &cache);
	if (r == 0) {
		r = tree_each(state, directory, batch->cookie, note_row, batch);
	}
	for (size_t i = 0; r == 0 && i < batch->count; i++) {
		bool changed = false;
		node_id node = 0;
		r = content_update(workspace, state, cache, &batch->pages[i], &node, &changed,
				   &changes);
		r = r == -ENOENT ? 0 : r;
		if (r == 0 && changed) {
			changed_nodes[changed_count++] = node;
		}
	}
	r = r < 0 ? r : workspace_commit(&state, &cache);
	if (r == 0) {
		workspace_tell(workspace, &changes);
	}
	for (size_t i = 0; r == 0 && i < changed_count; i++) {
		workspace_tell_pulled(workspace, changed_nodes[i]);
	}
	return r;
}

int rows_render(struct workspace *workspace, const struct uuid *data_source)
{
	struct store_transaction *state = NULL;
	struct store_transaction *cache = NULL;
	struct node_record directory;
	struct batch batch = {0};
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = tree_source_directory(state, cache, data_source, &directory);
	}
	store_abort(state);
	store_abort(cache);
	do {
		r = r < 0 ? r : render_batch(workspace, directory.node, &batch);
	} while (r == 0 && batch.count == RENDER_AT_ONCE);
	return r == -ENOENT ? 0 : r;
}
