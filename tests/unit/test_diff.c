#include "mapping/diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "tests/unit/apply_plan.h"
#include "tests/unit/sketch_tree.h"
#include "tests/unit/suite.h"

#define PAGE_NUMBER 200
#define FIRST_CREATED 10000

struct edit {
	struct block_tree *base;
	struct block_tree *wanted;
	struct diagnostics diagnostics;
	struct plan *plan;
	int error;
};

static void edit_start(struct edit *edit, const char *base, const char *wanted)
{
	struct diff_options options = {.page = sketch_id(PAGE_NUMBER), .weight_percent = 100};
	unsigned next = 300;

	*edit = (struct edit){.base = sketch_tree(base), .wanted = sketch_tree(wanted)};
	sketch_number(edit->base, &next);
	diagnostics_init(&edit->diagnostics);
	edit->error =
		diff_plan(edit->base, edit->wanted, &options, &edit->diagnostics, &edit->plan);
}

static void edit_end(struct edit *edit)
{
	plan_free(edit->plan);
	diagnostics_release(&edit->diagnostics);
	block_tree_free(edit->base);
	block_tree_free(edit->wanted);
}

/* The plan in short ("append append update delete"), and that it makes `base` what is said. */
static void check_edit(const char *base, const char *wanted, const char *kinds, const char *result)
{
	static const char *const names[] = {"append ", "update ", "delete "};
	struct edit edit;
	struct applier applier;
	char text[400] = "";

	edit_start(&edit, base, wanted);
	ck_assert_int_eq(edit.error, 0);
	for (size_t i = 0; i < edit.plan->count; i++) {
		strncat(text, names[edit.plan->calls[i].kind], sizeof(text) - strlen(text) - 1);
	}
	ck_assert_str_eq(text, kinds);
	applier_init(&applier, edit.base, sketch_id(PAGE_NUMBER), FIRST_CREATED);
	bool done = applier_run(&applier, edit.plan);
	ck_assert_msg(done, "%s", applier.why);
	char *became = sketch_of(edit.base);
	ck_assert_str_eq(became, result);
	free(became);
	applier_release(&applier);
	edit_end(&edit);
}

START_TEST(no_change_is_no_call)
{
	check_edit("p one\nb two\n\tp three\n", "p one\nb two\n\tp three\n", "",
		   "p one\nb two\n\tp three\n");
	check_edit("", "", "", "");
}
END_TEST

START_TEST(a_changed_word_is_one_update)
{
	check_edit("p one word here\np two\np three\n", "p one word there\np two\np three\n",
		   "update ", "p one word there\np two\np three\n");
}
END_TEST

START_TEST(new_neighbours_are_one_append)
{
	check_edit("p one\np two\n", "p one\np a\nb c\nh d\np two\n", "append ",
		   "p one\np a\nb c\nh d\np two\n");
	check_edit("p one\n", "p zero\np one\n", "append ", "p zero\np one\n");
	check_edit("", "p zero\np one\n", "append ", "p zero\np one\n");
}
END_TEST

START_TEST(another_kind_is_a_new_block)
{
	check_edit("p one\np a\np b\np c\np d\np two\n", "p one\nb a\nb b\nb c\nb d\np two\n",
		   "append delete delete delete delete ", "p one\nb a\nb b\nb c\nb d\np two\n");
	check_edit("table 2\n\trow a|b\n", "table 3\n\trow a|b|c\n", "append delete ",
		   "table 3\n\trow a|b|c\n");
}
END_TEST

START_TEST(a_parent_keeps_its_id_when_all_its_children_change)
{
	check_edit("b parent\n\tp a1\n\tp a2\n\tp a3\n\tp a4\n\tp a5\n\tp a6\np end\n",
		   "b parent\n\tp x9\n\tp y8\n\tp z7\n\tp u6\n\tp v5\n\tp w4\np end\n",
		   "update update update update update update ",
		   "b parent\n\tp x9\n\tp y8\n\tp z7\n\tp u6\n\tp v5\n\tp w4\np end\n");
}
END_TEST

START_TEST(a_moved_block_is_created_there_and_deleted_here)
{
	check_edit("p the first of them\np b\np c\np d\np e\n",
		   "p b\np c\np d\np the first of them\np e\n", "append delete ",
		   "p b\np c\np d\np the first of them\np e\n");
}
END_TEST

