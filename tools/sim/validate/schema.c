#include "tools/sim/validate/schema.h"

#include <string.h>

#include "tools/sim/validate/value.h"

#define OPTION_NAME_MAX 100

static const struct field no_fields[] = {{0}};
static const struct shape nothing = {.kind = SHAPE_OBJECT, .fields = no_fields};
static const struct shape string_or_null = {.kind = SHAPE_STRING, .nullable = true};

/* Reports all of the keys when none of them is there. */
static void check_any(struct validate_report *report, const json_t *value, const char *const *keys,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (json_object_get(value, keys[i]) != NULL) {
			return;
		}
	}
	for (size_t i = 0; i < count; i++) {
		size_t mark = report_enter_key(report, keys[i]);
		report_expected(report, "defined", NULL);
		report_leave(report, mark);
	}
}

/* ── options ── */

static const char *const colors[] = {"default", "gray",	  "brown", "orange", "yellow", "green",
				     "blue",	"purple", "pink",  "red",    NULL};
static const struct shape color = {.kind = SHAPE_WORD, .words = colors};
static const struct shape option_name = {.kind = SHAPE_STRING, .min = 1, .max = OPTION_NAME_MAX};
static const struct field new_option_fields[] = {
	{"name", &option_name, true},
	{"color", &color, false},
	{"description", &string_or_null, false},
	{0},
};
static const struct shape new_option = {.kind = SHAPE_OBJECT, .fields = new_option_fields};
static const struct shape new_options = {
	.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &new_option};
static const struct field new_options_fields[] = {{"options", &new_options, false}, {0}};
static const struct shape new_choice = {.kind = SHAPE_OBJECT, .fields = new_options_fields};

static void check_option(struct validate_report *report, const json_t *option)
{
	static const char *const keys[] = {"id", "name"};
	check_any(report, option, keys, 2);
}

static const struct field option_fields[] = {
	{"id", &shape_string, false},
	{"name", &option_name, false},
	{"color", &color, false},
	{"description", &string_or_null, false},
	{0},
};
static const struct shape option = {
	.kind = SHAPE_OBJECT, .fields = option_fields, .check = check_option};
static const struct shape options = {.kind = SHAPE_ARRAY, .max = VALUE_ITEMS_MAX, .items = &option};
static const struct field options_fields[] = {{"options", &options, false}, {0}};
static const struct shape choice = {.kind = SHAPE_OBJECT, .fields = options_fields};

/* ── relations and what is computed ── */

static const struct field dual_fields[] = {
	{"synced_property_id", &shape_string, false},
	{"synced_property_name", &shape_string, false},
	{0},
};
static const struct shape dual = {.kind = SHAPE_OBJECT, .fields = dual_fields};
static const struct field relation_fields[] = {{"data_source_id", &shape_id, true}, {0}};
static const struct field relation_kinds[] = {
	{"single_property", &nothing, false},
	{"dual_property", &dual, false},
	{0},
};
static const struct shape relation = {
	.kind = SHAPE_OBJECT, .fields = relation_fields, .variants = relation_kinds, .typed = true};

static const char *const functions[] = {"count",
					"count_values",
					"empty",
					"not_empty",
					"unique",
					"show_unique",
					"percent_empty",
					"percent_not_empty",
					"sum",
					"average",
					"median",
					"min",
					"max",
					"range",
					"earliest_date",
					"latest_date",
					"date_range",
					"checked",
					"unchecked",
					"percent_checked",
					"percent_unchecked",
					"count_per_group",
					"percent_per_group",
					"show_original",
					NULL};
static const struct shape function = {.kind = SHAPE_WORD, .words = functions};
static const struct field rollup_fields[] = {
	{"function", &function, true},
	{"relation_property_name", &shape_string, false},
	{"relation_property_id", &shape_string, false},
	{"rollup_property_name", &shape_string, false},
	{"rollup_property_id", &shape_string, false},
	{0},
};

static void check_rollup(struct validate_report *report, const json_t *rollup)
{
	static const char *const relations[] = {"relation_property_name", "relation_property_id"};
	static const char *const rolled[] = {"rollup_property_name", "rollup_property_id"};
	check_any(report, rollup, relations, 2);
	check_any(report, rollup, rolled, 2);
}

