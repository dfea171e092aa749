#include "tests/cache/die_tree.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "mapping/base/uuid.h"

#define TEXT_MAX_BYTES ((size_t)32 << 20)

json_t *tree_ids(const json_t *dump)
{
	size_t i;
	const char *key;
	json_t *item;
	json_t *blocks;
	json_t *ids = json_object();
	json_array_foreach (json_object_get(dump, "pages"), i, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		(void)json_object_set_new(ids, id, json_true());
	}
	json_object_foreach (json_object_get(dump, "blocks"), key, blocks) {
		json_array_foreach (blocks, i, item) {
			const char *id = json_string_value(json_object_get(item, "id"));
			(void)json_object_set_new(ids, id, json_true());
		}
	}
	json_array_foreach (json_object_get(dump, "data_sources"), i, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		(void)json_object_set_new(ids, id, json_true());
	}
	json_array_foreach (json_object_get(dump, "databases"), i, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		(void)json_object_set_new(ids, id, json_true());
	}
	return ids;
}

/* Without what differs from run to run. New reference. */
static json_t *cleaned(const json_t *value, const json_t *known_ids)
{
	static const char *const left_out[] = {"created_time", "last_edited_time",
					       "created_by",   "last_edited_by",
					       "url",	       "request_id"};
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_object(value)) {
		json_t *copy = json_object();
		json_object_foreach ((json_t *)value, key, item) {
			bool is_out = false;
			for (i = 0; i < sizeof left_out / sizeof left_out[0]; i++) {
				is_out |= strcmp(key, left_out[i]) == 0;
			}
			if (!is_out) {
				(void)json_object_set_new(copy, key, cleaned(item, known_ids));
			}
		}
		return copy;
	}
	if (json_is_array(value)) {
		json_t *copy = json_array();
		json_array_foreach (value, i, item) {
			(void)json_array_append_new(copy, cleaned(item, known_ids));
		}
		return copy;
	}
	struct uuid id;
	const char *text = json_string_value(value);
	if (text != NULL && uuid_parse(text, strlen(text), &id) == 0 &&
	    json_object_get(known_ids, text) == NULL) {
		return json_string("new");
	}
	return json_deep_copy(value);
}

