/* Select, status and multi_select: names out of the schema's options. */
#include <errno.h>
#include <string.h>

#include "mapping/block.h"
#include "mapping/json_value.h"
#include "mapping/nearest.h"
#include "mapping/property.h"

#define OPTION_MAX_UNITS 100
#define MAX_OPTIONS_LISTED 12
#define MAX_OPTIONS 100

static const char *option_name(const json_t *option)
{
	return json_string_value(json_object_get(option, "name"));
}

static bool holds_option(const json_t *options, const char *name)
{
	size_t index;
	json_t *option;
	json_array_foreach (options, index, option) {
		const char *candidate = option_name(option);
		if (candidate != NULL && strcmp(candidate, name) == 0) {
			return true;
		}
	}
	return false;
}

/* In the schema, or in the page's present value: then it exists, though our schema is older. */
static bool is_known(const struct property *property, const char *name)
{
	const char *present = option_name(property->value);
	return holds_option(json_object_get(property->config, "options"), name) ||
	       holds_option(property->value, name) ||
	       (present != NULL && strcmp(present, name) == 0);
}

/* Says what is allowed and what was probably meant. */
static int unknown_option(const struct property_context *context, const struct property *property,
			  const struct yaml_value *item, const char *name)
{
	if (context->diagnostics == NULL || context->diagnostics->count >= DIAGNOSTICS_MAX_COUNT) {
		return property_error(context, item, "\"%.80s\" is no option", name);
	}
	CLEANUP(buf) struct buf allowed;
	buf_init(&allowed, 700);
	struct nearest nearest = {.wanted = name};
	size_t index;
	json_t *option;
	const json_t *options = json_object_get(property->config, "options");
	json_array_foreach (options, index, option) {
		const char *candidate = option_name(option);
		if (candidate == NULL) {
			continue;
		}
		nearest_consider(&nearest, candidate);
		if (index < MAX_OPTIONS_LISTED) {
			buf_printf(&allowed, "%s%.40s", allowed.len > 0 ? ", " : "", candidate);
		}
	}
	if (json_array_size(options) > MAX_OPTIONS_LISTED) {
		buf_puts(&allowed, ", …");
	}
	if (nearest.found != NULL) {
		return property_error(context, item,
				      "\"%.80s\" is no option of \"%s\", did you mean \"%s\"? "
				      "Allowed: %s",
				      name, property->name, nearest.found, allowed.data);
	}
	return property_error(context, item, "\"%.80s\" is no option of \"%s\", write one of: %s",
			      name, property->name, allowed.len > 0 ? allowed.data : "(none)");
}

/* {"name": …} of an option that exists, or that may be created. */
static int read_name(const struct property_context *context, const struct property *property,
		     const struct yaml_value *item, const char *name, json_t **ret_option)
{
	if (!is_known(property, name)) {
		bool is_status = strcmp(property->kind->type, "status") == 0;
		if (is_status || !context->options->create_options) {
			return unknown_option(context, property, item, name);
		}
		if (strchr(name, ',') != NULL ||
		    utf16_length(name, strlen(name)) > OPTION_MAX_UNITS) {
			return property_error(context, item,
					      "an option of \"%s\" has no comma and at most %d "
					      "characters, shorten it",
					      property->name, OPTION_MAX_UNITS);
		}
	}
	*ret_option = json_object_of("name", json_text_string(name));
	return 0;
}

static struct yaml_value *show_option(const struct property_context *context,
				      const struct property *property)
{
	const char *name = option_name(property->value);
	return name != NULL ? yaml_string(context->arena, name, strlen(name)) : NULL;
}

static int read_option(const struct property_context *context, const struct property *property,
		       const struct yaml_value *value, json_t **ret_value)
{
	const struct yaml_value *scalar = NULL;
	int err = property_scalar(context, property, value, &scalar);
	if (err < 0) {
		return err;
	}
	return read_name(context, property, scalar, scalar->text, ret_value);
}

