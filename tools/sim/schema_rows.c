#include "tools/sim/schema_rows.h"

#include <string.h>

#include "tools/sim/object.h"
#include "tools/sim/option.h"
#include "tools/sim/property_value.h"

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_t *find_value(const json_t *properties, const json_t *id, const char *type)
{
	const char *name;
	json_t *value;
	json_object_foreach ((json_t *)properties, name, value) {
		if (json_equal(json_object_get(value, "id"), id) &&
		    json_object_get(value, type) != NULL) {
			return value;
		}
	}
	return NULL;
}

/* The option of the schema that a value has by id; NULL: it went. */
static const json_t *find_option(const json_t *entry, const char *type, const json_t *value)
{
	size_t index;
	const json_t *option;
	json_array_foreach (json_object_get(json_object_get(entry, type), "options"), index,
			    option) {
		if (json_equal(json_object_get(option, "id"), json_object_get(value, "id"))) {
			return option;
		}
	}
	return NULL;
}

/* Values tell of options as the schema has them now. */
static void refresh_options(json_t *property, const json_t *entry, const char *type)
{
	json_t *value = json_object_get(property, type);
	if (strcmp(type, "multi_select") == 0) {
		json_t *kept = json_array();
		size_t index;
		const json_t *one;
		json_array_foreach (value, index, one) {
			const json_t *option = find_option(entry, type, one);
			if (option != NULL) {
				(void)json_array_append_new(kept, option_value(option));
			}
		}
		(void)json_object_set_new(property, type, kept);
	} else if (json_is_object(value) &&
		   (strcmp(type, "select") == 0 || strcmp(type, "status") == 0)) {
		const json_t *option = find_option(entry, type, value);
		if (option == NULL && strcmp(type, "status") == 0) {
			option = json_array_get(
				json_object_get(json_object_get(entry, type), "options"), 0);
		}
		(void)json_object_set_new(property, type, option_value(option));
	}
}

/* What a new property of an old row tells of the row. */
static void tell_of_row(const struct workspace *workspace, const json_t *page, json_t *property,
			const char *type)
{
	json_t *told = json_object_get(page, type);
	bool is_user = strcmp(type, "created_by") == 0 || strcmp(type, "last_edited_by") == 0;
	if (is_user) {
		json_t *user = workspace_user(workspace, string_of(told, "id"));
		(void)json_object_set_new(property, type,
					  json_deep_copy(user != NULL ? user : told));
	} else if (strcmp(type, "created_time") == 0 || strcmp(type, "last_edited_time") == 0) {
		(void)json_object_set(property, type, told);
	}
}

static bool is_row_of(const json_t *page, const char *source_id)
{
	const char *parent = string_of(json_object_get(page, "parent"), "data_source_id");
	return parent != NULL && strcmp(parent, source_id) == 0;
}

/* The largest number given so far, for each property that numbers rows. New reference. */
static json_t *find_last_numbers(const struct workspace *workspace, const json_t *schema,
				 const char *source_id)
{
	json_t *last = json_object();
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)schema, name, entry) {
		json_int_t largest = 0;
		size_t index;
		const json_t *page;
		if (json_object_get(entry, "unique_id") == NULL) {
			continue;
		}
		json_array_foreach (workspace->pages, index, page) {
			const json_t *value = NULL;
			if (is_row_of(page, source_id)) {
				value = find_value(json_object_get(page, "properties"),
						   json_object_get(entry, "id"), "unique_id");
			}
			json_int_t number = json_integer_value(
				json_object_get(json_object_get(value, "unique_id"), "number"));
			largest = number > largest ? number : largest;
		}
		(void)json_object_set_new(last, name, json_integer(largest));
	}
	return last;
}

static json_t *make_number(json_t *last, const char *name, const json_t *entry)
{
	json_int_t number = json_integer_value(json_object_get(last, name)) + 1;
	(void)json_object_set_new(last, name, json_integer(number));
	return json_pack("{s:O, s:s, s:{s:O?, s:I}}", "id", json_object_get(entry, "id"), "type",
			 "unique_id", "unique_id", "prefix",
			 json_object_get(json_object_get(entry, "unique_id"), "prefix"), "number",
			 number);
}

static void follow(struct sim *sim, json_t *page, const json_t *schema, json_t *last_numbers,
		   const struct author *author)
{
	json_t *properties = json_object();
	json_t *missing = json_object();
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)schema, name, entry) {
		const char *type = string_of(entry, "type");
		json_t *kept = find_value(json_object_get(page, "properties"),
					  json_object_get(entry, "id"), type);
		if (kept != NULL) {
			(void)json_object_set(properties, name, kept);
			refresh_options(kept, entry, type);
		} else if (strcmp(type, "unique_id") == 0) {
			(void)json_object_set_new(properties, name,
						  make_number(last_numbers, name, entry));
		} else {
			(void)json_object_set(missing, name, entry);
		}
	}
	json_t *defaults = property_defaults(sim, page, missing, author);
	json_object_foreach (defaults, name, entry) {
		tell_of_row(&sim->workspace, page, entry,
			    string_of(json_object_get(schema, name), "type"));
	}
	(void)json_object_update(properties, defaults);
	(void)json_object_set_new(page, "properties", object_order_properties(properties));
	json_decref(defaults);
	json_decref(missing);
	json_decref(properties);
}

void schema_forget_relations(struct sim *sim, const struct record *source, const json_t *id)
{
	const char *source_id = string_of(source->data_source, "id");
	size_t index;
	json_t *page;
	json_array_foreach (sim->workspace.pages, index, page) {
		json_t *property =
			is_row_of(page, source_id)
				? find_value(json_object_get(page, "properties"), id, "relation")
				: NULL;
		if (property != NULL) {
			(void)json_object_set_new(property, "relation", json_array());
		}
	}
}

void schema_follow_rows(struct sim *sim, const struct record *source, const struct author *author)
{
	const json_t *schema = json_object_get(source->data_source, "properties");
	const char *id = string_of(source->data_source, "id");
	json_t *last_numbers = find_last_numbers(&sim->workspace, schema, id);
	size_t index;
	json_t *page;
	json_array_foreach (sim->workspace.pages, index, page) {
		if (is_row_of(page, id)) {
			follow(sim, page, schema, last_numbers, author);
		}
	}
	json_decref(last_numbers);
}
