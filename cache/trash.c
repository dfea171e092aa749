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

static void copy_stem(const char *name, char stem[NODE_NAME_MAX_BYTES + 1], bool is_file)
{
	(void)snprintf(stem, NODE_NAME_MAX_BYTES + 1, "%s", name);
	if (is_file) {
		name_strip_md(stem);
	}
}

/* The stem with digits of the id behind it. */
static void suffixed(const struct node_record *record, const char *stem, unsigned digits,
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

static bool is_free(struct store_transaction *state, const char *stem)
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
	copy_stem(record->name, stem, record->role == ROLE_PAGE);
	memcpy(name, record->name, sizeof record->name);
	memcpy(chosen, stem, sizeof stem);
	for (unsigned digits = 4; digits <= 32 && !is_free(state, chosen); digits += 4) {
		suffixed(record, stem, digits, name);
		copy_stem(name, chosen, record->role == ROLE_PAGE);
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

static json_t *find_origin(struct store_transaction *state, node_id page)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, page);
	return store_get(state, STATE_TRASH, key, sizeof key, &value) < 0
		       ? NULL
		       : json_loadb(value.bytes, value.len, 0, NULL);
}

static int delete_origin(struct store_transaction *state, node_id page)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, page);
	return store_delete(state, STATE_TRASH, key, sizeof key);
}

static int set_in_trash(struct store_transaction *cache, const struct uuid *id, bool in_trash)
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

struct nodes {
	node_id *items;
	size_t count;
};

static int collect_node(void *context, const struct node_record *record)
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
static int collect_tree(struct store_transaction *state, const struct node_record *top,
			struct nodes *nodes)
{
	struct node_record record = *top;
	int r = collect_node(nodes, top);
	if (r == 0 && top->role == ROLE_PAGE &&
	    tree_find(state, &top->object, true, &record) == 0) {
		r = collect_node(nodes, &record);
	}
	for (size_t i = nodes->count > 1 ? 1 : 0; r == 0 && i < nodes->count; i++) {
		r = tree_get(state, nodes->items[i], &record);
		if (r == 0 && node_is_directory(&record)) {
			r = tree_each(state, record.node, 0, collect_node, nodes);
		}
	}
	return r;
}

