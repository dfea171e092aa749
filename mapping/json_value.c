#include "mapping/json_value.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"

const char *json_copy_string(struct arena *arena, const json_t *value)
{
	if (!json_is_string(value)) {
		return NULL;
	}
	return arena_copy(arena, json_string_value(value), json_string_length(value));
}

const char *json_copy_member(struct arena *arena, const json_t *object, const char *key)
{
	return json_copy_string(arena, json_object_get(object, key));
}

const char *json_copy_compact(struct arena *arena, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text == NULL) {
		return NULL;
	}
	const char *copy = arena_copy(arena, text, strlen(text));
	free(text);
	return copy;
}

bool json_read_uuid(const json_t *value, struct uuid *ret_id)
{
	return json_is_string(value) &&
	       uuid_parse(json_string_value(value), json_string_length(value), ret_id) == 0;
}

/* Length of the valid UTF-8 sequence at bytes[0], 0 when there is none. */
static size_t utf8_sequence(const unsigned char *bytes, size_t len)
{
	size_t need;
	unsigned min;
	unsigned code;
	if (bytes[0] < 0x80) {
		return 1;
	}
	if (bytes[0] >= 0xc2 && bytes[0] < 0xe0) {
		need = 2, min = 0x80, code = bytes[0] & 0x1f;
	} else if (bytes[0] >= 0xe0 && bytes[0] < 0xf0) {
		need = 3, min = 0x800, code = bytes[0] & 0x0f;
	} else if (bytes[0] >= 0xf0 && bytes[0] < 0xf5) {
		need = 4, min = 0x10000, code = bytes[0] & 0x07;
	} else {
		return 0;
	}
	if (len < need) {
		return 0;
	}
	for (size_t i = 1; i < need; i++) {
		if ((bytes[i] & 0xc0) != 0x80) {
			return 0;
		}
		code = code << 6 | (bytes[i] & 0x3f);
	}
	bool is_scalar = code >= min && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
	return is_scalar ? need : 0;
}

static json_t *repaired_text(const char *bytes, size_t len)
{
	CLEANUP(buf) struct buf text;
	buf_init(&text, len * 3);
	for (size_t i = 0; i < len;) {
		size_t step = utf8_sequence((const unsigned char *)bytes + i, len - i);
		if (step == 0) {
			buf_puts(&text, "\xef\xbf\xbd");
			step = 1;
		} else {
			buf_append(&text, bytes + i, step);
		}
		i += step;
	}
	return json_stringn(text.data, text.len);
}

json_t *json_text(const char *bytes, size_t len)
{
	json_t *value = json_stringn(bytes != NULL ? bytes : "", bytes != NULL ? len : 0);
	if (value == NULL) {
		value = repaired_text(bytes, len);
	}
	if (value == NULL) {
		abort();
	}
	return value;
}

json_t *json_text_string(const char *string)
{
	return json_text(string, string != NULL ? strlen(string) : 0);
}

json_t *json_uuid(const struct uuid *id)
{
	char text[UUID_TEXT_BYTES];
	uuid_format(id, text);
	return json_string(text);
}

json_t *json_from_raw(const char *raw)
{
	return raw != NULL ? json_loads(raw, JSON_DECODE_ANY, NULL) : NULL;
}

json_t *json_object_of(const char *key, json_t *value)
{
	json_t *object = json_object();
	json_object_set_new(object, key, value);
	return object;
}

void json_set_typed(json_t *object, const char *type, json_t *value)
{
	json_object_set_new(object, "type", json_string(type));
	json_object_set_new(object, type, value);
}
