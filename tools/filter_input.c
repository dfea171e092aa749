#include "tools/filter_input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mapping/yaml_value.h"

static bool is_standard_input(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

int input_text(const char *path, struct buf *text)
{
	char bytes[65536];
	size_t len = 0;
	FILE *file = is_standard_input(path) ? stdin : fopen(path, "re");

	if (file == NULL) {
		int error = errno;
		fprintf(stderr, "%s: %s\n", path, strerror(error));
		return -error;
	}
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		buf_append(text, bytes, len);
	}
	bool failed = ferror(file) != 0;
	if (file != stdin) {
		(void)fclose(file);
	}
	if (failed || buf_check(text) != 0) {
		fprintf(stderr, "%s: can't be read, or is larger than a page can be\n",
			is_standard_input(path) ? "standard input" : path);
		return failed ? -EIO : -EFBIG;
	}
	return 0;
}

json_t *input_json(const char *path)
{
	CLEANUP(buf) struct buf text;
	json_error_t error;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	if (input_text(path, &text) != 0) {
		return NULL;
	}
	json_t *json = json_loadb(text.data, text.len, 0, &error);
	if (json == NULL) {
		fprintf(stderr, "%s: %d:%d: %s\n",
			is_standard_input(path) ? "standard input" : path, error.line, error.column,
			error.text);
	}
	return json;
}

int check_unread_head(const struct page_text *page, const char *consequence,
		      struct diagnostics *diagnostics)
{
	CLEANUP(arena) struct arena arena = {0};
	struct yaml_value *head = NULL;

	if (page->frontmatter == NULL) {
		return 0;
	}
	int error = yaml_read(&arena, page->frontmatter, page->frontmatter_len,
			      page->frontmatter_line, diagnostics, &head);
	if (error == 0 && head->count > 0) {
		diagnostics_add(diagnostics, SEVERITY_WARNING, head->first->key->line,
				head->first->key->column, "the properties are not read, %s",
				consequence);
	}
	return error;
}

void print_diagnostics(const struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics->count && i < DIAGNOSTICS_MAX_COUNT; i++) {
		const struct diagnostic *item = &diagnostics->items[i];
		if (item->line > 0) {
			fprintf(stderr, "%u:%u: ", item->line, item->column > 0 ? item->column : 1);
		}
		fprintf(stderr, "%s%s\n", item->severity == SEVERITY_WARNING ? "warning: " : "",
			item->message);
	}
}

int print_json(const json_t *json)
{
	int failed = json_dumpf(json, stdout, JSON_INDENT(1));
	putchar('\n');
	return failed == 0 && fflush(stdout) == 0 ? 0 : -EIO;
}
