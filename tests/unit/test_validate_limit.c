/* Every limit: a body at the limit passes, one past it is refused with Notion's sentence. */
#include "tests/unit/validate_case.h"

static json_t *children_of(size_t count)
{
	return json_pack("{s:o}", "children", array_of(count, PARAGRAPH));
}

START_TEST(a_request_holds_100_blocks)
{
	ASSERT_TAKES(children_of(1), APPEND);
	ASSERT_TAKES(children_of(100), APPEND);
	ASSERT_REFUSES(children_of(101), APPEND,
		       "body failed validation: body.children.length should be ≤ `100`, "
		       "instead was `101`.");
	ASSERT_REFUSES(children_of(0), APPEND,
		       "body failed validation: body.children.length should be ≥ `1`, "
		       "instead was `0`.");
	ASSERT_REFUSES(children_of(101), CREATE,
		       "body failed validation: body.children.length should be ≤ `100`, "
		       "instead was `101`.");
	ASSERT_TAKES(children_of(0), CREATE);
}
END_TEST

static json_t *nested_of(size_t blocks)
{
	/* Toggles with up to 99 children each: 100 elements. */
	json_t *children = json_array();
	while (blocks > 0) {
		size_t own = blocks > 100 ? 100 : blocks;
		json_t *toggle = json_pack("{s:{s:[], s:o}}", "toggle", "rich_text", "children",
					   array_of(own - 1, PARAGRAPH));
		json_array_append_new(children, toggle);
		blocks -= own;
	}
	return json_pack("{s:o}", "children", children);
}

START_TEST(a_request_holds_1000_blocks_with_the_nested_ones)
{
	ASSERT_TAKES(nested_of(1000), APPEND);
	ASSERT_REFUSES(nested_of(1001), APPEND,
		       "body failed validation: body.children.block_count.length should be "
		       "≤ `1000`, instead was `1001`.");
}
END_TEST

START_TEST(a_body_holds_500_kilobytes)
{
	ASSERT_TAKES(children_of(1), validate_append(body, VALIDATE_BODY_MAX_BYTES, &message));
	ASSERT_REFUSES(children_of(1), validate_append(body, VALIDATE_BODY_MAX_BYTES + 1, &message),
		       "body failed validation: body.length should be ≤ `500000`, "
		       "instead was `500001`.");
	ASSERT_TAKES(json_object(), validate_page_create(body, VALIDATE_BODY_MAX_BYTES, &message));
	ASSERT_REFUSES(json_object(),
		       validate_page_create(body, VALIDATE_BODY_MAX_BYTES + 1, &message),
		       "body failed validation: body.length should be ≤ `500000`, "
		       "instead was `500001`.");
}
END_TEST

static json_t *text_of(json_t *content)
{
	return append_of("paragraph",
			 json_pack("{s:[{s:{s:o}}]}", "rich_text", "text", "content", content));
}

START_TEST(a_run_holds_2000_utf16_units)
{
	ASSERT_TAKES(text_of(string_of(2000, "a")), APPEND);
	ASSERT_TAKES(text_of(string_of(2000, "é")), APPEND);
	ASSERT_TAKES(text_of(string_of(1000, "🚲")), APPEND);
	ASSERT_REFUSES(text_of(string_of(2001, "a")), APPEND,
		       "body failed validation: "
		       "body.children[0].paragraph.rich_text[0].text.content.length should be "
		       "≤ `2000`, instead was `2001`.");
	ASSERT_REFUSES(text_of(string_of(1001, "🚲")), APPEND,
		       "body failed validation: "
		       "body.children[0].paragraph.rich_text[0].text.content.length should be "
		       "≤ `2000`, instead was `2002`.");
}
END_TEST

#define RUN "{'text':{'content':'a'}}"

START_TEST(arrays_of_rich_text_hold_100_runs)
{
	ASSERT_TAKES(append_of("paragraph", json_pack("{s:o}", "rich_text", array_of(100, RUN))),
		     APPEND);
	ASSERT_REFUSES(append_of("paragraph", json_pack("{s:o}", "rich_text", array_of(101, RUN))),
		       APPEND,
		       "body failed validation: body.children[0].paragraph.rich_text.length "
		       "should be ≤ `100`, instead was `101`.");
	ASSERT_REFUSES(append_of("bookmark", json_pack("{s:s, s:o}", "url", "https://a.example",
						       "caption", array_of(101, RUN))),
		       APPEND,
		       "body failed validation: body.children[0].bookmark.caption.length "
		       "should be ≤ `100`, instead was `101`.");
	ASSERT_TAKES(append_of("table_row", json_pack("{s:[o]}", "cells", array_of(100, RUN))),
		     APPEND);
	ASSERT_REFUSES(append_of("table_row", json_pack("{s:[o]}", "cells", array_of(101, RUN))),
		       APPEND,
		       "body failed validation: body.children[0].table_row.cells[0].length "
		       "should be ≤ `100`, instead was `101`.");
	ASSERT_TAKES(append_of("table_row", json_pack("{s:o}", "cells", array_of(100, "[]"))),
		     APPEND);
	ASSERT_REFUSES(append_of("table_row", json_pack("{s:o}", "cells", array_of(101, "[]"))),
		       APPEND,
		       "body failed validation: body.children[0].table_row.cells.length "
		       "should be ≤ `100`, instead was `101`.");
}
END_TEST

