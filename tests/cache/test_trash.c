/*
 * The way to the trash and back (design.md §6.5): with a server that fails, over a restart, in a
 * removal that takes its time, and after thirty days. Time is the server's and moved by hand.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mapping/base/clock.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define DIRECTORY "Lantern Yard Coffee"
#define TASKS DIRECTORY "/Tasks"
#define NAME "Leaving.md"
#define PAGE DIRECTORY "/" NAME
#define TEXT "Same.\n\nSame.\n"
#define DAY_S 86400U

static void advance(struct fixture *fixture, unsigned seconds)
{
	char body[64];
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never = PTHREAD_COND_INITIALIZER;
	(void)snprintf(body, sizeof body, "{\"advance_s\":%u}", seconds);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/clock", body);
	int64_t now_ms = json_integer_value(json_object_get(answer, "now_ms"));
	json_decref(answer);
	LOCK_SCOPE(&mutex);
	while (clock_now_ms() < now_ms) {
		clock_wait_until(&never, &mutex, now_ms);
	}
}

static json_t *command(struct fixture *fixture, const char *name)
{
	char text[100];
	(void)snprintf(text, sizeof text, "{\"command\":\"%s\",\"send_only\":true}", name);
	return fixture_command(fixture, text);
}

static void open_fixture(struct fixture *fixture, int64_t trash_delay_ms)
{
	fixture_init(fixture);
	fixture->options.test_clock_url = fixture->base_url;
	fixture->options.trash_delay_ms = trash_delay_ms;
	fixture_reopen(fixture);
	fixture_settle(fixture);
}

static node_id directory_of(struct fixture *fixture, const char *path)
{
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(fixture, path, &attr), 0);
	return attr.node;
}

static void unlink_page(struct fixture *fixture, const char *directory, const char *name)
{
	ck_assert_int_eq(
		workspace_unlink(fixture->workspace, directory_of(fixture, directory), name), 0);
}

static bool is_in_trash_here(struct fixture *fixture, const char *name)
{
	struct node_attr attr;
	return workspace_lookup(fixture->workspace, NODE_TRASH, name, &attr) == 0;
}

/* Lets time pass until nothing is owed. */
static void settle_owed(struct fixture *fixture, const char *what)
{
	for (int round = 0; round < 60; round++) {
		json_t *answer = command(fixture, "sync");
		bool is_over = json_integer_value(json_object_get(answer, "pending")) == 0;
		json_decref(answer);
		if (is_over) {
			return;
		}
		advance(fixture, 5);
	}
	ck_abort_msg("%s: still owed", what);
}

static char *id_of(struct fixture *fixture, const char *path)
{
	char text[300];
	(void)snprintf(text, sizeof text, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, text);
	const char *id = json_string_value(json_object_get(info, "id"));
	ck_assert_msg(id != NULL, "%s has no id", path);
	char *copy = strdup(id);
	json_decref(info);
	return copy;
}

static bool is_trashed_there(struct fixture *fixture, const char *id)
{
	char url[100];
	(void)snprintf(url, sizeof url, "/v1/pages/%s", id);
	json_t *page = fixture_http(fixture, "GET", url, NULL);
	ck_assert_ptr_nonnull(json_object_get(page, "in_trash"));
	bool is_trashed = json_is_true(json_object_get(page, "in_trash"));
	json_decref(page);
	return is_trashed;
}

static void edit(struct fixture *fixture, const char *op, const char *id)
{
	char body[200];
	(void)snprintf(body, sizeof body, "{\"as\":\"app\",\"op\":\"%s\",\"id\":\"%s\"}", op, id);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/edit", body);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "ids")), 1);
	json_decref(answer);
}

/* Late: it lands when so much time has passed, whatever was sent after. */
static const struct {
	const char *name;
	const char *fault;
} faults[] = {
	{"503 saved", "\"do\":\"status\",\"status\":503,\"apply\":\"all\""},
	{"503 saved, not said",
	 "\"do\":\"status\",\"status\":503,\"apply\":\"all\",\"committed\":false"},
	{"503 not saved", "\"do\":\"status\",\"status\":503"},
	{"504 saved", "\"do\":\"status\",\"status\":504,\"apply\":\"all\""},
	{"504 not saved", "\"do\":\"status\",\"status\":504"},
	{"cut after", "\"do\":\"cut\",\"apply\":\"all\""},
	{"cut before", "\"do\":\"cut\""},
	{"late", "\"do\":\"cut\",\"apply\":\"late\",\"late_ms\":40000"},
};
#define FAULT_COUNT (sizeof faults / sizeof faults[0])

