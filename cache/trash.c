#include "cache/trash.h"

#define LOG_MODULE "trash"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/queue.h"
#include "cache/removed.h"
#include "cache/trash_private.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/name.h"

#define DEPTH_MAX 200

/* ---- what is in it ---- */

bool trash_has(struct store_transaction *state, node_id node)
{
	for (int depth = 0; depth < DEPTH_MAX && node != NODE_ROOT; depth++) {
		struct node_record record;
		if (node == NODE_TRASH) {
			return true;
		}
		if (tree_get(state, node, &record) < 0) {
			return false;
		}
		node = record.parent;
	}
	return false;
}

bool trash_shows(struct store_transaction *state, node_id node)
{
	struct node_record record;
	return tree_get(state, node, &record) == 0 &&
	       ((record.flags & NODE_HIDDEN) != 0 || trash_has(state, node));
}

void trash_copy_stem(const char *name, char stem[NODE_NAME_MAX_BYTES + 1], bool is_file)
{
	(void)snprintf(stem, NODE_NAME_MAX_BYTES + 1, "%s", name);
	if (is_file) {
		name_strip_md(stem);
	}
}

/* The stem with digits of the id behind it. */
void trash_suffix(const struct node_record *record, const char *stem, unsigned digits,
		  char name[NODE_NAME_MAX_BYTES + 1])
{
	char cut[NAME_STEM_MAX_BYTES + 1];
	char with[NAME_STEM_MAX_BYTES + 1];
	size_t len = strnlen(stem, NAME_STEM_MAX_BYTES);
	while (len > 0 && stem[len] != '\0' && ((unsigned char)stem[len] & 0xc0) == 0x80) {
		len--;
	}
	memcpy(cut, stem, len);
	cut[len] = '\0';
	name_with_suffix(cut, &record->object, digits, with);
	(void)snprintf(name, NODE_NAME_MAX_BYTES + 1, "%s%s", with,
		       record->role == ROLE_PAGE ? ".md" : "");
}

bool trash_name_is_free(struct store_transaction *state, const char *stem)
{
	struct node_record other;
	char name[NODE_NAME_MAX_BYTES + 4];
	(void)snprintf(name, sizeof name, "%s.md", stem);
	return tree_lookup(state, NODE_TRASH, name, &other) == -ENOENT &&
	       tree_lookup(state, NODE_TRASH, stem, &other) == -ENOENT;
}

static void choose_name(struct store_transaction *state, const struct node_record *record,
			char name[NODE_NAME_MAX_BYTES + 1])
{
	char stem[NODE_NAME_MAX_BYTES + 1];
	char chosen[NODE_NAME_MAX_BYTES + 1];
	trash_copy_stem(record->name, stem, record->role == ROLE_PAGE);
	memcpy(name, record->name, sizeof record->name);
	memcpy(chosen, stem, sizeof stem);
	for (unsigned digits = 4; digits <= 32 && !trash_name_is_free(state, chosen); digits += 4) {
		trash_suffix(record, stem, digits, name);
		trash_copy_stem(name, chosen, record->role == ROLE_PAGE);
	}
}

/* ---- the list of where they came from ---- */

static int note_origin(struct store_transaction *state, const struct node_record *page,
		       enum trash_cause cause, int64_t now_ms)
{
	unsigned char key[KEY_NODE_BYTES];
	struct node_record directory;
	char object[UUID_TEXT_BYTES];
	int r = tree_get(state, page->parent, &directory);
	if (r < 0) {
		return r;
	}
	uuid_format(&directory.object, object);
	json_t *origin = json_pack("{sI ss sI sb ss}", "parent", (json_int_t)page->parent,
				   "parent_object", object, "since_ms", (json_int_t)now_ms, "here",
				   cause == TRASHED_HERE, "name", page->name);
	char *text = origin == NULL ? NULL : json_dumps(origin, JSON_COMPACT);
	key_put_u64(key, page->node);
	r = text == NULL ? -ENOMEM
			 : store_put(state, STATE_TRASH, key, sizeof key, text, strlen(text));
	free(text);
	json_decref(origin);
	return r;
}

