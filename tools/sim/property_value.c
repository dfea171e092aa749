#include "tools/sim/property_value.h"

#include <string.h>

#include "tools/sim/date_value.h"
#include "tools/sim/endpoint.h"
#include "tools/sim/file_upload.h"
#include "tools/sim/object.h"
#include "tools/sim/option.h"
#include "tools/sim/relation.h"
#include "tools/sim/rich_text.h"

static const char *type_of(const json_t *property)
{
	return json_string_value(json_object_get(property, "type"));
}

json_t *property_find(json_t *schema, const char *key, const char **ret_name)
{
	char wanted[64];
	object_decode_property_id(key, wanted, sizeof wanted);
	json_t *found = json_object_get(schema, key);
	const char *name = key;
	const char *candidate;
	json_t *entry;
	json_object_foreach (schema, candidate, entry) {
		char id[64];
		object_decode_property_id(json_string_value(json_object_get(entry, "id")), id,
					  sizeof id);
		if (found == NULL && strcmp(id, wanted) == 0) {
			found = entry;
			name = candidate;
		}
	}
	*ret_name = name;
	return found;
}

json_t *property_page_schema(void)
{
	return json_pack("{s:{s:s, s:s, s:s, s:{}}}", "title", "id", "title", "name", "title",
			 "type", "title", "title");
}

/* ── what was sent nothing ── */

static json_t *next_number(const struct workspace *workspace, const json_t *page, const char *name)
{
	const char *source = workspace_parent_id(page);
	json_int_t largest = 0;
	size_t index;
	const json_t *row;
	json_array_foreach (workspace->pages, index, row) {
		const char *parent = workspace_parent_id(row);
		if (parent == NULL || strcmp(parent, source) != 0) {
			continue;
		}
		const json_t *property = json_object_get(json_object_get(row, "properties"), name);
		json_int_t number = json_integer_value(
			json_object_get(json_object_get(property, "unique_id"), "number"));
		largest = number > largest ? number : largest;
	}
	return json_integer(largest + 1);
}

static json_t *default_rollup(const json_t *config)
{
	const char *function = json_string_value(json_object_get(config, "function"));
	function = function != NULL ? function : "show_original";
	if (strncmp(function, "show_", 5) == 0) {
		return json_pack("{s:s, s:[], s:s}", "type", "array", "array", "function",
				 function);
	}
	if (strstr(function, "date") != NULL) {
		return json_pack("{s:s, s:n, s:s}", "type", "date", "date", "function", function);
	}
	if (strncmp(function, "count", 5) == 0) {
		return json_pack("{s:s, s:i, s:s}", "type", "number", "number", 0, "function",
				 function);
	}
	return json_pack("{s:s, s:n, s:s}", "type", "number", "number", "function", function);
}

static json_t *full_user(const struct workspace *workspace, const json_t *user)
{
	json_t *known = workspace_user(workspace, json_string_value(json_object_get(user, "id")));
	return json_deep_copy(known != NULL ? known : user);
}

static json_t *default_value(struct sim *sim, const json_t *page, const char *name,
			     const json_t *entry, const struct author *author)
{
	static const char *const lists[] = {"title",	"rich_text", "multi_select",
					    "relation", "files",     "people"};
	const char *type = type_of(entry);
	const json_t *config = json_object_get(entry, type);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (strcmp(type, lists[i]) == 0) {
			return json_array();
		}
	}
	if (strcmp(type, "checkbox") == 0) {
		return json_false();
	}
	if (strcmp(type, "button") == 0) {
		return json_object();
	}
	if (strcmp(type, "status") == 0) {
		return option_value(json_array_get(json_object_get(config, "options"), 0));
	}
	if (strcmp(type, "created_time") == 0 || strcmp(type, "last_edited_time") == 0) {
		return json_string(author->stamp);
	}
	if (strcmp(type, "created_by") == 0 || strcmp(type, "last_edited_by") == 0) {
		return full_user(&sim->workspace, author->user);
	}
	if (strcmp(type, "unique_id") == 0) {
		return json_pack("{s:O?, s:o}", "prefix", json_object_get(config, "prefix"),
				 "number", next_number(&sim->workspace, page, name));
	}
	if (strcmp(type, "formula") == 0) {
		return json_pack("{s:s, s:n}", "type", "string", "string");
	}
	if (strcmp(type, "rollup") == 0) {
		return default_rollup(config);
	}
	return json_null();
}

