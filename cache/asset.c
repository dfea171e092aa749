/*
 * One table, five kinds of keys (FORMAT.md): the record by number, and what leads to it: directory
 * and name, directory and number (the listing), owner and URL, page.
 */
#include "cache/asset.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cache/asset_json.h"
#include "cache/keys.h"
#include "cache/object.h"
#include "cache/source.h"
#include "cache/tables.h"
#include "mapping/name.h"

#define RECORD_FORMAT 1
#define RECORD_HEAD_BYTES offsetof(struct asset_record, name)
#define RECORD_MAX_BYTES (1 + RECORD_HEAD_BYTES + NODE_NAME_MAX_BYTES + ASSET_URL_MAX_BYTES + 2)

enum key_kind {
	KEY_RECORD = 'n',    /* asset → record */
	KEY_NAME = 'd',	     /* directory, name → asset */
	KEY_LISTED = 'l',    /* directory, asset → nothing */
	KEY_OWNER = 'o',     /* page, owner, hash of the URL → asset */
	KEY_PAGE = 'p',	     /* page, asset → nothing */
	KEY_DIRECTORY = 't', /* directory → struct directory_times */
};

struct key {
	unsigned char bytes[STORE_KEY_MAX_BYTES];
	size_t len;
};

static void put_number(struct key *key, uint64_t number)
{
	key_put_u64(key->bytes + key->len, number);
	key->len += 8;
}

static void put_bytes(struct key *key, const void *bytes, size_t len)
{
	memcpy(key->bytes + key->len, bytes, len);
	key->len += len;
}

static struct key key_begin(enum key_kind kind)
{
	struct key key = {.len = 1};
	key.bytes[0] = (unsigned char)kind;
	return key;
}

static struct key key_of_number(enum key_kind kind, uint64_t number)
{
	struct key key = key_begin(kind);
	put_number(&key, number);
	return key;
}

static struct key key_of_pair(enum key_kind kind, uint64_t first, uint64_t second)
{
	struct key key = key_of_number(kind, first);
	put_number(&key, second);
	return key;
}

static struct key key_of_name(node_id directory, const char *name)
{
	struct key key = key_of_number(KEY_NAME, directory);
	put_bytes(&key, name, strlen(name));
	return key;
}

static struct key key_of_page(const struct uuid *page, node_id asset)
{
	struct key key = key_begin(KEY_PAGE);
	put_bytes(&key, page->bytes, 16);
	put_number(&key, asset);
	return key;
}

static struct key key_of_owner(const struct uuid *page, const struct uuid *owner, const char *url,
			       size_t len)
{
	struct key key = key_begin(KEY_OWNER);
	put_bytes(&key, page->bytes, 16);
	put_bytes(&key, owner->bytes, 16);
	put_number(&key, content_hash(url, len));
	return key;
}

static int put(struct store_transaction *state, const struct key *key, const void *bytes,
	       size_t len)
{
	return store_put(state, STATE_ASSET, key->bytes, key->len, bytes, len);
}

static int delete (struct store_transaction *state, const struct key *key)
{
	return store_delete(state, STATE_ASSET, key->bytes, key->len);
}

/* ---- records ---- */

int asset_get(struct store_transaction *state, node_id asset, struct asset_record *ret_record)
{
	struct store_value value;
	struct key key = key_of_number(KEY_RECORD, asset);
	int r = store_get(state, STATE_ASSET, key.bytes, key.len, &value);
	if (r < 0) {
		return r;
	}
	const char *bytes = value.bytes;
	if (value.len < 1 + RECORD_HEAD_BYTES + 2 || value.len > RECORD_MAX_BYTES ||
	    bytes[0] != RECORD_FORMAT || bytes[value.len - 1] != '\0') {
		return -EINVAL;
	}
	memcpy(ret_record, bytes + 1, RECORD_HEAD_BYTES);
	const char *name = bytes + 1 + RECORD_HEAD_BYTES;
	size_t name_len = strlen(name);
	const char *url = name + name_len + 1;
	if (name_len > NODE_NAME_MAX_BYTES || url >= bytes + value.len ||
	    strlen(url) > ASSET_URL_MAX_BYTES) {
		return -EINVAL;
	}
	(void)strcpy(ret_record->name, name);
	(void)strcpy(ret_record->url, url);
	return 0;
}

