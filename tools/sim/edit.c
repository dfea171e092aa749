#include "tools/sim/edit.h"

#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/edit_move.h"
#include "tools/sim/edit_schema.h"
#include "tools/sim/move.h"
#include "tools/sim/object.h"
#include "tools/sim/pages.h"
#include "tools/sim/property_value.h"
#include "tools/sim/rich_text.h"
#include "tools/sim/tree.h"

void edit_touch(struct edit *edit, struct record *record)
{
	struct workspace *workspace = &edit->sim->workspace;
	tree_touch(workspace, record, &edit->author);
	struct record *page = edit->in_app ? workspace_page_of(workspace, record) : NULL;
	if (page != NULL && page != record && page->page != NULL) {
		tree_touch(workspace, page, &edit->author);
	}
}

void edit_add_id(struct edit *edit, const struct record *record)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	(void)json_array_append_new(edit->ids, json_string(id));
}

bool edit_find_index(struct edit *edit, const json_t *children, size_t *ret_index)
{
	const json_t *after = json_object_get(edit->body, "after");
	*ret_index = after == NULL ? json_array_size(children) : 0;
	if (!json_is_string(after)) {
		return true;
	}
	const struct record *sibling =
		workspace_find(&edit->sim->workspace, json_string_value(after));
	char id[UUID_TEXT_BYTES] = "";
	if (sibling != NULL) {
		uuid_format(&sibling->id, id);
	}
	size_t index = workspace_child_index(children, id);
	if (index == json_array_size(children)) {
		answer_refuse(edit->answer, "body.after is no child there.");
		return false;
	}
	*ret_index = index + 1;
	return true;
}

/* ── blocks ── */

static void run_update(struct edit *edit)
{
	json_t *block = edit->record->block;
	const json_t *given = json_object_get(edit->body, "block");
	const char *type = json_is_object(given) ? block_content_type(given) : NULL;
	const char *stored = json_string_value(json_object_get(block, "type"));
	if (type == NULL || block == NULL || !json_is_object(json_object_get(given, type))) {
		answer_refuse(edit->answer, "body.id and body.block should be a block.");
		return;
	}
	const json_t *payload = json_object_get(given, type);
	const struct workspace *workspace = &edit->sim->workspace;
	if (strcmp(type, stored) == 0) {
		(void)json_object_set_new(block, type,
					  block_content_update(workspace, type,
							       json_object_get(block, type),
							       payload));
	} else {
		json_t *content = block_content_new(workspace, type, payload);
		(void)json_object_del(block, stored);
		(void)json_object_set_new(block, "type", json_string(type));
		(void)json_object_set_new(block, type, content);
	}
	edit_touch(edit, edit->record);
	edit_add_id(edit, edit->record);
}

/* A row, or with a child_page block a page, made by hand in the app. */
static void insert_page(struct edit *edit, size_t index, const json_t *given)
{
	struct record *record = edit->record;
	const json_t *payload = json_object_get(given, "child_page");
	json_t *title = json_object_get(payload, "title");
	json_t *parent;
	json_t *body;
	if (record->data_source != NULL) {
		parent = move_row_parent(record);
		body = json_copy((json_t *)edit->body);
	} else {
		parent = tree_parent_of_children(record);
		body = json_pack("{s:{s:{s:[{s:{s:O*}}]}}}", "properties", "title", "title", "text",
				 "content", title);
	}
	struct record *made = pages_insert(edit->sim, parent, record, index, body, &edit->author);
	json_decref(tree_create(edit->sim, made, 0, json_object_get(payload, "children"),
				&edit->author));
	json_decref(body);
	edit_add_id(edit, made);
}

