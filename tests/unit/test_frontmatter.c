#include "mapping/frontmatter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/expect_patch.h"
#include "tests/unit/suite.h"

#define TEXT(words)                                                                          \
	"[{'type':'text','text':{'content':'" words "','link':null},'annotations':{'bold':"  \
	"false,'italic':false,'strikethrough':false,'underline':false,'code':false,'color':" \
	"'default'},'plain_text':'" words "','href':null}]"

static const struct {
	const char *icon;
	const char *shown;
	const char *edited;
	const char *patch;
} icons[] = {
	{"null", "", "icon: 💡\n", "{'icon':{'emoji':'💡','type':'emoji'}}"},
	{"{'type':'emoji','emoji':'💡'}", "icon: 💡\n", "icon:\n", "{'icon':null}"},
	{"{'type':'external','external':{'url':'https://x.org/i.png'}}",
	 "icon: https://x.org/i.png\n", "icon: icon:pizza:blue\n",
	 "{'icon':{'icon':{'color':'blue','name':'pizza'},'type':'icon'}}"},
	{"{'type':'icon','icon':{'name':'pizza','color':'blue'}}", "icon: icon:pizza:blue\n",
	 "icon: https://www.notion.so/icons/pizza_blue.svg\n", "{}"},
	{"{'type':'custom_emoji','custom_emoji':{'id':'" ADA "','name':'party'}}",
	 "icon: \":party:" ADA "\"\n", "icon: \":smile:\"\n",
	 "{'icon':{'custom_emoji':{'id':'" SMILE "'},'type':'custom_emoji'}}"},
	{"{'type':'file','file':{'url':'https://s3/x/me.png?sig'}}", "icon: https://s3/x/me.png\n",
	 "icon: you.png\n",
	 "error 2:7 'you.png' is no icon, write an emoji, a URL, the path of an image, :name: or "
	 "icon:pizza:blue\n"},
	{"null", "", "icon: \":frown:\"\n",
	 "error 2:7 :frown: is no emoji of this workspace, write one that Notion lists, or a plain "
	 "emoji\n"},
};

START_TEST(the_icon_of_a_page_is_a_key)
{
	for (size_t i = 0; i < sizeof icons / sizeof icons[0]; i++) {
		json_t *page =
			fixture_json("{'id':'" PAGE "','properties':{'title':{'type':'title',"
				     "'title':[]}}}");
		(void)json_object_set_new(page, "icon", fixture_json(icons[i].icon));
		struct frontmatter_options options = fixture_options(NULL);
		options.file_stem = "Untitled";
		char *shown = fixture_head(page, &options);
		ck_assert_str_eq(shown, icons[i].shown);
		expect_patch(shown, page, &options, "{}");
		expect_patch(icons[i].edited, page, &options, icons[i].patch);
		free(shown);
		json_decref(page);
	}
}
END_TEST

START_TEST(the_cover_of_a_page_is_a_key)
{
	json_t *page = fixture_json("{'id':'" PAGE "','cover':{'type':'external','external':{'url':"
				    "'https://x.org/c.png'}},'properties':{}}");
	struct frontmatter_options options = fixture_options(NULL);
	char *shown = fixture_head(page, &options);
	ck_assert_str_eq(shown, "cover: https://x.org/c.png\n");
	expect_patch(shown, page, &options, "{}");
	expect_patch("", page, &options, "{}");
	expect_patch("cover:\n", page, &options, "{'cover':null}");
	expect_patch("cover: https://x.org/d\n", page, &options,
		     "{'cover':{'external':{'url':'https://x.org/d'},'type':'external'}}");
	expect_patch(
		"cover: d.png\n", page, &options,
		"error 2:8 'd.png' is no cover, write the https:// URL or the path of an image\n");
	free(shown);
	json_decref(page);
}
END_TEST