int asset_put(struct store_transaction *state, const struct asset_record *record)
{
	char bytes[RECORD_MAX_BYTES];
	bytes[0] = RECORD_FORMAT;
	memcpy(bytes + 1, record, RECORD_HEAD_BYTES);
	char *end = stpcpy(bytes + 1 + RECORD_HEAD_BYTES, record->name) + 1;
	end = stpcpy(end, record->url) + 1;
	struct key key = key_of_number(KEY_RECORD, record->node);
	return put(state, &key, bytes, (size_t)(end - bytes));
}

static int follow(struct store_transaction *state, const struct key *key,
		  struct asset_record *ret_record)
{
	struct store_value value;
	node_id asset;
	int r = store_get(state, STATE_ASSET, key->bytes, key->len, &value);
	if (r < 0) {
		return r;
	}
	if (value.len != sizeof asset) {
		return -EINVAL;
	}
	memcpy(&asset, value.bytes, sizeof asset);
	return asset_get(state, asset, ret_record);
}

int asset_find(struct store_transaction *state, const struct uuid *page, const struct uuid *owner,
	       const char *url, size_t url_len, struct asset_record *ret_record)
{
	struct key key = key_of_owner(page, owner, url, url_len);
	int r = follow(state, &key, ret_record);
	bool is_other = r == 0 && (strlen(ret_record->url) != url_len ||
				   memcmp(ret_record->url, url, url_len) != 0);
	return is_other ? -ENOENT : r;
}

int asset_find_name(struct store_transaction *state, node_id directory, const char *name,
		    struct asset_record *ret_record)
{
	size_t len = strlen(name);
	if (len == 0 || len > NODE_NAME_MAX_BYTES) {
		return -ENOENT;
	}
	struct key key = key_of_name(directory, name);
	return follow(state, &key, ret_record);
}

int asset_lookup(struct store_transaction *state, node_id directory, const char *name,
		 struct asset_record *ret_record)
{
	int r = asset_find_name(state, directory, name, ret_record);
	return r == 0 && ret_record->gone_ms != 0 ? -ENOENT : r;
}

struct each {
	struct store_transaction *state;
	asset_visit *visit;
	void *context;
};

static int visit_one(void *context, const void *key, size_t key_len,
		     const struct store_value *value)
{
	const struct each *each = context;
	struct asset_record record;
	(void)value;
	int r = asset_get(each->state, key_get_u64((const unsigned char *)key + key_len - 8),
			  &record);
	return r < 0 ? r : each->visit(each->context, &record);
}

int asset_each(struct store_transaction *state, node_id directory, node_id after,
	       asset_visit *visit, void *context)
{
	struct each each = {.state = state, .visit = visit, .context = context};
	struct key from = key_of_pair(KEY_LISTED, directory, after + 1);
	int r = store_each(state, STATE_ASSET, from.bytes, from.len, 9, visit_one, &each);
	return r > 0 ? 0 : r;
}

int asset_each_of_page(struct store_transaction *state, const struct uuid *page, asset_visit *visit,
		       void *context)
{
	struct each each = {.state = state, .visit = visit, .context = context};
	struct key from = key_of_page(page, 0);
	int r = store_each(state, STATE_ASSET, from.bytes, from.len, 17, visit_one, &each);
	return r > 0 ? 0 : r;
}

int asset_each_of_all(struct store_transaction *state, asset_visit *visit, void *context)
{
	struct each each = {.state = state, .visit = visit, .context = context};
	struct key from = key_begin(KEY_RECORD);
	int r = store_each(state, STATE_ASSET, from.bytes, from.len, 1, visit_one, &each);
	return r > 0 ? 0 : r;
}

/* ---- the directory ---- */

struct directory_times {
	uint64_t count; /* of assets that are shown */
	int64_t time_ns;
};

static int get_times(struct store_transaction *state, node_id directory,
		     struct directory_times *ret_times)
{
	struct store_value value;
	struct key key = key_of_number(KEY_DIRECTORY, directory);
	int r = store_get(state, STATE_ASSET, key.bytes, key.len, &value);
	*ret_times = (struct directory_times){0};
	if (r < 0 || value.len != sizeof *ret_times) {
		return r == -ENOENT ? 0 : r < 0 ? r : -EINVAL;
	}
	memcpy(ret_times, value.bytes, sizeof *ret_times);
	return 0;
}

