/* The endpoints of file uploads, but for the bytes: file_upload_send.c. */
#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/validate.h"

#define PARTS_MAX 10000

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* ── create ── */

/* What `mode` needs beside it and what it does not take. */
static bool refuses_mode(struct sim *sim, const json_t *body, const char *mode,
			 struct answer *answer)
{
	static const struct {
		const char *mode, *key;
		bool wanted;
	} rules[] = {
		{"single_part", "number_of_parts", false},
		{"single_part", "external_url", false},
		{"multi_part", "filename", true},
		{"multi_part", "number_of_parts", true},
		{"multi_part", "external_url", false},
		{"external_url", "filename", true},
		{"external_url", "external_url", true},
		{"external_url", "number_of_parts", false},
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		bool is_there = json_object_get(body, rules[i].key) != NULL;
		if (strcmp(rules[i].mode, mode) == 0 && is_there != rules[i].wanted) {
			answer_refuse(answer, "A %s upload %s a %s.", mode,
				      rules[i].wanted ? "needs" : "doesn't take", rules[i].key);
			return true;
		}
	}
	const json_t *parts = json_object_get(body, "number_of_parts");
	if (parts != NULL && (!json_is_integer(parts) || json_integer_value(parts) < 1 ||
			      json_integer_value(parts) > PARTS_MAX)) {
		answer_refuse(answer, "number_of_parts should be a number from 1 to %d.",
			      PARTS_MAX);
		return true;
	}
	if (strcmp(mode, "multi_part") == 0 &&
	    file_upload_max_bytes(&sim->workspace) <= FILE_UPLOAD_FREE_MAX_BYTES) {
		answer_refuse(answer, "Your workspace's plan does not allow multi_part uploads.");
		return true;
	}
	const char *url = string_of(body, "external_url");
	if (url != NULL && strncasecmp(url, "https://", 8) != 0) {
		answer_refuse(answer, "external_url should be an https URL.");
		return true;
	}
	return false;
}

void file_uploads_create(struct sim *sim, const struct request *request, struct answer *answer)
{
	json_t *body = request->body != NULL ? json_incref(request->body) : json_object();
	const char *mode = string_of(body, "mode");
	const char *filename = string_of(body, "filename");
	const char *type = string_of(body, "content_type");
	char *message = NULL;
	mode = mode != NULL ? mode : "single_part";
	if (validate_file_upload(body, &message) != 0) {
		answer_invalid(answer, message);
	} else if (filename != NULL && *filename == '\0') {
		answer_refuse(answer, "filename should not be empty.");
	} else if (type != NULL && !file_upload_takes_type(&sim->workspace, type)) {
		answer_refuse(answer, "The content type \"%s\" is not supported.", type);
	} else if (!refuses_mode(sim, body, mode, answer)) {
		CLEANUP(author) struct author author;
		author_init(&author, sim, false);
		const json_t *parts = json_object_get(body, "number_of_parts");
		const json_t *upload = file_upload_new(sim, mode, filename, type,
						       (size_t)json_integer_value(parts), &author);
		answer->changed = true;
		answer_ok(answer, file_upload_object(upload));
	}
	json_decref(body);
}

/* ── reading ── */

void file_uploads_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const json_t *upload = file_upload_of_path(sim, request, answer);
	if (upload != NULL) {
		answer_ok(answer, file_upload_object(upload));
	}
}

/* The newest first. */
void file_uploads_list(struct sim *sim, const struct request *request, struct answer *answer)
{
	static const char *const statuses[] = {"pending", "uploaded", "expired", "failed"};
	const char *status = request_parameter(request, "status");
	const json_t *uploads = sim->workspace.file_uploads;
	struct list_window window;
	bool is_known = status == NULL;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		is_known = is_known || strcmp(status, statuses[i]) == 0;
	}
	if (!is_known) {
		answer_refuse(
			answer,
			"query failed validation: query.status should be `\"pending\"`, "
			"`\"uploaded\"`, `\"expired\"`, `\"failed\"`, or `undefined`, instead "
			"was `\"%s\"`.",
			status);
		return;
	}
	if (!endpoint_read_window(sim, request, answer, &window)) {
		return;
	}
	size_t left = json_array_size(uploads);
	if (window.cursor != NULL) {
		size_t index = workspace_child_index(uploads, window.cursor);
		if (index == json_array_size(uploads)) {
			endpoint_refuse_cursor(answer, window.cursor);
			return;
		}
		left = index + 1;
	}
	json_t *results = json_array();
	const char *next_cursor = NULL;
	while (left > 0 && next_cursor == NULL) {
		const char *id = string_of(json_array_get(uploads, --left), "id");
		const json_t *upload = file_upload_find(sim, id);
		if (status != NULL && !file_upload_is(upload, status)) {
			continue;
		}
		if (json_array_size(results) == window.page_size) {
			next_cursor = id;
		} else {
			(void)json_array_append_new(results, file_upload_object(upload));
		}
	}
	answer_ok(answer, answer_list(results, next_cursor, "file_upload"));
}