static const struct shape rollup = {
	.kind = SHAPE_OBJECT, .fields = rollup_fields, .check = check_rollup};

static const struct field number_fields[] = {{"format", &shape_string, false}, {0}};
static const struct shape number = {.kind = SHAPE_OBJECT, .fields = number_fields};
static const struct field formula_fields[] = {{"expression", &shape_string, false}, {0}};
static const struct shape formula = {.kind = SHAPE_OBJECT, .fields = formula_fields};
static const struct field unique_id_fields[] = {{"prefix", &string_or_null, false}, {0}};
static const struct shape unique_id = {.kind = SHAPE_OBJECT, .fields = unique_id_fields};

/* ── entries ── */

#define COMMON_TYPES                                                                               \
	{"number", &number, false}, {"formula", &formula, false}, {"relation", &relation, false},  \
		{"rollup", &rollup, false}, {"unique_id", &unique_id, false},                      \
		{"title", &nothing, false}, {"rich_text", &nothing, false},                        \
		{"url", &nothing, false}, {"people", &nothing, false}, {"files", &nothing, false}, \
		{"email", &nothing, false}, {"phone_number", &nothing, false},                     \
		{"date", &nothing, false}, {"checkbox", &nothing, false},                          \
		{"created_by", &nothing, false}, {"created_time", &nothing, false},                \
		{"last_edited_by", &nothing, false}, {"last_edited_time", &nothing, false},        \
	{                                                                                          \
		"place", &nothing, false                                                           \
	}

static const struct shape description = {.kind = SHAPE_STRING, .nullable = true};
static const struct field new_entry_fields[] = {{"description", &description, false}, {0}};
static const struct field new_types[] = {
	COMMON_TYPES,
	{"select", &new_choice, false},
	{"multi_select", &new_choice, false},
	{"status", &new_choice, false},
	{"button", &nothing, false},
	{"location", &nothing, false},
	{"verification", &nothing, false},
	{"last_visited_time", &nothing, false},
	{0},
};
static const struct shape new_entry = {
	.kind = SHAPE_OBJECT, .fields = new_entry_fields, .variants = new_types, .typed = true};
const struct shape shape_schema = {.kind = SHAPE_MAP, .items = &new_entry};

static const struct field entry_fields[] = {
	{"name", &shape_string, false},
	{"description", &description, false},
	{0},
};
static const struct field types[] = {
	COMMON_TYPES,
	{"select", &choice, false},
	{"multi_select", &choice, false},
	{"status", &choice, false},
	{0},
};
static const struct shape typed_entry = {
	.kind = SHAPE_OBJECT, .fields = entry_fields, .variants = types, .typed = true};
static const struct field name_fields[] = {
	{"name", &shape_string, true},
	{"description", &description, false},
	{0},
};
static const char *const type_key[] = {"type", NULL};
static const struct shape named_entry = {
	.kind = SHAPE_OBJECT, .fields = name_fields, .tolerated = type_key};

/* With a type's key it is that type; without, a new name. */
static void check_entry(struct validate_report *report, const json_t *entry)
{
	for (const struct field *type = types; type->key != NULL; type++) {
		if (json_object_get(entry, type->key) != NULL) {
			shape_check_object(report, entry, &typed_entry, NULL);
			return;
		}
	}
	shape_check_object(report, entry, &named_entry, NULL);
}

static void check_entries(struct validate_report *report, const json_t *schema)
{
	const char *key;
	json_t *entry;
	json_object_foreach ((json_t *)schema, key, entry) {
		size_t mark = report_enter_key(report, key);
		if (json_is_object(entry)) {
			check_entry(report, entry);
		} else if (!json_is_null(entry)) {
			report_expected(report, "an object or `null`", entry);
		}
		report_leave(report, mark);
	}
}

static const struct shape anything = {.kind = SHAPE_ANY};
const struct shape shape_schema_update = {
	.kind = SHAPE_MAP, .items = &anything, .check = check_entries};
