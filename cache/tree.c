/*
 * Records, keys and the plain operations on them; the placing of children is in tree_sync.c.
 */
#include "cache/tree.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cache/alias.h"
#include "cache/asset.h"
#include "cache/keys.h"
#include "cache/marks.h"
#include "cache/tables.h"
#include "cache/tree_sync.h"

#define RECORD_FORMAT 1

/* On disk: a format byte, the struct up to `name`, the name without its NUL. The state folder
 * belongs to one machine, so the struct's own layout is the format. */
#define RECORD_HEAD_BYTES offsetof(struct node_record, name)

bool node_is_directory(const struct node_record *record)
{
	return record->role != ROLE_PAGE;
}

void node_to_attr(const struct node_record *record, struct node_attr *ret_attr)
{
	*ret_attr = (struct node_attr){
		.node = record->node,
		.kind = node_is_directory(record) ? NODE_DIRECTORY : NODE_PAGE,
		.mode = record->mode,
		.uid = record->uid,
		.gid = record->gid,
		.size = record->size,
		.is_size_exact =
			node_is_directory(record) || (record->flags & NODE_SIZE_EXACT) != 0,
		.mtime_ns = record->mtime_ns,
		.ctime_ns = record->ctime_ns,
		.version = record->version,
	};
}

void tree_changes_release(struct tree_changes *changes)
{
	if (changes == NULL) {
		return;
	}
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->items[i].name);
	}
	free(changes->items);
	*changes = (struct tree_changes){.is_ours = changes->is_ours};
}

void tree_changes_add(struct tree_changes *changes, node_id directory, const char *name)
{
	if (changes == NULL) {
		return;
	}
	if (changes->count == changes->allocated) {
		size_t allocated = changes->allocated == 0 ? 16 : changes->allocated * 2;
		struct tree_change *items =
			realloc(changes->items, allocated * sizeof *changes->items);
		if (items == NULL) {
			abort();
		}
		changes->items = items;
		changes->allocated = allocated;
	}
	char *copy = strdup(name);
	if (copy == NULL) {
		abort();
	}
	changes->items[changes->count++] =
		(struct tree_change){.directory = directory, .name = copy};
}

void name_strip_md(char *name)
{
	size_t len = strlen(name);
	if (len > 3 && strcmp(name + len - 3, ".md") == 0) {
		name[len - 3] = '\0';
	}
}

int tree_counter(struct store_transaction *state, const char *name, uint64_t first,
		 uint64_t *ret_value)
{
	struct store_value value;
	uint64_t next = first;
	int r = store_get(state, STATE_META, name, strlen(name), &value);
	if (r == 0 && value.len == sizeof next) {
		memcpy(&next, value.bytes, sizeof next);
	} else if (r != -ENOENT) {
		return r < 0 ? r : -EINVAL;
	}
	uint64_t after = next + 1;
	r = store_put(state, STATE_META, name, strlen(name), &after, sizeof after);
	if (r == 0) {
		*ret_value = next;
	}
	return r;
}

static int record_decode(const struct store_value *value, struct node_record *ret_record)
{
	const unsigned char *bytes = value->bytes;
	if (value->len < 1 + RECORD_HEAD_BYTES || bytes[0] != RECORD_FORMAT ||
	    value->len - 1 - RECORD_HEAD_BYTES > NODE_NAME_MAX_BYTES) {
		return -EINVAL;
	}
	size_t name_len = value->len - 1 - RECORD_HEAD_BYTES;
	memcpy(ret_record, bytes + 1, RECORD_HEAD_BYTES);
	memcpy(ret_record->name, bytes + 1 + RECORD_HEAD_BYTES, name_len);
	ret_record->name[name_len] = '\0';
	return 0;
}

int tree_get(struct store_transaction *state, node_id node, struct node_record *ret_record)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, node);
	int r = store_get(state, STATE_NODE, key, sizeof key, &value);
	return r < 0 ? r : record_decode(&value, ret_record);
}

