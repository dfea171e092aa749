/* Which block may stand where: levels, leaves, tables, columns and tabs. */
#include "tests/unit/validate_case.h"

#define BLOCK(text) json_of("{'children':[" text "]}")

START_TEST(leaf_types_have_no_children)
{
	ASSERT_REFUSES(BLOCK("{'divider':{'children':[]}}"), APPEND,
		       "body failed validation: body.children[0].divider.children should be "
		       "not present, instead was `[]`.");
}
END_TEST

START_TEST(a_heading_has_children_only_when_toggleable)
{
	ASSERT_TAKES(BLOCK("{'heading_2':{'rich_text':[],'is_toggleable':true,"
			   "'children':[{'divider':{}}]}}"),
		     APPEND);
	ASSERT_REFUSES(BLOCK("{'heading_2':{'rich_text':[],'children':[{'divider':{}}]}}"), APPEND,
		       "Content creation Failed. Fix the following: \n"
		       "Block does not support children.");
}
END_TEST

START_TEST(required_children_are_required)
{
	static const char *const types[] = {"column_list", "column", "tab"};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		char expected[120];
		snprintf(expected, sizeof expected,
			 "body failed validation: body.children[0].%s.children should be defined, "
			 "instead was `undefined`.",
			 types[i]);
		ASSERT_REFUSES(append_of(types[i], json_object()), APPEND, expected);
	}
	ASSERT_REFUSES(BLOCK("{'table':{'table_width':1}}"), APPEND,
		       "body failed validation: body.children[0].table.children should be "
		       "defined, instead was `undefined`.");
}
END_TEST

START_TEST(rows_have_as_many_cells_as_the_table_is_wide)
{
	ASSERT_REFUSES(BLOCK("{'table':{'table_width':2,"
			     "'children':[{'table_row':{'cells':[[]]}}]}}"),
		       APPEND,
		       "Content creation Failed. Fix the following: \nNumber of cells in table row "
		       "must match the table width of the parent table");
}
END_TEST

#define TOGGLE(children) "{'toggle':{'rich_text':[],'children':[" children "]}}"

START_TEST(the_third_tier_has_no_children_key)
{
	ASSERT_TAKES(BLOCK(TOGGLE(TOGGLE("{'toggle':{'rich_text':[]}}"))), APPEND);
	ASSERT_REFUSES(BLOCK(TOGGLE(TOGGLE("{'toggle':{'rich_text':[],'children':[]}}"))), APPEND,
		       "body failed validation: body.children[0].toggle.children[0].toggle."
		       "children[0].toggle.children should be not present, instead was `[]`.");
}
END_TEST

#define ONE_ROW_TABLE "{'table':{'table_width':1,'children':[{'table_row':{'cells':[[]]}}]}}"

static void assert_not_present(const char *text, const char *path)
{
	json_t *body = json_of(text);
	char *message = NULL;
	char line[200];
	snprintf(line, sizeof line, "%s should be not present, instead was", path);
	ck_assert_int_eq(APPEND, 400);
	ck_assert_msg(strstr(message, line) != NULL, "%s", message);
	free(message);
	json_decref(body);
}

START_TEST(a_table_stands_in_the_first_two_tiers)
{
	ASSERT_TAKES(BLOCK(TOGGLE(ONE_ROW_TABLE)), APPEND);
	assert_not_present("{'children':[" TOGGLE(TOGGLE(ONE_ROW_TABLE)) "]}",
			   "body.children[0].toggle.children[0].toggle.children[0].table");
}
END_TEST

#define COLUMNS(children)                                                     \
	"{'column_list':{'children':[{'column':{'children':[" children "]}}," \
	"{'column':{'children':[]}}]}}"

START_TEST(columns_stand_in_the_first_tier_and_count_as_no_level)
{
	ASSERT_TAKES(BLOCK(COLUMNS(TOGGLE("{'divider':{}}"))), APPEND);
	assert_not_present("{'children':[" TOGGLE(COLUMNS("")) "]}",
			   "body.children[0].toggle.children[0].column_list");
	assert_not_present("{'children':[" COLUMNS(TOGGLE(TOGGLE(""))) "]}",
			   "body.children[0].column_list.children[0].column.children[0].toggle."
			   "children[0].toggle.children");
	assert_not_present("{'children':[{'column_list':{'children':[{'divider':{}},"
			   "{'column':{'children':[]}}]}}]}",
			   "body.children[0].column_list.children[0].divider");
}
END_TEST

