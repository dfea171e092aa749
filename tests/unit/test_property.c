#include "mapping/property.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/expect_patch.h"
#include "tests/unit/suite.h"

#define OPTIONS                                                                         \
	"{'options':[{'id':'o1','name':'High','color':'red'},{'id':'o2','name':'Low'}," \
	"{'id':'o3','name':'no'}],'groups':[{'id':'g','name':'To-do','option_ids':['o2']}]}"
#define TEXT(words)                                                                          \
	"[{'type':'text','text':{'content':'" words "','link':null},'annotations':{'bold':"  \
	"false,'italic':false,'strikethrough':false,'underline':false,'code':false,'color':" \
	"'default'},'plain_text':'" words "','href':null}]"
#define PERSON(id) "{'object':'user','id':'" id "'}"

/* One property P of a row: how it is shown, and what an edited line asks for. */
static const struct {
	const char *type;
	const char *config;
	const char *value;
	const char *shown;
	const char *edited;
	const char *patch; /* of P alone, or a whole diagnostic line */
} rows[] = {
	{"rich_text", "{}", TEXT("a: b"), "P: \"a: b\"\n", "P: new words\n",
	 "{'rich_text':[{'text':{'content':'new words'},'type':'text'}]}"},
	{"rich_text", "{}", "[]", "P:\n", "P: no\n",
	 "{'rich_text':[{'text':{'content':'no'},'type':'text'}]}"},
	{"rich_text", "{}", TEXT("two\\nlines"), "P: |-\n  two\n  lines\n", "P:\n",
	 "{'rich_text':[]}"},
	{"rich_text", "{}", TEXT("x"), "P: x\n", "P: [a, b]\n",
	 "error 2:4 'P' holds one value, write it behind the colon without brackets or braces\n"},
	{"number", "{'format':'number'}", "5", "P: 5\n", "P: 6.25\n", "{'number':6.25}"},
	{"number", "{}", "0.1", "P: 0.1\n", "P: +007\n", "{'number':7}"},
	{"number", "{}", "-12345678901234567890.0", "P: -1.2345678901234567e19\n", "P: .5\n",
	 "{'number':0.5}"},
	{"number", "{}", "1", "P: 1\n", "P:\n", "{'number':null}"},
	{"number", "{}", "null", "P:\n", "P: 12 apples\n",
	 "error 2:4 '12 apples' is no number for 'P', write digits such as 1234.5\n"},
	{"checkbox", "{}", "false", "P: false\n", "P: true\n", "{'checkbox':true}"},
	{"checkbox", "{}", "true", "P: true\n", "P:\n", "{'checkbox':false}"},
	{"checkbox", "{}", "true", "P: true\n", "P: maybe\n",
	 "error 2:4 'maybe' is no checkbox for 'P', write true or false\n"},
	{"select", OPTIONS, "{'id':'o1','name':'High','color':'red'}", "P: High\n", "P: no\n",
	 "{'select':{'name':'no'}}"},
	{"select", OPTIONS, "{'id':'o3','name':'no'}", "P: \"no\"\n", "P:\n", "{'select':null}"},
	{"select", OPTIONS, "null", "P:\n", "P: Hihg\n",
	 "error 2:4 'Hihg' is no option of 'P', did you mean 'High'? Allowed: High, Low, no\n"},
	{"select", OPTIONS, "null", "P:\n", "P: Entirely new\n",
	 "error 2:4 'Entirely new' is no option of 'P', write one of: High, Low, no\n"},
	{"status", OPTIONS, "{'id':'o1','name':'High'}", "P: High\n", "P: Low\n",
	 "{'status':{'name':'Low'}}"},
	{"status", OPTIONS, "{'id':'o1','name':'High'}", "P: High\n", "P:\n", "{'status':null}"},
	{"status", OPTIONS, "{'id':'o1','name':'High'}", "P: High\n", "P: Gone\n",
	 "error 2:4 'Gone' is no option of 'P', write one of: High, Low, no\n"},
	{"multi_select", OPTIONS, "[{'name':'Low'},{'name':'High'}]", "P: [Low, High]\n",
	 "P: [High, \"no\", High]\n", "{'multi_select':[{'name':'High'},{'name':'no'}]}"},
	{"multi_select", OPTIONS, "[]", "P:\n", "P: High, Low\n",
	 "{'multi_select':[{'name':'High'},{'name':'Low'}]}"},
	{"multi_select", OPTIONS, "[{'name':'Low'}]", "P: [Low]\n", "P:\n", "{'multi_select':[]}"},
	{"multi_select", OPTIONS, "[{'name':'Low'}]", "P: [Low]\n", "P:\n  - Low\n  - Hgh\n",
	 "error 4:5 'Hgh' is no option of 'P', did you mean 'High'? Allowed: High, Low, no\n"},
	{"date", "{}", "{'start':'2026-11-21','end':null,'time_zone':null}", "P: 2026-11-21\n",
	 "P: 2026-11-22\n", "{'date':{'start':'2026-11-22'}}"},
	{"date", "{}",
	 "{'start':'2026-11-21T09:30:00.000+01:00','end':'2026-11-21T10:30:00.000+01:00'}",
	 "P: {start: 2026-11-21T09:30+01:00, end: 2026-11-21T10:30+01:00}\n",
	 "P: {start: 2026-11-21T09:30+01:00}\n",
	 "{'date':{'start':'2026-11-21T09:30:00.000+01:00'}}"},
	{"date", "{}", "{'start':'2026-11-21','end':'2026-11-25'}",
	 "P: {start: 2026-11-21, end: 2026-11-25}\n", "P:\n", "{'date':null}"},
	{"date", "{}", "null", "P:\n", "P: 2026-11-21T09:30\n",
	 "{'date':{'start':'2026-11-21T09:30:00.000+00:00'}}"},
	{"date", "{}", "null", "P:\n", "P: {start: 2026-11-21T09:30, time_zone: Europe/Berlin}\n",
	 "{'date':{'start':'2026-11-21T09:30:00.000','time_zone':'Europe/Berlin'}}"},
	{"date", "{}", "null", "P:\n", "P: 2026-02-30\n",
	 "error 2:4 '2026-02-30' is no date for 'P', write 2026-11-21 or 2026-11-21T09:30+01:00\n"},
	{"date", "{}", "null", "P:\n", "P: {start: 2026-02-03, end: 2026-02-02}\n",
	 "error 2:29 the end of 'P' is before its start, swap them\n"},
	{"people", "{}", "[" PERSON(ADA) "," PERSON(BOB) "," PERSON(BOB_TOO) "]",
	 "P: [Ada, Bob <bob@example.com>, Bob <" BOB_TOO ">]\n", "P: [bob@example.com]\n",
	 "{'people':[{'id':'" BOB "'}]}"},
	{"people", "{}", "[{'object':'user','id':'" ROW_UNKNOWN "','name':'Eve: x'}]",
	 "P: [\"Eve: x <" ROW_UNKNOWN ">\"]\n", "P: [\"Eve: x <" ROW_UNKNOWN ">\", Ada, " BOB "]\n",
	 "{'people':[{'id':'" ROW_UNKNOWN "'},{'id':'" ADA "'},{'id':'" BOB "'}]}"},
	{"people", "{}", "[]", "P:\n", "P: [Ada, Bob]\n",
	 "error 2:10 'Bob' is nobody, or more than one, in this workspace, write the name as "
	 "Notion shows it, the email, or 'Name <email>'\n"},
	{"people", "{}", "[" PERSON(ADA) "]", "P: [Ada]\n", "P:\n", "{'people':[]}"},
	{"relation", "{'data_source_id':'" PAGE "'}",
	 "[{'id':'" ROW_LOGIN "'},{'id':'" ROW_PLAN "'},{'id':'" ROW_UNKNOWN "'}]",
	 "P:\n  - Fix login\n  - \"Plan: phase 2\"\n"
	 "  - https://www.notion.so/66666666666646668666666666666666\n",
	 "P: [Fix login, https://www.notion.so/x-66666666666646668666666666666666]\n",
	 "{'relation':[{'id':'" ROW_LOGIN "'},{'id':'" ROW_UNKNOWN "'}]}"},
	{"relation", "{}", "[]", "P:\n", "P: " ROW_UNKNOWN "\n",
	 "{'relation':[{'id':'" ROW_UNKNOWN "'}]}"},
	{"relation", "{}", "[{'id':'" ROW_LOGIN "'}]", "P: [Fix login]\n", "P:\n",
	 "{'relation':[]}"},
	{"relation", "{}", "[]", "P:\n", "P: [Fix logn]\n",
	 "error 2:5 'Fix logn' is no row of the database that 'P' points to, write the name of "
	 "the row's file without .md, its path, or its URL\n"},
	{"files", "{}",
	 "[{'name':'a.pdf','type':'file','file':{'url':'https://s3/a.pdf?X-Amz=1',"
	 "'expiry_time':'2026'}},{'name':'b','type':'external','external':{'url':"
	 "'https://x.org/b'}}]",
	 "P: [\"https://s3/a.pdf\", \"https://x.org/b\"]\n",
	 "P: [\"https://x.org/c/d.png?q\", a.pdf]\n",
	 "{'files':[{'external':{'url':'https://x.org/c/d.png?q'},'name':'d.png','type':"
	 "'external'},{'file':{'url':'https://s3/a.pdf?X-Amz=1'},'name':'a.pdf','type':'file'}]}"},
	{"files", "{}", "[]", "P:\n", "P: [local.pdf]\n",
	 "error 2:5 'local.pdf' is no file of 'P' and none in the mount, write the https:// URL or "
	 "the path of one\n"},
	{"url", "{}", "'https://x.org'", "P: https://x.org\n", "P:\n", "{'url':null}"},
	{"email", "{}", "null", "P:\n", "P: a@b.org\n", "{'email':'a@b.org'}"},
	{"phone_number", "{}", "'+41 44 123'", "P: \"+41 44 123\"\n", "P: 0123\n",
	 "{'phone_number':'0123'}"},
	{"place", "{}", "{'lat':52.5,'lon':13.4,'name':'B','address':null}",
	 "P: {lat: 52.5, lon: 13.4, name: B}\n", "P: {lat: 1, lon: 2}\n",
	 "{'place':{'lat':1,'lon':2}}"},
	{"place", "{}", "{'lat':52.5,'lon':13.4}", "P: {lat: 52.5, lon: 13.4}\n", "P: Berlin\n",
	 "error 2:4 'P' is a place, write {lat: 52.5, lon: 13.4, name: …}\n"},
	{"place", "{}", "{'lat':52.5,'lon':13.4}", "P: {lat: 52.5, lon: 13.4}\n", "P:\n",
	 "{'place':null}"},
	{"verification", "{}",
	 "{'state':'verified','date':{'start':'2026-01-01'},'verified_by':" PERSON(ADA) "}",
	 "P: {state: verified, date: 2026-01-01, verified_by: Ada}\n", "P: unverified\n",
	 "{'verification':{'state':'unverified'}}"},
	{"verification", "{}", "null", "P:\n",
	 "P: {state: verified, date: {start: 2026-01-01, end: 2026-02-01}}\n",
	 "{'verification':{'date':{'end':'2026-02-01','start':'2026-01-01'},'state':'verified'}}"},
	{"verification", "{}", "null", "P:\n", "P: expired\n",
	 "error 2:4 the state of 'P' can be set to verified or unverified, write one of the two\n"},
};