/* A name in `.assets` appeared (+1), went (-1) or means another file (0). */
static int touch(struct store_transaction *state, node_id directory, const char *name, int delta,
		 int64_t now_ms, struct tree_changes *changes)
{
	struct directory_times times;
	struct key key = key_of_number(KEY_DIRECTORY, directory);
	int r = get_times(state, directory, &times);
	if (r < 0) {
		return r;
	}
	bool was_there = times.count > 0;
	assert(delta >= 0 || times.count > 0);
	times.count += (uint64_t)(int64_t)delta;
	int64_t now_ns = now_ms * 1000000;
	times.time_ns = now_ns > times.time_ns ? now_ns : times.time_ns + 1000000;
	r = put(state, &key, &times, sizeof times);
	if (r == 0) {
		tree_changes_add(changes, asset_directory_node(directory), name);
	}
	if (r == 0 && was_there != (times.count > 0)) {
		r = tree_touch(state, directory, ASSETS_NAME, now_ms, changes);
		r = r == -ENOENT ? 0 : r; /* goes with everything in it */
	}
	return r;
}

int asset_directory_attr(struct store_transaction *state, node_id directory,
			 const struct tree_owner *owner, struct node_attr *ret_attr)
{
	struct directory_times times;
	int r = get_times(state, directory, &times);
	if (r < 0 || times.count == 0) {
		return r < 0 ? r : -ENOENT;
	}
	*ret_attr = (struct node_attr){
		.node = asset_directory_node(directory),
		.kind = NODE_DIRECTORY,
		.mode = S_IFDIR | (0555 & ~owner->umask),
		.uid = owner->uid,
		.gid = owner->gid,
		.is_size_exact = true,
		.mtime_ns = times.time_ns,
		.ctime_ns = times.time_ns,
	};
	return 0;
}

void asset_to_attr(const struct asset_record *record, const struct tree_owner *owner,
		   struct node_attr *ret_attr)
{
	bool is_known = record->size != ASSET_SIZE_UNKNOWN;
	*ret_attr = (struct node_attr){
		.node = record->node,
		.kind = NODE_ASSET,
		.mode = S_IFREG | (0444 & ~owner->umask),
		.uid = owner->uid,
		.gid = owner->gid,
		.size = is_known ? record->size : ASSET_SIZE_ESTIMATE_BYTES,
		.is_size_exact = is_known,
		.mtime_ns = record->mtime_ns,
		.ctime_ns = record->ctime_ns,
	};
}

/* ---- coming and going ---- */

static int show(struct store_transaction *state, struct asset_record *record, int64_t now_ms,
		struct tree_changes *changes)
{
	struct key name = key_of_name(record->directory, record->name);
	struct key listed = key_of_pair(KEY_LISTED, record->directory, record->node);
	record->gone_ms = 0;
	int r = put(state, &name, &record->node, sizeof record->node);
	if (r == 0) {
		r = put(state, &listed, "", 0);
	}
	if (r == 0) {
		r = asset_put(state, record);
	}
	return r < 0 ? r : touch(state, record->directory, record->name, 1, now_ms, changes);
}

/* Out of the listing; the claim on the name remains. */
static int hide(struct store_transaction *state, struct asset_record *record, int64_t now_ms,
		struct tree_changes *changes)
{
	if (record->gone_ms != 0) {
		return 0;
	}
	struct key listed = key_of_pair(KEY_LISTED, record->directory, record->node);
	int r = delete (state, &listed);
	if (r == 0) {
		record->gone_ms = now_ms;
		r = asset_put(state, record);
	}
	return r < 0 ? r : touch(state, record->directory, record->name, -1, now_ms, changes);
}

/* The claim too, unless another has taken the name over. */
static int give_up_name(struct store_transaction *state, const struct asset_record *record)
{
	struct asset_record holder;
	struct key key = key_of_name(record->directory, record->name);
	int r = follow(state, &key, &holder);
	if (r == 0 && holder.node == record->node) {
		return delete (state, &key);
	}
	return r == -ENOENT ? 0 : r;
}

