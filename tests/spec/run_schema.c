/*
 * Runs schema.md: fenced pieces, each a TAP case.
 *
 *   json   {"database": object or null, "data_source": object or null}
 *   yaml   its `.schema.yaml`, byte for byte; a YAML reader accepts it
 *
 * run_schema FILE.md
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "mapping/base/arena.h"
#include "mapping/schema_render.h"
#include "mapping/yaml_value.h"

struct spec {
	char heading[200];
	json_t *objects;
	unsigned cases;
	unsigned failures;
};

static void report(struct spec *spec, unsigned line, const char *how, bool is_good)
{
	spec->cases++;
	spec->failures += !is_good;
	printf("%sok %u - %s, line %u: %s\n", is_good ? "" : "not ", spec->cases, spec->heading,
	       line, how);
}

static const char *title(void *context, const struct uuid *id)
{
	(void)context;
	(void)id;
	return "Projects";
}

static void check_render(struct spec *spec, const char *text, unsigned line)
{
	const struct names names = {.title = title};
	const struct schema_options options = {.names = &names};
	CLEANUP(arena) struct arena arena = {0};
	CLEANUP(buf) struct buf out;
	struct yaml_value *map;
	const json_t *database = json_object_get(spec->objects, "database");
	const json_t *source = json_object_get(spec->objects, "data_source");
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	schema_render(json_is_object(database) ? database : NULL,
		      json_is_object(source) ? source : NULL, &options, &out);
	bool is_good = strcmp(out.data, text) == 0;
	for (const char *at = out.data; !is_good && *at != '\0';) {
		size_t len = strcspn(at, "\n");
		printf("#   %.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
	report(spec, line, "renders", is_good);
	report(spec, line, "is YAML",
	       yaml_read(&arena, out.data, out.len, 1, NULL, &map) == 0 &&
		       (source == NULL || !json_is_object(source) ||
			yaml_entry(map, "properties") != NULL));
}

int main(int argc, char **argv)
{
	struct spec spec = {0};
	struct buf text;
	char line[4096];
	char info[64] = "";
	bool is_inside = false;
	unsigned number = 0;
	unsigned first = 0;
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	if (file == NULL) {
		(void)fprintf(stderr, "usage: run_schema FILE.md\n");
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
		} else if (!is_inside) {
			(void)snprintf(info, sizeof info, "%.*s", (int)strcspn(line + 3, "\n"),
				       line + 3);
			buf_clear(&text);
			is_inside = true;
			first = number;
		} else {
			is_inside = false;
			if (strcmp(info, "json") == 0) {
				json_decref(spec.objects);
				spec.objects = json_loads(text.data, 0, NULL);
				if (spec.objects == NULL) {
					report(&spec, first, "is JSON", false);
				}
			} else if (strcmp(info, "yaml") == 0) {
				check_render(&spec, text.data, first);
			} else {
				report(&spec, first, "is a known kind of fence", false);
			}
		}
	}
	(void)fclose(file);
	printf("1..%u\n", spec.cases);
	buf_release(&text);
	json_decref(spec.objects);
	return spec.failures == 0 && spec.cases > 0 ? 0 : 1;
}
