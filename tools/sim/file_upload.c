#include "tools/sim/file_upload.h"

#include <ctype.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "tools/sim/users.h"
#include "tools/sim/validate.h"

#define URL_MAX_BYTES 8192

size_t file_upload_max_bytes(const struct workspace *workspace)
{
	static const char key[] = "max_file_upload_size_in_bytes";
	const json_t *bot = json_object_get(workspace_bot(workspace), "bot");
	const json_t *said = json_object_get(json_object_get(bot, "workspace_limits"), key);
	const json_t *configured = json_object_get(workspace->config, key);
	const json_t *limit = configured != NULL ? configured : said;
	return json_is_integer(limit) ? (size_t)json_integer_value(limit)
				      : FILE_UPLOAD_FREE_MAX_BYTES;
}

/* ── state ── */

static json_t *own_url(const struct sim *sim, const char *id, const char *action)
{
	return json_sprintf("http://127.0.0.1:%u/v1/file_uploads/%s/%s", sim->port, id, action);
}

json_t *file_upload_new(struct sim *sim, const char *mode, const char *filename,
			const char *content_type, size_t parts, const struct author *author)
{
	char id[UUID_TEXT_BYTES];
	char expiry[CLOCK_ISO_BYTES];
	workspace_new_id(&sim->workspace, 8, id);
	clock_format_iso(author->now_ms + FILE_UPLOAD_LIFE_MS, expiry);
	bool is_import = strcmp(mode, "external_url") == 0;
	json_t *upload =
		json_pack("{s:s, s:s, s:s, s:{s:O, s:s}, s:s, s:b, s:s, s:s, s:s?, s:s?, s:n}",
			  "object", "file_upload", "id", id, "created_time", author->stamp,
			  "created_by", "id", json_object_get(author->user, "id"), "type",
			  sim->is_personal ? "person" : "bot", "last_edited_time", author->stamp,
			  "in_trash", false, "expiry_time", expiry, "status", "pending", "filename",
			  filename, "content_type", content_type, "content_length");
	if (!is_import) {
		(void)json_object_set_new(upload, "upload_url", own_url(sim, id, "send"));
	}
	if (parts > 0) {
		(void)json_object_set_new(upload, "complete_url", own_url(sim, id, "complete"));
		(void)json_object_set_new(
			upload, "number_of_parts",
			json_pack("{s:I, s:i}", "total", (json_int_t)parts, "sent", 0));
	}
	(void)json_object_set_new(upload, "mode", json_string(mode));
	(void)json_object_set_new(upload, "attached", json_false());
	(void)json_object_set_new(upload, "parts", json_object());
	struct workspace *workspace = &sim->workspace;
	if (workspace->file_uploads == NULL) {
		workspace->file_uploads = json_array();
		(void)json_object_set_new(workspace->document, "file_uploads",
					  workspace->file_uploads);
	}
	(void)json_array_append_new(workspace->file_uploads, upload);
	return upload;
}

static json_t *find(const struct workspace *workspace, const char *id)
{
	struct uuid uuid;
	char dashed[UUID_TEXT_BYTES];
	if (id == NULL || uuid_parse(id, strlen(id), &uuid) < 0) {
		return NULL;
	}
	uuid_format(&uuid, dashed);
	return json_array_get(workspace->file_uploads,
			      workspace_child_index(workspace->file_uploads, dashed));
}

bool file_upload_is(const json_t *upload, const char *status)
{
	return strcmp(json_string_value(json_object_get(upload, "status")), status) == 0;
}

static void set_status(json_t *upload, const char *status)
{
	(void)json_object_set_new(upload, "status", json_string(status));
	(void)json_object_del(upload, "upload_url");
	(void)json_object_del(upload, "complete_url");
}

/* The time that has gone by: an import is done when somebody looks again; what nobody attached in
 * time has expired. */
static void settle(struct sim *sim, json_t *upload)
{
	const char *mode = json_string_value(json_object_get(upload, "mode"));
	const char *expiry = json_string_value(json_object_get(upload, "expiry_time"));
	int64_t expiry_ms;
	if (strcmp(mode, "external_url") == 0 && file_upload_is(upload, "pending")) {
		char stamp[CLOCK_ISO_BYTES];
		clock_format_iso(sim_clock_now_ms(&sim->clock), stamp);
		const char *name = json_string_value(json_object_get(upload, "filename"));
		set_status(upload, "uploaded");
		(void)json_object_set_new(
			upload, "content_length",
			json_integer((json_int_t)(strlen(name) + strlen("This is .\n"))));
		(void)json_object_set_new(upload, "file_import_result",
					  json_pack("{s:s, s:s, s:{}}", "imported_time", stamp,
						    "type", "success", "success"));
	}
	if (!json_is_true(json_object_get(upload, "attached")) && expiry != NULL &&
	    clock_parse_iso(expiry, &expiry_ms) == 0 &&
	    sim_clock_now_ms(&sim->clock) >= expiry_ms) {
		set_status(upload, "expired");
	}
}

