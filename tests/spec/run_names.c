/*
 * Runs names.md: each table row of two code spans, a title (a JSON string) and its file name, is a
 * TAP case both ways. A row with a third cell "title" is a title the name does not carry exactly.
 *
 * run_names FILE.md
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/name.h"

/* The next `code span` of a line, in place; NULL when there is none. */
static char *take_span(char **at)
{
	char *start = strchr(*at, '`');
	char *end = start != NULL ? strchr(start + 1, '`') : NULL;
	if (end == NULL) {
		return NULL;
	}
	*end = '\0';
	*at = end + 1;
	return start + 1;
}

static bool check_row(const char *title, const char *file_name, bool is_exact)
{
	char stem[NAME_STEM_MAX_BYTES + 1];
	size_t len = strlen(file_name);
	name_from_title(title, stem);
	char *read_back = name_to_title(stem, NULL);
	bool is_good = len > 3 && strcmp(file_name + len - 3, ".md") == 0 &&
		       strlen(stem) == len - 3 && strncmp(stem, file_name, len - 3) == 0 &&
		       name_is_page(file_name, NULL) &&
		       (strcmp(read_back, title) == 0) == is_exact &&
		       name_is_exact(title, stem, NULL) == is_exact;
	if (!is_good) {
		printf("# stem: %s\n# title: %s\n", stem, read_back);
	}
	free(read_back);
	return is_good;
}

int main(int argc, char **argv)
{
	char line[4096];
	unsigned number = 0;
	unsigned cases = 0;
	unsigned failures = 0;
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	if (file == NULL) {
		(void)fprintf(stderr, "usage: run_names FILE.md\n");
		return 2;
	}
	while (fgets(line, sizeof line, file) != NULL) {
		char *at = line;
		number++;
		if (line[0] != '|') {
			continue;
		}
		char *json = take_span(&at);
		char *file_name = json != NULL ? take_span(&at) : NULL;
		if (file_name == NULL) {
			continue;
		}
		json_t *title = json_loads(json, JSON_DECODE_ANY, NULL);
		bool is_good =
			json_is_string(title) &&
			check_row(json_string_value(title), file_name, strstr(at, "title") == NULL);
		cases++;
		failures += !is_good;
		printf("%sok %u - line %u: %s\n", is_good ? "" : "not ", cases, number, file_name);
		json_decref(title);
	}
	(void)fclose(file);
	printf("1..%u\n", cases);
	return failures == 0 && cases > 0 ? 0 : 1;
}
