/* People by name; "Name <email>" or "Name <id>" where the name alone would find another one. */
#include <errno.h>
#include <string.h>

#include "mapping/json_value.h"
#include "mapping/property.h"

#define MAX_PEOPLE 100

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

static struct yaml_value *show_people(const struct property_context *context,
				      const struct property *property)
{
	struct yaml_value *list = yaml_new(context->arena, YAML_LIST);
	size_t index;
	json_t *user;
	json_array_foreach (property->value, index, user) {
		struct yaml_value *person = person_show(context, user);
		if (person != NULL) {
			yaml_append(context->arena, list, NULL, person);
		}
	}
	return list;
}

/* What we showed for somebody on the list means that one, known by name or not. */
static json_t *shown_people(const struct property_context *context, const struct property *property)
{
	json_t *people = json_object();
	size_t index;
	json_t *user;
	json_array_foreach (property->value, index, user) {
		struct yaml_value *person = person_show(context, user);
		if (person != NULL) {
			(void)json_object_set(people, person->text, json_object_get(user, "id"));
		}
	}
	return people;
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
		       const struct yaml_value *item, const json_t *shown, struct uuid *ret_id)
{
	const struct names *names = context->options->names;
	if (item->kind != YAML_SCALAR) {
		return property_error(context, item,
				      "\"%s\" is a list of people, write [Name, Name]",
				      property->name);
	}
	if (json_read_uuid(json_object_get(shown, item->text), ret_id) ||
	    (names != NULL && names->find_user != NULL &&
	     names->find_user(names->context, item->text, ret_id)) ||
	    read_id(item->text, item->len, ret_id)) {
		return 0;
	}
	return property_error(context, item,
			      "\"%.80s\" is nobody, or more than one, in this workspace, write the "
			      "name as Notion shows it, the email, or \"Name <email>\"",
			      item->text);
}

static int read_people(const struct property_context *context, const struct property *property,
		       const struct yaml_value *value, json_t **ret_value)
{
	CLEANUP(json) json_t *shown = shown_people(context, property);
	CLEANUP(json) json_t *seen = json_object();
	CLEANUP(json) json_t *list = json_array();
	int result = 0;
	for (const struct yaml_value *item = property_first_item(value); item != NULL;
	     item = value->kind == YAML_LIST ? item->next : NULL) {
		struct uuid id;
		if (yaml_is_empty(item)) {
			continue;
		}
		int err = find_person(context, property, item, shown, &id);
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
	if (result == 0 && json_array_size(list) > MAX_PEOPLE) {
		result = property_error(context, value,
					"\"%s\" takes at most %d people, remove some",
					property->name, MAX_PEOPLE);
	}
	if (result == 0) {
		*ret_value = steal(&list);
	}
	return result;
}

static bool people_equal(const struct property *property, const json_t *a, const json_t *b)
{
	(void)property;
	return property_sets_equal(a, b, "id");
}

const struct property_kind property_people_kinds[] = {
	{"people", PROPERTY_WRITABLE, "[]", show_people, read_people, people_equal},
	{0},
};
