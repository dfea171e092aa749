/*
 * Names that change: rename within a directory (a new title), to another directory (a move), and
 * onto another name (a save of what is there). What is owed to Notion for it goes into the queue
 * in the same transaction.
 */
#include "cache/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/made.h"
#include "cache/move_check.h"
#include "cache/queue.h"
#include "cache/status.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/name.h"

/* What one rename(2) is about. Both transactions are the caller's. */
struct renaming {
	struct workspace *workspace;
	struct store_transaction *state;
	struct store_transaction *cache;
	struct node_record page;
	bool is_directory; /* X/ was named, not X.md */
	node_id directory;
	node_id new_directory;
	const char *new_name;
	char file_name[NODE_NAME_MAX_BYTES + 1]; /* the new one */
};

/* ---- what is owed ---- */

/* The new name is a new title, the new directory a new parent: they go out with the next push. */
static int owe(struct renaming *renaming, bool is_retitled)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record *page = &renaming->page;
	bool is_new = (page->flags & NODE_NEW) != 0;
	int r = queue_get(renaming->state, page->node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	if (r == -ENOENT && is_new) {
		return 0; /* not closed yet: both go out with the create */
	}
	if (r == -ENOENT) {
		/* No blocks: a text saved over this has to find its own. */
		entry.kind = QUEUE_RETITLE;
		entry.base =
			json_pack("{so*}", "page", object_find(renaming->cache, &page->object));
	}
	if (entry.kind == QUEUE_REVEAL) {
		entry.kind = QUEUE_RETITLE;
		entry.base =
			json_pack("{so*}", "page", object_find(renaming->cache, &page->object));
	}
	if (entry.kind == QUEUE_RETITLE && entry.state == QUEUE_ERROR) {
		entry.state = QUEUE_PENDING;
		free(entry.error);
		entry.error = NULL;
	}
	entry.node = page->node;
	entry.saved_ms = clock_now_ms();
	entry.due_ms = entry.saved_ms + renaming->workspace->options.save_delay_ms;
	if (is_retitled) {
		entry.generation++;
		page->flags |= NODE_RETITLED;
	}
	if (renaming->directory != renaming->new_directory) {
		entry.from = entry.from == 0 ? renaming->directory : entry.from;
		page->flags |= NODE_MOVED;
		if (entry.from == renaming->new_directory) {
			entry.from = 0;
			page->flags &= ~(unsigned)NODE_MOVED;
		}
	}
	r = tree_put(renaming->state, page);
	return r < 0 ? r : queue_put(renaming->state, &entry);
}

static void hurry(struct workspace *workspace, node_id page)
{
	writeback_schedule(&workspace->writeback, page,
			   clock_now_ms() + workspace->options.save_delay_ms);
}

/* ---- a page that is only a text so far ---- */

int names_forget(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record record;
	struct store_value journal;
	unsigned char key[KEY_NODE_BYTES];
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
	}
	if (r < 0) {
		return r;
	}
	key_put_u64(key, record.node);
	if ((record.flags & NODE_NEW) == 0 ||
	    store_get(state, STATE_JOURNAL, key, sizeof key, &journal) == 0) {
		/* It is in Notion, or on its way there: hidden now, trashed after. */
		store_abort(steal(&state));
		return workspace_unlink(workspace, directory, name);
	}
	r = queue_delete(state, record.node);
	if (r == 0) {
		r = tree_remove(state, &record.object, clock_now_ms(), &changes);
	}
	return r < 0 ? r : workspace_commit(&state, NULL);
}

