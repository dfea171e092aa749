/*
 * What changes in Notion reaches the files: by polls, by second looks, by the sweep. Time is the
 * server's and moved by hand.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define ROUNDS_MAX 400
#define PATIENCE_S 40

static void advance(struct fixture *fixture, unsigned seconds)
{
	char body[64];
	(void)snprintf(body, sizeof body, "{\"advance_s\":%u}", seconds);
	json_decref(fixture_http(fixture, "POST", "/_sim/clock", body));
}

static void edit(struct fixture *fixture, const char *as, const char *id, const char *text)
{
	json_t *edit = json_pack("{ss ss ss s{s{s[{s{ss}}]}}}", "as", as, "op", "update", "id", id,
				 "block", "paragraph", "rich_text", "text", "content", text);
	char *body = json_dumps(edit, JSON_COMPACT);
	json_decref(fixture_http(fixture, "POST", "/_sim/edit", body));
	free(body);
	json_decref(edit);
}

/* The first paragraph of a page on the server. malloc'ed. */
static char *first_paragraph(struct fixture *fixture, const char *path)
{
	char command[512];
	char *id = NULL;
	size_t i;
	json_t *block;
	(void)snprintf(command, sizeof command, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, command);
	json_t *dump = fixture_http(fixture, "GET", "/_sim/dump", NULL);
	json_array_foreach (json_object_get(json_object_get(dump, "blocks"),
					    json_string_value(json_object_get(info, "id"))),
			    i, block) {
		if (id == NULL && json_object_get(block, "paragraph") != NULL) {
			id = strdup(json_string_value(json_object_get(block, "id")));
		}
	}
	json_decref(dump);
	json_decref(info);
	ck_assert_ptr_nonnull(id);
	return id;
}

/* Lets time pass until the file reads so; how many seconds that took, or -1. */
static int until_shown(struct fixture *fixture, const char *path, const char *needle,
		       unsigned step_s)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		char *text = fixture_read(fixture, path);
		bool is_shown = strstr(text, needle) != NULL;
		free(text);
		if (is_shown) {
			return round * (int)step_s;
		}
		advance(fixture, step_s);
		/* What the moved clock set off is done before the next look. */
		json_decref(fixture_command(fixture, "{\"command\":\"settle\"}"));
	}
	return -1;
}

static void open_with_clock(struct fixture *fixture, int64_t poll_ms, bool sweep)
{
	fixture_init(fixture);
	fixture->options.test_clock_url = fixture->base_url;
	fixture->options.poll_ms = poll_ms;
	fixture->options.sweep = sweep;
	fixture_reopen(fixture);
	fixture_settle(fixture);
}

#define PAGE "Lantern Yard Coffee/Handbook.md"
#define ROW "Lantern Yard Coffee/Tasks/Checkout: one page instead of three.md"

START_TEST(an_edit_in_the_app_is_shown_after_the_next_poll)
{
	struct fixture fixture;
	open_with_clock(&fixture, 30000, false);
	char *id = first_paragraph(&fixture, PAGE);
	edit(&fixture, "app", id, "Written in the app.");
	int took_s = until_shown(&fixture, PAGE, "Written in the app.", 10);
	ck_assert_int_ge(took_s, 0);
	ck_assert_int_le(took_s, 120);
	free(id);
	fixture_release(&fixture);
}
END_TEST

START_TEST(an_edit_that_moves_no_stamp_of_its_page_is_found_by_the_sweep)
{
	struct fixture fixture;
	open_with_clock(&fixture, 0, true);
	char *id = first_paragraph(&fixture, PAGE);
	edit(&fixture, "api", id, "Written by another program.");
	int took_s = until_shown(&fixture, PAGE, "Written by another program.", 15);
	ck_assert_int_ge(took_s, 0);
	free(id);
	fixture_release(&fixture);
}
END_TEST

/* The id of the first bullet of a page on the server. malloc'ed. */
static char *first_bullet(struct fixture *fixture, const char *page)
{
	char *id = NULL;
	size_t i;
	json_t *block;
	json_t *dump = fixture_http(fixture, "GET", "/_sim/dump", NULL);
	json_array_foreach (json_object_get(json_object_get(dump, "blocks"), page), i, block) {
		if (id == NULL && json_object_get(block, "bulleted_list_item") != NULL) {
			id = strdup(json_string_value(json_object_get(block, "id")));
		}
	}
	json_decref(dump);
	ck_assert_ptr_nonnull(id);
	return id;
}

