#include "tools/sim/schema_config.h"

#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/property_value.h"

const char *schema_config_type(const json_t *given)
{
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)given, key, value) {
		if (json_is_object(value)) {
			return key;
		}
	}
	return NULL;
}

/* ── options ── */

static const json_t *find_option(const json_t *options, const char *key, const json_t *wanted)
{
	size_t index;
	const json_t *option;
	json_array_foreach (options, index, option) {
		if (wanted != NULL && json_equal(json_object_get(option, key), wanted)) {
			return option;
		}
	}
	return NULL;
}

/* One option of the new list. NULL with the error in the answer. */
static json_t *make_option(const struct schema_context *context, const json_t *given,
			   const json_t *known_options, size_t place)
{
	static const char *const colors[] = {"blue",   "green", "yellow", "red", "purple",
					     "orange", "pink",	"brown",  "gray"};
	const json_t *known = find_option(known_options, "id", json_object_get(given, "id"));
	json_t *name = json_object_get(given, "name");
	json_t *color = json_object_get(given, "color");
	json_t *description = json_object_get(given, "description");
	if (known == NULL) {
		known = find_option(known_options, "name", name);
	}
	if (known == NULL && name == NULL) {
		answer_refuse(context->answer, "Select option with ID \"%s\" does not exist.",
			      json_string_value(json_object_get(given, "id")));
		return NULL;
	}
	if (name != NULL && strchr(json_string_value(name), ',') != NULL) {
		answer_refuse(context->answer, "Invalid select option, commas not allowed: %s",
			      json_string_value(name));
		return NULL;
	}
	char id[UUID_TEXT_BYTES];
	if (known == NULL) {
		workspace_new_id(&context->sim->workspace, 4, id);
	}
	json_t *stock = json_string(colors[place % (sizeof colors / sizeof *colors)]);
	json_t *option = json_pack(
		"{s:o, s:O, s:O, s:O?}", "id",
		known != NULL ? json_incref(json_object_get(known, "id")) : json_string(id), "name",
		name != NULL ? name : json_object_get(known, "name"), "color",
		color != NULL	? color
		: known != NULL ? json_object_get(known, "color")
				: stock,
		"description",
		description != NULL ? description : json_object_get(known, "description"));
	json_decref(stock);
	return option;
}

/* The list as it will be. NULL with the error in the answer. */
static json_t *make_options(const struct schema_context *context, const json_t *given,
			    const json_t *known)
{
	if (given == NULL) {
		return known != NULL ? json_deep_copy(known) : json_array();
	}
	json_t *options = json_array();
	size_t index;
	const json_t *one;
	json_array_foreach (given, index, one) {
		json_t *option = make_option(context, one, known, index);
		bool is_twice = option != NULL &&
				find_option(options, "name", json_object_get(option, "name"));
		if (is_twice) {
			answer_refuse(context->answer, "Cannot have two options named %s.",
				      json_string_value(json_object_get(option, "name")));
		}
		if (option == NULL || is_twice) {
			json_decref(option);
			json_decref(options);
			return NULL;
		}
		(void)json_array_append_new(options, option);
	}
	return options;
}

/* The stock options and groups of a status nobody said anything about. */
static json_t *stock_status(struct workspace *workspace)
{
	static const char *const stock[][4] = {
		{"To-do", "gray", "Not started", "default"},
		{"In progress", "blue", "In progress", "blue"},
		{"Complete", "green", "Done", "green"},
	};
	json_t *options = json_array();
	json_t *groups = json_array();
	for (size_t i = 0; i < sizeof stock / sizeof *stock; i++) {
		char option_id[UUID_TEXT_BYTES];
		char group_id[UUID_TEXT_BYTES];
		workspace_new_id(workspace, 4, option_id);
		workspace_new_id(workspace, 4, group_id);
		(void)json_array_append_new(
			options, json_pack("{s:s, s:s, s:s, s:n}", "id", option_id, "name",
					   stock[i][2], "color", stock[i][3], "description"));
		(void)json_array_append_new(groups,
					    json_pack("{s:s, s:s, s:s, s:[s]}", "id", group_id,
						      "name", stock[i][0], "color", stock[i][1],
						      "option_ids", option_id));
	}
	return json_pack("{s:o, s:o}", "options", options, "groups", groups);
}

static bool is_in_group(const json_t *groups, const json_t *id)
{
	size_t i;
	size_t j;
	const json_t *group;
	const json_t *member;
	json_array_foreach (groups, i, group) {
		json_array_foreach (json_object_get(group, "option_ids"), j, member) {
			if (json_equal(member, id)) {
				return true;
			}
		}
	}
	return false;
}

/* Groups keep the options that are still there; new ones are to do. */
static void regroup(json_t *groups, const json_t *options)
{
	size_t i;
	json_t *group;
	json_array_foreach (groups, i, group) {
		json_t *ids = json_object_get(group, "option_ids");
		for (size_t j = json_array_size(ids); j-- > 0;) {
			if (find_option(options, "id", json_array_get(ids, j)) == NULL) {
				(void)json_array_remove(ids, j);
			}
		}
	}
	const json_t *option;
	json_array_foreach (options, i, option) {
		json_t *id = json_object_get(option, "id");
		if (!is_in_group(groups, id)) {
			(void)json_array_append(
				json_object_get(json_array_get(groups, 0), "option_ids"), id);
		}
	}
}