START_TEST(a_missing_child_page_stays_and_is_warned_of)
{
	struct edit edit;
	check_edit("p one\npage 7\np two\n", "p one\np two\n", "", "p one\npage 7\np two\n");
	check_edit("toggle T\n\tp a\n\tpage 7\np two\n", "p two\n", "delete ",
		   "toggle T\n\tpage 7\np two\n");
	edit_start(&edit, "p one\nunknown button\n", "p one\n");
	ck_assert_int_eq(edit.error, 0);
	ck_assert_uint_eq(edit.plan->count, 0);
	ck_assert(!edit.plan->is_exact);
	ck_assert_uint_eq(edit.diagnostics.count, 1);
	ck_assert(!edit.diagnostics.has_error);
	edit_end(&edit);
}
END_TEST

START_TEST(a_moved_child_page_keeps_its_place)
{
	check_edit("page 7\np a\np b\np c\n", "p a\np b\np c\npage 7\n", "",
		   "page 7\np a\np b\np c\n");
	check_edit("toggle T\n\tpage 7\n\tp a\np b\np c\np d\n",
		   "p b\np c\np d\ntoggle T\n\tpage 7\n\tp aa\n", "update ",
		   "toggle T\n\tpage 7\n\tp aa\np b\np c\np d\n");
	check_edit("sync\n\tp original\np b\np c\np d\n", "p b\np c\np d\nsync\n\tp original\n", "",
		   "sync\n\tp original\np b\np c\np d\n");
}
END_TEST

START_TEST(a_page_line_that_is_no_child_is_a_link)
{
	check_edit("p a\n", "p a\npage 9\n", "append ", "p a\nlink 9\n");
	check_edit("page 7\np a\n", "page 7\np a\npage 7\n", "append ", "page 7\np a\nlink 7\n");
}
END_TEST

START_TEST(a_block_that_cannot_be_created_is_an_error_with_its_line)
{
	struct edit edit;
	edit_start(&edit, "p a\n", "p a\nunknown form\n");
	ck_assert_int_eq(edit.error, -EINVAL);
	ck_assert_ptr_null(edit.plan);
	ck_assert_uint_eq(diagnostics_first_error(&edit.diagnostics)->line, 2);
	edit_end(&edit);
	edit_start(&edit, "copy 9\n\tp a\n", "copy 9\n\tp b\n");
	ck_assert_int_eq(edit.error, -EINVAL);
	edit_end(&edit);
	edit_start(&edit, "columns\n\tcolumn\n\t\tp a\n\tcolumn\n\t\tp b\n",
		   "columns\n\tcolumn\n\t\tp a\n");
	ck_assert_int_eq(edit.error, -EINVAL);
	ck_assert_uint_eq(diagnostics_first_error(&edit.diagnostics)->line, 1);
	edit_end(&edit);
}
END_TEST

START_TEST(deep_blocks_are_appended_to_what_was_created)
{
	const char *deep = "b 1\n\tb 2\n\t\tb 3\n\t\t\tb 4\n\t\t\t\tb 5\n";
	check_edit("", deep, "append append ", deep);
	check_edit("p a\n",
		   "p a\ncolumns\n\tcolumn\n\t\tb 1\n\t\t\tb 2\n\t\t\t\tp 3\n\tcolumn\n\t\tp x\n",
		   "append append ",
		   "p a\ncolumns\n\tcolumn\n\t\tb 1\n\t\t\tb 2\n\t\t\t\tp 3\n\tcolumn\n\t\tp x\n");
	check_edit("", "toggle a\n\ttoggle b\n\t\ttable 1\n\t\t\trow x\n\t\tp y\n",
		   "append append ", "toggle a\n\ttoggle b\n\t\ttable 1\n\t\t\trow x\n\t\tp y\n");
}
END_TEST

START_TEST(columns_in_a_column_are_appended_to_it)
{
	struct edit edit;

	/* In one request they may only stand at its top. */
	edit_start(&edit, "p a\n",
		   "p a\ncolumns\n\tcolumn\n\t\tcolumns\n\t\t\tcolumn\n\t\t\t\tp 1\n"
		   "\t\t\tcolumn\n\t\t\t\tp 2\n\tcolumn\n\t\tp x\n");
	ck_assert_uint_eq(edit.plan->count, 2);
	json_t *call = plan_call_to_json(&edit.plan->calls[1]);
	ck_assert_str_eq(json_string_value(json_object_get(call, "path")),
			 "/v1/blocks/@1.1.1/children");
	json_decref(call);
	edit_end(&edit);
}
END_TEST

