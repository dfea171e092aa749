/*
 * Out of the trash: by rename(2), by Notion, by age.
 */
#define LOG_MODULE "trash"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/lost.h"
#include "cache/names.h"
#include "cache/queue.h"
#include "cache/removed.h"
#include "cache/trash_private.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/name.h"

#define DEPTH_MAX 200

struct restoring {
	struct workspace *workspace;
	struct store_transaction *state;
	struct store_transaction *cache;
	struct tree_changes *changes;
	struct nodes due; /* to be pushed */
	struct lost lost; /* local files of what is forgotten */
};

/* Is a save owed of a page of this tree? */
static bool is_owed(struct store_transaction *state, const struct node_record *top)
{
	struct nodes nodes = {0};
	bool found = trash_collect_tree(state, top, &nodes) < 0;
	for (size_t i = 0; i < nodes.count && !found; i++) {
		found = queue_exists(state, nodes.items[i]);
	}
	free(nodes.items);
	return found;
}

/* One that comes back: what is owed to it is pending again. */
static int release_node(struct restoring *restoring, node_id node, bool is_top)
{
	struct store_transaction *state = restoring->state;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	unsigned char key[KEY_NODE_BYTES];
	struct store_value journal;
	int r = tree_get(state, node, &record);
	if (r < 0) {
		return r;
	}
	if ((record.flags & NODE_HIDDEN) != 0) {
		record.flags &= ~(unsigned)NODE_HIDDEN;
		r = tree_put(state, &record);
		if (r == 0) {
			r = tree_touch(state, record.parent, record.name, clock_now_ms(),
				       restoring->changes);
		}
	}
	if (r < 0 || record.role != ROLE_PAGE) {
		return r;
	}
	r = queue_get(state, node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	bool is_owed = r == 0;
	key_put_u64(key, node);
	bool has_journal = store_get(state, STATE_JOURNAL, key, sizeof key, &journal) == 0;
	bool has_text = is_owed && (entry.text_len > 0 || entry.kind == QUEUE_SAVE);
	bool has_title = (record.flags & (NODE_RETITLED | NODE_MOVED)) != 0 && entry.base != NULL;
	if (is_owed && !has_text && !has_title && !has_journal) {
		return queue_delete(state, node);
	}
	if (!is_owed && !(is_top && has_journal)) {
		return 0;
	}
	bool is_blank =
		json_array_size(json_object_get(entry.base, "blocks")) > 0 && entry.text_len == 0;
	entry.node = node;
	entry.kind = has_text ? QUEUE_SAVE : has_title ? QUEUE_RETITLE : QUEUE_RESTORE;
	entry.state = has_text && is_blank ? QUEUE_HELD : QUEUE_PENDING;
	entry.generation++;
	entry.saved_ms = clock_now_ms();
	entry.due_ms = entry.saved_ms + restoring->workspace->options.save_delay_ms;
	free(entry.error);
	entry.error = NULL;
	r = queue_put(state, &entry);
	return r < 0 ? r : trash_collect_node(&restoring->due, &record);
}

static int release_tree(struct restoring *restoring, const struct node_record *top)
{
	struct nodes nodes = {0};
	int r = trash_collect_tree(restoring->state, top, &nodes);
	for (size_t i = 0; r == 0 && i < nodes.count; i++) {
		r = release_node(restoring, nodes.items[i], i == 0);
	}
	free(nodes.items);
	return r;
}

/* The directory that it was in, or another node of the same page. 0: it is gone. */
static node_id origin_of(struct store_transaction *state, const struct node_record *page)
{
	struct node_record record;
	struct uuid object = {{0}};
	json_t *origin = trash_find_origin(state, page->node);
	const char *text = json_get_text(origin, "parent_object");
	node_id directory = (node_id)json_integer_value(json_object_get(origin, "parent"));
	bool is_there = tree_get(state, directory, &record) == 0;
	if (!is_there && uuid_parse(text, strlen(text), &object) == 0 && !uuid_is_zero(&object)) {
		is_there = tree_find(state, &object, true, &record) == 0;
	}
	json_decref(origin);
	return is_there ? record.node : 0;
}

/* To another directory: out of Notion's trash first, then moved there. */
static int owe_move(struct store_transaction *state, node_id page, node_id origin)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = queue_get(state, page, &entry);
	if (r == -ENOENT) {
		entry.node = page;
		entry.kind = QUEUE_RESTORE;
		r = 0;
	}
	entry.from = origin;
	return r < 0 ? r : queue_put(state, &entry);
}

