#include "mapping/payload_json.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/json_value.h"

/* json_object_set_new under a name that fits a line. */
static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static void set_rich_text(json_t *payload, const struct block *block, enum block_shape shape)
{
	set(payload, "rich_text", rich_text_to_json(&block->text, shape));
}

static void set_caption(json_t *payload, const struct block *block, enum block_shape shape)
{
	if (block->caption.count > 0 || shape == BLOCK_SHAPE_READ) {
		set(payload, "caption", rich_text_to_json(&block->caption, shape));
	}
}

static void set_color(json_t *payload, const struct block *block, enum block_shape shape)
{
	if (block->color_name != NULL) {
		set(payload, "color", json_text_string(block->color_name));
	} else if (block->color != COLOR_DEFAULT || shape == BLOCK_SHAPE_READ) {
		set(payload, "color", json_string(color_name(block->color)));
	}
}

static void set_icon(json_t *payload, const struct block *block, enum block_shape shape)
{
	if (block->icon.kind != ICON_NONE || shape == BLOCK_SHAPE_READ) {
		set(payload, "icon", icon_to_json(&block->icon, shape));
	}
}

static void set_toggleable(json_t *payload, const struct block *block, enum block_shape shape)
{
	if (block->is_toggleable || shape == BLOCK_SHAPE_READ) {
		set(payload, "is_toggleable", json_boolean(block->is_toggleable));
	}
}

/* Read-only in the API: never in what is created. */
static void set_list(json_t *payload, const struct block *block, enum block_shape shape)
{
	if (shape == BLOCK_SHAPE_CREATE) {
		return;
	}
	if (block->list_start_index != 0) {
		set(payload, "list_start_index", json_integer(block->list_start_index));
	}
	if (block->list_format != NULL) {
		set(payload, "list_format", json_text_string(block->list_format));
	}
}

json_t *payload_cells(const struct block *block, enum block_shape shape)
{
	json_t *cells = json_array();
	for (size_t i = 0; i < block->cell_count; i++) {
		json_array_append_new(cells, rich_text_to_json(&block->cells[i], shape));
	}
	return cells;
}

static json_t *hosted_file(const struct block *block)
{
	CLEANUP(json) json_t *raw = json_from_raw(block->raw);
	json_t *file = json_object_get(raw, "file");
	const char *url = json_string_value(json_object_get(file, "url"));
	size_t len = strlen(block->url);
	/* the signature and its expiry belong to this URL only */
	if (url != NULL && strncmp(url, block->url, len) == 0 &&
	    (url[len] == '?' || url[len] == '\0')) {
		return json_incref(file);
	}
	return json_object_of("url", json_text_string(block->url));
}

void payload_set_source(json_t *payload, const struct block *block)
{
	switch (block->media) {
	case MEDIA_NONE: break;
	case MEDIA_EXTERNAL:
		set(payload, "external", json_object_of("url", json_text_string(block->url)));
		break;
	case MEDIA_FILE: set(payload, "file", hosted_file(block)); break;
	case MEDIA_FILE_UPLOAD:
		set(payload, "file_upload", json_object_of("id", json_text_string(block->url)));
		break;
	}
}

static const char *source_type(enum media_kind media)
{
	return media == MEDIA_FILE	    ? "file"
	       : media == MEDIA_FILE_UPLOAD ? "file_upload"
					    : "external";
}

static void set_media(json_t *payload, const struct block *block, enum block_shape shape)
{
	set_caption(payload, block, shape);
	if (block->media != MEDIA_NONE) {
		set(payload, "type", json_string(source_type(block->media)));
		payload_set_source(payload, block);
	}
	if (block->name != NULL) {
		set(payload, "name", json_text_string(block->name));
	}
}

void payload_set_target(json_t *payload, const struct block *block)
{
	static const char *const keys[] = {
		[LINK_TO_PAGE_ID] = "page_id",
		[LINK_TO_DATABASE_ID] = "database_id",
		[LINK_TO_COMMENT_ID] = "comment_id",
	};
	const char *key = keys[block->link_target];
	json_set_typed(payload, key, json_uuid(&block->target));
}

static json_t *synced_from(const struct block *block)
{
	if (!block->is_synced_copy) {
		return json_null();
	}
	json_t *from = json_object();
	json_set_typed(from, "block_id", json_uuid(&block->target));
	return from;
}

