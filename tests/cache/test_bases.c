/*
 * What a save is based on: the version its author saw (design.md §5.4), whoever else saw and saved
 * which.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mapping/base/clock.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define DIRECTORY "Lantern Yard Coffee"
#define NAME "Bases.md"
#define PAGE DIRECTORY "/" NAME
#define ONE "One.\n\nTwo.\n\nThree.\n\nFour.\n"
#define EDITOR 70001
#define OTHER 70002
#define NOBODY 70003
#define MOVER 70004

static void sync_now(struct fixture *fixture)
{
	json_decref(fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}"));
}

/* Past the minute that Notion's stamps can tell. */
static void let_a_minute_pass(struct fixture *fixture)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never = PTHREAD_COND_INITIALIZER;
	json_t *answer = fixture_http(fixture, "POST", "/_sim/clock", "{\"advance_s\":70}");
	int64_t now_ms = json_integer_value(json_object_get(answer, "now_ms"));
	json_decref(answer);
	LOCK_SCOPE(&mutex);
	while (clock_now_ms() < now_ms) {
		clock_wait_until(&never, &mutex, now_ms);
	}
}

static void open_with_page(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->options.test_clock_url = fixture->base_url;
	fixture_reopen(fixture);
	fixture_settle(fixture);
	fixture_write(fixture, PAGE, ONE);
	fixture_settle(fixture);
	fixture->options.save_delay_ms = 3600000;
	fixture_reopen(fixture);
}

static struct page_file *open_as(struct fixture *fixture, pid_t process, int flags)
{
	struct node_attr attr;
	struct page_file *file = NULL;
	ck_assert_int_eq(fixture_find(fixture, PAGE, &attr), 0);
	ck_assert_int_eq(fixture_fetch(fixture, attr.node, WANT_CONTENT), 0);
	ck_assert_int_eq(workspace_open_page(fixture->workspace, attr.node, flags, process, &file),
			 0);
	return file;
}

static void see(struct fixture *fixture, pid_t process)
{
	ck_assert_int_eq(page_file_close(open_as(fixture, process, O_RDONLY)), 0);
}

static void save_as(struct fixture *fixture, pid_t process, const char *text)
{
	struct page_file *file = open_as(fixture, process, O_WRONLY | O_TRUNC);
	ck_assert_int_eq(page_file_write(file, text, strlen(text), 0, false),
			 (ssize_t)strlen(text));
	ck_assert_int_eq(page_file_close(file), 0);
}

static json_t *blocks(struct fixture *fixture)
{
	char path[128];
	json_t *info = fixture_command(fixture, "{\"command\":\"info\",\"path\":\"" PAGE "\"}");
	(void)snprintf(path, sizeof path, "/v1/blocks/%s/children",
		       json_string_value(json_object_get(info, "id")));
	json_decref(info);
	json_t *answer = fixture_http(fixture, "GET", path, NULL);
	json_t *results = json_incref(json_object_get(answer, "results"));
	json_decref(answer);
	return results;
}

static const char *block_text(const json_t *block)
{
	const json_t *run = json_array_get(
		json_object_get(json_object_get(block, "paragraph"), "rich_text"), 0);
	const char *text = json_string_value(json_object_get(run, "plain_text"));
	return text == NULL ? "" : text;
}

static void change_remote(struct fixture *fixture, const json_t *block, const char *text)
{
	json_t *edit = json_pack("{ss ss sO s{s{s[{s{ss}}]}}}", "as", "app", "op", "update", "id",
				 json_object_get(block, "id"), "block", "paragraph", "rich_text",
				 "text", "content", text);
	char *body = json_dumps(edit, JSON_COMPACT);
	json_decref(fixture_http(fixture, "POST", "/_sim/edit", body));
	free(body);
	json_decref(edit);
}

/* In the Notion app paragraph `at` now reads so; and this is seen here. */
static void edit_remote(struct fixture *fixture, size_t at, const char *text)
{
	let_a_minute_pass(fixture);
	json_t *all = blocks(fixture);
	change_remote(fixture, json_array_get(all, at), text);
	json_decref(all);
	json_decref(fixture_command(fixture, "{\"command\":\"sync\"}"));
	struct page_file *file = open_as(fixture, NOBODY, O_RDONLY);
	char shown[1000] = "";
	ck_assert_int_gt(page_file_read(file, shown, sizeof shown - 1, 0), 0);
	ck_assert_int_eq(page_file_close(file), 0);
	ck_assert_ptr_nonnull(strstr(shown, text));
}

static void expect(struct fixture *fixture, const char *wanted)
{
	char there[1000] = "";
	size_t i;
	json_t *block;
	json_t *all = blocks(fixture);
	json_array_foreach (all, i, block) {
		(void)snprintf(there + strlen(there), sizeof there - strlen(there), "%s%s",
			       i > 0 ? " " : "", block_text(block));
	}
	json_decref(all);
	ck_assert_str_eq(there, wanted);
}

