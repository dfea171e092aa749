#include "tools/sim/edit_schema.h"

#include <string.h>

#include "tools/sim/property_value.h"

/* Four characters, as Notion's are, that no other property has. */
static json_t *new_id(const json_t *schema)
{
	char id[5];
	const char *name;
	for (unsigned n = 0;; n++) {
		(void)snprintf(id, sizeof id, "n%03x", n & 0xfff);
		if (property_find((json_t *)schema, id, &name) == NULL) {
			return json_string(id);
		}
	}
}

/* The type a new entry is of: the first member that is no plain attribute. */
static const char *type_of(const json_t *entry)
{
	const char *type = json_string_value(json_object_get(entry, "type"));
	const char *key;
	json_t *value;
	if (type != NULL) {
		return type;
	}
	json_object_foreach ((json_t *)entry, key, value) {
		if (json_is_object(value)) {
			return key;
		}
	}
	return NULL;
}

/* What `name` is to be; NULL: it goes. New reference. */
static json_t *make_entry(const json_t *schema, const char *name, const json_t *given)
{
	const json_t *known = json_object_get(schema, name);
	const char *type = type_of(given);
	type = type != NULL ? type : json_string_value(json_object_get(known, "type"));
	if (!json_is_object(given) || type == NULL) {
		return NULL;
	}
	const char *new_name = json_string_value(json_object_get(given, "name"));
	const json_t *config = json_object_get(given, type);
	config = config != NULL ? config : json_object_get(known, type);
	json_t *id = known != NULL ? json_incref(json_object_get(known, "id")) : new_id(schema);
	return json_pack("{s:o, s:s, s:O?, s:s, s:o}", "id", id, "name",
			 new_name != NULL ? new_name : name, "description",
			 json_object_get(known, "description"), "type", type, type,
			 config != NULL ? json_deep_copy(config) : json_object());
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

static void follow(struct edit *edit, json_t *page, const json_t *schema)
{
	json_t *properties = property_defaults(edit->sim, page, schema, &edit->author);
	const char *name;
	json_t *value;
	json_object_foreach (properties, name, value) {
		const char *type = json_string_value(json_object_get(value, "type"));
		const json_t *kept = find_value(json_object_get(page, "properties"),
						json_object_get(value, "id"), type);
		if (kept != NULL) {
			(void)json_object_set(properties, name, (json_t *)kept);
		}
	}
	(void)json_object_set_new(page, "properties", properties);
}

void edit_schema(struct edit *edit, const json_t *properties)
{
	json_t *source = edit->record->data_source;
	const json_t *schema = json_object_get(source, "properties");
	json_t *changed = json_object();
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)schema, name, entry) {
		const json_t *given = json_object_get(properties, name);
		json_t *made = given != NULL ? make_entry(schema, name, given) : json_incref(entry);
		if (made != NULL) {
			const char *key = json_string_value(json_object_get(made, "name"));
			(void)json_object_set_new(changed, given != NULL ? key : name, made);
		}
	}
	json_object_foreach ((json_t *)properties, name, entry) {
		json_t *made = json_object_get(schema, name) == NULL
				       ? make_entry(changed, name, entry)
				       : NULL;
		if (made != NULL) {
			(void)json_object_set_new(changed, name, made);
		}
	}
	(void)json_object_set_new(source, "properties", changed);
	const char *id = json_string_value(json_object_get(source, "id"));
	size_t index;
	json_t *page;
	json_array_foreach (edit->sim->workspace.pages, index, page) {
		const json_t *parent =
			json_object_get(json_object_get(page, "parent"), "data_source_id");
		if (json_is_string(parent) && strcmp(json_string_value(parent), id) == 0) {
			follow(edit, page, changed);
		}
	}
}