static void insert_blocks(struct edit *edit, size_t index, const json_t *blocks)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		if (json_object_get(block, "child_page") != NULL) {
			insert_page(edit, index + i, block);
			continue;
		}
		json_t *one = json_pack("[O]", block);
		json_t *ids = tree_create(edit->sim, edit->record, index + i, one, &edit->author);
		(void)json_array_extend(edit->ids, ids);
		json_decref(ids);
		json_decref(one);
	}
	struct workspace *workspace = &edit->sim->workspace;
	struct record *bumped =
		edit->in_app ? workspace_page_of(workspace, edit->record) : edit->record;
	if (bumped != NULL) {
		tree_touch(workspace, bumped, &edit->author);
	}
}

static void run_insert(struct edit *edit)
{
	const json_t *given = json_object_get(edit->body, "block");
	const struct record *record = edit->record;
	if (record->data_source != NULL) {
		const json_t *properties = json_object_get(edit->body, "properties");
		if (!property_refuses(edit->sim, NULL, properties, edit->answer)) {
			insert_page(edit, 0, NULL);
		}
		return;
	}
	json_t *blocks =
		json_is_array(given) ? json_deep_copy(given) : json_pack("[O]", (json_t *)given);
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	size_t index;
	size_t i;
	const json_t *block;
	bool good = blocks != NULL && record->database == NULL;
	json_array_foreach (blocks, i, block) {
		const char *type = json_is_object(block) ? block_content_type(block) : NULL;
		const json_t *payload = type == NULL ? NULL : json_object_get(block, type);
		good = good && json_is_object(payload) &&
		       (strcmp(type, "child_page") != 0 ||
			(record->page != NULL &&
			 json_is_string(json_object_get(payload, "title"))));
	}
	if (!good) {
		answer_refuse(edit->answer, "body.block should be a block or an array of blocks.");
	} else if (edit_find_index(edit, workspace_children(&edit->sim->workspace, id), &index)) {
		insert_blocks(edit, index, blocks);
	}
	json_decref(blocks);
}

static void set_trash(struct edit *edit, bool in_trash)
{
	tree_set_trash(&edit->sim->workspace, edit->record, in_trash);
	edit_touch(edit, edit->record);
	/* The app lists a page that lost a subpage or a block as edited. */
	struct record *parent = workspace_parent(&edit->sim->workspace, edit->record);
	if (edit->in_app && parent != NULL && parent->page != NULL) {
		tree_touch(&edit->sim->workspace, parent, &edit->author);
	}
	edit_add_id(edit, edit->record);
}

/* Taken from the connection, with what is below it, or given back: no request of its finds it. */
static void set_shared(struct edit *edit, bool is_shared)
{
	edit->record->is_unshared = !is_shared;
	edit->sim->workspace.has_unshared = true;
	edit_add_id(edit, edit->record);
}

/* ── names and values ── */

static void rename_data_source(struct edit *edit, const struct record *record, json_t *title)
{
	struct workspace *workspace = &edit->sim->workspace;
	const json_t *object = record->data_source != NULL ? record->data_source : record->database;
	(void)json_object_set((json_t *)object, "title", title);
	CLEANUP(free) char *text = object_plain_text(title);
	json_t *content = json_object_get(record->block, "child_database");
	if (content != NULL) {
		(void)json_object_set_new(content, "title", json_string(text));
	}
	const struct record *database = workspace_find(workspace, workspace_parent_id(object));
	if (record->data_source == NULL || database == NULL) {
		return;
	}
	size_t index;
	json_t *source;
	json_array_foreach (json_object_get(database->database, "data_sources"), index, source) {
		if (json_equal(json_object_get(source, "id"), json_object_get(object, "id"))) {
			(void)json_object_set_new(source, "name", json_string(text));
		}
	}
}

static void run_rename(struct edit *edit)
{
	const char *text = json_string_value(json_object_get(edit->body, "title"));
	struct record *record = edit->record;
	if (text == NULL ||
	    (record->page == NULL && record->database == NULL && record->data_source == NULL)) {
		answer_refuse(edit->answer, "body.title should be a string, body.id something "
					    "with a title.");
		return;
	}
	json_t *items = json_pack("[{s:{s:s}}]", "text", "content", text);
	json_t *title = rich_text_normalise(&edit->sim->workspace, items);
	json_decref(items);
	if (record->page != NULL) {
		json_t *stored = object_page_title(record->page);
		(void)json_array_clear(stored);
		(void)json_array_extend(stored, title);
		tree_refresh_title(record);
	} else {
		rename_data_source(edit, record, title);
	}
	json_decref(title);
	edit_touch(edit, record);
	edit_add_id(edit, record);
}

