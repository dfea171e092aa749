#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/json.h"
#include "mapping/json_value.h"

/* What a type's object may hold besides what is read by its own case of read_special. */
enum {
	FIELD_TEXT = 1 << 0,
	FIELD_CAPTION = 1 << 1,
	FIELD_COLOR = 1 << 2,
	FIELD_ICON = 1 << 3,
	FIELD_TOGGLEABLE = 1 << 4,
	FIELD_CHECKED = 1 << 5,
};

static const unsigned type_fields[BLOCK_TYPE_COUNT] = {
	[BLOCK_PARAGRAPH] = FIELD_TEXT | FIELD_COLOR | FIELD_ICON,
	[BLOCK_HEADING_1] = FIELD_TEXT | FIELD_COLOR | FIELD_TOGGLEABLE,
	[BLOCK_HEADING_2] = FIELD_TEXT | FIELD_COLOR | FIELD_TOGGLEABLE,
	[BLOCK_HEADING_3] = FIELD_TEXT | FIELD_COLOR | FIELD_TOGGLEABLE,
	[BLOCK_HEADING_4] = FIELD_TEXT | FIELD_COLOR | FIELD_TOGGLEABLE,
	[BLOCK_BULLETED_LIST_ITEM] = FIELD_TEXT | FIELD_COLOR,
	[BLOCK_NUMBERED_LIST_ITEM] = FIELD_TEXT | FIELD_COLOR,
	[BLOCK_TO_DO] = FIELD_TEXT | FIELD_COLOR | FIELD_CHECKED,
	[BLOCK_TOGGLE] = FIELD_TEXT | FIELD_COLOR,
	[BLOCK_QUOTE] = FIELD_TEXT | FIELD_COLOR,
	[BLOCK_CALLOUT] = FIELD_TEXT | FIELD_COLOR | FIELD_ICON,
	[BLOCK_CODE] = FIELD_TEXT | FIELD_CAPTION,
	[BLOCK_TABLE_OF_CONTENTS] = FIELD_COLOR,
	[BLOCK_BOOKMARK] = FIELD_CAPTION,
	[BLOCK_EMBED] = FIELD_CAPTION,
	[BLOCK_IMAGE] = FIELD_CAPTION,
	[BLOCK_VIDEO] = FIELD_CAPTION,
	[BLOCK_AUDIO] = FIELD_CAPTION,
	[BLOCK_PDF] = FIELD_CAPTION,
	[BLOCK_FILE] = FIELD_CAPTION,
	[BLOCK_TEMPLATE] = FIELD_TEXT,
};

/* Keys our fields stand for; any other is kept in `raw`. A key with a field counts only where the
 * type has it. */
static const struct {
	const char *key;
	unsigned field;
} known_keys[] = {
	{"rich_text", FIELD_TEXT},
	{"color", FIELD_COLOR},
	{"caption", FIELD_CAPTION},
	{"icon", FIELD_ICON},
	{"checked", FIELD_CHECKED},
	{"is_toggleable", FIELD_TOGGLEABLE},
	{"table_width", 0},
	{"has_column_header", 0},
	{"has_row_header", 0},
	{"cells", 0},
	{"language", 0},
	{"expression", 0},
	{"url", 0},
	{"type", 0},
	{"external", 0},
	{"file_upload", 0},
	{"name", 0},
	{"page_id", 0},
	{"database_id", 0},
	{"comment_id", 0},
	{"synced_from", 0},
	{"width_ratio", 0},
	{"title", 0},
	{"children", 0},
	{"list_start_index", 0},
	{"list_format", 0},
	{"block_type", 0},
};

static bool is_known_key(const char *key, unsigned fields)
{
	for (size_t i = 0; i < sizeof(known_keys) / sizeof(known_keys[0]); i++) {
		if (strcmp(key, known_keys[i].key) == 0) {
			return (known_keys[i].field & fields) == known_keys[i].field;
		}
	}
	return false;
}

static bool is_opaque(enum block_type type)
{
	return type == BLOCK_MEETING_NOTES || type == BLOCK_TRANSCRIPTION ||
	       type == BLOCK_UNSUPPORTED || type == BLOCK_AI_BLOCK || type == BLOCK_OTHER;
}

/* Is there anything in the payload that our fields don't hold? */
static bool needs_raw(const struct block *block, const json_t *payload)
{
	if (is_opaque(block->type)) {
		return true;
	}
	const json_t *color = json_object_get(payload, "color");
	if (json_is_string(color) && strcmp(json_string_value(color), color_name(block->color))) {
		return true;
	}
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)payload, key, value) {
		if (!is_known_key(key, type_fields[block->type])) {
			return true;
		}
	}
	return false;
}

