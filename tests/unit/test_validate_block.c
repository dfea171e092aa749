#include "tests/unit/validate_case.h"

#define UUID "8d1e5c6a-0f3b-4a57-9c64-2f6f0a1b3c4d"
#define BLOCK(text) json_of("{'children':[" text "]}")

START_TEST(every_creatable_type_passes_with_what_it_needs)
{
	static const char *const blocks[] = {
		"{'paragraph':{'rich_text':[]}}",
		"{'object':'block','type':'paragraph','paragraph':{'rich_text':[],'color':'red',"
		"'icon':{'emoji':'🚲'}}}",
		"{'heading_1':{'rich_text':[],'is_toggleable':true,'children':[]}}",
		"{'heading_2':{'rich_text':[],'color':'blue_background'}}",
		"{'heading_3':{'rich_text':[]}}",
		"{'heading_4':{'rich_text':[]}}",
		"{'bulleted_list_item':{'rich_text':[],'children':[]}}",
		"{'numbered_list_item':{'rich_text':[]}}",
		"{'to_do':{'rich_text':[],'checked':true}}",
		"{'toggle':{'rich_text':[]}}",
		"{'quote':{'rich_text':[]}}",
		"{'callout':{'rich_text':[],'icon':{'type':'icon','icon':{'name':'bolt'}}}}",
		"{'code':{'rich_text':[],'language':'plain text','caption':[]}}",
		"{'equation':{'expression':'e=mc^2'}}",
		"{'divider':{}}",
		"{'breadcrumb':{}}",
		"{'table_of_contents':{}}",
		"{'bookmark':{'url':'https://a.example'}}",
		"{'embed':{'url':'https://a.example','caption':[]}}",
		"{'image':{'type':'external','external':{'url':'https://a.example/a.png'}}}",
		"{'video':{'file_upload':{'id':'" UUID "'}}}",
		"{'audio':{'external':{'url':'https://a.example/a.mp3'},'caption':[]}}",
		"{'pdf':{'external':{'url':'https://a.example/a.pdf'}}}",
		"{'file':{'external':{'url':'https://a.example/a.zip'},'name':'a'}}",
		"{'table':{'table_width':1,'children':[{'table_row':{'cells':[[]]}}]}}",
		"{'table_row':{'cells':[[]]}}",
		"{'column_list':{'children':[{'column':{'children':[]}},"
		"{'column':{'width_ratio':0.4,'children':[]}}]}}",
		"{'column':{'children':[]}}",
		"{'synced_block':{'synced_from':null}}",
		"{'synced_block':{'synced_from':{'type':'block_id','block_id':'" UUID "'}}}",
		"{'tab':{'children':[{'paragraph':{'rich_text':[]}}]}}",
		"{'link_to_page':{'type':'page_id','page_id':'" UUID "'}}",
		"{'template':{'rich_text':[]}}",
	};
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		ASSERT_TAKES(json_pack("{s:[o]}", "children", json_of(blocks[i])), APPEND);
	}
}
END_TEST

START_TEST(types_that_cannot_be_created_are_refused)
{
	static const char *const types[] = {"child_page",  "child_database", "link_preview",
					    "unsupported", "meeting_notes",  "transcription"};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		json_t *body = append_of(types[i], json_object());
		char *message = NULL;
		char line[100];
		snprintf(line, sizeof line,
			 "body.children[0].%s should be not present, instead was `{}`.", types[i]);
		ck_assert_int_eq(APPEND, 400);
		ck_assert_ptr_nonnull(strstr(message, line));
		ck_assert_ptr_nonnull(strstr(message, "body.children[0].paragraph should be "
						      "defined, instead was `undefined`."));
		free(message);
		json_decref(body);
	}
}
END_TEST

START_TEST(several_failures_are_listed)
{
	ASSERT_REFUSES(json_of("{'children':[{'paragraph':{}}],'x':1}"), APPEND,
		       "body failed validation. Fix one:\n"
		       "body.x should be not present, instead was `1`.\n"
		       "body.children[0].paragraph.rich_text should be defined, "
		       "instead was `undefined`.");
}
END_TEST

START_TEST(read_only_keys_are_refused)
{
	ASSERT_REFUSES(BLOCK("{'paragraph':{'rich_text':[]},'archived':false}"), APPEND,
		       "body failed validation: body.children[0].archived should be not present, "
		       "instead was `false`.");
	ASSERT_REFUSES(BLOCK("{'paragraph':{'rich_text':[]},'id':'" UUID "'}"), APPEND,
		       "body failed validation: body.children[0].id should be not present, "
		       "instead was `\"" UUID "\"`.");
	ASSERT_REFUSES(BLOCK("{'numbered_list_item':{'rich_text':[],'list_start_index':3}}"),
		       APPEND,
		       "body failed validation: "
		       "body.children[0].numbered_list_item.list_start_index should be not "
		       "present, instead was `3`.");
}
END_TEST

