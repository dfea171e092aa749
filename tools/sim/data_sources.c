#include "tools/sim/data_sources.h"

#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/blocks.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/object.h"
#include "tools/sim/rich_text.h"
#include "tools/sim/schema.h"
#include "tools/sim/validate.h"

#define UNTITLED "New data source"

void data_sources_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "data_source_id", OBJECT_DATA_SOURCE, answer);
	if (record != NULL) {
		answer_ok(answer, object_data_source(sim, record));
	}
}

/* There are none: templates are made in the app alone. */
void data_sources_list_templates(struct sim *sim, const struct request *request,
				 struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "data_source_id", OBJECT_DATA_SOURCE, answer);
	struct list_window window;
	if (record == NULL || !endpoint_read_window(sim, request, answer, &window)) {
		return;
	}
	if (window.cursor != NULL) {
		endpoint_refuse_cursor(answer, window.cursor);
		return;
	}
	answer_ok(answer,
		  json_pack("{s:[], s:b, s:n}", "templates", "has_more", false, "next_cursor"));
}

/* ── the database's side ── */

static void list_in(const struct record *database, const json_t *source)
{
	CLEANUP(free) char *name = object_plain_text(json_object_get(source, "title"));
	(void)json_array_append_new(
		json_object_get(database->database, "data_sources"),
		json_pack("{s:O, s:s}", "id", json_object_get(source, "id"), "name", name));
}

static void drop_from(const struct record *database, const json_t *source)
{
	json_t *sources = json_object_get(database->database, "data_sources");
	(void)json_array_remove(
		sources,
		workspace_child_index(sources, json_string_value(json_object_get(source, "id"))));
}

static void refresh_name(const struct record *database, const json_t *source)
{
	json_t *sources = json_object_get(database->database, "data_sources");
	const char *id = json_string_value(json_object_get(source, "id"));
	CLEANUP(free) char *name = object_plain_text(json_object_get(source, "title"));
	(void)json_object_set_new(json_array_get(sources, workspace_child_index(sources, id)),
				  "name", json_string(name));
}

static void follow_database(const struct record *database, json_t *source)
{
	json_t *parent = json_pack("{s:s, s:O}", "type", "database_id", "database_id",
				   json_object_get(database->database, "id"));
	(void)json_object_set_new(source, "parent", parent);
	(void)json_object_set_new(source, "database_parent",
				  json_deep_copy(json_object_get(database->database, "parent")));
	(void)json_object_set(source, "url", json_object_get(database->database, "url"));
}

void data_sources_follow_parent(const struct workspace *workspace, const struct record *database)
{
	size_t index;
	const json_t *listed;
	json_array_foreach (json_object_get(database->database, "data_sources"), index, listed) {
		const struct record *source =
			workspace_find(workspace, json_string_value(json_object_get(listed, "id")));
		if (source != NULL && source->data_source != NULL) {
			follow_database(database, source->data_source);
		}
	}
}

/* ── create ── */

struct record *data_sources_insert(struct sim *sim, const struct record *database, int id_version,
				   json_t *schema, json_t *title, const json_t *icon,
				   const struct author *author)
{
	struct workspace *workspace = &sim->workspace;
	char id[UUID_TEXT_BYTES];
	workspace_new_id(workspace, id_version, id);
	json_t *is_inline = json_object_get(database->database, "is_inline");
	json_t *source = json_pack("{s:s, s:s, s:n, s:o, s:s, s:O, s:O, s:s, s:O, s:[], s:O, s:{}, "
				   "s:n, s:n, s:n, s:n, "
				   "s:b}",
				   "object", "data_source", "id", id, "cover", "icon",
				   icon_normalise(workspace, icon), "created_time", author->stamp,
				   "created_by", author->user, "last_edited_by", author->user,
				   "last_edited_time", author->stamp, "title", title, "description",
				   "is_inline", is_inline, "properties", "parent",
				   "database_parent", "url", "public_url", "in_trash", false);
	follow_database(database, source);
	(void)json_array_append_new(workspace->data_sources, source);
	struct record *record = workspace_record(workspace, id);
	record->data_source = source;
	record->searchable_ms = author->now_ms + sim->search_lag_ms;
	schema_set(sim, record, schema, author);
	list_in(database, source);
	return record;
}

