/*
 * The tree changed by people: create, save, unlink, rename, mkdir. What is owed to Notion for it
 * goes into the queue in the same transaction.
 */
#include "cache/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cache/content.h"
#include "cache/queue.h"
#include "cache/save.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/name.h"

enum name_kind workspace_name_kind(struct workspace *workspace, const char *name)
{
	if (strcmp(name, ".notionfs") == 0 || strcmp(name, ".assets") == 0 ||
	    strcmp(name, ".schema.yaml") == 0) {
		return NAME_RESERVED;
	}
	return name_is_page(name, workspace->options.local_globs) ? NAME_PAGE : NAME_LOCAL;
}

/* Our own stand-in until Notion gives the page its id. */
static int stand_in_id(struct uuid *ret_id)
{
	ssize_t n = getrandom(ret_id->bytes, sizeof ret_id->bytes, 0);
	ret_id->bytes[6] = (uint8_t)((ret_id->bytes[6] & 0x0f) | 0x40);
	ret_id->bytes[8] = (uint8_t)((ret_id->bytes[8] & 0x3f) | 0x80);
	return n == (ssize_t)sizeof ret_id->bytes ? 0 : -EIO;
}

/* May a page be made here? */
static int can_create(struct workspace *workspace, const struct node_record *directory)
{
	if (workspace->options.read_only) {
		return -EROFS;
	}
	switch (directory->role) {
	case ROLE_ROOT:
		/* Only a personal token may make pages at the top (notion-api.md §4.7). */
		return workspace->is_personal_token ? 0 : -EPERM;
	case ROLE_PAGE_DIRECTORY:
	case ROLE_DATA_SOURCE: return 0;
	case ROLE_DATABASE: return (directory->flags & NODE_FLAT) != 0 ? 0 : -EPERM;
	case ROLE_PAGE: break;
	}
	return -ENOTDIR;
}

/* The node of a new page of this name, or the hidden one that has a claim on it. */
static int claim(struct workspace *workspace, struct store_transaction *state, node_id directory,
		 const char *name, mode_t mode, struct tree_changes *changes,
		 struct node_record *ret_record)
{
	struct node_record parent;
	struct uuid id;
	int r = tree_lookup(state, directory, name, ret_record);
	if (r == 0) {
		if ((ret_record->flags & NODE_HIDDEN) == 0) {
			return -EEXIST;
		}
		ret_record->flags &= ~(unsigned)NODE_HIDDEN;
		r = tree_put(state, ret_record);
		return r < 0 ? r : tree_touch(state, directory, name, clock_now_ms(), changes);
	}
	if (r == -ENOENT) {
		r = tree_get(state, directory, &parent);
	}
	if (r == 0) {
		r = can_create(workspace, &parent);
	}
	if (r == 0) {
		r = stand_in_id(&id);
	}
	if (r == 0) {
		r = tree_create(state, directory, name, &id, mode, &workspace->owner,
				clock_now_ms(), changes, ret_record);
	}
	return r;
}

int workspace_create(struct workspace *workspace, node_id directory, const char *name, mode_t mode,
		     pid_t process, struct node_attr *ret_attr, struct page_file **ret_file)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record record;
	struct page_file *file;
	if (workspace->options.read_only) {
		return -EROFS;
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = claim(workspace, state, directory, name, mode, &changes, &record);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r < 0) {
		return r;
	}
	/* A claimed page has its old text until something else is written: created means empty. */
	r = workspace_open_page(workspace, record.node, O_RDWR | O_TRUNC, process, &file);
	if (r == -EAGAIN) {
		return -EIO; /* it was readable when it left its name */
	}
	if (r < 0) {
		return r;
	}
	page_file_mark_dirty(file);
	page_file_getattr(file, ret_attr);
	*ret_file = file;
	return 0;
}