static int take_out(struct restoring *restoring, struct node_record *page, node_id directory,
		    const char *name)
{
	struct store_transaction *state = restoring->state;
	unsigned char key[KEY_NODE_BYTES];
	char stem[NODE_NAME_MAX_BYTES + 1];
	char old_stem[NODE_NAME_MAX_BYTES + 1];
	node_id origin = origin_of(state, page);
	trash_copy_stem(name, stem, true);
	trash_copy_stem(page->name, old_stem, true);
	page->missing_since_ms = 0;
	if (origin != directory) {
		page->flags |= NODE_MOVED;
		int owed = owe_move(state, page->node, origin);
		if (owed < 0) {
			return owed;
		}
	}
	if (strcmp(stem, old_stem) != 0) {
		page->flags |= NODE_RETITLED;
	}
	int r = trash_delete_origin(state, page->node);
	if (r == 0) {
		r = tree_move(state, page, directory, name, clock_now_ms(), restoring->changes);
	}
	if (r == 0) {
		r = trash_note_object(restoring->cache, &page->object, false);
	}
	if (r == 0) {
		static const char journal[] = "{\"trash\":{\"in_trash\":true,\"sent_ms\":0}}";
		key_put_u64(key, page->node);
		r = store_put(state, STATE_JOURNAL, key, sizeof key, journal, strlen(journal));
	}
	return r;
}

/* The name is free, X/ as well as X.md, and the page may lie there. */
static int check_target(struct restoring *restoring, const struct node_record *page,
			node_id directory, const char *file_name)
{
	struct store_transaction *state = restoring->state;
	struct node_record other;
	char stem[NODE_NAME_MAX_BYTES + 1];
	if (directory == NODE_TRASH || trash_has(state, directory)) {
		return -EPERM;
	}
	trash_copy_stem(file_name, stem, true);
	if ((tree_lookup(state, directory, file_name, &other) == 0 && other.node != page->node) ||
	    (tree_lookup(state, directory, stem, &other) == 0 &&
	     !uuid_equal(&other.object, &page->object))) {
		return -EEXIST;
	}
	node_id origin = page->parent == NODE_TRASH ? origin_of(state, page) : page->parent;
	return origin == directory ? 0
				   : names_check_place(restoring->workspace, state,
						       restoring->cache, page, directory);
}

int trash_restore(struct workspace *workspace, const char *name, node_id new_directory,
		  const char *new_name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	char file_name[NODE_NAME_MAX_BYTES + 4];
	struct node_record page;
	int r = workspace_begin(workspace, true, &state, &cache);
	if (r == 0) {
		r = tree_lookup(state, NODE_TRASH, name, &page);
	}
	bool is_leaving = r == -ENOENT;
	if (is_leaving) {
		r = trash_lookup_leaving(state, name, &page);
	}
	if (r < 0) {
		return r;
	}
	bool is_directory = page.role == ROLE_PAGE_DIRECTORY;
	(void)snprintf(file_name, sizeof file_name, "%s%s", new_name, is_directory ? ".md" : "");
	if (strlen(file_name) > NODE_NAME_MAX_BYTES) {
		return -ENAMETOOLONG;
	}
	if (is_directory) {
		r = tree_find(state, &page.object, false, &page);
	}
	if (r == 0 && page.role != ROLE_PAGE) {
		refusals_note(&workspace->refusals, name, "a database is restored in Notion");
		r = -EPERM;
	}
	if (r == 0) {
		r = tree_get(state, page.node,
			     &page); /* with the name it has, not the listed one */
	}
	struct restoring restoring = {
		.workspace = workspace, .state = state, .cache = cache, .changes = &changes};
	if (r == 0) {
		r = check_target(&restoring, &page, new_directory, file_name);
	}
	if (r == 0 && !is_leaving) {
		r = take_out(&restoring, &page, new_directory, file_name);
	}
	if (r == 0) {
		r = release_tree(&restoring, &page);
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	for (size_t i = 0; r == 0 && i < restoring.due.count; i++) {
		writeback_schedule(&workspace->writeback, restoring.due.items[i],
				   clock_now_ms() + workspace->options.save_delay_ms);
	}
	if (r == 0) {
		workspace_tell(workspace, &changes);
	}
	free(restoring.due.items);
	if (r == 0 && is_leaving &&
	    (page.parent != new_directory || strcmp(page.name, file_name) != 0)) {
		/* It has its own name again; from there it is moved like any other. */
		r = workspace_rename(workspace, page.parent, page.name, new_directory, file_name,
				     RENAME_NOREPLACE, 0);
	}
	return r;
}

int trash_forget(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record page;
	struct nodes nodes = {0};
	int r = workspace_begin(workspace, true, &state, &cache);
	if (r == 0) {
		r = tree_lookup(state, directory, name, &page);
	}
	if (r == -ENOENT && directory == NODE_TRASH) {
		r = trash_lookup_leaving(state, name, &page) == 0 ? -EPERM : r;
	}
	if (r == 0 && node_is_directory(&page)) {
		r = -EISDIR;
	}
	if (r == 0) {
		r = trash_collect_tree(state, &page, &nodes);
	}
	if (r == 0 && nodes.count > 1 && !tree_is_empty(state, nodes.items[1])) {
		r = -ENOTEMPTY; /* its directory first, as everywhere */
	}
	for (size_t i = 0; r == 0 && i < nodes.count; i++) {
		r = queue_delete(state, nodes.items[i]);
		r = r == 0 ? trash_delete_journal(state, nodes.items[i]) : r;
	}
	free(nodes.items);
	if (r == 0) {
		r = trash_delete_origin(state, page.node);
	}
	if (r == 0) {
		r = tree_remove(state, &page.object, clock_now_ms(), &changes);
	}
	if (r == 0) {
		r = object_delete(cache, &page.object);
	}
	return r < 0 ? r : workspace_commit(&state, &cache);
}

bool trash_is_owed(struct store_transaction *state, node_id page)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value journal;
	key_put_u64(key, page);
	return store_get(state, STATE_JOURNAL, key, sizeof key, &journal) == 0 &&
	       memmem(journal.bytes, journal.len, "{\"trash\":", 9) != NULL;
}

