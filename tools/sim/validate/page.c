/* POST and PATCH of pages: part of tools/sim/validate.h. */
#include <string.h>

#include "tools/sim/validate.h"
#include "tools/sim/validate/block.h"
#include "tools/sim/validate/property.h"
#include "tools/sim/validate/request.h"
#include "tools/sim/validate/value.h"

/* parent */

static const struct shape workspace = {.kind = SHAPE_TRUE};
static const struct field parents[] = {
	{"page_id", &shape_id, false},
	{"database_id", &shape_id, false},
	{"data_source_id", &shape_id, false},
	{"workspace", &workspace, false},
	{0},
};
static const struct shape parent = {.kind = SHAPE_OBJECT, .variants = parents, .typed = true};

static const struct field move_parents[] = {
	{"page_id", &shape_id, false},
	{"data_source_id", &shape_id, false},
	{0},
};
static const struct shape move_parent = {
	.kind = SHAPE_OBJECT, .variants = move_parents, .typed = true};
static const struct field move_fields[] = {{"parent", &move_parent, true}, {0}};
static const struct shape move_body = {.kind = SHAPE_OBJECT, .fields = move_fields};

/* template and position */

static const char *const create_templates[] = {"none", "default", "template_id", NULL};
static const char *const update_templates[] = {"default", "template_id", NULL};
static const struct shape create_template_type = {.kind = SHAPE_WORD, .words = create_templates};
static const struct shape update_template_type = {.kind = SHAPE_WORD, .words = update_templates};

static void check_template(struct validate_report *report, const json_t *template)
{
	const json_t *id = json_object_get(template, "template_id");
	const char *type = json_string_value(json_object_get(template, "type"));
	bool wanted = strcmp(type, "template_id") == 0;
	if (wanted != (id != NULL)) {
		size_t mark = report_enter_key(report, "template_id");
		report_expected(report, wanted ? "defined" : "not present", id);
		report_leave(report, mark);
	}
}

static const struct field create_template_fields[] = {
	{"type", &create_template_type, true},
	{"template_id", &shape_id, false},
	{"timezone", &shape_string, false},
	{0},
};
static const struct shape create_template = {
	.kind = SHAPE_OBJECT, .fields = create_template_fields, .check = check_template};
static const struct field update_template_fields[] = {
	{"type", &update_template_type, true},
	{"template_id", &shape_id, false},
	{"timezone", &shape_string, false},
	{0},
};
static const struct shape update_template = {
	.kind = SHAPE_OBJECT, .fields = update_template_fields, .check = check_template};

static const char *const positions[] = {"after_block", "page_start", "page_end", NULL};
static const struct shape position_type = {.kind = SHAPE_WORD, .words = positions};
static const struct field position_fields[] = {
	{"type", &position_type, true},
	{"after_block", &shape_has_id, false},
	{0},
};
static const struct shape position = {
	.kind = SHAPE_OBJECT, .fields = position_fields, .check = request_check_position};

/* bodies */

static const char *const markdown_versions[] = {"v1", "v2", NULL};
static const struct shape markdown_version = {.kind = SHAPE_WORD, .words = markdown_versions};
static const struct field create_fields[] = {
	{"parent", &parent, false},
	{"properties", &shape_properties, false},
	{"icon", &shape_icon_or_null, false},
	{"cover", &shape_cover_or_null, false},
	{"markdown", &shape_string, false},
	{"markdown_version", &markdown_version, false},
	{"allow_async", &shape_boolean, false},
	{"template", &create_template, false},
	{"position", &position, false},
	{0},
};
/* The blocks are looked at afterwards; `content` is another name of `children`. */
static const char *const content_keys[] = {"children", "content", NULL};
static const struct shape create_body = {
	.kind = SHAPE_OBJECT, .fields = create_fields, .tolerated = content_keys};

static const struct field update_fields[] = {
	{"properties", &shape_properties, false},
	{"icon", &shape_icon_or_null, false},
	{"cover", &shape_cover_or_null, false},
	{"in_trash", &shape_boolean, false},
	{"is_archived", &shape_boolean, false},
	{"is_locked", &shape_boolean, false},
	{"template", &update_template, false},
	{"erase_content", &shape_boolean, false},
	{0},
};
static const struct shape update_body = {.kind = SHAPE_OBJECT, .fields = update_fields};

/* What fills a page: only one of the three may be there. */
static void check_content(struct validate_report *report, const json_t *body)
{
	static const char *const keys[] = {"children", "content", "markdown"};
	bool seen = false;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const json_t *content = json_object_get(body, keys[i]);
		if (content != NULL && seen) {
			size_t mark = report_enter_key(report, keys[i]);
			report_expected(report, "not present", content);
			report_leave(report, mark);
		} else if (content != NULL && strcmp(keys[i], "markdown") != 0) {
			block_check_children(report, content, keys[i], 0);
		}
		seen = seen || content != NULL;
	}
}

int validate_page_create(const json_t *body, size_t body_bytes, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, body_bytes) == 0) {
		shape_check_object(&report, body, &create_body, NULL);
		check_content(&report, body);
	}
	int status = report_finish(&report, ret_message);
	if (status != 0) {
		return status;
	}
	const char *const keys[] = {"children", "content"};
	for (size_t i = 0; i < 2 && status == 0; i++) {
		status = validate_placement(json_object_get(body, keys[i]), NULL, ret_message);
	}
	return status;
}

int validate_page_update(const json_t *body, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, 0) == 0) {
		shape_check_object(&report, body, &update_body, NULL);
	}
	return report_finish(&report, ret_message);
}

int validate_page_move(const json_t *body, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, 0) == 0) {
		shape_check_object(&report, body, &move_body, NULL);
	}
	return report_finish(&report, ret_message);
}
