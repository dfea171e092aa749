/*
 * A page changed here and in Notion between two looks: what each side does to the same block, line
 * or property, and what is there in the end (design.md §5.8, dialect.md §4 "Three-way").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define DIRECTORY "Lantern Yard Coffee"
#define PAGE DIRECTORY "/Two sides.md"
#define BASE                                                                           \
	"One stays.\n\nTwo is here.\n\nThree is here.\n\n- [ ] Four is to be done\n\n" \
	"Five is last.\n"

static struct fixture fixture;
static char *page_id;

/* {"id":…} of the page's info, the id alone. */
static char *id_of(const char *path)
{
	char *command;
	ck_assert_int_ge(asprintf(&command, "{\"command\":\"info\",\"path\":\"%s\"}", path), 0);
	json_t *info = fixture_command(&fixture, command);
	const char *id = json_string_value(json_object_get(info, "id"));
	ck_assert_ptr_nonnull(id);
	char *copy = strdup(id);
	json_decref(info);
	free(command);
	return copy;
}

/* The page is made and known, and has just been read: what is written next was seen so. */
static void set_up(void)
{
	fixture_init(&fixture);
	fixture_settle(&fixture);
	fixture_write(&fixture, PAGE, BASE);
	fixture_settle(&fixture);
	page_id = id_of(PAGE);
	free(fixture_read(&fixture, PAGE));
}

static void tear_down(void)
{
	free(page_id);
	fixture_release(&fixture);
}

/* The id of the page's block that holds the text. Caller frees. */
static char *block_with(const char *needle)
{
	json_t *dump = fixture_http(&fixture, "GET", "/_sim/dump", NULL);
	char *found = NULL;
	size_t i;
	json_t *block;
	json_array_foreach (json_object_get(json_object_get(dump, "blocks"), page_id), i, block) {
		char *text = json_dumps(block, JSON_COMPACT);
		if (found == NULL && strstr(text, needle) != NULL) {
			found = strdup(json_string_value(json_object_get(block, "id")));
		}
		free(text);
	}
	json_decref(dump);
	ck_assert_msg(found != NULL, "no block with %s", needle);
	return found;
}

/* Somebody in the app: `fields` follow the op and the id. */
static void app(const char *op, const char *id, const char *fields)
{
	char *body;
	ck_assert_int_ge(
		asprintf(&body, "{\"as\":\"app\",\"op\":\"%s\",\"id\":\"%s\"%s}", op, id, fields),
		0);
	json_decref(fixture_http(&fixture, "POST", "/_sim/edit", body));
	free(body);
}

static void app_on(const char *op, const char *needle, const char *fields)
{
	char *id = block_with(needle);
	app(op, id, fields);
	free(id);
}

static void app_says(const char *needle, const char *text)
{
	char *fields;
	ck_assert_int_ge(asprintf(&fields,
				  ",\"block\":{\"paragraph\":{\"rich_text\":[{\"text\":{"
				  "\"content\":\"%s\"}}]}}",
				  text),
			 0);
	app_on("update", needle, fields);
	free(fields);
}

/* What Notion holds of the page now, as text: read anew from nothing. */
static char *in_notion(const char *path)
{
	fixture_close(&fixture);
	fixture_delete_cache(&fixture);
	fixture_open(&fixture);
	fixture_settle(&fixture);
	return fixture_read(&fixture, path);
}

/* Saves the text; how many conflicts there are then. */
static size_t save(const char *path, const char *text)
{
	fixture_write(&fixture, path, text);
	json_t *answer = fixture_command(&fixture, "{\"command\":\"sync\"}");
	size_t conflicts = json_array_size(json_object_get(answer, "conflicts"));
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "failed")), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "pending")), 0);
	json_decref(answer);
	return conflicts;
}

/* In the end Notion says this, the file too, and nothing more is sent. */
static void ends_as(const char *path, const char *wanted)
{
	fixture_settle(&fixture);
	fixture_clear_requests(&fixture);
	fixture_settle(&fixture);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 0);
	char *there = in_notion(path);
	ck_assert_str_eq(there, wanted);
	free(there);
}

START_TEST(edited_here_and_deleted_there_comes_back_with_our_text)
{
	set_up();
	app_on("delete", "Two is here", "");
	(void)save(PAGE, "One stays.\n\nTwo was edited.\n\nThree is here.\n\n"
			 "- [ ] Four is to be done\n\nFive is last.\n");
	ends_as(PAGE, "One stays.\n\nTwo was edited.\n\nThree is here.\n\n"
		      "- [ ] Four is to be done\n\nFive is last.\n");
	tear_down();
}
END_TEST

START_TEST(deleted_here_and_edited_there_stays)
{
	set_up();
	app_says("Two is here", "Two was edited there.");
	(void)save(PAGE, "One stays.\n\nThree is here.\n\n- [ ] Four is to be done\n\n"
			 "Five is last.\n");
	ends_as(PAGE, "One stays.\n\nTwo was edited there.\n\nThree is here.\n\n"
		      "- [ ] Four is to be done\n\nFive is last.\n");
	tear_down();
}
END_TEST

START_TEST(deleted_on_both_sides_is_gone_once)
{
	set_up();
	app_on("delete", "Two is here", "");
	ck_assert_uint_eq(save(PAGE, "One stays.\n\nThree is here.\n\n- [ ] Four is to be done\n\n"
				     "Five is last.\n"),
			  0);
	ends_as(PAGE, "One stays.\n\nThree is here.\n\n- [ ] Four is to be done\n\n"
		      "Five is last.\n");
	tear_down();
}
END_TEST

