#include <stdlib.h>
#include <string.h>

#include "mapping/json.h"
#include "mapping/json_value.h"
#include "mapping/payload_json.h"

/* Types whose PATCH needs its rich_text although it may not have changed. */
static bool requires_text(enum block_type type)
{
	switch (type) {
	case BLOCK_HEADING_1:
	case BLOCK_HEADING_2:
	case BLOCK_HEADING_3:
	case BLOCK_HEADING_4:
	case BLOCK_BULLETED_LIST_ITEM:
	case BLOCK_NUMBERED_LIST_ITEM:
	case BLOCK_TOGGLE:
	case BLOCK_QUOTE:
	case BLOCK_TEMPLATE: return true;
	default: return false;
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_icon(const struct block *from, const struct block *to)
{
	struct block a = {.icon = from->icon};
	struct block b = {.icon = to->icon};
	return block_payload_equal(&a, &b);
}

static bool same_source(const struct block *from, const struct block *to)
{
	struct block a = {.media = from->media, .url = from->url};
	struct block b = {.media = to->media, .url = to->url};
	return block_payload_equal(&a, &b);
}

static bool same_cells(const struct block *from, const struct block *to)
{
	struct block a = {.cells = from->cells, .cell_count = from->cell_count};
	struct block b = {.cells = to->cells, .cell_count = to->cell_count};
	return block_payload_equal(&a, &b);
}

static bool same_ratio(const struct block *from, const struct block *to)
{
	struct block a = {.width_ratio = from->width_ratio};
	struct block b = {.width_ratio = to->width_ratio};
	return block_payload_equal(&a, &b);
}

static void add_flag(json_t *payload, const char *key, bool from, bool to)
{
	if (from != to) {
		json_object_set_new(payload, key, json_boolean(to));
	}
}

static void add_string(json_t *payload, const char *key, const char *from, const char *to)
{
	if (!same_text(from, to) && to != NULL) {
		json_object_set_new(payload, key, json_text_string(to));
	}
}

static void add_single(json_t *payload, const struct block *from, const struct block *to)
{
	add_flag(payload, "checked", from->checked, to->checked);
	add_flag(payload, "is_toggleable", from->is_toggleable, to->is_toggleable);
	add_flag(payload, "has_column_header", from->has_column_header, to->has_column_header);
	add_flag(payload, "has_row_header", from->has_row_header, to->has_row_header);
	add_string(payload, "language", from->language, to->language);
	add_string(payload, "expression", from->expression, to->expression);
	if (to->media == MEDIA_NONE) {
		add_string(payload, "url", from->url, to->url);
	} else if (to->media != MEDIA_FILE && !same_source(from, to)) {
		payload_set_source(payload, to);
	}
	if (to->type == BLOCK_FILE) {
		add_string(payload, "name", from->name, to->name);
	}
	if (!same_cells(from, to)) {
		json_object_set_new(payload, "cells", payload_cells(to, BLOCK_SHAPE_CREATE));
	}
	if (!same_ratio(from, to) && to->width_ratio != NULL) {
		json_object_set_new(payload, "width_ratio",
				    json_real(strtod(to->width_ratio, NULL)));
	}
}

static void add_common(json_t *payload, const struct block *from, const struct block *to)
{
	if (!rich_text_equal(&from->text, &to->text)) {
		json_object_set_new(payload, "rich_text",
				    rich_text_to_json(&to->text, BLOCK_SHAPE_CREATE));
	}
	if (!rich_text_equal(&from->caption, &to->caption)) {
		json_object_set_new(payload, "caption",
				    rich_text_to_json(&to->caption, BLOCK_SHAPE_CREATE));
	}
	if (from->color != to->color || !same_text(from->color_name, to->color_name)) {
		const char *name = to->color_name != NULL ? to->color_name : color_name(to->color);
		json_object_set_new(payload, "color", json_text_string(name));
	}
	if (!same_icon(from, to) && to->icon.kind != ICON_NONE) {
		json_object_set_new(payload, "icon", icon_to_json(&to->icon, BLOCK_SHAPE_CREATE));
	}
}

json_t *block_update_json(const struct block *from, const struct block *to)
{
	if (!block_type_is_updatable(to->type) || to->type == BLOCK_LINK_TO_PAGE) {
		return json_object();
	}
	json_t *payload = json_object();
	add_common(payload, from, to);
	add_single(payload, from, to);
	if (json_object_size(payload) == 0) {
		json_decref(payload);
		return json_object();
	}
	if (requires_text(to->type) && json_object_get(payload, "rich_text") == NULL) {
		json_object_set_new(payload, "rich_text",
				    rich_text_to_json(&to->text, BLOCK_SHAPE_CREATE));
	}
	return json_object_of(block_type_name(to->type), payload);
}
