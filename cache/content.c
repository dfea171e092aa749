#include "cache/content.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/asset.h"
#include "cache/history.h"
#include "cache/keys.h"
#include "cache/labels.h"
#include "cache/queue.h"
#include "cache/shown.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/render.h"

/* The data source object a page's row properties follow, or NULL for a page that is no row. */
static json_t *schema_of(struct store_transaction *cache, const json_t *page)
{
	struct uuid id;
	json_t *schema = NULL;
	if (!json_get_id(json_object_get(page, "parent"), "data_source_id", &id) ||
	    object_get(cache, &id, &schema) < 0) {
		return NULL;
	}
	return schema;
}

int content_render(struct workspace *workspace, struct store_transaction *state,
		   struct store_transaction *cache, const json_t *page, const json_t *blocks,
		   const char *file_stem, struct buf *out)
{
	CLEANUP(block_tree) struct block_tree *tree = NULL;
	CLEANUP(labels) struct labels labels;
	CLEANUP(buf) struct buf head;
	labels_init(&labels, state, cache, &workspace->people);
	struct uuid id;
	struct node_record record;
	if (json_get_id(page, NULL, &id) && tree_find(state, &id, false, &record) == 0) {
		labels_set_page(&labels, &id, record.parent);
	}
	buf_init(&head, BUF_PAGE_MAX_BYTES);
	int r = block_tree_from_json(blocks, &tree);
	if (r < 0) {
		return r;
	}
	json_t *schema = schema_of(cache, page);
	struct frontmatter_options options = {
		.schema = schema,
		.names = &labels.names,
		.file_stem = file_stem,
		.time_zone = workspace->options.time_zone,
		.create_options = workspace->options.create_options,
	};
	frontmatter_render(page, &options, &head);
	render_page(head.data, tree, &labels.names, out);
	json_decref(schema);
	r = buf_check(&head);
	return r < 0 ? r : buf_check(out);
}

/* Is what is shown the text that is owed? A page that is being removed has one only when it was
 * saved just before. */
static bool shows_queue(struct store_transaction *state, node_id page)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	return queue_exists(state, page) && queue_get(state, page, &entry) == 0 &&
	       ((entry.kind != QUEUE_TRASH && entry.kind != QUEUE_RESTORE) || entry.text_len > 0);
}

bool content_is_here(struct store_transaction *state, struct store_transaction *cache,
		     const struct node_record *page)
{
	uint64_t version;
	struct store_value bytes;
	return shows_queue(state, page->node) ||
	       rendering_get(cache, &page->object, &version, &bytes) == 0;
}

int content_keep_text(struct store_transaction *state, const struct uuid *page,
		      uint64_t canonical_hash, const void *bytes, size_t len)
{
	char *record = malloc(sizeof canonical_hash + len);
	if (record == NULL) {
		return -ENOMEM;
	}
	memcpy(record, &canonical_hash, sizeof canonical_hash);
	if (len > 0) {
		memcpy(record + sizeof canonical_hash, bytes, len);
	}
	int r = store_put(state, STATE_TEXT, page->bytes, 16, record, sizeof canonical_hash + len);
	free(record);
	return r;
}

/* The user's bytes in the place of the canonical ones, when they were kept for just these. */
static int prefer_text(struct store_transaction *state, const struct uuid *page, struct buf *text)
{
	struct store_value value;
	uint64_t hash;
	int r = store_get(state, STATE_TEXT, page->bytes, 16, &value);
	if (r == -ENOENT) {
		return 0;
	}
	if (r < 0 || value.len < sizeof hash) {
		return r < 0 ? r : -EINVAL;
	}
	memcpy(&hash, value.bytes, sizeof hash);
	if (hash != content_hash(text->data, text->len)) {
		return store_delete(state, STATE_TEXT, page->bytes, 16);
	}
	buf_clear(text);
	buf_append(text, (const char *)value.bytes + sizeof hash, value.len - sizeof hash);
	return buf_check(text);
}

/* A version somebody may have read is kept before it is replaced (design.md §5.4). */
static int keep_version(struct store_transaction *state, const struct node_record *record,
			const json_t *page, const json_t *blocks)
{
	unsigned char key[KEY_VERSION_BYTES];
	struct store_value kept;
	key_version(key, &record->object, record->version);
	if (store_get(state, STATE_VERSION, key, sizeof key, &kept) == 0) {
		return 0; /* the first keeping saw what was shown */
	}
	json_t *base = json_pack("{sI sO sO}", "kept_ms", (json_int_t)clock_now_ms(), "page", page,
				 "blocks", blocks);
	char *text = base == NULL ? NULL : json_dumps(base, JSON_COMPACT);
	int r = text == NULL ? -ENOMEM
			     : store_put(state, STATE_VERSION, key, sizeof key, text, strlen(text));
	free(text);
	json_decref(base);
	return r;
}