/* A page that was made here and is only a text so far, moved onto another one: a save of that. */
static int save_onto(struct workspace *workspace, node_id directory, const char *name,
		     const struct node_record *source, node_id new_directory, const char *new_name,
		     pid_t process)
{
	struct page_file *file;
	struct node_attr attr;
	int r = workspace_open_page(workspace, source->node, O_RDONLY, process, &file);
	if (r < 0) {
		return r == -EAGAIN ? -EBUSY : r;
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

static int stop_at_any(void *context, const struct node_record *record)
{
	bool *found = context;
	(void)record;
	*found = true;
	return 1;
}

/* Never pushed, or made so lately that it is some program's temporary file, and nothing in it? */
static bool is_only_text(struct renaming *renaming)
{
	struct workspace *workspace = renaming->workspace;
	const struct node_record *page = &renaming->page;
	struct node_record directory;
	bool has_children = false;
	if (renaming->is_directory ||
	    ((page->flags & NODE_NEW) == 0 &&
	     !made_since(renaming->state, page->node,
			 clock_now_ms() - workspace->options.trash_delay_ms))) {
		return false;
	}
	return tree_find(renaming->state, &page->object, true, &directory) < 0 ||
	       (tree_each(renaming->state, directory.node, 0, stop_at_any, &has_children) == 0 &&
		!has_children);
}

bool workspace_is_only_text(struct workspace *workspace, node_id page)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct renaming renaming = {.workspace = workspace};
	if (workspace_begin(workspace, false, &state, NULL) < 0 ||
	    tree_get(state, page, &renaming.page) < 0) {
		return false;
	}
	renaming.state = state;
	return is_only_text(&renaming);
}

/* A page in its grace time gives the name up to one that has a life of its own: should it come
 * back, then with the suffix that the younger of two always has. */
static int evict(struct renaming *renaming, struct node_record *hidden,
		 struct tree_changes *changes)
{
	char stem[NODE_NAME_MAX_BYTES + 1];
	char name[NODE_NAME_MAX_BYTES + 1];
	memcpy(stem, hidden->name, sizeof stem);
	name_strip_md(stem);
	int r = tree_free_stem(renaming->state, hidden->parent, stem, &hidden->object, true, stem);
	if (r < 0) {
		return r;
	}
	(void)snprintf(name, sizeof name, "%.*s.md", NAME_STEM_MAX_BYTES, stem);
	return tree_move(renaming->state, hidden, hidden->parent, name, clock_now_ms(), changes);
}

/* ---- the rename ---- */

static int load(struct renaming *renaming, node_id directory, const char *name)
{
	int r = workspace_begin(renaming->workspace, true, &renaming->state, NULL);
	if (r == 0) {
		r = store_read(renaming->workspace->cache, &renaming->cache);
	}
	if (r == 0 && (trash_has(renaming->state, directory) ||
		       trash_has(renaming->state, renaming->new_directory))) {
		refusals_note(&renaming->workspace->refusals, name,
			      "what is in the trash comes out whole, and rm is the way in");
		return -EPERM;
	}
	if (r == 0) {
		r = tree_lookup(renaming->state, directory, name, &renaming->page);
	}
	if (r < 0) {
		return r;
	}
	if ((renaming->page.flags & NODE_HIDDEN) != 0) {
		return -ENOENT;
	}
	renaming->is_directory = node_is_directory(&renaming->page);
	if (renaming->is_directory && renaming->page.role != ROLE_PAGE_DIRECTORY) {
		refusals_note(&renaming->workspace->refusals, name,
			      "databases are renamed and moved in Notion");
		return -EPERM;
	}
	if (renaming->is_directory) {
		r = tree_find(renaming->state, &renaming->page.object, false, &renaming->page);
	}
	if (r == 0 && (renaming->page.flags & NODE_IMPLIED) != 0) {
		/* It gets its name now, and shows it. */
		renaming->page.flags &= ~(unsigned)(NODE_HIDDEN | NODE_IMPLIED);
	}
	if (r == 0 && (renaming->page.flags & NODE_HIDDEN) != 0) {
		r = -EBUSY; /* its file is being removed */
	}
	int len = snprintf(renaming->file_name, sizeof renaming->file_name, "%s%s",
			   renaming->new_name, renaming->is_directory ? ".md" : "");
	return r == 0 && len >= (int)sizeof renaming->file_name ? -ENAMETOOLONG : r;
}

int names_check_place(struct workspace *workspace, struct store_transaction *state,
		      struct store_transaction *cache, const struct node_record *page,
		      node_id new_directory)
{
	struct node_record directory;
	struct uuid missing = {{0}};
	CLEANUP(buf) struct buf why;
	buf_init(&why, 4096);
	int r = tree_get(state, new_directory, &directory);
	if (r == 0 && (page->flags & NODE_NEW) != 0) {
		r = names_can_create(workspace, &directory);
	} else if (r == 0) {
		r = move_check(state, cache, page, &directory, &why, &missing);
	}
	if (r < 0 && why.len > 0) {
		CLEANUP(free) char *path = status_path(state, page->node);
		refusals_note(&workspace->refusals, path == NULL ? "" : path, why.data);
	}
	if (r == -EAGAIN) {
		bool is_page = uuid_is_zero(&missing);
		fetcher_request(&workspace->fetcher, is_page ? JOB_PAGE : JOB_DATA_SOURCE,
				is_page ? &page->object : &missing, PRIORITY_PERSON, false);
	}
	return r;
}

/* The other half of the new name must not be somebody else's: X.md beside a database X/. */
static int check_stem(struct renaming *renaming)
{
	struct node_record other;
	char stem[NODE_NAME_MAX_BYTES + 1];
	memcpy(stem, renaming->file_name, sizeof stem);
	name_strip_md(stem);
	int r = tree_lookup(renaming->state, renaming->new_directory, stem, &other);
	if (r == -ENOENT) {
		return 0;
	}
	return r < 0 || uuid_equal(&other.object, &renaming->page.object) ? r : -EEXIST;
}

static int rename_page(struct renaming *renaming, struct tree_changes *changes)
{
	bool is_retitled = strcmp(renaming->page.name, renaming->file_name) != 0;
	int r = check_stem(renaming);
	if (r == 0) {
		r = tree_move(renaming->state, &renaming->page, renaming->new_directory,
			      renaming->file_name, clock_now_ms(), changes);
	}
	if (r == 0) {
		r = owe(renaming, is_retitled);
	}
	return r < 0 ? r : workspace_commit(&renaming->state, NULL);
}

int workspace_rename(struct workspace *workspace, node_id directory, const char *name,
		     node_id new_directory, const char *new_name, unsigned flags, pid_t process)
{
	CLEANUP(tree_changes) struct tree_changes changes = {.is_ours = true};
	struct node_record target;
	struct renaming renaming = {.workspace = workspace,
				    .directory = directory,
				    .new_directory = new_directory,
				    .new_name = new_name};
	if (workspace->options.read_only) {
		return -EROFS;
	}
	if ((flags & RENAME_EXCHANGE) != 0) {
		return -EINVAL;
	}
	if (directory == NODE_TRASH && new_directory != NODE_TRASH) {
		return trash_restore(workspace, name, new_directory, new_name);
	}
	bool is_save = false;
	int r = load(&renaming, directory, name);
	int found = r < 0 ? -ENOENT
			  : tree_lookup(renaming.state, new_directory, renaming.file_name, &target);
	if (found == 0 && target.node != renaming.page.node) {
		bool is_hidden = (target.flags & NODE_HIDDEN) != 0;
		is_save = is_only_text(&renaming);
		if (!is_hidden && (!is_save || (flags & RENAME_NOREPLACE) != 0)) {
			r = -EEXIST;
		}
	}
	if (r == 0 && !is_save && new_directory != directory) {
		r = names_check_place(workspace, renaming.state, renaming.cache, &renaming.page,
				      new_directory);
	}
	if (r == 0 && !is_save && found == 0 && target.node != renaming.page.node) {
		r = evict(&renaming, &target, &changes);
	}
	if (r == 0 && !is_save) {
		r = rename_page(&renaming, &changes);
	}
	store_abort(steal(&renaming.state));
	store_abort(steal(&renaming.cache));
	if (r == 0 && is_save) {
		return save_onto(workspace, directory, name, &renaming.page, new_directory,
				 new_name, process);
	}
	if (r == 0) {
		hurry(workspace, renaming.page.node);
		/* The other of X.md and X/ moved too: the kernel did not ask for that one. */
		workspace_tell(workspace, &changes);
	}
	return r;
}