static int delete_journal(struct store_transaction *state, node_id node)
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
		r = r == 0 ? delete_journal(state, record->node) : r;
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
		r = delete_journal(state, record->node);
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
		r = collect_tree(state, page, &nodes);
	}
	for (size_t i = 0; r == 0 && i < nodes.count; i++) {
		r = tree_get(state, nodes.items[i], &record);
		r = r == 0 ? settle_node(state, &record, cause, changes) : r == -ENOENT ? 0 : r;
	}
	free(nodes.items);
	if (r == 0) {
		r = set_in_trash(cache, &page->object, true);
	}
	if (r == 0) {
		r = tree_get(state, page->node, &record);
	}
	if (r == -ENOENT) {
		r = delete_origin(state, page->node); /* it was new, and is forgotten */
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

/* ---- those in their grace time ---- */

struct leaving {
	struct store_transaction *state;
	struct node_record *items;
	size_t count;
};

static int collect_record(void *context, const struct node_record *record)
{
	struct leaving *leaving = context;
	if (leaving->count % 64 == 0) {
		leaving->items =
			realloc(leaving->items, (leaving->count + 64) * sizeof *leaving->items);
		if (leaving->items == NULL) {
			abort();
		}
	}
	leaving->items[leaving->count++] = *record;
	return 0;
}

static int note_leaving(void *context, const struct queue_entry *entry)
{
	struct leaving *leaving = context;
	struct node_record record;
	struct node_record above;
	int64_t due_ms;
	if (entry->kind != QUEUE_TRASH || tree_get(leaving->state, entry->node, &record) < 0 ||
	    (record.flags & NODE_HIDDEN) == 0 ||
	    removed_above(leaving->state, &record, &above, &due_ms) == 0) {
		return 0;
	}
	return collect_record(leaving, &record);
}

static int by_name(const void *a, const void *b)
{
	const struct node_record *left = a;
	const struct node_record *right = b;
	int order = strcmp(left->name, right->name);
	return order != 0 ? order : (left->node > right->node) - (left->node < right->node);
}

static int by_cookie(const void *a, const void *b)
{
	const struct node_record *left = a;
	const struct node_record *right = b;
	return (left->cookie > right->cookie) - (left->cookie < right->cookie);
}

/* With the names they are listed by. */
static int collect_leaving(struct store_transaction *state, struct leaving *leaving)
{
	*leaving = (struct leaving){.state = state};
	int r = queue_each(state, true, note_leaving, leaving);
	if (r < 0 || leaving->count == 0) {
		return r;
	}
	qsort(leaving->items, leaving->count, sizeof *leaving->items, by_name);
	char last[NODE_NAME_MAX_BYTES + 1] = "";
	for (size_t i = 0; i < leaving->count; i++) {
		struct node_record *record = &leaving->items[i];
		char stem[NODE_NAME_MAX_BYTES + 1];
		bool is_twin = strcmp(record->name, last) == 0;
		memcpy(last, record->name, sizeof last);
		copy_stem(record->name, stem, true);
		if (is_twin || !is_free(state, stem)) {
			suffixed(record, stem, is_twin ? 8 : 4, record->name);
		}
		record->flags &= ~(unsigned)NODE_HIDDEN;
	}
	return 0;
}

int trash_each(struct store_transaction *state, uint64_t after, tree_visit *visit, void *context)
{
	struct leaving leaving;
	int r = collect_leaving(state, &leaving);
	if (r == 0) {
		r = tree_each(state, NODE_TRASH, after, collect_record, &leaving);
	}
	if (leaving.count > 0) {
		qsort(leaving.items, leaving.count, sizeof *leaving.items, by_cookie);
	}
	for (size_t i = 0; r == 0 && i < leaving.count; i++) {
		r = leaving.items[i].cookie > after ? visit(context, &leaving.items[i]) : 0;
	}
	free(leaving.items);
	return r > 0 ? 0 : r;
}

int trash_lookup_leaving(struct store_transaction *state, const char *name,
			 struct node_record *ret_record)
{
	struct leaving leaving;
	int r = collect_leaving(state, &leaving);
	int found = -ENOENT;
	for (size_t i = 0; r == 0 && found < 0 && i < leaving.count; i++) {
		if (strcmp(leaving.items[i].name, name) == 0) {
			*ret_record = leaving.items[i];
			found = 0;
		}
	}
	free(leaving.items);
	return r < 0 ? r : found;
}

/* ---- back ---- */

struct restoring {
	struct workspace *workspace;
	struct store_transaction *state;
	struct store_transaction *cache;
	struct tree_changes *changes;
	struct nodes due; /* to be pushed */
};

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
	return r < 0 ? r : collect_node(&restoring->due, &record);
}

static int release_tree(struct restoring *restoring, const struct node_record *top)
{
	struct nodes nodes = {0};
	int r = collect_tree(restoring->state, top, &nodes);
	for (size_t i = 0; r == 0 && i < nodes.count; i++) {
		r = release_node(restoring, nodes.items[i], i == 0);
	}
	free(nodes.items);
	return r;
}

/* Is this the directory that it was in? Another node of the same page counts. */
static bool is_origin(struct store_transaction *state, const struct node_record *page,
		      node_id directory)
{
	struct node_record record;
	struct uuid object = {{0}};
	json_t *origin = find_origin(state, page->node);
	const char *text = json_get_text(origin, "parent_object");
	bool is_same = (node_id)json_integer_value(json_object_get(origin, "parent")) == directory;
	if (!is_same && uuid_parse(text, strlen(text), &object) == 0 && !uuid_is_zero(&object)) {
		is_same = tree_get(state, directory, &record) == 0 &&
			  uuid_equal(&record.object, &object);
	}
	json_decref(origin);
	return is_same;
}

