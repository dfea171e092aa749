#include "tools/sim/endpoint.h"

#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/validate.h"

#define PAGE_SIZE_MAX 100

static const char *const kind_names[] = {"block", "page", "database", "data source"};

static bool is_kind(const struct record *record, enum object_kind kind)
{
	switch (kind) {
	case OBJECT_BLOCK:
		return record->block != NULL || record->page != NULL || record->database != NULL;
	case OBJECT_PAGE: return record->page != NULL;
	case OBJECT_DATABASE: return record->database != NULL;
	case OBJECT_DATA_SOURCE: return record->data_source != NULL;
	}
	return false;
}

struct record *endpoint_find_id(struct sim *sim, const char *id, enum object_kind kind,
				struct answer *answer)
{
	struct record *record = workspace_find(&sim->workspace, id);
	if (record != NULL && is_kind(record, kind) &&
	    workspace_is_shared(&sim->workspace, record)) {
		return record;
	}
	struct uuid uuid = {{0}};
	char dashed[UUID_TEXT_BYTES];
	(void)!uuid_parse(id, strlen(id), &uuid);
	uuid_format(&uuid, dashed);
	answer_not_found(answer, &sim->workspace, kind_names[kind], dashed);
	return NULL;
}

struct record *endpoint_find(struct sim *sim, const struct request *request, size_t segment,
			     const char *name, enum object_kind kind, struct answer *answer)
{
	char *message = NULL;
	if (validate_path_id(name, request->segments[segment], &message) != 0) {
		answer_invalid(answer, message);
		return NULL;
	}
	return endpoint_find_id(sim, request->segments[segment], kind, answer);
}

/* Whether a copy in `blocks` or below is of something that isn't there. */
static bool refuses_copies(struct sim *sim, const json_t *blocks, struct answer *answer)
{
	size_t index;
	const json_t *block;
	json_array_foreach (blocks, index, block) {
		const char *type = block_content_type(block);
		const json_t *payload = type == NULL ? NULL : json_object_get(block, type);
		const char *id = json_string_value(
			json_object_get(json_object_get(payload, "synced_from"), "block_id"));
		if ((id != NULL && endpoint_find_id(sim, id, OBJECT_BLOCK, answer) == NULL) ||
		    refuses_copies(sim, json_object_get(payload, "children"), answer)) {
			return true;
		}
	}
	return false;
}

bool endpoint_refuses_growth(struct sim *sim, struct answer *answer)
{
	if (!json_is_true(json_object_get(sim->workspace.config, "block_limit_reached"))) {
		return false;
	}
	answer_error(answer, 403, "restricted_resource",
		     "This workspace has reached its block limit.");
	answer_add_data(answer, "block_limit", json_string("block_creation"));
	return true;
}

bool endpoint_refuses_blocks(struct sim *sim, const json_t *blocks, struct answer *answer)
{
	if (file_upload_refuses(sim, blocks, answer)) {
		return true;
	}
	if (json_array_size(blocks) > 0 && endpoint_refuses_growth(sim, answer)) {
		return true;
	}
	return json_is_array(blocks) && refuses_copies(sim, blocks, answer);
}

static size_t cut_page_size(const struct sim *sim, size_t page_size)
{
	const json_t *max = json_object_get(sim->workspace.config, "list_items_max");
	bool is_cut = json_is_integer(max) && (size_t)json_integer_value(max) < page_size;
	return is_cut ? (size_t)json_integer_value(max) : page_size;
}

bool endpoint_read_window(const struct sim *sim, const struct request *request,
			  struct answer *answer, struct list_window *ret_window)
{
	const char *text = request_parameter(request, "page_size");
	long page_size = PAGE_SIZE_MAX;
	if (text != NULL) {
		char *end;
		page_size = strtol(text, &end, 10);
		if (end == text || *end != '\0') {
			answer_refuse(
				answer,
				"query failed validation: query.page_size should be a number, "
				"instead was `\"%s\"`.",
				text);
			return false;
		}
		if (page_size < 1 || page_size > PAGE_SIZE_MAX) {
			answer_refuse(answer,
				      "query failed validation: query.page_size should be %s `%d`, "
				      "instead was `%ld`.",
				      page_size < 1 ? "≥" : "≤", page_size < 1 ? 1 : PAGE_SIZE_MAX,
				      page_size);
			return false;
		}
	}
	ret_window->page_size = cut_page_size(sim, (size_t)page_size);
	ret_window->cursor = request_parameter(request, "start_cursor");
	return true;
}

struct list_window endpoint_body_window(const struct sim *sim, const json_t *body)
{
	const json_t *page_size = json_object_get(body, "page_size");
	return (struct list_window){
		.cursor = json_string_value(json_object_get(body, "start_cursor")),
		.page_size =
			cut_page_size(sim, page_size != NULL ? (size_t)json_number_value(page_size)
							     : PAGE_SIZE_MAX),
	};
}

void endpoint_refuse_cursor(struct answer *answer, const char *cursor)
{
	answer_refuse(answer, "The start_cursor provided is invalid: %s", cursor);
}
