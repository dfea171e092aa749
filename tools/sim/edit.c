#include "tools/sim/edit.h"

#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/object.h"
#include "tools/sim/property_value.h"
#include "tools/sim/rich_text.h"
#include "tools/sim/tree.h"

struct edit {
	struct sim *sim;
	const json_t *body;
	struct record *record;
	bool in_app;
	struct author author;
	json_t *ids; /* owned */
	struct answer *answer;
};

/* The app bumps the page as well as what was touched. */
static void touch(struct edit *edit, struct record *record)
{
	struct workspace *workspace = &edit->sim->workspace;
	tree_touch(workspace, record, &edit->author);
	struct record *page = edit->in_app ? workspace_page_of(workspace, record) : NULL;
	if (page != NULL && page != record && page->page != NULL) {
		tree_touch(workspace, page, &edit->author);
	}
}

static void add_id(struct edit *edit, const struct record *record)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	(void)json_array_append_new(edit->ids, json_string(id));
}

/* Where `after` says among `children`; false when it isn't one of them. */
static bool find_index(struct edit *edit, const json_t *children, size_t *ret_index)
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
	touch(edit, edit->record);
	add_id(edit, edit->record);
}

static void run_insert(struct edit *edit)
{
	struct workspace *workspace = &edit->sim->workspace;
	const json_t *given = json_object_get(edit->body, "block");
	json_t *blocks =
		json_is_array(given) ? json_deep_copy(given) : json_pack("[O]", (json_t *)given);
	char id[UUID_TEXT_BYTES];
	uuid_format(&edit->record->id, id);
	size_t index;
	size_t i;
	const json_t *block;
	bool good = blocks != NULL && (edit->record->page != NULL || edit->record->block != NULL);
	json_array_foreach (blocks, i, block) {
		const char *type = json_is_object(block) ? block_content_type(block) : NULL;
		good = good && type != NULL && json_is_object(json_object_get(block, type));
	}
	if (!good) {
		answer_refuse(edit->answer, "body.block should be a block or an array of blocks.");
	} else if (find_index(edit, workspace_children(workspace, id), &index)) {
		json_t *ids = tree_create(edit->sim, edit->record, index, blocks, &edit->author);
		(void)json_array_extend(edit->ids, ids);
		json_decref(ids);
		if (edit->in_app) {
			struct record *page = workspace_page_of(workspace, edit->record);
			if (page != NULL) {
				tree_touch(workspace, page, &edit->author);
			}
		} else {
			tree_touch(workspace, edit->record, &edit->author);
		}
	}
	json_decref(blocks);
}

static void set_trash(struct edit *edit, bool in_trash)
{
	tree_set_trash(&edit->sim->workspace, edit->record, in_trash);
	touch(edit, edit->record);
	/* The app lists a page that lost a subpage or a block as edited. */
	struct record *parent = workspace_parent(&edit->sim->workspace, edit->record);
	if (edit->in_app && parent != NULL && parent->page != NULL) {
		tree_touch(&edit->sim->workspace, parent, &edit->author);
	}
	add_id(edit, edit->record);
}

/* ── moving ── */

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

static struct record *find_target(struct edit *edit)
{
	static const char *const keys[] = {"page_id", "block_id", "data_source_id"};
	struct workspace *workspace = &edit->sim->workspace;
	const json_t *parent = json_object_get(edit->body, "parent");
	if (parent == NULL) {
		return workspace_parent(workspace, edit->record);
	}
	if (json_is_string(parent)) {
		return workspace_find(workspace, json_string_value(parent));
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *id = json_string_value(json_object_get(parent, keys[i]));
		if (id != NULL) {
			return workspace_find(workspace, id);
		}
	}
	return NULL;
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
	json_t *parent = json_pack(
		"{s:s, s:O, s:O}", "type", "data_source_id", "data_source_id",
		json_object_get(target->data_source, "id"), "database_id",
		json_object_get(json_object_get(target->data_source, "parent"), "database_id"));
	(void)json_object_set_new(record->page, "parent", parent);
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

static void run_move(struct edit *edit)
{
	struct workspace *workspace = &edit->sim->workspace;
	struct record *record = edit->record;
	struct record *target = find_target(edit);
	struct record *old_page = workspace_page_of(workspace, workspace_parent(workspace, record));
	if (target == NULL || is_below(workspace, target, record) ||
	    (target->data_source != NULL && record->page == NULL)) {
		answer_refuse(edit->answer, "body.parent should be where this can be.");
		return;
	}
	if (target->data_source != NULL) {
		if (record->block != NULL) {
			detach(workspace, record, record->block);
			record->block = NULL;
		}
		move_to_data_source(edit, target);
	} else {
		char id[UUID_TEXT_BYTES];
		uuid_format(&target->id, id);
		json_t *block = record->block != NULL ? json_incref(record->block)
						      : object_block(edit->sim, record);
		size_t index;
		if (record->block != NULL) {
			detach(workspace, record, block);
		}
		if (!find_index(edit, workspace_children(workspace, id), &index)) {
			index = json_array_size(workspace_children(workspace, id));
		}
		attach(edit, target, index, block);
	}
	touch(edit, record);
	touch(edit, target);
	if (edit->in_app && old_page != NULL) {
		tree_touch(workspace, old_page, &edit->author);
	}
	add_id(edit, record);
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
	touch(edit, record);
	add_id(edit, record);
}

static void set_schema(struct edit *edit, const json_t *properties)
{
	json_t *schema = json_object_get(edit->record->data_source, "properties");
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)properties, name, entry) {
		if (json_is_null(entry)) {
			(void)json_object_del(schema, name);
		} else {
			(void)json_object_set_new(schema, name, json_deep_copy(entry));
		}
	}
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
		set_schema(edit, properties);
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
	touch(edit, edit->record);
	add_id(edit, edit->record);
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
	} else if (strcmp(op, "move") == 0) {
		run_move(edit);
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
