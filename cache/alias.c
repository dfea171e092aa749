#include "cache/alias.h"

#include <errno.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/tables.h"

#define PRUNED_AT_ONCE 256

static size_t key_of(unsigned char key[KEY_ENTRY_BYTES], node_id directory, const char *name)
{
	return key_entry(key, directory, name, strlen(name));
}

int alias_put(struct store_transaction *state, node_id directory, const char *name, node_id page,
	      int64_t now_ms)
{
	unsigned char key[KEY_ENTRY_BYTES];
	struct alias alias = {.page = page, .since_ms = now_ms};
	return store_put(state, STATE_ALIAS, key, key_of(key, directory, name), &alias,
			 sizeof alias);
}

static int decode(const struct store_value *value, int64_t now_ms, struct alias *ret_alias)
{
	if (value->len != sizeof *ret_alias) {
		return -EINVAL;
	}
	memcpy(ret_alias, value->bytes, sizeof *ret_alias);
	return now_ms - ret_alias->since_ms > ALIAS_KEPT_MS ? -ENOENT : 0;
}

int alias_get(struct store_transaction *state, node_id directory, const char *name, int64_t now_ms,
	      struct alias *ret_alias)
{
	unsigned char key[KEY_ENTRY_BYTES];
	struct store_value value;
	if (strlen(name) > NAME_MAX) {
		return -ENOENT;
	}
	int r = store_get(state, STATE_ALIAS, key, key_of(key, directory, name), &value);
	return r < 0 ? r : decode(&value, now_ms, ret_alias);
}

int alias_delete(struct store_transaction *state, node_id directory, const char *name)
{
	unsigned char key[KEY_ENTRY_BYTES];
	return store_delete(state, STATE_ALIAS, key, key_of(key, directory, name));
}

struct old {
	int64_t now_ms;
	struct {
		unsigned char bytes[KEY_ENTRY_BYTES];
		size_t len;
	} keys[PRUNED_AT_ONCE];
	size_t count;
};

static int note_old(void *context, const void *key, size_t key_len, const struct store_value *value)
{
	struct old *old = context;
	struct alias alias;
	int r = decode(value, old->now_ms, &alias);
	if (r == -ENOENT && key_len <= KEY_ENTRY_BYTES) {
		memcpy(old->keys[old->count].bytes, key, key_len);
		old->keys[old->count++].len = key_len;
		r = 0;
	}
	return r < 0 ? r : old->count == PRUNED_AT_ONCE;
}

int alias_prune(struct store_transaction *state, int64_t now_ms)
{
	struct old old = {.now_ms = now_ms};
	int r = store_each(state, STATE_ALIAS, "", 0, 0, note_old, &old);
	for (size_t i = 0; r >= 0 && i < old.count; i++) {
		r = store_delete(state, STATE_ALIAS, old.keys[i].bytes, old.keys[i].len);
	}
	return r < 0 ? r : 0;
}