/* `is_anonymous`: which of several equal ones stands here does not matter. */
static void print_line(struct buf *out, unsigned depth, const json_t *object,
		       const json_t *known_ids, bool is_anonymous)
{
	json_t *copy = cleaned(object, known_ids);
	if (is_anonymous) {
		(void)json_object_del(copy, "id");
	}
	char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	buf_printf(out, "%*s%s\n", (int)depth * 2, "", text);
	free(text);
	json_decref(copy);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* New pages that were made one behind the other, from `i` on: which of them was first does not
 * matter either, where one had to wait for an answer that never came. How many there are. */
static size_t print_new_pages(struct buf *out, const json_t *blocks, size_t i, unsigned depth,
			      const json_t *known_ids)
{
	size_t count = 0;
	char *lines[256];
	for (; i < json_array_size(blocks) && count < 256; i++) {
		const json_t *block = json_array_get(blocks, i);
		const char *id = json_string_value(json_object_get(block, "id"));
		if (json_object_get(block, "child_page") == NULL ||
		    json_object_get(known_ids, id) != NULL) {
			break;
		}
		struct buf line;
		buf_init(&line, TEXT_MAX_BYTES);
		print_line(&line, depth, block, known_ids, true);
		lines[count++] = buf_steal(&line, NULL);
	}
	qsort(lines, count, sizeof *lines, compare_texts);
	for (size_t at = 0; at < count; at++) {
		buf_puts(out, lines[at]);
		free(lines[at]);
	}
	return count;
}

static void print_blocks(struct buf *out, const json_t *dump, const char *parent, unsigned depth,
			 const json_t *known_ids)
{
	const json_t *blocks = json_object_get(json_object_get(dump, "blocks"), parent);
	for (size_t i = 0; i < json_array_size(blocks); i++) {
		size_t pages = print_new_pages(out, blocks, i, depth, known_ids);
		if (pages > 0) {
			i += pages - 1;
			continue;
		}
		const json_t *block = json_array_get(blocks, i);
		const char *type = json_string_value(json_object_get(block, "type"));
		print_line(out, depth, block, known_ids, true);
		if (strcmp(type, "child_page") != 0 && strcmp(type, "child_database") != 0) {
			print_blocks(out, dump, json_string_value(json_object_get(block, "id")),
				     depth + 1, known_ids);
		}
	}
}

/* What became of each block that was there at the start. */
static void print_known(struct buf *out, const json_t *dump, const json_t *known_ids)
{
	const char *parent;
	json_t *blocks;
	size_t i;
	json_t *block;
	json_t *found = json_object();
	json_object_foreach (json_object_get(dump, "blocks"), parent, blocks) {
		json_array_foreach (blocks, i, block) {
			const char *id = json_string_value(json_object_get(block, "id"));
			if (json_object_get(known_ids, id) != NULL) {
				(void)json_object_set_new(found, id, cleaned(block, known_ids));
			}
		}
	}
	char *text = json_dumps(found, JSON_COMPACT | JSON_SORT_KEYS);
	buf_puts(out, text);
	free(text);
	json_decref(found);
}

/* A stored file is what its bytes are: its address differs from run to run. */
static void say_bytes(json_t *value, const json_t *files)
{
	const char *key;
	json_t *item;
	size_t i;
	json_array_foreach (value, i, item) {
		say_bytes(item, files);
	}
	const char *url = json_string_value(json_object_get(value, "url"));
	const char *name = url == NULL ? NULL : strrchr(url, '/');
	if (name != NULL && json_object_get(value, "expiry_time") != NULL) {
		json_object_foreach ((json_t *)files, key, item) {
			if (strstr(url, key) != NULL) {
				(void)json_object_set(value, "bytes", item);
			}
		}
		(void)json_object_set_new(value, "name", json_string(name));
	}
	json_object_foreach (value, key, item) {
		say_bytes(item, files);
	}
}

char *tree_text(const json_t *given, const json_t *known_ids)
{
	json_t *dump = json_deep_copy(given);
	say_bytes(json_object_get(dump, "pages"), json_object_get(given, "files"));
	say_bytes(json_object_get(dump, "blocks"), json_object_get(given, "files"));
	const json_t *pages = json_object_get(dump, "pages");
	size_t count = json_array_size(pages);
	char **texts = calloc(count + 1, sizeof *texts);
	struct buf all;
	buf_init(&all, TEXT_MAX_BYTES);
	for (size_t i = 0; i < count; i++) {
		const json_t *page = json_array_get(pages, i);
		struct buf text;
		buf_init(&text, TEXT_MAX_BYTES);
		print_line(&text, 0, page, known_ids, false);
		print_blocks(&text, dump, json_string_value(json_object_get(page, "id")), 1,
			     known_ids);
		texts[i] = buf_steal(&text, NULL);
	}
	qsort(texts, count, sizeof *texts, compare_texts);
	for (size_t i = 0; i < count; i++) {
		buf_puts(&all, texts[i]);
		free(texts[i]);
	}
	free(texts);
	print_line(&all, 0, json_object_get(dump, "data_sources"), known_ids, false);
	print_line(&all, 0, json_object_get(dump, "databases"), known_ids, false);
	print_known(&all, dump, known_ids);
	json_decref(dump);
	return buf_steal(&all, NULL);
}

char *tree_difference(const char *wanted, const char *got)
{
	struct buf text;
	size_t line = 1;
	buf_init(&text, TEXT_MAX_BYTES);
	while (*wanted != '\0' && *got != '\0') {
		size_t wanted_len = strcspn(wanted, "\n");
		size_t got_len = strcspn(got, "\n");
		if (wanted_len != got_len || memcmp(wanted, got, got_len) != 0) {
			break;
		}
		wanted += wanted_len + (wanted[wanted_len] == '\n' ? 1 : 0);
		got += got_len + (got[got_len] == '\n' ? 1 : 0);
		line++;
	}
	const char *const sides[] = {wanted, got};
	for (size_t side = 0; side < 2; side++) {
		const char *at = sides[side];
		buf_printf(&text, "line %zu %s:\n", line, side == 0 ? "wanted" : "got");
		for (unsigned i = 0; i < 3 && *at != '\0'; i++) {
			size_t len = strcspn(at, "\n");
			buf_printf(&text, "  %.*s\n", (int)(len < 700 ? len : 700), at);
			at += len + (at[len] == '\n' ? 1 : 0);
		}
	}
	return buf_steal(&text, NULL);
}
