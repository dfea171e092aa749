#include "tools/sim/edit_move.h"

#include "tools/sim/object.h"
#include "tools/sim/property_value.h"

static void detach(struct workspace *workspace, const struct record *record, json_t *block)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	const struct record *parent = workspace_find(workspace, workspace_parent_id(block));
	json_t *children = workspace_children(workspace, workspace_parent_id(block));
	size_t index = workspace_child_index(children, id);
	if (index < json_array_size(children)) {
		(void)json_array_remove(children, index);
	}
	tree_refresh_has_children(workspace, parent);
}

struct record *edit_find_target(const struct edit *edit)
{
	static const char *const keys[] = {"page_id", "block_id", "data_source_id"};
	const struct workspace *workspace = &edit->sim->workspace;
	const json_t *parent = json_object_get(edit->body, "parent");
	const char *after = json_string_value(json_object_get(edit->body, "after"));
	if (json_is_string(parent)) {
		return workspace_find(workspace, json_string_value(parent));
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *id = json_string_value(json_object_get(parent, keys[i]));
		if (id != NULL) {
			return workspace_find(workspace, id);
		}
	}
	const struct record *beside =
		edit->record != NULL ? edit->record : workspace_find(workspace, after);
	return parent != NULL || beside == NULL ? NULL : workspace_parent(workspace, beside);
}

json_t *edit_row_parent(const struct record *data_source)
{
	const json_t *object = data_source->data_source;
	return json_pack("{s:s, s:O, s:O}", "type", "data_source_id", "data_source_id",
			 json_object_get(object, "id"), "database_id",
			 json_object_get(json_object_get(object, "parent"), "database_id"));
}

static bool is_below(const struct workspace *workspace, const struct record *record,
		     const struct record *ancestor)
{
	for (int i = 0; i < 1000 && record != NULL; i++) {
		if (record == ancestor) {
			return true;
		}
		record = workspace_parent(workspace, record);
	}
	return false;
}

/* The page becomes a row or is one elsewhere: its properties follow the schema there. */
static void move_to_data_source(struct edit *edit, struct record *target)
{
	struct record *record = edit->record;
	json_t *schema = json_object_get(target->data_source, "properties");
	json_t *title = json_incref(object_page_title(record->page));
	(void)json_object_set_new(record->page, "parent", edit_row_parent(target));
	(void)json_object_set_new(
		record->page, "properties",
		property_defaults(edit->sim, record->page, schema, &edit->author));
	json_t *written = json_pack("{s:{s:O}}", "title", "title", title);
	(void)property_write(edit->sim, record->page, schema, written);
	json_decref(written);
	json_decref(title);
}

/* A row that becomes a page keeps its title alone. */
static void keep_title(const struct record *record)
{
	json_t *title = object_page_title(record->page);
	(void)json_object_set_new(record->page, "properties",
				  json_pack("{s:{s:s, s:s, s:O}}", "title", "id", "title", "type",
					    "title", "title", title));
}

static void attach(struct edit *edit, struct record *target, size_t index, json_t *block)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&target->id, id);
	json_t *parent = tree_parent_of_children(target);
	(void)json_object_set(block, "parent", parent);
	if (edit->record->page != NULL) {
		(void)json_object_set(edit->record->page, "parent", parent);
		keep_title(edit->record);
	}
	json_decref(parent);
	workspace_insert_block(&edit->sim->workspace, id, index, block);
	tree_refresh_has_children(&edit->sim->workspace, target);
}

void edit_move(struct edit *edit)
{
	struct workspace *workspace = &edit->sim->workspace;
	struct record *record = edit->record;
	struct record *target = edit_find_target(edit);
	struct record *old_page = workspace_page_of(workspace, workspace_parent(workspace, record));
	if (target == NULL || is_below(workspace, target, record) ||
	    (target->data_source != NULL && record->page == NULL)) {
		answer_refuse(edit->answer, "body.parent should be where this can be.");
		return;
	}
	char target_id[UUID_TEXT_BYTES];
	size_t index;
	uuid_format(&target->id, target_id);
	if (target->data_source == NULL &&
	    !edit_find_index(edit, workspace_children(workspace, target_id), &index)) {
		return;
	}
	if (target->data_source != NULL) {
		if (record->block != NULL) {
			detach(workspace, record, record->block);
			record->block = NULL;
		}
		move_to_data_source(edit, target);
	} else {
		json_t *block = record->block != NULL ? json_incref(record->block)
						      : object_block(edit->sim, record);
		if (record->block != NULL) {
			detach(workspace, record, block);
		}
		/* Again: among siblings the place has moved. After itself is at the end. */
		json_t *children = workspace_children(workspace, target_id);
		if (!edit_find_index(edit, children, &index)) {
			edit->answer->status = 200;
			index = json_array_size(children);
		}
		attach(edit, target, index, block);
	}
	edit_touch(edit, record);
	edit_touch(edit, target);
	if (edit->in_app && old_page != NULL) {
		tree_touch(workspace, old_page, &edit->author);
	}
	edit_add_id(edit, record);
}
