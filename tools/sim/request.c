#include "tools/sim/request.h"

#include <ctype.h>
#include <string.h>

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a') + 10;
}

/* In place; `+` is a space in a query only. */
static void decode(char *text, bool is_query)
{
	char *out = text;
	for (const char *in = text; *in != '\0'; in++) {
		if (*in == '%' && isxdigit((unsigned char)in[1]) &&
		    isxdigit((unsigned char)in[2])) {
			*out++ = (char)(hex(in[1]) << 4 | hex(in[2]));
			in += 2;
		} else {
			*out++ = is_query && *in == '+' ? ' ' : *in;
		}
	}
	*out = '\0';
}

static json_t *parse_query(const char *query_text)
{
	json_t *query = json_object();
	CLEANUP(free) char *copy = strdup(query_text);
	char *rest = copy;
	char *pair;
	while ((pair = strsep(&rest, "&")) != NULL) {
		char *value = strchr(pair, '=');
		if (value != NULL) {
			*value++ = '\0';
		}
		decode(pair, true);
		if (value != NULL) {
			decode(value, true);
		}
		size_t len = strlen(pair);
		if (len > 2 && strcmp(pair + len - 2, "[]") == 0) {
			pair[len - 2] = '\0';
		}
		if (*pair == '\0') {
			continue;
		}
		json_t *values = json_object_get(query, pair);
		if (values == NULL) {
			values = json_array();
			if (json_object_set_new(query, pair, values) < 0) {
				continue; /* not UTF-8 */
			}
		}
		(void)json_array_append_new(values, json_string(value != NULL ? value : ""));
	}
	return query;
}

static void parse_path(struct request *request, const char *path)
{
	request->segment_text = strdup(path);
	char *rest = request->segment_text;
	char *segment;
	while ((segment = strsep(&rest, "/")) != NULL) {
		if (*segment == '\0') {
			continue;
		}
		if (request->segment_count == REQUEST_SEGMENTS_MAX) {
			request->segment_count = 0; /* no endpoint is that deep */
			return;
		}
		decode(segment, false);
		request->segments[request->segment_count++] = segment;
	}
}

struct request *request_new(const char *method, const char *path, const char *query_text,
			    const char *content_type, char *body, size_t body_bytes)
{
	struct request *request = calloc(1, sizeof(*request));
	if (request == NULL) {
		abort();
	}
	request->method = strdup(method);
	request->path = strdup(path);
	request->query_text = strdup(query_text);
	request->query = parse_query(query_text);
	request->body_text = body;
	request->body_bytes = body_bytes;
	request->first_children = -1;
	parse_path(request, path);
	if (form_is_content_type(content_type)) {
		request->form = form_new(content_type, body, body_bytes);
	} else if (body_bytes > 0) {
		request->body = json_loadb(body, body_bytes, JSON_DECODE_ANY, NULL);
		request->has_json_error = request->body == NULL;
	}
	return request;
}

void request_free(struct request *request)
{
	if (request == NULL) {
		return;
	}
	free(request->method);
	free(request->path);
	free(request->query_text);
	json_decref(request->query);
	free(request->segment_text);
	free(request->body_text);
	json_decref(request->body);
	form_free(request->form);
	free(request->authorization);
	free(request->version);
	free(request);
}

const char *request_parameter(const struct request *request, const char *name)
{
	const json_t *values = json_object_get(request->query, name);
	size_t count = json_array_size(values);
	return count == 0 ? NULL : json_string_value(json_array_get(values, count - 1));
}

bool request_is_read(const struct request *request)
{
	return strcmp(request->method, "GET") == 0 ||
	       (request->segment_count > 1 &&
		(strcmp(request->segments[1], "search") == 0 ||
		 strcmp(request->segments[request->segment_count - 1], "query") == 0));
}