json_t *file_upload_find(struct sim *sim, const char *id)
{
	json_t *upload = find(&sim->workspace, id);
	if (upload != NULL) {
		settle(sim, upload);
	}
	return upload;
}

json_t *file_upload_object(const json_t *upload)
{
	static const char *const keys[] = {"object",	       "id",
					   "created_time",     "created_by",
					   "last_edited_time", "in_trash",
					   "expiry_time",      "status",
					   "filename",	       "content_type",
					   "content_length",   "upload_url",
					   "complete_url",     "file_import_result",
					   "number_of_parts"};
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		json_t *value = json_object_get(upload, keys[i]);
		if (value != NULL) {
			(void)json_object_set_new(object, keys[i], json_deep_copy(value));
		}
	}
	return object;
}

void file_upload_finish(struct sim *sim, json_t *upload, json_t *base64, size_t length)
{
	json_t *file = json_pack("{s:o, s:O}", "base64", base64, "content_type",
				 json_object_get(upload, "content_type"));
	const char *id = json_string_value(json_object_get(upload, "id"));
	(void)json_object_set_new(sim->workspace.files, id, file);
	(void)json_object_set_new(upload, "content_length", json_integer((json_int_t)length));
	(void)json_object_clear(json_object_get(upload, "parts"));
	set_status(upload, "uploaded");
}

json_t *file_upload_of_path(struct sim *sim, const struct request *request, struct answer *answer)
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

static bool is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]) && strchr("!#$&-^_.+", text[i]) == NULL) {
			return false;
		}
	}
	return len > 0;
}

bool file_upload_takes_type(const struct workspace *workspace, const char *type)
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

/* ── attaching ── */

static const char *named_id(const json_t *given)
{
	return json_string_value(json_object_get(json_object_get(given, "file_upload"), "id"));
}

static bool refuses_one(struct sim *sim, const char *id, struct answer *answer)
{
	const json_t *upload = file_upload_find(sim, id);
	if (upload == NULL) {
		answer_refuse(answer, "Could not find file_upload with ID: %s.", id);
		return true;
	}
	if (file_upload_is(upload, "uploaded")) {
		return false;
	}
	answer_refuse(answer, "File upload with ID %s can't be attached: its status is \"%s\".", id,
		      json_string_value(json_object_get(upload, "status")));
	return true;
}

bool file_upload_refuses(struct sim *sim, const json_t *json, struct answer *answer)
{
	const char *key;
	size_t index;
	json_t *value;
	if (json_is_array(json)) {
		json_array_foreach (json, index, value) {
			if (file_upload_refuses(sim, value, answer)) {
				return true;
			}
		}
		return false;
	}
	const char *id = json_is_object(json) ? named_id(json) : NULL;
	if (id != NULL && refuses_one(sim, id, answer)) {
		return true;
	}
	json_object_foreach ((json_t *)json, key, value) {
		if (file_upload_refuses(sim, value, answer)) {
			return true;
		}
	}
	return false;
}

static void append_encoded(struct buf *buf, const char *text)
{
	for (; *text != '\0'; text++) {
		if (isalnum((unsigned char)*text) || strchr("-_.~", *text) != NULL) {
			buf_putc(buf, *text);
		} else {
			buf_printf(buf, "%%%02X", (unsigned)(unsigned char)*text);
		}
	}
}

json_t *file_upload_attach(const struct workspace *workspace, const json_t *given)
{
	json_t *upload = find(workspace, named_id(given));
	if (upload == NULL) {
		return NULL;
	}
	(void)json_object_set_new(upload, "attached", json_true());
	(void)json_object_set_new(upload, "expiry_time", json_null());
	const char *name = json_string_value(json_object_get(upload, "filename"));
	CLEANUP(buf) struct buf url;
	buf_init(&url, URL_MAX_BYTES);
	buf_printf(&url, "https://prod-files-secure.s3.us-west-2.amazonaws.com/%s/%s/",
		   workspace_config_string(workspace, "workspace_id", USERS_DEFAULT_WORKSPACE_ID),
		   json_string_value(json_object_get(upload, "id")));
	append_encoded(&url, name != NULL ? name : "untitled");
	/* Signed anew on each reading (object.h); the time is of no meaning here. */
	return json_pack("{s:s, s:s}", "url", url.data, "expiry_time", "1970-01-01T00:00:00.000Z");
}

json_t *file_upload_name(const struct workspace *workspace, const json_t *given)
{
	json_t *name = json_object_get(find(workspace, named_id(given)), "filename");
	return json_is_string(name) ? name : NULL;
}