static json_t *make_status(const struct schema_context *context, const json_t *given,
			   const json_t *known)
{
	json_t *stock =
		known != NULL ? json_deep_copy(known) : stock_status(&context->sim->workspace);
	const json_t *wanted = json_object_get(given, "options");
	if (json_array_size(wanted) == 0) {
		return stock;
	}
	json_t *options = make_options(context, wanted, json_object_get(stock, "options"));
	if (options == NULL) {
		json_decref(stock);
		return NULL;
	}
	regroup(json_object_get(stock, "groups"), options);
	(void)json_object_set_new(stock, "options", options);
	return stock;
}

/* ── relations and rollups ── */

static json_t *make_relation(const struct schema_context *context, const json_t *given,
			     const json_t *known)
{
	const char *id = json_string_value(json_object_get(given, "data_source_id"));
	const struct record *target =
		endpoint_find_id(context->sim, id, OBJECT_DATA_SOURCE, context->answer);
	if (target == NULL) {
		return NULL;
	}
	if (workspace_is_trashed(&context->sim->workspace, target)) {
		answer_archived(context->answer);
		return NULL;
	}
	json_t *target_id = json_object_get(target->data_source, "id");
	json_t *database_id =
		json_object_get(json_object_get(target->data_source, "parent"), "database_id");
	const json_t *dual = json_object_get(given, "dual_property");
	const json_t *old_dual = json_object_get(known, "dual_property");
	if (dual == NULL) {
		return json_pack("{s:O, s:O, s:s, s:{}}", "database_id", database_id,
				 "data_source_id", target_id, "type", "single_property",
				 "single_property");
	}
	bool is_same =
		old_dual != NULL && json_equal(json_object_get(known, "data_source_id"), target_id);
	json_t *name = json_object_get(dual, "synced_property_name");
	return json_pack("{s:O, s:O, s:s, s:o}", "database_id", database_id, "data_source_id",
			 target_id, "type", "dual_property", "dual_property",
			 is_same ? json_deep_copy(old_dual)
				 : json_pack("{s:O?}", "synced_property_name", name));
}

/* The entry `given` names by one of two keys. */
static json_t *find_entry(json_t *schema, const json_t *given, const char *name_key,
			  const char *id_key, const char **ret_name)
{
	const char *key = json_string_value(json_object_get(given, id_key));
	key = key != NULL ? key : json_string_value(json_object_get(given, name_key));
	*ret_name = key;
	json_t *entry = property_find(schema, key, ret_name);
	if (entry == NULL) {
		*ret_name = key;
	}
	return entry;
}

static json_t *make_rollup(const struct schema_context *context, const json_t *given)
{
	const char *relation_name;
	const char *rolled_name;
	const json_t *relation = find_entry(context->schema, given, "relation_property_name",
					    "relation_property_id", &relation_name);
	const json_t *config = json_object_get(relation, "relation");
	if (config == NULL) {
		answer_refuse(context->answer, "%s is not a relation property that exists.",
			      relation_name);
		return NULL;
	}
	const char *target_id = json_string_value(json_object_get(config, "data_source_id"));
	const struct record *target = workspace_find(&context->sim->workspace, target_id);
	bool is_own = context->source_id != NULL && strcmp(context->source_id, target_id) == 0;
	json_t *schema = is_own		  ? context->schema
			 : target == NULL ? NULL
					  : json_object_get(target->data_source, "properties");
	const json_t *rolled = find_entry(schema, given, "rollup_property_name",
					  "rollup_property_id", &rolled_name);
	if (rolled == NULL) {
		answer_refuse(context->answer, "%s is not a property that exists.", rolled_name);
		return NULL;
	}
	return json_pack("{s:O, s:s, s:s, s:O, s:O}", "function",
			 json_object_get(given, "function"), "rollup_property_name", rolled_name,
			 "relation_property_name", relation_name, "rollup_property_id",
			 json_object_get(rolled, "id"), "relation_property_id",
			 json_object_get(relation, "id"));
}

/* ── the rest ── */

/* {key: given, or known, or `otherwise` (stolen)} */
static json_t *make_one(const char *key, const json_t *given, const json_t *known,
			json_t *otherwise)
{
	json_t *value = json_object_get(given, key);
	value = value != NULL ? value : json_object_get(known, key);
	json_t *config = json_pack("{s:O}", key, value != NULL ? value : otherwise);
	json_decref(otherwise);
	return config;
}

json_t *schema_config_make(const struct schema_context *context, const char *type,
			   const json_t *given, const json_t *known)
{
	if (strcmp(type, "number") == 0) {
		return make_one("format", given, known, json_string("number"));
	}
	if (strcmp(type, "formula") == 0) {
		return make_one("expression", given, known, json_string(""));
	}
	if (strcmp(type, "unique_id") == 0) {
		return make_one("prefix", given, known, json_null());
	}
	if (strcmp(type, "select") == 0 || strcmp(type, "multi_select") == 0) {
		json_t *options = make_options(context, json_object_get(given, "options"),
					       json_object_get(known, "options"));
		return options == NULL ? NULL : json_pack("{s:o}", "options", options);
	}
	if (strcmp(type, "status") == 0) {
		return make_status(context, given, known);
	}
	if (strcmp(type, "relation") == 0) {
		return make_relation(context, given, known);
	}
	if (strcmp(type, "rollup") == 0) {
		return make_rollup(context, given);
	}
	return json_object();
}