START_TEST(each_type_is_shown_and_an_edit_asks_for_its_write_shape)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *schema = fixture_schema("P", rows[i].type, rows[i].config);
		json_t *page = fixture_page("P", rows[i].type, rows[i].value, "{}");
		struct frontmatter_options options = fixture_options(schema);
		char *shown = fixture_head(page, &options);
		ck_assert_str_eq(shown, rows[i].shown);
		expect_patch(shown, page, &options, "{}");

		char *text = fixture_patch(rows[i].edited, page, &options);
		char expected[1000];
		bool is_error = strncmp(rows[i].patch, "error", 5) == 0;
		(void)snprintf(expected, sizeof expected,
			       is_error ? "%s" : "{'properties':{'P':%s}}", rows[i].patch);
		ck_assert_str_eq(text, expected);
		free(text);

		/* A new row takes the same line; an empty one sets nothing. */
		text = fixture_patch(rows[i].edited, NULL, &options);
		if (strcmp(rows[i].edited, "P:\n") == 0) {
			ck_assert_str_eq(text, "{}");
		} else if (strstr(rows[i].edited, "a.pdf") == NULL) {
			ck_assert_str_eq(text, expected);
		}
		free(text);
		free(shown);
		json_decref(schema);
		json_decref(page);
	}
}
END_TEST

