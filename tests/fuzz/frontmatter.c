/*
 * Any bytes as the head of a page that has every type of property: patch, title and splice must
 * end, and keep their promises: a splice asks for nothing, and the bytes as a property's text come
 * back from what they are rendered to.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/frontmatter.h"
#include "tests/unit/frontmatter_fixture.h"

#define OPTIONS "{'options':[{'id':'o1','name':'High'},{'id':'o2','name':'no'}],'groups':[]}"

static const struct {
	const char *name;
	const char *type;
	const char *config;
	const char *value;
} columns[] = {
	{"Note", "rich_text", "{}",
	 "[{'type':'text','text':{'content':'a *b*'},'annotations':{'bold':true}}]"},
	{"Points", "number", "{}", "0.5"},
	{"Prio", "select", OPTIONS, "{'name':'no'}"},
	{"Status", "status", OPTIONS, "{'name':'High'}"},
	{"Tags", "multi_select", OPTIONS, "[{'name':'no'},{'name':'High'}]"},
	{"Due", "date", "{}", "{'start':'2026-11-21T09:30:00.000+01:00','end':null}"},
	{"Who", "people", "{}", "[{'id':'" ADA "'},{'id':'" BOB "'}]"},
	{"Files", "files", "{}",
	 "[{'name':'a.pdf','file':{'url':'https://s3/a'}},{'external':{'url':'https://x.org'}}]"},
	{"Done", "checkbox", "{}", "true"},
	{"Link", "url", "{}", "'https://x.org'"},
	{"Mail", "email", "{}", "null"},
	{"Phone", "phone_number", "{}", "'+41'"},
	{"Rows", "relation", "{}", "[{'id':'" ROW_PLAN "'},{'id':'" ROW_UNKNOWN "'}]"},
	{"Sum", "formula", "{}", "{'type':'string','string':'x'}"},
	{"Where", "place", "{}", "{'lat':1,'lon':2.5,'name':'here'}"},
	{"Check", "verification", "{}", "{'state':'verified','date':{'start':'2026-01-01'}}"},
	{"Id", "unique_id", "{}", "{'prefix':'T','number':1}"},
};

static json_t *schema;
static json_t *page;

static void set_up(void)
{
	json_t *defined = json_object();
	json_t *present = json_object();
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		const char *type = columns[i].type;
		(void)json_object_set_new(defined, columns[i].name,
					  json_pack("{s:s, s:o}", "type", type, type,
						    fixture_json(columns[i].config)));
		(void)json_object_set_new(present, columns[i].name,
					  json_pack("{s:s, s:o}", "type", type, type,
						    fixture_json(columns[i].value)));
	}
	(void)json_object_set_new(present, "Name",
				  json_pack("{s:s, s:[]}", "type", "title", "title"));
	schema = json_pack("{s:o}", "properties", defined);
	page = json_pack("{s:s, s:{s:s, s:s}, s:o}", "id", PAGE, "icon", "type", "emoji", "emoji",
			 "💡", "properties", present);
}

static void expect_nothing(const char *head, size_t len, const json_t *of_page,
			   const struct frontmatter_options *options)
{
	json_t *patch = NULL;
	int err = frontmatter_patch(head, len, 1, of_page, options, NULL, &patch);
	assert(err == 0);
	assert(json_object_size(patch) == 0);
	json_decref(patch);
}

static void try_as_head(const char *head, size_t len, const struct frontmatter_options *options)
{
	struct diagnostics diagnostics;
	json_t *patch = NULL;
	diagnostics_init(&diagnostics);
	int err = frontmatter_patch(head, len, 1, page, options, &diagnostics, &patch);
	assert((err < 0) == diagnostics.has_error);
	json_decref(patch);
	patch = NULL;
	(void)!frontmatter_patch(head, len, 1, NULL, options, NULL, &patch);
	json_decref(patch);
	diagnostics_release(&diagnostics);

	char *title = NULL;
	if (frontmatter_title(head, len, "stem", &title) == 0) {
		assert(title != NULL);
	}
	free(title);

	struct buf spliced;
	buf_init(&spliced, BUF_PAGE_MAX_BYTES);
	if (frontmatter_splice(head, len, page, options, &spliced) == 0) {
		expect_nothing(spliced.data, spliced.len, page, options);
	}
	buf_release(&spliced);
}

static void try_as_text(const char *text, size_t len, const struct frontmatter_options *options)
{
	json_t *string = json_stringn(text, len);
	if (string == NULL || memchr(text, '\0', len) != NULL) {
		json_decref(string);
		return;
	}
	json_t *of_text = json_pack("{s:s, s:{s:{s:s, s:o}}}", "id", PAGE, "properties", "Link",
				    "type", "url", "url", string);
	struct buf head;
	buf_init(&head, BUF_PAGE_MAX_BYTES);
	frontmatter_render(of_text, options, &head);
	assert(head.len > 8);
	expect_nothing(head.data + 4, head.len - 8, of_text, options);
	buf_release(&head);
	json_decref(of_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (page == NULL) {
		set_up();
	}
	struct frontmatter_options options = {
		.schema = schema, .names = &fixture_names, .file_stem = "Row"};
	char *text = malloc(len + 1);
	memcpy(text, bytes, len);
	text[len] = '\0';
	try_as_head(text, len, &options);
	try_as_text(text, len, &options);
	free(text);
	return 0;
}
