#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/frontmatter.h"
#include "tests/unit/frontmatter_fixture.h"
#include "tests/unit/suite.h"

/* A row with several properties; `values` is JSON of name → value of the types below. */
static const struct {
	const char *name;
	const char *type;
} columns[] = {
	{"Status", "select"},  {"Due", "date"}, {"Tags", "multi_select"}, {"Points", "number"},
	{"Note", "rich_text"}, {"Link", "url"}, {"Sum", "formula"},
};

#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

static json_t *row_schema(void)
{
	json_t *properties = json_object();
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		(void)json_object_set_new(
			properties, columns[i].name,
			json_pack("{s:s, s:{}}", "type", columns[i].type, columns[i].type));
	}
	return json_pack("{s:o}", "properties", properties);
}

static json_t *row_page(const char *values)
{
	json_t *given = fixture_json(values);
	json_t *properties = json_object();
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		json_t *value = json_object_get(given, columns[i].name);
		if (value != NULL) {
			(void)json_object_set_new(properties, columns[i].name,
						  json_pack("{s:s, s:O}", "type", columns[i].type,
							    columns[i].type, value));
		}
	}
	json_t *page = json_pack("{s:s, s:O?, s:o}", "id", PAGE, "icon",
				 json_object_get(given, "icon"), "properties", properties);
	json_decref(given);
	return page;
}

