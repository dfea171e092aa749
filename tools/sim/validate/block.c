#include "tools/sim/validate/block.h"

#include <string.h>

#include "tools/sim/validate.h"
#include "tools/sim/validate/block_type.h"
#include "tools/sim/validate/value.h"

#define CHILDREN_MAX 100
#define DEEPEST_TIER 3
#define WRONG_CELLS "Number of cells in table row must match the table width of the parent table"

/* What may stand in an array of blocks. */
struct place {
	unsigned tier;
	size_t min;
	const char *only;	   /* NULL is every type of the tier */
	const json_t *table_width; /* for rows */
	bool any_parent;	   /* the top array, whose parent isn't known */
};

static void check_blocks(struct validate_report *report, const json_t *children,
			 const struct place *place);

static bool place_takes(const struct place *place, const struct block_type *type)
{
	return place->only == NULL ? type->deepest_tier >= place->tier
				   : strcmp(place->only, type->name) == 0;
}

/* The type whose key the block has; the other keys are reported. */
static const struct block_type *check_keys(struct validate_report *report, const json_t *block,
					   const struct place *place)
{
	const struct block_type *found = NULL;
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)block, key, value) {
		const struct block_type *type = block_type_find(key);
		if (found == NULL && type != NULL && place_takes(place, type)) {
			found = type;
		} else if (strcmp(key, "type") != 0 && strcmp(key, "object") != 0) {
			size_t mark = report_enter_key(report, key);
			report_expected(report, "not present", value);
			report_leave(report, mark);
		}
	}
	for (const struct block_type *type = block_types; found == NULL && type->name != NULL;
	     type++) {
		if (place_takes(place, type)) {
			size_t mark = report_enter_key(report, type->name);
			report_expected(report, "defined", NULL);
			report_leave(report, mark);
		}
	}
	return found;
}

static void refuse_children(struct validate_report *report, const json_t *children)
{
	if (children != NULL) {
		report_expected(report, "not present", children);
	}
}

/* The children of a block of `type` that itself stands in `tier`. */
static void check_children(struct validate_report *report, const json_t *payload,
			   const struct block_type *type, unsigned tier)
{
	const json_t *children = json_object_get(payload, "children");
	struct place place = {.tier = tier + 1};
	bool required = true;
	switch (type->children) {
	case CHILDREN_NONE: refuse_children(report, children); return;
	case CHILDREN_ROWS:
		place.only = "table_row";
		place.min = 1;
		place.table_width = json_object_get(payload, "table_width");
		break;
	case CHILDREN_COLUMNS:
		/* Columns don't count as a level. */
		place.only = "column";
		place.min = 2;
		place.tier = tier;
		break;
	case CHILDREN_OF_COLUMN: break;
	case CHILDREN_PARAGRAPHS:
		if (tier == DEEPEST_TIER) {
			refuse_children(report, children);
			return;
		}
		place.only = "paragraph";
		place.min = 1;
		break;
	case CHILDREN_ANY:
	case CHILDREN_TOGGLE:
		if (tier == DEEPEST_TIER) {
			refuse_children(report, children);
			return;
		}
		required = false;
		if (type->children == CHILDREN_TOGGLE && json_array_size(children) > 0 &&
		    !json_is_true(json_object_get(payload, "is_toggleable"))) {
			report_content(report, "Block does not support children.");
		}
		break;
	}
	if (children != NULL) {
		check_blocks(report, children, &place);
	} else if (required) {
		report_expected(report, "defined", NULL);
	}
}

static void check_cells(struct validate_report *report, const json_t *row,
			const struct place *place)
{
	if (place->only == NULL && !place->any_parent) {
		report_content(report, "A table_row can only be created in a table.");
	} else if (json_is_integer(place->table_width) &&
		   (json_int_t)json_array_size(json_object_get(row, "cells")) !=
			   json_integer_value(place->table_width)) {
		report_content(report, WRONG_CELLS);
	}
}