int tree_put(struct store_transaction *state, const struct node_record *record)
{
	unsigned char key[KEY_NODE_BYTES];
	unsigned char bytes[1 + sizeof *record];
	size_t name_len = strlen(record->name);
	assert(name_len <= NODE_NAME_MAX_BYTES);
	bytes[0] = RECORD_FORMAT;
	memcpy(bytes + 1, record, RECORD_HEAD_BYTES);
	memcpy(bytes + 1 + RECORD_HEAD_BYTES, record->name, name_len);
	key_put_u64(key, record->node);
	int r = store_put(state, STATE_NODE, key, sizeof key, bytes,
			  1 + RECORD_HEAD_BYTES + name_len);
	return r < 0 ? r : marks_keep(state, record);
}

/* Reads the node number an index entry holds, then the node. */
static int follow(struct store_transaction *state, unsigned table, const void *key, size_t key_len,
		  struct node_record *ret_record)
{
	struct store_value value;
	node_id node;
	int r = store_get(state, table, key, key_len, &value);
	if (r < 0) {
		return r;
	}
	if (value.len != sizeof node) {
		return -EINVAL;
	}
	memcpy(&node, value.bytes, sizeof node);
	return tree_get(state, node, ret_record);
}

int tree_lookup(struct store_transaction *state, node_id directory, const char *name,
		struct node_record *ret_record)
{
	unsigned char key[KEY_ENTRY_BYTES];
	size_t len = strlen(name);
	if (len == 0 || len > NODE_NAME_MAX_BYTES) {
		return -ENOENT;
	}
	size_t key_len = key_entry(key, directory, name, len);
	return follow(state, STATE_ENTRY, key, key_len, ret_record);
}

int tree_find(struct store_transaction *state, const struct uuid *object, bool is_directory,
	      struct node_record *ret_record)
{
	unsigned char key[KEY_OBJECT_BYTES];
	key_object(key, object, is_directory);
	return follow(state, STATE_OBJECT, key, sizeof key, ret_record);
}

struct each {
	struct store_transaction *state;
	tree_visit *visit;
	void *context;
};

static int each_visit(void *context, const void *key, size_t key_len,
		      const struct store_value *value)
{
	const struct each *each = context;
	struct node_record record;
	node_id node;
	(void)key;
	(void)key_len;
	if (value->len != sizeof node) {
		return -EINVAL;
	}
	memcpy(&node, value->bytes, sizeof node);
	int r = tree_get(each->state, node, &record);
	return r < 0 ? r : each->visit(each->context, &record);
}

int tree_each(struct store_transaction *state, node_id directory, uint64_t after, tree_visit *visit,
	      void *context)
{
	unsigned char from[KEY_ORDER_BYTES];
	struct each each = {.state = state, .visit = visit, .context = context};
	key_put_u64(from, directory);
	key_put_u64(from + 8, after + 1);
	int r = store_each(state, STATE_ORDER, from, sizeof from, 8, each_visit, &each);
	return r > 0 ? 0 : r;
}

static int64_t later_ns(int64_t old_ns, int64_t now_ms)
{
	int64_t now_ns = now_ms * 1000000;
	return now_ns > old_ns ? now_ns : old_ns + 1000000;
}

int tree_touch(struct store_transaction *state, node_id directory, const char *name, int64_t now_ms,
	       struct tree_changes *changes)
{
	struct node_record record;
	int r = tree_get(state, directory, &record);
	if (r < 0) {
		return r;
	}
	record.mtime_ns = later_ns(record.mtime_ns, now_ms);
	record.ctime_ns = later_ns(record.ctime_ns, now_ms);
	r = tree_put(state, &record);
	if (r == 0 && name != NULL) {
		tree_changes_add(changes, directory, name);
	}
	return r;
}

/* The same where a node came to its name, or left it. The directories of pages are not named: their
 * pages are; nor is what was there before its directory was listed. */
static int touch_name(struct store_transaction *state, const struct node_record *record,
		      enum tree_name_kind kind, int64_t now_ms, struct tree_changes *changes)
{
	struct node_record parent;
	int r = tree_touch(state, record->parent, record->name, now_ms, changes);
	if (r < 0 || changes == NULL || (record->flags & NODE_HIDDEN) != 0 ||
	    record->role == ROLE_PAGE_DIRECTORY || tree_get(state, record->parent, &parent) < 0 ||
	    (parent.flags & NODE_LISTED) == 0) {
		return r;
	}
	struct tree_change *change = &changes->items[changes->count - 1];
	change->kind = kind;
	change->node = record->node;
	change->is_known = (record->flags & NODE_NEW) == 0;
	change->object = record->object;
	return 0;
}

