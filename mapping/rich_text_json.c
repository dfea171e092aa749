#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "mapping/json.h"
#include "mapping/json_value.h"
#include "mapping/mention_json.h"
#include "mapping/run_extra.h"

#define RUN_MAX_UNITS 2000 /* notion-api.md §3.2 */

static const struct {
	const char *key;
	unsigned style;
} style_keys[] = {
	{"bold", STYLE_BOLD},
	{"italic", STYLE_ITALIC},
	{"strikethrough", STYLE_STRIKETHROUGH},
	{"underline", STYLE_UNDERLINE},
	{"code", STYLE_CODE},
};

static void set_text(struct run *run, const char *text)
{
	run->text = text != NULL ? text : "";
	run->text_len = strlen(run->text);
}

static void read_annotations(struct arena *arena, const json_t *annotations, struct run *run)
{
	for (size_t i = 0; i < sizeof(style_keys) / sizeof(style_keys[0]); i++) {
		if (json_is_true(json_object_get(annotations, style_keys[i].key))) {
			run->style |= style_keys[i].style;
		}
	}
	const json_t *color = json_object_get(annotations, "color");
	if (json_is_string(color)) {
		enum color known =
			color_from_name(json_string_value(color), json_string_length(color));
		run->color = known != COLOR_COUNT ? known : COLOR_DEFAULT;
	}
	run->extra = run_extra_from_json(arena, annotations);
}

static void read_text(struct arena *arena, const json_t *item, struct run *run)
{
	const json_t *text = json_object_get(item, "text");
	const char *content = json_copy_member(arena, text, "content");
	if (content == NULL) {
		content = json_copy_member(arena, item, "plain_text");
	}
	set_text(run, content);
	const char *url = json_copy_member(arena, json_object_get(text, "link"), "url");
	run->link = url != NULL && url[0] != '\0' ? url : NULL;
}

/* A kind of run that a later API has. */
static bool is_other_kind(const json_t *item)
{
	const char *type = json_string_value(json_object_get(item, "type"));
	return type != NULL && strcmp(type, "text") != 0 && strcmp(type, "type") != 0 &&
	       json_is_object(json_object_get(item, type));
}

static void read_item(struct arena *arena, const json_t *item, struct run *ret_run)
{
	const json_t *equation = json_object_get(item, "equation");
	const json_t *mention = json_object_get(item, "mention");
	*ret_run = (struct run){.text = ""};
	read_annotations(arena, json_object_get(item, "annotations"), ret_run);
	if (json_is_object(equation)) {
		ret_run->kind = RUN_EQUATION;
		set_text(ret_run, json_copy_member(arena, equation, "expression"));
	} else if (json_is_object(mention)) {
		ret_run->kind = RUN_MENTION;
		set_text(ret_run, json_copy_member(arena, item, "plain_text"));
		mention_from_json(arena, mention, ret_run);
	} else if (is_other_kind(item)) {
		ret_run->kind = RUN_MENTION;
		ret_run->mention = MENTION_OTHER;
		ret_run->name = json_copy_member(arena, item, "type");
		ret_run->raw = json_copy_compact(arena, json_object_get(item, ret_run->name));
		set_text(ret_run, json_copy_member(arena, item, "plain_text"));
	} else {
		read_text(arena, item, ret_run);
	}
}

int rich_text_from_json(struct arena *arena, const json_t *items, struct rich_text *ret_text)
{
	struct rich_text text = {0};
	if (items != NULL && !json_is_array(items) && !json_is_null(items)) {
		return -EINVAL;
	}
	size_t count = json_array_size(items);
	text.runs = count > 0 ? arena_array(arena, count, sizeof(*text.runs)) : NULL;
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(items, i);
		if (!json_is_object(item)) {
			return -EINVAL;
		}
		read_item(arena, item, &text.runs[text.count++]);
	}
	rich_text_normalize(arena, &text);
	*ret_text = text;
	return 0;
}