bool trash_is_above(struct store_transaction *state, const struct node_record *page)
{
	struct node_record record = *page;
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if (tree_get(state, record.parent, &record) < 0 ||
		    record.role != ROLE_PAGE_DIRECTORY ||
		    tree_find(state, &record.object, false, &record) < 0) {
			return false;
		}
		if (trash_is_owed(state, record.node)) {
			return true;
		}
	}
	return false;
}

/* ---- what time does ---- */

static int collect_key(void *context, const void *key, size_t key_len,
		       const struct store_value *value)
{
	struct node_record record = {0};
	(void)value;
	if (key_len != KEY_NODE_BYTES) {
		return -EINVAL;
	}
	record.node = key_get_u64(key);
	return trash_collect_node(context, &record);
}

static int tend_one(struct restoring *restoring, node_id node)
{
	struct store_transaction *state = restoring->state;
	struct node_record record;
	int r = tree_get(state, node, &record);
	if (r == -ENOENT) {
		return trash_delete_origin(state, node);
	}
	if (r == 0 && record.parent != NODE_TRASH) {
		/* Restored in Notion: it stands in its directory again. */
		r = trash_delete_origin(state, node);
		return r < 0 ? r : release_tree(restoring, &record);
	}
	if (r == 0 && clock_now_ms() - record.missing_since_ms > TRASH_KEPT_MS &&
	    !is_owed(state, &record)) {
		r = lost_note(state, &record, &restoring->lost);
		r = r == 0 ? trash_delete_origin(state, node) : r;
		r = r == 0 ? tree_remove(state, &record.object, clock_now_ms(), restoring->changes)
			   : r;
		return r < 0 ? r : object_delete(restoring->cache, &record.object);
	}
	return r;
}

void trash_tend(struct workspace *workspace)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct nodes kept = {0};
	size_t count = 0;
	if (workspace_begin(workspace, false, &state, NULL) < 0) {
		return;
	}
	int r = store_count(state, STATE_TRASH, &count);
	store_abort(steal(&state));
	if (r < 0 || count == 0) {
		return;
	}
	r = workspace_begin(workspace, true, &state, &cache);
	if (r == 0) {
		r = store_each(state, STATE_TRASH, "", 0, 0, collect_key, &kept);
	}
	struct restoring restoring = {
		.workspace = workspace, .state = state, .cache = cache, .changes = &changes};
	for (size_t i = 0; r == 0 && i < kept.count; i++) {
		r = tend_one(&restoring, kept.items[i]);
	}
	free(kept.items);
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	for (size_t i = 0; r == 0 && i < restoring.due.count; i++) {
		writeback_schedule(&workspace->writeback, restoring.due.items[i], clock_now_ms());
	}
	free(restoring.due.items);
	if (r == 0) {
		lost_take(workspace, &restoring.lost);
		workspace_tell(workspace, &changes);
	}
	lost_release(&restoring.lost);
}
