/*
 * Properties that are saved while Notion, the schema or another new row is not as the author saw
 * it (design.md §5.3, §5.6, §5.10).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/clock.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define TASKS "Lantern Yard Coffee/Tasks"
#define ROW TASKS "/Swap the bearing.md"
#define OTHER_ROW TASKS "/Write 400 cards.md"

static json_t *sync_now(struct fixture *fixture)
{
	return fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}");
}

static void sent(struct fixture *fixture)
{
	json_t *status = sync_now(fixture);
	ck_assert_int_eq(json_integer_value(json_object_get(status, "pending")), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(status, "failed")), 0);
	json_decref(status);
}

/* The message of the only refused save; caller frees. */
static char *refused(struct fixture *fixture)
{
	json_t *status = sync_now(fixture);
	const json_t *failed = json_object_get(status, "failed");
	ck_assert_uint_eq(json_array_size(failed), 1);
	char *message =
		strdup(json_string_value(json_object_get(json_array_get(failed, 0), "message")));
	json_decref(status);
	return message;
}

static json_t *info(struct fixture *fixture, const char *path)
{
	char text[300];
	(void)snprintf(text, sizeof text, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	return fixture_command(fixture, text);
}

/* The page as the server has it. */
static json_t *page(struct fixture *fixture, const char *path)
{
	char url[128];
	json_t *answer = info(fixture, path);
	const char *id = json_string_value(json_object_get(answer, "id"));
	ck_assert_msg(id != NULL, "%s has no id", path);
	(void)snprintf(url, sizeof url, "/v1/pages/%s", id);
	json_decref(answer);
	return fixture_http(fixture, "GET", url, NULL);
}

/* properties.<name>.<type>, as JSON; caller frees. */
static char *value(struct fixture *fixture, const char *path, const char *name)
{
	json_t *object = page(fixture, path);
	json_t *property = json_object_get(json_object_get(object, "properties"), name);
	ck_assert_msg(property != NULL, "no property %s", name);
	const char *type = json_string_value(json_object_get(property, "type"));
	char *text = json_dumps(json_object_get(property, type), JSON_ENCODE_ANY | JSON_COMPACT);
	json_decref(object);
	return text;
}

static void is_value(struct fixture *fixture, const char *path, const char *name,
		     const char *needle)
{
	char *text = value(fixture, path, name);
	ck_assert_msg(strstr(text, needle) != NULL, "%s is %s, not %s", name, text, needle);
	free(text);
}

static void set(struct fixture *fixture, const char *id, const char *key, const char *properties)
{
	char *body;
	ck_assert_int_ge(asprintf(&body, "{\"as\":\"app\",\"op\":\"set\",\"id\":\"%s\",\"%s\":%s}",
				  id, key, properties),
			 0);
	json_decref(fixture_http(fixture, "POST", "/_sim/edit", body));
	free(body);
}

static void set_page(struct fixture *fixture, const char *path, const char *properties)
{
	json_t *object = page(fixture, path);
	set(fixture, json_string_value(json_object_get(object, "id")), "properties", properties);
	json_decref(object);
}

static void set_schema(struct fixture *fixture, const char *properties)
{
	json_t *object = page(fixture, ROW);
	set(fixture,
	    json_string_value(json_object_get(json_object_get(object, "parent"), "data_source_id")),
	    "properties", properties);
	json_decref(object);
}

/* One more option of a multi_select. */
static void add_option(struct fixture *fixture, const char *name, const char *option)
{
	char url[128];
	json_t *object = page(fixture, ROW);
	(void)snprintf(url, sizeof url, "/v1/data_sources/%s",
		       json_string_value(json_object_get(json_object_get(object, "parent"),
							 "data_source_id")));
	json_t *source = fixture_http(fixture, "GET", url, NULL);
	json_t *config = json_object_get(
		json_object_get(json_object_get(source, "properties"), name), "multi_select");
	(void)json_array_append_new(json_object_get(config, "options"),
				    json_pack("{ss ss ss sn}", "id", "o-new", "name", option,
					      "color", "red", "description"));
	json_t *properties = json_pack("{s{sO}}", name, "multi_select", config);
	char *text = json_dumps(properties, JSON_COMPACT);
	set_schema(fixture, text);
	free(text);
	json_decref(properties);
	json_decref(source);
	json_decref(object);
}

/* The text with the line that begins with `key` now reading so; takes the text. */
static char *with_line(char *text, const char *key, const char *line)
{
	char *at = strstr(text, key);
	ck_assert_ptr_nonnull(at);
	char *edited;
	ck_assert_int_ge(
		asprintf(&edited, "%.*s%s%s", (int)(at - text), text, line, strchr(at, '\n')), 0);
	free(text);
	return edited;
}

static void change(struct fixture *fixture, const char *path, const char *key, const char *line)
{
	char *edited = with_line(fixture_read(fixture, path), key, line);
	fixture_write(fixture, path, edited);
	free(edited);
}

static void open_fixture(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture_settle(fixture);
}

START_TEST(rows_that_are_new_and_refer_to_each_other_find_each_other)
{
	struct fixture fixture;
	open_fixture(&fixture);
	fixture.options.save_delay_ms = 3600000;
	fixture_reopen(&fixture);
	fixture_write(&fixture, TASKS "/New one.md", "---\nBlocked by: [New two]\n---\n\nOne.\n");
	fixture_write(&fixture, TASKS "/New two.md",
		      "---\nBlocked by: [New one, Swap the bearing]\n---\n\nTwo.\n");
	fixture_write(&fixture, TASKS "/New three.md",
		      "---\nBlocked by: [New three, New two]\n---\n");
	sent(&fixture);
	json_t *one = page(&fixture, TASKS "/New one.md");
	json_t *two = page(&fixture, TASKS "/New two.md");
	json_t *three = page(&fixture, TASKS "/New three.md");
	is_value(&fixture, TASKS "/New one.md", "Blocked by",
		 json_string_value(json_object_get(two, "id")));
	is_value(&fixture, TASKS "/New two.md", "Blocked by",
		 json_string_value(json_object_get(one, "id")));
	is_value(&fixture, TASKS "/New three.md", "Blocked by",
		 json_string_value(json_object_get(two, "id")));
	is_value(&fixture, TASKS "/New three.md", "Blocked by",
		 json_string_value(json_object_get(three, "id")));
	/* Three creates; only who could not know the id of the other is set once more. */
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 2);
	json_decref(one);
	json_decref(two);
	json_decref(three);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_property_that_was_renamed_is_sent_under_its_new_name)
{
	struct fixture fixture;
	open_fixture(&fixture);
	set_schema(&fixture, "{\"Hours\":{\"name\":\"Effort\"}}");
	change(&fixture, ROW, "Hours:", "Hours: 7");
	sent(&fixture);
	is_value(&fixture, ROW, "Effort", "7");
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_property_that_is_gone_is_an_error_only_for_who_edits_it)
{
	struct fixture fixture;
	open_fixture(&fixture);
	set_schema(&fixture, "{\"Hours\":null}");
	change(&fixture, ROW, "Done:", "Done: true");
	sent(&fixture);
	is_value(&fixture, ROW, "Done", "true");
	change(&fixture, OTHER_ROW, "Hours:", "Hours: 7");
	char *message = refused(&fixture);
	ck_assert_msg(strncmp(message, "6:1: ", 5) == 0 && strstr(message, "Hours") != NULL &&
			      strstr(message, "remove this line") != NULL,
		      "%s", message);
	free(message);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_property_of_another_type_is_read_by_that)
{
	struct fixture fixture;
	open_fixture(&fixture);
	set_schema(&fixture, "{\"Hours\":{\"rich_text\":{}}}");
	change(&fixture, ROW, "Hours:", "Hours: 7");
	sent(&fixture);
	is_value(&fixture, ROW, "Hours", "\"content\":\"7\"");
	fixture_release(&fixture);
}
END_TEST

