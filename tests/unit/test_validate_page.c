#include "tests/unit/validate_case.h"

#define UUID "8d1e5c6a-0f3b-4a57-9c64-2f6f0a1b3c4d"
#define UPDATE validate_page_update(body, &message)

START_TEST(a_page_has_one_kind_of_parent)
{
	ASSERT_TAKES(json_of("{'parent':{'page_id':'" UUID "'}}"), CREATE);
	ASSERT_TAKES(json_of("{'parent':{'type':'data_source_id','data_source_id':'" UUID "'}}"),
		     CREATE);
	ASSERT_TAKES(json_of("{'parent':{'workspace':true}}"), CREATE);
	ASSERT_REFUSES(json_of("{'parent':{}}"), CREATE,
		       "body failed validation. Fix one:\n"
		       "body.parent.page_id should be defined, instead was `undefined`.\n"
		       "body.parent.database_id should be defined, instead was `undefined`.\n"
		       "body.parent.data_source_id should be defined, instead was `undefined`.\n"
		       "body.parent.workspace should be defined, instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'parent':{'page_id':'12345678-1234-1234-1234-123456789abc'}}"),
		       CREATE,
		       "body failed validation: body.parent.page_id should be a valid uuid, "
		       "instead was `\"12345678-1234-1234-1234-123456789abc\"`.");
	ASSERT_REFUSES(json_of("{'parent':{'page_id':'" UUID "','database_id':'" UUID "'}}"),
		       CREATE,
		       "body failed validation: body.parent.database_id should be not present, "
		       "instead was `\"" UUID "\"`.");
}
END_TEST

START_TEST(a_page_is_filled_in_one_way)
{
	ASSERT_TAKES(json_of("{'markdown':'# a'}"), CREATE);
	ASSERT_TAKES(json_of("{'content':[" PARAGRAPH "]}"), CREATE);
	ASSERT_REFUSES(json_of("{'children':[],'markdown':'# a'}"), CREATE,
		       "body failed validation: body.markdown should be not present, "
		       "instead was `\"# a\"`.");
	ASSERT_REFUSES(json_of("{'children':[{'column':{'children':[]}}]}"), CREATE,
		       "A column can't be a child of a page.");
	ASSERT_REFUSES(json_of("{'title':'a'}"), CREATE,
		       "body failed validation: body.title should be not present, "
		       "instead was `\"a\"`.");
}
END_TEST

START_TEST(icons_and_covers_of_pages_may_be_null)
{
	ASSERT_TAKES(json_of("{'icon':null,'cover':null}"), CREATE);
	ASSERT_TAKES(json_of("{'icon':{'type':'emoji','emoji':'☕'}}"), UPDATE);
	ASSERT_TAKES(json_of("{'cover':{'external':{'url':'https://a.example/a.jpg'}}}"), UPDATE);
	ASSERT_REFUSES(json_of("{'icon':{'emoji':'coffee'}}"), UPDATE,
		       "body failed validation: body.icon.emoji should be an emoji, "
		       "instead was `\"coffee\"`.");
	ASSERT_REFUSES(json_of("{'cover':{'external':{'url':'a.jpg'}}}"), UPDATE,
		       "Content creation Failed. Fix the following: \nInvalid page cover URL.");
	ASSERT_REFUSES(json_of("{'icon':'☕'}"), UPDATE,
		       "body failed validation: body.icon should be an object, `null`, or "
		       "`undefined`, instead was `\"☕\"`.");
}
END_TEST

START_TEST(a_page_moves_to_the_trash_by_in_trash_alone)
{
	ASSERT_TAKES(json_of("{'in_trash':true,'is_locked':false,'erase_content':true}"), UPDATE);
	ASSERT_REFUSES(json_of("{'archived':true}"), UPDATE,
		       "body failed validation: body.archived should be not present, "
		       "instead was `true`.");
	ASSERT_REFUSES(json_of("{'parent':{'page_id':'" UUID "'}}"), UPDATE,
		       "body failed validation: body.parent should be not present, "
		       "instead was `{\"page_id\":\"" UUID "\"}`.");
}
END_TEST

START_TEST(positions_and_templates_name_what_they_need)
{
	ASSERT_TAKES(json_of("{'position':{'type':'page_start'}}"), CREATE);
	ASSERT_REFUSES(json_of("{'position':{'type':'start'}}"), CREATE,
		       "body failed validation: body.position.type should be `\"after_block\"`, "
		       "`\"page_start\"`, or `\"page_end\"`, instead was `\"start\"`.");
	ASSERT_TAKES(json_of("{'template':{'type':'none'}}"), CREATE);
	ASSERT_REFUSES(json_of("{'template':{'type':'template_id'}}"), CREATE,
		       "body failed validation: body.template.template_id should be defined, "
		       "instead was `undefined`.");
}
END_TEST