START_TEST(the_title_is_shown_only_when_the_name_cannot_carry_it)
{
	json_t *page =
		fixture_json("{'id':'" PAGE
			     "','properties':{'title':{'type':'title','title':" TEXT("Row") "}}}");
	struct frontmatter_options options = fixture_options(NULL);
	char *shown = fixture_head(page, &options);
	ck_assert_str_eq(shown, "");
	free(shown);
	options.file_stem = "Row ~8888";
	shown = fixture_head(page, &options);
	ck_assert_str_eq(shown, "");
	free(shown);
	options.file_stem = "Other";
	shown = fixture_head(page, &options);
	ck_assert_str_eq(shown, "title: \"Row\"\n");
	expect_patch(shown, page, &options, "{}");
	expect_patch(
		"title: Row 2\n", page, &options,
		"{'properties':{'title':{'title':[{'text':{'content':'Row 2'},'type':'text'}]}}}");
	expect_patch("title:\n", page, &options, "{'properties':{'title':{'title':[]}}}");
	free(shown);
	json_decref(page);
}
END_TEST

START_TEST(a_file_asks_for_the_title_of_its_head_or_of_its_name)
{
	char *title = NULL;
	ck_assert_int_eq(frontmatter_title(NULL, 0, "a∕b", &title), 0);
	ck_assert_str_eq(title, "a/b");
	free(title);
	ck_assert_int_eq(frontmatter_title("icon: x\n", 8, "Untitled", &title), 0);
	ck_assert_str_eq(title, "");
	free(title);
	ck_assert_int_eq(frontmatter_title("title: \"x/y\"\n", 13, "other", &title), 0);
	ck_assert_str_eq(title, "x/y");
	free(title);
	ck_assert_int_eq(frontmatter_title("title:\n", 7, "other", &title), 0);
	ck_assert_str_eq(title, "");
	free(title);
	ck_assert_int_eq(frontmatter_title("title: [a, b]\n", 14, "other", &title), -EINVAL);
	ck_assert_int_eq(frontmatter_title("title: \"x\n", 10, "other", &title), -EINVAL);
}
END_TEST

/* Heads that are refused whole, with the place and what to do. */
static const char *const refused[][2] = {
	{"P: 1\nQ: 2\n", "error 3:1 there is no property 'Q', did you mean 'P'?\n"},
	{"P: 1\nEntirely: 2\n", "error 3:1 there is no property 'Entirely', write one of: title, "
				"icon, cover, P, or add it "
				"in .schema.yaml\n"},
	{"Name: x\n", "error 2:1 'Name' is the page's title, rename the file or write `title:`\n"},
	{"P: 1\nP: 2\n", "error 3:1 the key 'P' is there twice, remove one of the two\n"},
	{"P: 1\nproperties:\n  P: 2\n",
	 "error 4:3 the property 'P' is there twice, remove one of the two\n"},
	{"properties: 5\n",
	 "error 2:13 `properties:` holds no properties, write them as `key: value` lines below "
	 "it\n"},
	{"P: &a 1\n", "error 2:4 anchors (&a) are not read here, remove it or quote the value\n"},
	{"P: *a\n", "error 2:4 aliases (*a) are not read here, write the value out or quote it\n"},
	{"P: !!str 1\n", "error 2:4 tags (tag:yaml.org,2002:str) are not read here, remove it or "
			 "quote the value\n"},
	{"P: 1\n\303\251: a\377b\n", "error 3:5 this byte (0xff) is not UTF-8 text, remove it or "
				     "save the file as UTF-8\n"},
	{"P: \"\303\251\001\"\n", "error 2:6 a character that YAML does not allow, write it as "
				  "'\\x07' in double quotes\n"},
	{"\tP: 1\n", "error 2:1 a tab cannot indent YAML, use spaces\n"},
	{"properties:\n\tP: 1\n", "error 3:1 a tab cannot indent YAML, use spaces\n"},
	{"P: @home\n", "error 2:4 '@' has a meaning in YAML, put the value in double quotes\n"},
	{"just words\n",
	 "error 2:1 the head is no list of properties, write `key: value` on each line\n"},
	{"? [a]\n: b\n",
	 "error 2:3 a key is one word or a quoted string, put the value behind `key: `\n"},
	{"P: 1\n...\nP: 2\n",
	 "error 4:1 a page has one head, remove the lines that start another document or a "
	 "directive\n"},
	{"P: [[[[[[[[[[1]]]]]]]]]]\n",
	 "error 2:12 nested deeper than 8 levels, no property needs that\n"},
	{"é: {ü: é, P: [}\n",
	 "error 2:15 this is no YAML (while parsing a flow node: did not find expected node "
	 "content), write `key: value` and put values with special characters in double quotes\n"},
};