/* The database `parent` names; NULL with the error in `answer`. */
static struct record *find_database(struct sim *sim, const json_t *parent, struct answer *answer)
{
	struct record *database =
		endpoint_find_id(sim, json_string_value(json_object_get(parent, "database_id")),
				 OBJECT_DATABASE, answer);
	if (database != NULL && workspace_is_trashed(&sim->workspace, database)) {
		answer_archived(answer);
		return NULL;
	}
	return database;
}

void data_sources_create(struct sim *sim, const struct request *request, struct answer *answer)
{
	const json_t *body = request->body;
	char *message = NULL;
	if (validate_data_source_create(body, request->body_bytes, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	const struct record *database = find_database(sim, json_object_get(body, "parent"), answer);
	if (database == NULL || file_upload_refuses(sim, body, answer)) {
		return;
	}
	json_t *schema = schema_make(sim, NULL, NULL, json_object_get(body, "properties"), answer);
	if (schema == NULL) {
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	json_t *given = json_object_get(body, "title");
	json_t *untitled = json_pack("[{s:{s:s}}]", "text", "content", UNTITLED);
	json_t *title =
		rich_text_normalise(&sim->workspace, json_array_size(given) > 0 ? given : untitled);
	const struct record *record = data_sources_insert(sim, database, 8, schema, title,
							  json_object_get(body, "icon"), &author);
	json_decref(untitled);
	json_decref(title);
	answer->changed = true;
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_data_source(sim, record));
}

/* ── update ── */

static void move_to(struct sim *sim, const struct record *record, const struct record *database)
{
	json_t *source = record->data_source;
	const struct record *old = workspace_parent(&sim->workspace, record);
	if (old == database) {
		return;
	}
	if (old != NULL && old->database != NULL) {
		drop_from(old, source);
	}
	follow_database(database, source);
	list_in(database, source);
	size_t index;
	json_t *page;
	json_array_foreach (sim->workspace.pages, index, page) {
		json_t *parent = json_object_get(page, "parent");
		if (json_equal(json_object_get(parent, "data_source_id"),
			       json_object_get(source, "id"))) {
			(void)json_object_set(parent, "database_id",
					      json_object_get(database->database, "id"));
		}
	}
}

static void apply_update(struct sim *sim, const struct record *record, const json_t *body,
			 const struct record *database, json_t *schema, const struct author *author)
{
	json_t *source = record->data_source;
	json_t *title = json_object_get(body, "title");
	const json_t *icon = json_object_get(body, "icon");
	const struct record *parent = workspace_parent(&sim->workspace, record);
	if (title != NULL) {
		(void)json_object_set_new(source, "title",
					  rich_text_normalise(&sim->workspace, title));
		if (parent != NULL && parent->database != NULL) {
			refresh_name(parent, source);
		}
	}
	if (icon != NULL) {
		(void)json_object_set_new(source, "icon", icon_normalise(&sim->workspace, icon));
	}
	if (schema != NULL) {
		schema_set(sim, record, schema, author);
	}
	if (database != NULL) {
		move_to(sim, record, database);
	}
}

void data_sources_update(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "data_source_id", OBJECT_DATA_SOURCE, answer);
	const json_t *body = request->body;
	char *message = NULL;
	if (record == NULL) {
		return;
	}
	if (validate_data_source_update(body, request->body_bytes, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	const json_t *parent = json_object_get(body, "parent");
	const json_t *properties = json_object_get(body, "properties");
	const json_t *known = json_object_get(record->data_source, "properties");
	const struct record *database = NULL;
	json_t *schema = NULL;
	if (file_upload_refuses(sim, body, answer) ||
	    (parent != NULL && (database = find_database(sim, parent, answer)) == NULL)) {
		return;
	}
	if (properties != NULL) {
		schema = schema_make(sim,
				     json_string_value(json_object_get(record->data_source, "id")),
				     known, properties, answer);
		if (schema == NULL) {
			return;
		}
	}
	if (!blocks_set_trash(sim, record, body, answer)) {
		json_decref(schema);
		return;
	}
	if (json_object_size(body) > 0) {
		CLEANUP(author) struct author author;
		author_init(&author, sim, false);
		apply_update(sim, record, body, database, schema, &author);
		tree_touch(&sim->workspace, record, &author);
		answer->changed = true;
	}
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_data_source(sim, record));
}