json_t *trash_find_origin(struct store_transaction *state, node_id page)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, page);
	return store_get(state, STATE_TRASH, key, sizeof key, &value) < 0
		       ? NULL
		       : json_loadb(value.bytes, value.len, 0, NULL);
}

int trash_delete_origin(struct store_transaction *state, node_id page)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, page);
	return store_delete(state, STATE_TRASH, key, sizeof key);
}

int trash_note_object(struct store_transaction *cache, const struct uuid *id, bool in_trash)
{
	json_t *object = object_find(cache, id);
	if (object == NULL) {
		return 0;
	}
	(void)json_object_set_new(object, "in_trash", json_boolean(in_trash));
	int r = object_put(cache, object, NULL);
	json_decref(object);
	return r;
}

/* ---- what is owed to what is in it ---- */

int trash_collect_node(void *context, const struct node_record *record)
{
	struct nodes *nodes = context;
	if (nodes->count % 64 == 0) {
		nodes->items = realloc(nodes->items, (nodes->count + 64) * sizeof *nodes->items);
		if (nodes->items == NULL) {
			abort();
		}
	}
	nodes->items[nodes->count++] = record->node;
	return 0;
}

/* Every node of the tree: the page, its directory, and what is below, the upper ones first. */
int trash_collect_tree(struct store_transaction *state, const struct node_record *top,
		       struct nodes *nodes)
{
	struct node_record record = *top;
	int r = trash_collect_node(nodes, top);
	if (r == 0 && top->role == ROLE_PAGE &&
	    tree_find(state, &top->object, true, &record) == 0) {
		r = trash_collect_node(nodes, &record);
	}
	for (size_t i = nodes->count > 1 ? 1 : 0; r == 0 && i < nodes->count; i++) {
		r = tree_get(state, nodes->items[i], &record);
		if (r == 0 && node_is_directory(&record)) {
			r = tree_each(state, record.node, 0, trash_collect_node, nodes);
		}
	}
	return r;
}

int trash_delete_journal(struct store_transaction *state, node_id node)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, node);
	return store_delete(state, STATE_JOURNAL, key, sizeof key);
}

static int keep_entry(struct store_transaction *state, struct queue_entry *entry,
		      enum trash_cause cause)
{
	entry->kind = QUEUE_SAVE;
	entry->state = QUEUE_KEPT;
	entry->generation++;
	free(entry->error);
	entry->error = cause == TRASHED_HERE
			       ? NULL
			       : strdup("the page was moved to the trash in Notion before this "
					"was sent, move it out of .notionfs/trash to restore it "
					"and send your text");
	entry->error_line = entry->error_column = 0;
	return queue_put(state, entry);
}

int trash_keep_owed(struct workspace *workspace, node_id page)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, page, &entry);
	}
	if (r < 0 || !trash_has(state, page)) {
		return r == -ENOENT ? 0 : r < 0 ? r : -EAGAIN;
	}
	r = entry.kind == QUEUE_SAVE ? keep_entry(state, &entry, TRASHED_IN_NOTION)
				     : queue_delete(state, page);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

/* One node of a tree that goes to the trash. */
static int settle_node(struct store_transaction *state, struct node_record *record,
		       enum trash_cause cause, struct tree_changes *changes)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	bool was_removed = (record->flags & NODE_HIDDEN) != 0;
	int r = queue_get(state, record->node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	bool is_owed = r == 0;
	r = 0;
	if (record->role == ROLE_PAGE && was_removed && (record->flags & NODE_NEW) != 0) {
		/* Never sent, and removed: there is nothing to take back. */
		r = queue_delete(state, record->node);
		r = r == 0 ? trash_delete_journal(state, record->node) : r;
		return r < 0 ? r : tree_remove(state, &record->object, clock_now_ms(), changes);
	}
	if (was_removed) {
		record->flags &= ~(unsigned)NODE_HIDDEN;
		r = tree_put(state, record);
	}
	if (r < 0 || !is_owed) {
		return r;
	}
	if (entry.kind != QUEUE_SAVE) {
		r = trash_delete_journal(state, record->node);
	}
	if (r == 0 && entry.kind != QUEUE_SAVE && entry.text_len == 0) {
		return queue_delete(state, record->node);
	}
	return r < 0 ? r : keep_entry(state, &entry, cause);
}

