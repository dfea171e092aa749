/* The bodies of a data source query and of a search: part of tools/sim/validate.h. */
#include "tools/sim/validate.h"

#include <string.h>

#include "tools/sim/validate/filter.h"
#include "tools/sim/validate/request.h"
#include "tools/sim/validate/value.h"

#define PAGE_SIZE_MAX 100
#define SORTS_MAX 100

static const struct shape page_size = {.kind = SHAPE_INTEGER, .min = 1, .max = PAGE_SIZE_MAX};
static const struct shape start_cursor = {.kind = SHAPE_STRING, .min = 1, .nullable = true};
static const char *const directions[] = {"ascending", "descending", NULL};
static const struct shape direction = {.kind = SHAPE_WORD, .words = directions};

/* query */

static const char *const row_timestamps[] = {"created_time", "last_edited_time", NULL};
static const struct shape row_timestamp = {.kind = SHAPE_WORD, .words = row_timestamps};
static const struct field sort_by[] = {
	{"property", &shape_string, false},
	{"timestamp", &row_timestamp, false},
	{0},
};
static const struct field sort_fields[] = {{"direction", &direction, true}, {0}};
static const struct shape sort = {.kind = SHAPE_OBJECT, .fields = sort_fields, .variants = sort_by};
static const struct shape sorts = {.kind = SHAPE_ARRAY, .max = SORTS_MAX, .items = &sort};
static const char *const result_types[] = {"page", "data_source", NULL};
static const struct shape result_type = {.kind = SHAPE_WORD, .words = result_types};
static const struct field query_fields[] = {
	{"sorts", &sorts, false},
	{"start_cursor", &start_cursor, false},
	{"page_size", &page_size, false},
	{"in_trash", &shape_boolean, false},
	{"is_archived", &shape_boolean, false},
	{"result_type", &result_type, false},
	{0},
};
static const struct shape query_body = {.kind = SHAPE_OBJECT, .fields = query_fields};

int validate_query(const json_t *body, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, 0) == 0) {
		shape_check_object(&report, body, &query_body, "filter");
		filter_check(&report, json_object_get(body, "filter"));
	}
	return report_finish(&report, ret_message);
}

/* search */

static const char *const object_word[] = {"object", NULL};
static const struct shape filter_property = {.kind = SHAPE_WORD, .words = object_word};
static const struct shape filter_value = {.kind = SHAPE_WORD, .words = result_types};
static const struct field filter_fields[] = {
	{"property", &filter_property, false},
	{"value", &filter_value, false},
	{"in_trash", &shape_boolean, false},
	{0},
};

/* {property, value, in_trash?} or {in_trash}. */
static void check_search_filter(struct validate_report *report, const json_t *filter)
{
	bool by_object = json_object_get(filter, "property") != NULL ||
			 json_object_get(filter, "value") != NULL;
	if (by_object) {
		shape_check_key(report, filter, "property", &filter_property, true);
		shape_check_key(report, filter, "value", &filter_value, true);
	} else {
		shape_check_key(report, filter, "in_trash", &shape_boolean, true);
	}
}

static const struct shape search_filter = {
	.kind = SHAPE_OBJECT, .fields = filter_fields, .check = check_search_filter};
static const char *const search_timestamps[] = {"last_edited_time", NULL};
static const struct shape search_timestamp = {.kind = SHAPE_WORD, .words = search_timestamps};
static const char *const relevance_word[] = {"relevance", NULL};
static const struct shape relevance = {.kind = SHAPE_WORD, .words = relevance_word};
static const struct field search_sort_by[] = {
	{"timestamp", &search_timestamp, false},
	{"property", &relevance, false},
	{0},
};
static const struct field search_sort_fields[] = {{"direction", &direction, false}, {0}};

static void check_search_direction(struct validate_report *report, const json_t *search_sort)
{
	const json_t *given = json_object_get(search_sort, "direction");
	bool wanted = json_object_get(search_sort, "timestamp") != NULL;
	if (wanted != (given != NULL)) {
		size_t mark = report_enter_key(report, "direction");
		report_expected(report, wanted ? "defined" : "not present", given);
		report_leave(report, mark);
	}
}

static const struct shape search_sort = {.kind = SHAPE_OBJECT,
					 .fields = search_sort_fields,
					 .variants = search_sort_by,
					 .check = check_search_direction};
static const struct field search_fields[] = {
	{"query", &shape_string, false},  {"filter", &search_filter, false},
	{"sort", &search_sort, false},	  {"start_cursor", &start_cursor, false},
	{"page_size", &page_size, false}, {0},
};
static const struct shape search_body = {.kind = SHAPE_OBJECT, .fields = search_fields};

int validate_search(const json_t *body, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, 0) == 0) {
		shape_check_object(&report, body, &search_body, NULL);
	}
	return report_finish(&report, ret_message);
}
