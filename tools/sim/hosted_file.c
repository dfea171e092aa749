#include "tools/sim/hosted_file.h"

#include <string.h>
#include <time.h>

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

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c == '\0' ? NULL : strchr(digits, c);
	return found == NULL ? -1 : (int)(found - digits);
}

/* malloc'ed bytes; stops at the first character that is none of base64. */
static char *decode_base64(const char *text, size_t *ret_bytes)
{
	char *bytes = malloc(strlen(text) / 4 * 3 + 4);
	size_t count = 0;
	unsigned bits = 0;
	int held = 0;
	if (bytes == NULL) {
		abort();
	}
	for (int digit; (digit = base64_digit(*text)) >= 0; text++) {
		bits = bits << 6 | (unsigned)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[count++] = (char)(bits >> held & 0xff);
		}
	}
	*ret_bytes = count;
	return bytes;
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
	if (base64 != NULL) {
		ret_outcome->text = decode_base64(base64, &ret_outcome->bytes);
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