START_TEST(added_at_one_place_on_both_sides_both_stay)
{
	set_up();
	app("insert", page_id,
	    ",\"block\":{\"paragraph\":{\"rich_text\":[{\"text\":{\"content\":\"Theirs.\"}}]}}");
	ck_assert_uint_eq(save(PAGE, BASE "\nOurs.\n"), 0);
	/* An anchor is looked at, not what came behind it: which is first may differ, nothing else.
	 */
	char *there = in_notion(PAGE);
	ck_assert_msg(strcmp(there, BASE "\nTheirs.\n\nOurs.\n") == 0 ||
			      strcmp(there, BASE "\nOurs.\n\nTheirs.\n") == 0,
		      "%s", there);
	free(there);
	tear_down();
}
END_TEST

START_TEST(the_same_change_on_both_sides_is_no_conflict)
{
	set_up();
	app_on("update", "Four is to be done", ",\"block\":{\"to_do\":{\"checked\":true}}");
	app_says("Two is here", "Two is the same.");
	ck_assert_uint_eq(save(PAGE, "One stays.\n\nTwo is the same.\n\nThree is here.\n\n"
				     "- [x] Four is to be done\n\nFive is last.\n"),
			  0);
	ends_as(PAGE, "One stays.\n\nTwo is the same.\n\nThree is here.\n\n"
		      "- [x] Four is to be done\n\nFive is last.\n");
	tear_down();
}
END_TEST

START_TEST(a_box_checked_there_and_its_text_edited_here_both_hold)
{
	set_up();
	app_on("update", "Four is to be done", ",\"block\":{\"to_do\":{\"checked\":true}}");
	ck_assert_uint_eq(save(PAGE, "One stays.\n\nTwo is here.\n\nThree is here.\n\n"
				     "- [ ] Four is to be done today\n\nFive is last.\n"),
			  0);
	ends_as(PAGE, "One stays.\n\nTwo is here.\n\nThree is here.\n\n"
		      "- [x] Four is to be done today\n\nFive is last.\n");
	tear_down();
}
END_TEST

START_TEST(moved_here_and_edited_elsewhere_there)
{
	set_up();
	app_says("Five is last", "Five was edited there.");
	ck_assert_uint_eq(save(PAGE, "One stays.\n\nThree is here.\n\nTwo is here.\n\n"
				     "- [ ] Four is to be done\n\nFive is last.\n"),
			  0);
	ends_as(PAGE, "One stays.\n\nThree is here.\n\nTwo is here.\n\n"
		      "- [ ] Four is to be done\n\nFive was edited there.\n");
	tear_down();
}
END_TEST

START_TEST(an_icon_set_on_both_sides_stays_as_it_is_in_notion_and_the_file_is_kept)
{
	set_up();
	app("set", page_id, ",\"icon\":{\"type\":\"emoji\",\"emoji\":\"🌊\"}");
	ck_assert_uint_eq(save(PAGE, "---\nicon: 🔥\n---\n" BASE), 1);
	char *there = in_notion(PAGE);
	ck_assert_str_eq(there, "---\nicon: 🌊\n---\n\n" BASE);
	free(there);
	tear_down();
}
END_TEST

START_TEST(the_same_icon_on_both_sides_is_no_conflict)
{
	set_up();
	app("set", page_id, ",\"icon\":{\"type\":\"emoji\",\"emoji\":\"🌊\"}");
	ck_assert_uint_eq(save(PAGE, "---\nicon: 🌊\n---\n\n" BASE), 0);
	ends_as(PAGE, "---\nicon: 🌊\n---\n\n" BASE);
	tear_down();
}
END_TEST

START_TEST(retitled_there_and_edited_here_is_one_page_with_both)
{
	set_up();
	app("rename", page_id, ",\"title\":\"Called otherwise\"");
	ck_assert_uint_eq(save(PAGE, BASE "\nOurs.\n"), 0);
	ends_as(DIRECTORY "/Called otherwise.md", BASE "\nOurs.\n");
	char *id = id_of(DIRECTORY "/Called otherwise.md");
	ck_assert_str_eq(id, page_id);
	free(id);
	tear_down();
}
END_TEST

START_TEST(edited_there_while_it_is_retitled_here_keeps_both)
{
	set_up();
	node_id directory;
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(&fixture, DIRECTORY, &attr), 0);
	directory = attr.node;
	app_says("Two is here", "Two was edited there.");
	ck_assert_int_eq(workspace_rename(fixture.workspace, directory, "Two sides.md", directory,
					  "New name.md", 0, 1),
			 0);
	json_decref(fixture_command(&fixture, "{\"command\":\"sync\"}"));
	ends_as(DIRECTORY "/New name.md",
		"One stays.\n\nTwo was edited there.\n\nThree is here.\n\n"
		"- [ ] Four is to be done\n\nFive is last.\n");
	tear_down();
}
END_TEST

SUITE_CASES = {
	&edited_here_and_deleted_there_comes_back_with_our_text,
	&deleted_here_and_edited_there_stays,
	&deleted_on_both_sides_is_gone_once,
	&added_at_one_place_on_both_sides_both_stay,
	&the_same_change_on_both_sides_is_no_conflict,
	&a_box_checked_there_and_its_text_edited_here_both_hold,
	&moved_here_and_edited_elsewhere_there,
	&an_icon_set_on_both_sides_stays_as_it_is_in_notion_and_the_file_is_kept,
	&the_same_icon_on_both_sides_is_no_conflict,
	&retitled_there_and_edited_here_is_one_page_with_both,
	&edited_there_while_it_is_retitled_here_keeps_both,
};
SUITE_MAIN("two_sides")