START_TEST(an_option_that_came_meanwhile_is_known_and_a_refused_text_is_tried_again)
{
	struct fixture fixture;
	open_fixture(&fixture);
	change(&fixture, ROW, "Tags:", "Tags: [brand new]");
	char *message = refused(&fixture);
	ck_assert_ptr_nonnull(strstr(message, "brand new"));
	free(message);
	add_option(&fixture, "Tags", "brand new");
	change(&fixture, ROW, "Tags:", "Tags: [brand new]");
	sent(&fixture);
	is_value(&fixture, ROW, "Tags", "brand new");
	fixture_release(&fixture);
}
END_TEST

START_TEST(one_property_changed_on_both_sides)
{
	struct fixture fixture;
	struct node_attr directory;
	open_fixture(&fixture);
	/* Different ones: both. */
	set_page(&fixture, ROW, "{\"Hours\":{\"number\":9}}");
	change(&fixture, ROW, "Done:", "Done: true");
	sent(&fixture);
	is_value(&fixture, ROW, "Hours", "9");
	is_value(&fixture, ROW, "Done", "true");
	/* To the same value: nothing to say. */
	fixture_settle(&fixture);
	set_page(&fixture, ROW, "{\"Hours\":{\"number\":11}}");
	change(&fixture, ROW, "Hours:", "Hours: 11");
	json_t *status = sync_now(&fixture);
	ck_assert_uint_eq(json_array_size(json_object_get(status, "conflicts")), 0);
	json_decref(status);
	/* To another: Notion's stays, the file is kept, the other edits of it go through. */
	fixture_settle(&fixture);
	set_page(&fixture, ROW, "{\"Hours\":{\"number\":12}}");
	char *edited = with_line(fixture_read(&fixture, ROW), "Hours:", "Hours: 13");
	edited = with_line(edited, "Done:", "Done: false");
	fixture_write(&fixture, ROW, edited);
	free(edited);
	status = sync_now(&fixture);
	ck_assert_uint_eq(json_array_size(json_object_get(status, "conflicts")), 1);
	json_decref(status);
	is_value(&fixture, ROW, "Hours", "12");
	is_value(&fixture, ROW, "Done", "false");
	ck_assert_int_eq(fixture_find(&fixture, TASKS, &directory), 0);
	char *kept = fixture_local_copy(&fixture, directory.node, "Swap the bearing.md.conflict-");
	ck_assert_ptr_nonnull(kept);
	ck_assert_ptr_nonnull(strstr(kept, "Hours: 13"));
	free(kept);
	fixture_release(&fixture);
}
END_TEST

