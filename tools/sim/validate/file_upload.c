/* POST /v1/file_uploads: part of tools/sim/validate.h. */
#include <string.h>

#include "tools/sim/validate.h"
#include "tools/sim/validate/request.h"
#include "tools/sim/validate/value.h"

#define FILENAME_MAX_BYTES 900

static void check_filename(struct validate_report *report, const json_t *body)
{
	size_t bytes = json_string_length(json_object_get(body, "filename"));
	if (bytes > FILENAME_MAX_BYTES) {
		size_t mark = report_enter_key(report, "filename");
		report_length(report, "≤", FILENAME_MAX_BYTES, bytes);
		report_leave(report, mark);
	}
}

static const char *const modes[] = {"single_part", "multi_part", "external_url", NULL};
static const struct shape mode = {.kind = SHAPE_WORD, .words = modes};
static const struct shape number = {.kind = SHAPE_NUMBER};
static const struct field fields[] = {
	{"mode", &mode, false},
	{"filename", &shape_string, false},
	{"content_type", &shape_string, false},
	{"number_of_parts", &number, false},
	{"external_url", &shape_string, false},
	{0},
};
static const struct shape upload = {
	.kind = SHAPE_OBJECT, .fields = fields, .check = check_filename};

int validate_file_upload(const json_t *body, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, 0) == 0) {
		shape_check_object(&report, body, &upload, NULL);
	}
	return report_finish(&report, ret_message);
}
