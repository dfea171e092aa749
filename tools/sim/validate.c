#include "tools/sim/validate.h"

#include <string.h>

#include "mapping/base/uuid.h"
#include "tools/sim/validate/block.h"
#include "tools/sim/validate/block_type.h"
#include "tools/sim/validate/request.h"
#include "tools/sim/validate/value.h"

int validate_uuid(const char *text)
{
	struct uuid uuid;
	if (text == NULL || uuid_parse(text, strlen(text), &uuid) < 0) {
		return 400;
	}
	return (uuid.bytes[8] & 0xc0) == 0x80 ? 0 : 400;
}

int validate_path_id(const char *name, const char *text, char **ret_message)
{
	if (validate_uuid(text) == 0) {
		return 0;
	}
	json_t *value = json_string(text);
	CLEANUP(free) char *quoted = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY);
	json_decref(value);
	return report_message(ret_message,
			      "path failed validation: path.%s should be a valid uuid, "
			      "instead was `%s`.",
			      name, quoted == NULL ? "undefined" : quoted);
}

int request_begin(struct validate_report *report, const json_t *body, size_t body_bytes)
{
	report_init(report, "body");
	if (body_bytes > VALIDATE_BODY_MAX_BYTES) {
		report_length(report, "≤", VALIDATE_BODY_MAX_BYTES, body_bytes);
		return 400;
	}
	if (!json_is_object(body)) {
		report_expected(report, "an object", body);
		return 400;
	}
	return 0;
}

/* append */

static const char *const append_positions[] = {"after_block", "start", "end", NULL};
static const struct shape append_position_type = {.kind = SHAPE_WORD, .words = append_positions};
static const struct field append_position_fields[] = {
	{"type", &append_position_type, true},
	{"after_block", &shape_has_id, false},
	{0},
};
static const struct shape append_position = {
	.kind = SHAPE_OBJECT, .fields = append_position_fields, .check = request_check_position};
static const struct field append_fields[] = {{"position", &append_position, false}, {0}};
static const struct shape append_body = {.kind = SHAPE_OBJECT, .fields = append_fields};

void request_check_position(struct validate_report *report, const json_t *position)
{
	const char *type = json_string_value(json_object_get(position, "type"));
	const json_t *after = json_object_get(position, "after_block");
	bool wanted = strcmp(type, "after_block") == 0;
	if (wanted != (after != NULL)) {
		size_t mark = report_enter_key(report, "after_block");
		report_expected(report, wanted ? "defined" : "not present", after);
		report_leave(report, mark);
	}
}

int validate_append(const json_t *body, size_t body_bytes, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, body_bytes) == 0) {
		const json_t *children = json_object_get(body, "children");
		shape_check_object(&report, body, &append_body, "children");
		if (children == NULL) {
			size_t mark = report_enter_key(&report, "children");
			report_expected(&report, "defined", NULL);
			report_leave(&report, mark);
		}
		block_check_children(&report, children, "children", 1);
	}
	return report_finish(&report, ret_message);
}

/* update */

static void check_update_payload(struct validate_report *report, const json_t *payload,
				 const struct block_type *type)
{
	size_t mark = report_enter_key(report, type->name);
	if (!json_is_object(payload)) {
		report_expected(report, "an object", payload);
	} else {
		const json_t *children = json_object_get(payload, "children");
		bool ignored = type->empty_children_on_update && json_is_array(children) &&
			       json_array_size(children) == 0;
		shape_check_object(report, payload, type->update, ignored ? "children" : NULL);
	}
	report_leave(report, mark);
}

int validate_block_update(const json_t *body, const char *stored_type, char **ret_message)
{
	struct validate_report report;
	if (request_begin(&report, body, 0) == 0) {
		const struct block_type *type = block_type_find(stored_type);
		const char *key;
		json_t *value;
		json_object_foreach ((json_t *)body, key, value) {
			if (type != NULL && type->update != NULL && strcmp(key, stored_type) == 0) {
				check_update_payload(&report, value, type);
			} else if (strcmp(key, "type") != 0 && strcmp(key, "in_trash") != 0) {
				size_t mark = report_enter_key(&report, key);
				report_expected(&report, "not present", value);
				report_leave(&report, mark);
			}
		}
		const char *const words[] = {stored_type, NULL};
		const struct shape type_word = {.kind = SHAPE_WORD, .words = words};
		shape_check_key(&report, body, "type", &type_word, false);
		shape_check_key(&report, body, "in_trash", &shape_boolean, false);
		/* The type may only be said of something. */
		if (json_object_get(body, "type") != NULL &&
		    json_object_get(body, stored_type) == NULL) {
			size_t mark = report_enter_key(&report, stored_type);
			report_expected(&report, "defined", NULL);
			report_leave(&report, mark);
		}
	}
	return report_finish(&report, ret_message);
}
