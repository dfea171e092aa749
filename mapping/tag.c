#include <string.h>

#include "mapping/character.h"
#include "mapping/inline.h"

/* A position in the bytes of one tag. */
struct cursor {
	const char *text;
	size_t len;
	size_t at;
};

static bool is_name_byte(char c)
{
	return character_is_ascii_letter(c) || character_is_digit(c) || c == '-' || c == '_';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static char peek(const struct cursor *cursor)
{
	return cursor->at < cursor->len ? cursor->text[cursor->at] : '\0';
}

static bool skip_space(struct cursor *cursor)
{
	size_t start = cursor->at;
	while (peek(cursor) == ' ' || peek(cursor) == '\t' || peek(cursor) == '\n') {
		cursor->at++;
	}
	return cursor->at > start;
}

static size_t skip_name(struct cursor *cursor)
{
	size_t start = cursor->at;
	while (cursor->at < cursor->len && is_name_byte(cursor->text[cursor->at])) {
		cursor->at++;
	}
	return cursor->at - start;
}

static const char *lower_copy(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_copy(arena, text, len);
	for (size_t i = 0; i < len; i++) {
		copy[i] = lower(copy[i]);
	}
	return copy;
}

static const char *decoded_copy(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);
	size_t used = 0;
	for (size_t i = 0; i < len;) {
		char bytes[4];
		size_t bytes_len = 0;
		size_t step = text[i] == '&'
				      ? character_reference(text + i, len - i, bytes, &bytes_len)
				      : 0;
		if (step == 0) {
			bytes[0] = text[i];
			bytes_len = 1;
			step = 1;
		}
		memcpy(copy + used, bytes, bytes_len);
		used += bytes_len;
		i += step;
	}
	return copy;
}

static bool parse_value(struct arena *arena, struct cursor *cursor, const char **ret_value)
{
	char quote = peek(cursor);
	size_t start = cursor->at;
	if (quote == '"' || quote == '\'') {
		start = ++cursor->at;
		const char *end = memchr(cursor->text + start, quote, cursor->len - start);
		if (end == NULL) {
			return false;
		}
		size_t len = (size_t)(end - cursor->text) - start;
		*ret_value = decoded_copy(arena, cursor->text + start, len);
		cursor->at = start + len + 1;
		return true;
	}
	while (cursor->at < cursor->len && strchr(" \t\n\"'=<>`", peek(cursor)) == NULL) {
		cursor->at++;
	}
	if (cursor->at == start) {
		return false;
	}
	*ret_value = decoded_copy(arena, cursor->text + start, cursor->at - start);
	return true;
}

static bool parse_attribute(struct arena *arena, struct cursor *cursor, struct tag *tag)
{
	size_t start = cursor->at;
	size_t name_len = skip_name(cursor);
	size_t max = sizeof(tag->attributes) / sizeof(tag->attributes[0]);
	if (name_len == 0 || tag->attribute_count == max) {
		return false;
	}
	const char *value = "";
	if (peek(cursor) == '=') {
		cursor->at++;
		if (!parse_value(arena, cursor, &value)) {
			return false;
		}
	}
	tag->attributes[tag->attribute_count].name =
		lower_copy(arena, cursor->text + start, name_len);
	tag->attributes[tag->attribute_count].value = value;
	tag->attribute_count++;
	return true;
}

static bool parse_name(struct cursor *cursor, struct tag *tag)
{
	if (peek(cursor) == '/') {
		tag->is_close = true;
		cursor->at++;
	}
	size_t start = cursor->at;
	if (!character_is_ascii_letter(peek(cursor))) {
		return false;
	}
	size_t len = skip_name(cursor);
	if (len >= sizeof(tag->name)) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		tag->name[i] = lower(cursor->text[start + i]);
	}
	tag->name[len] = '\0';
	return true;
}

bool tag_parse(struct arena *arena, const char *text, size_t len, struct tag *ret_tag)
{
	struct cursor cursor = {text, len, 1};
	struct tag tag;
	tag.is_close = false;
	tag.is_self_closing = false;
	tag.attribute_count = 0;
	if (!parse_name(&cursor, &tag)) {
		return false;
	}
	while (skip_space(&cursor) && is_name_byte(peek(&cursor))) {
		if (tag.is_close || !parse_attribute(arena, &cursor, &tag)) {
			return false;
		}
	}
	if (peek(&cursor) == '/' && !tag.is_close) {
		tag.is_self_closing = true;
		cursor.at++;
	}
	if (peek(&cursor) != '>') {
		return false;
	}
	tag.len = cursor.at + 1;
	*ret_tag = tag;
	return true;
}

const char *tag_attribute(const struct tag *tag, const char *name)
{
	for (size_t i = 0; i < tag->attribute_count; i++) {
		if (strcmp(tag->attributes[i].name, name) == 0) {
			return tag->attributes[i].value;
		}
	}
	return NULL;
}

/* Bytes that would end the value, the line, the cell or the caption the tag stands in. */
static bool needs_reference(unsigned char byte)
{
	return byte < ' ' || byte == 0x7f || strchr("\"&<>[]|\\`", byte) != NULL;
}

void tag_render_attribute(struct buf *out, const char *name, const char *value)
{
	if (value == NULL) {
		return;
	}
	buf_printf(out, " %s=\"", name);
	for (const char *at = value; *at != '\0'; at++) {
		switch (*at) {
		case '"': buf_puts(out, "&quot;"); break;
		case '<': buf_puts(out, "&lt;"); break;
		case '>': buf_puts(out, "&gt;"); break;
		case '&': {
			bool is_plain = !character_is_reference_like(at, strlen(at));
			buf_puts(out, is_plain ? "&" : "&amp;");
			break;
		}
		default:
			if (needs_reference((unsigned char)*at)) {
				character_append_reference(out, (unsigned char)*at);
			} else {
				buf_putc(out, *at);
			}
		}
	}
	buf_putc(out, '"');
}
