#include "tools/sim/schema.h"

#include <string.h>

#include "mapping/base/buf.h"
#include "tools/sim/object.h"
#include "tools/sim/property_value.h"
#include "tools/sim/schema_config.h"
#include "tools/sim/schema_rows.h"

#define NAME_MAX_BYTES 4096

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

json_t *schema_new_id(const json_t *schema)
{
	char id[5];
	const char *name;
	for (unsigned n = 0;; n++) {
		(void)snprintf(id, sizeof id, "n%03x", n & 0xfff);
		if (property_find((json_t *)schema, id, &name) == NULL) {
			return json_string(id);
		}
	}
}

/* ── making ── */

/* Puts `entry` (stolen) where `old_name` was, or where NULL at the end. */
static void place(const struct schema_context *context, const char *old_name, const char *name,
		  json_t *entry)
{
	if (old_name != NULL && strcmp(old_name, name) != 0) {
		(void)json_object_del(context->schema, old_name);
	}
	(void)json_object_set_new(context->schema, name, entry);
}

static bool refuses_name(const struct schema_context *context, const char *name,
			 const json_t *known)
{
	const json_t *other = json_object_get(context->schema, name);
	if (*name == '\0') {
		answer_refuse(context->answer, "A property's name should not be empty.");
		return true;
	}
	if (other != NULL && other != known) {
		answer_refuse(context->answer, "There is a property named %s already.", name);
		return true;
	}
	return false;
}

/* The type a known property is to have; NULL: refused. The title stays what it is. */
static const char *choose_type(const struct schema_context *context, const json_t *known,
			       const json_t *given)
{
	const char *type = schema_config_type(given);
	const char *old = string_of(known, "type");
	if (type == NULL || strcmp(type, old) == 0) {
		return old;
	}
	if (strcmp(type, "title") == 0 || strcmp(old, "title") == 0) {
		answer_refuse(context->answer,
			      "The title can't become another property, nor one the title.");
		return NULL;
	}
	return type;
}

static bool change(const struct schema_context *context, const char *name, json_t *known,
		   const json_t *given)
{
	if (json_is_null(given)) {
		if (strcmp(string_of(known, "type"), "title") == 0) {
			answer_refuse(context->answer, "The title can't be removed.");
			return false;
		}
		(void)json_object_del(context->schema, name);
		return true;
	}
	const char *type = choose_type(context, known, given);
	const char *new_name = string_of(given, "name");
	new_name = new_name != NULL ? new_name : name;
	if (type == NULL || refuses_name(context, new_name, known)) {
		return false;
	}
	const json_t *config = json_object_get(given, type);
	const json_t *old_config = json_object_get(known, type);
	json_t *made = config == NULL && old_config != NULL
			       ? json_deep_copy(old_config)
			       : schema_config_make(context, type, config, old_config);
	if (made == NULL) {
		return false;
	}
	json_t *description = json_object_get(given, "description");
	place(context, name, new_name,
	      json_pack("{s:O, s:s, s:O?, s:s, s:o}", "id", json_object_get(known, "id"), "name",
			new_name, "description",
			description != NULL ? description : json_object_get(known, "description"),
			"type", type, type, made));
	return true;
}

static bool add(const struct schema_context *context, const char *key, const json_t *given,
		bool is_new)
{
	const char *type = schema_config_type(given);
	const char *name = string_of(given, "name");
	name = name != NULL ? name : key;
	if (type == NULL) {
		answer_refuse(context->answer, "%s is not a property that exists.", key);
		return false;
	}
	bool is_title = strcmp(type, "title") == 0;
	if (is_title && !is_new) {
		answer_refuse(context->answer, "A data source has one title.");
		return false;
	}
	if (refuses_name(context, name, NULL)) {
		return false;
	}
	json_t *made = schema_config_make(context, type, json_object_get(given, type), NULL);
	if (made == NULL) {
		return false;
	}
	place(context, NULL, name,
	      json_pack("{s:o, s:s, s:O?, s:s, s:o}", "id",
			is_title ? json_string("title") : schema_new_id(context->schema), "name",
			name, "description", json_object_get(given, "description"), "type", type,
			type, made));
	return true;
}