START_TEST(a_tab_of_the_third_tier_is_empty)
{
	ASSERT_TAKES(BLOCK(TOGGLE("{'tab':{'children':[" PARAGRAPH "]}}")), APPEND);
	ASSERT_TAKES(BLOCK(TOGGLE(TOGGLE("{'tab':{}}"))), APPEND);
	assert_not_present(
		"{'children':[" TOGGLE(TOGGLE("{'tab':{'children':[" PARAGRAPH "]}}")) "]}",
		"body.children[0].toggle.children[0].toggle.children[0].tab.children");
}
END_TEST

START_TEST(blocks_stand_only_under_parents_that_take_them)
{
	static const struct {
		const char *parent;
		const char *children;
		const char *message; /* NULL passes */
	} cases[] = {
		{"{'type':'divider','divider':{}}", "[" PARAGRAPH "]",
		 "Block does not support children."},
		{"{'type':'child_database','child_database':{}}", "[" PARAGRAPH "]",
		 "Block does not support children."},
		{"{'type':'heading_1','heading_1':{'is_toggleable':false}}", "[" PARAGRAPH "]",
		 "Block does not support children."},
		{"{'type':'heading_1','heading_1':{'is_toggleable':true}}", "[" PARAGRAPH "]",
		 NULL},
		{"{'type':'child_page','child_page':{}}", "[" PARAGRAPH "]", NULL},
		{"{'type':'table','table':{'table_width':2}}", "[{'table_row':{'cells':[[],[]]}}]",
		 NULL},
		{"{'type':'table','table':{'table_width':2}}", "[{'table_row':{'cells':[[]]}}]",
		 "Content creation Failed. Fix the following: \nNumber of cells in table row must "
		 "match the table width of the parent table"},
		{"{'type':'table','table':{'table_width':2}}", "[" PARAGRAPH "]",
		 "A paragraph can't be a child of a table."},
		{"{'type':'toggle','toggle':{}}", "[{'table_row':{'cells':[]}}]",
		 "A table_row can't be a child of a toggle."},
		{"{'type':'column_list','column_list':{}}", "[{'column':{'children':[]}}]", NULL},
		/* The sheet forbids a column there and nothing else; the official types take any
		 * block at the top of an append, whatever it is appended to. */
		{"{'type':'column','column':{}}", "[{'column_list':{}}]", NULL},
		{"{'type':'column','column':{}}", "[{'column':{'children':[]}}]",
		 "A column can't be a child of a column."},
		{"{'type':'tab','tab':{}}", "[{'divider':{}}]",
		 "A divider can't be a child of a tab."},
		{"{'type':'synced_block','synced_block':{'synced_from':{'block_id':'x'}}}",
		 "[" PARAGRAPH "]", "Block does not support children."},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *parent = json_of(cases[i].parent);
		if (cases[i].message == NULL) {
			ASSERT_TAKES(json_of(cases[i].children),
				     validate_placement(body, parent, &message));
		} else {
			ASSERT_REFUSES(json_of(cases[i].children),
				       validate_placement(body, parent, &message),
				       cases[i].message);
		}
		json_decref(parent);
	}
	ASSERT_REFUSES(json_of("[{'column':{'children':[]}}]"),
		       validate_placement(body, NULL, &message),
		       "A column can't be a child of a page.");
}
END_TEST

SUITE_CASES = {
	&leaf_types_have_no_children,
	&a_heading_has_children_only_when_toggleable,
	&required_children_are_required,
	&rows_have_as_many_cells_as_the_table_is_wide,
	&the_third_tier_has_no_children_key,
	&a_table_stands_in_the_first_two_tiers,
	&columns_stand_in_the_first_tier_and_count_as_no_level,
	&a_tab_of_the_third_tier_is_empty,
	&blocks_stand_only_under_parents_that_take_them,
};
SUITE_MAIN("validate_place")
