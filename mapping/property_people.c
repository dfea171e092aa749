/* People by name; "Name <email>" or "Name <id>" where the name alone would find another one. */
#include <errno.h>
#include <string.h>

#include "mapping/json_value.h"
#include "mapping/property_list.h"

struct yaml_value *person_show(const struct property_context *context, const json_t *user)
{
	const struct names *names = context->options->names;
	struct uuid id;
	char id_text[UUID_TEXT_BYTES];
	if (!json_read_uuid(json_object_get(user, "id"), &id)) {
		return NULL;
	}
	uuid_format(&id, id_text);
	const char *name = NULL;
	const char *email = NULL;
	bool is_unique = false;
	if (names == NULL || names->user == NULL ||
	    !names->user(names->context, &id, &name, &email, &is_unique) || name == NULL) {
		name = json_string_value(json_object_get(user, "name"));
		email = NULL;
		is_unique = false;
	}
	if (name == NULL || name[0] == '\0') {
		return yaml_string(context->arena, id_text, strlen(id_text));
	}
	CLEANUP(buf) struct buf text;
	buf_init(&text, YAML_MAX_BYTES);
	buf_puts(&text, name);
	if (!is_unique) {
		buf_printf(&text, " <%s>", email != NULL ? email : id_text);
	}
	return yaml_string(context->arena, text.data, text.len);
}

/* "<38c9ce7b-…>" at the end, or nothing but the id. */
static bool read_id(const char *text, size_t len, struct uuid *ret_id)
{
	if (uuid_parse(text, len, ret_id) == 0) {
		return true;
	}
	const char *open = memrchr(text, '<', len);
	return open != NULL && text[len - 1] == '>' &&
	       uuid_parse(open + 1, (size_t)(text + len - open) - 2, ret_id) == 0;
}

static int find_person(const struct property_context *context, const struct property *property,
		       const struct yaml_value *item, struct uuid *ret_id)
{
	const struct names *names = context->options->names;
	if (item->kind != YAML_SCALAR) {
		return property_error(context, item,
				      "\"%s\" is a list of people, write [Name, Name]",
				      property->name);
	}
	if ((names != NULL && names->find_user != NULL &&
	     names->find_user(names->context, item->text, ret_id)) ||
	    read_id(item->text, item->len, ret_id)) {
		return 0;
	}
	return property_error(context, item,
			      "\"%.80s\" is nobody, or more than one, in this workspace, write the "
			      "name as Notion shows it, the email, or \"Name <email>\"",
			      item->text);
}

static const struct property_list people = {"people", person_show, find_person};

static struct yaml_value *show_people(const struct property_context *context,
				      const struct property *property)
{
	return property_list_show(&people, context, property);
}

static int read_people(const struct property_context *context, const struct property *property,
		       const struct yaml_value *value, json_t **ret_value)
{
	return property_list_read(&people, context, property, value, ret_value);
}

const struct property_kind property_people_kinds[] = {
	{"people", PROPERTY_WRITABLE, "[]", show_people, read_people, property_list_equal},
	{0},
};
