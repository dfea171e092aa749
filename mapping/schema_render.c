#include "mapping/schema_render.h"

#include <string.h>

#include "mapping/frontmatter.h"
#include "mapping/json_value.h"
#include "mapping/property.h"
#include "mapping/yaml_write.h"

/* ---- formulas ---- */

#define TOKEN "{{notion:block_property:"

static int hex_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The id of a schema is URL-encoded, that of a formula may be either (notion-api.md §7). */
static bool is_same_id(const char *encoded, const char *id, size_t len)
{
	size_t at = 0;
	if (strlen(encoded) == len && memcmp(encoded, id, len) == 0) {
		return true;
	}
	for (; *encoded != '\0'; at++) {
		char c = *encoded++;
		if (c == '%' && hex_of(encoded[0]) >= 0 && hex_of(encoded[1]) >= 0) {
			c = (char)(hex_of(encoded[0]) * 16 + hex_of(encoded[1]));
			encoded += 2;
		}
		if (at >= len || id[at] != c) {
			return false;
		}
	}
	return at == len;
}

static const char *property_name(const json_t *data_source, const char *id, size_t len)
{
	const char *name;
	json_t *property;
	json_object_foreach ((json_t *)json_object_get(data_source, "properties"), name, property) {
		const char *own = json_string_value(json_object_get(property, "id"));
		if (own != NULL && is_same_id(own, id, len)) {
			return name;
		}
	}
	return NULL;
}

void schema_formula(const json_t *data_source, const char *expression, struct buf *out)
{
	const char *own = json_string_value(json_object_get(data_source, "id"));
	for (const char *at = expression; *at != '\0';) {
		const char *token = strstr(at, TOKEN);
		const char *end = token == NULL ? NULL : strstr(token, "}}");
		if (end == NULL) {
			buf_puts(out, at);
			return;
		}
		buf_append(out, at, (size_t)(token - at));
		const char *id = token + strlen(TOKEN);
		const char *source = memchr(id, ':', (size_t)(end - id));
		const char *name = NULL;
		if (own != NULL && source != NULL && strncmp(source + 1, own, strlen(own)) == 0) {
			name = property_name(data_source, id, (size_t)(source - id));
		}
		if (name == NULL) {
			buf_append(out, token, (size_t)(end + 2 - token));
		} else {
			buf_puts(out, "prop(\"");
			for (const char *c = name; *c != '\0'; c++) {
				if (*c == '"' || *c == '\\') {
					buf_putc(out, '\\');
				}
				buf_putc(out, *c);
			}
			buf_puts(out, "\")");
		}
		at = end + 2;
	}
}

/* ---- what belongs to a type ---- */

struct rendering {
	struct arena *arena;
	const struct property_context *context;
	const json_t *data_source;
	struct buf *out;
};

static void write_text(struct rendering *rendering, unsigned indent, const char *key,
		       const char *text)
{
	if (text != NULL && *text != '\0') {
		yaml_write_entry(rendering->out, indent, key,
				 yaml_string(rendering->arena, text, strlen(text)));
	}
}