static void check_block(struct validate_report *report, const json_t *block,
			const struct place *place)
{
	report->block_count++;
	if (!json_is_object(block)) {
		report_expected(report, "an object", block);
		return;
	}
	const struct block_type *type = check_keys(report, block, place);
	shape_check_key(report, block, "object", &shape_block_object, false);
	if (type == NULL) {
		return;
	}
	const char *const words[] = {type->name, NULL};
	const struct shape type_word = {.kind = SHAPE_WORD, .words = words};
	shape_check_key(report, block, "type", &type_word, false);

	size_t mark = report_enter_key(report, type->name);
	const json_t *payload = json_object_get(block, type->name);
	if (!json_is_object(payload)) {
		report_expected(report, "an object", payload);
	} else {
		shape_check_object(report, payload, type->create, "children");
		size_t children_mark = report_enter_key(report, "children");
		check_children(report, payload, type, place->tier);
		report_leave(report, children_mark);
		if (strcmp(type->name, "table_row") == 0) {
			check_cells(report, payload, place);
		}
	}
	report_leave(report, mark);
}

static void check_blocks(struct validate_report *report, const json_t *children,
			 const struct place *place)
{
	if (!json_is_array(children)) {
		report_expected(report, "an array", children);
		return;
	}
	size_t length = json_array_size(children);
	if (length > CHILDREN_MAX) {
		report_length(report, "≤", CHILDREN_MAX, length);
		return;
	}
	if (length < place->min) {
		report_length(report, "≥", place->min, length);
		return;
	}
	for (size_t i = 0; i < length; i++) {
		size_t mark = report_enter_index(report, i);
		check_block(report, json_array_get(children, i), place);
		report_leave(report, mark);
	}
}

void block_check_children(struct validate_report *report, const json_t *children, const char *key,
			  size_t min)
{
	if (children == NULL) {
		return;
	}
	const struct place place = {.tier = 1, .min = min, .any_parent = true};
	size_t mark = report_enter_key(report, key);
	check_blocks(report, children, &place);
	if (report->failure_count == 0 && report->block_count > VALIDATE_BLOCKS_MAX) {
		size_t count_mark = report_enter_key(report, "block_count");
		report_length(report, "≤", VALIDATE_BLOCKS_MAX, report->block_count);
		report_leave(report, count_mark);
	}
	report_leave(report, mark);
}

/* placement */

static const char *block_name(const json_t *block)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)block, key, value) {
		if (strcmp(key, "type") != 0 && strcmp(key, "object") != 0) {
			return key;
		}
	}
	return "";
}

static bool parent_has_children(const json_t *payload, const struct block_type *type)
{
	if (type->children == CHILDREN_TOGGLE) {
		return json_is_true(json_object_get(payload, "is_toggleable"));
	}
	return type->children != CHILDREN_NONE &&
	       !json_is_object(json_object_get(payload, "synced_from"));
}

static const char *only_child(const struct block_type *type)
{
	switch (type->children) {
	case CHILDREN_ROWS: return "table_row";
	case CHILDREN_COLUMNS: return "column";
	case CHILDREN_PARAGRAPHS: return "paragraph";
	case CHILDREN_NONE:
	case CHILDREN_ANY:
	case CHILDREN_TOGGLE:
	case CHILDREN_OF_COLUMN: return NULL;
	}
	return NULL;
}

int validate_placement(const json_t *children, const json_t *parent, char **ret_message)
{
	const char *parent_name = json_string_value(json_object_get(parent, "type"));
	const struct block_type *type = NULL;
	const json_t *payload = NULL;
	if (parent_name != NULL && strcmp(parent_name, "child_page") != 0) {
		type = block_type_find(parent_name);
		payload = json_object_get(parent, parent_name);
		if (type == NULL || !parent_has_children(payload, type)) {
			return report_message(ret_message, "Block does not support children.");
		}
	}
	const char *only = type == NULL ? NULL : only_child(type);
	const json_t *width = json_object_get(payload, "table_width");
	size_t i;
	json_t *block;
	json_array_foreach ((json_t *)children, i, block) {
		const char *name = block_name(block);
		bool bound = strcmp(name, "table_row") == 0 || strcmp(name, "column") == 0;
		if (only == NULL ? bound : strcmp(name, only) != 0) {
			return report_message(ret_message, "A %s can't be a child of a %s.", name,
					      type == NULL ? "page" : parent_name);
		}
		if (width != NULL && (json_int_t)json_array_size(json_object_get(
					     json_object_get(block, "table_row"), "cells")) !=
					     json_integer_value(width)) {
			return report_message(ret_message,
					      "Content creation Failed. Fix the following: \n%s",
					      WRONG_CELLS);
		}
	}
	return 0;
}
