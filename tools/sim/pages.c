#include "tools/sim/pages.h"

#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/blocks.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/move.h"
#include "tools/sim/object.h"
#include "tools/sim/property_value.h"
#include "tools/sim/tree.h"
#include "tools/sim/validate.h"

void pages_filter_properties(json_t *page, const struct request *request)
{
	const json_t *wanted = json_object_get(request->query, "filter_properties");
	if (json_array_size(wanted) == 0) {
		return;
	}
	json_t *kept = json_object();
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		const char *encoded = json_string_value(json_object_get(property, "id"));
		char id[64];
		object_decode_property_id(encoded, id, sizeof id);
		size_t index;
		const json_t *item;
		json_array_foreach (wanted, index, item) {
			const char *text = json_string_value(item);
			if (strcmp(text, name) == 0 || strcmp(text, id) == 0 ||
			    strcmp(text, encoded) == 0) {
				(void)json_object_set(kept, name, property);
			}
		}
	}
	(void)json_object_set_new(page, "properties", kept);
}

void pages_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "page_id", OBJECT_PAGE, answer);
	if (record != NULL) {
		json_t *page = object_page(sim, record);
		pages_filter_properties(page, request);
		answer_ok(answer, page);
	}
}

/* ── writing ── */

/* The schema a page's properties follow: its data source's, or the title alone. New reference. */
static json_t *schema_of(const struct workspace *workspace, const json_t *page)
{
	const struct record *parent = workspace_find(workspace, workspace_parent_id(page));
	if (parent != NULL && parent->data_source != NULL) {
		return json_incref(json_object_get(parent->data_source, "properties"));
	}
	return property_page_schema();
}

static bool is_row(const json_t *page)
{
	return json_object_get(json_object_get(page, "parent"), "data_source_id") != NULL;
}

/* Whether the values fit; the error is in `answer` when not. `page` has its parent at least. */
static bool accepts_properties(struct sim *sim, const json_t *page, const json_t *written,
			       struct answer *answer)
{
	char *message = NULL;
	if (written == NULL) {
		return true;
	}
	json_t *schema = schema_of(&sim->workspace, page);
	int status = validate_property_values(written, is_row(page) ? schema : NULL, &message);
	json_decref(schema);
	if (status != 0) {
		answer_invalid(answer, message);
		return false;
	}
	return !property_refuses(sim, page, written, answer);
}

/* The parent as the page will have it. New reference; NULL with the error in `answer`. */
static json_t *resolve_parent(struct sim *sim, const json_t *given, struct answer *answer,
			      struct record **ret_record)
{
	const char *id;
	struct record *record = NULL;
	if (given == NULL || json_is_true(json_object_get(given, "workspace"))) {
		if (!sim->is_personal) {
			answer_refuse(answer, "body failed validation: body.parent should be "
					      "defined, instead was `undefined`.");
			return NULL;
		}
		*ret_record = NULL;
		return json_pack("{s:s, s:b}", "type", "workspace", "workspace", true);
	}
	if ((id = json_string_value(json_object_get(given, "page_id"))) != NULL) {
		record = endpoint_find_id(sim, id, OBJECT_PAGE, answer);
	} else if ((id = json_string_value(json_object_get(given, "data_source_id"))) != NULL) {
		record = endpoint_find_id(sim, id, OBJECT_DATA_SOURCE, answer);
	} else {
		id = json_string_value(json_object_get(given, "database_id"));
		const struct record *database = endpoint_find_id(sim, id, OBJECT_DATABASE, answer);
		const json_t *sources = json_object_get(
			database == NULL ? NULL : database->database, "data_sources");
		if (database != NULL && json_array_size(sources) != 1) {
			answer_refuse(answer, "Databases with multiple data sources are not "
					      "supported: name the data source.");
			return NULL;
		}
		id = json_string_value(json_object_get(json_array_get(sources, 0), "id"));
		record = database == NULL ? NULL
					  : endpoint_find_id(sim, id, OBJECT_DATA_SOURCE, answer);
	}
	if (record == NULL) {
		return NULL;
	}
	if (workspace_is_trashed(&sim->workspace, record)) {
		answer_archived(answer);
		return NULL;
	}
	*ret_record = record;
	if (record->page != NULL) {
		return tree_parent_of_children(record);
	}
	return move_row_parent(record);
}

