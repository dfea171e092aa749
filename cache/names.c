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
#include <time.h>

#include "cache/made.h"
#include "cache/queue.h"
#include "cache/save.h"
#include "cache/trash.h"
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

int names_stand_in_id(struct uuid *ret_id)
{
	ssize_t n = getrandom(ret_id->bytes, sizeof ret_id->bytes, 0);
	ret_id->bytes[6] = (uint8_t)((ret_id->bytes[6] & 0x0f) | 0x40);
	ret_id->bytes[8] = (uint8_t)((ret_id->bytes[8] & 0x3f) | 0x80);
	return n == (ssize_t)sizeof ret_id->bytes ? 0 : -EIO;
}

int names_can_create(struct workspace *workspace, const struct node_record *directory)
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
	case ROLE_KEPT: return -EPERM;
	case ROLE_PAGE: break;
	}
	return -ENOTDIR;
}

struct claim {
	struct workspace *workspace;
	node_id directory;
	const char *name;
	mode_t mode;
	bool is_new_only; /* a page that is there is -EEXIST */
	/* results */
	node_id node;
	bool is_made; /* it was not there */
};

/* Whoever made the page may die before the first text is saved: then it is an empty one, in Notion
 * as here, and no name that never gets there. Until then nothing of it is due. */
static int owe_empty(struct store_transaction *state, node_id node)
{
	char nothing[] = "";
	struct queue_entry entry = {
		.node = node,
		.kind = QUEUE_SAVE,
		.state = QUEUE_PENDING,
		.generation = 1,
		.saved_ms = clock_now_ms(),
		.due_ms = clock_now_ms(),
		.text = nothing,
	};
	return queue_put(state, &entry);
}

/* The node of a new page of this name, or the hidden one that has a claim on it. */
static int claim_name(void *context, struct store_transaction *state)
{
	struct claim *claim = context;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record record;
	struct node_record parent;
	struct uuid id;
	int r = trash_has(state, claim->directory)
			? -EPERM
			: tree_lookup(state, claim->directory, claim->name, &record);
	if (r == 0) {
		claim->node = record.node;
		if ((record.flags & NODE_HIDDEN) == 0) {
			return claim->is_new_only ? -EEXIST : 0;
		}
		record.flags &= ~(unsigned)(NODE_HIDDEN | NODE_IMPLIED);
		claim->is_made = true;
		r = tree_put(state, &record);
		return r < 0 ? r
			     : tree_touch(state, claim->directory, claim->name, clock_now_ms(),
					  &changes);
	}
	if (r == -ENOENT) {
		r = tree_get(state, claim->directory, &parent);
	}
	if (r == 0) {
		r = names_can_create(claim->workspace, &parent);
	}
	if (r == 0) {
		r = names_stand_in_id(&id);
	}
	if (r == 0) {
		r = tree_create(state, claim->directory, claim->name, &id, claim->mode,
				&claim->workspace->owner, clock_now_ms(), &changes, &record);
		claim->node = record.node;
		if (r == 0) {
			r = owe_empty(state, record.node);
		}
		if (r == 0) {
			r = made_note(state, record.node, clock_now_ms());
			claim->is_made = r == 0;
		}
	}
	return r;
}

static int make_claim(struct claim *claim)
{
	int r = claim->workspace->options.read_only
			? -EROFS
			: store_update(claim->workspace->state, claim_name, claim);
	if (r == 0 && claim->is_made) {
		events_note_node(claim->workspace, "created", true, claim->node, NULL);
	}
	return r;
}

int workspace_create(struct workspace *workspace, node_id directory, const char *name, mode_t mode,
		     pid_t process, struct node_attr *ret_attr, struct page_file **ret_file)
{
	struct page_file *file;
	struct claim claim = {.workspace = workspace,
			      .directory = directory,
			      .name = name,
			      .mode = mode,
			      .is_new_only = true};
	int r = make_claim(&claim);
	if (r < 0) {
		return r;
	}
	drafts_leave_readers(&workspace->drafts, claim.node);
	/* A claimed page has its old text until something else is written: created means empty. */
	r = workspace_open_page(workspace, claim.node, O_RDWR | O_TRUNC, process, &file);
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

/* A moment of the system's clock by ours, which a test may have moved. */
static int64_t since(int64_t system_ns)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	int64_t ago_ms = system_ns == 0 ? 0
					: (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 -
						  system_ns / 1000000;
	return clock_now_ms() - (ago_ms > 0 ? ago_ms : 0);
}

int workspace_save(struct workspace *workspace, node_id directory, const char *name,
		   const void *bytes, size_t len, mode_t mode, int64_t mtime_ns, int64_t begun_ns,
		   pid_t process, struct node_attr *ret_attr)
{
	struct claim claim = {
		.workspace = workspace, .directory = directory, .name = name, .mode = mode};
	int r = make_claim(&claim);
	if (r == 0) {
		r = save_text(workspace, claim.node, bytes, len, mtime_ns, process, since(begun_ns),
			      0);
	}
	if (r == 0) {
		writeback_hurry(&workspace->writeback, claim.node,
				clock_now_ms() + workspace->options.save_delay_ms);
		r = workspace_getattr(workspace, claim.node, ret_attr);
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
	if (r == 0 && trash_has(state, directory)) {
		return -EPERM;
	}
	if (r == 0 && tree_lookup(state, directory, name, &made) == 0 &&
	    (made.flags & NODE_HIDDEN) == 0) {
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
		made.flags &= ~(unsigned)NODE_HIDDEN;
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