/* Lines that say the same in other words: no change. */
static const struct {
	const char *type;
	const char *value;
	const char *line;
} same[] = {
	{"number", "5", "P: 5.0\n"},
	{"number", "5.0", "P: \"05\"\n"},
	{"number", "0.1", "P: 1e-1\n"},
	{"date", "{'start':'2026-11-21T09:30:00.000+01:00'}", "P: 2026-11-21T08:30Z\n"},
	{"date", "{'start':'2026-11-21T09:30:00.000+01:00'}",
	 "P: {start: 2026-11-21 09:30 +0100}\n"},
	{"date", "{'start':'2026-11-21T09:30:00.000+00:00'}", "P: 2026-11-21T09:30\n"},
	{"multi_select", "[{'name':'Low'},{'name':'High'}]", "P: [High, Low]\n"},
	{"multi_select", "[{'name':'Gone'}]", "P: Gone\n"},
	{"status", "{'id':'o2','name':'Low'}", "P:\n"},
	{"select", "null", "P: ~\n"},
	{"select", "{'name':'Gone'}", "P: 'Gone' # kept\n"},
	{"checkbox", "false", "P:\n"},
	{"people", "[" PERSON(ADA) "," PERSON(BOB) "]", "P: [bob@example.com, ada@example.com]\n"},
	{"relation", "[{'id':'" ROW_LOGIN "'}]", "P: " ROW_LOGIN "\n"},
	{"rich_text", TEXT("x y"), "P: 'x y'\n"},
	{"place", "{'lat':1,'lon':2,'name':'n'}", "P: {name: n, lon: 2.0, lat: 1}\n"},
	{"verification", "{'state':'expired'}", "P: {state: expired}\n"},
	{"url", "null", "P: \"\"\n"},
};

