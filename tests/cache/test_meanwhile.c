/*
 * What is read while it is being written: answers from before one of our writes that come after it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "mapping/base/clock.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define TOP "Lantern Yard Coffee"

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

static void open_settled(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->options.test_clock_url = fixture->base_url;
	fixture->options.poll_ms = 30000;
	fixture_reopen(fixture);
	fixture_settle(fixture);
	fixture_clear_requests(fixture);
}

/* The next poll is over, and what it asked to be read is here. */
static void poll(struct fixture *fixture)
{
	advance(fixture, 70);
	json_decref(fixture_command(fixture, "{\"command\":\"settle\"}"));
}

static void send_owed(struct fixture *fixture)
{
	json_t *answer = fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}");
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "pending")), 0);
	json_decref(answer);
}

/* The answers to what matches wait. */
static void hold(struct fixture *fixture, const char *method, const char *path)
{
	char fault[256];
	(void)snprintf(fault, sizeof fault,
		       "{\"faults\":[{\"match\":{\"method\":\"%s\",\"path\":\"%s\",\"nth\":1},"
		       "\"do\":\"hold_answer\"}]}",
		       method, path);
	json_decref(fixture_http(fixture, "POST", "/_sim/faults", fault));
}

/* Until the request whose answer waits has been carried out. */
static void await_held(struct fixture *fixture)
{
	for (bool is_there = false; !is_there;) {
		size_t i;
		json_t *request;
		json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
		json_array_foreach (requests, i, request) {
			is_there |= json_is_string(json_object_get(request, "fault")) &&
				    json_is_true(json_object_get(request, "applied"));
		}
		json_decref(requests);
	}
}

static void release(struct fixture *fixture)
{
	json_decref(fixture_http(fixture, "POST", "/_sim/release", "{}"));
}

static void *sync_main(void *fixture)
{
	json_decref(fixture_command(fixture, "{\"command\":\"sync\"}"));
	return NULL;
}

static void *send_main(void *fixture)
{
	json_decref(fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}"));
	return NULL;
}

static pthread_t start(struct fixture *fixture, void *(*body)(void *))
{
	pthread_t thread;
	ck_assert_int_eq(pthread_create(&thread, NULL, body, fixture), 0);
	return thread;
}

static char *id_of(struct fixture *fixture, const char *path)
{
	char text[256];
	(void)snprintf(text, sizeof text, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, text);
	const char *id = json_string_value(json_object_get(info, "id"));
	char *copy = id == NULL ? NULL : strdup(id);
	json_decref(info);
	return copy;
}

static node_id directory_of(struct fixture *fixture, const char *path)
{
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(fixture, path, &attr), 0);
	return attr.node;
}

static void edit(struct fixture *fixture, const char *body)
{
	json_t *answer = fixture_http(fixture, "POST", "/_sim/edit", body);
	ck_assert_ptr_nonnull(json_object_get(answer, "ids"));
	json_decref(answer);
}

/* Somebody writes a paragraph at the end of the page. */
static void add_paragraph(struct fixture *fixture, const char *id, const char *words)
{
	char body[512];
	(void)snprintf(body, sizeof body,
		       "{\"as\":\"app\",\"op\":\"insert\",\"id\":\"%s\",\"block\":{\"paragraph\":"
		       "{\"rich_text\":[{\"text\":{\"content\":\"%s\"}}]}}}",
		       id, words);
	edit(fixture, body);
}

struct names {
	const char *start;
	size_t count;
};

static bool count_name(void *context, uint64_t cookie, const char *name,
		       const struct node_attr *attr)
{
	struct names *names = context;
	(void)cookie;
	(void)attr;
	size_t len = strlen(name);
	names->count += strncmp(name, names->start, strlen(names->start)) == 0 && len > 3 &&
			strcmp(name + len - 3, ".md") == 0;
	return true;
}

/* Files of a directory that begin so. */
static size_t count_files(struct fixture *fixture, const char *directory, const char *name_start)
{
	struct names names = {.start = name_start};
	ck_assert_int_eq(workspace_list(fixture->workspace, directory_of(fixture, directory), 0,
					count_name, &names),
			 0);
	return names.count;
}

static void rename_file(struct fixture *fixture, const char *from, const char *to)
{
	node_id directory = directory_of(fixture, TOP);
	ck_assert_int_eq(workspace_rename(fixture->workspace, directory, from, directory, to, 0, 1),
			 0);
}