static const char *raw_payload(struct arena *arena, const struct block *block,
			       const json_t *payload)
{
	if (!needs_raw(block, payload)) {
		return NULL;
	}
	CLEANUP(json) json_t *kept = json_copy((json_t *)payload);
	if (json_is_array(json_object_get(kept, "children"))) {
		json_object_del(kept, "children");
	}
	return json_copy_compact(arena, kept);
}

/* The shortest text that reads back as the same number. */
static const char *number_text(struct arena *arena, const json_t *value)
{
	char text[32] = "";
	if (!json_is_number(value)) {
		return NULL;
	}
	double number = json_number_value(value);
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, number);
		double again = strtod(text, NULL);
		if (!(again < number) && !(again > number)) {
			break;
		}
	}
	return arena_copy(arena, text, strlen(text));
}

static bool is_media(enum block_type type)
{
	return type == BLOCK_IMAGE || type == BLOCK_VIDEO || type == BLOCK_AUDIO ||
	       type == BLOCK_PDF || type == BLOCK_FILE;
}

static void read_media(struct arena *arena, const json_t *payload, struct block *block)
{
	const json_t *file = json_object_get(payload, "file");
	const json_t *external = json_object_get(payload, "external");
	const json_t *upload = json_object_get(payload, "file_upload");
	block->name = json_copy_member(arena, payload, "name");
	if (json_is_object(external)) {
		block->media = MEDIA_EXTERNAL;
		block->url = json_copy_member(arena, external, "url");
	} else if (json_is_object(upload)) {
		block->media = MEDIA_FILE_UPLOAD;
		block->url = json_copy_member(arena, upload, "id");
	} else if (json_is_object(file)) {
		const char *url = json_copy_member(arena, file, "url");
		block->media = MEDIA_FILE;
		if (url != NULL) {
			/* the signature in the query changes at each read */
			block->url = arena_copy(arena, url, strcspn(url, "?"));
		}
	}
	if (block->media != MEDIA_NONE && block->url == NULL) {
		block->url = "";
	}
}

static void read_target(const json_t *payload, struct block *block)
{
	static const char *const keys[] = {
		[LINK_TO_PAGE_ID] = "page_id",
		[LINK_TO_DATABASE_ID] = "database_id",
		[LINK_TO_COMMENT_ID] = "comment_id",
	};
	for (int i = 0; i < 3; i++) {
		if (json_read_uuid(json_object_get(payload, keys[i]), &block->target)) {
			block->link_target = (enum link_target)i;
			return;
		}
	}
}

static int read_cells(struct arena *arena, const json_t *cells, struct block *block)
{
	if (cells != NULL && !json_is_array(cells)) {
		return -EINVAL;
	}
	block->cell_count = json_array_size(cells);
	block->cells = arena_array(arena, block->cell_count + 1, sizeof(*block->cells));
	for (size_t i = 0; i < block->cell_count; i++) {
		int err = rich_text_from_json(arena, json_array_get(cells, i), &block->cells[i]);
		if (err != 0) {
			return err;
		}
	}
	return 0;
}

static unsigned read_unsigned(const json_t *value)
{
	json_int_t number = json_integer_value(value);
	return number > 0 && number <= UINT32_MAX ? (unsigned)number : 0;
}

static void read_color(struct arena *arena, const json_t *color, struct block *block)
{
	enum color known = COLOR_COUNT;
	if (json_is_string(color)) {
		known = color_from_name(json_string_value(color), json_string_length(color));
	}
	block->color = known != COLOR_COUNT ? known : COLOR_DEFAULT;
	block->color_name = known != COLOR_COUNT ? NULL : json_copy_string(arena, color);
}

/* Fields of single types; what several have is read by read_payload. */
static int read_special(struct arena *arena, const json_t *payload, struct block *block)
{
	const json_t *synced_from;
	switch (block->type) {
	case BLOCK_CODE:
		block->language = json_copy_member(arena, payload, "language");
		if (block->language == NULL) {
			block->language = "plain text";
		}
		return 0;
	case BLOCK_EQUATION:
		block->expression = json_copy_member(arena, payload, "expression");
		if (block->expression == NULL) {
			block->expression = "";
		}
		return 0;
	case BLOCK_NUMBERED_LIST_ITEM:
		block->list_start_index =
			read_unsigned(json_object_get(payload, "list_start_index"));
		block->list_format = json_copy_member(arena, payload, "list_format");
		return 0;
	case BLOCK_TABLE:
		block->table_width = read_unsigned(json_object_get(payload, "table_width"));
		block->has_column_header =
			json_is_true(json_object_get(payload, "has_column_header"));
		block->has_row_header = json_is_true(json_object_get(payload, "has_row_header"));
		return 0;
	case BLOCK_TABLE_ROW: return read_cells(arena, json_object_get(payload, "cells"), block);
	case BLOCK_COLUMN:
		block->width_ratio = number_text(arena, json_object_get(payload, "width_ratio"));
		return 0;
	case BLOCK_SYNCED_BLOCK:
		synced_from = json_object_get(payload, "synced_from");
		block->is_synced_copy =
			json_read_uuid(json_object_get(synced_from, "block_id"), &block->target);
		return 0;
	case BLOCK_LINK_TO_PAGE: read_target(payload, block); return 0;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE:
		block->name = json_copy_member(arena, payload, "title");
		if (block->name == NULL) {
			block->name = "";
		}
		return 0;
	case BLOCK_UNSUPPORTED:
		block->block_type = json_copy_member(arena, payload, "block_type");
		return 0;
	case BLOCK_BOOKMARK:
	case BLOCK_EMBED:
	case BLOCK_LINK_PREVIEW:
		block->url = json_copy_member(arena, payload, "url");
		if (block->url == NULL) {
			block->url = "";
		}
		return 0;
	default:
		if (is_media(block->type)) {
			read_media(arena, payload, block);
		}
		return 0;
	}
}

