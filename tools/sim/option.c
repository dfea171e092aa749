#include "tools/sim/option.h"

#include <string.h>

json_t *option_value(const json_t *option)
{
	if (!json_is_object(option)) {
		return json_null();
	}
	return json_pack("{s:O, s:O, s:O}", "id", json_object_get(option, "id"), "name",
			 json_object_get(option, "name"), "color",
			 json_object_get(option, "color"));
}

static json_t *find_option(const json_t *options, const char *key, const char *text)
{
	size_t index;
	json_t *option;
	json_array_foreach (options, index, option) {
		const char *known = json_string_value(json_object_get(option, key));
		if (text != NULL && known != NULL && strcmp(known, text) == 0) {
			return option;
		}
	}
	return NULL;
}

static json_t *add_option(struct workspace *workspace, json_t *options, const json_t *given)
{
	static const char *const colors[] = {"blue",   "green", "yellow", "red", "purple",
					     "orange", "pink",	"brown",  "gray"};
	const char *name = json_string_value(json_object_get(given, "name"));
	const char *color = json_string_value(json_object_get(given, "color"));
	if (color == NULL) {
		color = colors[json_array_size(options) % (sizeof colors / sizeof *colors)];
	}
	char id[UUID_TEXT_BYTES];
	workspace_new_id(workspace, 4, id);
	json_t *option = json_pack("{s:s, s:s, s:s, s:n}", "id", id, "name", name, "color", color,
				   "description");
	(void)json_array_append_new(options, option);
	return option;
}

json_t *option_choose(struct workspace *workspace, json_t *entry, const json_t *given)
{
	if (!json_is_object(given)) {
		return json_null();
	}
	const char *type = json_string_value(json_object_get(entry, "type"));
	json_t *options = json_object_get(json_object_get(entry, type), "options");
	json_t *option =
		find_option(options, "id", json_string_value(json_object_get(given, "id")));
	if (option == NULL) {
		option = find_option(options, "name",
				     json_string_value(json_object_get(given, "name")));
	}
	if (option == NULL && json_is_string(json_object_get(given, "name"))) {
		option = add_option(workspace, options, given);
	}
	return option_value(option);
}

json_t *option_choose_many(struct workspace *workspace, json_t *entry, const json_t *given)
{
	json_t *chosen = json_array();
	size_t index;
	const json_t *item;
	json_array_foreach (given, index, item) {
		(void)json_array_append_new(chosen, option_choose(workspace, entry, item));
	}
	return chosen;
}