static size_t count_asked(struct fixture *fixture, const char *needle)
{
	size_t count = 0;
	size_t i;
	json_t *request;
	json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
	json_array_foreach (requests, i, request) {
		const char *path = json_string_value(json_object_get(request, "path"));
		count += strstr(path, needle) != NULL ? 1 : 0;
	}
	json_decref(requests);
	return count;
}

#define LISTED "Lantern Yard Coffee/Listed.md"

START_TEST(a_reading_that_began_before_a_save_was_sent_does_not_show_the_text_before_it)
{
	struct fixture fixture;
	char fault[256];
	open_with_clock(&fixture, 30000, false);
	fixture_write(&fixture, LISTED, "One.\n\n- a\n  - b\n");
	fixture_settle(&fixture);
	advance(&fixture, 200);
	fixture_settle(&fixture);
	free(fixture_read(&fixture, LISTED));
	json_t *info = fixture_command(&fixture, "{\"command\":\"info\",\"path\":\"" LISTED "\"}");
	char *bullet = first_bullet(&fixture, json_string_value(json_object_get(info, "id")));
	char *paragraph = first_paragraph(&fixture, LISTED);
	json_decref(info);
	/* A reading has the page's list and waits for what is nested in it. */
	(void)snprintf(fault, sizeof fault,
		       "{\"faults\":[{\"match\":{\"path\":\"^/v1/blocks/%s/children$\",\"nth\":1},"
		       "\"do\":\"hold\"}]}",
		       bullet);
	json_decref(fixture_http(&fixture, "POST", "/_sim/faults", fault));
	fixture_clear_requests(&fixture);
	edit(&fixture, "app", paragraph, "Eins.");
	while (count_asked(&fixture, bullet) == 0) {
		advance(&fixture, 5);
	}
	fixture_write(&fixture, LISTED, "One.\n\n- a\n  - b\n\nThe end.\n");
	json_decref(fixture_command(&fixture, "{\"command\":\"sync\",\"send_only\":true}"));
	json_decref(fixture_http(&fixture, "POST", "/_sim/release", "{}"));
	json_decref(fixture_command(&fixture, "{\"command\":\"settle\"}"));
	char *text = fixture_read(&fixture, LISTED);
	ck_assert_str_eq(text, "Eins.\n\n- a\n\t- b\n\nThe end.\n");
	free(text);
	free(paragraph);
	free(bullet);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_row_that_search_leaves_out_is_found_by_the_sweep)
{
	struct fixture fixture;
	open_with_clock(&fixture, 0, true);
	char *id = first_paragraph(&fixture, ROW);
	edit(&fixture, "app", id, "Written in a row.");
	int took_s = until_shown(&fixture, ROW, "Written in a row.", 15);
	ck_assert_int_ge(took_s, 0);
	free(id);
	fixture_release(&fixture);
}
END_TEST

START_TEST(without_polls_and_sweep_nothing_is_asked_by_itself)
{
	struct fixture fixture;
	open_with_clock(&fixture, 0, false);
	fixture_clear_requests(&fixture);
	for (int round = 0; round < 20; round++) {
		advance(&fixture, 60);
		json_decref(fixture_command(&fixture, "{\"command\":\"settle\"}"));
	}
	ck_assert_uint_eq(fixture_count_requests(&fixture, "!none"), 0);
	fixture_release(&fixture);
}
END_TEST

static void fault(struct fixture *fixture, const char *method, const char *path, unsigned times)
{
	char body[512];
	(void)snprintf(body, sizeof body,
		       "{\"faults\":[{\"match\":{\"method\":\"%s\",\"path\":\"%s\",\"times\":%u},"
		       "\"do\":\"status\",\"status\":503,\"apply\":\"none\"}]}",
		       method, path, times);
	json_decref(fixture_http(fixture, "POST", "/_sim/faults", body));
}

/* Lets time pass until the status satisfies; false when it never does. */
static bool until_status(struct fixture *fixture, bool (*satisfies)(const json_t *status))
{
	/* Moving the clock costs nothing, what it sets off does: a bound in real time. */
	time_t end = time(NULL) + PATIENCE_S;
	while (time(NULL) < end) {
		json_t *status = fixture_command(fixture, "{\"command\":\"status\"}");
		bool is_so = satisfies(status);
		json_decref(status);
		if (is_so) {
			return true;
		}
		advance(fixture, 5);
	}
	return false;
}