static void order_fault(struct fixture *fixture, const char *fault)
{
	char body[300];
	json_decref(fixture_http(fixture, "DELETE", "/_sim/faults", NULL));
	(void)snprintf(body, sizeof body,
		       "{\"faults\":[{\"match\":{\"method\":\"PATCH\",\"path\":\"/v1/pages/\","
		       "\"nth\":1},%s}]}",
		       fault);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/faults", body);
	ck_assert_msg(json_object_get(answer, "code") == NULL, "%s", body);
	json_decref(answer);
}

/* What was removed is owed, and not said to be pending, for the grace time: lets time pass until it
 * is there. */
static void settle_trash(struct fixture *fixture, const char *id, const char *what)
{
	for (int i = 0; i < 60 && !is_trashed_there(fixture, id); i++) {
		advance(fixture, 5);
		json_decref(command(fixture, "settle"));
	}
	ck_assert_msg(is_trashed_there(fixture, id), "%s: not trashed", what);
	/* Known for certain here, too. */
	for (int i = 0; i < 20; i++) {
		advance(fixture, 5);
		json_decref(command(fixture, "settle"));
	}
}

START_TEST(whatever_the_server_answers_a_page_is_where_it_was_put)
{
	struct fixture fixture;
	open_fixture(&fixture, 2000);
	fixture_write(&fixture, PAGE, TEXT);
	settle_owed(&fixture, "new");
	char *id = id_of(&fixture, PAGE);
	node_id directory = directory_of(&fixture, DIRECTORY);
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		order_fault(&fixture, faults[i].fault);
		unlink_page(&fixture, DIRECTORY, NAME);
		settle_trash(&fixture, id, faults[i].name);
		ck_assert_msg(is_in_trash_here(&fixture, NAME), "%s", faults[i].name);
		/* And back, by another process. */
		fixture_reopen(&fixture);
		order_fault(&fixture, faults[i].fault);
		ck_assert_int_eq(workspace_rename(fixture.workspace, NODE_TRASH, NAME, directory,
						  NAME, 0, 1),
				 0);
		settle_owed(&fixture, faults[i].name);
		advance(&fixture, 70); /* what was late has landed */
		json_decref(command(&fixture, "settle"));
		ck_assert_msg(!is_trashed_there(&fixture, id), "%s", faults[i].name);
		ck_assert_msg(!is_in_trash_here(&fixture, NAME), "%s", faults[i].name);
		char *text = fixture_read(&fixture, PAGE);
		ck_assert_str_eq(text, TEXT);
		free(text);
	}
	free(id);
	fixture_release(&fixture);
}
END_TEST

/* Taken back while its trashing is on its way and lands late: it is out again in the end. */
START_TEST(a_page_taken_back_before_its_trashing_landed_is_not_trashed)
{
	struct fixture fixture;
	open_fixture(&fixture, 2000);
	fixture_write(&fixture, PAGE, TEXT);
	settle_owed(&fixture, "new");
	char *id = id_of(&fixture, PAGE);
	order_fault(&fixture, "\"do\":\"cut\",\"apply\":\"late\",\"late_ms\":40000");
	fixture_clear_requests(&fixture);
	unlink_page(&fixture, DIRECTORY, NAME);
	for (int i = 0; i < 50 && fixture_count_requests(&fixture, "PATCH") == 0; i++) {
		advance(&fixture, 1);
	}
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 1);
	ck_assert_int_eq(workspace_rename(fixture.workspace, NODE_TRASH, NAME,
					  directory_of(&fixture, DIRECTORY), NAME, 0, 1),
			 0);
	settle_owed(&fixture, "back");
	advance(&fixture, 70);
	json_decref(command(&fixture, "settle"));
	ck_assert(!is_trashed_there(&fixture, id));
	char *text = fixture_read(&fixture, PAGE);
	ck_assert_str_eq(text, TEXT);
	free(text);
	free(id);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_removal_that_takes_longer_than_the_grace_time_is_held_whole)
{
	enum { PAGES = 56 };
	struct fixture fixture;
	char name[40];
	open_fixture(&fixture, 2000);
	for (int i = 0; i < PAGES; i++) {
		(void)snprintf(name, sizeof name, TASKS "/Row %02d.md", i);
		fixture_write(&fixture, name, "");
	}
	settle_owed(&fixture, "rows");
	fixture_clear_requests(&fixture);
	for (int i = 0; i < PAGES; i++) {
		(void)snprintf(name, sizeof name, "Row %02d.md", i);
		unlink_page(&fixture, TASKS, name);
		advance(&fixture, 1);
		if (i == PAGES / 2) {
			/* By a process that is told to go meanwhile. */
			fixture_reopen(&fixture);
		}
	}
	advance(&fixture, 100);
	json_t *status = command(&fixture, "sync");
	ck_assert_uint_eq(json_array_size(json_object_get(status, "held_removals")), PAGES);
	json_decref(status);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 0);
	fixture_release(&fixture);
}
END_TEST