START_TEST(explicit_nulls_are_refused)
{
	ASSERT_REFUSES(BLOCK("{'paragraph':{'rich_text':[],'icon':null}}"), APPEND,
		       "body failed validation: body.children[0].paragraph.icon should be "
		       "an object or `undefined`, instead was `null`.");
	ASSERT_REFUSES(BLOCK("{'to_do':{'rich_text':[],'checked':null}}"), APPEND,
		       "body failed validation: body.children[0].to_do.checked should be "
		       "a boolean or `undefined`, instead was `null`.");
}
END_TEST

START_TEST(a_run_that_was_read_may_be_sent_back)
{
	ASSERT_TAKES(BLOCK("{'paragraph':{'rich_text':[{'object':'text','type':'text',"
			   "'text':{'content':'a','link':null},'annotations':{'bold':true},"
			   "'plain_text':'a','href':null}]}}"),
		     APPEND);
	ASSERT_REFUSES(BLOCK("{'paragraph':{'rich_text':[{'text':{'content':'a'},'id':1}]}}"),
		       APPEND,
		       "body failed validation: body.children[0].paragraph.rich_text[0].id "
		       "should be not present, instead was `1`.");
	ASSERT_REFUSES(BLOCK("{'paragraph':{'rich_text':[{'type':'text',"
			     "'mention':{'page':{'id':'" UUID "'}}}]}}"),
		       APPEND,
		       "body failed validation: body.children[0].paragraph.rich_text[0].type "
		       "should be `\"mention\"` or `undefined`, instead was `\"text\"`.");
}
END_TEST

START_TEST(mentions_that_are_read_only_are_refused)
{
	json_t *body = BLOCK("{'paragraph':{'rich_text':[{'mention':{'type':'link_preview',"
			     "'link_preview':{'url':'https://a.example'}}}]}}");
	char *message = NULL;
	ck_assert_int_eq(APPEND, 400);
	ck_assert_ptr_nonnull(strstr(message, "mention.link_preview should be not present"));
	free(message);
	json_decref(body);
}
END_TEST

START_TEST(a_wrong_language_is_answered_with_the_list)
{
	json_t *body = BLOCK("{'code':{'rich_text':[],'language':'js'}}");
	char *message = NULL;
	ck_assert_int_eq(APPEND, 400);
	ck_assert_ptr_eq(strstr(message, "body failed validation: "
					 "body.children[0].code.language should be `\"abap\"`, "),
			 message);
	ck_assert_ptr_nonnull(strstr(message, ", or `\"java/c/c++/c#\"`, instead was `\"js\"`."));
	free(message);
	json_decref(body);
}
END_TEST

START_TEST(links_and_files_want_real_urls)
{
	ASSERT_REFUSES(BLOCK("{'paragraph':{'rich_text':[{'text':{'content':'a',"
			     "'link':{'url':'/page'}}}]}}"),
		       APPEND,
		       "Content creation Failed. Fix the following: \nInvalid URL for link.");
	ASSERT_TAKES(BLOCK("{'paragraph':{'rich_text':[{'text':{'content':'a',"
			   "'link':{'url':'mailto:a@a.example'}}}]}}"),
		     APPEND);
	ASSERT_REFUSES(BLOCK("{'image':{'external':{'url':'ftp://a.example/a.png'}}}"), APPEND,
		       "Content creation Failed. Fix the following: \nInvalid image url.");
	ASSERT_REFUSES(BLOCK("{'image':{'external':{'url':'https:///a.png'}}}"), APPEND,
		       "Content creation Failed. Fix the following: \nInvalid image url.");
}
END_TEST

START_TEST(a_hosted_file_cannot_be_written)
{
	json_t *body = BLOCK("{'image':{'type':'file','file':{'url':'https://a.example/a.png'}}}");
	char *message = NULL;
	ck_assert_int_eq(APPEND, 400);
	ck_assert_ptr_nonnull(strstr(message, "body.children[0].image.file should be not present"));
	free(message);
	json_decref(body);
}
END_TEST

