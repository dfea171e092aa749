#include "tools/sim/blocks.h"

#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/object.h"
#include "tools/sim/tree.h"
#include "tools/sim/validate.h"

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
	if (record == NULL || !endpoint_read_window(sim, request, answer, &window)) {
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
		const char *id = json_string_value(json_object_get(child, "id"));
		if (json_is_true(json_object_get(child, "in_trash")) ||
		    !workspace_is_shared(&sim->workspace, workspace_find(&sim->workspace, id))) {
			continue;
		}
		if (json_array_size(results) == window.page_size) {
			next_cursor = id;
			break;
		}
		(void)json_array_append_new(results,
					    object_block(sim, workspace_find(&sim->workspace, id)));
	}
	answer_ok(answer, answer_list(results, next_cursor, "block"));
}

/* ── append ── */

/* Where the new blocks go; false with the 400 or 404 in `answer`. */
static bool find_position(struct sim *sim, const struct record *record, const json_t *position,
			  struct answer *answer, size_t *ret_index)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	const json_t *children = workspace_children(&sim->workspace, id);
	const char *type = json_string_value(json_object_get(position, "type"));
	if (type == NULL || strcmp(type, "end") == 0) {
		*ret_index = json_array_size(children);
		return true;
	}
	if (strcmp(type, "start") == 0) {
		*ret_index = 0;
		return true;
	}
	const json_t *after = json_object_get(position, "after_block");
	const struct record *sibling = endpoint_find_id(
		sim, json_string_value(json_object_get(after, "id")), OBJECT_BLOCK, answer);
	if (sibling == NULL) {
		return false;
	}
	uuid_format(&sibling->id, id);
	size_t index = workspace_child_index(children, id);
	if (index == json_array_size(children) || workspace_has_trash_flag(sibling)) {
		answer_refuse(answer, "Block with ID %s is not a child of the given parent.", id);
		return false;
	}
	*ret_index = index + 1;
	return true;
}

/* What a positioned append answers: the new blocks and every later sibling. */
static json_t *list_created(struct sim *sim, const struct record *record, size_t index,
			    const json_t *ids, bool is_positioned)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	const json_t *children = workspace_children(&sim->workspace, id);
	size_t end = is_positioned ? json_array_size(children) : index + json_array_size(ids);
	json_t *results = json_array();
	for (; index < end; index++) {
		const json_t *child = json_array_get(children, index);
		const struct record *sibling = workspace_find(
			&sim->workspace, json_string_value(json_object_get(child, "id")));
		if (!json_is_true(json_object_get(child, "in_trash")) &&
		    workspace_is_shared(&sim->workspace, sibling)) {
			(void)json_array_append_new(results, object_block(sim, sibling));
		}
	}
	return results;
}

void blocks_append(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "block_id", OBJECT_BLOCK, answer);
	char *message = NULL;
	size_t index;
	if (record == NULL) {
		return;
	}
	if (validate_append(request->body, request->body_bytes, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	const json_t *given = json_object_get(request->body, "children");
	const json_t *position = json_object_get(request->body, "position");
	if (workspace_is_trashed(&sim->workspace, record)) {
		answer_archived(answer);
		return;
	}
	if (endpoint_refuses_blocks(sim, given, answer)) {
		return;
	}
	if (validate_placement(given, record->page != NULL ? NULL : record->block, &message) != 0 ||
	    record->database != NULL) {
		answer_invalid(answer, message != NULL
					       ? message
					       : strdup("Block does not support children."));
		return;
	}
	if (!find_position(sim, record, position, answer, &index)) {
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	json_t *part = json_copy((json_t *)given);
	while (request->first_children >= 0 &&
	       json_array_size(part) > (size_t)request->first_children) {
		(void)json_array_remove(part, json_array_size(part) - 1);
	}
	json_t *ids = tree_create(sim, record, index, part, &author);
	json_decref(part);
	tree_touch(&sim->workspace, record, &author);
	answer->changed = true;
	uuid_format(&record->id, answer->committed_id);
	bool is_positioned =
		position != NULL &&
		strcmp(json_string_value(json_object_get(position, "type")), "end") != 0;
	answer_ok(answer,
		  answer_list(list_created(sim, record, index, ids, is_positioned), NULL, "block"));
	answer->committed_children = ids;
}

/* ── update and delete ── */

/* A row must keep the number of cells of its table. */
static bool fits_table(const struct workspace *workspace, const struct record *record,
		       const json_t *given)
{
	const json_t *cells = json_object_get(given, "cells");
	const struct record *table = workspace_parent(workspace, record);
	if (cells == NULL || table == NULL) {
		return true;
	}
	const json_t *width =
		json_object_get(json_object_get(table->block, "table"), "table_width");
	return width == NULL || (json_int_t)json_array_size(cells) == json_integer_value(width);
}

bool blocks_set_trash(struct sim *sim, const struct record *record, const json_t *body,
		      struct answer *answer)
{
	const json_t *in_trash = json_object_get(body, "in_trash");
	bool restores = json_is_false(in_trash);
	const struct record *above = workspace_parent(&sim->workspace, record);
	if (restores ? workspace_is_trashed(&sim->workspace, above)
		     : workspace_is_trashed(&sim->workspace, record)) {
		answer_archived(answer);
		return false;
	}
	if (in_trash != NULL) {
		tree_set_trash(&sim->workspace, record, !restores);
		answer->changed = true;
	}
	return true;
}

void blocks_update(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "block_id", OBJECT_BLOCK, answer);
	char *message = NULL;
	if (record == NULL) {
		return;
	}
	const char *type = record->page != NULL ? "child_page"
			   : record->database != NULL
				   ? "child_database"
				   : json_string_value(json_object_get(record->block, "type"));
	if (validate_block_update(request->body, type, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	const json_t *given = json_object_get(request->body, type);
	if (!fits_table(&sim->workspace, record, given)) {
		answer_refuse(answer,
			      "Content creation Failed. Fix the following: \nNumber of cells in "
			      "table row must match the table width of the parent table");
		return;
	}
	if (file_upload_refuses(sim, given, answer) ||
	    !blocks_set_trash(sim, record, request->body, answer)) {
		return;
	}
	if (given != NULL && record->page == NULL && record->database == NULL) {
		(void)json_object_set_new(record->block, type,
					  block_content_update(&sim->workspace, type,
							       json_object_get(record->block, type),
							       given));
		answer->changed = true;
	}
	if (answer->changed) {
		CLEANUP(author) struct author author;
		author_init(&author, sim, false);
		tree_touch(&sim->workspace, record, &author);
	}
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_block(sim, record));
}

void blocks_delete(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "block_id", OBJECT_BLOCK, answer);
	if (record == NULL) {
		return;
	}
	if (workspace_is_trashed(&sim->workspace, record)) {
		answer_archived(answer);
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	tree_set_trash(&sim->workspace, record, true);
	tree_touch(&sim->workspace, record, &author);
	answer->changed = true;
	answer_ok(answer, object_block(sim, record));
}
