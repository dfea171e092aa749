#include "cache/lost.h"

#define LOG_MODULE "lost"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/workspace_private.h"
#include "mapping/base/log.h"

#define TRIES 1000
#define FOLDERS_MAX 100000

struct noting {
	struct store_transaction *state;
	struct lost *lost;
};

static int note_directory(void *context, const struct node_record *record)
{
	const struct noting *noting = context;
	struct lost *lost = noting->lost;
	if (!node_is_directory(record)) {
		return 0;
	}
	if (lost->count % 16 == 0) {
		lost->directories =
			realloc(lost->directories, (lost->count + 16) * sizeof *lost->directories);
		if (lost->directories == NULL) {
			abort();
		}
	}
	lost->directories[lost->count++] = *record;
	return tree_each(noting->state, record->node, 0, note_directory, context);
}

int lost_note(struct store_transaction *state, const struct node_record *top, struct lost *lost)
{
	struct noting noting = {.state = state, .lost = lost};
	struct node_record directory;
	int r = tree_find(state, &top->object, true, &directory);
	return r == -ENOENT ? 0 : r < 0 ? r : note_directory(&noting, &directory);
}

static void take_one(struct workspace *workspace, node_id node, const char *name)
{
	char unique[NODE_NAME_MAX_BYTES + 1];
	int r = -EEXIST;
	for (unsigned i = 1; r == -EEXIST && i < TRIES; i++) {
		/* Never a page's name: lost/ holds directories only. */
		(void)snprintf(unique, sizeof unique, i == 1 ? "%.200s" : "%.200s ~%u", name, i);
		r = local_move_folder(workspace->local, node, NODE_LOST, unique);
	}
	if (r == 0) {
		struct tree_change change = {.directory = NODE_LOST, .name = unique};
		struct tree_changes changes = {.items = &change, .count = 1};
		log_warning("the local files of %s are kept in .notionfs/lost/%s", name, unique);
		workspace_tell(workspace, &changes);
	} else if (r != -ENOENT) {
		log_error("the local files of %s stay in %016llx: %s", name,
			  (unsigned long long)node, strerror(-r));
	}
}

void lost_take(struct workspace *workspace, const struct lost *lost)
{
	for (size_t i = 0; i < lost->count; i++) {
		take_one(workspace, lost->directories[i].node, lost->directories[i].name);
	}
}

void lost_release(struct lost *lost)
{
	free(lost->directories);
	*lost = (struct lost){0};
}

void lost_collect(struct workspace *workspace)
{
	struct store_transaction *state = NULL;
	node_id *folders = NULL;
	size_t count = 0;
	size_t orphans = 0;
	int r = local_folders(workspace->local, FOLDERS_MAX, &folders, &count);
	if (r == 0) {
		r = workspace_begin(workspace, false, &state, NULL);
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct node_record record;
		if (tree_get(state, folders[i], &record) == -ENOENT) {
			folders[orphans++] = folders[i];
		}
	}
	store_abort(state);
	for (size_t i = 0; r == 0 && i < orphans; i++) {
		char name[64];
		(void)snprintf(name, sizeof name, "directory %llx", (unsigned long long)folders[i]);
		take_one(workspace, folders[i], name);
	}
	free(folders);
}
