#include "tools/filter_input.h"

#include <errno.h>
#include <math.h>
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

/* Integers again, where a double holds them exactly. */
static json_t *with_integers(json_t *value)
{
	const char *key;
	void *next;
	json_t *member;
	size_t i;

	if (json_is_real(value)) {
		double number = json_real_value(value);
		bool is_small = number >= -9007199254740992.0 && number <= 9007199254740992.0;
		if (is_small && !(number < floor(number)) && !(number > floor(number))) {
			json_decref(value);
			return json_integer((json_int_t)number);
		}
		return value;
	}
	json_object_foreach_safe(value, next, key, member)
	{
		(void)json_object_set_new(value, key, with_integers(json_incref(member)));
	}
	json_array_foreach (value, i, member) {
		(void)json_array_set_new(value, i, with_integers(json_incref(member)));
	}
	return value;
}

/* A number property may be larger than 64 bits hold: JavaScript writes it with all its digits. */
static json_t *decode(const struct buf *text, json_error_t *error)
{
	json_t *json = json_loadb(text->data, text->len, 0, error);
	if (json == NULL && json_error_code(error) == json_error_numeric_overflow) {
		json = json_loadb(text->data, text->len, JSON_DECODE_INT_AS_REAL, error);
		json = json != NULL ? with_integers(json) : NULL;
	}
	return json;
}

json_t *input_json(const char *path)
{
	CLEANUP(buf) struct buf text;
	json_error_t error;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	if (input_text(path, &text) != 0) {
		return NULL;
	}
	json_t *json = decode(&text, &error);
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