json_t *property_defaults(struct sim *sim, const json_t *page, const json_t *schema,
			  const struct author *author)
{
	json_t *properties = json_object();
	const char *name;
	json_t *entry;
	json_object_foreach ((json_t *)schema, name, entry) {
		const char *type = type_of(entry);
		json_t *property =
			json_pack("{s:O, s:s, s:o}", "id", json_object_get(entry, "id"), "type",
				  type, type, default_value(sim, page, name, entry, author));
		if (strcmp(type, "relation") == 0) {
			(void)json_object_set_new(property, "has_more", json_false());
		}
		(void)json_object_set_new(properties, name, property);
	}
	json_t *ordered = object_order_properties(properties);
	json_decref(properties);
	return ordered;
}

/* ── what was sent ── */

static bool refuses_relation(struct sim *sim, const json_t *ids, struct answer *answer)
{
	size_t index;
	const json_t *item;
	json_array_foreach (ids, index, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		if (endpoint_find_id(sim, id, OBJECT_PAGE, answer) == NULL) {
			return true;
		}
	}
	return false;
}

static bool refuses_people(struct sim *sim, const json_t *people, struct answer *answer)
{
	size_t index;
	const json_t *item;
	json_array_foreach (people, index, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		if (workspace_user(&sim->workspace, id) == NULL) {
			answer_not_found(answer, &sim->workspace, "user", id);
			return true;
		}
	}
	return false;
}

/* The path of a URL, by which a hosted file is known again whatever signed it. */
static const char *url_path(const char *url, size_t *ret_len)
{
	const char *path = strstr(url, "://");
	path = path != NULL ? strchr(path + 3, '/') : NULL;
	if (path == NULL) {
		path = url;
	}
	if (strncmp(path, "/_files/", 8) == 0) {
		path += 7;
	}
	*ret_len = strcspn(path, "?");
	return path;
}

/* The file of the page that a re-sent signed URL means; NULL when there is none. */
static const json_t *find_hosted(const json_t *page, const char *url)
{
	size_t len;
	const char *path = url_path(url, &len);
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		size_t index;
		const json_t *file;
		json_array_foreach (json_object_get(property, "files"), index, file) {
			const char *known = json_string_value(
				json_object_get(json_object_get(file, "file"), "url"));
			size_t known_len = 0;
			const char *known_path = known != NULL ? url_path(known, &known_len) : NULL;
			if (known != NULL && known_len == len &&
			    strncmp(known_path, path, len) == 0) {
				return file;
			}
		}
	}
	return NULL;
}

static bool refuses_files(const json_t *page, const json_t *files, struct answer *answer)
{
	size_t index;
	const json_t *file;
	json_array_foreach (files, index, file) {
		const char *url =
			json_string_value(json_object_get(json_object_get(file, "file"), "url"));
		if (url != NULL && find_hosted(page, url) == NULL) {
			answer_refuse(answer, "Invalid file url.");
			return true;
		}
	}
	return false;
}

bool property_refuses(struct sim *sim, const json_t *page, const json_t *written,
		      struct answer *answer)
{
	const char *key;
	json_t *value;
	if (endpoint_refuses_blocks(sim, written, answer)) {
		return true; /* an upload nobody made */
	}
	json_object_foreach ((json_t *)written, key, value) {
		const json_t *date = json_object_get(value, "date");
		json_t *normal = NULL;
		if (json_is_object(date) && date_value_normalise(date, &normal) < 0) {
			answer_refuse(answer, "Invalid time zone: %s.",
				      json_string_value(json_object_get(date, "time_zone")));
			return true;
		}
		json_decref(normal);
		if (refuses_relation(sim, json_object_get(value, "relation"), answer) ||
		    refuses_people(sim, json_object_get(value, "people"), answer) ||
		    refuses_files(page, json_object_get(value, "files"), answer)) {
			return true;
		}
	}
	return false;
}

static json_t *keep_people(const struct workspace *workspace, const json_t *given)
{
	json_t *people = json_array();
	size_t index;
	const json_t *person;
	json_array_foreach (given, index, person) {
		(void)json_array_append_new(people, full_user(workspace, person));
	}
	return people;
}

