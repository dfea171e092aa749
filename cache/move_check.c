#include "cache/move_check.h"

#include <errno.h>
#include <string.h>

#include "cache/object.h"
#include "mapping/property.h"

#define DEPTH_MAX 1000

bool directory_source(const struct node_record *directory, struct uuid *ret_source)
{
	if (directory->role == ROLE_DATA_SOURCE) {
		*ret_source = directory->object;
		return true;
	}
	if (directory->role == ROLE_DATABASE && (directory->flags & NODE_FLAT) != 0) {
		*ret_source = directory->source;
		return true;
	}
	return false;
}

static int is_own_tree(struct store_transaction *state, const struct node_record *page,
		       const struct node_record *directory, bool *ret_is_own)
{
	struct node_record at = *directory;
	*ret_is_own = false;
	for (int depth = 0; depth < DEPTH_MAX && at.node != NODE_ROOT; depth++) {
		if (uuid_equal(&at.object, &page->object)) {
			*ret_is_own = true;
			return 0;
		}
		int r = tree_get(state, at.parent, &at);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* A checkbox that is off is what a new row has. */
static bool is_empty_value(const json_t *value)
{
	return value == NULL || json_is_null(value) || json_is_false(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

/* A status can't be empty: a new row has the first option of the first group. */
static bool is_first_status(const json_t *config, const json_t *value)
{
	const json_t *group = json_array_get(json_object_get(config, "groups"), 0);
	const char *first =
		json_string_value(json_array_get(json_object_get(group, "option_ids"), 0));
	if (first == NULL) {
		first = json_get_text(json_array_get(json_object_get(config, "options"), 0), "id");
	}
	return *first != '\0' && strcmp(first, json_get_text(value, "id")) == 0;
}

static bool has_option(const json_t *config, const json_t *value)
{
	size_t i;
	json_t *option;
	json_array_foreach (json_object_get(config, "options"), i, option) {
		if (strcmp(json_get_text(option, "name"), json_get_text(value, "name")) == 0) {
			return true;
		}
	}
	return false;
}

/* Can `value` of this type stand in a property with this schema there? */
static bool has_place(const char *type, const json_t *value, const json_t *old_schema,
		      const json_t *schema)
{
	const json_t *config = json_object_get(schema, type);
	size_t i;
	json_t *item;
	if (config == NULL) {
		return false;
	}
	if (strcmp(type, "select") == 0 || strcmp(type, "status") == 0) {
		return has_option(config, value);
	}
	if (strcmp(type, "multi_select") == 0) {
		json_array_foreach (value, i, item) {
			if (!has_option(config, item)) {
				return false;
			}
		}
	}
	if (strcmp(type, "relation") == 0) {
		return strcmp(json_get_text(json_object_get(old_schema, type), "data_source_id"),
			      json_get_text(config, "data_source_id")) == 0;
	}
	return true;
}

/* Every value that a person has set needs a twin; `schema` NULL: there is only a title. */
static int check_values(const json_t *page, const json_t *old_schema, const json_t *schema,
			struct buf *why)
{
	const char *name;
	json_t *property;
	size_t count = 0;
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		const char *type = json_get_text(property, "type");
		const struct property_kind *kind = property_kind_of(type);
		const json_t *value = json_object_get(property, type);
		const json_t *old_property =
			json_object_get(json_object_get(old_schema, "properties"), name);
		if (strcmp(type, "title") == 0 || kind->access != PROPERTY_WRITABLE ||
		    is_empty_value(value) ||
		    (strcmp(type, "status") == 0 &&
		     is_first_status(json_object_get(old_property, type), value)) ||
		    has_place(type, value, old_property,
			      json_object_get(json_object_get(schema, "properties"), name))) {
			continue;
		}
		buf_printf(why, "%s%s", count == 0 ? "it would lose " : ", ", name);
		count++;
	}
	if (count == 0) {
		return 0;
	}
	buf_puts(why, schema == NULL
			      ? ": a page that is no row has no properties; clear them first"
			      : ": the database there has no property of this name and type with "
				"this option; add it in Notion, or clear the value first");
	return -EPERM;
}

static int check_schema(struct store_transaction *cache, const struct node_record *page,
			const struct node_record *directory, struct buf *why,
			struct uuid *ret_missing)
{
	struct uuid source = {{0}};
	struct uuid old_source = {{0}};
	json_t *object = object_find(cache, &page->object);
	json_t *schema = NULL;
	json_t *old_schema = NULL;
	bool to_source = directory_source(directory, &source);
	bool from_source =
		json_get_id(json_object_get(object, "parent"), "data_source_id", &old_source);
	int r = 0;
	*ret_missing = (struct uuid){{0}};
	if (object == NULL) {
		r = -EAGAIN;
	} else if (from_source && !uuid_equal(&source, &old_source)) {
		schema = to_source ? object_find(cache, &source) : NULL;
		old_schema = object_find(cache, &old_source);
		if (old_schema == NULL || (to_source && schema == NULL)) {
			*ret_missing = old_schema == NULL ? old_source : source;
			r = -EAGAIN;
		} else {
			r = check_values(object, old_schema, schema, why);
		}
	}
	if (r == -EAGAIN) {
		buf_puts(why, "its properties have not been read yet; try again in a moment");
	}
	json_decref(object);
	json_decref(schema);
	json_decref(old_schema);
	return r;
}

int move_check(struct store_transaction *state, struct store_transaction *cache,
	       const struct node_record *page, const struct node_record *directory, struct buf *why,
	       struct uuid *ret_missing)
{
	bool is_own = false;
	struct node_record old_directory;
	int r = is_own_tree(state, page, directory, &is_own);
	if (r == 0) {
		r = tree_get(state, page->parent, &old_directory);
	}
	if (r < 0) {
		return r;
	}
	if (is_own) {
		buf_puts(why, "a page can't lie in itself");
		return -EINVAL;
	}
	if (directory->role == ROLE_ROOT) {
		buf_puts(why, "Notion's API can't move a page to the top of a workspace; do it in "
			      "Notion");
		return -EPERM;
	}
	if (directory->role == ROLE_DATABASE && (directory->flags & NODE_FLAT) == 0) {
		buf_puts(why, "this database has several data sources; move it into one of them");
		return -EPERM;
	}
	bool may_be_row = old_directory.role != ROLE_PAGE_DIRECTORY;
	return may_be_row ? check_schema(cache, page, directory, why, ret_missing) : 0;
}
