#include <string.h>

#include "tools/sim/block_content.h"
#include "tools/sim/blocks.h"
#include "tools/sim/data_sources.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/move.h"
#include "tools/sim/object.h"
#include "tools/sim/rich_text.h"
#include "tools/sim/schema.h"
#include "tools/sim/validate.h"

#define UNTITLED "New database"

void databases_retrieve(struct sim *sim, const struct request *request, struct answer *answer)
{
	const struct record *record =
		endpoint_find(sim, request, 2, "database_id", OBJECT_DATABASE, answer);
	if (record == NULL) {
		return;
	}
	bool is_linked = json_array_size(json_object_get(record->database, "data_sources")) == 0;
	if (is_linked &&
	    strcmp(workspace_config_string(&sim->workspace, "linked_databases", "empty"),
		   "error") == 0) {
		answer_refuse(answer,
			      "Database with ID %s does not contain any data sources accessible by "
			      "this API bot.",
			      json_string_value(json_object_get(record->database, "id")));
		return;
	}
	answer_ok(answer, object_database(sim, record));
}

/* ── where it is ── */

/* Whether the database may be there; *ret_page is the page, NULL the workspace. */
static bool find_parent(struct sim *sim, const json_t *given, struct answer *answer,
			struct record **ret_page)
{
	const char *id = json_string_value(json_object_get(given, "page_id"));
	struct record *page = NULL;
	if (id == NULL && !sim->is_personal) {
		answer_refuse(answer, "A database of the workspace itself can't be made or moved "
				      "there by this connection.");
		return false;
	}
	if (id != NULL) {
		page = endpoint_find_id(sim, id, OBJECT_PAGE, answer);
		if (page == NULL) {
			return false;
		}
		if (workspace_is_trashed(&sim->workspace, page)) {
			answer_archived(answer);
			return false;
		}
	}
	*ret_page = page;
	return true;
}

static json_t *make_parent(const struct record *page)
{
	return page != NULL ? tree_parent_of_children(page)
			    : json_pack("{s:s, s:b}", "type", "workspace", "workspace", true);
}

static void move_to(struct sim *sim, struct record *record, struct record *page,
		    const struct author *author)
{
	struct workspace *workspace = &sim->workspace;
	json_t *block = move_take(sim, record);
	(void)json_object_set_new(record->database, "parent", make_parent(page));
	if (page == NULL) {
		json_decref(block);
	} else {
		char id[UUID_TEXT_BYTES];
		uuid_format(&page->id, id);
		move_put(sim, record, block, page,
			 json_array_size(workspace_children(workspace, id)));
		tree_touch(workspace, page, author);
	}
	data_sources_follow_parent(workspace, record);
}

/* ── what it says ── */

static void set_title(struct sim *sim, const struct record *record, const json_t *items)
{
	json_t *title = rich_text_normalise(&sim->workspace, items);
	CLEANUP(free) char *text = object_plain_text(title);
	(void)json_object_set_new(record->database, "title", title);
	json_t *content = json_object_get(record->block, "child_database");
	if (content != NULL) {
		(void)json_object_set_new(content, "title", json_string(text));
	}
}

/* The fields of the body but for title, parent and trash. */
static void set_fields(struct sim *sim, json_t *database, const json_t *body)
{
	static const char *const flags[] = {"is_inline", "is_locked"};
	const struct workspace *workspace = &sim->workspace;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		json_t *flag = json_object_get(body, flags[i]);
		if (flag != NULL) {
			(void)json_object_set(database, flags[i], flag);
		}
	}
	const json_t *description = json_object_get(body, "description");
	const json_t *icon = json_object_get(body, "icon");
	const json_t *cover = json_object_get(body, "cover");
	if (description != NULL) {
		(void)json_object_set_new(database, "description",
					  rich_text_normalise(workspace, description));
	}
	if (icon != NULL) {
		(void)json_object_set_new(database, "icon", icon_normalise(workspace, icon));
	}
	if (cover != NULL) {
		(void)json_object_set_new(database, "cover", cover_normalise(workspace, cover));
	}
}

/* ── create ── */

/* 2026-06-27T16:49:02.556+00:00: the only stamp with milliseconds. */
static void format_stamp(int64_t ms, char text[CLOCK_ISO_BYTES + 8])
{
	char zulu[CLOCK_ISO_BYTES];
	clock_format_iso(ms, zulu);
	(void)snprintf(text, CLOCK_ISO_BYTES + 8, "%.*s+00:00", (int)strcspn(zulu, "Z"), zulu);
}