static int forget(struct store_transaction *state, struct asset_record *record, int64_t now_ms,
		  struct tree_changes *changes)
{
	int r = hide(state, record, now_ms, changes);
	if (r == 0) {
		r = give_up_name(state, record);
	}
	struct key key = key_of_number(KEY_RECORD, record->node);
	struct key owner =
		key_of_owner(&record->page, &record->owner, record->url, strlen(record->url));
	struct key page = key_of_page(&record->page, record->node);
	if (r == 0) {
		r = delete (state, &key);
	}
	if (r == 0) {
		r = delete (state, &owner);
	}
	return r < 0 ? r : delete (state, &page);
}

/* ---- what a page shows ---- */

struct records {
	struct asset_record *items;
	bool *is_shown;
	size_t count;
};

static int collect(void *context, const struct asset_record *record)
{
	struct records *records = context;
	if (records->count % 16 == 0) {
		size_t allocated = records->count + 16;
		records->items = realloc(records->items, allocated * sizeof *records->items);
		records->is_shown =
			realloc(records->is_shown, allocated * sizeof *records->is_shown);
		if (records->items == NULL || records->is_shown == NULL) {
			abort();
		}
	}
	records->is_shown[records->count] = false;
	records->items[records->count++] = *record;
	return 0;
}

static void records_release(struct records *records)
{
	free(records->items);
	free(records->is_shown);
}

struct syncing {
	struct store_transaction *state;
	struct store_transaction *cache;
	const struct node_record *page;
	struct records records; /* those of the page so far */
	int64_t now_ms;
	struct tree_changes *changes;
	int error;
};

static struct asset_record *find_record(struct syncing *syncing, const struct stored_file *file)
{
	for (size_t i = 0; i < syncing->records.count; i++) {
		struct asset_record *record = &syncing->records.items[i];
		if (uuid_equal(&record->owner, &file->owner) &&
		    strlen(record->url) == file->bare_len &&
		    memcmp(record->url, file->url, file->bare_len) == 0) {
			return record;
		}
	}
	return NULL;
}

static void note_shown(void *context, const struct stored_file *file)
{
	struct syncing *syncing = context;
	struct asset_record *record = find_record(syncing, file);
	if (record != NULL) {
		syncing->records.is_shown[record - syncing->records.items] = true;
	}
}

/*
 * The name of what this block (or the page, in its properties, icon or cover) showed until now,
 * when its file was replaced by one of the same name: the text does not change, and what was open
 * stays what it was.
 */
static bool take_over_name(struct syncing *syncing, struct asset_record *record)
{
	char stem[NODE_NAME_MAX_BYTES + 1];
	char ending[17];
	char old_stem[NODE_NAME_MAX_BYTES + 1];
	char old_ending[17];
	asset_name_from_url(record->url, strlen(record->url), stem, ending);
	for (size_t i = 0; i < syncing->records.count; i++) {
		const struct asset_record *old = &syncing->records.items[i];
		asset_name_from_url(old->url, strlen(old->url), old_stem, old_ending);
		if (uuid_equal(&old->owner, &record->owner) && !syncing->records.is_shown[i] &&
		    old->directory == record->directory && strcmp(stem, old_stem) == 0 &&
		    strcmp(ending, old_ending) == 0) {
			(void)strcpy(record->name, old->name);
			return true;
		}
	}
	return false;
}

static int add(struct syncing *syncing, const struct stored_file *file,
	       struct asset_record *ret_record)
{
	struct store_transaction *state = syncing->state;
	uint64_t number;
	int r = tree_counter(state, "next_asset", 16, &number);
	if (r < 0) {
		return r;
	}
	*ret_record = (struct asset_record){
		.node = number | ASSET_NODE_BIT,
		.directory = syncing->page->parent,
		.page = syncing->page->object,
		.owner = file->owner,
		.size = ASSET_SIZE_UNKNOWN,
		.mtime_ns = file->edited_ms * 1000000,
		.ctime_ns = syncing->now_ms * 1000000,
	};
	memcpy(ret_record->url, file->url, file->bare_len);
	if (!take_over_name(syncing, ret_record)) {
		r = asset_choose_name(state, ret_record, syncing->now_ms);
	}
	struct key owner = key_of_owner(&ret_record->page, &file->owner, file->url, file->bare_len);
	struct key page = key_of_page(&ret_record->page, ret_record->node);
	if (r == 0) {
		r = put(state, &owner, &ret_record->node, sizeof ret_record->node);
	}
	if (r == 0) {
		r = put(state, &page, "", 0);
	}
	if (r == 0) {
		r = show(state, ret_record, syncing->now_ms, syncing->changes);
	}
	return r;
}

