#include <string.h>

#include "tools/sim/endpoint.h"
#include "tools/sim/object.h"

void blocks_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "block_id", OBJECT_BLOCK, answer);
	if (record != NULL) {
		answer_ok(answer, object_block(sim, record));
	}
}

/* A synced copy without blocks of its own shows those of its original. */
static json_t *children_to_list(struct sim *sim, const struct record *record)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	json_t *children = workspace_children(&sim->workspace, id);
	const json_t *from =
		json_object_get(json_object_get(record->block, "synced_block"), "synced_from");
	const char *original = json_string_value(json_object_get(from, "block_id"));
	if (json_array_size(children) == 0 && original != NULL) {
		const struct record *source = workspace_find(&sim->workspace, original);
		if (source != NULL && workspace_is_shared(&sim->workspace, source)) {
			return workspace_children(&sim->workspace, original);
		}
	}
	return children;
}

void blocks_list_children(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "block_id", OBJECT_BLOCK, answer);
	struct list_window window;
	if (record == NULL || !endpoint_read_window(request, answer, &window)) {
		return;
	}
	const json_t *children = children_to_list(sim, record);
	size_t index = 0;
	if (window.cursor != NULL) {
		index = workspace_child_index(children, window.cursor);
		if (index == json_array_size(children)) {
			endpoint_refuse_cursor(answer, window.cursor);
			return;
		}
	}
	json_t *results = json_array();
	const char *next_cursor = NULL;
	for (; index < json_array_size(children); index++) {
		const json_t *child = json_array_get(children, index);
		if (json_is_true(json_object_get(child, "in_trash"))) {
			continue;
		}
		const char *id = json_string_value(json_object_get(child, "id"));
		if (json_array_size(results) == window.page_size) {
			next_cursor = id;
			break;
		}
		(void)json_array_append_new(results,
					    object_block(sim, workspace_find(&sim->workspace, id)));
	}
	answer_ok(answer, answer_list(results, next_cursor, "block"));
}
