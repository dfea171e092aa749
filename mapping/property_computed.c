/* What Notion computes or stamps: shown, never written. */
#include <string.h>

#include "mapping/json_value.h"
#include "mapping/property.h"

/* The value of a formula's or rollup's result, or of one element of a rollup's array:
 * {"type": t, t: …}. NULL when there is nothing to show. */
static struct yaml_value *show_result(const struct property_context *context, const json_t *result)
{
	const char *type = json_string_value(json_object_get(result, "type"));
	const json_t *value = type != NULL ? json_object_get(result, type) : NULL;
	if (value == NULL || json_is_null(value)) {
		return NULL;
	}
	if (json_is_boolean(value)) {
		return yaml_word(context->arena, json_is_true(value) ? "true" : "false");
	}
	if (json_is_number(value)) {
		return number_show(context, value);
	}
	if (strcmp(type, "date") == 0 || strcmp(type, "created_time") == 0 ||
	    strcmp(type, "last_edited_time") == 0) {
		return date_show(context, value);
	}
	if (json_is_string(value)) {
		return yaml_string(context->arena, json_string_value(value),
				   json_string_length(value));
	}
	const struct property_kind *kind = property_kind_of(type);
	struct property property = {.name = "", .kind = kind, .value = value};
	return kind->show != NULL ? kind->show(context, &property) : NULL;
}

static struct yaml_value *show_formula(const struct property_context *context,
				       const struct property *property)
{
	return show_result(context, property->value);
}

static struct yaml_value *show_rollup(const struct property_context *context,
				      const struct property *property)
{
	const json_t *array = json_object_get(property->value, "array");
	if (!json_is_array(array)) {
		return show_result(context, property->value);
	}
	struct yaml_value *list = yaml_new(context->arena, YAML_LIST);
	size_t index;
	json_t *element;
	json_array_foreach (array, index, element) {
		const char *type = json_string_value(json_object_get(element, "type"));
		struct yaml_value *value = NULL;
		if (type != NULL && strcmp(type, "rollup") != 0) {
			value = show_result(context, element);
		}
		if (yaml_is_empty(value)) {
			continue;
		}
		if (value->kind != YAML_LIST) {
			yaml_append(context->arena, list, NULL, value);
			continue;
		}
		for (struct yaml_value *item = value->first; item != NULL;) {
			struct yaml_value *next = item->next;
			item->next = NULL;
			yaml_append(context->arena, list, NULL, item);
			item = next;
		}
	}
	return list;
}

static struct yaml_value *show_unique_id(const struct property_context *context,
					 const struct property *property)
{
	const json_t *number = json_object_get(property->value, "number");
	const char *prefix = json_string_value(json_object_get(property->value, "prefix"));
	if (!json_is_integer(number)) {
		return NULL;
	}
	struct yaml_value *digits = number_show(context, number);
	if (prefix == NULL || prefix[0] == '\0') {
		return digits;
	}
	CLEANUP(buf) struct buf text;
	buf_init(&text, YAML_MAX_BYTES);
	buf_printf(&text, "%s-%s", prefix, digits->text);
	return yaml_string(context->arena, text.data, text.len);
}

static struct yaml_value *show_time(const struct property_context *context,
				    const struct property *property)
{
	return date_show(context, property->value);
}

static struct yaml_value *show_person(const struct property_context *context,
				      const struct property *property)
{
	return person_show(context, property->value);
}

const struct property_kind property_computed_kinds[] = {
	{"formula", PROPERTY_READ_ONLY, NULL, show_formula, NULL, NULL},
	{"rollup", PROPERTY_READ_ONLY, NULL, show_rollup, NULL, NULL},
	{"unique_id", PROPERTY_READ_ONLY, NULL, show_unique_id, NULL, NULL},
	{"created_time", PROPERTY_READ_ONLY, NULL, show_time, NULL, NULL},
	{"created_by", PROPERTY_READ_ONLY, NULL, show_person, NULL, NULL},
	/* Not in the text, so that reading a page is not changing it; but named in rollups. */
	{"last_edited_time", PROPERTY_HIDDEN, NULL, show_time, NULL, NULL},
	{"last_edited_by", PROPERTY_HIDDEN, NULL, show_person, NULL, NULL},
	{"last_visited_time", PROPERTY_HIDDEN, NULL, NULL, NULL, NULL},
	{"button", PROPERTY_HIDDEN, NULL, NULL, NULL, NULL},
	{"location", PROPERTY_HIDDEN, NULL, NULL, NULL, NULL},
	{0},
};
