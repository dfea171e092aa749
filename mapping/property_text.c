/* Title and rich_text are inline marks (inline.h); url, email and phone_number are as they are. */
#include <errno.h>
#include <string.h>

#include "mapping/inline.h"
#include "mapping/json.h"
#include "mapping/json_value.h"
#include "mapping/property.h"

#define MAX_RUNS 100
#define URL_MAX_UNITS 2000
#define SHORT_MAX_UNITS 200

struct yaml_value *rich_text_show(const struct property_context *context, const json_t *items)
{
	struct rich_text text;
	if (rich_text_from_json(context->arena, items, &text) < 0) {
		return NULL;
	}
	CLEANUP(buf) struct buf marks;
	buf_init(&marks, YAML_MAX_BYTES);
	inline_render(&text, INLINE_VALUE, false, context->options->names, &marks);
	struct rich_text read_back;
	inline_parse(context->arena, marks.data, marks.len, INLINE_VALUE, context->options->names,
		     0, NULL, &read_back);
	if (!rich_text_equal(&text, &read_back)) {
		buf_clear(&marks);
		inline_render(&text, INLINE_VALUE, true, context->options->names, &marks);
	}
	return yaml_string(context->arena, marks.data, marks.len);
}

static struct yaml_value *show_rich_text(const struct property_context *context,
					 const struct property *property)
{
	return rich_text_show(context, property->value);
}

static bool can_be_written(const struct run *run)
{
	return run->kind != RUN_MENTION ||
	       (run->mention != MENTION_LINK_MENTION && run->mention != MENTION_LINK_PREVIEW &&
		run->mention != MENTION_OTHER);
}

static int read_rich_text(const struct property_context *context, const struct property *property,
			  const struct yaml_value *value, json_t **ret_value)
{
	const struct yaml_value *scalar = NULL;
	int err = property_scalar(context, property, value, &scalar);
	if (err < 0) {
		return err;
	}
	struct rich_text text;
	inline_parse(context->arena, scalar->text, scalar->len, INLINE_VALUE,
		     context->options->names, scalar->line, context->diagnostics, &text);
	for (size_t i = 0; i < text.count && context->diagnostics != NULL; i++) {
		if (!can_be_written(&text.runs[i])) {
			return property_error(context, scalar,
					      "\"%s\" holds a link preview that the API cannot "
					      "write, put a plain link in its place",
					      property->name);
		}
	}
	CLEANUP(json) json_t *items = rich_text_to_json(&text, BLOCK_SHAPE_CREATE);
	if (json_array_size(items) > MAX_RUNS) {
		return property_error(context, scalar,
				      "\"%s\" is too long or has too many changes of style "
				      "(%zu pieces, %d allowed), move text into the body",
				      property->name, json_array_size(items), MAX_RUNS);
	}
	*ret_value = steal(&items);
	return 0;
}

static struct yaml_value *show_string(const struct property_context *context,
				      const struct property *property)
{
	return json_is_string(property->value)
		       ? yaml_string(context->arena, json_string_value(property->value),
				     json_string_length(property->value))
		       : NULL;
}

static int read_string(const struct property_context *context, const struct property *property,
		       const struct yaml_value *value, json_t **ret_value)
{
	size_t max = strcmp(property->kind->type, "url") == 0 ? URL_MAX_UNITS : SHORT_MAX_UNITS;
	const struct yaml_value *scalar = NULL;
	int err = property_scalar(context, property, value, &scalar);
	if (err < 0) {
		return err;
	}
	if (utf16_length(scalar->text, scalar->len) > max) {
		return property_error(context, scalar,
				      "\"%s\" is longer than the %zu characters Notion keeps, "
				      "shorten it",
				      property->name, max);
	}
	*ret_value = json_text(scalar->text, scalar->len);
	return 0;
}

const struct property_kind property_text_kinds[] = {
	{"title", PROPERTY_WRITABLE, "[]", show_rich_text, read_rich_text, NULL},
	{"rich_text", PROPERTY_WRITABLE, "[]", show_rich_text, read_rich_text, NULL},
	{"url", PROPERTY_WRITABLE, "null", show_string, read_string, NULL},
	{"email", PROPERTY_WRITABLE, "null", show_string, read_string, NULL},
	{"phone_number", PROPERTY_WRITABLE, "null", show_string, read_string, NULL},
	{0},
};