static struct record *insert(struct sim *sim, const json_t *body, struct record *page,
			     const struct author *author)
{
	struct workspace *workspace = &sim->workspace;
	char id[UUID_TEXT_BYTES];
	char stamp[CLOCK_ISO_BYTES + 8];
	workspace_new_id(workspace, 4, id);
	format_stamp(author->now_ms, stamp);
	json_t *database = json_pack(
		"{s:s, s:s, s:[], s:[], s:o, s:b, s:b, s:b, s:s, s:s, s:[], s:n, s:n, s:s, s:n}",
		"object", "database", "id", id, "title", "description", "parent", make_parent(page),
		"is_inline", false, "in_trash", false, "is_locked", false, "created_time", stamp,
		"last_edited_time", stamp, "data_sources", "icon", "cover", "url", "",
		"public_url");
	char url[64] = "https://www.notion.so/";
	size_t len = strlen(url);
	for (const char *c = id; *c != '\0'; c++) {
		if (*c != '-') {
			url[len++] = *c;
		}
	}
	url[len] = '\0';
	(void)json_object_set_new(database, "url", json_string(url));
	(void)json_array_append_new(workspace->databases, database);
	struct record *record = workspace_record(workspace, id);
	record->database = database;
	if (page != NULL) {
		char page_id[UUID_TEXT_BYTES];
		uuid_format(&page->id, page_id);
		json_t *block =
			tree_make_block(id, json_object_get(database, "parent"), author, false,
					"child_database", json_pack("{s:s}", "title", ""));
		workspace_insert_block(workspace, page_id,
				       json_array_size(workspace_children(workspace, page_id)),
				       block);
		tree_refresh_has_children(workspace, page);
		tree_touch(workspace, page, author);
	}
	set_fields(sim, database, body);
	json_t *given = json_object_get(body, "title");
	json_t *untitled = json_pack("[{s:{s:s}}]", "text", "content", UNTITLED);
	set_title(sim, record, json_array_size(given) > 0 ? given : untitled);
	json_decref(untitled);
	return record;
}

/* What the first data source is to have; without a word of it, a title. */
static json_t *make_first_schema(struct sim *sim, const json_t *body, struct answer *answer)
{
	const json_t *given =
		json_object_get(json_object_get(body, "initial_data_source"), "properties");
	json_t *stock = json_pack("{s:{s:{}}}", "Name", "title");
	json_t *schema = schema_make(sim, NULL, NULL, given != NULL ? given : stock, answer);
	json_decref(stock);
	return schema;
}

void databases_create(struct sim *sim, const struct request *request, struct answer *answer)
{
	const json_t *body = request->body;
	struct record *page = NULL;
	char *message = NULL;
	if (validate_database_create(body, request->body_bytes, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	if (!find_parent(sim, json_object_get(body, "parent"), answer, &page) ||
	    endpoint_refuses_growth(sim, answer) || file_upload_refuses(sim, body, answer)) {
		return;
	}
	json_t *schema = make_first_schema(sim, body, answer);
	if (schema == NULL) {
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	const struct record *record = insert(sim, body, page, &author);
	json_t *title = json_deep_copy(json_object_get(record->database, "title"));
	(void)data_sources_insert(sim, record, 4, schema, title, NULL, &author);
	json_decref(title);
	answer->changed = true;
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_database(sim, record));
}

/* ── update ── */

/* The database's own stamps stay as they are (notion-api.md §8.3); the trash stamps its block. */
void databases_update(struct sim *sim, const struct request *request, struct answer *answer)
{
	struct record *record =
		endpoint_find(sim, request, 2, "database_id", OBJECT_DATABASE, answer);
	const json_t *body = request->body;
	struct record *page = NULL;
	char *message = NULL;
	if (record == NULL) {
		return;
	}
	if (validate_database_update(body, request->body_bytes, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	const json_t *parent = json_object_get(body, "parent");
	if (file_upload_refuses(sim, body, answer) ||
	    (parent != NULL && !find_parent(sim, parent, answer, &page))) {
		return;
	}
	if (page != NULL && move_is_below(&sim->workspace, page, record)) {
		answer_refuse(answer, "A database can't be moved into a page below it.");
		return;
	}
	if (!blocks_set_trash(sim, record, body, answer)) {
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	if (answer->changed) {
		tree_touch(&sim->workspace, record, &author);
	}
	set_fields(sim, record->database, body);
	if (json_object_get(body, "title") != NULL) {
		set_title(sim, record, json_object_get(body, "title"));
	}
	if (parent != NULL && workspace_parent(&sim->workspace, record) != page) {
		move_to(sim, record, page, &author);
	}
	answer->changed = json_object_size(body) > 0;
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_database(sim, record));
}
