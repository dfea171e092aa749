#include "tools/sim/answer.h"

#include <stdarg.h>
#include <string.h>

#include "tools/sim/workspace.h"

#define DEFAULT_INTEGRATION_ID "3f1c2a9e-7b54-4d0a-9c41-5d2e8b7a6f10"
#define DEFAULT_INTEGRATION_NAME "notionfs"

void answer_release(struct answer *answer)
{
	json_decref(answer->json);
	json_decref(answer->committed_children);
	*answer = (struct answer){0};
}

void answer_ok(struct answer *answer, json_t *json)
{
	json_decref(answer->json);
	answer->status = 200;
	answer->json = json;
}

static void set_error(struct answer *answer, unsigned status, const char *code, const char *message)
{
	json_decref(answer->json);
	answer->status = status;
	answer->json = json_pack("{s:s, s:i, s:s, s:s}", "object", "error", "status", (int)status,
				 "code", code, "message", message);
	if (answer->json == NULL) { /* the message quotes what isn't UTF-8 */
		answer->json = json_pack("{s:s, s:i, s:s, s:s}", "object", "error", "status",
					 (int)status, "code", code, "message", "Invalid text.");
	}
}

__attribute__((format(printf, 4, 0))) static void set_error_v(struct answer *answer,
							      unsigned status, const char *code,
							      const char *format, va_list args)
{
	CLEANUP(free) char *message = NULL;
	if (vasprintf(&message, format, args) < 0) {
		abort();
	}
	set_error(answer, status, code, message);
}

void answer_error(struct answer *answer, unsigned status, const char *code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set_error_v(answer, status, code, format, args);
	va_end(args);
}

void answer_invalid(struct answer *answer, char *message)
{
	set_error(answer, 400, "validation_error", message);
	free(message);
}

void answer_refuse(struct answer *answer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set_error_v(answer, 400, "validation_error", format, args);
	va_end(args);
}

void answer_not_found(struct answer *answer, const struct workspace *workspace, const char *kind,
		      const char *id)
{
	if (strcmp(kind, "user") == 0) {
		answer_error(answer, 404, "object_not_found",
			     "Could not find user with ID: %s. Make sure your integration has "
			     "capabilities to read user information. With those capabilities, only "
			     "members and guests in the integration's workspace are visible.",
			     id);
	} else {
		answer_error(answer, 404, "object_not_found",
			     "Could not find %s with ID: %s. Make sure the relevant pages and "
			     "databases are shared with your integration \"%s\".",
			     kind, id,
			     workspace_config_string(workspace, "integration_name",
						     DEFAULT_INTEGRATION_NAME));
	}
	answer_add_data(answer, "integration_id",
			json_string(workspace_config_string(workspace, "integration_id",
							    DEFAULT_INTEGRATION_ID)));
}

void answer_archived(struct answer *answer)
{
	answer_refuse(answer, "Can't edit block that is archived. You must unarchive the block "
			      "before editing.");
}

void answer_add_data(struct answer *answer, const char *key, json_t *value)
{
	json_t *data = json_object_get(answer->json, "additional_data");
	if (data == NULL) {
		data = json_object();
		(void)json_object_set_new(answer->json, "additional_data", data);
	}
	(void)json_object_set_new(data, key, value);
}

json_t *answer_list(json_t *results, const char *next_cursor, const char *type)
{
	return json_pack("{s:s, s:o, s:s?, s:b, s:s, s:{}}", "object", "list", "results", results,
			 "next_cursor", next_cursor, "has_more", next_cursor != NULL, "type", type,
			 type);
}