static void set_fields(json_t *payload, const struct block *block, enum block_shape shape)
{
	switch (block->type) {
	case BLOCK_PARAGRAPH:
	case BLOCK_CALLOUT:
		set_rich_text(payload, block, shape);
		set_icon(payload, block, shape);
		set_color(payload, block, shape);
		break;
	case BLOCK_HEADING_1:
	case BLOCK_HEADING_2:
	case BLOCK_HEADING_3:
	case BLOCK_HEADING_4:
		set_rich_text(payload, block, shape);
		set_toggleable(payload, block, shape);
		set_color(payload, block, shape);
		break;
	case BLOCK_NUMBERED_LIST_ITEM:
		set_rich_text(payload, block, shape);
		set_color(payload, block, shape);
		set_list(payload, block, shape);
		break;
	case BLOCK_BULLETED_LIST_ITEM:
	case BLOCK_TOGGLE:
	case BLOCK_QUOTE:
		set_rich_text(payload, block, shape);
		set_color(payload, block, shape);
		break;
	case BLOCK_TO_DO:
		set_rich_text(payload, block, shape);
		set(payload, "checked", json_boolean(block->checked));
		set_color(payload, block, shape);
		break;
	case BLOCK_CODE:
		set_caption(payload, block, shape);
		set_rich_text(payload, block, shape);
		set(payload, "language", json_text_string(block->language));
		break;
	case BLOCK_EQUATION: set(payload, "expression", json_text_string(block->expression)); break;
	case BLOCK_TABLE_OF_CONTENTS: set_color(payload, block, shape); break;
	case BLOCK_BOOKMARK:
	case BLOCK_EMBED:
		set_caption(payload, block, shape);
		set(payload, "url", json_text_string(block->url));
		break;
	case BLOCK_IMAGE:
	case BLOCK_VIDEO:
	case BLOCK_AUDIO:
	case BLOCK_PDF:
	case BLOCK_FILE: set_media(payload, block, shape); break;
	case BLOCK_TABLE:
		set(payload, "table_width", json_integer(block->table_width));
		set(payload, "has_column_header", json_boolean(block->has_column_header));
		set(payload, "has_row_header", json_boolean(block->has_row_header));
		break;
	case BLOCK_TABLE_ROW: set(payload, "cells", payload_cells(block, shape)); break;
	case BLOCK_COLUMN:
		if (block->width_ratio != NULL) {
			set(payload, "width_ratio", json_real(strtod(block->width_ratio, NULL)));
		}
		break;
	case BLOCK_SYNCED_BLOCK: set(payload, "synced_from", synced_from(block)); break;
	case BLOCK_LINK_TO_PAGE: payload_set_target(payload, block); break;
	case BLOCK_TEMPLATE: set_rich_text(payload, block, shape); break;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE: set(payload, "title", json_text_string(block->name)); break;
	case BLOCK_LINK_PREVIEW: set(payload, "url", json_text_string(block->url)); break;
	case BLOCK_UNSUPPORTED:
		if (block->block_type != NULL) {
			set(payload, "block_type", json_text_string(block->block_type));
		}
		break;
	case BLOCK_DIVIDER:
	case BLOCK_BREADCRUMB:
	case BLOCK_COLUMN_LIST:
	case BLOCK_TAB:
	case BLOCK_MEETING_NOTES:
	case BLOCK_TRANSCRIPTION:
	case BLOCK_AI_BLOCK:
	case BLOCK_OTHER:
	case BLOCK_TYPE_COUNT: break;
	}
}

/* Adds the keys we have no field for. */
static void add_raw(json_t *payload, const struct block *block)
{
	CLEANUP(json) json_t *raw = json_from_raw(block->raw);
	if (!json_is_object(raw)) {
		return;
	}
	if (block->media != MEDIA_FILE) {
		json_object_del(raw, "file");
	}
	json_object_update_missing(payload, raw);
}

json_t *payload_to_json(const struct block *block, enum block_shape shape)
{
	json_t *payload = json_object();
	set_fields(payload, block, shape);
	if (shape == BLOCK_SHAPE_READ) {
		add_raw(payload, block);
	}
	return payload;
}