START_TEST(an_older_text_over_one_that_is_not_sent_takes_nothing_back_in_notion)
{
	struct fixture fixture;
	open_with_page(&fixture);
	see(&fixture, EDITOR);
	edit_remote(&fixture, 3, "Vier.");
	see(&fixture, OTHER);
	save_as(&fixture, OTHER, "One.\n\nTwo.\n\nTrois.\n\nVier.\n");
	save_as(&fixture, EDITOR, "Eins.\n\nTwo.\n\nThree.\n\nFour.\n");
	sync_now(&fixture);
	expect(&fixture, "Eins. Two. Three. Vier.");
	fixture_release(&fixture);
}
END_TEST

START_TEST(an_editor_that_outlives_a_mount_saves_over_what_it_had_read)
{
	struct fixture fixture;
	open_with_page(&fixture);
	see(&fixture, EDITOR);
	fixture_reopen(&fixture);
	edit_remote(&fixture, 3, "Vier.");
	see(&fixture, OTHER);
	save_as(&fixture, EDITOR, "Eins.\n\nTwo.\n\nThree.\n\nFour.\n");
	sync_now(&fixture);
	expect(&fixture, "Eins. Two. Three. Vier.");
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_an_editor_read_is_known_after_thousands_of_others_have_read)
{
	struct fixture fixture;
	open_with_page(&fixture);
	see(&fixture, EDITOR);
	for (pid_t process = 0; process < 9000; process++) {
		see(&fixture, 80000 + process);
	}
	edit_remote(&fixture, 3, "Vier.");
	see(&fixture, OTHER);
	save_as(&fixture, EDITOR, "Eins.\n\nTwo.\n\nThree.\n\nFour.\n");
	sync_now(&fixture);
	expect(&fixture, "Eins. Two. Three. Vier.");
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_file_moved_over_a_page_is_based_on_what_was_seen_when_it_was_begun)
{
	static const char text[] = "Eins.\n\nTwo.\n\nThree.\n\nFour.\n";
	struct fixture fixture;
	struct node_attr directory;
	struct node_attr attr;
	struct timespec begun;
	open_with_page(&fixture);
	see(&fixture, OTHER);
	(void)clock_gettime(CLOCK_REALTIME, &begun);
	/* The minute that passes below is the workspace's, not the system's. */
	int64_t begun_ns = (begun.tv_sec - 35) * INT64_C(1000000000) + begun.tv_nsec;
	edit_remote(&fixture, 3, "Vier.");
	see(&fixture, OTHER);
	ck_assert_int_eq(fixture_find(&fixture, DIRECTORY, &directory), 0);
	ck_assert_int_eq(workspace_save(fixture.workspace, directory.node, NAME, text, strlen(text),
					0644, begun_ns, begun_ns, MOVER, &attr),
			 0);
	sync_now(&fixture);
	expect(&fixture, "Eins. Two. Three. Vier.");
	fixture_release(&fixture);
}
END_TEST

START_TEST(who_read_a_text_before_it_was_sent_takes_back_nothing_that_was_saved_after_it)
{
	struct fixture fixture;
	open_with_page(&fixture);
	see(&fixture, EDITOR);
	save_as(&fixture, EDITOR, "Eins.\n\nTwo.\n\nThree.\n\nFour.\n");
	see(&fixture, OTHER);
	save_as(&fixture, EDITOR, "Eins.\n\nZwei.\n\nThree.\n\nFour.\n");
	sync_now(&fixture);
	save_as(&fixture, OTHER, "Eins.\n\nTwo.\n\nDrei.\n\nFour.\n");
	sync_now(&fixture);
	expect(&fixture, "Eins. Zwei. Drei. Four.");
	fixture_release(&fixture);
}
END_TEST

/* In the Notion app "Two." goes, after which the saved text has something new, and "Three."
 * changes: the save is merged. */
static void merge_with_remote(struct fixture *fixture, const json_t *blocks)
{
	json_t *edit = json_pack("{ss ss sO}", "as", "app", "op", "delete", "id",
				 json_object_get(json_array_get(blocks, 1), "id"));
	char *body = json_dumps(edit, JSON_COMPACT);
	json_decref(fixture_http(fixture, "POST", "/_sim/edit", body));
	free(body);
	json_decref(edit);
	change_remote(fixture, json_array_get(blocks, 2), "Drei!");
	sync_now(fixture);
	expect(fixture, "Eins. Neu. Drei! Four.");
}