static json_t *keep_files(const struct workspace *workspace, const json_t *page,
			  const json_t *given)
{
	json_t *files = json_array();
	size_t index;
	const json_t *file;
	json_array_foreach (given, index, file) {
		json_t *external = json_object_get(json_object_get(file, "external"), "url");
		const char *hosted =
			json_string_value(json_object_get(json_object_get(file, "file"), "url"));
		json_t *name = json_object_get(file, "name");
		json_t *uploaded = file_upload_attach(workspace, file);
		json_t *kept;
		if (uploaded != NULL) {
			kept = json_pack("{s:O, s:s, s:o}", "name",
					 name != NULL ? name : file_upload_name(workspace, file),
					 "type", "file", "file", uploaded);
		} else if (external != NULL) {
			kept = json_pack("{s:O, s:s, s:{s:O}}", "name", name, "type", "external",
					 "external", "url", external);
		} else {
			kept = json_deep_copy(find_hosted(page, hosted != NULL ? hosted : ""));
			(void)json_object_set(kept, "name", name);
		}
		(void)json_array_append_new(files, kept);
	}
	return files;
}

static json_t *keep_place(const json_t *given)
{
	if (!json_is_object(given)) {
		return json_null();
	}
	return json_pack("{s:O, s:O, s:O?, s:O?, s:O?, s:O?}", "lat", json_object_get(given, "lat"),
			 "lon", json_object_get(given, "lon"), "name",
			 json_object_get(given, "name"), "address",
			 json_object_get(given, "address"), "aws_place_id",
			 json_object_get(given, "aws_place_id"), "google_place_id",
			 json_object_get(given, "google_place_id"));
}

static json_t *keep_date(const json_t *given)
{
	json_t *date;
	return json_is_object(given) && date_value_normalise(given, &date) == 0 ? date
										: json_null();
}

static json_t *keep_verification(const struct workspace *workspace, const json_t *given)
{
	const char *state = json_string_value(json_object_get(given, "state"));
	bool is_verified = state != NULL && strcmp(state, "verified") == 0;
	json_t *date = json_object_get(given, "date");
	json_t *by = is_verified ? json_deep_copy(workspace_bot(workspace)) : NULL;
	return json_pack("{s:s, s:O?, s:o?}", "state", state != NULL ? state : "unverified", "date",
			 date, "verified_by", by);
}

static json_t *keep_value(struct sim *sim, json_t *page, const char *type, json_t *entry,
			  const json_t *given)
{
	struct workspace *workspace = &sim->workspace;
	if (strcmp(type, "title") == 0 || strcmp(type, "rich_text") == 0) {
		return rich_text_normalise(workspace, given);
	}
	if (strcmp(type, "select") == 0) {
		return option_choose(workspace, entry, given);
	}
	if (strcmp(type, "multi_select") == 0) {
		return option_choose_many(workspace, entry, given);
	}
	if (strcmp(type, "status") == 0) {
		const json_t *options = json_object_get(json_object_get(entry, type), "options");
		return json_is_null(given) ? option_value(json_array_get(options, 0))
					   : option_choose(workspace, entry, given);
	}
	if (strcmp(type, "date") == 0) {
		return keep_date(given);
	}
	if (strcmp(type, "people") == 0) {
		return keep_people(workspace, given);
	}
	if (strcmp(type, "files") == 0) {
		return keep_files(workspace, page, given);
	}
	if (strcmp(type, "relation") == 0) {
		return relation_keep(workspace, page, entry, given);
	}
	if (strcmp(type, "place") == 0) {
		return keep_place(given);
	}
	if (strcmp(type, "verification") == 0) {
		return keep_verification(workspace, given);
	}
	return json_deep_copy(given);
}

bool property_write(struct sim *sim, json_t *page, json_t *schema, const json_t *written)
{
	json_t *properties = json_object_get(page, "properties");
	bool has_title = false;
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)written, key, value) {
		const char *name;
		json_t *entry = property_find(schema, key, &name);
		const char *type = type_of(entry);
		if (entry == NULL || type == NULL) {
			continue;
		}
		json_t *property = json_object_get(properties, name);
		if (property == NULL) {
			property = json_pack("{s:O, s:s}", "id", json_object_get(entry, "id"),
					     "type", type);
			(void)json_object_set_new(properties, name, property);
		}
		json_t *kept = keep_value(sim, page, type, entry, json_object_get(value, type));
		(void)json_object_set_new(property, type, kept);
		if (strcmp(type, "relation") == 0) {
			(void)json_object_set_new(property, "has_more", json_false());
		}
		has_title = has_title || strcmp(type, "title") == 0;
	}
	return has_title;
}