START_TEST(a_head_that_is_wrong_says_where_and_what_to_do)
{
	json_t *schema = fixture_schema("P", "number", "{}");
	json_t *page = fixture_page("P", "number", "1", "{}");
	struct frontmatter_options options = fixture_options(schema);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		expect_patch(refused[i][0], page, &options, refused[i][1]);
	}
	json_t *patch = NULL;
	struct diagnostics diagnostics;
	diagnostics_init(&diagnostics);
	ck_assert_int_eq(frontmatter_patch("P: 1\n\0", 6, 2, page, &options, &diagnostics, &patch),
			 -EINVAL);
	ck_assert_uint_eq(diagnostics.items[0].line, 3);
	ck_assert_str_eq(diagnostics.items[0].message, "a NUL byte is no text, remove it");
	ck_assert_int_eq(frontmatter_patch("P: \xff\n", 5, 2, page, &options, &diagnostics, &patch),
			 -EINVAL);
	ck_assert_uint_eq(diagnostics.items[1].line, 2);
	diagnostics_release(&diagnostics);
	json_decref(schema);
	json_decref(page);
}
END_TEST

START_TEST(every_error_of_a_head_is_reported_at_once)
{
	json_t *schema = fixture_schema("P", "number", "{}");
	struct frontmatter_options options = fixture_options(schema);
	expect_patch(
		"A long name: 1\nP: x\nicon: y\n", NULL, &options,
		"error 2:1 there is no property 'A long name', write one of: title, icon, cover, "
		"P, or add it in .schema.yaml\n"
		"error 3:4 'x' is no number for 'P', write digits such as 1234.5\n"
		"error 4:7 'y' is no icon, write an emoji, a URL, the path of an image, :name: or "
		"icon:pizza:blue\n");
	json_decref(schema);
}
END_TEST

START_TEST(properties_that_clash_with_the_pages_keys_stand_in_a_map)
{
	json_t *schema = fixture_schema("icon", "number", "{}");
	json_t *page = fixture_page("icon", "number", "1", "{}");
	(void)json_object_set_new(page, "icon", fixture_json("{'type':'emoji','emoji':'💡'}"));
	struct frontmatter_options options = fixture_options(schema);
	char *shown = fixture_head(page, &options);
	ck_assert_str_eq(shown, "icon: 💡\nproperties:\n  icon: 1\n");
	expect_patch(shown, page, &options, "{}");
	expect_patch("icon: 🍕\nproperties:\n  icon: 2\n", page, &options,
		     "{'icon':{'emoji':'🍕','type':'emoji'},'properties':{'icon':{'number':2}}}");
	free(shown);
	json_decref(schema);
	json_decref(page);

	schema = fixture_schema("title", "number", "{}");
	page = fixture_page("title", "number", "1", "{}");
	options.schema = schema;
	expect_patch("title: T\nproperties:\n  title: 2\n", page, &options,
		     "{'properties':{'Name':{'title':[{'text':{'content':'T'},'type':'text'}]},"
		     "'title':{'number':2}}}");
	json_decref(schema);
	json_decref(page);
}
END_TEST

/* Texts of a property that must come back as strings, whatever a YAML reader thinks of them. */
static const char *const hostile[] = {
	"no",
	"Yes",
	"~",
	"null",
	"0123",
	"1_000",
	"12:30",
	"0o17",
	".inf",
	"1e3",
	"=",
	"<<",
	"- a",
	"-",
	"?",
	"? x",
	": x",
	"a: b",
	"a:",
	"a #b",
	"#a",
	"[a",
	"{a}",
	"a, b",
	"*x",
	"&x",
	"!x",
	"|",
	">",
	"%x",
	"@x",
	"`x",
	"'x'",
	"\"x\"",
	" x",
	"x ",
	"\tx",
	"x\ty",
	"...",
	"--- x",
	"---",
	"a\nb",
	"a\n",
	"a\n\n",
	"\na",
	"\n",
	" a\nb",
	"a \nb",
	"a\n b",
	"a\r\nb",
	"\\n",
	"2026-11-21",
	"\x7f",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xef\xbb\xbf",
	"a\n---\nb",
	"a\n# b",
	"日本",
	"😀",
	"x: |-",
	"\x01",
	"C:\\x\\\"y",
	"a\n\n\nb\n\n\n",
	"y",
	"N",
	"+",
	"0x1F",
	"2001-12-14t21:59:43.10-05:00",
	"%",
	"a'b",
};

