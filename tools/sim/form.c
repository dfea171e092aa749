#include "tools/sim/form.h"

#include <string.h>
#include <strings.h>

#define BOUNDARY_MAX_BYTES 70
#define FIELD_LOGGED_MAX_BYTES 1000

static const char media_type[] = "multipart/form-data";

bool form_is_content_type(const char *content_type)
{
	return content_type != NULL &&
	       strncasecmp(content_type, media_type, sizeof media_type - 1) == 0;
}

/* The value of `key=…`, quoted or not, among the parameters of a header; malloc'ed or NULL. */
static char *find_parameter(const char *header, const char *end, const char *key)
{
	size_t key_len = strlen(key);
	for (const char *at = memchr(header, ';', (size_t)(end - header));
	     at != NULL && at < end;) {
		at++;
		while (at < end && (*at == ' ' || *at == '\t')) {
			at++;
		}
		bool is_it = (size_t)(end - at) > key_len && strncasecmp(at, key, key_len) == 0 &&
			     at[key_len] == '=';
		while (at < end && *at != '=' && *at != ';') {
			at++;
		}
		if (at == end || *at == ';') {
			continue;
		}
		at++;
		bool is_quoted = at < end && *at == '"';
		const char *start = is_quoted ? at + 1 : at;
		const char *stop = memchr(start, is_quoted ? '"' : ';', (size_t)(end - start));
		if (stop == NULL) {
			if (is_quoted) {
				return NULL;
			}
			stop = end;
		}
		if (is_it) {
			return strndup(start, (size_t)(stop - start));
		}
		at = memchr(stop, ';', (size_t)(end - stop));
	}
	return NULL;
}

/* One header line; the next begins at the end of it. */
static void read_header(struct form_part *part, const char *line, const char *end)
{
	static const char disposition[] = "Content-Disposition: form-data";
	static const char type[] = "Content-Type:";
	size_t len = (size_t)(end - line);
	if (len >= sizeof disposition - 1 &&
	    strncasecmp(line, disposition, sizeof disposition - 1) == 0) {
		free(part->name);
		free(part->filename);
		part->name = find_parameter(line, end, "name");
		part->filename = find_parameter(line, end, "filename");
	} else if (len >= sizeof type - 1 && strncasecmp(line, type, sizeof type - 1) == 0) {
		const char *value = line + sizeof type - 1;
		while (value < end && *value == ' ') {
			value++;
		}
		free(part->content_type);
		part->content_type = strndup(value, (size_t)(end - value));
	}
}

/* What lies between two boundaries: header lines, an empty line, the data. */
static bool read_part(struct form_part *part, const char *text, const char *end)
{
	for (;;) {
		const char *line_end = memmem(text, (size_t)(end - text), "\r\n", 2);
		if (line_end == NULL) {
			return false;
		}
		if (line_end == text) {
			part->data = text + 2;
			part->bytes = (size_t)(end - part->data);
			return part->name != NULL;
		}
		read_header(part, text, line_end);
		text = line_end + 2;
	}
}

static bool read_parts(struct form *form, const char *boundary, const char *body, size_t bytes)
{
	/* Each is preceded by the end of a line, but for the first. */
	char delimiter[BOUNDARY_MAX_BYTES + 5];
	int length = snprintf(delimiter, sizeof delimiter, "\r\n--%s", boundary);
	if (length < 5 || (size_t)length >= sizeof delimiter) {
		return false;
	}
	const char *end = body + bytes;
	size_t first = (size_t)length - 2;
	if (bytes < first || memcmp(body, delimiter + 2, first) != 0) {
		return false;
	}
	const char *at = body + first;
	while (end - at >= 2 && memcmp(at, "\r\n", 2) == 0) {
		const char *start = at + 2;
		const char *stop = memmem(start, (size_t)(end - start), delimiter, (size_t)length);
		if (stop == NULL || form->count == FORM_PARTS_MAX ||
		    !read_part(&form->parts[form->count++], start, stop)) {
			return false;
		}
		at = stop + length;
	}
	return end - at >= 2 && memcmp(at, "--", 2) == 0;
}

struct form *form_new(const char *content_type, const char *body, size_t bytes)
{
	CLEANUP(free)
	char *boundary =
		find_parameter(content_type, content_type + strlen(content_type), "boundary");
	struct form *form = calloc(1, sizeof(*form));
	if (form == NULL) {
		abort();
	}
	if (boundary == NULL || bytes == 0 || !read_parts(form, boundary, body, bytes)) {
		form_free(form);
		return NULL;
	}
	return form;
}

void form_free(struct form *form)
{
	for (size_t i = 0; form != NULL && i < form->count; i++) {
		free(form->parts[i].name);
		free(form->parts[i].filename);
		free(form->parts[i].content_type);
	}
	free(form);
}

const struct form_part *form_find(const struct form *form, const char *name)
{
	for (size_t i = 0; form != NULL && i < form->count; i++) {
		if (strcmp(form->parts[i].name, name) == 0) {
			return &form->parts[i];
		}
	}
	return NULL;
}

json_t *form_describe(const struct form *form)
{
	json_t *all = json_object();
	for (size_t i = 0; form != NULL && i < form->count; i++) {
		const struct form_part *part = &form->parts[i];
		json_t *one;
		if (part->filename != NULL || part->content_type != NULL) {
			one = json_pack("{s:s?, s:s?, s:I}", "filename", part->filename,
					"content_type", part->content_type, "content_length",
					(json_int_t)part->bytes);
		} else {
			size_t max = FIELD_LOGGED_MAX_BYTES;
			one = json_stringn(part->data, part->bytes < max ? part->bytes : max);
		}
		(void)json_object_set_new(all, part->name, one != NULL ? one : json_null());
	}
	return all;
}
