#include "cache/made.h"

#include <errno.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/tables.h"

#define PRUNED_AT_ONCE 1024

int made_note(struct store_transaction *state, node_id page, int64_t now_ms)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, page);
	return store_put(state, STATE_MADE, key, sizeof key, &now_ms, sizeof now_ms);
}

static bool is_since(const struct store_value *value, int64_t since_ms)
{
	int64_t made_ms;
	if (value->len != sizeof made_ms) {
		return false;
	}
	memcpy(&made_ms, value->bytes, sizeof made_ms);
	return made_ms >= since_ms;
}

bool made_since(struct store_transaction *state, node_id page, int64_t since_ms)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, page);
	return store_get(state, STATE_MADE, key, sizeof key, &value) == 0 &&
	       is_since(&value, since_ms);
}

struct old {
	int64_t since_ms;
	unsigned char keys[PRUNED_AT_ONCE][KEY_NODE_BYTES];
	size_t count;
};

static int note_old(void *context, const void *key, size_t key_len, const struct store_value *value)
{
	struct old *old = context;
	if (!is_since(value, old->since_ms) && key_len == KEY_NODE_BYTES) {
		memcpy(old->keys[old->count++], key, key_len);
	}
	return old->count == PRUNED_AT_ONCE;
}

int made_prune(struct store_transaction *state, int64_t since_ms)
{
	struct old old = {.since_ms = since_ms};
	int r = store_each(state, STATE_MADE, "", 0, 0, note_old, &old);
	for (size_t i = 0; r >= 0 && i < old.count; i++) {
		r = store_delete(state, STATE_MADE, old.keys[i], KEY_NODE_BYTES);
	}
	return r < 0 ? r : 0;
}
