/*
 * Runs a specification in Markdown: fenced pairs of blocks and text, each a TAP case.
 *
 *   json             the blocks: create or read shape; a string stands for one plain run, and an
 *                    array of rich text items for a paragraph
 *   markdown         their text: renders from the blocks to these bytes, parses to the blocks
 *   markdown read    is only parsed: another way to write the same blocks
 *   markdown error   does not parse; the message follows in a `text` fence
 *
 * run_spec FILE.md
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/json.h"
#include "mapping/parse.h"
#include "mapping/render.h"

struct spec {
	const char *next;
	unsigned line;
	char heading[200];
	struct block_tree *tree; /* of the last json */
	char *error_text;	 /* of the last `markdown error`, until its message comes */
	unsigned case_count;
	unsigned failure_count;
};

static void report(struct spec *spec, unsigned line, const char *how, bool is_good)
{
	spec->case_count++;
	spec->failure_count += !is_good;
	printf("%sok %u - %s, line %u: %s\n", is_good ? "" : "not ", spec->case_count,
	       spec->heading, line, how);
}

static void print_comment(const char *what, const char *text)
{
	printf("# %s:\n", what);
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		printf("#   %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void print_tree(const char *what, const struct block_tree *tree)
{
	json_t *json = block_tree_to_json(tree, BLOCK_SHAPE_CREATE);
	char *dump = json_dumps(json, JSON_INDENT(1));
	print_comment(what, dump);
	free(dump);
	json_decref(json);
}

/* "x" where rich text is meant. */
static json_t *text_run(const json_t *string)
{
	return json_pack("[{s:s, s:{s:s}}]", "type", "text", "text", "content",
			 json_string_value(string));
}

static void expand_cells(json_t *cells)
{
	for (size_t i = 0; i < json_array_size(cells); i++) {
		if (json_is_string(json_array_get(cells, i))) {
			json_array_set_new(cells, i, text_run(json_array_get(cells, i)));
		}
	}
}

static void expand(json_t *value)
{
	const char *key;
	json_t *member;
	void *next;

	for (size_t i = 0; i < json_array_size(value); i++) {
		expand(json_array_get(value, i));
	}
	json_object_foreach_safe(value, next, key, member)
	{
		bool is_text = strcmp(key, "rich_text") == 0 || strcmp(key, "caption") == 0;
		if (is_text && json_is_string(member)) {
			json_object_set_new(value, key, text_run(member));
		} else if (strcmp(key, "cells") == 0) {
			expand_cells(member);
		} else {
			expand(member);
		}
	}
}

static bool is_rich_text(const json_t *items)
{
	const json_t *type = json_object_get(json_array_get(items, 0), "type");
	const char *name = json_string_value(type);
	return name != NULL && (strcmp(name, "text") == 0 || strcmp(name, "mention") == 0 ||
				(strcmp(name, "equation") == 0 &&
				 json_object_get(json_array_get(items, 0), "annotations") != NULL));
}

static void read_json(struct spec *spec, const char *text, size_t len, unsigned line)
{
	json_error_t error;
	json_t *json = json_loadb(text, len, 0, &error);

	block_tree_free(spec->tree);
	spec->tree = NULL;
	if (json == NULL) {
		printf("# %s, JSON line %d\n", error.text, error.line);
		report(spec, line, "is JSON", false);
		return;
	}
	if (is_rich_text(json)) {
		json = json_pack("[{s:s, s:{s:o}}]", "type", "paragraph", "paragraph", "rich_text",
				 json);
	}
	expand(json);
	if (block_tree_from_json(json, &spec->tree) != 0) {
		spec->tree = NULL;
		report(spec, line, "is an array of blocks", false);
	}
	json_decref(json);
}

static void check_parse(struct spec *spec, const char *text, size_t len, unsigned line)
{
	struct diagnostics diagnostics;
	struct block_tree *tree = NULL;

	diagnostics_init(&diagnostics);
	int err = parse_blocks(text, len, 1, NULL, NULL, &diagnostics, &tree);
	bool is_good = err == 0 && spec->tree != NULL &&
		       block_subtree_equal(&spec->tree->root, &tree->root);
	if (err != 0) {
		const struct diagnostic *first = diagnostics_first_error(&diagnostics);
		printf("# %u:%u: %s\n", first->line, first->column, first->message);
	} else if (!is_good) {
		print_tree("parsed", tree);
	}
	report(spec, line, "parses to the blocks", is_good);
	block_tree_free(tree);
	diagnostics_release(&diagnostics);
}

static void check_render(struct spec *spec, const char *text, size_t len, unsigned line)
{
	struct buf out;

	buf_init(&out, BUF_PAGE_MAX_BYTES);
	if (spec->tree != NULL) {
		render_blocks(spec->tree, NULL, &out);
	}
	bool is_good = out.len == len && memcmp(out.data, text, len) == 0;
	if (!is_good) {
		print_comment("rendered", out.data);
	}
	report(spec, line, "is what the blocks render to", is_good);
	buf_release(&out);
}

static void check_error(struct spec *spec, const char *expected, size_t len, unsigned line)
{
	struct diagnostics diagnostics;
	struct block_tree *tree = NULL;
	char message[600] = "no error";

	diagnostics_init(&diagnostics);
	int err = parse_blocks(spec->error_text, strlen(spec->error_text), 1, NULL, NULL,
			       &diagnostics, &tree);
	if (err != 0) {
		const struct diagnostic *first = diagnostics_first_error(&diagnostics);
		(void)snprintf(message, sizeof(message), "%u:%u: %s\n", first->line, first->column,
			       first->message);
	}
	bool is_good = strlen(message) == len && memcmp(message, expected, len) == 0;
	if (!is_good) {
		print_comment("said", message);
	}
	report(spec, line, "is refused with this message", is_good);
	block_tree_free(tree);
	diagnostics_release(&diagnostics);
	free(spec->error_text);
	spec->error_text = NULL;
}

static void check_fence(struct spec *spec, const char *info, const char *text, size_t len,
			unsigned line)
{
	if (strcmp(info, "json") == 0) {
		read_json(spec, text, len, line);
	} else if (strcmp(info, "markdown") == 0) {
		check_parse(spec, text, len, line);
		check_render(spec, text, len, line);
	} else if (strcmp(info, "markdown read") == 0) {
		check_parse(spec, text, len, line);
	} else if (strcmp(info, "markdown error") == 0) {
		free(spec->error_text);
		spec->error_text = strndup(text, len);
	} else if (strcmp(info, "text") == 0 && spec->error_text != NULL) {
		check_error(spec, text, len, line);
	}
}

/* The fence that begins at spec->next, which is `ticks` long. */
static void run_fence(struct spec *spec, size_t ticks)
{
	char info[60];
	char end[60];
	unsigned line = spec->line;
	size_t first = strcspn(spec->next, "\n");

	(void)snprintf(info, sizeof(info), "%.*s", (int)(first - ticks), spec->next + ticks);
	(void)snprintf(end, sizeof(end), "\n%.*s\n", (int)ticks, spec->next);
	const char *text = spec->next + first;
	const char *close = strstr(text, end);
	if (close == NULL) {
		report(spec, line, "fence has an end", false);
		spec->next += strlen(spec->next);
		return;
	}
	for (const char *p = spec->next; p < close + strlen(end); p++) {
		spec->line += *p == '\n';
	}
	spec->next = close + strlen(end);
	/* An empty fence has no line of its own. */
	size_t len = close > text ? (size_t)(close - text) : 0;
	check_fence(spec, info, text + 1, len, line);
}

static void run(struct spec *spec)
{
	while (*spec->next != '\0') {
		size_t ticks = strspn(spec->next, "`");
		if (ticks >= 3) {
			run_fence(spec, ticks);
			continue;
		}
		size_t len = strcspn(spec->next, "\n");
		if (spec->next[0] == '#') {
			size_t marks = strspn(spec->next, "# ");
			(void)snprintf(spec->heading, sizeof(spec->heading), "%.*s",
				       (int)(len - marks), spec->next + marks);
		}
		spec->next += len + (spec->next[len] == '\n');
		spec->line++;
	}
}

int main(int argc, char **argv)
{
	struct spec spec = {.line = 1};
	struct buf text;
	char bytes[4096];
	size_t len = 0;

	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	if (file == NULL) {
		printf("Bail out! usage: run_spec FILE.md\n");
		return 2;
	}
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		buf_append(&text, bytes, len);
	}
	(void)fclose(file);
	spec.next = text.data;
	run(&spec);
	printf("1..%u\n", spec.case_count);
	block_tree_free(spec.tree);
	free(spec.error_text);
	buf_release(&text);
	return spec.failure_count > 0 ? 1 : 0;
}