/* A cleared status goes to its default, the first option of the first group. */
static const char *default_status(const struct property *property)
{
	const json_t *group = json_array_get(json_object_get(property->config, "groups"), 0);
	const char *id = json_string_value(json_array_get(json_object_get(group, "option_ids"), 0));
	size_t index;
	json_t *option;
	json_array_foreach (json_object_get(property->config, "options"), index, option) {
		const char *candidate = json_string_value(json_object_get(option, "id"));
		if (id != NULL && candidate != NULL && strcmp(candidate, id) == 0) {
			return option_name(option);
		}
	}
	return NULL;
}

static bool status_equal(const struct property *property, const json_t *a, const json_t *b)
{
	const char *name_a = json_is_null(a) ? default_status(property) : option_name(a);
	const char *name_b = json_is_null(b) ? default_status(property) : option_name(b);
	if (name_a == NULL || name_b == NULL) {
		return name_a == name_b;
	}
	return strcmp(name_a, name_b) == 0;
}

static struct yaml_value *show_options(const struct property_context *context,
				       const struct property *property)
{
	struct yaml_value *list = yaml_new(context->arena, YAML_LIST);
	size_t index;
	json_t *option;
	json_array_foreach (property->value, index, option) {
		const char *name = option_name(option);
		if (name != NULL) {
			yaml_append(context->arena, list, NULL,
				    yaml_string(context->arena, name, strlen(name)));
		}
	}
	return list;
}

/* Adds the option once. */
static int add_option(const struct property_context *context, const struct property *property,
		      const struct yaml_value *item, const char *name, json_t *seen, json_t *list)
{
	CLEANUP(json) json_t *option = NULL;
	if (json_object_get(seen, name) != NULL) {
		return 0;
	}
	int err = read_name(context, property, item, name, &option);
	if (err < 0) {
		return err;
	}
	(void)json_object_set_new(seen, name, json_true());
	(void)json_array_append_new(list, steal(&option));
	return 0;
}

/* "a, b" without brackets: option names hold no commas. */
static int add_comma_separated(const struct property_context *context,
			       const struct property *property, const struct yaml_value *item,
			       json_t *seen, json_t *list)
{
	for (const char *at = item->text; *at != '\0';) {
		size_t len = strcspn(at, ",");
		const char *start = at;
		at += len + (at[len] == ',');
		while (len > 0 && *start == ' ') {
			start++;
			len--;
		}
		while (len > 0 && start[len - 1] == ' ') {
			len--;
		}
		int err = len == 0 ? 0
				   : add_option(context, property, item,
						arena_copy(context->arena, start, len), seen, list);
		if (err < 0) {
			return err;
		}
	}
	return 0;
}

static int read_options(const struct property_context *context, const struct property *property,
			const struct yaml_value *value, json_t **ret_value)
{
	CLEANUP(json) json_t *list = json_array();
	CLEANUP(json) json_t *seen = json_object();
	int result = 0;
	for (const struct yaml_value *item = property_first_item(value); item != NULL;
	     item = value->kind == YAML_LIST ? item->next : NULL) {
		int err = 0;
		if (item->kind != YAML_SCALAR) {
			err = property_error(context, item,
					     "\"%s\" is a list of options, write [one, two]",
					     property->name);
		} else if (value->kind != YAML_LIST && !is_known(property, item->text)) {
			err = add_comma_separated(context, property, item, seen, list);
		} else if (item->len > 0) {
			err = add_option(context, property, item, item->text, seen, list);
		}
		result = err < 0 ? err : result;
	}
	if (result == 0 && json_array_size(list) > MAX_OPTIONS) {
		result = property_error(context, value,
					"\"%s\" takes at most %d options, remove some",
					property->name, MAX_OPTIONS);
	}
	if (result == 0) {
		*ret_value = steal(&list);
	}
	return result;
}

static bool options_equal(const struct property *property, const json_t *a, const json_t *b)
{
	(void)property;
	return property_sets_equal(a, b, "name");
}

const struct property_kind property_option_kinds[] = {
	{"select", PROPERTY_WRITABLE, "null", show_option, read_option, NULL},
	{"status", PROPERTY_WRITABLE, "null", show_option, read_option, status_equal},
	{"multi_select", PROPERTY_WRITABLE, "[]", show_options, read_options, options_equal},
	{0},
};