START_TEST(who_goes_on_writing_after_a_merge_takes_back_nothing_but_what_he_wrote)
{
	struct fixture fixture;
	open_with_page(&fixture);
	/* Nobody else has seen the page. */
	json_t *all = blocks(&fixture);
	see(&fixture, getpid());
	save_as(&fixture, getpid(), "Eins.\n\nTwo.\n\nNeu.\n\nThree.\n\nFour.\n");
	merge_with_remote(&fixture, all);
	save_as(&fixture, getpid(), "One.\n\nTwo.\n\nNeu.\n\nThree.\n\nVier.\n");
	sync_now(&fixture);
	expect(&fixture, "One. Neu. Drei! Vier.");
	json_decref(all);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_text_made_over_one_that_was_merged_since_is_sent_by_whomever)
{
	struct fixture fixture;
	open_with_page(&fixture);
	json_t *all = blocks(&fixture);
	see(&fixture, EDITOR);
	save_as(&fixture, EDITOR, "Eins.\n\nTwo.\n\nNeu.\n\nThree.\n\nFour.\n");
	see(&fixture, OTHER); /* that text */
	merge_with_remote(&fixture, all);
	save_as(&fixture, OTHER, "One.\n\nTwo.\n\nThree.\n\nFour.\n");
	sync_now(&fixture);
	expect(&fixture, "One. Drei! Four.");
	json_decref(all);
	fixture_release(&fixture);
}
END_TEST

/* In the Notion app a paragraph is added after this one; and this is seen here. */
static void insert_remote(struct fixture *fixture, const json_t *block, const char *text)
{
	json_t *parent = json_object_get(block, "parent");
	json_t *edit =
		json_pack("{ss ss sO sO s{s{s[{s{ss}}]}}}", "as", "app", "op", "insert", "id",
			  json_object_get(parent, "page_id"), "after", json_object_get(block, "id"),
			  "block", "paragraph", "rich_text", "text", "content", text);
	char *body = json_dumps(edit, JSON_COMPACT);
	let_a_minute_pass(fixture);
	json_decref(fixture_http(fixture, "POST", "/_sim/edit", body));
	free(body);
	json_decref(edit);
	json_decref(fixture_command(fixture, "{\"command\":\"sync\"}"));
	char *shown = fixture_read(fixture, PAGE);
	ck_assert_ptr_nonnull(strstr(shown, text));
	free(shown);
}

START_TEST(a_text_that_is_like_an_older_one_is_made_over_what_was_read)
{
	struct fixture fixture;
	open_with_page(&fixture);
	see(&fixture, EDITOR);
	edit_remote(&fixture, 1, "Zwei.");
	see(&fixture, EDITOR);
	let_a_minute_pass(&fixture);
	/* He takes back what the other did: that is a change, though the text is as it was. */
	save_as(&fixture, EDITOR, ONE);
	sync_now(&fixture);
	expect(&fixture, "One. Two. Three. Four.");
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_is_appended_is_made_over_the_version_that_was_opened_for_it)
{
	struct fixture fixture;
	open_with_page(&fixture);
	see(&fixture, EDITOR);
	json_t *all = blocks(&fixture);
	insert_remote(&fixture, json_array_get(all, 3), "New.");
	json_decref(all);
	struct page_file *file = open_as(&fixture, EDITOR, O_WRONLY);
	ck_assert_int_eq(page_file_write(file, "\nEnd.\n", 6, 0, true), 6);
	ck_assert_int_eq(page_file_close(file), 0);
	sync_now(&fixture);
	expect(&fixture, "One. Two. Three. Four. New. End.");
	fixture_release(&fixture);
}
END_TEST

START_TEST(white_space_alone_over_a_page_with_text_is_held)
{
	struct fixture fixture;
	open_with_page(&fixture);
	save_as(&fixture, EDITOR, "\n \t\n");
	sync_now(&fixture);
	expect(&fixture, "One. Two. Three. Four.");
	json_t *status = fixture_command(&fixture, "{\"command\":\"status\"}");
	ck_assert_uint_eq(json_array_size(json_object_get(status, "held")), 1);
	json_decref(status);
	json_decref(fixture_command(&fixture,
				    "{\"command\":\"sync\",\"confirm\":true,\"send_only\":true}"));
	expect(&fixture, "");
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&an_older_text_over_one_that_is_not_sent_takes_nothing_back_in_notion,
	&an_editor_that_outlives_a_mount_saves_over_what_it_had_read,
	&what_an_editor_read_is_known_after_thousands_of_others_have_read,
	&a_file_moved_over_a_page_is_based_on_what_was_seen_when_it_was_begun,
	&who_read_a_text_before_it_was_sent_takes_back_nothing_that_was_saved_after_it,
	&who_goes_on_writing_after_a_merge_takes_back_nothing_but_what_he_wrote,
	&a_text_made_over_one_that_was_merged_since_is_sent_by_whomever,
	&a_text_that_is_like_an_older_one_is_made_over_what_was_read,
	&what_is_appended_is_made_over_the_version_that_was_opened_for_it,
	&white_space_alone_over_a_page_with_text_is_held,
};
SUITE_MAIN("bases")