START_TEST(the_error_file_goes_with_the_next_good_save_also_after_a_rename)
{
	struct fixture fixture;
	struct node_attr directory;
	open_fixture(&fixture);
	change(&fixture, ROW, "Hours:", "Hours: many");
	free(refused(&fixture));
	ck_assert_int_eq(fixture_find(&fixture, TASKS, &directory), 0);
	char *error = fixture_local_copy(&fixture, directory.node, "Swap the bearing.md.error");
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strncmp(error, "Swap the bearing.md:6:8: ", 25) == 0, "%s", error);
	free(error);
	ck_assert_int_eq(workspace_rename(fixture.workspace, directory.node, "Swap the bearing.md",
					  directory.node, "Swap it.md", 0, 1),
			 0);
	change(&fixture, TASKS "/Swap it.md", "Hours:", "Hours: 8");
	sent(&fixture);
	is_value(&fixture, TASKS "/Swap it.md", "Hours", "8");
	ck_assert_ptr_null(
		fixture_local_copy(&fixture, directory.node, "Swap the bearing.md.error"));
	ck_assert_ptr_null(fixture_local_copy(&fixture, directory.node, "Swap it.md.error"));
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_relation_of_thirty_rows_stays_whole)
{
	struct fixture fixture;
	char list[4000] = "";
	open_fixture(&fixture);
	fixture_write(&fixture, TASKS "/Many.md", "---\nHours: 1\n---\n");
	for (int i = 0; i < 30; i++) {
		char path[100];
		(void)snprintf(path, sizeof path, TASKS "/Row %d.md", i);
		fixture_write(&fixture, path, "---\nHours: 1\n---\n");
		(void)snprintf(list + strlen(list), sizeof list - strlen(list), "%sRow %d",
			       i > 0 ? ", " : "", i);
	}
	sent(&fixture);
	char *text;
	ck_assert_int_ge(asprintf(&text, "---\nHours: 1\nBlocked by: [%s]\n---\n", list), 0);
	fixture_write(&fixture, TASKS "/Many.md", text);
	sent(&fixture);
	free(text);
	change(&fixture, TASKS "/Many.md", "Hours:", "Hours: 2");
	sent(&fixture);
	ck_assert_int_ge(asprintf(&text, "---\nHours: 2\nBlocked by: [%s]\n---\n", list), 0);
	char *shown = fixture_read(&fixture, TASKS "/Many.md");
	ck_assert_str_eq(shown, text);
	free(shown);
	free(text);
	/* One more is written as thirty-one. */
	ck_assert_int_ge(
		asprintf(&text, "---\nHours: 2\nBlocked by: [%s, Swap the bearing]\n---\n", list),
		0);
	fixture_write(&fixture, TASKS "/Many.md", text);
	sent(&fixture);
	free(text);
	json_t *dump = fixture_http(&fixture, "GET", "/_sim/dump", NULL);
	json_t *many = page(&fixture, TASKS "/Many.md");
	size_t count = 0;
	size_t i;
	json_t *item;
	json_array_foreach (json_object_get(dump, "pages"), i, item) {
		if (json_equal(json_object_get(item, "id"), json_object_get(many, "id"))) {
			count = json_array_size(json_object_get(
				json_object_get(json_object_get(item, "properties"), "Blocked by"),
				"relation"));
		}
	}
	ck_assert_uint_eq(count, 31);
	json_decref(many);
	json_decref(dump);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&rows_that_are_new_and_refer_to_each_other_find_each_other,
	&a_property_that_was_renamed_is_sent_under_its_new_name,
	&a_property_that_is_gone_is_an_error_only_for_who_edits_it,
	&a_property_of_another_type_is_read_by_that,
	&an_option_that_came_meanwhile_is_known_and_a_refused_text_is_tried_again,
	&one_property_changed_on_both_sides,
	&the_error_file_goes_with_the_next_good_save_also_after_a_rename,
	&a_relation_of_thirty_rows_stays_whole,
};
SUITE_MAIN("properties")