static json_t *url_of(size_t length)
{
	json_t *tail = string_of(length - strlen("https://a.example/"), "x");
	json_t *url = json_sprintf("https://a.example/%s", json_string_value(tail));
	json_decref(tail);
	return url;
}

static json_t *link_of(json_t *url)
{
	return append_of("paragraph", json_pack("{s:[{s:{s:s, s:{s:o}}}]}", "rich_text", "text",
						"content", "a", "link", "url", url));
}

START_TEST(urls_hold_2000_units)
{
	ASSERT_TAKES(link_of(url_of(2000)), APPEND);
	ASSERT_REFUSES(link_of(url_of(2001)), APPEND,
		       "body failed validation: "
		       "body.children[0].paragraph.rich_text[0].text.link.url.length should be "
		       "≤ `2000`, instead was `2001`.");
	ASSERT_TAKES(append_of("bookmark", json_pack("{s:o}", "url", url_of(2000))), APPEND);
	ASSERT_REFUSES(append_of("bookmark", json_pack("{s:o}", "url", url_of(2001))), APPEND,
		       "body failed validation: body.children[0].bookmark.url.length should be "
		       "≤ `2000`, instead was `2001`.");
	ASSERT_TAKES(append_of("image", json_pack("{s:{s:o}}", "external", "url", url_of(2000))),
		     APPEND);
	ASSERT_REFUSES(append_of("image", json_pack("{s:{s:o}}", "external", "url", url_of(2001))),
		       APPEND,
		       "body failed validation: body.children[0].image.external.url.length "
		       "should be ≤ `2000`, instead was `2001`.");
}
END_TEST

static json_t *inline_equation_of(size_t length)
{
	return append_of("paragraph", json_pack("{s:[{s:{s:o}}]}", "rich_text", "equation",
						"expression", string_of(length, "x")));
}

START_TEST(an_expression_holds_1000_units)
{
	ASSERT_TAKES(inline_equation_of(1000), APPEND);
	ASSERT_REFUSES(inline_equation_of(1001), APPEND,
		       "body failed validation: "
		       "body.children[0].paragraph.rich_text[0].equation.expression.length "
		       "should be ≤ `1000`, instead was `1001`.");
	ASSERT_TAKES(append_of("equation", json_pack("{s:o}", "expression", string_of(1000, "x"))),
		     APPEND);
	ASSERT_REFUSES(
		append_of("equation", json_pack("{s:o}", "expression", string_of(1001, "x"))),
		APPEND,
		"body failed validation: body.children[0].equation.expression.length "
		"should be ≤ `1000`, instead was `1001`.");
}
END_TEST

#define ROW "{'table_row':{'cells':[[],[]]}}"

static json_t *table_of(size_t rows)
{
	return append_of("table", json_pack("{s:i, s:o}", "table_width", 2, "children",
					    array_of(rows, ROW)));
}

START_TEST(a_table_is_created_with_1_to_100_rows)
{
	ASSERT_TAKES(table_of(1), APPEND);
	ASSERT_TAKES(table_of(100), APPEND);
	ASSERT_REFUSES(table_of(0), APPEND,
		       "body failed validation: body.children[0].table.children.length should be "
		       "≥ `1`, instead was `0`.");
	ASSERT_REFUSES(table_of(101), APPEND,
		       "body failed validation: body.children[0].table.children.length should be "
		       "≤ `100`, instead was `101`.");
}
END_TEST

static json_t *columns_of(size_t count)
{
	return append_of("column_list", json_pack("{s:o}", "children",
						  array_of(count, "{'column':{'children':[]}}")));
}

