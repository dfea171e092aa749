#include "tools/sim/hosted_file.h"

#include <string.h>
#include <time.h>

#include "tools/sim/base64.h"
#include "tools/sim/object.h"

static bool is_signed(struct sim *sim, const struct request *request)
{
	const char *date = request_parameter(request, "X-Amz-Date");
	struct tm utc = {0};
	if (request_parameter(request, "X-Amz-Signature") == NULL || date == NULL ||
	    strptime(date, "%Y%m%dT%H%M%SZ", &utc) == NULL) {
		return false;
	}
	return sim_clock_now_ms(&sim->clock) < (int64_t)timegm(&utc) * 1000 + OBJECT_SIGNED_URL_MS;
}

static const char *content_type(const char *path)
{
	static const char *const types[][2] = {
		{".png", "image/png"},	     {".jpg", "image/jpeg"}, {".gif", "image/gif"},
		{".svg", "image/svg+xml"},   {".mp3", "audio/mpeg"}, {".mp4", "video/mp4"},
		{".pdf", "application/pdf"}, {".csv", "text/csv"},
	};
	const char *extension = strrchr(path, '.');
	for (size_t i = 0; extension != NULL && i < sizeof types / sizeof *types; i++) {
		if (strcasecmp(extension, types[i][0]) == 0) {
			return types[i][1];
		}
	}
	return "application/octet-stream";
}

/* By one part of the path, which is the file's id; or NULL. */
static const json_t *find_file(const json_t *files, const struct request *request)
{
	const json_t *file = NULL;
	for (size_t i = 1; file == NULL && i < request->segment_count; i++) {
		file = json_object_get(files, request->segments[i]);
	}
	return file;
}

static void refuse(struct outcome *outcome)
{
	outcome->status = 403;
	outcome->content_type = "application/xml";
	outcome->text = strdup("<Error><Code>AccessDenied</Code></Error>\n");
	outcome->bytes = strlen(outcome->text);
}

void hosted_file_run(struct sim *sim, const struct request *request, struct outcome *ret_outcome)
{
	if (request->segment_count < 2 || !is_signed(sim, request)) {
		refuse(ret_outcome);
		return;
	}
	const char *name = request->segments[request->segment_count - 1];
	LOCK_SCOPE(&sim->lock);
	const json_t *file = find_file(sim->workspace.files, request);
	const char *base64 = json_string_value(json_object_get(file, "base64"));
	ret_outcome->status = 200;
	ret_outcome->content_type = content_type(name);
	const char *stored = json_string_value(json_object_get(file, "content_type"));
	if (stored != NULL) {
		/* The outcome borrows it, and a file may be gone before it is sent. */
		(void)snprintf(ret_outcome->own_content_type, sizeof ret_outcome->own_content_type,
			       "%s", stored);
		ret_outcome->content_type = ret_outcome->own_content_type;
	}
	if (base64 != NULL) {
		ret_outcome->text = base64_decode(base64, &ret_outcome->bytes);
	} else if (json_is_string(file)) {
		ret_outcome->text = strdup(json_string_value(file));
		ret_outcome->bytes = json_string_length(file);
	} else {
		if (asprintf(&ret_outcome->text, "This is %s.\n", name) < 0) {
			abort();
		}
		ret_outcome->bytes = strlen(ret_outcome->text);
	}
}
