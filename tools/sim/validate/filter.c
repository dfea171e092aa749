#include "tools/sim/validate/filter.h"

#include <string.h>

#include "tools/sim/validate/value.h"

#define FILTERS_MAX 100
#define DEPTH_MAX 2

/* conditions */

static const struct shape truth = {.kind = SHAPE_TRUE};
static const struct shape number = {.kind = SHAPE_NUMBER};
static const struct shape texts = {.kind = SHAPE_TEXT_OR_TEXTS, .items = &shape_string};
static const struct field no_fields[] = {{0}};
static const struct shape empty = {.kind = SHAPE_OBJECT, .fields = no_fields};

#define EXISTENCE                                                     \
	{"is_empty", &truth, false}, {"is_not_empty", &truth, false}, \
	{                                                             \
		0                                                     \
	}
#define CONDITION(name, ...)                                         \
	static const struct field name##_variants[] = {__VA_ARGS__}; \
	static const struct shape name = {.kind = SHAPE_OBJECT, .variants = name##_variants}

CONDITION(existence, EXISTENCE);
CONDITION(text, {"equals", &shape_string, false}, {"does_not_equal", &shape_string, false},
	  {"contains", &shape_string, false}, {"does_not_contain", &shape_string, false},
	  {"starts_with", &shape_string, false}, {"ends_with", &shape_string, false}, EXISTENCE);
CONDITION(numeric, {"equals", &number, false}, {"does_not_equal", &number, false},
	  {"greater_than", &number, false}, {"less_than", &number, false},
	  {"greater_than_or_equal_to", &number, false}, {"less_than_or_equal_to", &number, false},
	  EXISTENCE);
CONDITION(checkbox, {"equals", &shape_boolean, false}, {"does_not_equal", &shape_boolean, false},
	  {0});
CONDITION(one_of, {"equals", &texts, false}, {"does_not_equal", &texts, false}, EXISTENCE);
CONDITION(multi_select, {"contains", &texts, false}, {"does_not_contain", &texts, false},
	  EXISTENCE);
CONDITION(date, {"equals", &shape_string, false}, {"before", &shape_string, false},
	  {"after", &shape_string, false}, {"on_or_before", &shape_string, false},
	  {"on_or_after", &shape_string, false}, {"this_week", &empty, false},
	  {"past_week", &empty, false}, {"past_month", &empty, false}, {"past_year", &empty, false},
	  {"next_week", &empty, false}, {"next_month", &empty, false}, {"next_year", &empty, false},
	  EXISTENCE);
CONDITION(people, {"contains", &shape_string, false}, {"does_not_contain", &shape_string, false},
	  EXISTENCE);
CONDITION(relation, {"contains", &shape_id, false}, {"does_not_contain", &shape_id, false},
	  EXISTENCE);
CONDITION(formula, {"string", &text, false}, {"checkbox", &checkbox, false},
	  {"number", &numeric, false}, {"date", &date, false}, {0});
CONDITION(rollup_item, {"rich_text", &text, false}, {"number", &numeric, false},
	  {"checkbox", &checkbox, false}, {"select", &one_of, false},
	  {"multi_select", &multi_select, false}, {"relation", &relation, false},
	  {"date", &date, false}, {"people", &people, false}, {"files", &existence, false},
	  {"status", &one_of, false}, {0});
CONDITION(rollup, {"any", &rollup_item, false}, {"none", &rollup_item, false},
	  {"every", &rollup_item, false}, {"date", &date, false}, {"number", &numeric, false}, {0});
static const char *const verification_words[] = {"verified", "expired", "none", NULL};
static const struct shape verification_word = {.kind = SHAPE_WORD, .words = verification_words};
CONDITION(verification, {"status", &verification_word, false},
	  {"does_not_equal", &verification_word, false}, {0});

/* filters */

static const struct field property_conditions[] = {
	{"title", &text, false},
	{"rich_text", &text, false},
	{"number", &numeric, false},
	{"checkbox", &checkbox, false},
	{"select", &one_of, false},
	{"multi_select", &multi_select, false},
	{"status", &one_of, false},
	{"date", &date, false},
	{"people", &people, false},
	{"files", &existence, false},
	{"url", &text, false},
	{"email", &text, false},
	{"phone_number", &text, false},
	{"relation", &relation, false},
	{"created_by", &people, false},
	{"created_time", &date, false},
	{"last_edited_by", &people, false},
	{"last_edited_time", &date, false},
	{"formula", &formula, false},
	{"unique_id", &numeric, false},
	{"rollup", &rollup, false},
	{"verification", &verification, false},
	{0},
};
static const struct field property_fields[] = {{"property", &shape_string, true}, {0}};
static const struct shape property_filter = {.kind = SHAPE_OBJECT,
					     .fields = property_fields,
					     .variants = property_conditions,
					     .typed = true};

static const struct field timestamp_conditions[] = {
	{"created_time", &date, false},
	{"last_edited_time", &date, false},
	{0},
};
static const char *const timestamp_words[] = {"created_time", "last_edited_time", NULL};
static const struct shape timestamp_word = {.kind = SHAPE_WORD, .words = timestamp_words};
static const struct field timestamp_fields[] = {{"timestamp", &timestamp_word, true}, {0}};

/* The condition is keyed by the timestamp it is on. */
static void check_timestamp(struct validate_report *report, const json_t *filter)
{
	const char *timestamp = json_string_value(json_object_get(filter, "timestamp"));
	shape_check_key(report, filter, timestamp, &date, true);
}

static const struct shape timestamp_filter = {.kind = SHAPE_OBJECT,
					      .fields = timestamp_fields,
					      .variants = timestamp_conditions,
					      .typed = true,
					      .check = check_timestamp};

static void check_filter(struct validate_report *report, const json_t *filter, int depth);

static void check_compound(struct validate_report *report, const json_t *filter, const char *key,
			   int depth)
{
	const json_t *filters = json_object_get(filter, key);
	size_t length = json_array_size(filters);
	size_t mark = report_enter_key(report, key);
	if (depth >= DEPTH_MAX) {
		report_expected(report, "not present", filters);
	} else if (!json_is_array(filters)) {
		report_expected(report, "an array", filters);
	} else if (length > FILTERS_MAX) {
		report_length(report, "≤", FILTERS_MAX, length);
	} else {
		for (size_t i = 0; i < length; i++) {
			size_t item_mark = report_enter_index(report, i);
			check_filter(report, json_array_get(filters, i), depth + 1);
			report_leave(report, item_mark);
		}
	}
	report_leave(report, mark);
	const char *other;
	json_t *value;
	json_object_foreach ((json_t *)filter, other, value) {
		if (strcmp(other, key) != 0) {
			size_t other_mark = report_enter_key(report, other);
			report_expected(report, "not present", value);
			report_leave(report, other_mark);
		}
	}
}

static void check_filter(struct validate_report *report, const json_t *filter, int depth)
{
	if (!json_is_object(filter)) {
		report_expected(report, "an object", filter);
	} else if (json_object_get(filter, "and") != NULL) {
		check_compound(report, filter, "and", depth);
	} else if (json_object_get(filter, "or") != NULL) {
		check_compound(report, filter, "or", depth);
	} else if (json_object_get(filter, "timestamp") != NULL) {
		shape_check_object(report, filter, &timestamp_filter, NULL);
	} else {
		shape_check_object(report, filter, &property_filter, NULL);
	}
}

void filter_check(struct validate_report *report, const json_t *filter)
{
	if (filter == NULL) {
		return;
	}
	size_t mark = report_enter_key(report, "filter");
	check_filter(report, filter, 0);
	report_leave(report, mark);
}
