#include "cache/removed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cache/queue.h"
#include "cache/workspace_private.h"

#define DEPTH_MAX 200

static bool is_being_removed(struct store_transaction *state, const struct node_record *page,
			     int64_t *ret_due_ms)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	if ((page->flags & NODE_HIDDEN) == 0 || queue_get(state, page->node, &entry) < 0 ||
	    entry.kind != QUEUE_TRASH) {
		return false;
	}
	*ret_due_ms = entry.due_ms;
	return true;
}

int removed_above(struct store_transaction *state, const struct node_record *page,
		  struct node_record *ret_page, int64_t *ret_due_ms)
{
	struct node_record record = *page;
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		int r = tree_get(state, record.parent, &record);
		if (r < 0 || record.role != ROLE_PAGE_DIRECTORY) {
			/* A database has no file that could be unlinked. */
			return r < 0 ? r : -ENOENT;
		}
		r = tree_find(state, &record.object, false, &record);
		if (r < 0) {
			return r;
		}
		if (is_being_removed(state, &record, ret_due_ms)) {
			*ret_page = record;
			return 0;
		}
	}
	return -ENOENT;
}

struct look {
	struct workspace *workspace;
	struct store_transaction *state;
	struct store_transaction *cache;
	const struct uuid *skipped;
	size_t skipped_count;
	struct removed_look *result;
	int depth;
};

static void note_left(struct look *look, const struct node_record *directory, const char *name)
{
	look->result->has_left = true;
	(void)snprintf(look->result->left, sizeof look->result->left, "%s/%s", directory->name,
		       name);
}

/* A directory that is shown may hold files of the person's own. */
static void look_at_local_files(struct look *look, const struct node_record *directory)
{
	struct stat st;
	if (local_stat(look->workspace->local, directory->node, "", &st) < 0) {
		return;
	}
	int fd = local_open(look->workspace->local, directory->node, "", O_RDONLY | O_DIRECTORY, 0);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	if (files == NULL) {
		cleanup_fd(&fd);
		return;
	}
	const struct dirent *file;
	while (!look->result->has_left && (file = readdir(files)) != NULL) {
		if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0) {
			note_left(look, directory, file->d_name);
		}
	}
	(void)closedir(files);
}

static int look_into(struct look *look, const struct node_record *page);

struct entries {
	struct look *look;
	const struct node_record *directory;
};

static int look_at_entry(void *context, const struct node_record *record)
{
	const struct entries *entries = context;
	struct look *look = entries->look;
	int64_t due_ms;
	if (record->role == ROLE_PAGE_DIRECTORY) {
		return 0; /* with its page */
	}
	if (!is_being_removed(look->state, record, &due_ms)) {
		note_left(look, entries->directory, record->name);
		return 1;
	}
	int r = look_into(look, record);
	return r < 0 ? r : look->result->has_left || look->result->is_unread ? 1 : 0;
}

static bool is_skipped(const struct look *look, const struct uuid *page)
{
	for (size_t i = 0; i < look->skipped_count; i++) {
		if (uuid_equal(&look->skipped[i], page)) {
			return true;
		}
	}
	return false;
}

static int look_into(struct look *look, const struct node_record *page)
{
	struct node_record directory;
	if (look->depth >= DEPTH_MAX) {
		return -ELOOP;
	}
	if ((page->flags & NODE_NEW) == 0 && !body_is_fresh(look->cache, &page->object) &&
	    !is_skipped(look, &page->object)) {
		look->result->is_unread = true;
		look->result->unread = page->object;
		return 0;
	}
	int r = tree_find(look->state, &page->object, true, &directory);
	if (r < 0) {
		return r == -ENOENT ? 0 : r;
	}
	struct entries entries = {.look = look, .directory = &directory};
	look->depth++;
	r = tree_each(look->state, directory.node, 0, look_at_entry, &entries);
	look->depth--;
	if (r == 0 && !look->result->has_left && !look->result->is_unread &&
	    (directory.flags & NODE_HIDDEN) == 0) {
		look_at_local_files(look, &directory);
	}
	return r;
}

int removed_look(struct workspace *workspace, struct store_transaction *state,
		 struct store_transaction *cache, const struct node_record *page,
		 const struct uuid *skipped, size_t skipped_count, struct removed_look *ret_look)
{
	struct look look = {
		.workspace = workspace,
		.state = state,
		.cache = cache,
		.skipped = skipped,
		.skipped_count = skipped_count,
		.result = ret_look,
	};
	*ret_look = (struct removed_look){0};
	return look_into(&look, page);
}
