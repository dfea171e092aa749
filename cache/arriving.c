#include "cache/arriving.h"

#include <string.h>

#include "cache/keys.h"
#include "cache/object.h"
#include "cache/push_journal.h"
#include "cache/tables.h"
#include "mapping/base/buf.h"

/* Stamps are floored to it. */
#define MINUTE_MS 60000

struct look {
	struct store_transaction *state;
	const struct tree_child *child;
};

static bool is_title(const json_t *call, const char *title)
{
	CLEANUP(buf) struct buf asked;
	buf_init(&asked, 100000);
	call_title(json_object_get(json_object_get(call, "body"), "properties"), &asked);
	return strcmp(asked.data == NULL ? "" : asked.data, title) == 0;
}

static int stop_at_child(void *context, const void *key, size_t key_len,
			 const struct store_value *value)
{
	const struct look *look = context;
	const struct tree_child *child = look->child;
	struct node_record record;
	struct uuid page;
	if (key_len != KEY_NODE_BYTES || tree_get(look->state, key_get_u64(key), &record) < 0 ||
	    (record.flags & NODE_NEW) == 0) {
		return 0;
	}
	json_t *journal = json_loadb(value->bytes, value->len, 0, NULL);
	const json_t *call = json_array_get(json_object_get(journal, "calls"), 0);
	int64_t began_ms = json_integer_value(json_object_get(journal, "began_ms"));
	bool is_it = call_is_create(call) && began_ms > 0;
	if (is_it && json_get_id(journal, "page", &page)) {
		is_it = uuid_equal(&page, &child->object);
	} else if (is_it) {
		is_it = child->created_ms >= began_ms - began_ms % MINUTE_MS &&
			is_title(call, child->title);
	}
	json_decref(journal);
	return is_it ? 1 : 0;
}

bool arriving_has(struct store_transaction *state, const struct tree_child *child)
{
	struct look look = {.state = state, .child = child};
	return store_each(state, STATE_JOURNAL, "", 0, 0, stop_at_child, &look) == 1;
}
