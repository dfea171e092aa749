#include "tools/sim/move.h"

#include <string.h>

#include "tools/sim/answer.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/object.h"
#include "tools/sim/option.h"
#include "tools/sim/property_value.h"
#include "tools/sim/relation.h"
#include "tools/sim/validate.h"

#define CLIMB_MAX 1000

bool move_is_below(const struct workspace *workspace, const struct record *record,
		   const struct record *ancestor)
{
	for (int i = 0; i < CLIMB_MAX && record != NULL; i++) {
		if (record == ancestor) {
			return true;
		}
		record = workspace_parent(workspace, record);
	}
	return false;
}

json_t *move_row_parent(const struct record *data_source)
{
	const json_t *object = data_source->data_source;
	return json_pack("{s:s, s:O, s:O}", "type", "data_source_id", "data_source_id",
			 json_object_get(object, "id"), "database_id",
			 json_object_get(json_object_get(object, "parent"), "database_id"));
}

json_t *move_take(struct sim *sim, struct record *record)
{
	struct workspace *workspace = &sim->workspace;
	json_t *block = json_incref(record->block);
	if (block == NULL) {
		return object_block(sim, record);
	}
	const char *parent_id = workspace_parent_id(block);
	json_t *children = workspace_children(workspace, parent_id);
	char id[UUID_TEXT_BYTES];
	uuid_format(&record->id, id);
	size_t index = workspace_child_index(children, id);
	if (index < json_array_size(children)) {
		(void)json_array_remove(children, index);
	}
	record->block = NULL;
	tree_refresh_has_children(workspace, workspace_find(workspace, parent_id));
	return block;
}

/* ── properties ── */

/* Forgets the relations a row has: the other sides forget it, too. */
static void leave_relations(struct sim *sim, const struct record *record)
{
	const struct record *source = workspace_parent(&sim->workspace, record);
	json_t *schema = source == NULL ? NULL : json_object_get(source->data_source, "properties");
	const char *name;
	json_t *entry;
	json_object_foreach (schema, name, entry) {
		if (json_object_get(entry, "relation") != NULL) {
			json_decref(relation_keep(&sim->workspace, record->page, entry, NULL));
		}
	}
}

static bool is_option_known(const json_t *entry, const char *type, const json_t *value)
{
	size_t index;
	const json_t *option;
	json_array_foreach (json_object_get(json_object_get(entry, type), "options"), index,
			    option) {
		if (json_equal(json_object_get(option, "name"), json_object_get(value, "name"))) {
			return true;
		}
	}
	return false;
}

/* What becomes of `value` under `entry` of another schema; NULL: the default. New reference. */
static json_t *carry(struct sim *sim, json_t *page, json_t *old_entry, json_t *entry,
		     const char *type, json_t *value)
{
	static const char *const computed[] = {"created_time",	 "created_by", "last_edited_time",
					       "last_edited_by", "unique_id",  "formula",
					       "rollup",	 "button",     "verification"};
	struct workspace *workspace = &sim->workspace;
	for (size_t i = 0; i < sizeof computed / sizeof *computed; i++) {
		if (strcmp(type, computed[i]) == 0) {
			return NULL;
		}
	}
	if (strcmp(type, "select") == 0) {
		return option_choose(workspace, entry, value);
	}
	if (strcmp(type, "multi_select") == 0) {
		return option_choose_many(workspace, entry, value);
	}
	if (strcmp(type, "status") == 0) {
		return is_option_known(entry, type, value) ? option_choose(workspace, entry, value)
							   : NULL;
	}
	if (strcmp(type, "relation") == 0) {
		const json_t *from = json_object_get(old_entry, type);
		const json_t *to = json_object_get(entry, type);
		return json_equal(json_object_get(from, "data_source_id"),
				  json_object_get(to, "data_source_id"))
			       ? relation_keep(workspace, page, entry, value)
			       : NULL;
	}
	return json_incref(value);
}

/* The properties follow the schema of `target`; `old_schema` NULL: it was no row. */
static void follow_schema(struct sim *sim, json_t *page, json_t *old_schema,
			  const struct record *target, const struct author *author)
{
	json_t *schema = json_object_get(target->data_source, "properties");
	json_t *old = json_incref(json_object_get(page, "properties"));
	json_t *title = json_incref(object_page_title(page));
	json_t *properties = property_defaults(sim, page, schema, author);
	(void)json_object_set_new(page, "properties", properties);
	const char *name;
	json_t *entry;
	json_object_foreach (schema, name, entry) {
		const char *type = json_string_value(json_object_get(entry, "type"));
		json_t *old_entry = json_object_get(old_schema, name);
		json_t *value = json_object_get(json_object_get(old, name), type);
		json_t *carried = NULL;
		if (strcmp(type, "title") == 0) {
			carried = json_incref(title);
		} else if (value != NULL && json_object_get(old_entry, type) != NULL) {
			carried = carry(sim, page, old_entry, entry, type, value);
		}
		if (carried != NULL) {
			json_t *property = json_object_get(properties, name);
			(void)json_object_set_new(property, type, carried);
		}
	}
	json_decref(title);
	json_decref(old);
}

