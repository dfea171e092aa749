#include "mapping/frontmatter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/frontmatter_fixture.h"
#include "tests/unit/suite.h"

static struct frontmatter_options options_of(const json_t *schema)
{
	return (struct frontmatter_options){
		.schema = schema, .names = &fixture_names, .file_stem = "Row"};
}

/* The bytes between the `---` lines; the caller frees. */
static char *render_inner(const json_t *page, const struct frontmatter_options *options)
{
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	frontmatter_render(page, options, &out);
	ck_assert_int_eq(buf_check(&out), 0);
	if (out.len == 0) {
		return buf_steal(&out, NULL);
	}
	ck_assert_uint_ge(out.len, 8);
	ck_assert_int_eq(strncmp(out.data, "---\n", 4), 0);
	ck_assert_str_eq(out.data + out.len - 4, "---\n");
	buf_truncate(&out, out.len - 4);
	buf_splice(&out, 0, 4, NULL, 0);
	return buf_steal(&out, NULL);
}

/* Compact, sorted JSON of what a head asks for, or "error L:C message"; the caller frees.
 * Warnings are put in front: "warning L:C message\n". */
static char *patch_text(const char *head, const json_t *page,
			const struct frontmatter_options *options)
{
	struct diagnostics diagnostics;
	struct buf out;
	json_t *patch = NULL;
	diagnostics_init(&diagnostics);
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	int err = frontmatter_patch(head, strlen(head), 2, page, options, &diagnostics, &patch);
	for (size_t i = 0; i < diagnostics.count; i++) {
		const struct diagnostic *item = &diagnostics.items[i];
		buf_printf(&out, "%s %u:%u %s\n",
			   item->severity == SEVERITY_ERROR ? "error" : "warning", item->line,
			   item->column, item->message);
	}
	ck_assert_int_eq(err, diagnostics.has_error ? -EINVAL : 0);
	if (err == 0) {
		char *json = json_dumps(patch, JSON_COMPACT | JSON_SORT_KEYS);
		buf_puts(&out, json);
		free(json);
		json_decref(patch);
	}
	diagnostics_release(&diagnostics);
	for (char *c = out.data; *c != '\0'; c++) {
		if (*c == '"') {
			*c = '\'';
		}
	}
	return buf_steal(&out, NULL);
}

static void expect_patch(const char *head, const json_t *page,
			 const struct frontmatter_options *options, const char *expected)
{
	char *text = patch_text(head, page, options);
	ck_assert_str_eq(text, expected);
	free(text);
}

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
	 "P: [a.pdf, \"https://x.org/b\"]\n", "P: [\"https://x.org/c/d.png?q\", a.pdf]\n",
	 "{'files':[{'external':{'url':'https://x.org/c/d.png?q'},'name':'d.png','type':"
	 "'external'},{'file':{'url':'https://s3/a.pdf?X-Amz=1'},'name':'a.pdf','type':'file'}]}"},
	{"files", "{}", "[]", "P:\n", "P: [local.pdf]\n",
	 "error 2:5 'local.pdf' is no file of 'P' yet, write the https:// URL of one or add it in "
	 "Notion\n"},
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
		struct frontmatter_options options = options_of(schema);
		char *shown = render_inner(page, &options);
		ck_assert_str_eq(shown, rows[i].shown);
		expect_patch(shown, page, &options, "{}");

		char *text = patch_text(rows[i].edited, page, &options);
		char expected[1000];
		bool is_error = strncmp(rows[i].patch, "error", 5) == 0;
		(void)snprintf(expected, sizeof expected,
			       is_error ? "%s" : "{'properties':{'P':%s}}", rows[i].patch);
		ck_assert_str_eq(text, expected);
		free(text);

		/* A new row takes the same line; an empty one sets nothing. */
		text = patch_text(rows[i].edited, NULL, &options);
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
		struct frontmatter_options options = options_of(schema);
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
		struct frontmatter_options options = options_of(schema);
		char *shown = render_inner(page, &options);
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
	struct frontmatter_options options = options_of(schema);
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
	struct frontmatter_options options = options_of(schema);
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
	struct frontmatter_options options = options_of(schema);
	char *text = patch_text("P: [Ada]\n", page, &options);
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
	struct frontmatter_options options = options_of(schema);
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
	 "icon: \":party:\"\n", "icon: \":smile:\"\n",
	 "{'icon':{'custom_emoji':{'id':'" SMILE "'},'type':'custom_emoji'}}"},
	{"{'type':'file','file':{'url':'https://s3/x/me.png?sig'}}", "icon: me.png\n",
	 "icon: you.png\n",
	 "error 2:7 'you.png' is no icon, write an emoji, a URL, :name: or icon:pizza:blue\n"},
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
		struct frontmatter_options options = options_of(NULL);
		options.file_stem = "Untitled";
		char *shown = render_inner(page, &options);
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
	struct frontmatter_options options = options_of(NULL);
	char *shown = render_inner(page, &options);
	ck_assert_str_eq(shown, "cover: https://x.org/c.png\n");
	expect_patch(shown, page, &options, "{}");
	expect_patch("", page, &options, "{}");
	expect_patch("cover:\n", page, &options, "{'cover':null}");
	expect_patch("cover: https://x.org/d\n", page, &options,
		     "{'cover':{'external':{'url':'https://x.org/d'},'type':'external'}}");
	expect_patch("cover: d.png\n", page, &options,
		     "error 2:8 'd.png' is no cover, write the https:// URL of an image\n");
	free(shown);
	json_decref(page);
}
END_TEST