START_TEST(a_heading_becomes_a_toggle_before_it_gets_children)
{
	check_edit("h Title\np a\n", "th Title\n\tp a\n", "update append delete ",
		   "th Title\n\tp a\n");
	check_edit("th Title\n\tp a\n", "h Title\np a\n", "append delete update ",
		   "h Title\np a\n");
}
END_TEST

/* `count` times the line, a number at its end. */
static char *many(const char *line, unsigned count)
{
	struct buf buf;
	buf_init(&buf, BUF_PAGE_MAX_BYTES);
	for (unsigned i = 0; i < count; i++) {
		buf_printf(&buf, "%s%u\n", line, i);
	}
	return buf_steal(&buf, NULL);
}

static char *joined(const char *first, const char *second)
{
	struct buf buf;
	buf_init(&buf, BUF_PAGE_MAX_BYTES);
	buf_puts(&buf, first);
	buf_puts(&buf, second);
	return buf_steal(&buf, NULL);
}

START_TEST(long_runs_go_in_hundreds_each_after_the_last)
{
	char *lines = many("p line ", 250);
	struct edit edit;
	check_edit("", lines, "append append append ", lines);
	edit_start(&edit, "", lines);
	ck_assert_int_eq(edit.plan->calls[0].position, POSITION_END);
	ck_assert_int_eq(edit.plan->calls[2].position, POSITION_AFTER);
	ck_assert_uint_eq(edit.plan->calls[2].after.call, 2);
	ck_assert_uint_eq(edit.plan->calls[2].after.path[0], 100);
	ck_assert_uint_eq(json_array_size(edit.plan->calls[2].body), 50);
	edit_end(&edit);
	free(lines);
}
END_TEST

START_TEST(long_tables_get_their_rows_in_hundreds)
{
	char *rows = many("\trow x|", 230);
	char *table = joined("table 2\n", rows);
	check_edit("", table, "append append append ", table);
	free(rows);
	free(table);
}
END_TEST

START_TEST(a_request_has_a_thousand_blocks_at_most)
{
	char *rows = many("\tp x", 60);
	char *toggle = joined("toggle t\n", rows);
	struct buf all;
	buf_init(&all, BUF_PAGE_MAX_BYTES);
	for (unsigned i = 0; i < 40; i++) {
		buf_puts(&all, toggle);
	}
	check_edit("", all.data, "append append append ", all.data);
	buf_release(&all);
	free(rows);
	free(toggle);
}
END_TEST

START_TEST(a_request_stays_below_500_kb)
{
	char *text = malloc(60001);
	struct buf all;
	memset(text, 'x', 60000);
	text[60000] = '\0';
	buf_init(&all, BUF_PAGE_MAX_BYTES);
	for (unsigned i = 0; i < 20; i++) {
		buf_printf(&all, "p %u %s\n", i, text);
	}
	check_edit("", all.data, "append append append ", all.data);
	buf_release(&all);
	free(text);
}
END_TEST

START_TEST(what_is_too_large_for_one_block_is_an_error_with_its_line)
{
	char *text = malloc(200001 + 20);
	struct edit edit;
	strcpy(text, "code ");
	memset(text + 5, 'x', 200001);
	text[5 + 200001] = '\0';
	edit_start(&edit, "p a\n", text);
	ck_assert_int_eq(edit.error, -EINVAL);
	ck_assert_uint_eq(diagnostics_first_error(&edit.diagnostics)->line, 1);
	edit_end(&edit);
	text[5 + 200000] = '\0';
	edit_start(&edit, "", text);
	ck_assert_int_eq(edit.error, 0);
	edit_end(&edit);
	strcpy(text, "p a\nimage https://example.com/");
	memset(text + strlen(text), 'y', 2001);
	text[2040] = '\0';
	edit_start(&edit, "p a\n", text);
	ck_assert_int_eq(edit.error, -EINVAL);
	ck_assert_uint_eq(diagnostics_first_error(&edit.diagnostics)->line, 2);
	edit_end(&edit);
	free(text);
}
END_TEST

