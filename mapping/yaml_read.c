/*
 * libyaml's events → values. libyaml counts characters, we want bytes as well: a table of where
 * each character starts is made first.
 */
#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

#include "mapping/utf8.h"
#include "mapping/yaml_value.h"

#define ONE_HEAD "a page has one head, remove the lines that start another document or a directive"

struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	struct diagnostics *diagnostics;
	unsigned first_line;
	const uint32_t *offsets; /* byte offset of each character, then the length */
	size_t character_count;
	const char *text;
};

static void cleanup_event(yaml_event_t *event)
{
	yaml_event_delete(event);
}

static void cleanup_keys(json_t **keys)
{
	json_decref(*keys);
}

#define fail_at(reader, mark, ...)                                     \
	(diagnostics_add((reader)->diagnostics, SEVERITY_ERROR,        \
			 (reader)->first_line + (unsigned)(mark).line, \
			 (unsigned)(mark).column + 1, __VA_ARGS__),    \
	 -EINVAL)

static size_t byte_offset(const struct reader *reader, const yaml_mark_t *mark)
{
	return reader->offsets[mark->index < reader->character_count ? mark->index
								     : reader->character_count];
}

/* What libyaml says is for programmers; say what the writer of the file can do. */
static int report_syntax(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem != NULL ? parser->problem : "unreadable";
	if (parser->error == YAML_READER_ERROR) {
		unsigned line = 0;
		unsigned column = 0;
		utf8_find_place(reader->text, parser->problem_offset, reader->first_line, &line,
				&column);
		diagnostics_add(reader->diagnostics, SEVERITY_ERROR, line, column,
				"a character that YAML does not allow, write it as \"\\x07\" in "
				"double quotes");
		return -EINVAL;
	}
	size_t offset = byte_offset(reader, &parser->problem_mark);
	if (reader->text[offset] == '\t' || strstr(problem, "tab character") != NULL) {
		return fail_at(reader, parser->problem_mark,
			       "a tab cannot indent YAML, use spaces");
	}
	if (strstr(problem, "document start") != NULL) {
		return fail_at(reader, parser->problem_mark, ONE_HEAD);
	}
	const char *context = parser->context != NULL ? parser->context : "";
	if (strchr("&*!%@`|>", reader->text[offset]) != NULL && reader->text[offset] != '\0') {
		return fail_at(reader, parser->problem_mark,
			       "'%c' has a meaning in YAML, put the value in double quotes",
			       reader->text[offset]);
	}
	return fail_at(reader, parser->problem_mark,
		       "this is no YAML (%s%s%s), write `key: value` and put values with special "
		       "characters in double quotes",
		       context, context[0] != '\0' ? ": " : "", problem);
}

static int next_event(struct reader *reader, yaml_event_t *ret_event)
{
	if (yaml_parser_parse(&reader->parser, ret_event) == 0) {
		memset(ret_event, 0, sizeof *ret_event);
		return report_syntax(reader);
	}
	return 0;
}

static int read_value(struct reader *reader, const yaml_event_t *event, unsigned depth,
		      struct yaml_value **ret_value);

static int read_children(struct reader *reader, struct yaml_value *parent, unsigned depth)
{
	bool is_map = parent->kind == YAML_MAP;
	__attribute__((cleanup(cleanup_keys))) json_t *keys = json_object();
	struct yaml_value *key = NULL;
	for (;;) {
		__attribute__((cleanup(cleanup_event))) yaml_event_t event = {0};
		int err = next_event(reader, &event);
		if (err < 0) {
			return err;
		}
		if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
			if (!parent->is_block) {
				parent->end = byte_offset(reader, &event.end_mark);
			} else if (parent->last != NULL) {
				parent->end = parent->last->end;
			}
			return 0;
		}
		struct yaml_value *value = NULL;
		err = read_value(reader, &event, depth + 1, &value);
		if (err < 0) {
			return err;
		}
		if (!is_map) {
			yaml_append(reader->arena, parent, NULL, value);
		} else if (key == NULL) {
			if (value->kind != YAML_SCALAR) {
				return fail_at(
					reader, event.start_mark,
					"a key is one word or a quoted string, put the value "
					"behind `key: `");
			}
			if (json_object_get(keys, value->text) != NULL) {
				return fail_at(
					reader, event.start_mark,
					"the key \"%s\" is there twice, remove one of the two",
					value->text);
			}
			(void)json_object_set_new(keys, value->text, json_true());
			key = value;
		} else {
			value->key = key;
			yaml_append(reader->arena, parent, NULL, value);
			key = NULL;
		}
	}
}

