#include "mapping/frontmatter_fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/json.h"
#include "mapping/json_value.h"
#include "mapping/name.h"
#include "mapping/yaml_write.h"

/* libyaml reads keys of up to 1024 characters. */
#define NAME_MAX_BYTES 500
#define PAGE_FIELD_COUNT 3

static bool is_page_key(const char *key)
{
	return strcmp(key, "title") == 0 || strcmp(key, "icon") == 0 || strcmp(key, "cover") == 0;
}

static const json_t *title_value(const json_t *page)
{
	const char *name;
	json_t *value;
	json_object_foreach (json_object_get((json_t *)page, "properties"), name, value) {
		const char *type = json_string_value(json_object_get(value, "type"));
		if (type != NULL && strcmp(type, "title") == 0) {
			return json_object_get(value, "title");
		}
	}
	return NULL;
}

/* Can the file's name carry this title? Words only, and exactly. */
static bool is_in_name(const struct property_context *context, const json_t *page,
		       const json_t *title)
{
	const char *stem = context->options->file_stem;
	struct rich_text text;
	struct uuid id;
	if (stem == NULL || rich_text_from_json(context->arena, title, &text) < 0) {
		return stem != NULL;
	}
	if (text.count > 1 ||
	    (text.count == 1 && (text.runs[0].kind != RUN_TEXT || text.runs[0].style != 0 ||
				 text.runs[0].color != COLOR_DEFAULT ||
				 text.runs[0].extra != NULL || text.runs[0].link != NULL))) {
		return false;
	}
	CLEANUP(free) char *plain = rich_text_plain(&text);
	bool has_id = json_read_uuid(json_object_get(page, "id"), &id);
	return name_is_exact(plain, stem, has_id ? &id : NULL);
}

/* Zero for a page that is not there yet. */
static struct uuid page_id(const json_t *page)
{
	struct uuid id = {0};
	(void)json_read_uuid(json_object_get(page, "id"), &id);
	return id;
}

static void add_page_fields(struct fields *fields, const struct property_context *context,
			    const json_t *page)
{
	const json_t *title = title_value(page);
	const struct uuid id = page_id(page);
	fields->items[0].property = (struct property){
		.name = "title", .page = id, .kind = property_kind_of("title"), .value = title};
	fields->items[1].property = (struct property){.name = "icon",
						      .page = id,
						      .kind = &property_icon_kind,
						      .value = json_object_get(page, "icon")};
	fields->items[2].property = (struct property){.name = "cover",
						      .page = id,
						      .kind = &property_cover_kind,
						      .value = json_object_get(page, "cover")};
	for (size_t i = 0; i < PAGE_FIELD_COUNT; i++) {
		struct field *field = &fields->items[i];
		field->shown = field->property.kind->show(context, &field->property);
		field->is_listed = !yaml_is_empty(field->shown);
	}
	fields->items[0].is_listed = title != NULL && !is_in_name(context, page, title);
	fields->count = PAGE_FIELD_COUNT;
}

/* A list the API may have cut. Twenty-five people without a word about more are suspicious. */
static bool is_incomplete(const char *type, const json_t *entry, const json_t *value)
{
	const json_t *has_more = json_object_get(entry, "has_more");
	if (has_more != NULL) {
		return json_is_true(has_more);
	}
	return strcmp(type, "people") == 0 && json_array_size(value) == 25;
}

/* `entry` is the page's {id, type, <type>: value}, `definition` the schema's; one may be NULL. */
static void add_property(struct fields *fields, const struct property_context *context,
			 const struct uuid *page, const char *name, const json_t *definition,
			 const json_t *entry)
{
	const char *type = json_string_value(json_object_get(entry, "type"));
	const char *defined = json_string_value(json_object_get(definition, "type"));
	type = type != NULL ? type : defined;
	if (type == NULL || strlen(name) > NAME_MAX_BYTES ||
	    json_object_get(fields->index, name) != NULL) {
		return;
	}
	if (strcmp(type, "title") == 0) {
		fields->title_name = name;
		return;
	}
	struct field *field = &fields->items[fields->count];
	const json_t *value = json_object_get(entry, type);
	*field = (struct field){
		.is_property = true,
		.property = {.name = name,
			     .page = *page,
			     .kind = property_kind_of(type),
			     .config = defined != NULL && strcmp(defined, type) == 0
					       ? json_object_get(definition, type)
					       : NULL,
			     .value = value,
			     .is_incomplete = is_incomplete(type, entry, value)},
	};
	if (field->property.kind->access != PROPERTY_HIDDEN) {
		field->is_listed = true;
		field->shown = field->property.kind->show(context, &field->property);
		fields->is_nested =
			fields->is_nested || is_page_key(name) || strcmp(name, "properties") == 0;
	}
	(void)json_object_set_new(fields->index, name, json_integer((json_int_t)fields->count));
	fields->count++;
}