int trash_put(struct workspace *workspace, struct store_transaction *state,
	      struct store_transaction *cache, struct node_record *page, enum trash_cause cause,
	      struct tree_changes *changes)
{
	char name[NODE_NAME_MAX_BYTES + 1];
	struct node_record record;
	struct node_record parent;
	struct nodes nodes = {0};
	int64_t now_ms = clock_now_ms();
	(void)workspace;
	int r = tree_get(state, page->parent, &parent);
	if (r == 0) {
		r = note_origin(state, page, cause, now_ms);
	}
	if (r == 0) {
		r = trash_collect_tree(state, page, &nodes);
	}
	for (size_t i = 0; r == 0 && i < nodes.count; i++) {
		r = tree_get(state, nodes.items[i], &record);
		r = r == 0 ? settle_node(state, &record, cause, changes) : r == -ENOENT ? 0 : r;
	}
	free(nodes.items);
	if (r == 0) {
		r = trash_note_object(cache, &page->object, true);
	}
	if (r == 0) {
		r = tree_get(state, page->node, &record);
	}
	if (r == -ENOENT) {
		r = trash_delete_origin(state, page->node); /* it was new, and is forgotten */
	} else if (r == 0) {
		record.missing_since_ms = now_ms;
		record.flags &= ~(unsigned)NODE_RETURNED;
		choose_name(state, &record, name);
		r = tree_move(state, &record, NODE_TRASH, name, now_ms, changes);
		*page = record;
	}
	/* A directory that left its name goes with the last page in it. */
	if (r == 0 && parent.role == ROLE_PAGE_DIRECTORY && (parent.flags & NODE_HIDDEN) != 0 &&
	    tree_is_empty(state, parent.node)) {
		r = tree_remove_directory(state, &parent, now_ms, changes);
	}
	return r;
}

void trash_take_copies(struct workspace *workspace, const struct node_record *old)
{
	char prefix[NODE_NAME_MAX_BYTES + 16];
	struct stat st;
	struct node_record directory;
	struct node_record page;
	struct store_transaction *state = NULL;
	struct tree_changes changes = {0};
	if (old->role != ROLE_PAGE || local_stat(workspace->local, old->parent, "", &st) < 0) {
		return;
	}
	(void)snprintf(prefix, sizeof prefix, "%s.conflict-", old->name);
	int fd = local_open(workspace->local, old->parent, "", O_RDONLY | O_DIRECTORY, 0);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	if (files == NULL) {
		cleanup_fd(&fd);
		return;
	}
	for (const struct dirent *file; (file = readdir(files)) != NULL;) {
		if (strncmp(file->d_name, prefix, strlen(prefix)) != 0) {
			continue;
		}
		int r = workspace_begin(workspace, true, &state, NULL);
		if (r == 0) {
			r = tree_get(state, old->node, &page);
		}
		if (r == 0) {
			r = tree_page_directory(state, &page, &workspace->owner, clock_now_ms(),
						&changes, &directory);
		}
		if (r == 0) {
			directory.flags |= NODE_LISTED;
			r = tree_put(state, &directory);
		}
		r = r == 0 ? workspace_commit(&state, NULL) : r;
		store_abort(steal(&state));
		if (r == 0) {
			r = local_rename(workspace->local, old->parent, file->d_name,
					 directory.node, file->d_name, 0);
		}
		if (r < 0) {
			log_warning("%s stays where it is: %s", file->d_name, strerror(-r));
		}
	}
	(void)closedir(files);
	workspace_tell(workspace, &changes);
	tree_changes_release(&changes);
}