static int read_value(struct reader *reader, const yaml_event_t *event, unsigned depth,
		      struct yaml_value **ret_value)
{
	const yaml_char_t *anchor = NULL;
	const yaml_char_t *tag = NULL;
	struct yaml_value *value = yaml_new(reader->arena, YAML_SCALAR);
	value->start = byte_offset(reader, &event->start_mark);
	value->end = byte_offset(reader, &event->end_mark);
	value->line = reader->first_line + (unsigned)event->start_mark.line;
	value->column = (unsigned)event->start_mark.column + 1;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		value->len = event->data.scalar.length;
		value->text = arena_copy(reader->arena, (const char *)event->data.scalar.value,
					 value->len);
		value->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		value->is_block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
				  event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
		if (strlen(value->text) != value->len) {
			return fail_at(reader, event->start_mark,
				       "a NUL cannot be stored, remove the \"\\0\"");
		}
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		value->kind = YAML_LIST;
		value->is_block = event->data.sequence_start.style != YAML_FLOW_SEQUENCE_STYLE;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		value->kind = YAML_MAP;
		value->is_block = event->data.mapping_start.style != YAML_FLOW_MAPPING_STYLE;
		break;
	case YAML_ALIAS_EVENT:
		return fail_at(reader, event->start_mark,
			       "aliases (*%s) are not read here, write the value out or quote it",
			       (const char *)event->data.alias.anchor);
	default: return fail_at(reader, event->start_mark, "this is no value, write `key: value`");
	}
	if (anchor != NULL) {
		return fail_at(reader, event->start_mark,
			       "anchors (&%s) are not read here, remove it or quote the value",
			       (const char *)anchor);
	}
	if (tag != NULL) {
		return fail_at(reader, event->start_mark,
			       "tags (%s) are not read here, remove it or quote the value",
			       (const char *)tag);
	}
	if (depth > YAML_MAX_DEPTH) {
		return fail_at(reader, event->start_mark,
			       "nested deeper than %d levels, no property needs that",
			       YAML_MAX_DEPTH);
	}
	if (value->kind != YAML_SCALAR) {
		int err = read_children(reader, value, depth);
		if (err < 0) {
			return err;
		}
	}
	*ret_value = value;
	return 0;
}

static int read_stream(struct reader *reader, struct yaml_value **ret_map)
{
	struct yaml_value *map = NULL;
	for (;;) {
		__attribute__((cleanup(cleanup_event))) yaml_event_t event = {0};
		int err = next_event(reader, &event);
		if (err < 0) {
			return err;
		}
		switch (event.type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT: break;
		case YAML_DOCUMENT_START_EVENT:
			if (!event.data.document_start.implicit || map != NULL) {
				return fail_at(reader, event.start_mark, ONE_HEAD);
			}
			break;
		case YAML_STREAM_END_EVENT:
			*ret_map = map != NULL ? map : yaml_new(reader->arena, YAML_MAP);
			(*ret_map)->is_block = map == NULL || map->is_block;
			return 0;
		default:
			err = read_value(reader, &event, 0, &map);
			if (err < 0) {
				return err;
			}
			if (map->kind != YAML_MAP) {
				if (yaml_is_empty(map)) {
					map = yaml_new(reader->arena, YAML_MAP);
					map->is_block = true;
					break;
				}
				return fail_at(
					reader, event.start_mark,
					"the head is no list of properties, write `key: value` "
					"on each line");
			}
		}
	}
}

/* One entry a character and one for the end. */
static const uint32_t *character_offsets(struct arena *arena, const char *text, size_t len,
					 size_t *ret_count)
{
	uint32_t *offsets = arena_array(arena, len + 1, sizeof *offsets);
	size_t count = 0;
	for (size_t i = 0; i < len; i++) {
		if (((unsigned char)text[i] & 0xC0) != 0x80) {
			offsets[count++] = (uint32_t)i;
		}
	}
	offsets[count] = (uint32_t)len;
	*ret_count = count;
	return offsets;
}

int yaml_read(struct arena *arena, const char *text, size_t len, unsigned first_line,
	      struct diagnostics *diagnostics, struct yaml_value **ret_map)
{
	if (len > YAML_MAX_BYTES) {
		diagnostics_add(diagnostics, SEVERITY_ERROR, first_line, 0,
				"the head is larger than %zu bytes, move text into the body",
				YAML_MAX_BYTES);
		return -EINVAL;
	}
	if (!utf8_check(text, len, first_line, diagnostics)) {
		return -EINVAL;
	}
	struct reader reader = {.arena = arena,
				.diagnostics = diagnostics,
				.first_line = first_line,
				.text = arena_copy(arena, text, len)};
	reader.offsets = character_offsets(arena, text, len, &reader.character_count);
	if (yaml_parser_initialize(&reader.parser) == 0) {
		return -EINVAL;
	}
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text, len);
	int err = read_stream(&reader, ret_map);
	yaml_parser_delete(&reader.parser);
	return err;
}