START_TEST(every_writable_property_type_passes)
{
	ASSERT_TAKES(json_of("{'properties':{"
			     "'a':{'title':[]},'b':{'type':'rich_text','rich_text':[]},"
			     "'c':{'number':1.5},'d':{'number':null},'e':{'select':{'name':'x'}},"
			     "'f':{'select':null},'g':{'multi_select':[{'id':'x'}]},"
			     "'h':{'status':{'name':'x','color':'red'}},"
			     "'i':{'date':{'start':'2026-01-31','end':null,'time_zone':null}},"
			     "'j':{'date':{'start':'2026-01-31T09:30:00.000+01:00'}},"
			     "'k':{'people':[{'object':'user','id':'" UUID "'}]},"
			     "'l':{'files':[{'name':'a','external':{'url':'https://a.example'}},"
			     "{'file_upload':{'id':'" UUID "'}},"
			     "{'name':'b','type':'file','file':{'url':'https://a.example',"
			     "'expiry_time':'2026-01-31T09:30:00.000Z'}}]},"
			     "'m':{'checkbox':true},'n':{'url':null},'o':{'email':'a@a.example'},"
			     "'p':{'phone_number':'1'},'q':{'relation':[{'id':'" UUID "'}]},"
			     "'r':{'place':{'lat':1,'lon':2.5}},"
			     "'s':{'verification':{'state':'unverified'}}}}"),
		     UPDATE);
}
END_TEST

START_TEST(property_values_of_the_wrong_kind_are_refused)
{
	ASSERT_REFUSES(json_of("{'properties':{'P':{'url':''}}}"), UPDATE,
		       "body failed validation: body.properties.P.url should be populated or "
		       "`null`, instead was `\"\"`.");
	ASSERT_REFUSES(json_of("{'properties':{'P':{'email':''}}}"), UPDATE,
		       "body failed validation: body.properties.P.email should be populated or "
		       "`null`, instead was `\"\"`.");
	ASSERT_REFUSES(json_of("{'properties':{'P':{'phone_number':''}}}"), UPDATE,
		       "body failed validation: body.properties.P.phone_number should be populated "
		       "or `null`, instead was `\"\"`.");
	ASSERT_REFUSES(json_of("{'properties':{'P':{'number':'1'}}}"), UPDATE,
		       "body failed validation: body.properties.P.number should be a number or "
		       "`null`, instead was `\"1\"`.");
	ASSERT_REFUSES(json_of("{'properties':{'P':{'checkbox':null}}}"), UPDATE,
		       "body failed validation: body.properties.P.checkbox should be a boolean, "
		       "instead was `null`.");
	ASSERT_REFUSES(json_of("{'properties':{'P':{'date':{'start':'2022/01/02'}}}}"), UPDATE,
		       "body failed validation: body.properties.P.date.start should be a valid "
		       "ISO 8601 date string, instead was `\"2022/01/02\"`.");
	ASSERT_REFUSES(json_of("{'properties':{'P':{'select':{}}}}"), UPDATE,
		       "body failed validation. Fix one:\n"
		       "body.properties.P.select.id should be defined, instead was `undefined`.\n"
		       "body.properties.P.select.name should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'properties':{'P':{'files':[{'external':"
			       "{'url':'https://a.example'}}]}}}"),
		       UPDATE,
		       "body failed validation: body.properties.P.files[0].name should be "
		       "defined, instead was `undefined`.");
}
END_TEST

START_TEST(read_only_properties_cannot_be_written)
{
	static const char *const types[] = {"formula",	  "rollup",	    "created_time",
					    "created_by", "last_edited_by", "last_edited_time",
					    "unique_id",  "button"};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		json_t *body = json_pack("{s:{s:{s:{}}}}", "properties", "P", types[i]);
		char *message = NULL;
		char line[120];
		snprintf(line, sizeof line,
			 "body.properties.P.%s should be not present, instead was `{}`.", types[i]);
		ck_assert_int_eq(UPDATE, 400);
		ck_assert_ptr_nonnull(strstr(message, line));
		free(message);
		json_decref(body);
	}
}
END_TEST

static const char schema_text[] =
	"{'Name':{'id':'title','type':'title','title':{}},"
	"'Stage':{'id':'%3FbAF','type':'status','status':{'options':[{'id':'1','name':'Done'}]}},"
	"'Sum':{'id':'Z~ZY','type':'formula','formula':{}},"
	"'Tags':{'id':'tags','type':'multi_select','multi_select':{'options':[]}},"
	"'Kind':{'id':'kind','type':'select','select':{'options':[{'id':'1','name':'a'}]}}}";

#define VALUES validate_property_values(body, schema, &message)

