/* The endpoints by which the bytes of an upload come: send and complete. */
#include <ctype.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "tools/sim/base64.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"

#define PARTS_MAX 10000

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool is_mode(const json_t *upload, const char *mode)
{
	return strcmp(string_of(upload, "mode"), mode) == 0;
}

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
	if (!file_upload_takes_type(&sim->workspace, sent)) {
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
	json_t *upload = file_upload_of_path(sim, request, answer);
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
	json_t *upload = file_upload_of_path(sim, request, answer);
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