START_TEST(a_link_mention_may_stay_but_not_be_written)
{
	struct diff_options options = {.page = sketch_id(PAGE_NUMBER), .weight_percent = 100};
	for (int variant = 0; variant < 3; variant++) {
		struct block_tree *base = sketch_tree("p x\np y\n");
		struct block_tree *wanted = sketch_tree("p x\np y\n");
		struct run mention = {.kind = RUN_MENTION,
				      .mention = MENTION_LINK_MENTION,
				      .url = "https://example.com",
				      .text = "Example",
				      .text_len = 7};
		struct run runs[2] = {mention, wanted->root.first_child->text.runs[0]};
		struct diagnostics diagnostics;
		struct plan *plan = NULL;
		unsigned next = 300;
		sketch_number(base, &next);
		diagnostics_init(&diagnostics);
		base->root.first_child->text = (struct rich_text){.runs = runs, .count = 1};
		wanted->root.first_child->text = (struct rich_text){.runs = runs, .count = 1};
		if (variant == 1) {
			wanted->root.first_child->color = COLOR_RED;
		} else if (variant == 2) {
			wanted->root.first_child->text.count = 2;
		}
		int error = diff_plan(base, wanted, &options, &diagnostics, &plan);
		ck_assert_int_eq(error, variant == 2 ? -EINVAL : 0);
		ck_assert_uint_eq(plan == NULL ? 0 : plan->count, variant == 1 ? 1 : 0);
		plan_free(plan);
		diagnostics_release(&diagnostics);
		block_tree_free(base);
		block_tree_free(wanted);
	}
}
END_TEST

START_TEST(a_new_page_takes_what_fits_and_appends_the_rest)
{
	char *lines = many("b line ", 120);
	char *text = joined("b 1\n\tb 2\n\t\tb 3\n\t\t\tb 4\n", lines);
	struct block_tree *wanted = sketch_tree(text);
	struct diagnostics diagnostics;
	struct plan *plan = NULL;
	json_t *first = NULL;
	diagnostics_init(&diagnostics);
	ck_assert_int_eq(diff_plan_create(wanted, &diagnostics, &first, &plan), 0);
	ck_assert_uint_eq(json_array_size(first), 100);
	ck_assert_uint_eq(plan->count, 2);
	ck_assert_uint_eq(plan->calls[0].target.call, 0);
	/* Below the first block's child; or below the first block, in one call as well. */
	ck_assert_uint_ge(plan->calls[0].target.depth, 1);
	ck_assert_uint_eq(plan->calls[1].target.depth, 0);
	ck_assert_int_eq(plan->calls[1].position, POSITION_AFTER);
	ck_assert_uint_eq(plan->calls[1].after.path[0], 100);
	json_t *line = plan_call_to_json(&plan->calls[1]);
	ck_assert_str_eq(json_string_value(json_object_get(line, "path")),
			 "/v1/blocks/@0/children");
	json_decref(line);
	json_decref(first);
	plan_free(plan);
	diagnostics_release(&diagnostics);
	block_tree_free(wanted);
	free(text);
	free(lines);
}
END_TEST

