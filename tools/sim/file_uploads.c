/* The endpoints of file uploads. */
#include <ctype.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "tools/sim/base64.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/validate.h"

#define PARTS_MAX 10000

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool is_mode(const json_t *upload, const char *mode)
{
	return strcmp(string_of(upload, "mode"), mode) == 0;
}

/* The upload the path names; NULL with the 400 or 404 in `answer`. */
static json_t *find_upload(struct sim *sim, const struct request *request, struct answer *answer)
{
	char *message = NULL;
	const char *id = request->segments[2];
	if (validate_path_id("file_upload_id", id, &message) != 0) {
		answer_invalid(answer, message);
		return NULL;
	}
	json_t *upload = file_upload_find(sim, id);
	if (upload == NULL) {
		answer_not_found(answer, &sim->workspace, "file_upload", id);
	}
	return upload;
}

/* ── create ── */

static bool is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]) && strchr("!#$&-^_.+", text[i]) == NULL) {
			return false;
		}
	}
	return len > 0;
}

/* "type/subtype", parameters after a semicolon allowed; and one the config takes. */
static bool takes_content_type(const struct workspace *workspace, const char *type)
{
	const json_t *taken = json_object_get(workspace->config, "upload_content_types");
	const char *slash = strchr(type, '/');
	size_t len = strcspn(type, "; ");
	if (slash == NULL || slash > type + len || !is_token(type, (size_t)(slash - type)) ||
	    !is_token(slash + 1, (size_t)(type + len - slash - 1))) {
		return false;
	}
	size_t index;
	const json_t *prefix;
	json_array_foreach (taken, index, prefix) {
		if (strncasecmp(json_string_value(prefix), type, json_string_length(prefix)) == 0) {
			return true;
		}
	}
	return taken == NULL;
}

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
	} else if (type != NULL && !takes_content_type(&sim->workspace, type)) {
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

/* ── send ── */

static bool refuses_status(const json_t *upload, struct answer *answer)
{
	if (file_upload_is(upload, "pending")) {
		return false;
	}
	answer_refuse(answer, "File upload status should be `pending`, instead was `%s`.",
		      string_of(upload, "status"));
	return true;
}

/* The number of a part; 0: the file comes in one. -1 with the 400 in `answer`. */
static long read_part_number(const json_t *upload, const struct form *form, struct answer *answer)
{
	const struct form_part *field = form_find(form, "part_number");
	bool wanted = is_mode(upload, "multi_part");
	if (wanted != (field != NULL)) {
		answer_refuse(answer, "body failed validation: body.part_number should be %s.",
			      wanted ? "defined, instead was `undefined`" : "not present");
		return -1;
	}
	if (field == NULL) {
		return 0;
	}
	long number = 0;
	for (size_t i = 0; i < field->bytes && number >= 0 && number <= PARTS_MAX; i++) {
		number = isdigit((unsigned char)field->data[i])
				 ? number * 10 + (field->data[i] - '0')
				 : -1;
	}
	long total = (long)json_integer_value(
		json_object_get(json_object_get(upload, "number_of_parts"), "total"));
	if (number < 1 || number > total) {
		answer_refuse(answer,
			      "body failed validation: body.part_number should be a number from "
			      "1 to %ld.",
			      total);
		return -1;
	}
	return number;
}

/* The bytes the other parts have. */
static size_t count_others(const json_t *upload, const char *number)
{
	size_t bytes = 0;
	const char *key;
	json_t *part;
	json_object_foreach (json_object_get(upload, "parts"), key, part) {
		if (strcmp(key, number) != 0) {
			bytes += (size_t)json_integer_value(json_object_get(part, "bytes"));
		}
	}
	return bytes;
}

static bool refuses_size(const struct sim *sim, const json_t *upload, long number, size_t bytes,
			 struct answer *answer)
{
	size_t max = file_upload_max_bytes(&sim->workspace);
	long total = (long)json_integer_value(
		json_object_get(json_object_get(upload, "number_of_parts"), "total"));
	char key[24];
	(void)snprintf(key, sizeof key, "%ld", number);
	if (bytes > FILE_UPLOAD_PART_MAX_BYTES) {
		answer_refuse(answer, "%s should be at most %zu bytes, instead was %zu.",
			      number > 0 ? "A part" : "A file in one part",
			      FILE_UPLOAD_PART_MAX_BYTES, bytes);
	} else if (number > 0 && number < total && bytes < FILE_UPLOAD_PART_MIN_BYTES) {
		answer_refuse(answer,
			      "Each part but the last should be at least %zu bytes, instead was "
			      "%zu.",
			      FILE_UPLOAD_PART_MIN_BYTES, bytes);
	} else if (count_others(upload, key) + bytes > max) {
		answer_refuse(answer, "The file is larger than the workspace allows: %zu bytes.",
			      max);
	} else {
		return false;
	}
	return true;
}

/* The file must be of the type that was said at the start; a client that knows none sends
 * application/octet-stream. */
static bool refuses_content_type(const struct sim *sim, const json_t *upload,
				 const struct form_part *file, struct answer *answer)
{
	const char *said = string_of(upload, "content_type");
	const char *sent = file->content_type;
	if (sent == NULL || strncasecmp(sent, "application/octet-stream", 24) == 0) {
		return false;
	}
	size_t len = strcspn(sent, "; ");
	if (said != NULL && (strcspn(said, "; ") != len || strncasecmp(said, sent, len) != 0)) {
		answer_refuse(answer, "The file's content type should be `%s`, instead was `%s`.",
			      said, sent);
		return true;
	}
	if (!takes_content_type(&sim->workspace, sent)) {
		answer_refuse(answer, "The content type \"%s\" is not supported.", sent);
		return true;
	}
	return false;
}

/* What the upload didn't know of its file at the start. */
static void complete_description(json_t *upload, const struct form_part *file)
{
	const char *type =
		file->content_type != NULL ? file->content_type : "application/octet-stream";
	if (string_of(upload, "filename") == NULL) {
		json_t *name = json_string(file->filename != NULL ? file->filename : "");
		(void)json_object_set_new(upload, "filename",
					  json_string_length(name) > 0 ? json_incref(name)
								       : json_string("untitled"));
		json_decref(name);
	}
	if (string_of(upload, "content_type") == NULL) {
		(void)json_object_set_new(upload, "content_type", json_string(type));
	}
}

static void keep_part(json_t *upload, long number, const struct form_part *file)
{
	char key[24];
	(void)snprintf(key, sizeof key, "%ld", number);
	json_t *parts = json_object_get(upload, "parts");
	CLEANUP(free) char *base64 = base64_encode(file->data, file->bytes);
	(void)json_object_set_new(
		parts, key,
		json_pack("{s:s, s:I}", "base64", base64, "bytes", (json_int_t)file->bytes));
	(void)json_object_set_new(json_object_get(upload, "number_of_parts"), "sent",
				  json_integer((json_int_t)json_object_size(parts)));
}

void file_uploads_send(struct sim *sim, const struct request *request, struct answer *answer)
{
	json_t *upload = find_upload(sim, request, answer);
	if (upload == NULL) {
		return;
	}
	if (request->form == NULL) {
		answer_refuse(answer, "The body should be multipart/form-data.");
		return;
	}
	const struct form_part *file = form_find(request->form, "file");
	if (file == NULL) {
		answer_refuse(answer, "body failed validation: body.file should be defined, "
				      "instead was `undefined`.");
		return;
	}
	if (refuses_status(upload, answer)) {
		return;
	}
	long number = read_part_number(upload, request->form, answer);
	if (number < 0 || refuses_content_type(sim, upload, file, answer) ||
	    refuses_size(sim, upload, number, file->bytes, answer)) {
		return;
	}
	complete_description(upload, file);
	if (number > 0) {
		keep_part(upload, number, file);
	} else {
		char *base64 = base64_encode(file->data, file->bytes);
		file_upload_finish(sim, upload, json_string(base64), file->bytes);
		free(base64);
	}
	answer->changed = true;
	answer_ok(answer, file_upload_object(upload));
}

/* ── complete ── */

/* The parts in their order as one text. Each is decoded: only multiples of three bytes could be
 * put together as they are. */
static json_t *join_parts(const json_t *parts, size_t total, size_t *ret_bytes)
{
	struct buf all;
	buf_init(&all, (size_t)1 << 31);
	for (size_t i = 1; i <= total; i++) {
		char key[24];
		size_t bytes;
		(void)snprintf(key, sizeof key, "%zu", i);
		CLEANUP(free)
		char *part =
			base64_decode(string_of(json_object_get(parts, key), "base64"), &bytes);
		buf_append(&all, part, bytes);
	}
	CLEANUP(free) char *text = base64_encode(all.data, all.len);
	*ret_bytes = all.len;
	buf_release(&all);
	return json_string(text);
}

void file_uploads_complete(struct sim *sim, const struct request *request, struct answer *answer)
{
	json_t *upload = find_upload(sim, request, answer);
	if (upload == NULL) {
		return;
	}
	if (json_object_size(request->body) > 0) {
		answer_refuse(answer, "body failed validation: body should be empty.");
		return;
	}
	if (!is_mode(upload, "multi_part")) {
		answer_refuse(answer, "Only a multi_part upload is completed.");
		return;
	}
	if (refuses_status(upload, answer)) {
		return;
	}
	const json_t *parts = json_object_get(upload, "parts");
	const json_t *total = json_object_get(json_object_get(upload, "number_of_parts"), "total");
	if ((json_int_t)json_object_size(parts) < json_integer_value(total)) {
		answer_refuse(answer, "Only %zu of %lld parts were sent.", json_object_size(parts),
			      (long long)json_integer_value(total));
		return;
	}
	size_t bytes;
	json_t *base64 = join_parts(parts, (size_t)json_integer_value(total), &bytes);
	file_upload_finish(sim, upload, base64, bytes);
	answer->changed = true;
	answer_ok(answer, file_upload_object(upload));
}

/* ── reading ── */

void file_uploads_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const json_t *upload = find_upload(sim, request, answer);
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
