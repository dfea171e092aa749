#include "mapping/frontmatter.h"

#include <errno.h>
#include <string.h>

#include "mapping/frontmatter_fields.h"
#include "mapping/inline.h"
#include "mapping/json.h"
#include "mapping/json_value.h"
#include "mapping/name.h"
#include "mapping/nearest.h"

static void write_fields(struct buf *out, const struct fields *fields, bool of_properties,
			 enum property_access access)
{
	unsigned indent = of_properties && fields->is_nested ? 2 : 0;
	bool is_first = true;
	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->items[i];
		if (!field->is_listed || field->is_property != of_properties ||
		    field->property.kind->access != access) {
			continue;
		}
		if (is_first && access == PROPERTY_READ_ONLY) {
			buf_printf(out, "%*s%s\n", (int)indent, "", FRONTMATTER_READ_ONLY_COMMENT);
		}
		is_first = false;
		field_write(out, indent, field);
	}
}

void frontmatter_render(const json_t *page, const struct frontmatter_options *options,
			struct buf *out)
{
	CLEANUP(arena) struct arena arena = {0};
	CLEANUP(fields) struct fields fields = {0};
	struct property_context context = {.arena = &arena, .options = options};
	CLEANUP(buf) struct buf properties;
	CLEANUP(buf) struct buf head;
	buf_init(&properties, out->max_bytes);
	buf_init(&head, out->max_bytes);
	fields_init(&fields, &context, page);
	write_fields(&head, &fields, false, PROPERTY_WRITABLE);
	write_fields(&properties, &fields, true, PROPERTY_WRITABLE);
	write_fields(&properties, &fields, true, PROPERTY_READ_ONLY);
	if (fields.is_nested && properties.len > 0) {
		buf_puts(&head, "properties:\n");
	}
	buf_append(&head, properties.data, properties.len);
	if (head.len > 0) {
		buf_printf(out, "---\n%s---\n", head.data);
	}
	out->failed = out->failed || head.failed || properties.failed;
}

struct patch {
	const struct property_context *context;
	const struct fields *fields;
	bool is_new;
	json_t *body;
	json_t *properties;
};

static int report_unknown(const struct patch *patch, const struct yaml_value *key)
{
	const struct diagnostics *diagnostics = patch->context->diagnostics;
	if (diagnostics == NULL || diagnostics->count >= DIAGNOSTICS_MAX_COUNT) {
		return property_error(patch->context, key, "unknown property");
	}
	if (patch->fields->title_name != NULL &&
	    strcmp(patch->fields->title_name, key->text) == 0) {
		return property_error(
			patch->context, key,
			"\"%s\" is the page's title, rename the file or write `title:`", key->text);
	}
	CLEANUP(buf) struct buf known;
	buf_init(&known, 700);
	struct nearest nearest = {.wanted = key->text};
	for (size_t i = 0; i < patch->fields->count; i++) {
		const struct property *property = &patch->fields->items[i].property;
		if (property->kind->access == PROPERTY_WRITABLE) {
			nearest_consider(&nearest, property->name);
			buf_printf(&known, "%s%.40s", known.len > 0 ? ", " : "", property->name);
		}
	}
	if (nearest.found != NULL) {
		return property_error(patch->context, key,
				      "there is no property \"%.80s\", did you mean \"%s\"?",
				      key->text, nearest.found);
	}
	return property_error(patch->context, key,
			      "there is no property \"%.80s\", write one of: %s, or add it in "
			      ".schema.yaml",
			      key->text, known.data);
}

/* "title" is every title's id; its name where another property has taken that word. */
static const char *title_key(const struct fields *fields)
{
	return fields_of_property(fields, "title") != NULL && fields->title_name != NULL
		       ? fields->title_name
		       : "title";
}

static int patch_field(void *argument, struct field *field, struct yaml_value *entry)
{
	struct patch *patch = argument;
	if (field == NULL) {
		return report_unknown(patch, entry->key);
	}
	const struct property *property = &field->property;
	if (property->kind->access != PROPERTY_WRITABLE) {
		if (!patch->is_new && !yaml_equal(field->shown, entry)) {
			property_warning(patch->context, entry,
					 "\"%s\" is computed by Notion, the edit is ignored",
					 property->name);
		}
		return 0;
	}
	if (patch->is_new ? yaml_is_empty(entry)
			  : property_is_unchanged(patch->context, property, field->shown, entry)) {
		return 0;
	}
	if (property->is_incomplete) {
		return property_error(patch->context, entry,
				      "\"%s\" has more values than were fetched, it can be changed "
				      "only after the whole list was fetched, undo this line and "
				      "try again later",
				      property->name);
	}
	json_t *written = NULL;
	int err = property_write(patch->context, property, entry, &written);
	if (err < 0) {
		return err;
	}
	if (field->is_property || strcmp(property->name, "title") == 0) {
		const char *name = field->is_property ? property->name : title_key(patch->fields);
		(void)json_object_set_new(patch->properties, name, written);
		return 0;
	}
	(void)json_object_set(patch->body, property->name,
			      json_object_get(written, property->name));
	json_decref(written);
	return 0;
}

int frontmatter_patch(const char *head, size_t len, unsigned first_line, const json_t *page,
		      const struct frontmatter_options *options, struct diagnostics *diagnostics,
		      json_t **ret_patch)
{
	CLEANUP(arena) struct arena arena = {0};
	CLEANUP(fields) struct fields fields = {0};
	CLEANUP(json) json_t *body = json_object();
	CLEANUP(json) json_t *properties = json_object();
	struct property_context context = {
		.arena = &arena, .options = options, .diagnostics = diagnostics};
	struct yaml_value *map = NULL;
	int err = yaml_read(&arena, head != NULL ? head : "", head != NULL ? len : 0, first_line,
			    diagnostics, &map);
	if (err < 0) {
		return err;
	}
	fields_init(&fields, &context, page);
	struct patch patch = {.context = &context,
			      .fields = &fields,
			      .is_new = page == NULL,
			      .body = body,
			      .properties = properties};
	err = fields_walk(&fields, &context, map, patch_field, &patch);
	if (err < 0) {
		return err;
	}
	if (json_object_size(properties) > 0) {
		(void)json_object_set(body, "properties", properties);
	}
	*ret_patch = steal(&body);
	return 0;
}

int frontmatter_title(const char *head, size_t len, const char *stem, char **ret_title)
{
	CLEANUP(arena) struct arena arena = {0};
	struct yaml_value *map = NULL;
	int err = head != NULL ? yaml_read(&arena, head, len, 1, NULL, &map) : 0;
	if (err < 0) {
		return err;
	}
	const struct yaml_value *entry = map != NULL ? yaml_entry(map, "title") : NULL;
	if (entry == NULL) {
		*ret_title = name_to_title(stem, NULL);
		return 0;
	}
	if (yaml_is_empty(entry)) {
		*ret_title = strdup("");
		return *ret_title != NULL ? 0 : -ENOMEM;
	}
	if (entry->kind != YAML_SCALAR) {
		return -EINVAL;
	}
	struct rich_text text;
	inline_parse(&arena, entry->text, entry->len, INLINE_VALUE, NULL, entry->line, NULL, &text);
	*ret_title = rich_text_plain(&text);
	return 0;
}