/* Where the child_page block goes in the parent page. */
static bool find_place(struct sim *sim, const struct record *parent, const json_t *position,
		       struct answer *answer, size_t *ret_index)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&parent->id, id);
	const json_t *children = workspace_children(&sim->workspace, id);
	const char *type = json_string_value(json_object_get(position, "type"));
	*ret_index = json_array_size(children);
	if (type != NULL && strcmp(type, "page_start") == 0) {
		*ret_index = 0;
	} else if (type != NULL && strcmp(type, "after_block") == 0) {
		const char *after = json_string_value(
			json_object_get(json_object_get(position, "after_block"), "id"));
		const struct record *sibling = endpoint_find_id(sim, after, OBJECT_BLOCK, answer);
		if (sibling == NULL) {
			return false;
		}
		uuid_format(&sibling->id, id);
		size_t index = workspace_child_index(children, id);
		if (index == json_array_size(children)) {
			answer_refuse(answer,
				      "Block with ID %s is not a child of the given parent.", id);
			return false;
		}
		*ret_index = index + 1;
	}
	return true;
}

static json_t *make_page(const struct workspace *workspace, const char *id, json_t *parent,
			 const json_t *body, const struct author *author)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:{}, s:s, s:n}",
		"object", "page", "id", id, "created_time", author->stamp, "last_edited_time",
		author->stamp, "created_by", json_deep_copy(author->user), "last_edited_by",
		json_deep_copy(author->user), "cover",
		cover_normalise(workspace, json_object_get(body, "cover")), "icon",
		icon_normalise(workspace, json_object_get(body, "icon")), "parent", parent,
		"in_trash", false, "is_archived", false, "is_locked", false, "properties", "url",
		"", "public_url");
}

/* Puts a new page into the workspace, with its block in the parent page. */
static struct record *insert_page(struct sim *sim, json_t *page, struct record *parent,
				  size_t index, const struct author *author)
{
	struct workspace *workspace = &sim->workspace;
	const char *id = json_string_value(json_object_get(page, "id"));
	(void)json_array_append_new(workspace->pages, page);
	struct record *record = workspace_record(workspace, id);
	record->page = page;
	record->searchable_ms = author->now_ms + sim->search_lag_ms;
	if (parent != NULL && parent->page != NULL) {
		json_t *block = tree_make_block(id, json_object_get(page, "parent"), author, false,
						"child_page", json_pack("{s:s}", "title", ""));
		char parent_id[UUID_TEXT_BYTES];
		uuid_format(&parent->id, parent_id);
		workspace_insert_block(workspace, parent_id, index, block);
		tree_refresh_has_children(workspace, parent);
		tree_touch(workspace, parent, author);
	}
	return record;
}

struct record *pages_insert(struct sim *sim, json_t *parent, struct record *parent_record,
			    size_t index, const json_t *body, const struct author *author)
{
	char id[UUID_TEXT_BYTES];
	workspace_new_id(&sim->workspace, 8, id);
	json_t *page = make_page(&sim->workspace, id, parent, body, author);
	json_t *schema = schema_of(&sim->workspace, page);
	(void)json_object_set_new(page, "properties", property_defaults(sim, page, schema, author));
	struct record *record = insert_page(sim, page, parent_record, index, author);
	(void)property_write(sim, page, schema, json_object_get(body, "properties"));
	json_decref(schema);
	tree_refresh_title(record);
	return record;
}