/* A row that becomes a page keeps its title alone. */
static void keep_title(json_t *page)
{
	json_t *title = json_incref(object_page_title(page));
	(void)json_object_set_new(page, "properties",
				  json_pack("{s:{s:s, s:s, s:o}}", "title", "id", "title", "type",
					    "title", "title", title));
}

/* ── arriving ── */

void move_put(struct sim *sim, struct record *record, json_t *block, struct record *target,
	      size_t index)
{
	struct workspace *workspace = &sim->workspace;
	char id[UUID_TEXT_BYTES];
	uuid_format(&target->id, id);
	json_t *parent = tree_parent_of_children(target);
	if (record->page != NULL) {
		leave_relations(sim, record);
		(void)json_object_set(record->page, "parent", parent);
		keep_title(record->page);
	}
	if (record->database != NULL) {
		(void)json_object_set(record->database, "parent", parent);
	}
	(void)json_object_set_new(block, "parent", parent);
	workspace_insert_block(workspace, id, index, block);
	tree_refresh_has_children(workspace, record);
	tree_refresh_has_children(workspace, target);
}

void move_into(struct sim *sim, struct record *record, struct record *target,
	       const struct author *author)
{
	const struct record *source = workspace_parent(&sim->workspace, record);
	json_t *old_schema =
		source == NULL ? NULL : json_object_get(source->data_source, "properties");
	leave_relations(sim, record);
	(void)json_object_set_new(record->page, "parent", move_row_parent(target));
	follow_schema(sim, record->page, old_schema, target, author);
}

/* ── the endpoint ── */

/* The page or data source the body names; NULL with the error in `answer`. */
static struct record *find_target(struct sim *sim, const struct record *record, const json_t *body,
				  struct answer *answer)
{
	const struct workspace *workspace = &sim->workspace;
	const json_t *parent = json_object_get(body, "parent");
	const char *page_id = json_string_value(json_object_get(parent, "page_id"));
	const char *source_id = json_string_value(json_object_get(parent, "data_source_id"));
	struct record *target =
		page_id != NULL ? endpoint_find_id(sim, page_id, OBJECT_PAGE, answer)
				: endpoint_find_id(sim, source_id, OBJECT_DATA_SOURCE, answer);
	if (target == NULL) {
		return NULL;
	}
	if (workspace_is_trashed(workspace, target)) {
		answer_archived(answer);
		return NULL;
	}
	if (move_is_below(workspace, target, record)) {
		answer_refuse(answer, "A page can't be moved into itself or a page below it.");
		return NULL;
	}
	/* A page in a column or toggle is in that block: moving it out to its page is a move. */
	if (workspace_parent(workspace, record) == target) {
		answer_refuse(answer, "The page is in that parent already.");
		return NULL;
	}
	return target;
}

/* Of the bumps only one is known: a page that gets a child page (notion-api.md §8.3). That the
 * moved page is stamped and the parent it left is not follows trash and databases. */
void pages_move(struct sim *sim, const struct request *request, struct answer *answer)
{
	struct record *record = endpoint_find(sim, request, 2, "page_id", OBJECT_PAGE, answer);
	char *message = NULL;
	if (record == NULL) {
		return;
	}
	if (validate_page_move(request->body, &message) != 0) {
		answer_invalid(answer, message);
		return;
	}
	if (workspace_is_trashed(&sim->workspace, record)) {
		answer_archived(answer);
		return;
	}
	struct record *target = find_target(sim, record, request->body, answer);
	if (target == NULL) {
		return;
	}
	CLEANUP(author) struct author author;
	author_init(&author, sim, false);
	json_t *block = move_take(sim, record);
	if (target->data_source != NULL) {
		json_decref(block);
		move_into(sim, record, target, &author);
	} else {
		char id[UUID_TEXT_BYTES];
		uuid_format(&target->id, id);
		move_put(sim, record, block, target,
			 json_array_size(workspace_children(&sim->workspace, id)));
		tree_touch(&sim->workspace, target, &author);
	}
	tree_touch(&sim->workspace, record, &author);
	answer->changed = true;
	uuid_format(&record->id, answer->committed_id);
	answer_ok(answer, object_page(sim, record));
}