START_TEST(a_search_from_before_a_new_title_does_not_bring_the_old_one_back)
{
	struct fixture fixture;
	open_settled(&fixture);
	/* In the minute of the new title, too. */
	char *text = fixture_read(&fixture, TOP "/Handbook.md");
	char *longer;
	ck_assert_int_ge(asprintf(&longer, "%s\nOne more.\n", text), 0);
	fixture_write(&fixture, TOP "/Handbook.md", longer);
	send_owed(&fixture);
	hold(&fixture, "POST", "/search$");
	pthread_t thread = start(&fixture, sync_main);
	await_held(&fixture);
	rename_file(&fixture, "Handbook.md", "Rules.md");
	send_owed(&fixture);
	release(&fixture);
	(void)pthread_join(thread, NULL);
	free(text);
	text = fixture_read(&fixture, TOP "/Rules.md");
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_null(strstr(text, "title:"));
	ck_assert_uint_eq(count_files(&fixture, TOP, "Handbook"), 0);
	free(text);
	free(longer);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_listing_from_before_a_new_title_does_not_bring_the_old_name_back)
{
	struct fixture fixture;
	char path[128];
	open_settled(&fixture);
	char *id = id_of(&fixture, TOP ".md");
	add_paragraph(&fixture, id, "Theirs.");
	(void)snprintf(path, sizeof path, "/blocks/%s/children$", id);
	hold(&fixture, "GET", path);
	pthread_t thread = start(&fixture, sync_main);
	await_held(&fixture);
	rename_file(&fixture, "Handbook.md", "Rules.md");
	send_owed(&fixture);
	/* Not even until the next listing. */
	hold(&fixture, "GET", path);
	release(&fixture);
	for (bool is_here = false; !is_here;) {
		char *text = fixture_read(&fixture, TOP ".md");
		is_here = strstr(text, "Theirs.") != NULL;
		free(text);
	}
	ck_assert_uint_eq(count_files(&fixture, TOP, "Handbook"), 0);
	ck_assert_uint_eq(count_files(&fixture, TOP, "Rules"), 1);
	json_decref(fixture_http(&fixture, "DELETE", "/_sim/faults", NULL));
	(void)pthread_join(thread, NULL);
	free(id);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_page_that_is_being_made_has_no_twin_beside_it)
{
	struct fixture fixture;
	open_settled(&fixture);
	char *id = id_of(&fixture, TOP ".md");
	hold(&fixture, "POST", "/pages$");
	fixture_write(&fixture, TOP "/Twin.md", "Ours.\n");
	pthread_t thread = start(&fixture, send_main);
	await_held(&fixture);
	/* The same title, by somebody else, at the same time: it is shown in the end. */
	char body[256];
	(void)snprintf(body, sizeof body,
		       "{\"as\":\"app\",\"op\":\"insert\",\"id\":\"%s\",\"block\":{\"child_page\":"
		       "{\"title\":\"Twin\"}}}",
		       id);
	edit(&fixture, body);
	add_paragraph(&fixture, id, "Theirs.");
	poll(&fixture);
	char *text = fixture_read(&fixture, TOP ".md");
	ck_assert_ptr_nonnull(strstr(text, "Theirs."));
	free(text);
	ck_assert_uint_eq(count_files(&fixture, TOP, "Twin"), 1);
	release(&fixture);
	(void)pthread_join(thread, NULL);
	fixture_settle(&fixture);
	ck_assert_uint_eq(count_files(&fixture, TOP, "Twin"), 2);
	text = fixture_read(&fixture, TOP "/Twin.md");
	ck_assert_str_eq(text, "Ours.\n");
	free(text);
	free(id);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_page_that_was_read_before_it_was_whole_is_shown_whole)
{
	struct fixture fixture;
	struct buf wanted;
	open_settled(&fixture);
	buf_init(&wanted, 100000);
	for (int i = 1; i <= 130; i++) {
		buf_printf(&wanted, "%sLine %d.\n", i > 1 ? "\n" : "", i);
	}
	char *id = id_of(&fixture, TOP ".md");
	hold(&fixture, "POST", "/pages$");
	fixture_write(&fixture, TOP "/Long.md", wanted.data);
	pthread_t thread = start(&fixture, send_main);
	await_held(&fixture);
	/* Under another title it is not known as the one that is being made. */
	char *made = NULL;
	size_t i;
	json_t *page;
	json_t *dump = fixture_http(&fixture, "GET", "/_sim/dump", NULL);
	json_array_foreach (json_object_get(dump, "pages"), i, page) {
		char *text = json_dumps(json_object_get(page, "properties"), 0);
		if (strstr(text, "\"Long\"") != NULL) {
			made = strdup(json_string_value(json_object_get(page, "id")));
		}
		free(text);
	}
	json_decref(dump);
	ck_assert_ptr_nonnull(made);
	char body[256];
	(void)snprintf(body, sizeof body,
		       "{\"as\":\"app\",\"op\":\"rename\",\"id\":\"%s\",\"title\":\"Elsewhere\"}",
		       made);
	edit(&fixture, body);
	add_paragraph(&fixture, id, "Theirs.");
	poll(&fixture);
	char *text = fixture_read(&fixture, TOP "/Elsewhere.md");
	ck_assert_ptr_nonnull(strstr(text, "Line 100.\n"));
	ck_assert_ptr_null(strstr(text, "Line 101.\n"));
	free(text);
	release(&fixture);
	(void)pthread_join(thread, NULL);
	advance(&fixture, 70);
	fixture_settle(&fixture);
	text = fixture_read(&fixture, TOP "/Long.md");
	text = text != NULL ? text : fixture_read(&fixture, TOP "/Elsewhere.md");
	ck_assert_str_eq(text, wanted.data);
	free(text);
	free(made);
	free(id);
	buf_release(&wanted);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_title_that_somebody_else_gave_is_the_name_after_the_next_search)
{
	struct fixture fixture;
	char body[256];
	open_settled(&fixture);
	char *id = id_of(&fixture, TOP "/Meetings.md");
	(void)snprintf(body, sizeof body,
		       "{\"as\":\"app\",\"op\":\"rename\",\"id\":\"%s\",\"title\":\"Rules\"}", id);
	edit(&fixture, body);
	advance(&fixture, 70);
	json_decref(fixture_command(&fixture, "{\"command\":\"sync\"}"));
	ck_assert_uint_eq(count_files(&fixture, TOP, "Rules"), 1);
	ck_assert_uint_eq(count_files(&fixture, TOP, "Meetings"), 0);
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Rules", &attr), 0);
	free(id);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&a_search_from_before_a_new_title_does_not_bring_the_old_one_back,
	&a_listing_from_before_a_new_title_does_not_bring_the_old_name_back,
	&a_page_that_is_being_made_has_no_twin_beside_it,
	&a_page_that_was_read_before_it_was_whole_is_shown_whole,
	&a_title_that_somebody_else_gave_is_the_name_after_the_next_search,
};
SUITE_MAIN("meanwhile")