START_TEST(the_title_is_shown_only_when_the_name_cannot_carry_it)
{
	json_t *page =
		fixture_json("{'id':'" PAGE
			     "','properties':{'title':{'type':'title','title':" TEXT("Row") "}}}");
	struct frontmatter_options options = options_of(NULL);
	char *shown = render_inner(page, &options);
	ck_assert_str_eq(shown, "");
	free(shown);
	options.file_stem = "Row ~8888";
	shown = render_inner(page, &options);
	ck_assert_str_eq(shown, "");
	free(shown);
	options.file_stem = "Other";
	shown = render_inner(page, &options);
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
	struct frontmatter_options options = options_of(schema);
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
	struct frontmatter_options options = options_of(schema);
	expect_patch(
		"A long name: 1\nP: x\nicon: y\n", NULL, &options,
		"error 2:1 there is no property 'A long name', write one of: title, icon, cover, "
		"P, or add it in .schema.yaml\n"
		"error 3:4 'x' is no number for 'P', write digits such as 1234.5\n"
		"error 4:7 'y' is no icon, write an emoji, a URL, :name: or icon:pizza:blue\n");
	json_decref(schema);
}
END_TEST

START_TEST(properties_that_clash_with_the_pages_keys_stand_in_a_map)
{
	json_t *schema = fixture_schema("icon", "number", "{}");
	json_t *page = fixture_page("icon", "number", "1", "{}");
	(void)json_object_set_new(page, "icon", fixture_json("{'type':'emoji','emoji':'💡'}"));
	struct frontmatter_options options = options_of(schema);
	char *shown = render_inner(page, &options);
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
		struct frontmatter_options options = options_of(NULL);
		char *shown = render_inner(page, &options);
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
		struct frontmatter_options options = options_of(schema);
		char *shown = render_inner(page, &options);
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
	struct frontmatter_options options = options_of(NULL);
	char *shown = render_inner(page, &options);
	ck_assert_str_eq(shown, "");
	expect_patch("", page, &options, "{}");
	expect_patch("# only a comment\n", page, &options, "{}");
	free(shown);
	json_decref(page);
}
END_TEST

START_TEST(a_bomb_is_refused_in_no_time)
{
	struct frontmatter_options options = options_of(NULL);
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
	&each_type_is_shown_and_an_edit_asks_for_its_write_shape,
	&equality_is_by_value,
	&computed_values_stand_below_the_comment_and_edits_of_them_are_warnings,
	&an_unknown_option_is_created_only_when_asked_for,
	&a_list_that_was_cut_is_shown_and_never_written_from,
	&twenty_five_people_are_taken_for_a_cut_list,
	&times_without_an_offset_are_in_the_zone_of_the_mount,
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