static bool has_looked(const json_t *status)
{
	return json_is_string(json_object_get(status, "last_refresh"));
}

static bool has_everything(const json_t *status)
{
	const json_t *pages = json_object_get(status, "pages");
	json_int_t known = json_integer_value(json_object_get(pages, "known"));
	return known >= 50 && json_integer_value(json_object_get(pages, "cached")) == known;
}

START_TEST(a_first_search_that_failed_is_tried_again)
{
	struct fixture fixture;
	open_with_clock(&fixture, 30000, false);
	fixture_close(&fixture);
	fault(&fixture, "POST", "^/v1/search", 6);
	fixture_open(&fixture);
	ck_assert(until_status(&fixture, has_looked));
	fixture_release(&fixture);
}
END_TEST

START_TEST(readings_that_failed_are_asked_for_again)
{
	struct fixture fixture;
	open_with_clock(&fixture, 0, false);
	fixture_close(&fixture);
	fixture_delete_cache(&fixture);
	fault(&fixture, "GET", "^/v1/blocks/", 40);
	fixture_open(&fixture);
	ck_assert(until_status(&fixture, has_everything));
	fixture_release(&fixture);
}
END_TEST

static char *read_node(struct fixture *fixture, node_id node)
{
	struct page_file *file;
	struct node_attr attr;
	ck_assert_int_eq(workspace_open_page(fixture->workspace, node, O_RDONLY, getpid(), &file),
			 0);
	page_file_getattr(file, &attr);
	char *text = calloc(1, attr.size + 1);
	ck_assert_int_eq(page_file_read(file, text, attr.size, 0), (ssize_t)attr.size);
	(void)page_file_close(file);
	return text;
}

START_TEST(a_page_that_went_in_notion_is_in_the_trash_with_the_save_that_is_owed_below_it)
{
	static const char child[] = "Lantern Yard Coffee/Archive/Menu 2015.md";
	struct fixture fixture;
	struct node_attr attr;
	char body[256];
	open_with_clock(&fixture, 30000, true);
	/* It can't be sent, so it is owed for as long as nobody mends it. */
	free(fixture_read(&fixture, child));
	fixture_write(&fixture, child, "---\nNo such thing: 1\n---\n\nNot sent.\n");
	json_t *info = fixture_command(
		&fixture, "{\"command\":\"info\",\"path\":\"Lantern Yard Coffee/Archive.md\"}");
	(void)snprintf(body, sizeof body, "{\"as\":\"app\",\"op\":\"trash\",\"id\":\"%s\"}",
		       json_string_value(json_object_get(info, "id")));
	json_decref(info);
	json_decref(fixture_http(&fixture, "POST", "/_sim/edit", body));
	for (int round = 0; round < 60; round++) {
		free(fixture_read(&fixture, "Lantern Yard Coffee.md"));
		advance(&fixture, 15);
		json_decref(fixture_command(&fixture, "{\"command\":\"settle\"}"));
	}
	struct node_attr trash;
	char *text = NULL;
	ck_assert_int_eq(fixture_find(&fixture, "Lantern Yard Coffee/Archive.md", &attr), -ENOENT);
	ck_assert_int_eq(workspace_lookup(fixture.workspace, NODE_TRASH, "Archive", &trash), 0);
	ck_assert_int_eq(workspace_lookup(fixture.workspace, trash.node, "Menu 2015.md", &attr), 0);
	text = read_node(&fixture, attr.node);
	ck_assert_str_eq(text, "---\nNo such thing: 1\n---\n\nNot sent.\n");
	free(text);
	json_t *status = fixture_command(&fixture, "{\"command\":\"status\"}");
	json_t *failed = json_array_get(json_object_get(status, "failed"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(failed, "path")),
			 ".notionfs/trash/Archive/Menu 2015.md");
	json_decref(status);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&a_page_that_went_in_notion_is_in_the_trash_with_the_save_that_is_owed_below_it,
	&a_first_search_that_failed_is_tried_again,
	&readings_that_failed_are_asked_for_again,
	&an_edit_in_the_app_is_shown_after_the_next_poll,
	&an_edit_that_moves_no_stamp_of_its_page_is_found_by_the_sweep,
	&a_reading_that_began_before_a_save_was_sent_does_not_show_the_text_before_it,
	&a_row_that_search_leaves_out_is_found_by_the_sweep,
	&without_polls_and_sweep_nothing_is_asked_by_itself,
};
SUITE_MAIN("refresh")
