#include "cache/shown.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/object.h"
#include "cache/object_index.h"
#include "cache/queue.h"
#include "cache/tables.h"
#include "cache/workspace_private.h"

#define KEY_SHOWN_BYTES 16

static void key_shown(unsigned char key[KEY_SHOWN_BYTES], node_id node, uint64_t version)
{
	key_put_u64(key, node);
	key_put_u64(key + 8, version);
}

int shown_keep(struct store_transaction *cache, const struct node_record *record)
{
	unsigned char key[KEY_SHOWN_BYTES];
	struct node_attr attr;
	struct store_value bytes;
	uint64_t version;
	int r = rendering_get(cache, &record->object, &version, &bytes);
	if (r < 0 || version != record->version) {
		return r == 0 || r == -ENOENT ? 0 : r;
	}
	char *value = malloc(sizeof attr + bytes.len);
	if (value == NULL) {
		return -ENOMEM;
	}
	memset(&attr, 0, sizeof attr);
	node_to_attr(record, &attr);
	memcpy(value, &attr, sizeof attr);
	memcpy(value + sizeof attr, bytes.bytes, bytes.len);
	key_shown(key, record->node, version);
	r = store_put(cache, CACHE_SHOWN, key, sizeof key, value, sizeof attr + bytes.len);
	free(value);
	return r;
}

struct below {
	struct store_transaction *state;
	struct store_transaction *cache;
};

static int keep_below(void *context, const struct node_record *record)
{
	const struct below *below = context;
	return node_is_directory(record)
		       ? tree_each(below->state, record->node, 0, keep_below, context)
		       : shown_keep(below->cache, record);
}

int shown_keep_tree(struct store_transaction *state, struct store_transaction *cache,
		    const struct uuid *object)
{
	struct below below = {.state = state, .cache = cache};
	struct node_record record;
	int r = tree_find(state, object, false, &record);
	if (r == 0) {
		r = shown_keep(cache, &record);
	}
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	r = tree_find(state, object, true, &record);
	if (r == 0) {
		r = keep_below(&below, &record);
	}
	return r == -ENOENT ? 0 : r;
}

int shown_clear(struct store_transaction *cache)
{
	return store_clear(cache, CACHE_SHOWN);
}

/* ---- the waist ---- */

bool workspace_is_complete(struct workspace *workspace)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	size_t known = 0;
	size_t cached = 0;
	size_t owed = 0;
	return refresher_is_discovered(&workspace->refresher) &&
	       fetcher_pending(&workspace->fetcher) == 0 &&
	       workspace_begin(workspace, false, &state, &cache) == 0 &&
	       store_count(state, STATE_QUEUE, &owed) == 0 && owed == 0 &&
	       object_count_pages(cache, &known) == 0 &&
	       store_count(cache, CACHE_BODY, &cached) == 0 && cached >= known;
}

/* The version's attributes, and its bytes in `cache`'s transaction. */
static int find_version(struct store_transaction *state, struct store_transaction *cache,
			node_id node, uint64_t version, struct node_attr *ret_attr,
			struct store_value *ret_bytes)
{
	unsigned char key[KEY_SHOWN_BYTES];
	struct node_record record;
	uint64_t present;
	if (tree_get(state, node, &record) == 0 && record.version == version &&
	    rendering_get(cache, &record.object, &present, ret_bytes) == 0 && present == version) {
		node_to_attr(&record, ret_attr);
		return 0;
	}
	struct store_value value;
	key_shown(key, node, version);
	int r = store_get(cache, CACHE_SHOWN, key, sizeof key, &value);
	if (r < 0 || value.len < sizeof *ret_attr) {
		return r == 0 || r == -ENOENT ? -ESTALE : r;
	}
	memcpy(ret_attr, value.bytes, sizeof *ret_attr);
	*ret_bytes = (struct store_value){.bytes = (const char *)value.bytes + sizeof *ret_attr,
					  .len = value.len - sizeof *ret_attr};
	return 0;
}

ssize_t workspace_read_version(struct workspace *workspace, node_id node, uint64_t version,
			       void *bytes, size_t len, off_t offset)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_attr attr;
	struct store_value text;
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = find_version(state, cache, node, version, &attr, &text);
	}
	if (r < 0) {
		return r;
	}
	return (ssize_t)bytes_read(text.bytes, text.len, bytes, len, offset);
}

int workspace_version_getattr(struct workspace *workspace, node_id node, uint64_t version,
			      struct node_attr *ret_attr)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct store_value text;
	int r = workspace_begin(workspace, false, &state, &cache);
	return r < 0 ? r : find_version(state, cache, node, version, ret_attr, &text);
}

void workspace_forget_version(struct workspace *workspace, node_id node, uint64_t version)
{
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	unsigned char key[KEY_SHOWN_BYTES];
	key_shown(key, node, version);
	/* What stays by mistake goes with the next mount. */
	if (workspace_begin(workspace, true, NULL, &cache) == 0 &&
	    store_delete(cache, CACHE_SHOWN, key, sizeof key) == 0) {
		(void)!workspace_commit(NULL, &cache);
	}
}

int workspace_place(struct workspace *workspace, node_id node, node_id *ret_directory,
		    char ret_name[NAME_MAX + 1])
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record record;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = tree_get(state, node, &record);
	}
	if (r == 0) {
		*ret_directory = record.parent;
		memcpy(ret_name, record.name, sizeof record.name);
	}
	return r;
}