START_TEST(hostile_strings_are_quoted_so_that_they_come_back)
{
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		json_t *page = fixture_page("P", "url", "null", "{}");
		json_t *property = json_object_get(json_object_get(page, "properties"), "P");
		(void)json_object_set_new(property, "url", json_string(hostile[i]));
		struct frontmatter_options options = fixture_options(NULL);
		char *shown = fixture_head(page, &options);
		(void)json_object_set_new(property, "url", json_null());
		json_t *patch = NULL;
		ck_assert_int_eq(
			frontmatter_patch(shown, strlen(shown), 1, page, &options, NULL, &patch),
			0);
		const json_t *read = json_object_get(
			json_object_get(json_object_get(patch, "properties"), "P"), "url");
		ck_assert_msg(json_is_string(read), "%s was shown as %s", hostile[i], shown);
		ck_assert_str_eq(json_string_value(read), hostile[i]);
		json_decref(patch);
		json_decref(page);
		free(shown);
	}
}
END_TEST

START_TEST(hostile_names_of_properties_come_back)
{
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		json_t *page = fixture_page(hostile[i], "number", "7", "{}");
		json_t *schema = fixture_schema(hostile[i], "number", "{}");
		struct frontmatter_options options = fixture_options(schema);
		char *shown = fixture_head(page, &options);
		expect_patch(shown, page, &options, "{}");
		json_t *patch = NULL;
		ck_assert_int_eq(
			frontmatter_patch(shown, strlen(shown), 1, NULL, &options, NULL, &patch),
			0);
		const json_t *read =
			json_object_get(json_object_get(patch, "properties"), hostile[i]);
		ck_assert_msg(json_is_object(read), "%s was shown as %s", hostile[i], shown);
		json_decref(patch);
		json_decref(page);
		json_decref(schema);
		free(shown);
	}
}
END_TEST

START_TEST(a_page_without_anything_to_set_has_no_head)
{
	json_t *page =
		fixture_json("{'id':'" PAGE "','icon':null,'cover':null,'properties':{'title':"
			     "{'type':'title','title':" TEXT("Row") "}}}");
	struct frontmatter_options options = fixture_options(NULL);
	char *shown = fixture_head(page, &options);
	ck_assert_str_eq(shown, "");
	expect_patch("", page, &options, "{}");
	expect_patch("# only a comment\n", page, &options, "{}");
	free(shown);
	json_decref(page);
}
END_TEST

START_TEST(a_bomb_is_refused_in_no_time)
{
	struct frontmatter_options options = fixture_options(NULL);
	struct buf head;
	buf_init(&head, (size_t)4 << 20);
	json_t *patch = NULL;
	for (unsigned i = 0; i < 300000; i++) {
		buf_puts(&head, "[");
	}
	ck_assert_int_eq(frontmatter_patch(head.data, head.len, 1, NULL, &options, NULL, &patch),
			 -EINVAL);
	buf_clear(&head);
	for (unsigned i = 0; i < 60000; i++) {
		buf_printf(&head, "k%u: [a, b]\n", i);
	}
	ck_assert_int_eq(frontmatter_patch(head.data, head.len, 1, NULL, &options, NULL, &patch),
			 -EINVAL);
	buf_clear(&head);
	for (unsigned i = 0; i < 2000000; i++) {
		buf_puts(&head, "x");
	}
	ck_assert_int_eq(frontmatter_patch(head.data, head.len, 1, NULL, &options, NULL, &patch),
			 -EINVAL);
	ck_assert_ptr_null(patch);
	buf_release(&head);
}
END_TEST

SUITE_CASES = {
	&the_icon_of_a_page_is_a_key,
	&the_cover_of_a_page_is_a_key,
	&the_title_is_shown_only_when_the_name_cannot_carry_it,
	&a_file_asks_for_the_title_of_its_head_or_of_its_name,
	&a_head_that_is_wrong_says_where_and_what_to_do,
	&every_error_of_a_head_is_reported_at_once,
	&properties_that_clash_with_the_pages_keys_stand_in_a_map,
	&hostile_strings_are_quoted_so_that_they_come_back,
	&hostile_names_of_properties_come_back,
	&a_page_without_anything_to_set_has_no_head,
	&a_bomb_is_refused_in_no_time,
};
SUITE_MAIN("frontmatter")