START_TEST(an_edit_of_what_is_only_shown_is_an_error_with_its_line)
{
	static const struct {
		const char *base;
		const char *wanted;
		unsigned line; /* 0: a warning */
	} cases[] = {
		{"unknown ai\n\tp one\n\tp two\n", "unknown ai\n\tp one\n\tp edited\n", 3},
		{"unknown ai\n\tp one\n", "unknown ai\n\tp one\n\tp more\n", 3},
		{"unknown ai\n\tp one\n\tp two\n", "unknown ai\n\tp one\n", 1},
		{"unknown ai\n\tb one\n\t\tb two\n", "unknown ai\n\tb one\n\t\tb edited\n", 2},
		{"copy 9\n\tp one\n", "copy 9\n\tp edited\n", 2},
		{"page 7\n", "page 7\n\tp lost\n", 2},
		{"database 7\n", "database 7\n\tp lost\n", 2},
		{"p x\n", "p x\npage 8\n\tp lost\n", 3},
		{"p x\n", "p x\nlink 0\n", 2},
		{"page 7\n", "page 7\npage 7\n\tp lost\n", 3},
		{"unknown ai\n\tp one\n", "unknown ai\n", 0},
		{"copy 9\n\tp one\n", "copy 9\n", 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct edit edit;
		edit_start(&edit, cases[i].base, cases[i].wanted);
		ck_assert_int_eq(edit.error, cases[i].line > 0 ? -EINVAL : 0);
		ck_assert_uint_eq(edit.diagnostics.count, 1);
		ck_assert_int_eq(edit.diagnostics.has_error, cases[i].line > 0);
		ck_assert_uint_eq(edit.diagnostics.items[0].line,
				  cases[i].line > 0 ? cases[i].line : 1);
		ck_assert_uint_eq(edit.plan == NULL ? 0 : edit.plan->count, 0);
		edit_end(&edit);
	}
}
END_TEST

START_TEST(a_stored_file_goes_with_its_line_only_where_its_bytes_are_in_the_mount)
{
	for (int has_copy = 0; has_copy < 2; has_copy++) {
		struct diff_options options = {.page = sketch_id(PAGE_NUMBER),
					       .weight_percent = 100};
		unsigned next = 300;
		struct edit edit = {.base = sketch_tree("p x\nq y\n\thosted a.png\np z\n"),
				    .wanted = sketch_tree("p x\np z\n")};
		sketch_number(edit.base, &next);
		diagnostics_init(&edit.diagnostics);
		edit.base->root.first_child->next->first_child->has_copy = has_copy == 1;
		ck_assert_int_eq(
			diff_plan(edit.base, edit.wanted, &options, &edit.diagnostics, &edit.plan),
			0);
		ck_assert_uint_eq(edit.plan->count, has_copy == 1 ? 1 : 0);
		ck_assert_uint_eq(edit.diagnostics.count, has_copy == 1 ? 0 : 1);
		ck_assert(edit.plan->is_exact == (has_copy == 1));
		edit_end(&edit);
	}
}
END_TEST

START_TEST(an_upload_takes_the_place_of_the_stored_file_it_is_named_for)
{
	for (int has_copy = 0; has_copy < 2; has_copy++) {
		struct diff_options options = {.page = sketch_id(PAGE_NUMBER),
					       .weight_percent = 100};
		unsigned next = 300;
		struct edit edit = {.base = sketch_tree("p x\nhosted a.png\nhosted b.png\n"),
				    .wanted = sketch_tree("p x\nhosted a.png\nhosted b.png\n")};
		sketch_number(edit.base, &next);
		diagnostics_init(&edit.diagnostics);
		struct block *old = edit.base->root.first_child->next->next;
		struct block *wanted = edit.wanted->root.first_child->next->next;
		old->has_copy = has_copy == 1;
		wanted->media = MEDIA_FILE_UPLOAD;
		wanted->url = "mark";
		wanted->has_id = true;
		wanted->id = old->id;
		ck_assert_int_eq(
			diff_plan(edit.base, edit.wanted, &options, &edit.diagnostics, &edit.plan),
			0);
		ck_assert_uint_eq(edit.plan->count, 1);
		ck_assert_int_eq(edit.plan->calls[0].kind, CALL_UPDATE);
		ck_assert(uuid_equal(&edit.plan->calls[0].target.id, &old->id));
		edit_end(&edit);
	}
}
END_TEST

SUITE_CASES = {
	&a_stored_file_goes_with_its_line_only_where_its_bytes_are_in_the_mount,
	&an_upload_takes_the_place_of_the_stored_file_it_is_named_for,
	&an_edit_of_what_is_only_shown_is_an_error_with_its_line,
	&no_change_is_no_call,
	&a_changed_word_is_one_update,
	&new_neighbours_are_one_append,
	&another_kind_is_a_new_block,
	&a_parent_keeps_its_id_when_all_its_children_change,
	&a_moved_block_is_created_there_and_deleted_here,
	&a_missing_child_page_stays_and_is_warned_of,
	&a_moved_child_page_keeps_its_place,
	&a_page_line_that_is_no_child_is_a_link,
	&a_block_that_cannot_be_created_is_an_error_with_its_line,
	&deep_blocks_are_appended_to_what_was_created,
	&columns_in_a_column_are_appended_to_it,
	&a_heading_becomes_a_toggle_before_it_gets_children,
	&long_runs_go_in_hundreds_each_after_the_last,
	&long_tables_get_their_rows_in_hundreds,
	&a_request_has_a_thousand_blocks_at_most,
	&a_request_stays_below_500_kb,
	&what_is_too_large_for_one_block_is_an_error_with_its_line,
	&a_link_mention_may_stay_but_not_be_written,
	&a_new_page_takes_what_fits_and_appends_the_rest,
};
SUITE_MAIN("diff")
