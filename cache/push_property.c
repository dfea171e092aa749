#include "cache/push_property.h"

#include <errno.h>
#include <string.h>

#include "cache/object.h"
#include "mapping/base/arena.h"
#include "mapping/json.h"

/* ---- values ---- */

static bool is_empty(const json_t *value)
{
	return value == NULL || json_is_null(value) ||
	       (json_is_array(value) && json_array_size(value) == 0);
}

/* Options, people and rows are what their ids say. */
static bool ids_equal(const json_t *a, const json_t *b)
{
	size_t i;
	json_t *item;
	if (json_array_size(a) != json_array_size(b)) {
		return false;
	}
	json_t *ids = json_object();
	json_array_foreach (a, i, item) {
		(void)json_object_set_new(ids, json_get_text(item, "id"), json_true());
	}
	bool same = true;
	json_array_foreach (b, i, item) {
		same &= json_object_get(ids, json_get_text(item, "id")) != NULL;
	}
	json_decref(ids);
	return same;
}

/* An address without what signs it. */
static bool addresses_equal(const char *a, const char *b)
{
	size_t len = strcspn(a, "?");
	return len == strcspn(b, "?") && memcmp(a, b, len) == 0;
}

static bool files_equal(const json_t *a, const json_t *b)
{
	if (json_array_size(a) != json_array_size(b)) {
		return false;
	}
	bool same = true;
	for (size_t i = 0; i < json_array_size(a); i++) {
		const json_t *left = json_array_get(a, i);
		const json_t *right = json_array_get(b, i);
		same &= strcmp(json_get_text(left, "name"), json_get_text(right, "name")) == 0 &&
			picture_equal(left, right);
	}
	return same;
}

static bool rich_texts_equal(const json_t *a, const json_t *b)
{
	struct arena arena;
	struct rich_text left;
	struct rich_text right;
	arena_init(&arena);
	bool same = json_equal((json_t *)a, (json_t *)b) == 1;
	if (!same && rich_text_from_json(&arena, a, &left) == 0 &&
	    rich_text_from_json(&arena, b, &right) == 0) {
		json_t *first = rich_text_to_json(&left, BLOCK_SHAPE_CREATE);
		json_t *second = rich_text_to_json(&right, BLOCK_SHAPE_CREATE);
		same = json_equal(first, second) == 1;
		json_decref(first);
		json_decref(second);
	}
	arena_release(&arena);
	return same;
}

bool picture_equal(const json_t *a, const json_t *b)
{
	const char *type = json_get_text(a, "type");
	if (is_empty(a) || is_empty(b)) {
		return is_empty(a) && is_empty(b);
	}
	if (strcmp(type, json_get_text(b, "type")) != 0) {
		return false;
	}
	json_t *left = json_object_get(a, type);
	json_t *right = json_object_get(b, type);
	if (strcmp(type, "file") == 0) {
		return addresses_equal(json_get_text(left, "url"), json_get_text(right, "url"));
	}
	if (strcmp(type, "custom_emoji") == 0) {
		return strcmp(json_get_text(left, "id"), json_get_text(right, "id")) == 0;
	}
	return json_equal(left, right) == 1;
}

bool property_value_equal(const char *type, const json_t *a, const json_t *b)
{
	if (is_empty(a) || is_empty(b)) {
		return is_empty(a) && is_empty(b);
	}
	if (strcmp(type, "select") == 0 || strcmp(type, "status") == 0) {
		return strcmp(json_get_text(a, "id"), json_get_text(b, "id")) == 0;
	}
	if (strcmp(type, "multi_select") == 0 || strcmp(type, "people") == 0 ||
	    strcmp(type, "relation") == 0) {
		return ids_equal(a, b);
	}
	if (strcmp(type, "files") == 0) {
		return files_equal(a, b);
	}
	if (strcmp(type, "rich_text") == 0 || strcmp(type, "title") == 0) {
		return rich_texts_equal(a, b);
	}
	return json_equal((json_t *)a, (json_t *)b) == 1;
}

/* ---- names ---- */

static json_t *find_id(const json_t *properties, const char *id, const char **ret_name)
{
	const char *name;
	json_t *property;
	json_object_foreach ((json_t *)properties, name, property) {
		if (strcmp(json_get_text(property, "id"), id) == 0) {
			if (ret_name != NULL) {
				*ret_name = name;
			}
			return property;
		}
	}
	return NULL;
}

json_t *property_today(const json_t *base, const char *name, json_t *page, const char **ret_name)
{
	json_t *now = json_object_get(page, "properties");
	const json_t *old = json_object_get(json_object_get(base, "properties"), name);
	const char *id = json_get_text(old, "id");
	if (strcmp(name, "title") == 0 && old == NULL) {
		id = "title";
	}
	if (*id != '\0') {
		return find_id(now, id, ret_name);
	}
	if (ret_name != NULL) {
		*ret_name = name;
	}
	return json_object_get(now, name);
}

bool schema_tells(const json_t *schema, const json_t *page)
{
	const char *name;
	json_t *property;
	const json_t *defined = json_object_get(schema, "properties");
	json_object_foreach (json_object_get(page, "properties"), name, property) {
		const json_t *definition = json_object_get(defined, name);
		if (strcmp(json_get_text(definition, "id"), json_get_text(property, "id")) != 0 ||
		    strcmp(json_get_text(definition, "type"), json_get_text(property, "type")) !=
			    0) {
			return false;
		}
	}
	return true;
}