START_TEST(equality_is_by_value)
{
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		json_t *schema = fixture_schema("P", same[i].type, OPTIONS);
		json_t *page = fixture_page("P", same[i].type, same[i].value, "{}");
		struct frontmatter_options options = fixture_options(schema);
		expect_patch(same[i].line, page, &options, "{}");
		json_decref(schema);
		json_decref(page);
	}
}
END_TEST

static const struct {
	const char *type;
	const char *value;
	const char *shown; /* without the comment line; "" = not in the text */
} computed[] = {
	{"formula", "{'type':'string','string':'no'}", "P: \"no\"\n"},
	{"formula", "{'type':'string','string':null}", "P:\n"},
	{"formula", "{'type':'number','number':0.30000000000000004}", "P: 0.30000000000000004\n"},
	{"formula", "{'type':'boolean','boolean':true}", "P: true\n"},
	{"formula", "{'type':'date','date':{'start':'2026-11-21','end':null}}", "P: 2026-11-21\n"},
	{"formula", "{'type':'unsupported','unsupported':{}}", "P:\n"},
	{"rollup", "{'type':'number','number':3,'function':'sum'}", "P: 3\n"},
	{"rollup",
	 "{'type':'array','array':[{'type':'title','title':" TEXT(
		 "A") "},{'type':'select',"
		      "'select':{'name':'B'}},{'type':'multi_select','multi_select':[{'name':'C'},{"
		      "'name':'D'}]},"
		      "{'type':'number','number':null},{'type':'people','people':[" PERSON(
			      ADA) "]},{'type':"
				   "'formula','formula':{'type':'number','number':7}}],'function':'"
				   "show_original'}",
	 "P: [A, B, C, D, Ada, 7]\n"},
	{"unique_id", "{'prefix':'TASK','number':12}", "P: TASK-12\n"},
	{"unique_id", "{'prefix':null,'number':12}", "P: 12\n"},
	{"created_time", "'2026-06-27T16:49:00.000Z'", "P: 2026-06-27T16:49Z\n"},
	{"created_by", PERSON(ADA), "P: Ada\n"},
	{"last_edited_time", "'2026-06-27T16:49:00.000Z'", ""},
	{"last_edited_by", PERSON(ADA), ""},
	{"button", "{}", ""},
	{"of_the_future", "{'x':1}", ""},
};

START_TEST(computed_values_stand_below_the_comment_and_edits_of_them_are_warnings)
{
	for (size_t i = 0; i < sizeof computed / sizeof computed[0]; i++) {
		json_t *schema = fixture_schema("P", computed[i].type, "{}");
		json_t *page = fixture_page("P", computed[i].type, computed[i].value, "{}");
		struct frontmatter_options options = fixture_options(schema);
		char *shown = fixture_head(page, &options);
		char expected[400] = "";
		if (computed[i].shown[0] != '\0') {
			(void)snprintf(expected, sizeof expected,
				       "# read-only below, edits are ignored\n%s",
				       computed[i].shown);
		}
		ck_assert_str_eq(shown, expected);
		expect_patch(shown, page, &options, "{}");
		expect_patch("P: something\n", page, &options,
			     "warning 2:4 'P' is computed by Notion, the edit is ignored\n{}");
		expect_patch("P: something\n", NULL, &options, "{}");
		free(shown);
		json_decref(schema);
		json_decref(page);
	}
}
END_TEST

