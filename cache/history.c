#include "cache/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/object.h"
#include "cache/status.h"
#include "cache/tables.h"
#include "mapping/base/clock.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define PRUNED_AT_ONCE 200

/* On disk: the length of a JSON head, the head, the text. */
static int split(const struct store_value *value, json_t **ret_head, struct store_value *ret_text)
{
	uint32_t len;
	const char *bytes = value->bytes;
	if (value->len < sizeof len) {
		return -EINVAL;
	}
	memcpy(&len, bytes, sizeof len);
	if (len > value->len - sizeof len) {
		return -EINVAL;
	}
	if (ret_head != NULL) {
		*ret_head = json_loadb(bytes + sizeof len, len, 0, NULL);
		if (*ret_head == NULL) {
			return -EINVAL;
		}
	}
	*ret_text = (struct store_value){.bytes = bytes + sizeof len + len,
					 .len = value->len - sizeof len - len};
	return 0;
}

int history_add(struct store_transaction *state, const struct node_record *page,
		const struct history_event *event)
{
	unsigned char key[KEY_NODE_BYTES];
	uint64_t n;
	int r = tree_counter(state, "next_history", 1, &n);
	if (r < 0) {
		return r;
	}
	json_t *head = json_pack("{sI sI ss ss sI}", "ms", (json_int_t)clock_now_ms(), "node",
				 (json_int_t)page->node, "name", page->name, "what", event->what,
				 "calls", (json_int_t)event->calls);
	char *text = head == NULL ? NULL : json_dumps(head, JSON_COMPACT);
	json_decref(head);
	uint32_t len = text == NULL ? 0 : (uint32_t)strlen(text);
	char *record = text == NULL ? NULL : malloc(sizeof len + len + event->len);
	r = -ENOMEM;
	if (record != NULL) {
		memcpy(record, &len, sizeof len);
		memcpy(record + sizeof len, text, len);
		if (event->len > 0) {
			memcpy(record + sizeof len + len, event->text, event->len);
		}
		key_put_u64(key, n);
		r = store_put(state, STATE_HISTORY, key, sizeof key, record,
			      sizeof len + len + event->len);
	}
	free(record);
	free(text);
	return r;
}

struct listing {
	struct store_transaction *state;
	node_id page;
	size_t max;
	json_t *events;
};

static int list_event(void *context, const void *key, size_t key_len,
		      const struct store_value *value)
{
	struct listing *listing = context;
	json_t *head = NULL;
	struct store_value text;
	char at[CLOCK_ISO_BYTES];
	if (key_len != KEY_NODE_BYTES || split(value, &head, &text) < 0) {
		return 0;
	}
	node_id node = (node_id)json_integer_value(json_object_get(head, "node"));
	if (listing->page == 0 || listing->page == node) {
		struct node_record record;
		char *path = tree_get(listing->state, node, &record) == 0
				     ? status_path(listing->state, node)
				     : NULL;
		clock_format_iso(json_integer_value(json_object_get(head, "ms")), at);
		(void)json_array_append_new(
			listing->events,
			json_pack("{sI ss ss sO sO sI}", "n", (json_int_t)key_get_u64(key), "at",
				  at, "path", path != NULL ? path : json_get_text(head, "name"),
				  "what", json_object_get(head, "what"), "calls",
				  json_object_get(head, "calls"), "bytes", (json_int_t)text.len));
		if (json_array_size(listing->events) > listing->max) {
			(void)json_array_remove(listing->events, 0);
		}
		free(path);
	}
	json_decref(head);
	return 0;
}

int history_list(struct store_transaction *state, node_id page, size_t max, json_t **ret_events)
{
	struct listing listing = {.state = state, .page = page, .max = max, .events = json_array()};
	int r = store_each(state, STATE_HISTORY, "", 0, 0, list_event, &listing);
	if (r < 0) {
		json_decref(listing.events);
		return r;
	}
	*ret_events = listing.events;
	return 0;
}

int history_text(struct store_transaction *state, uint64_t n, struct store_value *ret_text)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, n);
	int r = store_get(state, STATE_HISTORY, key, sizeof key, &value);
	return r < 0 ? r : split(&value, NULL, ret_text);
}

struct pruning {
	int64_t before_ms;
	uint64_t old[PRUNED_AT_ONCE];
	size_t count;
};

static int note_old(void *context, const void *key, size_t key_len, const struct store_value *value)
{
	struct pruning *pruning = context;
	json_t *head = NULL;
	struct store_value text;
	if (key_len != KEY_NODE_BYTES || pruning->count == PRUNED_AT_ONCE) {
		return 1;
	}
	bool is_old = split(value, &head, &text) < 0 ||
		      json_integer_value(json_object_get(head, "ms")) < pruning->before_ms;
	json_decref(head);
	if (is_old) {
		pruning->old[pruning->count++] = key_get_u64(key);
	}
	return is_old ? 0 : 1; /* the oldest come first */
}

int history_prune(struct store_transaction *state, int64_t now_ms)
{
	struct pruning pruning = {.before_ms = now_ms - HISTORY_DAYS * DAY_MS};
	int r = store_each(state, STATE_HISTORY, "", 0, 0, note_old, &pruning);
	for (size_t i = 0; r >= 0 && i < pruning.count; i++) {
		unsigned char key[KEY_NODE_BYTES];
		key_put_u64(key, pruning.old[i]);
		r = store_delete(state, STATE_HISTORY, key, sizeof key);
	}
	return r < 0 ? r : pruning.count == PRUNED_AT_ONCE;
}