static const struct {
	const char *head;
	const char *values;
	const char *expected; /* NULL: can't be spliced */
} rows[] = {
	/* Nothing differs: not a byte changes. */
	{"Points:   05   # five\n\n# a comment\nStatus:   'A'\n",
	 "{'Points':5,'Status':{'name':'A'}}",
	 "Points:   05   # five\n\n# a comment\nStatus:   'A'\n"},
	/* A value on its line: what stands behind it stays. */
	{"# head\nStatus: Open # urgent\nPoints: 1\n", "{'Points':1,'Status':{'name':'Done'}}",
	 "# head\nStatus: Done # urgent\nPoints: 1\n"},
	{"Points: 1\nStatus: Open\n", "{'Points':null,'Status':{'name':'Done'}}",
	 "Points:\nStatus: Done\n"},
	{"Points: # not yet\nStatus:\n", "{'Points':3,'Status':null}",
	 "Points: 3 # not yet\nStatus:\n"},
	{"Tags: [a, b] # two\nPoints: 1", "{'Points':2,'Tags':[{'name':'c'}]}",
	 "Tags: [c] # two\nPoints: 2\n"},
	{"\"Status\" : \"x\"\n", "{'Status':{'name':'no'}}", "\"Status\" : \"no\"\n"},
	/* Values of several lines. */
	{"Tags:\n  - a\n  # why b\n  - b\n# of Points\nPoints: 1\n",
	 "{'Points':1,'Tags':[{'name':'c'},{'name':'d'}]}",
	 "Tags: [c, d]\n# of Points\nPoints: 1\n"},
	{"Note: |-\n  one\n  two\n\n# of Points\nPoints: 1\n",
	 "{'Points':1,'Note':[{'type':'text','text':{'content':'x'}}]}",
	 "Note: x\n\n# of Points\nPoints: 1\n"},
	{"Note: x\nPoints: 1\n",
	 "{'Points':1,'Note':[{'type':'text','text':{'content':'one\\ntwo'}}]}",
	 "Note: |-\n  one\n  two\nPoints: 1\n"},
	{"Note: x # why\n", "{'Note':[{'type':'text','text':{'content':'one\\ntwo'}}]}",
	 "Note: \"one\\ntwo\" # why\n"},
	{"Due: {start: 2026-01-01,\n  end: 2026-01-02}\nPoints: 1\n",
	 "{'Points':1,'Due':{'start':'2026-01-03','end':null}}", "Due: 2026-01-03\nPoints: 1\n"},
	/* Newlines at a text's end: the user's blank lines never become part of it. */
	{"Note: |+\n  one\n\n\nPoints: 1\n",
	 "{'Points':1,'Note':[{'type':'text','text':{'content':'two\\n\\n'}}]}",
	 "Note: \"two\\n\\n\"\n\n\nPoints: 1\n"},
	{"Note: x\n\nPoints: 1\n",
	 "{'Points':1,'Note':[{'type':'text','text':{'content':'two\\n\\n'}}]}",
	 "Note: \"two\\n\\n\"\n\nPoints: 1\n"},
	{"Points: 1\n\n# of Link\nLink: https://x.org\n",
	 "{'Points':1,'Link':'https://x.org',"
	 "'Note':[{'type':'text','text':{'content':'two\\n\\n'}}]}",
	 "Points: 1\nNote: \"two\\n\\n\"\n\n# of Link\nLink: https://x.org\n"},
	{"Note: |+\n  two\n\nOld: 1\n\nLink: https://x.org\n",
	 "{'Link':'https://x.org','Note':[{'type':'text','text':{'content':'two\\n\\n'}}]}",
	 "Note: |+\n  two\n\nLink: https://x.org\n"},
	{"Note: |+\n  two\n\nPoints: 1\n",
	 "{'Points':2,'Note':[{'type':'text','text':{'content':'two\\n\\n'}}]}",
	 "Note: |+\n  two\n\nPoints: 2\n"},
	/* What the head has not: behind what precedes it. */
	{"# mine\nStatus: A\nPoints: 1\n",
	 "{'Status':{'name':'A'},'Due':{'start':'2026-01-01'},'Points':1,'Tags':[]}",
	 "# mine\nStatus: A\nDue: 2026-01-01\nPoints: 1\n"},
	{"Status: A\n", "{'icon':{'type':'emoji','emoji':'💡'},'Status':{'name':'A'}}",
	 "icon: 💡\nStatus: A\n"},
	{"icon: 💡\nStatus: A\n", "{'icon':null,'Status':{'name':'A'}}", "icon:\nStatus: A\n"},
	{"", "{'Points':1}", "Points: 1\n"},
	/* What is gone from the schema goes. */
	{"Old: 1 # gone\nStatus: A\nOlder:\n  - 2\nPoints: 1\n",
	 "{'Status':{'name':'A'},'Points':1}", "Status: A\nPoints: 1\n"},
	/* Read-only values follow the page. */
	{"Points: 1\n# read-only below, edits are ignored\nSum: 1\n",
	 "{'Points':1,'Sum':{'type':'number','number':2}}",
	 "Points: 1\n# read-only below, edits are ignored\nSum: 2\n"},
	{"Points: 1\n# read-only below, edits are ignored\n",
	 "{'Points':1,'Link':'https://x.org','Sum':{'type':'number','number':2}}",
	 "Points: 1\nLink: https://x.org\n# read-only below, edits are ignored\nSum: 2\n"},
	/* A map of properties is kept one. */
	{"properties:\n   Points: 1\n   Status: A\n",
	 "{'Points':2,'Status':{'name':'A'},'Link':'https://x.org'}",
	 "properties:\n   Points: 2\n   Link: https://x.org\n   Status: A\n"},
	/* Lines end as they did. */
	{"Points: 1\r\nStatus: A\r\n", "{'Points':2,'Status':{'name':'A'}}",
	 "Points: 2\r\nStatus: A\r\n"},
	/* Not ours to edit. */
	{"{Points: 1}\n", "{'Points':2}", NULL},
	{"Points: [\n", "{'Points':2}", NULL},
	{"? Points\n: 1\n", "{'Points':2}", NULL},
};

START_TEST(a_splice_changes_only_what_differs)
{
	json_t *schema = row_schema();
	struct frontmatter_options options = {
		.schema = schema, .names = &fixture_names, .file_stem = "Untitled"};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *page = row_page(rows[i].values);
		struct buf out;
		buf_init(&out, BUF_PAGE_MAX_BYTES);
		int err = frontmatter_splice(rows[i].head, strlen(rows[i].head), page, &options,
					     &out);
		if (rows[i].expected == NULL) {
			ck_assert_int_eq(err, -EINVAL);
			ck_assert_uint_eq(out.len, 0);
		} else {
			ck_assert_int_eq(err, 0);
			ck_assert_str_eq(out.data, rows[i].expected);
			json_t *patch = NULL;
			ck_assert_int_eq(frontmatter_patch(out.data, out.len, 1, page, &options,
							   NULL, &patch),
					 0);
			ck_assert_uint_eq(json_object_size(patch), 0);
			json_decref(patch);
		}
		buf_release(&out);
		json_decref(page);
	}
	json_decref(schema);
}
END_TEST

SUITE_CASES = {
	&a_splice_changes_only_what_differs,
};
SUITE_MAIN("frontmatter_splice")