static void write_key(struct rendering *rendering, unsigned indent, const char *key)
{
	struct yaml_value none = {.kind = YAML_SCALAR, .text = "", .len = 0};
	yaml_write_entry(rendering->out, indent, key, &none);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* `name: color`, or a map where there is a description. */
static void write_options(struct rendering *rendering, const json_t *config)
{
	const json_t *options = json_object_get(config, "options");
	size_t i;
	json_t *option;
	if (json_array_size(options) == 0) {
		return;
	}
	write_key(rendering, 4, "options");
	json_array_foreach (options, i, option) {
		const char *name = text_of(option, "name");
		const char *color = text_of(option, "color");
		const char *description = text_of(option, "description");
		if (name == NULL) {
			continue;
		}
		if (description == NULL || *description == '\0') {
			write_text(rendering, 6, name, color == NULL ? "default" : color);
			continue;
		}
		write_key(rendering, 6, name);
		write_text(rendering, 8, "color", color);
		write_text(rendering, 8, "description", description);
	}
}

static const char *option_name(const json_t *config, const char *id)
{
	size_t i;
	json_t *option;
	json_array_foreach (json_object_get(config, "options"), i, option) {
		const char *own = text_of(option, "id");
		if (own != NULL && id != NULL && strcmp(own, id) == 0) {
			return text_of(option, "name");
		}
	}
	return NULL;
}

static void write_groups(struct rendering *rendering, const json_t *config)
{
	const json_t *groups = json_object_get(config, "groups");
	size_t i;
	json_t *group;
	if (json_array_size(groups) == 0) {
		return;
	}
	write_key(rendering, 4, "groups");
	json_array_foreach (groups, i, group) {
		struct yaml_value *list = yaml_new(rendering->arena, YAML_LIST);
		size_t j;
		json_t *id;
		if (text_of(group, "name") == NULL) {
			continue;
		}
		json_array_foreach (json_object_get(group, "option_ids"), j, id) {
			const char *name = option_name(config, json_string_value(id));
			if (name != NULL) {
				yaml_append(rendering->arena, list, NULL,
					    yaml_string(rendering->arena, name, strlen(name)));
			}
		}
		yaml_write_entry(rendering->out, 6, text_of(group, "name"), list);
	}
}

/* The related database by its title, and by its id, which is what is meant. */
static void write_relation(struct rendering *rendering, const json_t *config)
{
	const struct names *names = rendering->context->options->names;
	const char *text = text_of(config, "database_id");
	struct uuid id;
	if (text != NULL && names != NULL && names->title != NULL &&
	    uuid_parse(text, strlen(text), &id) == 0) {
		write_text(rendering, 4, "database", names->title(names->context, &id));
	}
	write_text(rendering, 4, "data_source", text_of(config, "data_source_id"));
	write_text(rendering, 4, "synced_property",
		   text_of(json_object_get(config, "dual_property"), "synced_property_name"));
}

static void write_config(struct rendering *rendering, const char *type, const json_t *config)
{
	if (strcmp(type, "number") == 0) {
		write_text(rendering, 4, "format", text_of(config, "format"));
	} else if (strcmp(type, "unique_id") == 0) {
		write_text(rendering, 4, "prefix", text_of(config, "prefix"));
	} else if (strcmp(type, "formula") == 0) {
		CLEANUP(buf) struct buf formula;
		const char *expression = text_of(config, "expression");
		buf_init(&formula, BUF_PAGE_MAX_BYTES);
		schema_formula(rendering->data_source, expression == NULL ? "" : expression,
			       &formula);
		write_text(rendering, 4, "formula", formula.data);
	} else if (strcmp(type, "rollup") == 0) {
		write_text(rendering, 4, "relation", text_of(config, "relation_property_name"));
		write_text(rendering, 4, "property", text_of(config, "rollup_property_name"));
		write_text(rendering, 4, "function", text_of(config, "function"));
	} else if (strcmp(type, "relation") == 0) {
		write_relation(rendering, config);
	}
	write_options(rendering, config);
	write_groups(rendering, config);
}

/* ---- the whole ---- */

static void write_head(struct rendering *rendering, const json_t *object)
{
	static const struct {
		const char *key;
		const struct property_kind *kind;
	} of_page[] = {{"icon", &property_icon_kind}, {"cover", &property_cover_kind}};
	static const char *const texts[] = {"title", "description"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const json_t *items = json_object_get(object, texts[i]);
		if (json_array_size(items) > 0) {
			yaml_write_entry(rendering->out, 0, texts[i],
					 rich_text_show(rendering->context, items));
		}
	}
	for (size_t i = 0; i < sizeof of_page / sizeof of_page[0]; i++) {
		json_t *value = json_object_get(object, of_page[i].key);
		struct property property = {
			.name = of_page[i].key, .kind = of_page[i].kind, .value = value};
		if (json_is_object(value)) {
			struct yaml_value *shown =
				of_page[i].kind->show(rendering->context, &property);
			if (shown != NULL) {
				yaml_write_entry(rendering->out, 0, of_page[i].key, shown);
			}
		}
	}
}

void schema_render(const json_t *database, const json_t *data_source,
		   const struct schema_options *options, struct buf *out)
{
	CLEANUP(arena) struct arena arena = {0};
	struct frontmatter_options shown = {.names = options->names};
	struct property_context context = {.arena = &arena, .options = &shown};
	struct rendering rendering = {
		.arena = &arena, .context = &context, .data_source = data_source, .out = out};
	const char *name;
	json_t *property;
	write_head(&rendering, database != NULL ? database : data_source);
	if (data_source == NULL) {
		return;
	}
	buf_puts(out, "properties:\n");
	json_object_foreach ((json_t *)json_object_get(data_source, "properties"), name, property) {
		const char *type = text_of(property, "type");
		if (type == NULL) {
			continue;
		}
		write_key(&rendering, 2, name);
		write_text(&rendering, 4, "type", type);
		write_text(&rendering, 4, "description", text_of(property, "description"));
		write_config(&rendering, type, json_object_get(property, type));
	}
}