int tree_reveal(struct store_transaction *state, node_id directory, int64_t now_ms,
		struct tree_changes *changes)
{
	struct node_record record;
	int r = tree_get(state, directory, &record);
	while (r == 0 && node_is_directory(&record) && (record.flags & NODE_HIDDEN) != 0) {
		record.flags &= ~(unsigned)NODE_HIDDEN;
		r = tree_put(state, &record);
		if (r == 0) {
			r = tree_touch(state, record.parent, record.name, now_ms, changes);
		}
		if (r == 0) {
			r = tree_get(state, record.parent, &record);
		}
	}
	return r;
}

/* Puts the three indexes of a record in place. */
static int link_record(struct store_transaction *state, const struct node_record *record)
{
	unsigned char key[KEY_ENTRY_BYTES];
	unsigned char order[KEY_ORDER_BYTES];
	unsigned char object[KEY_OBJECT_BYTES];
	size_t key_len = key_entry(key, record->parent, record->name, strlen(record->name));
	int r = store_put(state, STATE_ENTRY, key, key_len, &record->node, sizeof record->node);
	if (r == 0) {
		r = alias_delete(state, record->parent, record->name);
	}
	if (r == 0) {
		key_put_u64(order, record->parent);
		key_put_u64(order + 8, record->cookie);
		r = store_put(state, STATE_ORDER, order, sizeof order, &record->node,
			      sizeof record->node);
	}
	if (r == 0) {
		key_object(object, &record->object, node_is_directory(record));
		r = store_put(state, STATE_OBJECT, object, sizeof object, &record->node,
			      sizeof record->node);
	}
	return r;
}

static int unlink_record(struct store_transaction *state, const struct node_record *record)
{
	unsigned char key[KEY_ENTRY_BYTES];
	unsigned char order[KEY_ORDER_BYTES];
	unsigned char object[KEY_OBJECT_BYTES];
	size_t key_len = key_entry(key, record->parent, record->name, strlen(record->name));
	int r = store_delete(state, STATE_ENTRY, key, key_len);
	if (r == 0) {
		key_put_u64(order, record->parent);
		key_put_u64(order + 8, record->cookie);
		r = store_delete(state, STATE_ORDER, order, sizeof order);
	}
	if (r == 0) {
		key_object(object, &record->object, node_is_directory(record));
		r = store_delete(state, STATE_OBJECT, object, sizeof object);
	}
	return r;
}

/* A new node under `directory`; the name is free (the caller looked). */
static int insert(struct store_transaction *state, struct node_record *record, int64_t now_ms,
		  struct tree_changes *changes)
{
	int r = tree_counter(state, "next_node", 16, &record->node);
	if (r == 0) {
		r = tree_counter(state, "next_cookie", 16, &record->cookie);
	}
	if (r == 0) {
		r = tree_put(state, record);
	}
	if (r == 0) {
		r = link_record(state, record);
	}
	if (r == 0) {
		r = tree_reveal(state, record->parent, now_ms, changes);
	}
	return r < 0 ? r : touch_name(state, record, TREE_NAME_NEW, now_ms, changes);
}

static int make_top(struct store_transaction *state, node_id node, enum node_role role,
		    const char *name, const struct tree_owner *owner, int64_t now_ms)
{
	struct node_record top;
	int r = tree_get(state, node, &top);
	if (r != -ENOENT) {
		return r;
	}
	top = (struct node_record){
		.node = node,
		.role = role,
		.parent = NODE_ROOT,
		.flags = role == ROLE_KEPT ? NODE_LISTED : 0,
		.mode = S_IFDIR | (0777 & ~owner->umask),
		.uid = owner->uid,
		.gid = owner->gid,
		.mtime_ns = now_ms * 1000000,
		.ctime_ns = now_ms * 1000000,
	};
	(void)strcpy(top.name, name);
	return tree_put(state, &top);
}