static int take_out(struct restoring *restoring, struct node_record *page, node_id directory,
		    const char *name)
{
	struct store_transaction *state = restoring->state;
	unsigned char key[KEY_NODE_BYTES];
	char stem[NODE_NAME_MAX_BYTES + 1];
	char old_stem[NODE_NAME_MAX_BYTES + 1];
	if (!is_origin(state, page, directory)) {
		return -EPERM;
	}
	copy_stem(name, stem, true);
	copy_stem(page->name, old_stem, true);
	page->missing_since_ms = 0;
	if (strcmp(stem, old_stem) != 0) {
		page->flags |= NODE_RETITLED;
	}
	int r = delete_origin(state, page->node);
	if (r == 0) {
		r = tree_move(state, page, directory, name, clock_now_ms(), restoring->changes);
	}
	if (r == 0) {
		r = set_in_trash(restoring->cache, &page->object, false);
	}
	if (r == 0) {
		static const char journal[] = "{\"trash\":{\"in_trash\":true,\"sent_ms\":0}}";
		key_put_u64(key, page->node);
		r = store_put(state, STATE_JOURNAL, key, sizeof key, journal, strlen(journal));
	}
	return r;
}

int trash_restore(struct workspace *workspace, const char *name, node_id new_directory,
		  const char *new_name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	char file_name[NODE_NAME_MAX_BYTES + 4];
	struct node_record page;
	struct node_record other;
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
	if (r < 0 || page.role != ROLE_PAGE) {
		/* A database comes back when it is restored in Notion. */
		return r < 0 ? r : -EPERM;
	}
	struct restoring restoring = {
		.workspace = workspace, .state = state, .cache = cache, .changes = &changes};
	int found = tree_lookup(state, new_directory, file_name, &other);
	if (found == 0 && other.node != page.node) {
		return -EEXIST;
	}
	if (is_leaving) {
		/* It has its name still, and nothing but that one. */
		r = found == 0 ? 0 : -EPERM;
	} else {
		r = take_out(&restoring, &page, new_directory, file_name);
	}
	if (r == -EPERM) {
		refusals_note(&workspace->refusals, name,
			      "it comes back to the directory it was in, move it from there");
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
		r = collect_tree(state, &page, &nodes);
	}
	if (r == 0 && nodes.count > 1 && !tree_is_empty(state, nodes.items[1])) {
		r = -ENOTEMPTY; /* its directory first, as everywhere */
	}
	for (size_t i = 0; r == 0 && i < nodes.count; i++) {
		r = queue_delete(state, nodes.items[i]);
		r = r == 0 ? delete_journal(state, nodes.items[i]) : r;
	}
	free(nodes.items);
	if (r == 0) {
		r = delete_origin(state, page.node);
	}
	if (r == 0) {
		r = tree_remove(state, &page.object, clock_now_ms(), &changes);
	}
	if (r == 0) {
		r = object_delete(cache, &page.object);
	}
	return r < 0 ? r : workspace_commit(&state, &cache);
}

bool trash_is_above(struct store_transaction *state, const struct node_record *page)
{
	struct node_record record = *page;
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		unsigned char key[KEY_NODE_BYTES];
		struct store_value journal;
		if (tree_get(state, record.parent, &record) < 0 ||
		    record.role != ROLE_PAGE_DIRECTORY ||
		    tree_find(state, &record.object, false, &record) < 0) {
			return false;
		}
		key_put_u64(key, record.node);
		if (store_get(state, STATE_JOURNAL, key, sizeof key, &journal) == 0 &&
		    memmem(journal.bytes, journal.len, "{\"trash\":", 9) != NULL) {
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
	return collect_node(context, &record);
}

static int tend_one(struct restoring *restoring, node_id node)
{
	struct store_transaction *state = restoring->state;
	struct node_record record;
	int r = tree_get(state, node, &record);
	if (r == -ENOENT) {
		return delete_origin(state, node);
	}
	if (r == 0 && record.parent != NODE_TRASH) {
		/* Restored in Notion: it stands in its directory again. */
		r = delete_origin(state, node);
		return r < 0 ? r : release_tree(restoring, &record);
	}
	if (r == 0 && clock_now_ms() - record.missing_since_ms > TRASH_KEPT_MS &&
	    !queue_exists(state, node)) {
		r = delete_origin(state, node);
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
		workspace_tell(workspace, &changes);
	}
}
