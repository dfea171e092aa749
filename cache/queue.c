#include "cache/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/object.h"
#include "cache/tables.h"

/* On disk: this head, the head's JSON, the base's JSON, the text (which may be any bytes). */
struct record_head {
	uint32_t meta_len;
	uint32_t base_len;
};

void queue_entry_release(struct queue_entry *entry)
{
	if (entry == NULL) {
		return;
	}
	json_decref(entry->base);
	free(entry->text);
	free(entry->error);
	free(entry->error_file);
	*entry = (struct queue_entry){0};
}

bool queue_exists(struct store_transaction *state, node_id node)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, node);
	return store_get(state, STATE_QUEUE, key, sizeof key, &value) == 0;
}

static int decode(node_id node, const struct store_value *value, bool is_light,
		  struct queue_entry *ret_entry)
{
	struct record_head head;
	const char *bytes = value->bytes;
	if (value->len < sizeof head) {
		return -EINVAL;
	}
	memcpy(&head, bytes, sizeof head);
	if ((uint64_t)head.meta_len + head.base_len > value->len - sizeof head) {
		return -EINVAL;
	}
	const char *meta_text = bytes + sizeof head;
	const char *base_text = meta_text + head.meta_len;
	const char *text = base_text + head.base_len;
	json_t *meta = json_loadb(meta_text, head.meta_len, 0, NULL);
	if (meta == NULL) {
		return -EINVAL;
	}
	const char *error = json_string_value(json_object_get(meta, "error"));
	const char *file = json_string_value(json_object_get(meta, "error_file"));
	struct queue_entry entry = {
		.node = node,
		.kind = (enum queue_kind)json_integer_value(json_object_get(meta, "kind")),
		.state = (enum queue_state)json_integer_value(json_object_get(meta, "state")),
		.generation = (uint64_t)json_integer_value(json_object_get(meta, "generation")),
		.saved_ms = json_integer_value(json_object_get(meta, "saved_ms")),
		.due_ms = json_integer_value(json_object_get(meta, "due_ms")),
		.base_version = (uint64_t)json_integer_value(json_object_get(meta, "base_version")),
		.from = (node_id)json_integer_value(json_object_get(meta, "from")),
		.error_line = (unsigned)json_integer_value(json_object_get(meta, "line")),
		.error_column = (unsigned)json_integer_value(json_object_get(meta, "column")),
		.error = error == NULL ? NULL : strdup(error),
		.awaits_file = json_is_true(json_object_get(meta, "awaits_file")),
		.error_file = file == NULL ? NULL : strdup(file),
		.error_directory =
			(node_id)json_integer_value(json_object_get(meta, "error_directory")),
	};
	json_decref(meta);
	if (!is_light) {
		entry.text_len = value->len - (size_t)(text - bytes);
		entry.text = malloc(entry.text_len + 1);
		if (entry.text == NULL) {
			queue_entry_release(&entry);
			return -ENOMEM;
		}
		memcpy(entry.text, text, entry.text_len);
		entry.text[entry.text_len] = '\0';
		if (head.base_len > 0) {
			entry.base = json_loadb(base_text, head.base_len, 0, NULL);
			if (entry.base == NULL) {
				queue_entry_release(&entry);
				return -EINVAL;
			}
		}
	}
	*ret_entry = entry;
	return 0;
}

int queue_get(struct store_transaction *state, node_id node, struct queue_entry *ret_entry)
{
	unsigned char key[KEY_NODE_BYTES];
	struct store_value value;
	key_put_u64(key, node);
	int r = store_get(state, STATE_QUEUE, key, sizeof key, &value);
	return r < 0 ? r : decode(node, &value, false, ret_entry);
}

int queue_put(struct store_transaction *state, const struct queue_entry *entry)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, entry->node);
	json_t *meta = json_pack(
		"{si si sI sI sI sI sI si si ss? sb ss? sI}", "kind", (int)entry->kind, "state",
		(int)entry->state, "generation", (json_int_t)entry->generation, "saved_ms",
		(json_int_t)entry->saved_ms, "due_ms", (json_int_t)entry->due_ms, "base_version",
		(json_int_t)entry->base_version, "from", (json_int_t)entry->from, "line",
		(int)entry->error_line, "column", (int)entry->error_column, "error", entry->error,
		"awaits_file", entry->awaits_file, "error_file", entry->error_file,
		"error_directory", (json_int_t)entry->error_directory);
	char *meta_text = meta == NULL ? NULL : json_dumps(meta, JSON_COMPACT);
	char *base_text = entry->base == NULL ? NULL : json_dumps(entry->base, JSON_COMPACT);
	json_decref(meta);
	int r = -ENOMEM;
	if (meta_text != NULL && (entry->base == NULL || base_text != NULL)) {
		size_t meta_len = strlen(meta_text);
		size_t base_len = base_text == NULL ? 0 : strlen(base_text);
		size_t len = sizeof(struct record_head) + meta_len + base_len + entry->text_len;
		char *record = meta_len + base_len > UINT32_MAX ? NULL : malloc(len);
		if (record != NULL) {
			struct record_head head = {.meta_len = (uint32_t)meta_len,
						   .base_len = (uint32_t)base_len};
			char *at = record;
			memcpy(at, &head, sizeof head);
			at += sizeof head;
			memcpy(at, meta_text, meta_len);
			at += meta_len;
			if (base_len > 0) {
				memcpy(at, base_text, base_len);
				at += base_len;
			}
			if (entry->text_len > 0) {
				memcpy(at, entry->text, entry->text_len);
			}
			r = store_put(state, STATE_QUEUE, key, sizeof key, record, len);
		}
		free(record);
	}
	free(meta_text);
	free(base_text);
	return r;
}

int queue_delete(struct store_transaction *state, node_id node)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, node);
	return store_delete(state, STATE_QUEUE, key, sizeof key);
}

struct each {
	bool is_light;
	queue_visit *visit;
	void *context;
};

static int visit_record(void *context, const void *key, size_t key_len,
			const struct store_value *value)
{
	const struct each *each = context;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	if (key_len != KEY_NODE_BYTES) {
		return -EINVAL;
	}
	int r = decode(key_get_u64(key), value, each->is_light, &entry);
	return r < 0 ? r : each->visit(each->context, &entry);
}

int queue_each(struct store_transaction *state, bool is_light, queue_visit *visit, void *context)
{
	struct each each = {.is_light = is_light, .visit = visit, .context = context};
	int r = store_each(state, STATE_QUEUE, "", 0, 0, visit_record, &each);
	return r > 0 ? 0 : r;
}