static void set_page(struct edit *edit, const json_t *properties)
{
	json_t *page = edit->record->page;
	const struct record *parent =
		workspace_find(&edit->sim->workspace, workspace_parent_id(page));
	json_t *schema = parent != NULL && parent->data_source != NULL
				 ? json_incref(json_object_get(parent->data_source, "properties"))
				 : property_page_schema();
	if (property_write(edit->sim, page, schema, properties)) {
		tree_refresh_title(edit->record);
	}
	json_decref(schema);
}

static void run_set(struct edit *edit)
{
	static const char *const own_keys[] = {"as", "op", "id", "properties"};
	const struct record *record = edit->record;
	json_t *object = record->page != NULL	       ? record->page
			 : record->data_source != NULL ? record->data_source
			 : record->database != NULL    ? record->database
						       : record->block;
	const json_t *properties = json_object_get(edit->body, "properties");
	if (properties != NULL && record->page != NULL) {
		if (property_refuses(edit->sim, record->page, properties, edit->answer)) {
			return;
		}
		set_page(edit, properties);
	} else if (properties != NULL && record->data_source != NULL) {
		edit_schema(edit, properties);
	}
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)edit->body, key, value) {
		bool is_own = false;
		for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++) {
			is_own = is_own || strcmp(own_keys[i], key) == 0;
		}
		if (!is_own && json_object_get(object, key) != NULL) {
			(void)json_object_set_new(object, key, json_deep_copy(value));
		}
	}
	edit_touch(edit, edit->record);
	edit_add_id(edit, edit->record);
}

/* ── the request ── */

static void run(struct edit *edit, const char *op)
{
	if (strcmp(op, "update") == 0) {
		run_update(edit);
	} else if (strcmp(op, "insert") == 0) {
		run_insert(edit);
	} else if (strcmp(op, "delete") == 0 || strcmp(op, "trash") == 0) {
		set_trash(edit, true);
	} else if (strcmp(op, "restore") == 0) {
		set_trash(edit, false);
	} else if (strcmp(op, "share") == 0 || strcmp(op, "unshare") == 0) {
		set_shared(edit, strcmp(op, "share") == 0);
	} else if (strcmp(op, "move") == 0) {
		edit_move(edit);
	} else if (strcmp(op, "rename") == 0) {
		run_rename(edit);
	} else if (strcmp(op, "set") == 0) {
		run_set(edit);
	} else {
		answer_refuse(edit->answer, "body.op is unknown: %s", op);
	}
}

void edit_run(struct sim *sim, const struct request *request, struct answer *answer)
{
	const char *as = json_string_value(json_object_get(request->body, "as"));
	const char *op = json_string_value(json_object_get(request->body, "op"));
	const char *id = json_string_value(json_object_get(request->body, "id"));
	LOCK_SCOPE(&sim->lock);
	struct edit edit = {
		.sim = sim,
		.body = request->body,
		.record = workspace_find(&sim->workspace, id),
		.in_app = as == NULL || strcmp(as, "api") != 0,
		.ids = json_array(),
		.answer = answer,
	};
	author_init(&edit.author, sim, edit.in_app);
	if (edit.record == NULL && op != NULL && strcmp(op, "insert") == 0) {
		edit.record = edit_find_target(&edit);
	}
	if (op == NULL || edit.record == NULL) {
		answer_refuse(answer, "body.op should be an operation, body.id something here.");
	} else {
		answer->status = 200;
		run(&edit, op);
	}
	if (answer->status == 200) {
		answer_ok(answer, json_pack("{s:O}", "ids", edit.ids));
	}
	json_decref(edit.ids);
	author_release(&edit.author);
}
