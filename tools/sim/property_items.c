#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/object.h"
#include "tools/sim/property_value.h"

/* Types whose values come as a list of items, a hundred at a time. */
static bool is_paginated(const char *type)
{
	static const char *const types[] = {"title", "rich_text", "people", "relation", "rollup"};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strcmp(types[i], type) == 0) {
			return true;
		}
	}
	return false;
}

static json_t *make_item(const char *type, const json_t *id, const json_t *value)
{
	return json_pack("{s:s, s:s, s:O, s:O}", "object", "property_item", "type", type, "id", id,
			 type, value);
}

/* The items of a value: one for each part. What a rollup shows of other rows is of other types, and
 * has several items for a row whose value there is a list. New reference. */
static json_t *make_items(const char *type, const json_t *id, const json_t *value)
{
	json_t *items = json_array();
	size_t index;
	const json_t *part;
	if (strcmp(type, "rollup") != 0) {
		json_array_foreach (value, index, part) {
			(void)json_array_append_new(items, make_item(type, id, part));
		}
		return items;
	}
	json_array_foreach (json_object_get(value, "array"), index, part) {
		const char *shown = json_string_value(json_object_get(part, "type"));
		const json_t *inner = shown == NULL ? NULL : json_object_get(part, shown);
		if (inner != NULL && is_paginated(shown)) {
			json_t *below = make_items(shown, id, inner);
			(void)json_array_extend(items, below);
			json_decref(below);
		} else if (inner != NULL) {
			(void)json_array_append_new(items, make_item(shown, id, inner));
		}
	}
	return items;
}

/* The aggregate; the parts of an array are in the results. New reference. */
static json_t *make_aggregate(const json_t *value)
{
	json_t *aggregate = json_deep_copy(value);
	if (json_object_get(aggregate, "array") != NULL) {
		(void)json_object_set_new(aggregate, "array", json_array());
	}
	return aggregate;
}

static void answer_items(const struct sim *sim, const struct request *request, const json_t *page,
			 const json_t *property, const char *type, struct answer *answer)
{
	struct list_window window;
	if (!endpoint_read_window(sim, request, answer, &window)) {
		return;
	}
	const json_t *id = json_object_get(property, "id");
	const json_t *value = json_object_get(property, type);
	json_t *items = make_items(type, id, value);
	size_t first = 0;
	if (window.cursor != NULL) {
		char *end;
		first = strtoul(window.cursor, &end, 36);
		if (*end != '\0' || first >= json_array_size(items)) {
			endpoint_refuse_cursor(answer, window.cursor);
			json_decref(items);
			return;
		}
	}
	json_t *results = json_array();
	size_t index = first;
	for (; index < json_array_size(items) && json_array_size(results) < window.page_size;
	     index++) {
		(void)json_array_append(results, json_array_get(items, index));
	}
	CLEANUP(free) char *cursor = NULL;
	json_t *next_url = json_null();
	if (index < json_array_size(items)) {
		char digits[16];
		size_t at = sizeof digits - 1;
		digits[at] = '\0';
		for (size_t rest = index; rest > 0; rest /= 36) {
			digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
		}
		cursor = strdup(digits + at);
		next_url = json_sprintf("https://api.notion.com/v1/pages/%s/properties/%s?"
					"start_cursor=%s",
					json_string_value(json_object_get(page, "id")),
					json_string_value(id), cursor);
	}
	json_t *list = answer_list(results, cursor, "property_item");
	bool is_rollup = strcmp(type, "rollup") == 0;
	(void)json_object_set_new(list, "property_item",
				  json_pack("{s:O, s:o, s:s, s:o}", "id", id, "next_url", next_url,
					    "type", type, type,
					    is_rollup ? make_aggregate(value) : json_object()));
	json_decref(items);
	answer_ok(answer, list);
}

void pages_retrieve_property(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "page_id", OBJECT_PAGE, answer);
	if (record == NULL) {
		return;
	}
	const char *name;
	const json_t *found = property_find(json_object_get(record->page, "properties"),
					    request->segments[4], &name);
	if (found == NULL) {
		answer_error(answer, 404, "object_not_found",
			     "Could not find property with name or id: %s", request->segments[4]);
		return;
	}
	json_t *property = json_deep_copy(found);
	object_sign_files(sim, property);
	const char *type = json_string_value(json_object_get(property, "type"));
	if (is_paginated(type)) {
		answer_items(sim, request, record->page, property, type, answer);
	} else {
		answer_ok(answer, make_item(type, json_object_get(property, "id"),
					    json_object_get(property, type)));
	}
	json_decref(property);
}