START_TEST(values_fit_the_schema)
{
	json_t *schema = json_of(schema_text);
	ASSERT_TAKES(json_of("{'Name':{'title':[]},'Stage':{'status':{'name':'Done'}}}"), VALUES);
	ASSERT_TAKES(json_of("{'title':{'title':[]},'%3FbAF':{'status':{'id':'1'}}}"), VALUES);
	ASSERT_TAKES(json_of("{'Kind':{'select':{'name':'new'}},'Stage':{'status':null}}"), VALUES);
	ASSERT_REFUSES(json_of("{'Name':{'rich_text':[]},'Stage':{'select':{'name':'Done'}}}"),
		       VALUES, "Name is expected to be title. Stage is expected to be status.");
	ASSERT_REFUSES(json_of("{'Size':{'number':1}}"), VALUES,
		       "Size is not a property that exists.");
	ASSERT_REFUSES(json_of("{'Sum':{'number':1}}"), VALUES, "Sum is expected to be formula.");
	ASSERT_REFUSES(json_of("{'Stage':{'status':{'name':'Doing'}}}"), VALUES,
		       "Invalid status option. Status option \"Doing\" does not exist.");
	ASSERT_REFUSES(json_of("{'Kind':{'select':{'name':'a,b'}}}"), VALUES,
		       "Invalid select option, commas not allowed: a,b");
	ASSERT_REFUSES(json_of("{'Tags':{'multi_select':[{'id':'7'}]}}"), VALUES,
		       "Select option with ID \"7\" does not exist.");
	json_decref(schema);
}
END_TEST

START_TEST(a_page_under_a_page_has_only_a_title)
{
	const json_t *schema = NULL;
	ASSERT_TAKES(json_of("{'title':{'title':[]}}"), VALUES);
	ASSERT_REFUSES(json_of("{'title':{'title':[]},'Stage':{'status':null}}"), VALUES,
		       "Stage is not a property that exists.");
	ASSERT_REFUSES(json_of("{'title':{'rich_text':[]}}"), VALUES,
		       "title is expected to be title.");
}
END_TEST

#define QUERY validate_query(body, &message)

START_TEST(a_query_takes_filters_two_levels_deep)
{
	ASSERT_TAKES(json_of("{'filter':{'timestamp':'last_edited_time','last_edited_time':"
			     "{'on_or_after':'2026-11-20T10:00:00Z'}},"
			     "'sorts':[{'timestamp':'created_time','direction':'ascending'},"
			     "{'property':'Name','direction':'descending'}],"
			     "'result_type':'page','is_archived':false,'start_cursor':null}"),
		     QUERY);
	ASSERT_TAKES(json_of("{'filter':{'and':[{'or':[{'property':'a','checkbox':"
			     "{'equals':true}}]},{'property':'b','select':{'is_empty':true}}]}}"),
		     QUERY);
	ASSERT_REFUSES(json_of("{'filter':{'and':[{'or':[{'and':[]}]}]}}"), QUERY,
		       "body failed validation: body.filter.and[0].or[0].and should be not "
		       "present, instead was `[]`.");
	ASSERT_REFUSES(json_of("{'filter':{'timestamp':'created_time','last_edited_time':"
			       "{'is_empty':true}}}"),
		       QUERY,
		       "body failed validation: body.filter.created_time should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'sorts':[{'property':'a'}]}"), QUERY,
		       "body failed validation: body.sorts[0].direction should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'archived':true}"), QUERY,
		       "body failed validation: body.archived should be not present, "
		       "instead was `true`.");
}
END_TEST

#define SEARCH validate_search(body, &message)

START_TEST(a_search_filters_by_object_and_sorts_by_edit)
{
	ASSERT_TAKES(json_of("{'query':'a','filter':{'property':'object','value':'data_source'},"
			     "'sort':{'timestamp':'last_edited_time','direction':'descending'}}"),
		     SEARCH);
	ASSERT_TAKES(json_of("{'filter':{'in_trash':true},'sort':{'property':'relevance'}}"),
		     SEARCH);
	ASSERT_REFUSES(json_of("{'filter':{'property':'object','value':'database'}}"), SEARCH,
		       "body failed validation: body.filter.value should be `\"page\"`, "
		       "`\"data_source\"`, or `undefined`, instead was `\"database\"`.");
	ASSERT_REFUSES(json_of("{'filter':{'value':'page'}}"), SEARCH,
		       "body failed validation: body.filter.property should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'sort':{'timestamp':'last_edited_time'}}"), SEARCH,
		       "body failed validation: body.sort.direction should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("[]"), SEARCH,
		       "body failed validation: body should be an object, instead was `[]`.");
}
END_TEST

SUITE_CASES = {
	&a_page_has_one_kind_of_parent,
	&a_page_is_filled_in_one_way,
	&icons_and_covers_of_pages_may_be_null,
	&a_page_moves_to_the_trash_by_in_trash_alone,
	&positions_and_templates_name_what_they_need,
	&every_writable_property_type_passes,
	&property_values_of_the_wrong_kind_are_refused,
	&read_only_properties_cannot_be_written,
	&values_fit_the_schema,
	&a_page_under_a_page_has_only_a_title,
	&a_query_takes_filters_two_levels_deep,
	&a_search_filters_by_object_and_sorts_by_edit,
};
SUITE_MAIN("validate_page")