int content_keep_version(struct store_transaction *state, struct store_transaction *cache,
			 const struct uuid *page)
{
	struct node_record record;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct body body;
	json_t *object;
	int r = tree_find(state, page, false, &record);
	if (r == 0 && queue_get(state, record.node, &entry) == 0 && entry.kind == QUEUE_SAVE) {
		return 0; /* shown is the text that is owed: the body is of an earlier version */
	}
	if (r == 0) {
		r = object_get(cache, page, &object);
	}
	if (r < 0) {
		return r == -ENOENT ? 0 : r;
	}
	r = body_get(cache, page, &body);
	if (r == 0) {
		r = keep_version(state, &record, object, body.blocks);
		json_decref(body.blocks);
	}
	json_decref(object);
	return r == -ENOENT ? 0 : r;
}

int content_keep_base(struct store_transaction *state, const struct node_record *page,
		      const json_t *base)
{
	const json_t *object = json_object_get(base, "page");
	const json_t *blocks = json_object_get(base, "blocks");
	return object == NULL || blocks == NULL ? 0 : keep_version(state, page, object, blocks);
}

struct kept {
	uint64_t version; /* at most */
	struct store_value found;
};

static int take_kept(void *context, const void *key, size_t key_len,
		     const struct store_value *value)
{
	struct kept *kept = context;
	if (key_len != KEY_VERSION_BYTES) {
		return -EINVAL;
	}
	if (key_get_u64((const unsigned char *)key + 16) > kept->version) {
		return 1;
	}
	kept->found = *value;
	return 0;
}

int content_kept_version(struct store_transaction *state, const struct node_record *page,
			 uint64_t version, json_t **ret_base)
{
	struct kept kept = {.version = version};
	int r = store_each(state, STATE_VERSION, page->object.bytes, 16, 16, take_kept, &kept);
	if (r < 0 || kept.found.bytes == NULL) {
		return r < 0 ? r : -ENOENT;
	}
	*ret_base = json_loadb(kept.found.bytes, kept.found.len, 0, NULL);
	return *ret_base == NULL ? -EINVAL : 0;
}

int content_version(struct store_transaction *state, struct store_transaction *cache,
		    const struct node_record *page, uint64_t version, json_t **ret_base)
{
	unsigned char key[KEY_VERSION_BYTES];
	struct store_value value;
	key_version(key, &page->object, version);
	if (version < page->version ||
	    store_get(state, STATE_VERSION, key, sizeof key, &value) == 0) {
		int found = content_kept_version(state, page, version, ret_base);
		if (found != -ENOENT) {
			return found;
		}
	}
	/* Not replaced since: it is the present one (or the nearest we have). */
	struct body body;
	json_t *object;
	int r = object_get(cache, &page->object, &object);
	if (r < 0) {
		return r;
	}
	r = body_get(cache, &page->object, &body);
	if (r < 0) {
		json_decref(object);
		return r;
	}
	*ret_base = json_pack("{so so}", "page", object, "blocks", body.blocks);
	return *ret_base == NULL ? -ENOMEM : 0;
}

/* New bytes: size, version, times and the rendering move together. */
static int show(struct workspace *workspace, struct store_transaction *state,
		struct store_transaction *cache, struct node_record *record, const struct buf *text,
		int64_t edited_ms)
{
	int64_t edited_ns = edited_ms * 1000000;
	int64_t now_ns = clock_now_ms() * 1000000;
	bool is_first = (record->flags & NODE_SIZE_EXACT) == 0;
	if (workspace->options.read_only) {
		int kept = shown_keep(cache, record);
		if (kept < 0) {
			return kept;
		}
	}
	/* A second apart at least: rsync and git compare whole seconds (fuse.md §4). */
	int64_t after_ns = record->mtime_ns + 1000000000;
	record->mtime_ns = is_first || edited_ns > after_ns ? edited_ns : after_ns;
	record->ctime_ns = now_ns > record->ctime_ns ? now_ns : record->ctime_ns + 1;
	record->size = text->len;
	record->content_hash = content_hash(text->data, text->len);
	record->flags |= NODE_SIZE_EXACT;
	record->version++;
	int r = tree_put(state, record);
	return r < 0 ? r
		     : rendering_put(cache, &record->object, record->version, text->data,
				     text->len);
}

/* The text that is shown is replaced by Notion's. The first one replaces none. */
static int note_pulled(struct store_transaction *state, struct store_transaction *cache,
		       const struct node_record *record)
{
	uint64_t version;
	struct store_value old;
	if ((record->flags & NODE_SIZE_EXACT) == 0 ||
	    rendering_get(cache, &record->object, &version, &old) < 0 ||
	    version != record->version) {
		return 0;
	}
	struct history_event event = {.what = "pulled", .text = old.bytes, .len = old.len};
	return history_add(state, record, &event);
}