int workspace_save(struct workspace *workspace, node_id directory, const char *name,
		   const void *bytes, size_t len, mode_t mode, int64_t mtime_ns, pid_t process,
		   struct node_attr *ret_attr)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct store_transaction *state = NULL;
	struct node_record record;
	if (workspace->options.read_only) {
		return -EROFS;
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
		if (r == -ENOENT || (r == 0 && (record.flags & NODE_HIDDEN) != 0)) {
			r = claim(workspace, state, directory, name, mode, &changes, &record);
		}
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	store_abort(state);
	if (r == 0) {
		r = save_text(workspace, record.node, bytes, len, mtime_ns, process);
	}
	if (r == 0) {
		writeback_hurry(&workspace->writeback, record.node,
				clock_now_ms() + workspace->options.save_delay_ms);
		r = workspace_getattr(workspace, record.node, ret_attr);
	}
	return r;
}

/* Owes the trashing of a page after the grace time. */
static int owe_trash(struct workspace *workspace, struct store_transaction *state,
		     const struct node_record *record)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = queue_get(state, record->node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	entry.node = record->node;
	entry.kind = QUEUE_TRASH;
	entry.state = QUEUE_PENDING;
	entry.generation++;
	entry.saved_ms = clock_now_ms();
	entry.due_ms = entry.saved_ms + workspace->options.trash_delay_ms;
	return queue_put(state, &entry);
}

int workspace_unlink(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record record;
	if (workspace->options.read_only) {
		return -EROFS;
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
	}
	if (r < 0 || (record.flags & NODE_HIDDEN) != 0) {
		return r < 0 ? r : -ENOENT;
	}
	if (node_is_directory(&record)) {
		return -EISDIR;
	}
	record.flags |= NODE_HIDDEN;
	r = tree_put(state, &record);
	if (r == 0) {
		r = tree_touch(state, directory, NULL, clock_now_ms(), NULL);
	}
	if (r == 0) {
		r = owe_trash(workspace, state, &record);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		/* A new page that never reached Notion is simply forgotten then. */
		writeback_schedule(&workspace->writeback, record.node,
				   clock_now_ms() + workspace->options.trash_delay_ms);
	}
	return r;
}

int workspace_mkdir(struct workspace *workspace, node_id directory, const char *name, mode_t mode,
		    struct node_attr *ret_attr)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record page;
	struct node_record made;
	char file_name[NODE_NAME_MAX_BYTES + 1];
	(void)mode;
	if (workspace->options.read_only) {
		return -EROFS;
	}
	if (strlen(name) + 3 > NODE_NAME_MAX_BYTES) {
		return -ENAMETOOLONG;
	}
	(void)snprintf(file_name, sizeof file_name, "%s.md", name);
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0 && tree_lookup(state, directory, name, &made) == 0) {
		return -EEXIST;
	}
	if (r == 0) {
		r = tree_lookup(state, directory, file_name, &page);
	}
	if (r < 0 || (page.flags & NODE_HIDDEN) != 0) {
		/* No page of this name: the directory is a local one. */
		return r < 0 && r != -ENOENT ? r : -ENOTSUP;
	}
	r = tree_page_directory(state, &page, &workspace->owner, clock_now_ms(), &changes, &made);
	if (r == 0) {
		made.flags |= page.flags & NODE_NEW;
		/* Nothing lies below a page that is new, or whose body showed no children. */
		made.flags |= NODE_LISTED;
		r = tree_put(state, &made);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		node_to_attr(&made, ret_attr);
	}
	return r;
}

struct counting {
	size_t visible;
};

static int count_visible(void *context, const struct node_record *record)
{
	struct counting *counting = context;
	counting->visible += (record->flags & NODE_HIDDEN) == 0 ? 1 : 0;
	return 0;
}

int workspace_rmdir(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record record;
	struct counting counting = {0};
	if (workspace->options.read_only) {
		return -EROFS;
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
	}
	if (r == 0 && !node_is_directory(&record)) {
		r = -ENOTDIR;
	}
	if (r == 0) {
		r = tree_each(state, record.node, 0, count_visible, &counting);
	}
	if (r < 0) {
		return r;
	}
	if (counting.visible > 0 || (record.flags & NODE_LISTED) == 0) {
		return -ENOTEMPTY;
	}
	if (record.role != ROLE_PAGE_DIRECTORY) {
		return -EPERM; /* an empty database is still one */
	}
	r = tree_remove_directory(state, &record, clock_now_ms(), &changes);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

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
				     source->mode & 07777, source->mtime_ns, process, &attr);
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
