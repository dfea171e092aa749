#include "mapping/property_list.h"

#include "mapping/json_value.h"

#define MAX_ITEMS 100

struct yaml_value *property_list_show(const struct property_list *list,
				      const struct property_context *context,
				      const struct property *property)
{
	struct yaml_value *values = yaml_new(context->arena, YAML_LIST);
	size_t index;
	json_t *item;
	json_array_foreach (property->value, index, item) {
		struct yaml_value *shown = list->show(context, item);
		if (shown != NULL) {
			yaml_append(context->arena, values, NULL, shown);
		}
	}
	return values;
}

static json_t *shown_ids(const struct property_list *list, const struct property_context *context,
			 const struct property *property)
{
	json_t *ids = json_object();
	size_t index;
	json_t *item;
	json_array_foreach (property->value, index, item) {
		struct yaml_value *shown = list->show(context, item);
		if (shown != NULL) {
			(void)json_object_set(ids, shown->text, json_object_get(item, "id"));
		}
	}
	return ids;
}

int property_list_read(const struct property_list *list, const struct property_context *context,
		       const struct property *property, const struct yaml_value *value,
		       json_t **ret_value)
{
	CLEANUP(json) json_t *shown = shown_ids(list, context, property);
	CLEANUP(json) json_t *seen = json_object();
	CLEANUP(json) json_t *items = json_array();
	int result = 0;
	for (const struct yaml_value *item = property_first_item(value); item != NULL;
	     item = value->kind == YAML_LIST ? item->next : NULL) {
		struct uuid id;
		if (yaml_is_empty(item)) {
			continue;
		}
		bool is_shown = item->kind == YAML_SCALAR &&
				json_read_uuid(json_object_get(shown, item->text), &id);
		int err = is_shown ? 0 : list->find(context, property, item, &id);
		if (err < 0) {
			result = err;
			continue;
		}
		char text[UUID_TEXT_BYTES];
		uuid_format(&id, text);
		if (json_object_get(seen, text) == NULL) {
			(void)json_object_set_new(seen, text, json_true());
			(void)json_array_append_new(items, json_object_of("id", json_uuid(&id)));
		}
	}
	if (result == 0 && json_array_size(items) > MAX_ITEMS) {
		result = property_error(context, value, "\"%s\" takes at most %d %s, remove some",
					property->name, MAX_ITEMS, list->what);
	}
	if (result == 0) {
		*ret_value = steal(&items);
	}
	return result;
}

bool property_list_equal(const struct property *property, const json_t *a, const json_t *b)
{
	(void)property;
	return property_sets_equal(a, b, "id");
}