START_TEST(few_removals_one_after_the_other_wait_a_minute_at_most)
{
	struct fixture fixture;
	char name[40];
	open_fixture(&fixture, 2000);
	for (int i = 0; i < 45; i++) {
		(void)snprintf(name, sizeof name, TASKS "/Row %02d.md", i);
		fixture_write(&fixture, name, "");
	}
	settle_owed(&fixture, "rows");
	fixture_clear_requests(&fixture);
	for (int i = 0; i < 45; i++) {
		(void)snprintf(name, sizeof name, "Row %02d.md", i);
		unlink_page(&fixture, TASKS, name);
		advance(&fixture, i < 40 ? 1 : 5);
	}
	/* 65 seconds: the first ones have gone though others go still. */
	for (int i = 0; i < 200 && fixture_count_requests(&fixture, "PATCH") == 0; i++) {
		json_decref(command(&fixture, "settle"));
	}
	ck_assert_uint_gt(fixture_count_requests(&fixture, "PATCH"), 0);
	settle_owed(&fixture, "rest");
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 45);
	fixture_release(&fixture);
}
END_TEST

/* ---- thirty days ---- */

static void pass_days(struct fixture *fixture, unsigned days)
{
	for (unsigned i = 0; i < days * 2; i++) {
		advance(fixture, DAY_S / 2);
		json_decref(command(fixture, "settle"));
	}
}

/* Time passes for the threads too: each looks at the clock when it has a moment. */
static void until_gone(struct fixture *fixture, const char *name)
{
	for (int i = 0; i < 100 && is_in_trash_here(fixture, name); i++) {
		advance(fixture, DAY_S / 2);
		json_decref(command(fixture, "settle"));
	}
	ck_assert(!is_in_trash_here(fixture, name));
}

START_TEST(what_was_removed_is_kept_thirty_days)
{
	struct fixture fixture;
	open_fixture(&fixture, 0);
	fixture_write(&fixture, PAGE, TEXT);
	settle_owed(&fixture, "new");
	char *id = id_of(&fixture, PAGE);
	unlink_page(&fixture, DIRECTORY, NAME);
	settle_trash(&fixture, id, "removed");
	free(id);
	ck_assert(is_in_trash_here(&fixture, NAME));
	pass_days(&fixture, 29);
	ck_assert(is_in_trash_here(&fixture, NAME));
	until_gone(&fixture, NAME);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_was_saved_and_not_sent_is_kept_for_as_long_as_it_is_owed)
{
	static const char unsent[] = "---\nNo such thing: 1\n---\n\nNot sent.\n";
	struct fixture fixture;
	struct node_attr trash;
	struct node_attr attr;
	open_fixture(&fixture, 0);
	fixture_write(&fixture, PAGE, TEXT);
	settle_owed(&fixture, "new");
	/* Below the page that goes a text is owed that can't be sent. */
	static const char child[] = "Lantern Yard Coffee/Archive/Menu 2015.md";
	free(fixture_read(&fixture, child));
	fixture_write(&fixture, child, unsent);
	json_decref(command(&fixture, "sync"));
	char *archive = id_of(&fixture, "Lantern Yard Coffee/Archive.md");
	fixture.options.poll_ms = 30000;
	fixture.options.sweep = true;
	fixture_reopen(&fixture);
	edit(&fixture, "trash", archive);
	for (int i = 0; i < 200 && !is_in_trash_here(&fixture, "Archive.md"); i++) {
		advance(&fixture, 15);
		json_decref(command(&fixture, "settle"));
	}
	ck_assert(is_in_trash_here(&fixture, "Archive.md"));
	/* Gone and sent: what was there before it goes, so time has passed. */
	unlink_page(&fixture, DIRECTORY, NAME);
	for (int i = 0; i < 100 && fixture_find(&fixture, PAGE, &attr) == 0; i++) {
		advance(&fixture, 5);
	}
	pass_days(&fixture, 1);
	ck_assert(is_in_trash_here(&fixture, NAME));
	until_gone(&fixture, NAME);
	ck_assert_int_eq(workspace_lookup(fixture.workspace, NODE_TRASH, "Archive", &trash), 0);
	ck_assert_int_eq(workspace_lookup(fixture.workspace, trash.node, "Menu 2015.md", &attr), 0);
	ck_assert_uint_eq(attr.size, strlen(unsent));
	free(archive);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&whatever_the_server_answers_a_page_is_where_it_was_put,
	&a_page_taken_back_before_its_trashing_landed_is_not_trashed,
	&a_removal_that_takes_longer_than_the_grace_time_is_held_whole,
	&few_removals_one_after_the_other_wait_a_minute_at_most,
	&what_was_removed_is_kept_thirty_days,
	&what_was_saved_and_not_sent_is_kept_for_as_long_as_it_is_owed,
};
SUITE_MAIN("trash")
