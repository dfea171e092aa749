#include "tools/sim/tree.h"

#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/object.h"
#include "tools/sim/users.h"

static json_t *find_person(const struct workspace *workspace)
{
	size_t index;
	json_t *user;
	json_array_foreach (workspace->users, index, user) {
		if (json_object_get(user, "person") != NULL) {
			return user;
		}
	}
	return NULL;
}

void author_init(struct author *author, struct sim *sim, bool in_app)
{
	const struct workspace *workspace = &sim->workspace;
	author->now_ms = sim_clock_now_ms(&sim->clock);
	clock_format_iso(author->now_ms - author->now_ms % 60000, author->stamp);
	const json_t *person = in_app || sim->is_personal ? find_person(workspace) : NULL;
	const json_t *user = person != NULL ? person : workspace_bot(workspace);
	const char *id = json_string_value(json_object_get(user, "id"));
	author->user = json_pack("{s:s, s:s}", "object", "user", "id",
				 id != NULL ? id : USERS_DEFAULT_BOT_ID);
}

void author_release(struct author *author)
{
	json_decref(author->user);
	author->user = NULL;
}

static void stamp(json_t *object, const struct author *author)
{
	if (object != NULL) {
		(void)json_object_set_new(object, "last_edited_time", json_string(author->stamp));
		(void)json_object_set_new(object, "last_edited_by", json_deep_copy(author->user));
	}
}

/* The properties that tell of the last edit follow it. */
static void stamp_properties(const struct workspace *workspace, const json_t *page,
			     const struct author *author)
{
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		if (json_object_get(property, "last_edited_time") != NULL) {
			(void)json_object_set_new(property, "last_edited_time",
						  json_string(author->stamp));
		} else if (json_object_get(property, "last_edited_by") != NULL) {
			const char *id = json_string_value(json_object_get(author->user, "id"));
			const json_t *user = workspace_user(workspace, id);
			(void)json_object_set_new(
				property, "last_edited_by",
				json_deep_copy(user != NULL ? user : author->user));
		}
	}
}

void tree_touch(struct workspace *workspace, const struct record *record,
		const struct author *author)
{
	stamp(record->block, author);
	stamp(record->page, author);
	stamp(record->data_source, author);
	if (record->page != NULL) {
		stamp_properties(workspace, record->page, author);
	}
}

json_t *tree_make_block(const char *id, const json_t *parent, const struct author *author,
			bool has_children, const char *type, json_t *content)
{
	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:b, s:b, s:s, s:o}", "object",
			 "block", "id", id, "parent", json_deep_copy(parent), "created_time",
			 author->stamp, "last_edited_time", author->stamp, "created_by",
			 json_deep_copy(author->user), "last_edited_by",
			 json_deep_copy(author->user), "has_children", has_children, "in_trash",
			 false, "type", type, type, content);
}

json_t *tree_parent_of_children(const struct record *record)
{
	const char *type = record->page != NULL ? "page_id" : "block_id";
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	return json_pack("{s:s, s:s}", "type", type, type, id);
}

json_t *tree_create(struct sim *sim, const struct record *record, size_t index,
		    const json_t *children, const struct author *author)
{
	struct workspace *workspace = &sim->workspace;
	json_t *ids = json_array();
	json_t *parent = tree_parent_of_children(record);
	char parent_id[UUID_TEXT_BYTES];
	uuid_format(&record->id, parent_id);
	size_t i;
	const json_t *given;
	json_array_foreach (children, i, given) {
		const char *type = block_content_type(given);
		type = type != NULL ? type : "unsupported";
		const json_t *payload = json_object_get(given, type);
		const json_t *below = json_object_get(payload, "children");
		if (!json_is_array(below)) {
			below = json_object_get(given, "children");
		}
		json_t *content = block_content_new(workspace, type, payload);
		bool is_copy = json_is_object(json_object_get(content, "synced_from"));
		char id[UUID_TEXT_BYTES];
		workspace_new_id(workspace, 8, id);
		json_t *block = tree_make_block(
			id, parent, author, is_copy || json_array_size(below) > 0, type, content);
		workspace_insert_block(workspace, parent_id, index + i, block);
		(void)json_array_append_new(ids, json_string(id));
		json_decref(tree_create(sim, workspace_find(workspace, id), 0, below, author));
	}
	json_decref(parent);
	tree_refresh_has_children(workspace, record);
	return ids;
}

void tree_set_trash(struct workspace *workspace, const struct record *record, bool in_trash)
{
	json_t *objects[] = {record->block, record->page, record->database, record->data_source};
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
		if (objects[i] != NULL) {
			(void)json_object_set_new(objects[i], "in_trash", json_boolean(in_trash));
		}
	}
	tree_refresh_has_children(workspace, workspace_parent(workspace, record));
}

void tree_refresh_has_children(const struct workspace *workspace, const struct record *record)
{
	if (record == NULL || record->block == NULL || record->database != NULL ||
	    json_is_object(json_object_get(json_object_get(record->block, "synced_block"),
					   "synced_from"))) {
		return;
	}
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	(void)json_object_set_new(record->block, "has_children",
				  json_boolean(workspace_has_live_children(workspace, id)));
}

void tree_refresh_title(const struct record *record)
{
	if (record->page == NULL) {
		return;
	}
	(void)json_object_set_new(record->page, "url", object_page_url(record->page));
	json_t *content = json_object_get(record->block, "child_page");
	if (content != NULL) {
		CLEANUP(free) char *title = object_plain_text(object_page_title(record->page));
		(void)json_object_set_new(content, "title", json_string(title));
	}
}
