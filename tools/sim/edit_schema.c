#include "tools/sim/edit_schema.h"

#include <string.h>

#include "tools/sim/schema.h"
#include "tools/sim/schema_rows.h"

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
	json_t *id =
		known != NULL ? json_incref(json_object_get(known, "id")) : schema_new_id(schema);
	return json_pack("{s:o, s:s, s:O?, s:s, s:o}", "id", id, "name",
			 new_name != NULL ? new_name : name, "description",
			 json_object_get(known, "description"), "type", type, type,
			 config != NULL ? json_deep_copy(config) : json_object());
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
	schema_follow_rows(edit->sim, edit->record, &edit->author);
}