/* Under its old name, unless that was given away. */
static int show_again(struct syncing *syncing, struct asset_record *record)
{
	struct asset_record holder;
	int r = asset_find_name(syncing->state, record->directory, record->name, &holder);
	if (r == 0 && holder.node != record->node && !take_over_name(syncing, record)) {
		r = asset_choose_name(syncing->state, record, syncing->now_ms);
	}
	r = r == -ENOENT ? 0 : r;
	return r < 0 ? r : show(syncing->state, record, syncing->now_ms, syncing->changes);
}

static void sync_file(void *context, const struct stored_file *file)
{
	struct syncing *syncing = context;
	struct asset_record *record = find_record(syncing, file);
	struct asset_record added;
	if (syncing->error < 0 || file->bare_len > ASSET_URL_MAX_BYTES) {
		return;
	}
	int r = 0;
	if (record == NULL) {
		r = add(syncing, file, &added);
		if (r == 0) {
			(void)collect(&syncing->records, &added);
			record = &syncing->records.items[syncing->records.count - 1];
		}
	} else if (record->gone_ms != 0) {
		r = show_again(syncing, record);
	}
	if (r == 0) {
		syncing->records.is_shown[record - syncing->records.items] = true;
		r = asset_put_signed_url(syncing->cache, record->node, file->url, file->expires_ms);
	}
	syncing->error = r;
}

int asset_sync(struct store_transaction *state, struct store_transaction *cache,
	       const struct node_record *page, const json_t *object, const json_t *blocks,
	       int64_t now_ms, struct tree_changes *changes)
{
	struct syncing syncing = {
		.state = state, .cache = cache, .page = page, .now_ms = now_ms, .changes = changes};
	int r = asset_each_of_page(state, &page->object, collect, &syncing.records);
	if (r == 0) {
		stored_files_of_page(object, note_shown, &syncing);
		stored_files_of_blocks(blocks, note_shown, &syncing);
		size_t before = syncing.records.count;
		stored_files_of_page(object, sync_file, &syncing);
		stored_files_of_blocks(blocks, sync_file, &syncing);
		r = syncing.error;
		for (size_t i = 0; r == 0 && i < before; i++) {
			struct asset_record *record = &syncing.records.items[i];
			if (syncing.records.is_shown[i]) {
				continue;
			}
			bool is_over =
				record->gone_ms != 0 && now_ms - record->gone_ms > ASSET_CLAIM_MS;
			r = is_over ? source_delete(state, &record->page, &record->owner,
						    record->url)
				    : hide(state, record, now_ms, changes);
			r = r == 0 && is_over ? forget(state, record, now_ms, changes) : r;
		}
	}
	records_release(&syncing.records);
	return r;
}

int asset_forget_page(struct store_transaction *state, const struct uuid *page, int64_t now_ms,
		      struct tree_changes *changes)
{
	struct records records = {0};
	int r = asset_each_of_page(state, page, collect, &records);
	for (size_t i = 0; r == 0 && i < records.count; i++) {
		r = forget(state, &records.items[i], now_ms, changes);
	}
	records_release(&records);
	return r;
}

int asset_move_page(struct store_transaction *state, const struct uuid *page, node_id directory,
		    int64_t now_ms, struct tree_changes *changes)
{
	struct records records = {0};
	int r = asset_each_of_page(state, page, collect, &records);
	for (size_t i = 0; r == 0 && i < records.count; i++) {
		struct asset_record *record = &records.items[i];
		if (record->directory == directory) {
			continue;
		}
		if (record->gone_ms != 0) {
			r = forget(state, record, now_ms, changes);
			continue;
		}
		r = hide(state, record, now_ms, changes);
		if (r == 0) {
			r = give_up_name(state, record);
		}
		record->directory = directory;
		if (r == 0) {
			r = asset_choose_name(state, record, now_ms);
		}
		if (r == 0) {
			r = show(state, record, now_ms, changes);
		}
	}
	records_release(&records);
	return r;
}
