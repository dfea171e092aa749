/*
 * Names that change: rename, within a directory and onto another name. What is owed to Notion for
 * it goes into the queue in the same transaction.
 */
#include "cache/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "cache/content.h"
#include "cache/queue.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

/* The new name is a new title: it goes out with the next push. */
static int owe_retitle(struct workspace *workspace, struct store_transaction *state,
		       struct store_transaction *cache, struct node_record *record)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	if ((record->flags & NODE_NEW) != 0) {
		return 0; /* the title goes out with the create */
	}
	int r = queue_get(state, record->node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	if (r == -ENOENT) {
		json_t *page = NULL;
		r = object_get(cache, &record->object, &page);
		if (r < 0) {
			return r;
		}
		entry.kind = QUEUE_RETITLE;
		/* No blocks: a text saved over this has to find its own. */
		entry.base = json_pack("{so}", "page", page);
	}
	entry.node = record->node;
	entry.generation++;
	entry.saved_ms = clock_now_ms();
	entry.due_ms = entry.saved_ms + workspace->options.save_delay_ms;
	record->flags |= NODE_RETITLED;
	r = tree_put(state, record);
	return r < 0 ? r : queue_put(state, &entry);
}

static void tell_rename(struct workspace *workspace, const struct node_record *record)
{
	writeback_schedule(&workspace->writeback, record->node,
			   clock_now_ms() + workspace->options.save_delay_ms);
}

/* A page that was made here and is only a text so far, moved onto an established one: a save. */
static int save_onto(struct workspace *workspace, node_id directory, const char *name,
		     const struct node_record *source, node_id new_directory, const char *new_name,
		     pid_t process)
{
	struct page_file *file;
	struct node_attr attr;
	int r = workspace_open_page(workspace, source->node, O_RDONLY, process, &file);
	if (r < 0) {
		return r;
	}
	page_file_getattr(file, &attr);
	char *bytes = malloc(attr.size + 1);
	ssize_t len = bytes == NULL ? -ENOMEM : page_file_read(file, bytes, attr.size, 0);
	(void)page_file_close(file);
	r = len < 0 ? (int)len
		    : workspace_save(workspace, new_directory, new_name, bytes, (size_t)len,
				     source->mode & 07777, source->mtime_ns, source->mtime_ns,
				     process, &attr);
	free(bytes);
	return r < 0 ? r : names_forget(workspace, directory, name);
}

int names_forget(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record record;
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
	}
	if (r == 0) {
		r = queue_delete(state, record.node);
	}
	if (r == 0) {
		r = tree_remove(state, &record.object, clock_now_ms(), &changes);
	}
	return r < 0 ? r : workspace_commit(&state, NULL);
}

/* The page a directory belongs to, for a rename of the directory's name. */
static int page_of(struct store_transaction *state, struct node_record *record)
{
	if (record->role == ROLE_PAGE) {
		return 0;
	}
	return record->role == ROLE_PAGE_DIRECTORY
		       ? tree_find(state, &record->object, false, record)
		       : -EPERM;
}

int workspace_rename(struct workspace *workspace, node_id directory, const char *name,
		     node_id new_directory, const char *new_name, unsigned flags, pid_t process)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record record;
	struct node_record target;
	char file_name[NODE_NAME_MAX_BYTES + 4];
	if (workspace->options.read_only) {
		return -EROFS;
	}
	if ((flags & RENAME_EXCHANGE) != 0) {
		return -EINVAL;
	}
	int r = store_write(workspace->state, &state);
	if (r == 0) {
		r = store_read(workspace->cache, &cache);
	}
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
	}
	if (r < 0 || (record.flags & NODE_HIDDEN) != 0) {
		return r < 0 ? r : -ENOENT;
	}
	bool is_directory = node_is_directory(&record);
	(void)snprintf(file_name, sizeof file_name, "%s%s", new_name, is_directory ? ".md" : "");
	r = page_of(state, &record);
	if (r < 0) {
		return r;
	}
	bool is_new = (record.flags & NODE_NEW) != 0;
	int found = tree_lookup(state, new_directory, file_name, &target);
	if (found == 0 && target.node != record.node) {
		bool is_hidden = (target.flags & NODE_HIDDEN) != 0;
		if ((flags & RENAME_NOREPLACE) != 0 && !is_hidden) {
			return -EEXIST;
		}
		if (is_new && !is_directory &&
		    !writeback_is_busy(&workspace->writeback, record.node)) {
			store_abort(steal(&state));
			store_abort(steal(&cache));
			return save_onto(workspace, directory, name, &record, new_directory,
					 new_name, process);
		}
		return is_hidden ? -EBUSY : -EEXIST;
	}
	if (new_directory != directory && !is_new) {
		return -EPERM; /* moving needs an endpoint that is not spoken yet */
	}
	r = tree_move(state, &record, new_directory, file_name, clock_now_ms(), &changes);
	if (r == 0) {
		r = owe_retitle(workspace, state, cache, &record);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		tell_rename(workspace, &record);
		/* The other of X.md and X/ moved too: the kernel did not ask for that one. */
		workspace_tell(workspace, &changes);
	}
	return r;
}
