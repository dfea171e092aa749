/* Rows of another data source, by the stems of their files; by URL where the stem is not known. */
#include <errno.h>
#include <string.h>

#include "mapping/json_value.h"
#include "mapping/property_list.h"

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

static int find_row(const struct property_context *context, const struct property *property,
		    const struct yaml_value *item, struct uuid *ret_id)
{
	const struct names *names = context->options->names;
	if (item->kind != YAML_SCALAR) {
		return property_error(context, item, "\"%s\" is a list of rows, write [Row, Row]",
				      property->name);
	}
	struct uuid data_source = {{0}};
	(void)json_read_uuid(json_object_get(property->config, "data_source_id"), &data_source);
	if ((names != NULL && names->find_stem != NULL &&
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

static const struct property_list rows = {"rows", show_row, find_row};

static struct yaml_value *show_relation(const struct property_context *context,
					const struct property *property)
{
	return property_list_show(&rows, context, property);
}

static int read_relation(const struct property_context *context, const struct property *property,
			 const struct yaml_value *value, json_t **ret_value)
{
	return property_list_read(&rows, context, property, value, ret_value);
}

const struct property_kind property_relation_kinds[] = {
	{"relation", PROPERTY_WRITABLE, "[]", show_relation, read_relation, property_list_equal},
	{0},
};