START_TEST(a_column_list_is_created_with_2_to_100_columns)
{
	ASSERT_TAKES(columns_of(2), APPEND);
	ASSERT_TAKES(columns_of(100), APPEND);
	ASSERT_REFUSES(columns_of(1), APPEND,
		       "body failed validation: body.children[0].column_list.children.length "
		       "should be ≥ `2`, instead was `1`.");
	ASSERT_REFUSES(columns_of(101), APPEND,
		       "body failed validation: body.children[0].column_list.children.length "
		       "should be ≤ `100`, instead was `101`.");
}
END_TEST

START_TEST(a_tab_is_created_with_1_to_100_paragraphs)
{
	ASSERT_TAKES(append_of("tab", json_pack("{s:o}", "children", array_of(100, PARAGRAPH))),
		     APPEND);
	ASSERT_REFUSES(append_of("tab", json_pack("{s:[]}", "children")), APPEND,
		       "body failed validation: body.children[0].tab.children.length should be "
		       "≥ `1`, instead was `0`.");
	ASSERT_REFUSES(append_of("tab", json_pack("{s:o}", "children", array_of(101, PARAGRAPH))),
		       APPEND,
		       "body failed validation: body.children[0].tab.children.length should be "
		       "≤ `100`, instead was `101`.");
}
END_TEST

START_TEST(a_page_of_results_holds_100)
{
	ASSERT_TAKES(json_of("{'page_size':100}"), validate_query(body, &message));
	ASSERT_REFUSES(json_of("{'page_size':101}"), validate_query(body, &message),
		       "body failed validation: body.page_size should be ≤ `100`, "
		       "instead was `101`.");
	ASSERT_TAKES(json_of("{'page_size':1}"), validate_search(body, &message));
	ASSERT_REFUSES(json_of("{'page_size':0}"), validate_search(body, &message),
		       "body failed validation: body.page_size should be ≥ `1`, "
		       "instead was `0`.");
}
END_TEST

static json_t *value_of(const char *type, json_t *value)
{
	return json_pack("{s:{s:{s:o}}}", "properties", "P", type, value);
}

#define PAGE_UPDATE validate_page_update(body, &message)

START_TEST(email_phone_and_url_properties_have_their_lengths)
{
	ASSERT_TAKES(value_of("email", string_of(200, "a")), PAGE_UPDATE);
	ASSERT_REFUSES(value_of("email", string_of(201, "a")), PAGE_UPDATE,
		       "body failed validation: body.properties.P.email.length should be "
		       "≤ `200`, instead was `201`.");
	ASSERT_TAKES(value_of("phone_number", string_of(200, "1")), PAGE_UPDATE);
	ASSERT_REFUSES(value_of("phone_number", string_of(201, "1")), PAGE_UPDATE,
		       "body failed validation: body.properties.P.phone_number.length should be "
		       "≤ `200`, instead was `201`.");
	ASSERT_TAKES(value_of("url", url_of(2000)), PAGE_UPDATE);
	ASSERT_REFUSES(value_of("url", url_of(2001)), PAGE_UPDATE,
		       "body failed validation: body.properties.P.url.length should be "
		       "≤ `2000`, instead was `2001`.");
}
END_TEST

START_TEST(lists_in_properties_hold_100)
{
	static const char id[] = "{'id':'8d1e5c6a-0f3b-4a57-9c64-2f6f0a1b3c4d'}";
	static const struct {
		const char *type;
		const char *item;
	} lists[] = {
		{"relation", id},
		{"people", id},
		{"multi_select", "{'name':'a'}"},
		{"title", RUN},
		{"rich_text", RUN},
		{"files", "{'name':'a','external':{'url':'https://a.example/a'}}"},
	};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		char expected[200];
		snprintf(expected, sizeof expected,
			 "body failed validation: body.properties.P.%s.length should be ≤ `100`, "
			 "instead was `101`.",
			 lists[i].type);
		ASSERT_TAKES(value_of(lists[i].type, array_of(100, lists[i].item)), PAGE_UPDATE);
		ASSERT_REFUSES(value_of(lists[i].type, array_of(101, lists[i].item)), PAGE_UPDATE,
			       expected);
	}
}
END_TEST

SUITE_CASES = {
	&a_request_holds_100_blocks,
	&a_request_holds_1000_blocks_with_the_nested_ones,
	&a_body_holds_500_kilobytes,
	&a_run_holds_2000_utf16_units,
	&arrays_of_rich_text_hold_100_runs,
	&urls_hold_2000_units,
	&an_expression_holds_1000_units,
	&a_table_is_created_with_1_to_100_rows,
	&a_column_list_is_created_with_2_to_100_columns,
	&a_tab_is_created_with_1_to_100_paragraphs,
	&a_page_of_results_holds_100,
	&email_phone_and_url_properties_have_their_lengths,
	&lists_in_properties_hold_100,
};
SUITE_MAIN("validate_limit")
