/* POST and PATCH of comments: part of tools/sim/validate.h. */
#include <string.h>

#include "tools/sim/validate.h"
#include "tools/sim/validate/request.h"
#include "tools/sim/validate/value.h"

#define ATTACHMENTS_MAX 3

static const char *const upload_word[] = {"file_upload", NULL};
static const struct shape upload_type = {.kind = SHAPE_WORD, .words = upload_word};
static const struct field attachment_fields[] = {
	{"file_upload_id", &shape_string, true},
	{"type", &upload_type, false},
	{0},
};
static const struct shape attachment = {.kind = SHAPE_OBJECT, .fields = attachment_fields};
static const struct shape attachments = {
	.kind = SHAPE_ARRAY, .max = ATTACHMENTS_MAX, .items = &attachment};

static const char *const display_words[] = {"integration", "user", "custom", NULL};
static const struct shape display_type = {.kind = SHAPE_WORD, .words = display_words};
static const struct field custom_fields[] = {{"name", &shape_string, true}, {0}};
static const struct shape custom = {.kind = SHAPE_OBJECT, .fields = custom_fields};
static const struct field display_fields[] = {
	{"type", &display_type, true},
	{"custom", &custom, false},
	{0},
};

static void check_display(struct validate_report *report, const json_t *display)
{
	const json_t *given = json_object_get(display, "custom");
	const char *type = json_string_value(json_object_get(display, "type"));
	bool wanted = strcmp(type, "custom") == 0;
	if (wanted != (given != NULL)) {
		size_t mark = report_enter_key(report, "custom");
		report_expected(report, wanted ? "defined" : "not present", given);
		report_leave(report, mark);
	}
}

static const struct shape display_name = {
	.kind = SHAPE_OBJECT, .fields = display_fields, .check = check_display};

static const struct field parents[] = {
	{"page_id", &shape_id, false},
	{"block_id", &shape_id, false},
	{0},
};
static const struct shape parent = {.kind = SHAPE_OBJECT, .variants = parents, .typed = true};

/* A body needs one of two keys, and not both. */
static void check_either(struct validate_report *report, const json_t *body, const char *first,
			 const char *second)
{
	const json_t *one = json_object_get(body, first);
	const json_t *other = json_object_get(body, second);
	if ((one == NULL) != (other == NULL)) {
		return;
	}
	size_t mark = report_enter_key(report, one == NULL ? first : second);
	report_expected(report, one == NULL ? "defined" : "not present", other);
	report_leave(report, mark);
}

static void check_text(struct validate_report *report, const json_t *body)
{
	check_either(report, body, "rich_text", "markdown");
}

static void check_create(struct validate_report *report, const json_t *body)
{
	check_either(report, body, "parent", "discussion_id");
	check_text(report, body);
}

static const struct field create_fields[] = {
	{"attachments", &attachments, false},
	{"display_name", &display_name, false},
	{"parent", &parent, false},
	{"discussion_id", &shape_id, false},
	{"rich_text", &shape_rich_text, false},
	{"markdown", &shape_string, false},
	{0},
};
static const struct shape create_body = {
	.kind = SHAPE_OBJECT, .fields = create_fields, .check = check_create};
static const struct field update_fields[] = {
	{"rich_text", &shape_rich_text, false},
	{"markdown", &shape_string, false},
	{0},
};
static const struct shape update_body = {
	.kind = SHAPE_OBJECT, .fields = update_fields, .check = check_text};

static int check(const json_t *body, const struct shape *shape, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, 0) == 0) {
		shape_check_object(&report, body, shape, NULL);
	}
	return report_finish(&report, ret_message);
}

int validate_comment_create(const json_t *body, char **ret_message)
{
	return check(body, &create_body, ret_message);
}

int validate_comment_update(const json_t *body, char **ret_message)
{
	return check(body, &update_body, ret_message);
}