static int read_fields(struct arena *arena, const json_t *payload, struct block *block)
{
	unsigned fields = type_fields[block->type];
	int err = 0;
	if ((fields & FIELD_TEXT) != 0) {
		err = rich_text_from_json(arena, json_object_get(payload, "rich_text"),
					  &block->text);
	}
	if (err == 0 && (fields & FIELD_CAPTION) != 0) {
		err = rich_text_from_json(arena, json_object_get(payload, "caption"),
					  &block->caption);
	}
	if ((fields & FIELD_COLOR) != 0) {
		read_color(arena, json_object_get(payload, "color"), block);
	}
	const json_t *icon = json_object_get(payload, "icon");
	if ((fields & FIELD_ICON) != 0 && icon_from_json(arena, icon, &block->icon) != 0) {
		block->icon = (struct icon){0};
	}
	block->checked =
		(fields & FIELD_CHECKED) != 0 && json_is_true(json_object_get(payload, "checked"));
	block->is_toggleable = (fields & FIELD_TOGGLEABLE) != 0 &&
			       json_is_true(json_object_get(payload, "is_toggleable"));
	return err;
}

static int read_payload(struct arena *arena, const json_t *payload, struct block *block)
{
	int err = read_fields(arena, payload, block);
	if (err == 0) {
		err = read_special(arena, payload, block);
	}
	if (err == 0) {
		block->raw = raw_payload(arena, block, payload);
	}
	return err;
}

/* `type`, or the one key that names a block type. NULL when it is no block. */
static const char *type_of(const json_t *object)
{
	const char *type = json_string_value(json_object_get(object, "type"));
	if (type != NULL) {
		return type;
	}
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)object, key, value) {
		if (block_type_from_name(key, strlen(key)) != BLOCK_OTHER) {
			return key;
		}
	}
	return NULL;
}

static int read_blocks(struct block_tree *tree, const json_t *items, struct block *parent,
		       int depth);

static int read_block(struct block_tree *tree, const json_t *object, struct block *parent,
		      int depth)
{
	const char *type = json_is_object(object) ? type_of(object) : NULL;
	if (type == NULL) {
		return -EINVAL;
	}
	struct block *block = block_append(tree, parent, block_type_from_name(type, strlen(type)));
	if (block->type == BLOCK_OTHER) {
		block->block_type = arena_copy(&tree->arena, type, strlen(type));
	}
	block->has_id = json_read_uuid(json_object_get(object, "id"), &block->id);
	block->has_children = json_is_true(json_object_get(object, "has_children"));
	const json_t *payload = json_object_get(object, type);
	int err = read_payload(&tree->arena, payload, block);
	if (err != 0) {
		return err;
	}
	const json_t *children = json_object_get(object, "children");
	if (!json_is_array(children)) {
		children = json_object_get(payload, "children");
	}
	if (json_array_size(children) == 0) {
		return 0;
	}
	block->has_children = true;
	return read_blocks(tree, children, block, depth + 1);
}

static int read_blocks(struct block_tree *tree, const json_t *items, struct block *parent,
		       int depth)
{
	if (depth > BLOCK_TREE_MAX_DEPTH) {
		return -ELOOP;
	}
	for (size_t i = 0; i < json_array_size(items); i++) {
		int err = read_block(tree, json_array_get(items, i), parent, depth);
		if (err != 0) {
			return err;
		}
	}
	return 0;
}

int block_tree_from_json(const json_t *blocks, struct block_tree **ret_tree)
{
	const json_t *items = json_is_object(blocks) ? json_object_get(blocks, "results") : blocks;
	if (!json_is_array(items)) {
		return -EINVAL;
	}
	CLEANUP(block_tree) struct block_tree *tree = block_tree_new();
	int err = read_blocks(tree, items, &tree->root, 1);
	if (err == 0) {
		*ret_tree = steal(&tree);
	}
	return err;
}
