/*
 * Runs properties.md: fenced pieces, each a TAP case.
 *
 *   json           a page: {"title", "icon", "cover", "properties"}; a property is as the API gives
 *                  it, with what the schema says of its type under "schema"
 *   yaml           its head: rendered to these bytes, and read as no change
 *   yaml read      read as no change
 *   yaml edit      an edited head; the body of the request follows in a `json body` fence
 *   yaml error     a head with one error (or `yaml warning`); `line:column: message` follows in a
 *                  `text` fence
 *
 * run_properties FILE.md
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/frontmatter_fixture.h"

struct spec {
	char heading[200];
	json_t *page;
	json_t *schema;
	json_t *patch; /* of the last edit */
	char *message; /* of the last error or warning */
	unsigned cases;
	unsigned failures;
};

static struct frontmatter_options options_of(const struct spec *spec)
{
	return (struct frontmatter_options){
		.schema = spec->schema, .names = &fixture_names, .file_stem = "Row"};
}

static void report(struct spec *spec, unsigned line, const char *how, bool is_good)
{
	spec->cases++;
	spec->failures += !is_good;
	printf("%sok %u - %s, line %u: %s\n", is_good ? "" : "not ", spec->cases, spec->heading,
	       line, how);
}

static void print_comment(const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		printf("#   %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* Takes the "schema" of each property out into a data source; gives the page a title and an id. */
static void read_page(struct spec *spec, const char *text, unsigned line)
{
	json_decref(spec->page);
	json_decref(spec->schema);
	spec->page = json_loads(text, 0, NULL);
	json_t *defined = json_object();
	spec->schema = json_pack("{s:o}", "properties", defined);
	if (spec->page == NULL) {
		report(spec, line, "is JSON", false);
		return;
	}
	const char *name;
	json_t *property;
	json_t *properties = json_object_get(spec->page, "properties");
	json_object_foreach (properties, name, property) {
		json_t *config = json_object_get(property, "schema");
		const char *type = json_string_value(json_object_get(property, "type"));
		(void)json_object_set_new(
			defined, name,
			json_pack("{s:s, s:o}", "type", type, type,
				  config != NULL ? json_incref(config) : json_object()));
		(void)json_object_del(property, "schema");
	}
	const char *title = json_string_value(json_object_get(spec->page, "title"));
	json_t *entry = json_pack("{s:s, s:[{s:s, s:{s:s}}]}", "type", "title", "title", "type",
				  "text", "text", "content", title != NULL ? title : "Row");
	if (properties == NULL) {
		properties = json_object();
		(void)json_object_set_new(spec->page, "properties", properties);
	}
	(void)json_object_set_new(properties, "Name", entry);
	(void)json_object_set_new(spec->page, "id", json_string(PAGE));
}

static void check_render(struct spec *spec, const char *text, unsigned line)
{
	struct frontmatter_options options = options_of(spec);
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	frontmatter_render(spec->page, &options, &out);
	if (out.len > 8) {
		buf_truncate(&out, out.len - 4);
		buf_splice(&out, 0, 4, NULL, 0);
	}
	bool is_good = strcmp(out.data, text) == 0;
	if (!is_good) {
		print_comment(out.data);
	}
	report(spec, line, "renders", is_good);
	buf_release(&out);
}

/* Reads a head; keeps the patch and the first message. */
static void read_head(struct spec *spec, const char *text)
{
	struct frontmatter_options options = options_of(spec);
	struct diagnostics diagnostics;
	diagnostics_init(&diagnostics);
	json_decref(spec->patch);
	spec->patch = NULL;
	free(spec->message);
	spec->message = NULL;
	int err = frontmatter_patch(text, strlen(text), 2, spec->page, &options, &diagnostics,
				    &spec->patch);
	if (diagnostics.count > 0 &&
	    asprintf(&spec->message, "%u:%u: %s\n", diagnostics.items[0].line,
		     diagnostics.items[0].column, diagnostics.items[0].message) < 0) {
		abort();
	}
	if ((err < 0) != diagnostics.has_error || diagnostics.count > 1) {
		abort();
	}
	diagnostics_release(&diagnostics);
}

static void check_settled(struct spec *spec, const char *text, unsigned line)
{
	read_head(spec, text);
	bool is_good = spec->message == NULL && json_object_size(spec->patch) == 0;
	if (!is_good && spec->message != NULL) {
		print_comment(spec->message);
	}
	report(spec, line, "asks for nothing", is_good);
}

static void check_body(struct spec *spec, const char *text, unsigned line)
{
	json_t *expected = json_loads(text, 0, NULL);
	bool is_good =
		spec->message == NULL && expected != NULL && json_equal(expected, spec->patch) == 1;
	if (!is_good) {
		char *body = json_dumps(spec->patch, 0);
		print_comment(spec->message != NULL ? spec->message : body);
		free(body);
	}
	report(spec, line, "asks for this", is_good);
	json_decref(expected);
}

static void check_message(struct spec *spec, const char *text, unsigned line)
{
	bool is_good = spec->message != NULL && strcmp(spec->message, text) == 0;
	if (!is_good && spec->message != NULL) {
		print_comment(spec->message);
	}
	report(spec, line, "says so", is_good);
}

static void run_fence(struct spec *spec, const char *info, const char *text, unsigned line)
{
	if (strcmp(info, "json") == 0) {
		read_page(spec, text, line);
	} else if (strcmp(info, "yaml") == 0) {
		check_render(spec, text, line);
		check_settled(spec, text, line);
	} else if (strcmp(info, "yaml read") == 0) {
		check_settled(spec, text, line);
	} else if (strcmp(info, "yaml edit") == 0 || strcmp(info, "yaml error") == 0 ||
		   strcmp(info, "yaml warning") == 0) {
		read_head(spec, text);
	} else if (strcmp(info, "json body") == 0) {
		check_body(spec, text, line);
	} else if (strcmp(info, "text") == 0) {
		check_message(spec, text, line);
	} else {
		report(spec, line, "is a known kind of fence", false);
	}
}

int main(int argc, char **argv)
{
	struct spec spec = {.schema = json_object()};
	struct buf text;
	char line[4096];
	char info[64] = "";
	bool is_inside = false;
	unsigned number = 0;
	unsigned first = 0;
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	if (file == NULL) {
		(void)fprintf(stderr, "usage: run_properties FILE.md\n");
		return 2;
	}
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	while (fgets(line, sizeof line, file) != NULL) {
		number++;
		if (strncmp(line, "```", 3) != 0) {
			if (is_inside) {
				buf_puts(&text, line);
			} else if (line[0] == '#') {
				const char *words = line + strspn(line, "# ");
				(void)snprintf(spec.heading, sizeof spec.heading, "%.*s",
					       (int)strcspn(words, "\n"), words);
			}
		} else if (is_inside) {
			run_fence(&spec, info, text.data, first);
			is_inside = false;
		} else {
			(void)snprintf(info, sizeof info, "%.*s", (int)strcspn(line + 3, "\n"),
				       line + 3);
			buf_clear(&text);
			is_inside = true;
			first = number;
		}
	}
	(void)fclose(file);
	printf("1..%u\n", spec.cases);
	buf_release(&text);
	json_decref(spec.page);
	json_decref(spec.schema);
	json_decref(spec.patch);
	free(spec.message);
	return spec.failures == 0 && spec.cases > 0 ? 0 : 1;
}