static void create(struct sim *sim, const struct request *request, json_t *parent,
		   struct record *parent_record, size_t index, struct answer *answer)
{
	const json_t *body = request->body;
	const json_t *children = json_object_get(body, "children");
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	struct record *record = pages_insert(sim, parent, parent_record, index, body, &author);
	json_t *part = json_copy(
		(json_t *)(children != NULL ? children : json_object_get(body, "content")));
	while (request->first_children >= 0 &&
	       json_array_size(part) > (size_t)request->first_children) {
		(void)json_array_remove(part, json_array_size(part) - 1);
	}
	json_decref(tree_create(sim, record, 0, part, &author));
	json_decref(part);
	answer->changed = true;
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_page(sim, record));
}

void pages_create(struct sim *sim, const struct request *request, struct answer *answer)
{
	const json_t *body = request->body;
	char *message = NULL;
	if (validate_page_create(body, request->body_bytes, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	if (json_object_get(body, "markdown") != NULL) {
		answer_refuse(answer, "This server takes blocks, not markdown.");
		return;
	}
	struct record *parent_record = NULL;
	json_t *parent =
		resolve_parent(sim, json_object_get(body, "parent"), answer, &parent_record);
	if (parent == NULL) {
		return;
	}
	json_t *draft = json_pack("{s:O}", "parent", parent);
	bool accepted = !endpoint_refuses_growth(sim, answer) &&
			!endpoint_refuses_blocks(sim, body, answer) &&
			!endpoint_refuses_blocks(sim, json_object_get(body, "children"), answer) &&
			accepts_properties(sim, draft, json_object_get(body, "properties"), answer);
	json_decref(draft);
	size_t index = 0;
	const json_t *position = json_object_get(body, "position");
	if (accepted && parent_record != NULL && parent_record->page != NULL) {
		accepted = find_place(sim, parent_record, position, answer, &index);
	}
	if (!accepted) {
		json_decref(parent);
		return;
	}
	create(sim, request, parent, parent_record, index, answer);
}

/* erase_content: everything below goes to the trash. */
static void erase_content(struct workspace *workspace, const struct record *record)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	size_t index;
	const json_t *child;
	json_array_foreach (workspace_children(workspace, id), index, child) {
		const char *child_id = json_string_value(json_object_get(child, "id"));
		tree_set_trash(workspace, workspace_find(workspace, child_id), true);
	}
}

static void apply_update(struct sim *sim, const struct record *record, const json_t *body)
{
	static const char *const flags[] = {"is_archived", "is_locked"};
	json_t *schema = schema_of(&sim->workspace, record->page);
	const json_t *properties = json_object_get(body, "properties");
	if (property_write(sim, record->page, schema, properties)) {
		tree_refresh_title(record);
	}
	json_decref(schema);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		json_t *flag = json_object_get(body, flags[i]);
		if (flag != NULL) {
			(void)json_object_set(record->page, flags[i], flag);
		}
	}
	const json_t *icon = json_object_get(body, "icon");
	const json_t *cover = json_object_get(body, "cover");
	if (icon != NULL) {
		(void)json_object_set_new(record->page, "icon",
					  icon_normalise(&sim->workspace, icon));
	}
	if (cover != NULL) {
		(void)json_object_set_new(record->page, "cover",
					  cover_normalise(&sim->workspace, cover));
	}
	if (json_is_true(json_object_get(body, "erase_content"))) {
		erase_content(&sim->workspace, record);
	}
}

void pages_update(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "page_id", OBJECT_PAGE, answer);
	const json_t *body = request->body;
	char *message = NULL;
	if (record == NULL) {
		return;
	}
	if (validate_page_update(body, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	if (endpoint_refuses_blocks(sim, body, answer) ||
	    !accepts_properties(sim, record->page, json_object_get(body, "properties"), answer) ||
	    !blocks_set_trash(sim, record, body, answer)) {
		return;
	}
	if (json_object_size(body) > 0) {
		CLEANUP(author) struct author author;
		author_init(&author, sim, false);
		apply_update(sim, record, body);
		tree_touch(&sim->workspace, record, &author);
		answer->changed = true;
	}
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_page(sim, record));
}