static json_t *annotations_to_json(const struct run *run, enum block_shape shape)
{
	json_t *annotations = json_object();
	for (size_t i = 0; i < sizeof(style_keys) / sizeof(style_keys[0]); i++) {
		bool is_set = (run->style & style_keys[i].style) != 0;
		if (is_set || shape == BLOCK_SHAPE_READ) {
			json_object_set_new(annotations, style_keys[i].key, json_boolean(is_set));
		}
	}
	if (run->color != COLOR_DEFAULT || shape == BLOCK_SHAPE_READ) {
		json_object_set_new(annotations, "color", json_string(color_name(run->color)));
	}
	run_extra_to_json(annotations, run->extra);
	return annotations;
}

static json_t *link_to_json(const struct run *run)
{
	return json_object_of("url", json_text_string(run->link));
}

static json_t *text_to_json(const struct run *run, const char *bytes, size_t len,
			    enum block_shape shape)
{
	json_t *text = json_object_of("content", json_text(bytes, len));
	if (run->link != NULL) {
		json_object_set_new(text, "link", link_to_json(run));
	} else if (shape == BLOCK_SHAPE_READ) {
		json_object_set_new(text, "link", json_null());
	}
	return text;
}

static json_t *href_to_json(const struct run *run)
{
	if (run->kind == RUN_TEXT && run->link != NULL) {
		return json_text_string(run->link);
	}
	return run->kind == RUN_MENTION ? mention_href(run) : json_null();
}

static void append_item(json_t *items, const struct run *run, const char *bytes, size_t len,
			enum block_shape shape)
{
	json_t *item = json_object();
	if (run->kind == RUN_TEXT) {
		json_set_typed(item, "text", text_to_json(run, bytes, len, shape));
	} else if (run->kind == RUN_EQUATION) {
		json_set_typed(item, "equation",
			       json_object_of("expression", json_text(bytes, len)));
	} else if (run->mention == MENTION_OTHER && run->name != NULL) {
		json_t *object = json_from_raw(run->raw);
		json_set_typed(item, run->name, object != NULL ? object : json_object());
	} else {
		json_set_typed(item, "mention", mention_to_json(run, shape));
	}
	if (shape == BLOCK_SHAPE_READ) {
		json_object_set_new(item, "annotations", annotations_to_json(run, shape));
		json_object_set_new(item, "plain_text", json_text(bytes, len));
		json_object_set_new(item, "href", href_to_json(run));
		json_array_append_new(items, item);
		return;
	}
	if (run->style != 0 || run->color != COLOR_DEFAULT || run->extra != NULL) {
		json_object_set_new(item, "annotations", annotations_to_json(run, shape));
	}
	/* The label says nothing to the API, which takes it; it is for whoever reads the JSON. */
	if (shape == BLOCK_SHAPE_PARSE && run->kind == RUN_MENTION && run->text_len > 0) {
		json_object_set_new(item, "plain_text", json_text(bytes, len));
	}
	json_array_append_new(items, item);
}

/* The longest beginning of whole characters within RUN_MAX_UNITS. */
static size_t piece_length(const char *bytes, size_t len)
{
	if (len <= RUN_MAX_UNITS) {
		return len;
	}
	size_t units = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		unsigned more = (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
		if (units + more > RUN_MAX_UNITS) {
			return i;
		}
		units += more;
	}
	return len;
}

json_t *rich_text_to_json(const struct rich_text *text, enum block_shape shape)
{
	json_t *items = json_array();
	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		if (run->kind != RUN_TEXT || shape == BLOCK_SHAPE_READ) {
			append_item(items, run, run->text, run->text_len, shape);
			continue;
		}
		for (size_t at = 0; at < run->text_len;) {
			size_t len = piece_length(run->text + at, run->text_len - at);
			append_item(items, run, run->text + at, len, shape);
			at += len;
		}
	}
	return items;
}

char *rich_text_plain(const struct rich_text *text)
{
	size_t len = 0;
	for (size_t i = 0; i < text->count; i++) {
		len += text->runs[i].text_len;
	}
	char *plain = malloc(len + 1);
	if (plain == NULL) {
		abort();
	}
	char *end = plain;
	for (size_t i = 0; i < text->count; i++) {
		memcpy(end, text->runs[i].text, text->runs[i].text_len);
		end += text->runs[i].text_len;
	}
	*end = '\0';
	return plain;
}
