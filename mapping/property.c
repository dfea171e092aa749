#include "mapping/property.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mapping/json_value.h"

/* Each ends with a zeroed entry. */
static const struct property_kind *const tables[] = {
	property_text_kinds,  property_number_kinds, property_option_kinds,
	property_date_kinds,  property_people_kinds, property_relation_kinds,
	property_files_kinds, property_place_kinds,  property_computed_kinds,
};

static const struct property_kind unknown_kind = {"unknown", PROPERTY_HIDDEN, NULL, NULL, NULL,
						  NULL};

const struct property_kind *property_kind_of(const char *type)
{
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		for (const struct property_kind *kind = tables[i]; kind->type != NULL; kind++) {
			if (strcmp(kind->type, type) == 0) {
				return kind;
			}
		}
	}
	return &unknown_kind;
}

int property_write(const struct property_context *context, const struct property *property,
		   const struct yaml_value *value, json_t **ret_value)
{
	const struct property_kind *kind = property->kind;
	json_t *written = NULL;
	if (yaml_is_empty(value)) {
		written = json_loads(kind->cleared, JSON_DECODE_ANY, NULL);
	} else {
		int err = kind->read(context, property, value, &written);
		if (err < 0) {
			return err;
		}
	}
	*ret_value = json_object_of(kind->type, written);
	return 0;
}

bool property_is_unchanged(const struct property_context *context, const struct property *property,
			   const struct yaml_value *shown, const struct yaml_value *value)
{
	if (yaml_equal(shown, value)) {
		return true;
	}
	if (property->kind->cleared == NULL) {
		return false;
	}
	struct property_context silent = *context;
	silent.diagnostics = NULL;
	CLEANUP(json) json_t *before = NULL;
	CLEANUP(json) json_t *after = NULL;
	if (property_write(&silent, property, shown, &before) < 0 ||
	    property_write(&silent, property, value, &after) < 0) {
		return false;
	}
	const json_t *a = json_object_get(before, property->kind->type);
	const json_t *b = json_object_get(after, property->kind->type);
	return property->kind->equal != NULL ? property->kind->equal(property, a, b)
					     : json_equal(a, b) == 1;
}

static void report(const struct property_context *context, enum severity severity,
		   const struct yaml_value *value, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

static void report(const struct property_context *context, enum severity severity,
		   const struct yaml_value *value, const char *format, va_list args)
{
	char message[1024];
	if (context->diagnostics == NULL) {
		return;
	}
	(void)vsnprintf(message, sizeof message, format, args);
	diagnostics_add(context->diagnostics, severity, value->line, value->column, "%s", message);
}

int property_error(const struct property_context *context, const struct yaml_value *value,
		   const char *format, ...)
{
	va_list args;
	va_start(args, format);
	report(context, SEVERITY_ERROR, value, format, args);
	va_end(args);
	return -EINVAL;
}

void property_warning(const struct property_context *context, const struct yaml_value *value,
		      const char *format, ...)
{
	va_list args;
	va_start(args, format);
	report(context, SEVERITY_WARNING, value, format, args);
	va_end(args);
}

const struct yaml_value *property_first_item(const struct yaml_value *value)
{
	return value->kind == YAML_LIST ? value->first : value;
}

int property_scalar(const struct property_context *context, const struct property *property,
		    const struct yaml_value *value, const struct yaml_value **ret_scalar)
{
	const struct yaml_value *scalar = value;
	if (value->kind == YAML_LIST && value->count == 1) {
		scalar = value->first;
	}
	if (scalar->kind != YAML_SCALAR) {
		return property_error(context, value,
				      "\"%s\" holds one value, write it behind the "
				      "colon without brackets or braces",
				      property->name);
	}
	*ret_scalar = scalar;
	return 0;
}

static json_t *members(const json_t *list, const char *key)
{
	json_t *set = json_object();
	size_t index;
	json_t *item;
	json_array_foreach (list, index, item) {
		const char *text = json_string_value(json_object_get(item, key));
		if (text != NULL) {
			(void)json_object_set_new(set, text, json_true());
		}
	}
	return set;
}

bool property_sets_equal(const json_t *a, const json_t *b, const char *key)
{
	CLEANUP(json) json_t *in_a = members(a, key);
	CLEANUP(json) json_t *in_b = members(b, key);
	return json_equal(in_a, in_b) == 1;
}