/* ---- the patch ---- */

/* The schema with each property of the base under the name the base has for it. */
static json_t *schema_as_seen(const json_t *schema, const json_t *base)
{
	const char *name;
	json_t *property;
	json_t *seen = json_copy((json_t *)schema);
	json_t *properties = json_copy(json_object_get(schema, "properties"));
	(void)json_object_set_new(seen, "properties", properties);
	json_object_foreach (json_object_get(base, "properties"), name, property) {
		const char *now = NULL;
		json_t *definition = find_id(json_object_get(schema, "properties"),
					     json_get_text(property, "id"), &now);
		if (definition != NULL && strcmp(now, name) != 0) {
			(void)json_object_set(properties, name, definition);
			/* Unless another one took the old name meanwhile. */
			if (json_object_get(json_object_get(base, "properties"), now) == NULL) {
				(void)json_object_del(properties, now);
			}
		}
	}
	return seen;
}

/* The line of a key of the head; 0 where it can't be told. */
static unsigned line_of(const struct page_text *text, const char *key)
{
	unsigned line = text->frontmatter_line;
	size_t key_len = strlen(key);
	const char *at = text->frontmatter;
	const char *end = at == NULL ? NULL : at + text->frontmatter_len;
	while (at < end) {
		const char *start = at + strspn(at, " \"'");
		if ((size_t)(end - start) > key_len && memcmp(start, key, key_len) == 0 &&
		    strchr(":\"' ", start[key_len]) != NULL) {
			return line;
		}
		const char *next = memchr(at, '\n', (size_t)(end - at));
		at = next == NULL ? end : next + 1;
		line++;
	}
	return 0;
}

/* What the line of one property means now that the property is of another type. */
static int read_again(const struct page_text *text, const json_t *base, const char *name,
		      const json_t *definition, const struct frontmatter_options *options,
		      struct diagnostics *diagnostics, json_t **ret_value)
{
	const char *type = json_get_text(definition, "type");
	json_t *page = json_deep_copy(base);
	json_t *patch = NULL;
	(void)json_object_set_new(
		json_object_get(page, "properties"), name,
		json_pack("{ss ss sn}", "id", json_get_text(definition, "id"), "type", type, type));
	int r = frontmatter_patch(text->frontmatter, text->frontmatter_len, text->frontmatter_line,
				  page, options, diagnostics, &patch);
	*ret_value =
		r < 0 ? NULL
		      : json_incref(json_object_get(json_object_get(patch, "properties"), name));
	json_decref(patch);
	json_decref(page);
	return r;
}

/* The patch of what the author saw becomes one of what there is. */
static int bring_up_to_date(const struct page_text *text, const json_t *base, const json_t *schema,
			    const struct frontmatter_options *as_seen,
			    struct diagnostics *diagnostics, json_t *patch)
{
	const char *name;
	json_t *value;
	json_t *given = json_copy(json_object_get(patch, "properties"));
	json_t *properties = json_object();
	int r = 0;
	json_object_foreach (given, name, value) {
		const json_t *old = json_object_get(json_object_get(base, "properties"), name);
		const char *now = name;
		json_t *definition = old == NULL ? NULL
						 : find_id(json_object_get(schema, "properties"),
							   json_get_text(old, "id"), &now);
		if (old != NULL && definition == NULL) {
			diagnostics_add(
				diagnostics, SEVERITY_ERROR, line_of(text, name), 1,
				"the property \"%.80s\" is gone in Notion, remove this line", name);
			r = -EINVAL;
			continue;
		}
		json_t *written = json_incref(value);
		if (old != NULL &&
		    strcmp(json_get_text(old, "type"), json_get_text(definition, "type")) != 0) {
			json_decref(written);
			int again = read_again(text, base, name, definition, as_seen, diagnostics,
					       &written);
			r = again < 0 ? again : r;
		}
		if (written != NULL) {
			(void)json_object_set_new(properties, now, written);
		}
	}
	if (json_object_size(properties) > 0) {
		(void)json_object_set(patch, "properties", properties);
	} else {
		(void)json_object_del(patch, "properties");
	}
	json_decref(properties);
	json_decref(given);
	return r;
}

int property_patch(const struct page_text *text, const json_t *base,
		   const struct frontmatter_options *options, struct diagnostics *diagnostics,
		   json_t **ret_patch)
{
	if (base == NULL || options->schema == NULL || schema_tells(options->schema, base)) {
		return frontmatter_patch(text->frontmatter, text->frontmatter_len,
					 text->frontmatter_line, base, options, diagnostics,
					 ret_patch);
	}
	json_t *patch = NULL;
	json_t *seen = schema_as_seen(options->schema, base);
	struct frontmatter_options as_seen = *options;
	as_seen.schema = seen;
	int r = frontmatter_patch(text->frontmatter, text->frontmatter_len, text->frontmatter_line,
				  base, &as_seen, diagnostics, &patch);
	if (r == 0 && json_object_get(patch, "properties") != NULL) {
		r = bring_up_to_date(text, base, options->schema, &as_seen, diagnostics, patch);
	}
	json_decref(seen);
	if (r < 0) {
		json_decref(patch);
		return r;
	}
	*ret_patch = patch;
	return 0;
}
