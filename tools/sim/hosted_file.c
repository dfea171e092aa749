#include "tools/sim/hosted_file.h"

#include <string.h>
#include <time.h>

#include "mapping/base/buf.h"
#include "tools/sim/object.h"

#define PATH_MAX_BYTES 4096

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

static void refuse(struct outcome *outcome, unsigned status, const char *code)
{
	outcome->status = status;
	outcome->content_type = "application/xml";
	if (asprintf(&outcome->text, "<Error><Code>%s</Code></Error>\n", code) < 0) {
		abort();
	}
	outcome->bytes = strlen(outcome->text);
}

void hosted_file_run(struct sim *sim, const struct request *request, struct outcome *ret_outcome)
{
	if (!is_signed(sim, request)) {
		refuse(ret_outcome, 403, "AccessDenied");
		return;
	}
	CLEANUP(buf) struct buf path;
	buf_init(&path, PATH_MAX_BYTES);
	for (size_t i = 1; i < request->segment_count; i++) {
		buf_printf(&path, "/%s", request->segments[i]);
	}
	LOCK_SCOPE(&sim->lock);
	const char *base64 = json_string_value(json_object_get(sim->workspace.files, path.data));
	if (base64 == NULL) {
		refuse(ret_outcome, 404, "NoSuchKey");
		return;
	}
	ret_outcome->status = 200;
	ret_outcome->content_type = content_type(path.data);
	ret_outcome->text = decode_base64(base64, &ret_outcome->bytes);
}
