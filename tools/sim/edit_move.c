#include "tools/sim/edit_move.h"

#include "tools/sim/move.h"
#include "tools/sim/object.h"

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

void edit_move(struct edit *edit)
{
	struct workspace *workspace = &edit->sim->workspace;
	struct record *record = edit->record;
	struct record *target = edit_find_target(edit);
	struct record *old_page = workspace_page_of(workspace, workspace_parent(workspace, record));
	if (target == NULL || move_is_below(workspace, target, record) ||
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
	json_t *block = move_take(edit->sim, record);
	if (target->data_source != NULL) {
		json_decref(block);
		move_into(edit->sim, record, target, &edit->author);
	} else {
		/* Again: among siblings the place has moved. After itself is at the end. */
		json_t *children = workspace_children(workspace, target_id);
		if (!edit_find_index(edit, children, &index)) {
			edit->answer->status = 200;
			index = json_array_size(children);
		}
		move_put(edit->sim, record, block, target, index);
	}
	edit_touch(edit, record);
	edit_touch(edit, target);
	if (edit->in_app && old_page != NULL) {
		tree_touch(workspace, old_page, &edit->author);
	}
	edit_add_id(edit, record);
}
