/*
 * A directory that was local becomes a page's: the first page in it decides so (design.md §6.2).
 */
#define LOG_MODULE "names"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/names.h"
#include "cache/queue.h"
#include "cache/status.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

/* The page of the directory is owed, empty as it is, until somebody writes it. */
static int owe_page(struct workspace *workspace, struct store_transaction *state,
		    const struct node_record *page)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = queue_get(state, page->node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	entry.node = page->node;
	entry.kind =
		(page->flags & NODE_NEW) != 0 || entry.text_len > 0 ? QUEUE_SAVE : QUEUE_RETITLE;
	entry.state = QUEUE_PENDING;
	entry.generation++;
	entry.saved_ms = clock_now_ms();
	entry.due_ms = entry.saved_ms + workspace->options.save_delay_ms;
	return queue_put(state, &entry);
}

/* X.md: there, in its grace time, or new. */
static int take_page(struct workspace *workspace, struct store_transaction *state,
		     node_id directory, const char *file_name, struct tree_changes *changes,
		     struct node_record *ret_page)
{
	struct node_record parent;
	struct uuid id;
	int r = tree_lookup(state, directory, file_name, ret_page);
	if (r == 0 &&
	    ((ret_page->flags & NODE_HIDDEN) == 0 || (ret_page->flags & NODE_IMPLIED) != 0)) {
		return 0;
	}
	if (r == 0) {
		ret_page->flags &= ~(unsigned)NODE_HIDDEN;
		r = tree_put(state, ret_page);
		if (r == 0) {
			r = tree_touch(state, directory, file_name, clock_now_ms(), changes);
		}
		return r < 0 ? r : owe_page(workspace, state, ret_page);
	}
	if (r == -ENOENT) {
		r = tree_get(state, directory, &parent);
	}
	if (r == 0) {
		r = names_can_create(workspace, &parent);
	}
	if (r == 0) {
		r = names_stand_in_id(&id);
	}
	if (r == 0) {
		r = tree_create(state, directory, file_name, &id, 0666 & ~workspace->owner.umask,
				&workspace->owner, clock_now_ms(), changes, ret_page);
	}
	if (r == 0) {
		/* Unlisted: who copies a tree may still make it himself. */
		ret_page->flags |= NODE_HIDDEN | NODE_IMPLIED;
		r = tree_put(state, ret_page);
	}
	return r < 0 ? r : owe_page(workspace, state, ret_page);
}

int workspace_adopt(struct workspace *workspace, node_id directory, const char *name,
		    struct node_attr *ret_attr)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {.is_ours = true};
	struct node_record page;
	struct node_record made;
	char file_name[NODE_NAME_MAX_BYTES + 1];
	if (workspace->options.read_only) {
		return -EROFS;
	}
	if (snprintf(file_name, sizeof file_name, "%s.md", name) >= (int)sizeof file_name) {
		return -ENAMETOOLONG;
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0 && tree_lookup(state, directory, name, &made) == 0 &&
	    (made.flags & NODE_HIDDEN) == 0) {
		return -EEXIST;
	}
	if (r == 0) {
		r = take_page(workspace, state, directory, file_name, &changes, &page);
	}
	if (r == 0) {
		/* Its name is not told: the kernel has it, and goes on with it. */
		r = tree_page_directory(state, &page, &workspace->owner, clock_now_ms(), NULL,
					&made);
	}
	if (r == 0) {
		made.flags &= ~(unsigned)NODE_HIDDEN;
		made.flags |= (page.flags & NODE_NEW) | NODE_LISTED;
		r = tree_put(state, &made);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		r = local_adopt(workspace->local, directory, name, made.node);
	}
	if (r < 0) {
		return r;
	}
	writeback_schedule(&workspace->writeback, page.node,
			   clock_now_ms() + workspace->options.save_delay_ms);
	node_to_attr(&made, ret_attr);
	workspace_tell(workspace, &changes);
	return 0;
}

void names_finish_adoption(struct workspace *workspace, node_id node)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record page;
	struct node_record directory;
	struct stat st;
	if (workspace_begin(workspace, false, &state, NULL) < 0 ||
	    tree_get(state, node, &page) < 0 || page.role != ROLE_PAGE ||
	    tree_find(state, &page.object, true, &directory) < 0) {
		return;
	}
	if (local_stat(workspace->local, directory.parent, directory.name, &st) == 0 &&
	    S_ISDIR(st.st_mode)) {
		int r = local_adopt(workspace->local, directory.parent, directory.name,
				    directory.node);
		log_info("the local files of %s are moved into it: %s", directory.name,
			 r == 0 ? "done" : strerror(-r));
	}
}

void workspace_explain(struct workspace *workspace, node_id directory, const char *name,
		       const char *why)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(free) char *path = NULL;
	CLEANUP(free) char *what = NULL;
	if (workspace_begin(workspace, false, &state, NULL) == 0) {
		path = status_path(state, directory);
	}
	bool has_path = path != NULL && *path != '\0';
	if (asprintf(&what, "%s%s%s", has_path ? path : "", has_path ? "/" : "", name) < 0) {
		abort();
	}
	refusals_note(&workspace->refusals, what, why);
}
