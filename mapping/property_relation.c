/* Rows of another data source, by the stems of their files; by URL where the stem is not known. */
#include <errno.h>
#include <string.h>

#include "mapping/json_value.h"
#include "mapping/property.h"

#define MAX_ROWS 100

static struct yaml_value *show_row(const struct property_context *context, const json_t *row)
{
	const struct names *names = context->options->names;
	struct uuid id;
	if (!json_read_uuid(json_object_get(row, "id"), &id)) {
		return NULL;
	}
	const char *stem =
		names != NULL && names->stem != NULL ? names->stem(names->context, &id) : NULL;
	if (stem != NULL && stem[0] != '\0') {
		return yaml_string(context->arena, stem, strlen(stem));
	}
	char id_text[UUID_TEXT_BYTES];
	char url[UUID_TEXT_BYTES + 32] = "https://www.notion.so/";
	uuid_format(&id, id_text);
	size_t len = strlen(url);
	for (const char *c = id_text; *c != '\0'; c++) {
		if (*c != '-') {
			url[len++] = *c;
		}
	}
	return yaml_string(context->arena, url, len);
}

static struct yaml_value *show_relation(const struct property_context *context,
					const struct property *property)
{
	struct yaml_value *list = yaml_new(context->arena, YAML_LIST);
	size_t index;
	json_t *row;
	json_array_foreach (property->value, index, row) {
		struct yaml_value *shown = show_row(context, row);
		if (shown != NULL) {
			yaml_append(context->arena, list, NULL, shown);
		}
	}
	return list;
}

/* What we showed for a row means that row, whatever else has this name by now. */
static json_t *shown_rows(const struct property_context *context, const struct property *property)
{
	json_t *rows = json_object();
	size_t index;
	json_t *row;
	json_array_foreach (property->value, index, row) {
		struct yaml_value *shown = show_row(context, row);
		if (shown != NULL) {
			(void)json_object_set(rows, shown->text, json_object_get(row, "id"));
		}
	}
	return rows;
}

static int find_row(const struct property_context *context, const struct property *property,
		    const struct yaml_value *item, const json_t *shown, struct uuid *ret_id)
{
	const struct names *names = context->options->names;
	if (item->kind != YAML_SCALAR) {
		return property_error(context, item, "\"%s\" is a list of rows, write [Row, Row]",
				      property->name);
	}
	struct uuid data_source = {{0}};
	(void)json_read_uuid(json_object_get(property->config, "data_source_id"), &data_source);
	if (json_read_uuid(json_object_get(shown, item->text), ret_id) ||
	    (names != NULL && names->find_stem != NULL &&
	     names->find_stem(names->context, &data_source, item->text, ret_id)) ||
	    uuid_parse(item->text, item->len, ret_id) == 0 ||
	    (strstr(item->text, "://") != NULL &&
	     uuid_from_url(item->text, item->len, ret_id) == 0)) {
		return 0;
	}
	return property_error(
		context, item,
		"\"%.80s\" is no row of the database that \"%s\" points to, write the "
		"name of the row's file without .md, its path, or its URL",
		item->text, property->name);
}

static int read_relation(const struct property_context *context, const struct property *property,
			 const struct yaml_value *value, json_t **ret_value)
{
	CLEANUP(json) json_t *shown = shown_rows(context, property);
	CLEANUP(json) json_t *seen = json_object();
	CLEANUP(json) json_t *list = json_array();
	int result = 0;
	for (const struct yaml_value *item = property_first_item(value); item != NULL;
	     item = value->kind == YAML_LIST ? item->next : NULL) {
		struct uuid id;
		if (yaml_is_empty(item)) {
			continue;
		}
		int err = find_row(context, property, item, shown, &id);
		if (err < 0) {
			result = err;
			continue;
		}
		char text[UUID_TEXT_BYTES];
		uuid_format(&id, text);
		if (json_object_get(seen, text) == NULL) {
			(void)json_object_set_new(seen, text, json_true());
			(void)json_array_append_new(list, json_object_of("id", json_uuid(&id)));
		}
	}
	if (result == 0 && json_array_size(list) > MAX_ROWS) {
		result = property_error(context, value, "\"%s\" takes at most %d rows, remove some",
					property->name, MAX_ROWS);
	}
	if (result == 0) {
		*ret_value = steal(&list);
	}
	return result;
}

static bool relations_equal(const struct property *property, const json_t *a, const json_t *b)
{
	(void)property;
	return property_sets_equal(a, b, "id");
}

const struct property_kind property_relation_kinds[] = {
	{"relation", PROPERTY_WRITABLE, "[]", show_relation, read_relation, relations_equal},
	{0},
};