START_TEST(positions_have_their_three_shapes)
{
	static const char *const good[] = {
		"{'type':'end'}",
		"{'type':'start'}",
		"{'type':'after_block','after_block':{'id':'" UUID "'}}",
	};
	for (size_t i = 0; i < 3; i++) {
		ASSERT_TAKES(json_pack("{s:[o], s:o}", "children", json_of(PARAGRAPH), "position",
				       json_of(good[i])),
			     APPEND);
	}
	ASSERT_REFUSES(json_of("{'children':[" PARAGRAPH "],'after':'" UUID "'}"), APPEND,
		       "body failed validation: body.after should be not present, "
		       "instead was `\"" UUID "\"`.");
	ASSERT_REFUSES(json_of("{'children':[" PARAGRAPH "],'position':{'type':'after_block'}}"),
		       APPEND,
		       "body failed validation: body.position.after_block should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'children':[" PARAGRAPH "],'position':{'type':'page_end'}}"),
		       APPEND,
		       "body failed validation: body.position.type should be `\"after_block\"`, "
		       "`\"start\"`, or `\"end\"`, instead was `\"page_end\"`.");
}
END_TEST

#define UPDATE(type) validate_block_update(body, type, &message)

START_TEST(an_update_names_the_stored_type)
{
	ASSERT_TAKES(json_of("{'paragraph':{'rich_text':[]}}"), UPDATE("paragraph"));
	ASSERT_TAKES(json_of("{'type':'to_do','to_do':{'checked':true}}"), UPDATE("to_do"));
	ASSERT_TAKES(json_of("{'in_trash':true}"), UPDATE("child_database"));
	ASSERT_TAKES(json_of("{'image':{'caption':[]}}"), UPDATE("image"));
	ASSERT_REFUSES(json_of("{'type':'quote','in_trash':true}"), UPDATE("quote"),
		       "body failed validation: body.quote should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'quote':{'rich_text':[]}}"), UPDATE("paragraph"),
		       "body failed validation: body.quote should be not present, "
		       "instead was `{\"rich_text\":[]}`.");
	ASSERT_REFUSES(json_of("{'child_page':{'title':'a'}}"), UPDATE("child_page"),
		       "body failed validation: body.child_page should be not present, "
		       "instead was `{\"title\":\"a\"}`.");
	ASSERT_REFUSES(json_of("{'archived':true}"), UPDATE("paragraph"),
		       "body failed validation: body.archived should be not present, "
		       "instead was `true`.");
}
END_TEST

START_TEST(an_update_changes_only_what_can_change)
{
	ASSERT_REFUSES(json_of("{'table':{'table_width':3}}"), UPDATE("table"),
		       "body failed validation: body.table.table_width should be not present, "
		       "instead was `3`.");
	ASSERT_REFUSES(json_of("{'heading_1':{'color':'red'}}"), UPDATE("heading_1"),
		       "body failed validation: body.heading_1.rich_text should be defined, "
		       "instead was `undefined`.");
	ASSERT_REFUSES(json_of("{'toggle':{'rich_text':[],'children':[]}}"), UPDATE("toggle"),
		       "body failed validation: body.toggle.children should be not present, "
		       "instead was `[]`.");
	ASSERT_TAKES(json_of("{'to_do':{'children':[]}}"), UPDATE("to_do"));
	ASSERT_TAKES(json_of("{'column':{'width_ratio':0.5}}"), UPDATE("column"));
	ASSERT_REFUSES(json_of("{'column':{'width_ratio':1}}"), UPDATE("column"),
		       "body failed validation: body.column.width_ratio should be < `1`, "
		       "instead was `1`.");
	ASSERT_REFUSES(json_of("{'column_list':{}}"), UPDATE("column_list"),
		       "body failed validation: body.column_list should be not present, "
		       "instead was `{}`.");
}
END_TEST

START_TEST(ids_want_the_variant_bits)
{
	char *message = NULL;
	ck_assert_int_eq(validate_uuid(UUID), 0);
	ck_assert_int_eq(validate_uuid("8d1e5c6a0f3b4a579c642f6f0a1b3c4d"), 0);
	ck_assert_int_eq(validate_uuid("8d1e5c6a"), 400);
	ck_assert_int_eq(validate_uuid(NULL), 400);
	ck_assert_int_eq(
		validate_path_id("page_id", "12345678-1234-1234-1234-123456789abc", &message), 400);
	ck_assert_str_eq(message, "path failed validation: path.page_id should be a valid uuid, "
				  "instead was `\"12345678-1234-1234-1234-123456789abc\"`.");
	free(message);
}
END_TEST

SUITE_CASES = {
	&every_creatable_type_passes_with_what_it_needs,
	&types_that_cannot_be_created_are_refused,
	&several_failures_are_listed,
	&read_only_keys_are_refused,
	&explicit_nulls_are_refused,
	&a_run_that_was_read_may_be_sent_back,
	&mentions_that_are_read_only_are_refused,
	&a_wrong_language_is_answered_with_the_list,
	&links_and_files_want_real_urls,
	&a_hosted_file_cannot_be_written,
	&positions_have_their_three_shapes,
	&an_update_names_the_stored_type,
	&an_update_changes_only_what_can_change,
	&ids_want_the_variant_bits,
};
SUITE_MAIN("validate_block")