void fields_init(struct fields *fields, const struct property_context *context, const json_t *page)
{
	json_t *defined = json_object_get(context->options->schema, "properties");
	json_t *present = json_object_get(page, "properties");
	size_t max = PAGE_FIELD_COUNT + json_object_size(defined) + json_object_size(present);
	*fields = (struct fields){.items = arena_array(context->arena, max, sizeof(struct field)),
				  .index = json_object()};
	add_page_fields(fields, context, page);
	const struct uuid id = page_id(page);
	const char *name;
	json_t *object;
	json_object_foreach (defined, name, object) {
		add_property(fields, context, &id, name, object, json_object_get(present, name));
	}
	/* What the page has and our copy of the schema has not yet. */
	json_object_foreach (present, name, object) {
		if (json_object_get(defined, name) == NULL) {
			add_property(fields, context, &id, name, NULL, object);
		}
	}
}

void fields_release(struct fields *fields)
{
	if (fields == NULL) {
		return;
	}
	json_decref(fields->index);
	*fields = (struct fields){0};
}

void field_write(struct buf *out, unsigned indent, const struct field *field)
{
	/* A title is always seen to be a string. */
	if (!field->is_property && strcmp(field->property.name, "title") == 0) {
		buf_puts(out, "title: ");
		yaml_write_quoted(out, field->shown);
		buf_putc(out, '\n');
		return;
	}
	yaml_write_entry(out, indent, field->property.name, field->shown);
}

struct field *fields_of_page(const struct fields *fields, const char *key)
{
	for (size_t i = 0; i < PAGE_FIELD_COUNT; i++) {
		if (strcmp(fields->items[i].property.name, key) == 0) {
			return &fields->items[i];
		}
	}
	return NULL;
}

struct field *fields_of_property(const struct fields *fields, const char *name)
{
	const json_t *place = json_object_get(fields->index, name);
	return place != NULL ? &fields->items[json_integer_value(place)] : NULL;
}

struct walk {
	const struct fields *fields;
	const struct property_context *context;
	json_t *seen; /* names of properties */
	fields_visit *visit;
	void *argument;
	int result;
};

static void note(struct walk *walk, int err)
{
	if (err < 0 && walk->result == 0) {
		walk->result = err;
	}
}

static void visit_property(struct walk *walk, struct yaml_value *entry)
{
	const char *name = entry->key->text;
	struct field *field = fields_of_property(walk->fields, name);
	if (field != NULL && json_object_get(walk->seen, name) != NULL) {
		note(walk,
		     property_error(walk->context, entry->key,
				    "the property \"%s\" is there twice, remove one of the two",
				    name));
		return;
	}
	(void)json_object_set_new(walk->seen, name, json_true());
	note(walk, walk->visit(walk->argument, field, entry));
}

int fields_walk(const struct fields *fields, const struct property_context *context,
		const struct yaml_value *head, fields_visit *visit, void *argument)
{
	CLEANUP(json) json_t *seen = json_object();
	struct walk walk = {fields, context, seen, visit, argument, 0};
	yaml_foreach(entry, head)
	{
		struct field *field = fields_of_page(fields, entry->key->text);
		if (field != NULL) {
			note(&walk, visit(argument, field, entry));
		} else if (strcmp(entry->key->text, "properties") != 0) {
			visit_property(&walk, entry);
		} else if (entry->kind == YAML_MAP) {
			yaml_foreach(inner, entry)
			{
				visit_property(&walk, inner);
			}
		} else if (!yaml_is_empty(entry)) {
			note(&walk,
			     property_error(context, entry,
					    "`properties:` holds no properties, write them as "
					    "`key: value` lines below it"));
		}
	}
	return walk.result;
}