static bool apply(const struct schema_context *context, const char *key, const json_t *given,
		  bool is_new)
{
	const char *name;
	json_t *known = is_new ? NULL : property_find(context->schema, key, &name);
	if (known == NULL) {
		return add(context, key, given, is_new);
	}
	CLEANUP(free) char *old_name = strdup(name);
	json_incref(known);
	bool is_done = change(context, old_name, known, given);
	json_decref(known);
	return is_done;
}

static size_t count_titles(const json_t *schema)
{
	size_t count = 0;
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)schema, name, entry) {
		count += strcmp(string_of(entry, "type"), "title") == 0 ? 1 : 0;
	}
	return count;
}

json_t *schema_make(struct sim *sim, const char *source_id, const json_t *known,
		    const json_t *given, struct answer *answer)
{
	const struct schema_context context = {
		.sim = sim,
		.source_id = source_id,
		.schema = known != NULL ? json_copy((json_t *)known) : json_object(),
		.answer = answer,
	};
	bool is_good = true;
	/* Rollups last: their relation may be in the same request. */
	for (int pass = 0; pass < 2 && is_good; pass++) {
		const char *key;
		json_t *entry;
		json_object_foreach ((json_t *)given, key, entry) {
			const char *type = schema_config_type(entry);
			bool is_rollup = type != NULL && strcmp(type, "rollup") == 0;
			if (is_good && is_rollup == (pass == 1)) {
				is_good = apply(&context, key, entry, known == NULL);
			}
		}
	}
	if (is_good && count_titles(context.schema) != 1) {
		answer_refuse(answer, "A data source has exactly one title.");
		is_good = false;
	}
	if (!is_good) {
		json_decref(context.schema);
		return NULL;
	}
	return context.schema;
}

/* ── what is kept elsewhere ── */

static json_t *dual_of(const json_t *entry)
{
	return json_object_get(json_object_get(entry, "relation"), "dual_property");
}

/* The other side of a two-way relation; NULL: there is none. */
static json_t *find_other_side(const struct workspace *workspace, const json_t *entry,
			       struct record **ret_source)
{
	const char *id = string_of(dual_of(entry), "synced_property_id");
	struct record *target = workspace_find(
		workspace, string_of(json_object_get(entry, "relation"), "data_source_id"));
	const char *name;
	if (id == NULL || target == NULL) {
		return NULL;
	}
	*ret_source = target;
	return property_find(json_object_get(target->data_source, "properties"), id, &name);
}

/* Two-way relations that were there and are no more leave the other side alone. */
static void end_relations(const struct workspace *workspace, const json_t *before,
			  const json_t *after)
{
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)before, name, entry) {
		const char *new_name;
		struct record *target;
		const json_t *now =
			property_find((json_t *)after, string_of(entry, "id"), &new_name);
		json_t *other = dual_of(entry) != NULL && !json_equal(dual_of(entry), dual_of(now))
					? find_other_side(workspace, entry, &target)
					: NULL;
		json_t *config = json_object_get(other, "relation");
		if (config != NULL) {
			(void)json_object_del(config, "dual_property");
			(void)json_object_set_new(config, "type", json_string("single_property"));
			(void)json_object_set_new(config, "single_property", json_object());
		}
	}
}

