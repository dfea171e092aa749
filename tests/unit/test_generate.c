#include "tools/sim/generate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "tools/sim/validate.h"

static json_t *workspace_of(unsigned pages, unsigned rows, unsigned blocks, unsigned seed)
{
	const struct generate_options options = {pages, rows, blocks, seed};
	return generate_workspace(&options);
}

static const char *string_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

START_TEST(the_same_seed_gives_the_same_bytes)
{
	json_t *one = workspace_of(20, 10, 8, 7);
	json_t *two = workspace_of(20, 10, 8, 7);
	json_t *other = workspace_of(20, 10, 8, 8);
	char *one_text = json_dumps(one, 0);
	char *two_text = json_dumps(two, 0);
	char *other_text = json_dumps(other, 0);
	ck_assert_str_eq(one_text, two_text);
	ck_assert_str_ne(one_text, other_text);
	free(one_text);
	free(two_text);
	free(other_text);
	json_decref(one);
	json_decref(two);
	json_decref(other);
}
END_TEST

START_TEST(every_page_and_row_has_its_blocks)
{
	json_t *workspace = workspace_of(30, 5, 9, 1);
	json_t *pages = json_object_get(workspace, "pages");
	ck_assert_uint_eq(json_array_size(pages), 35);
	size_t i;
	json_t *page;
	json_array_foreach (pages, i, page) {
		json_t *children = json_object_get(json_object_get(workspace, "blocks"),
						   string_at(page, "id"));
		size_t content = 0;
		size_t child_pages = 0;
		size_t since_paragraph = 0;
		size_t j;
		json_t *block;
		json_array_foreach (children, j, block) {
			const char *type = string_at(block, "type");
			if (strcmp(type, "child_page") == 0) {
				child_pages++;
			} else if (strcmp(type, "child_database") != 0) {
				content++;
				since_paragraph =
					strcmp(type, "paragraph") == 0 ? 0 : since_paragraph + 1;
				ck_assert_uint_lt(since_paragraph, 3);
			}
			ck_assert(j > 0 || strcmp(type, "paragraph") == 0);
			ck_assert_str_eq(string_at(json_object_get(block, "parent"), "page_id"),
					 string_at(page, "id"));
		}
		ck_assert_uint_eq(content, 9);
		ck_assert_uint_le(child_pages, GENERATE_FAN_OUT);
	}
	json_decref(workspace);
}
END_TEST

START_TEST(paragraphs_are_letters_commas_and_full_stops)
{
	json_t *workspace = workspace_of(40, 0, 12, 3);
	const char *id;
	json_t *children;
	size_t seen = 0;
	json_object_foreach (json_object_get(workspace, "blocks"), id, children) {
		size_t i;
		json_t *block;
		json_array_foreach (children, i, block) {
			json_t *runs =
				json_object_get(json_object_get(block, "paragraph"), "rich_text");
			const char *text = string_at(json_array_get(runs, 0), "plain_text");
			ck_assert_uint_le(json_array_size(runs), 1);
			for (const char *c = text; c != NULL && *c != '\0'; c++) {
				ck_assert_msg(isalpha((unsigned char)*c) || strchr(" ,.", *c), "%s",
					      text);
				seen++;
			}
		}
	}
	ck_assert_uint_gt(seen, 10000);
	json_decref(workspace);
}
END_TEST

static int compare(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

START_TEST(names_are_unique_and_stamps_are_past)
{
	json_t *workspace = workspace_of(3000, 3000, 1, 5);
	json_t *pages = json_object_get(workspace, "pages");
	size_t count = json_array_size(pages);
	const char **names = calloc(count, sizeof *names);
	size_t i;
	json_t *page;
	json_array_foreach (pages, i, page) {
		json_t *properties = json_object_get(page, "properties");
		json_t *title = json_object_get(properties, "title");
		title = title != NULL ? title : json_object_get(properties, "Name");
		names[i] =
			string_at(json_array_get(json_object_get(title, "title"), 0), "plain_text");
		ck_assert_int_eq(validate_uuid(string_at(page, "id")), 0);
		ck_assert_str_lt(string_at(page, "last_edited_time"), "2025-12-31");
		ck_assert_str_le(string_at(page, "created_time"),
				 string_at(page, "last_edited_time"));
	}
	qsort(names, count, sizeof *names, compare);
	for (i = 1; i < count; i++) {
		ck_assert_msg(strcasecmp(names[i - 1], names[i]) != 0, "%s twice", names[i]);
	}
	free(names);
	json_decref(workspace);
}
END_TEST

START_TEST(the_shared_roots_are_named)
{
	json_t *tree = workspace_of(3, 2, 0, 1);
	json_t *rows_only = workspace_of(0, 2, 0, 1);
	json_t *page = json_array_get(json_object_get(tree, "pages"), 0);
	json_t *database = json_array_get(json_object_get(rows_only, "databases"), 0);
	json_t *roots = json_object_get(tree, "roots");
	ck_assert_uint_eq(json_array_size(roots), 1);
	ck_assert_str_eq(json_string_value(json_array_get(roots, 0)), string_at(page, "id"));
	roots = json_object_get(rows_only, "roots");
	ck_assert_uint_eq(json_array_size(roots), 1);
	ck_assert_str_eq(json_string_value(json_array_get(roots, 0)), string_at(database, "id"));
	ck_assert_str_eq(string_at(json_object_get(database, "parent"), "type"), "workspace");
	json_decref(tree);
	json_decref(rows_only);
}
END_TEST

SUITE_CASES = {
	&the_same_seed_gives_the_same_bytes,
	&every_page_and_row_has_its_blocks,
	&paragraphs_are_letters_commas_and_full_stops,
	&names_are_unique_and_stamps_are_past,
	&the_shared_roots_are_named,
};
SUITE_MAIN("generate")