int tree_init(struct store_transaction *state, const struct tree_owner *owner, int64_t now_ms)
{
	int r = make_top(state, NODE_ROOT, ROLE_ROOT, "", owner, now_ms);
	if (r == 0) {
		r = make_top(state, NODE_TRASH, ROLE_KEPT, ".notionfs/trash", owner, now_ms);
	}
	return r < 0 ? r : make_top(state, NODE_LOST, ROLE_KEPT, ".notionfs/lost", owner, now_ms);
}

static struct node_record fresh(enum node_role role, const struct uuid *object, node_id directory,
				mode_t mode, const struct tree_owner *owner, int64_t time_ms)
{
	bool is_directory = role != ROLE_PAGE;
	return (struct node_record){
		.role = role,
		.object = *object,
		.parent = directory,
		.mode = (is_directory ? S_IFDIR : S_IFREG) | (mode & 07777 & ~owner->umask),
		.uid = owner->uid,
		.gid = owner->gid,
		.mtime_ns = time_ms * 1000000,
		.ctime_ns = time_ms * 1000000,
	};
}

static void set_name(struct node_record *record, const char *name, const char *ending)
{
	size_t len = strlen(name);
	size_t ending_len = strlen(ending);
	assert(len + ending_len <= NODE_NAME_MAX_BYTES);
	memcpy(record->name, name, len);
	memcpy(record->name + len, ending, ending_len + 1);
}

int tree_insert(struct store_transaction *state, node_id directory, const struct tree_child *child,
		const char *stem, const struct tree_owner *owner, int64_t now_ms,
		struct tree_changes *changes, struct node_record *ret_record)
{
	bool is_page = child->role == ROLE_PAGE;
	struct node_record record = fresh(child->role, &child->object, directory,
					  is_page ? 0666 : 0777, owner, child->edited_ms);
	set_name(&record, stem, is_page ? ".md" : "");
	if (is_page) {
		/* Over is the only wrong size that makes nobody store something wrong (fuse.md). */
		record.size = (uint64_t)1 << 20;
	}
	record.ctime_ns = now_ms * 1000000;
	int r = insert(state, &record, now_ms, changes);
	if (r == 0) {
		*ret_record = record;
	}
	return r;
}

int tree_create(struct store_transaction *state, node_id directory, const char *name,
		const struct uuid *object, mode_t mode, const struct tree_owner *owner,
		int64_t now_ms, struct tree_changes *changes, struct node_record *ret_record)
{
	struct node_record record;
	int r = tree_lookup(state, directory, name, &record);
	if (r != -ENOENT) {
		return r == 0 ? -EEXIST : r;
	}
	/* open(2)'s mode has passed the process's umask already. */
	struct tree_owner as_is = {.uid = owner->uid, .gid = owner->gid, .umask = 0};
	record = fresh(ROLE_PAGE, object, directory, mode, &as_is, now_ms);
	record.flags = NODE_NEW | NODE_SIZE_EXACT;
	set_name(&record, name, "");
	r = insert(state, &record, now_ms, changes);
	if (r == 0) {
		*ret_record = record;
	}
	return r;
}

int tree_page_directory(struct store_transaction *state, const struct node_record *page,
			const struct tree_owner *owner, int64_t now_ms,
			struct tree_changes *changes, struct node_record *ret_record)
{
	int r = tree_find(state, &page->object, true, ret_record);
	if (r != -ENOENT) {
		return r;
	}
	struct node_record record =
		fresh(ROLE_PAGE_DIRECTORY, &page->object, page->parent, 0777, owner, now_ms);
	set_name(&record, page->name, "");
	name_strip_md(record.name);
	r = insert(state, &record, now_ms, changes);
	if (r == 0) {
		*ret_record = record;
	}
	return r;
}

int tree_set_object(struct store_transaction *state, struct node_record *record,
		    const struct uuid *object)
{
	struct node_record directory;
	int r = tree_find(state, &record->object, true, &directory);
	if (r == 0 && !node_is_directory(record)) {
		r = tree_set_object(state, &directory, object);
	}
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	r = unlink_record(state, record);
	if (r == 0) {
		record->flags &= ~(unsigned)NODE_NEW;
		record->object = *object;
		r = link_record(state, record);
	}
	return r < 0 ? r : tree_put(state, record);
}