START_TEST(an_unknown_option_is_created_only_when_asked_for)
{
	json_t *schema = fixture_schema("P", "select", OPTIONS);
	json_t *page = fixture_page("P", "select", "null", "{}");
	struct frontmatter_options options = fixture_options(schema);
	options.create_options = true;
	expect_patch("P: Mid\n", page, &options, "{'properties':{'P':{'select':{'name':'Mid'}}}}");
	expect_patch("P: \"a, b\"\n", page, &options,
		     "error 2:4 an option of 'P' has no comma and at most 100 characters, shorten "
		     "it\n");
	json_decref(schema);
	json_decref(page);
	schema = fixture_schema("P", "status", OPTIONS);
	page = fixture_page("P", "status", "null", "{}");
	options.schema = schema;
	expect_patch("P: Mid\n", page, &options,
		     "error 2:4 'Mid' is no option of 'P', write one of: High, Low, no\n");
	json_decref(schema);
	json_decref(page);
}
END_TEST

START_TEST(a_list_that_was_cut_is_shown_and_never_written_from)
{
	json_t *schema = fixture_schema("P", "relation", "{}");
	json_t *page =
		fixture_page("P", "relation", "[{'id':'" ROW_LOGIN "'}]", "{'has_more':true}");
	struct frontmatter_options options = fixture_options(schema);
	expect_patch("P: [Fix login]\n", page, &options, "{}");
	expect_patch(
		"P:\n", page, &options,
		"error 2:3 'P' has more values than were fetched, it can be changed only after "
		"the whole list was fetched, undo this line and try again later\n");
	json_decref(schema);
	json_decref(page);
}
END_TEST

START_TEST(twenty_five_people_are_taken_for_a_cut_list)
{
	struct buf people;
	buf_init(&people, 4000);
	for (unsigned i = 0; i < 25; i++) {
		buf_printf(&people, "%s{'id':'11111111-1111-4111-8111-1111111111%02u'}",
			   i == 0 ? "[" : ",", i);
	}
	buf_puts(&people, "]");
	json_t *schema = fixture_schema("P", "people", "{}");
	json_t *page = fixture_page("P", "people", people.data, "{}");
	struct frontmatter_options options = fixture_options(schema);
	char *text = fixture_patch("P: [Ada]\n", page, &options);
	ck_assert_ptr_nonnull(strstr(text, "error 2:4 'P' has more values than were fetched"));
	free(text);
	json_decref(page);
	page = fixture_page("P", "people", people.data, "{'has_more':false}");
	expect_patch("P: [Ada]\n", page, &options,
		     "{'properties':{'P':{'people':[{'id':'" ADA "'}]}}}");
	json_decref(page);
	json_decref(schema);
	buf_release(&people);
}
END_TEST

START_TEST(times_without_an_offset_are_in_the_zone_of_the_mount)
{
	json_t *schema = fixture_schema("P", "date", "{}");
	json_t *page = fixture_page("P", "date", "null", "{}");
	struct frontmatter_options options = fixture_options(schema);
	options.time_zone = "Europe/Berlin";
	expect_patch("P: 2026-11-21T09:30\n", page, &options,
		     "{'properties':{'P':{'date':{'start':'2026-11-21T09:30:00.000','time_zone':"
		     "'Europe/Berlin'}}}}");
	expect_patch("P: 2026-11-21T09:30:15-05:00\n", page, &options,
		     "warning 2:4 Notion keeps no seconds, they are dropped from 'P'\n"
		     "{'properties':{'P':{'date':{'start':'2026-11-21T09:30:00.000-05:00'}}}}");
	expect_patch("P: 2026-11-21\n", page, &options,
		     "{'properties':{'P':{'date':{'start':'2026-11-21'}}}}");
	json_decref(schema);
	json_decref(page);
}
END_TEST

SUITE_CASES = {
	&each_type_is_shown_and_an_edit_asks_for_its_write_shape,
	&equality_is_by_value,
	&computed_values_stand_below_the_comment_and_edits_of_them_are_warnings,
	&an_unknown_option_is_created_only_when_asked_for,
	&a_list_that_was_cut_is_shown_and_never_written_from,
	&twenty_five_people_are_taken_for_a_cut_list,
	&times_without_an_offset_are_in_the_zone_of_the_mount,
};
SUITE_MAIN("property")