/* The other side of a two-way relation that has none yet. */
static void begin_relation(struct sim *sim, const struct record *source, json_t *entry,
			   const struct author *author)
{
	json_t *config = json_object_get(entry, "relation");
	const struct record *target =
		workspace_find(&sim->workspace, string_of(config, "data_source_id"));
	json_t *schema = json_object_get(target->data_source, "properties");
	const char *wanted = string_of(dual_of(entry), "synced_property_name");
	CLEANUP(free)
	char *title = object_plain_text(json_object_get(source->data_source, "title"));
	CLEANUP(buf) struct buf name;
	buf_init(&name, NAME_MAX_BYTES);
	if (wanted != NULL && *wanted != '\0') {
		buf_puts(&name, wanted);
	} else {
		buf_printf(&name, "Related to %s (%s)", title, string_of(entry, "name"));
	}
	size_t base = name.len;
	for (int n = 1; json_object_get(schema, name.data) != NULL; n++) {
		buf_truncate(&name, base);
		buf_printf(&name, " %d", n);
	}
	const json_t *object = source->data_source;
	json_t *made =
		json_pack("{s:o, s:s, s:n, s:s, s:{s:O, s:O, s:s, s:{s:O, s:O}}}", "id",
			  schema_new_id(schema), "name", name.data, "description", "type",
			  "relation", "relation", "database_id",
			  json_object_get(json_object_get(object, "parent"), "database_id"),
			  "data_source_id", json_object_get(object, "id"), "type", "dual_property",
			  "dual_property", "synced_property_name", json_object_get(entry, "name"),
			  "synced_property_id", json_object_get(entry, "id"));
	(void)json_object_set_new(config, "dual_property",
				  json_pack("{s:s, s:O}", "synced_property_name", name.data,
					    "synced_property_id", json_object_get(made, "id")));
	(void)json_object_set_new(schema, name.data, made);
	schema_follow_rows(sim, target, author);
}

/* Names that other properties have of one that may have been renamed. */
static void refresh_names(const struct workspace *workspace, json_t *schema)
{
	const char *key;
	json_t *entry;
	json_object_foreach (schema, key, entry) {
		struct record *target = NULL;
		const json_t *other = find_other_side(workspace, entry, &target);
		if (other != NULL) {
			(void)json_object_set(dual_of(entry), "synced_property_name",
					      json_object_get(other, "name"));
		}
		json_t *rollup = json_object_get(entry, "rollup");
		const char *relation_id = string_of(rollup, "relation_property_id");
		const char *rolled_id = string_of(rollup, "rollup_property_id");
		const char *name;
		const json_t *relation =
			relation_id == NULL ? NULL : property_find(schema, relation_id, &name);
		if (relation == NULL || rolled_id == NULL) {
			continue;
		}
		(void)json_object_set_new(rollup, "relation_property_name", json_string(name));
		target = workspace_find(workspace, string_of(json_object_get(relation, "relation"),
							     "data_source_id"));
		if (target != NULL &&
		    property_find(json_object_get(target->data_source, "properties"), rolled_id,
				  &name) != NULL) {
			(void)json_object_set_new(rollup, "rollup_property_name",
						  json_string(name));
		}
	}
}

/* A relation that now points elsewhere names no rows any more. */
static void empty_retargeted(struct sim *sim, const struct record *source, const json_t *before,
			     const json_t *after)
{
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)before, name, entry) {
		const char *new_name;
		json_t *id = json_object_get(entry, "id");
		const json_t *now =
			property_find((json_t *)after, json_string_value(id), &new_name);
		const json_t *old_config = json_object_get(entry, "relation");
		const json_t *config = json_object_get(now, "relation");
		if (old_config != NULL && config != NULL &&
		    !json_equal(json_object_get(old_config, "data_source_id"),
				json_object_get(config, "data_source_id"))) {
			schema_forget_relations(sim, source, id);
		}
	}
}

void schema_set(struct sim *sim, const struct record *source, json_t *schema,
		const struct author *author)
{
	struct workspace *workspace = &sim->workspace;
	json_t *before = json_incref(json_object_get(source->data_source, "properties"));
	end_relations(workspace, before, schema);
	empty_retargeted(sim, source, before, schema);
	(void)json_object_set_new(source->data_source, "properties", schema);
	json_decref(before);
	/* A copy: a relation to the data source itself adds to the schema. */
	json_t *entries = json_copy(schema);
	const char *name;
	json_t *entry;
	json_object_foreach (entries, name, entry) {
		if (dual_of(entry) != NULL &&
		    string_of(dual_of(entry), "synced_property_id") == NULL) {
			begin_relation(sim, source, entry, author);
		}
	}
	json_decref(entries);
	size_t index;
	json_t *one;
	json_array_foreach (workspace->data_sources, index, one) {
		refresh_names(workspace, json_object_get(one, "properties"));
	}
	schema_follow_rows(sim, source, author);
}