static int move_one(struct store_transaction *state, struct node_record *record, node_id directory,
		    const char *name, int64_t now_ms, struct tree_changes *changes)
{
	struct node_record other;
	int r = tree_lookup(state, directory, name, &other);
	if (r == 0 && other.node != record->node) {
		return -EEXIST;
	}
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	r = unlink_record(state, record);
	if (r == 0) {
		r = touch_name(state, record, TREE_NAME_GONE, now_ms, changes);
	}
	if (r < 0) {
		return r;
	}
	record->parent = directory;
	record->ctime_ns = later_ns(record->ctime_ns, now_ms);
	set_name(record, name, "");
	r = tree_counter(state, "next_cookie", 16, &record->cookie);
	if (r == 0) {
		r = tree_put(state, record);
	}
	if (r == 0) {
		r = link_record(state, record);
	}
	if (r == 0 && (record->flags & NODE_HIDDEN) == 0) {
		r = tree_reveal(state, directory, now_ms, changes);
	}
	if (r == 0 && record->role == ROLE_PAGE) {
		r = asset_move_page(state, &record->object, directory, now_ms, changes);
	}
	return r < 0 ? r : touch_name(state, record, TREE_NAME_NEW, now_ms, changes);
}

int tree_move(struct store_transaction *state, struct node_record *record, node_id new_directory,
	      const char *new_name, int64_t now_ms, struct tree_changes *changes)
{
	struct node_record twin;
	char twin_name[NODE_NAME_MAX_BYTES + 1];
	int r = move_one(state, record, new_directory, new_name, now_ms, changes);
	if (r < 0 || record->role != ROLE_PAGE) {
		return r;
	}
	r = tree_find(state, &record->object, true, &twin);
	if (r < 0) {
		return r == -ENOENT ? 0 : r;
	}
	memcpy(twin_name, record->name, sizeof twin_name);
	name_strip_md(twin_name);
	return move_one(state, &twin, new_directory, twin_name, now_ms, changes);
}

struct collected {
	struct uuid *objects;
	size_t count;
};

static int collect_object(void *context, const struct node_record *record)
{
	struct collected *collected = context;
	struct uuid *objects =
		realloc(collected->objects, (collected->count + 1) * sizeof *objects);
	if (objects == NULL) {
		return -ENOMEM;
	}
	collected->objects = objects;
	objects[collected->count++] = record->object;
	return 0;
}

static int remove_one(struct store_transaction *state, const struct node_record *record,
		      int64_t now_ms, struct tree_changes *changes)
{
	unsigned char key[KEY_NODE_BYTES];
	int r = unlink_record(state, record);
	if (r == 0) {
		key_put_u64(key, record->node);
		r = store_delete(state, STATE_NODE, key, sizeof key);
	}
	if (r == 0) {
		r = marks_forget(state, record->node);
	}
	if (r == 0 && record->role == ROLE_PAGE) {
		r = asset_forget_page(state, &record->object, now_ms, changes);
	}
	return r < 0 ? r : touch_name(state, record, TREE_NAME_GONE, now_ms, changes);
}

static int stop_at_any(void *context, const struct node_record *record)
{
	(void)record;
	*(bool *)context = true;
	return 1;
}

bool tree_is_empty(struct store_transaction *state, node_id directory)
{
	bool found = false;
	return tree_each(state, directory, 0, stop_at_any, &found) == 0 && !found;
}

int tree_remove_directory(struct store_transaction *state, const struct node_record *directory,
			  int64_t now_ms, struct tree_changes *changes)
{
	assert(directory->role == ROLE_PAGE_DIRECTORY);
	return remove_one(state, directory, now_ms, changes);
}

int tree_remove(struct store_transaction *state, const struct uuid *object, int64_t now_ms,
		struct tree_changes *changes)
{
	struct node_record record;
	int r = tree_find(state, object, true, &record);
	if (r == 0) {
		struct collected below = {0};
		r = tree_each(state, record.node, 0, collect_object, &below);
		for (size_t i = 0; r == 0 && i < below.count; i++) {
			r = tree_remove(state, &below.objects[i], now_ms, changes);
		}
		free(below.objects);
		if (r == 0) {
			r = remove_one(state, &record, now_ms, changes);
		}
	}
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	r = tree_find(state, object, false, &record);
	if (r == 0) {
		r = remove_one(state, &record, now_ms, changes);
	}
	return r == -ENOENT ? 0 : r;
}
