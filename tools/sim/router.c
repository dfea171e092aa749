#include "tools/sim/router.h"

#include <string.h>

#include "mapping/base/buf.h"
#include "tools/sim/endpoint.h"

static const struct route {
	const char *method;
	const char *segments[REQUEST_SEGMENTS_MAX]; /* "*" is an id; ends with NULL */
	endpoint_function *endpoint;
} routes[] = {
	{"GET", {"v1", "users"}, users_list},
	{"GET", {"v1", "users", "me"}, users_me},
	{"GET", {"v1", "users", "*"}, users_retrieve},
	{"POST", {"v1", "search"}, search_run},
	{"GET", {"v1", "blocks", "*"}, blocks_retrieve},
	{"GET", {"v1", "blocks", "*", "children"}, blocks_list_children},
	{"PATCH", {"v1", "blocks", "*", "children"}, blocks_append},
	{"PATCH", {"v1", "blocks", "*"}, blocks_update},
	{"DELETE", {"v1", "blocks", "*"}, blocks_delete},
	{"POST", {"v1", "pages"}, pages_create},
	{"GET", {"v1", "pages", "*"}, pages_retrieve},
	{"PATCH", {"v1", "pages", "*"}, pages_update},
	{"POST", {"v1", "pages", "*", "move"}, pages_move},
	{"GET", {"v1", "pages", "*", "properties", "*"}, pages_retrieve_property},
	{"POST", {"v1", "comments"}, comments_create},
	{"GET", {"v1", "comments"}, comments_list},
	{"GET", {"v1", "comments", "*"}, comments_retrieve},
	{"PATCH", {"v1", "comments", "*"}, comments_update},
	{"DELETE", {"v1", "comments", "*"}, comments_delete},
	{"POST", {"v1", "file_uploads"}, file_uploads_create},
	{"GET", {"v1", "file_uploads"}, file_uploads_list},
	{"GET", {"v1", "file_uploads", "*"}, file_uploads_retrieve},
	{"POST", {"v1", "file_uploads", "*", "send"}, file_uploads_send},
	{"POST", {"v1", "file_uploads", "*", "complete"}, file_uploads_complete},
	{"POST", {"v1", "databases"}, databases_create},
	{"GET", {"v1", "databases", "*"}, databases_retrieve},
	{"PATCH", {"v1", "databases", "*"}, databases_update},
	{"POST", {"v1", "data_sources"}, data_sources_create},
	{"GET", {"v1", "data_sources", "*"}, data_sources_retrieve},
	{"PATCH", {"v1", "data_sources", "*"}, data_sources_update},
	{"GET", {"v1", "data_sources", "*", "templates"}, data_sources_list_templates},
	{"POST", {"v1", "data_sources", "*", "query"}, data_sources_query},
};

static const struct route *find_route(const struct request *request)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		const struct route *route = &routes[i];
		size_t j = 0;
		while (j < request->segment_count && route->segments[j] != NULL &&
		       (strcmp(route->segments[j], "*") == 0 ||
			strcmp(route->segments[j], request->segments[j]) == 0)) {
			j++;
		}
		if (j == request->segment_count && j > 0 &&
		    (j == REQUEST_SEGMENTS_MAX || route->segments[j] == NULL) &&
		    strcmp(route->method, request->method) == 0) {
			return route;
		}
	}
	return NULL;
}

json_t *router_endpoints(void)
{
	json_t *endpoints = json_array();
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		const struct route *route = &routes[i];
		CLEANUP(buf) struct buf text;
		buf_init(&text, 256);
		buf_printf(&text, "%s ", route->method);
		for (size_t j = 0; j < REQUEST_SEGMENTS_MAX && route->segments[j] != NULL; j++) {
			bool is_id = strcmp(route->segments[j], "*") == 0;
			buf_printf(&text, "/%s", is_id ? "{id}" : route->segments[j]);
		}
		(void)json_array_append_new(endpoints, json_string(text.data));
	}
	return endpoints;
}

static bool is_authorized(const struct sim *sim, const struct request *request)
{
	static const char scheme[] = "Bearer ";
	const char *header = request->authorization;
	if (header == NULL || strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
		return false;
	}
	const char *token = header + sizeof scheme - 1;
	return sim->token != NULL ? strcmp(token, sim->token) == 0 : *token != '\0';
}

bool router_admit(struct sim *sim, const struct request *request, struct answer *answer)
{
	if (!is_authorized(sim, request)) {
		answer_error(answer, 401, "unauthorized", "API token is invalid.");
		return false;
	}
	if (request->version == NULL) {
		answer_error(
			answer, 400, "missing_version",
			"Notion-Version header failed validation: Notion-Version header should "
			"be defined, instead was `undefined`.");
		return false;
	}
	if (strcmp(request->version, NOTION_VERSION) != 0) {
		answer_refuse(answer,
			      "Notion-Version header failed validation: Notion-Version header "
			      "should be `\"%s\"`, instead was `\"%s\"`.",
			      NOTION_VERSION, request->version);
		return false;
	}
	if (find_route(request) == NULL) {
		answer_error(answer, 400, "invalid_request_url", "Invalid request URL.");
		return false;
	}
	return true;
}

void router_run(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct route *route = find_route(request);
	/* Only a file is sent as a form. */
	bool is_stray_form = request->form != NULL && route->endpoint != file_uploads_send;
	if (request->has_json_error || is_stray_form) {
		answer_error(answer, 400, "invalid_json", "Error parsing JSON body.");
		return;
	}
	LOCK_SCOPE(&sim->lock);
	route->endpoint(sim, request, answer);
}