/* Forgets versions that were handed out more than this long ago. */
#define KEPT_MS ((int64_t)7 * 24 * 3600 * 1000)
#define PRUNED_AT_ONCE 200

struct old_versions {
	int64_t before_ms;
	unsigned char keys[PRUNED_AT_ONCE][KEY_VERSION_BYTES];
	size_t count;
};

static int note_old_version(void *context, const void *key, size_t key_len,
			    const struct store_value *value)
{
	struct old_versions *old = context;
	if (old->count == PRUNED_AT_ONCE) {
		return 1;
	}
	/* It begins with {"kept_ms":N: the rest need not be read. */
	static const char start[] = "{\"kept_ms\":";
	char number[24] = "";
	if (key_len != KEY_VERSION_BYTES || value->len < sizeof start + sizeof number ||
	    memcmp(value->bytes, start, sizeof start - 1) != 0) {
		return 0;
	}
	memcpy(number, (const char *)value->bytes + sizeof start - 1, sizeof number - 1);
	if (strtoll(number, NULL, 10) < old->before_ms) {
		memcpy(old->keys[old->count++], key, key_len);
	}
	return 0;
}

int content_prune_versions(struct store_transaction *state, int64_t now_ms)
{
	struct old_versions *old = calloc(1, sizeof *old);
	if (old == NULL) {
		return -ENOMEM;
	}
	old->before_ms = now_ms - KEPT_MS;
	int r = store_each(state, STATE_VERSION, "", 0, 0, note_old_version, old);
	for (size_t i = 0; r >= 0 && i < old->count; i++) {
		r = store_delete(state, STATE_VERSION, old->keys[i], KEY_VERSION_BYTES);
	}
	r = r < 0 ? r : old->count == PRUNED_AT_ONCE;
	free(old);
	return r;
}

static int note_version(void *context, const void *key, size_t key_len,
			const struct store_value *value)
{
	struct old_versions *old = context;
	(void)value;
	if (old->count == PRUNED_AT_ONCE || key_len != KEY_VERSION_BYTES) {
		return 1;
	}
	memcpy(old->keys[old->count++], key, key_len);
	return 0;
}

int content_forget_versions(struct store_transaction *state, const struct uuid *page)
{
	struct old_versions *old = calloc(1, sizeof *old);
	int r = old == NULL ? -ENOMEM : 1;
	while (r == 1) {
		old->count = 0;
		r = store_each(state, STATE_VERSION, page->bytes, 16, 16, note_version, old);
		for (size_t i = 0; r >= 0 && i < old->count; i++) {
			int deleted =
				store_delete(state, STATE_VERSION, old->keys[i], KEY_VERSION_BYTES);
			r = deleted < 0 ? deleted : r;
		}
	}
	free(old);
	return r < 0 ? r : store_delete(state, STATE_TEXT, page->bytes, 16);
}

int content_update(struct workspace *workspace, struct store_transaction *state,
		   struct store_transaction *cache, const struct uuid *page, node_id *ret_node,
		   bool *ret_changed, struct tree_changes *changes)
{
	struct node_record record;
	struct body body = {0};
	json_t *object = NULL;
	CLEANUP(object_info) struct object_info info = {0};
	CLEANUP(buf) struct buf text;
	char stem[NODE_NAME_MAX_BYTES + 1];
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	*ret_changed = false;
	int r = tree_find(state, page, false, &record);
	if (r < 0) {
		return r;
	}
	*ret_node = record.node;
	if (shows_queue(state, record.node)) {
		return 0;
	}
	r = object_get(cache, page, &object);
	if (r == 0) {
		r = body_get(cache, page, &body);
	}
	if (r == 0) {
		r = object_info_init(object, &info);
	}
	if (r == 0) {
		r = asset_sync(state, cache, &record, object, body.blocks, clock_now_ms(), changes);
	}
	if (r == 0) {
		memcpy(stem, record.name, sizeof stem);
		name_strip_md(stem);
		r = content_render(workspace, state, cache, object, body.blocks, stem, &text);
	}
	if (r == 0) {
		r = prefer_text(state, page, &text);
	}
	if (r == 0) {
		uint64_t version;
		struct store_value old;
		bool is_known = (record.flags & NODE_SIZE_EXACT) != 0 && record.size == text.len &&
				record.content_hash == content_hash(text.data, text.len);
		if (!is_known) {
			r = note_pulled(state, cache, &record);
			r = r < 0 ? r
				  : show(workspace, state, cache, &record, &text, info.edited_ms);
			*ret_changed = r == 0;
		} else if (rendering_get(cache, page, &version, &old) < 0 ||
			   version != record.version) {
			/* The page reads as it did; the cache has not seen it so: it was deleted,
			 * or the text was the queue's until now. */
			r = rendering_put(cache, page, record.version, text.data, text.len);
		}
	}
	json_decref(object);
	json_decref(body.blocks);
	return r;
}
