/*
 * The verbs against a scripted server: what is sent, what is repeated and when, and what is known
 * after a failure. Time goes by fast: a thread moves the simulated clock.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "cache/remote/notion.h"
#include "mapping/base/clock.h"
#include "tests/remote/scripted_server.h"
#include "tests/unit/suite.h"

#define START_MS 1795253400000
#define STEP_MS 100
#define ID "38c9ce7b-60a4-81d0-8000-000000000001"
#define PAGE "{\"object\":\"page\",\"id\":\"" ID "\"}"
#define LIST "{\"object\":\"list\",\"results\":[],\"has_more\":false,\"next_cursor\":null}"

#define SERVE(...)                                                   \
	static const struct scripted_reply script[] = {__VA_ARGS__}; \
	struct scripted_server *server =                             \
		scripted_server_new(script, sizeof script / sizeof script[0]);

/* ---- time ---- */

static struct {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t stopped;
	bool is_stopped; /* guarded by mutex */
} race = {.mutex = PTHREAD_MUTEX_INITIALIZER, .stopped = PTHREAD_COND_INITIALIZER};

static void *race_clock(void *context)
{
	(void)context;
	LOCK_SCOPE(&race.mutex);
	for (int64_t now_ms = START_MS; !race.is_stopped; now_ms += STEP_MS) {
		clock_set_simulated(now_ms, false);
		struct timespec until;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		(void)pthread_cond_timedwait(&race.stopped, &race.mutex, &until);
	}
	return NULL;
}

static void start_race(void)
{
	clock_set_simulated(START_MS, false);
	ck_assert_int_eq(pthread_create(&race.thread, NULL, race_clock, NULL), 0);
}

static void end_race(void)
{
	(void)pthread_mutex_lock(&race.mutex);
	race.is_stopped = true;
	(void)pthread_cond_signal(&race.stopped);
	(void)pthread_mutex_unlock(&race.mutex);
	(void)pthread_join(race.thread, NULL);
}

/* ---- frame ---- */

static struct notion *notion_at(const char *url)
{
	struct notion_options options = {
		.base_url = url,
		.api_version = "2026-03-11",
		.token = " ntn_secret\n",
	};
	struct notion *notion = NULL;
	ck_assert_int_eq(notion_new(&options, &notion), 0);
	return notion;
}

static struct uuid page_id(void)
{
	struct uuid id;
	ck_assert_int_eq(uuid_parse(ID, strlen(ID), &id), 0);
	return id;
}

static int create_page(struct notion *notion, struct failure *failure)
{
	json_t *body = json_pack("{s:{s:s}}", "parent", "page_id", ID);
	int r = notion_create_page(notion, body, failure, NULL);
	json_decref(body);
	return r;
}

static int delete_block(struct notion *notion, struct failure *failure, json_t **ret_answer)
{
	struct uuid id = page_id();
	return notion_delete_block(notion, &id, failure, ret_answer);
}

/* ---- what is sent ---- */

START_TEST(each_verb_has_its_path_and_body)
{
	struct scripted_reply replies[16];
	for (size_t i = 0; i < 16; i++) {
		replies[i] = (struct scripted_reply){.status = 200, .body = LIST};
	}
	struct scripted_server *server = scripted_server_new(replies, 16);
	struct notion *notion = notion_at(scripted_server_url(server));
	struct uuid id = page_id();
	json_t *body = json_pack("{s:i}", "a", 1);
	enum priority person = PRIORITY_PERSON;
	ck_assert_int_eq(notion_me(notion, person, NULL, NULL), 0);
	ck_assert_int_eq(notion_users(notion, person, "a b&c", NULL, NULL), 0);
	ck_assert_int_eq(notion_search(notion, person, NULL, NULL, NULL), 0);
	ck_assert_int_eq(notion_block(notion, person, &id, NULL, NULL), 0);
	ck_assert_int_eq(notion_children(notion, person, &id, NULL, NULL, NULL), 0);
	ck_assert_int_eq(notion_page(notion, person, &id, NULL, NULL), 0);
	ck_assert_int_eq(notion_database(notion, person, &id, NULL, NULL), 0);
	ck_assert_int_eq(notion_data_source(notion, person, &id, NULL, NULL), 0);
	ck_assert_int_eq(notion_query(notion, person, &id, body, "c", NULL, NULL), 0);
	ck_assert_int_eq(notion_property(notion, person, &id, "%3FbA/", NULL, NULL, NULL), 0);
	ck_assert_int_eq(notion_append(notion, &id, body, NULL, NULL), 0);
	ck_assert_int_eq(notion_update_block(notion, &id, body, NULL, NULL), 0);
	ck_assert_int_eq(delete_block(notion, NULL, NULL), 0);
	ck_assert_int_eq(notion_create_page(notion, body, NULL, NULL), 0);
	ck_assert_int_eq(notion_update_page(notion, &id, body, NULL, NULL), 0);
	ck_assert_uint_eq(json_object_size(body), 1);
	json_decref(body);

	static const struct {
		const char *line;
		const char *body;
	} expected[] = {
		{"GET /v1/users/me HTTP", ""},
		{"GET /v1/users?page_size=100&start_cursor=a%20b%26c HTTP", ""},
		{"POST /v1/search HTTP", "{\"sort\":{\"timestamp\":\"last_edited_time\","
					 "\"direction\":\"descending\"},\"page_size\":100}"},
		{"GET /v1/blocks/" ID " HTTP", ""},
		{"GET /v1/blocks/" ID "/children?page_size=100 HTTP", ""},
		{"GET /v1/pages/" ID " HTTP", ""},
		{"GET /v1/databases/" ID " HTTP", ""},
		{"GET /v1/data_sources/" ID " HTTP", ""},
		{"POST /v1/data_sources/" ID "/query HTTP",
		 "{\"a\":1,\"page_size\":100,\"start_cursor\":\"c\"}"},
		{"GET /v1/pages/" ID "/properties/%3FbA%2F?page_size=100 HTTP", ""},
		{"PATCH /v1/blocks/" ID "/children HTTP", "{\"a\":1}"},
		{"PATCH /v1/blocks/" ID " HTTP", "{\"a\":1}"},
		{"DELETE /v1/blocks/" ID " HTTP", ""},
		{"POST /v1/pages HTTP", "{\"a\":1}"},
		{"PATCH /v1/pages/" ID " HTTP", "{\"a\":1}"},
	};
	size_t count = sizeof expected / sizeof expected[0];
	ck_assert_uint_eq(scripted_server_requests(server), count);
	for (size_t i = 0; i < count; i++) {
		const char *request = scripted_server_request(server, i);
		ck_assert_msg(strncmp(request, expected[i].line, strlen(expected[i].line)) == 0,
			      "%s", request);
		ck_assert_str_eq(strstr(request, "\r\n\r\n") + 4, expected[i].body);
		ck_assert_ptr_nonnull(strstr(request, "Authorization: Bearer ntn_secret\r\n"));
	}
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(a_token_that_can_not_stand_in_a_header_is_none)
{
	SERVE({.status = 200, .body = PAGE})
	struct notion *notion = notion_at(scripted_server_url(server));
	static const char *const wrong[] = {"", "  ", "ntn_a\r\nX: y", "ntn_\xc3\xa4", NULL};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		notion_set_token(notion, wrong[i]);
		struct failure failure;
		ck_assert_int_eq(notion_me(notion, PRIORITY_PERSON, &failure, NULL), -EACCES);
		ck_assert_int_eq(failure.kind, FAILURE_NOT_SENT);
	}
	ck_assert_uint_eq(scripted_server_requests(server), 0);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

/* ---- what is repeated ---- */

START_TEST(a_read_is_repeated_three_times_with_back_off)
{
	SERVE({.status = 500, .body = "{\"object\":\"error\"}"},
	      {.status = 502, .body = "<html>Bad gateway</html>"}, {.status = 503},
	      {.status = 200, .body = PAGE})
	start_race();
	struct notion *notion = notion_at(scripted_server_url(server));
	struct uuid id = page_id();
	json_t *answer = NULL;
	int64_t before_ms = clock_now_ms();
	ck_assert_int_eq(notion_page(notion, PRIORITY_PERSON, &id, NULL, &answer), 0);
	ck_assert_int_ge(clock_now_ms() - before_ms, 7000);
	ck_assert_str_eq(json_string_value(json_object_get(answer, "id")), ID);
	json_decref(answer);
	struct notion_budget budget;
	notion_budget(notion, &budget);
	ck_assert_uint_eq(budget.requests, 4);
	ck_assert_uint_eq(budget.used, 4);
	notion_free(notion);
	scripted_server_free(server);
	end_race();
}
END_TEST

START_TEST(the_fourth_failure_of_a_read_is_the_last)
{
	SERVE({.status = 504}, {.status = 200, .body = LIST, .is_cut = true},
	      {.status = 200, .body = "{\"object\":\"list\"}"},
	      {.status = 503, .body = "{\"code\":\"service_unavailable\",\"message\":\"Later.\"}"},
	      {.status = 200, .body = LIST})
	start_race();
	struct notion *notion = notion_at(scripted_server_url(server));
	struct failure failure;
	ck_assert_int_eq(notion_search(notion, PRIORITY_REFRESH, NULL, &failure, NULL), -EIO);
	ck_assert_int_eq(failure.status, 503);
	ck_assert_str_eq(failure.code, "service_unavailable");
	ck_assert_str_eq(failure.message, "Later.");
	failure_release(&failure);
	ck_assert_uint_eq(scripted_server_requests(server), 4);
	notion_free(notion);
	scripted_server_free(server);
	end_race();
}
END_TEST

START_TEST(a_write_that_may_have_been_applied_is_not_repeated)
{
	SERVE({.status = 200, .body = PAGE}, {.status = 0}, {.status = 500}, {.status = 502},
	      {.status = 503}, {.status = 504}, {.status = 200, .body = "{\"object\":\"pa"},
	      {.status = 200, .body = PAGE, .is_cut = true},
	      {.status = 302, .headers = "Location: http://127.0.0.1:1/\r\n"})
	static const int expected[] = {0,    -ETIMEDOUT, -EIO,	     -EIO, -EIO,
				       -EIO, -EIO,	 -ETIMEDOUT, -EIO};
	start_race();
	struct notion *notion = notion_at(scripted_server_url(server));
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		struct failure failure;
		int64_t before_ms = clock_now_ms();
		ck_assert_int_eq(create_page(notion, &failure), expected[i]);
		ck_assert_uint_eq(scripted_server_requests(server), i + 1);
		if (expected[i] < 0) {
			ck_assert_int_eq(failure.kind, FAILURE_UNKNOWN);
			ck_assert_int_ge(failure.sent_at_ms, before_ms);
			ck_assert_int_le(failure.sent_at_ms, clock_now_ms());
		}
		failure_release(&failure);
	}
	notion_free(notion);
	scripted_server_free(server);
	end_race();
}
END_TEST

START_TEST(a_503_that_says_saved_is_committed)
{
	SERVE({.status = 503,
	       .body = "{\"object\":\"error\",\"status\":503,\"code\":\"service_unavailable\","
		       "\"message\":\"Saved.\",\"additional_data\":{\"committed_resource_id\":"
		       "\"" ID "\",\"committed_child_ids\":[\"" ID "\"]}}"})
	struct notion *notion = notion_at(scripted_server_url(server));
	struct failure failure;
	struct uuid id = page_id();
	json_t *body = json_pack("{s:[]}", "children");
	ck_assert_int_eq(notion_append(notion, &id, body, &failure, NULL), -EIO);
	json_decref(body);
	ck_assert_int_eq(failure.kind, FAILURE_COMMITTED);
	ck_assert(uuid_equal(&failure.committed, &id));
	ck_assert_uint_eq(json_array_size(failure.committed_children), 1);
	failure_release(&failure);
	ck_assert_uint_eq(scripted_server_requests(server), 1);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(deleting_what_is_in_the_trash_is_success)
{
	SERVE({.status = 502}, {.status = 404, .body = "{\"code\":\"object_not_found\"}"},
	      {.status = 400,
	       .body = "{\"code\":\"validation_error\",\"message\":\"Can't edit "
		       "block that is archived. You must unarchive the block before "
		       "editing.\"}"},
	      {.status = 400, .body = "{\"code\":\"validation_error\",\"message\":\"No.\"}"})
	start_race();
	struct notion *notion = notion_at(scripted_server_url(server));
	for (int i = 0; i < 2; i++) {
		json_t *answer = NULL;
		struct failure failure;
		ck_assert_int_eq(delete_block(notion, &failure, &answer), 0);
		ck_assert_ptr_null(answer);
		ck_assert_int_eq(failure.kind, FAILURE_NONE);
	}
	struct failure failure;
	ck_assert_int_eq(delete_block(notion, &failure, NULL), -EINVAL);
	failure_release(&failure);
	ck_assert_uint_eq(scripted_server_requests(server), 4);
	notion_free(notion);
	scripted_server_free(server);
	end_race();
}
END_TEST

/* ---- limits ---- */

START_TEST(a_429_or_529_is_waited_out_even_by_a_write)
{
	SERVE({.status = 429,
	       .headers = "Retry-After: 30\r\n",
	       .body = "{\"code\":\"rate_limited\",\"additional_data\":{\"rate_limit_reason\":"
		       "\"public_api_space_request_rate_limit\",\"retry_after\":\"30\"}}"},
	      {.status = 529,
	       .body = "{\"code\":\"service_overload\",\"additional_data\":"
		       "{\"retry_after\":\"20\"}}"},
	      {.status = 429, .body = "<html>slow down</html>"}, {.status = 200, .body = PAGE})
	start_race();
	struct notion *notion = notion_at(scripted_server_url(server));
	int64_t before_ms = clock_now_ms();
	struct failure failure;
	ck_assert_int_eq(create_page(notion, &failure), 0);
	ck_assert_int_eq(failure.kind, FAILURE_NONE);
	ck_assert_int_ge(clock_now_ms() - before_ms, 30000 + 20000 + 1000);
	ck_assert_uint_eq(scripted_server_requests(server), 4);
	notion_free(notion);
	scripted_server_free(server);
	end_race();
}
END_TEST

START_TEST(a_blocked_connection_sends_nothing_more)
{
	SERVE({.status = 429,
	       .headers = "Retry-After: 30\r\n",
	       .body = "{\"code\":\"rate_limited\",\"additional_data\":{\"rate_limit_reason\":"
		       "\"public_api_request_blocked\"}}"})
	struct notion *notion = notion_at(scripted_server_url(server));
	for (int i = 0; i < 2; i++) {
		struct failure failure;
		ck_assert_int_eq(create_page(notion, &failure), -EPERM);
		ck_assert_int_eq(failure.kind, FAILURE_NOT_SENT);
		ck_assert_ptr_nonnull(strstr(failure.message, "blocked"));
	}
	struct notion_budget budget;
	notion_budget(notion, &budget);
	ck_assert(budget.is_blocked);
	ck_assert_uint_eq(scripted_server_requests(server), 1);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(after_a_401_nothing_is_sent_until_there_is_a_token)
{
	SERVE({.status = 401,
	       .body = "{\"code\":\"unauthorized\",\"message\":\"API token "
		       "ntn_secret is invalid.\"}"},
	      {.status = 200, .body = PAGE})
	struct notion *notion = notion_at(scripted_server_url(server));
	struct failure failure;
	ck_assert_int_eq(notion_me(notion, PRIORITY_PERSON, &failure, NULL), -EACCES);
	ck_assert_ptr_null(strstr(failure.message, "ntn_secret"));
	ck_assert_int_eq(notion_me(notion, PRIORITY_PERSON, &failure, NULL), -EACCES);
	struct notion_budget budget;
	notion_budget(notion, &budget);
	ck_assert(budget.is_unauthorized);
	ck_assert_uint_eq(scripted_server_requests(server), 1);
	notion_set_token(notion, "ntn_other");
	ck_assert_int_eq(notion_me(notion, PRIORITY_PERSON, &failure, NULL), 0);
	ck_assert_ptr_nonnull(strstr(scripted_server_request(server, 1), "Bearer ntn_other\r\n"));
	notion_budget(notion, &budget);
	ck_assert(!budget.is_unauthorized);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

/* ---- state ---- */

START_TEST(server_time_follows_the_date_header)
{
	/* A minute ahead of any machine this runs on: 2100-01-01. */
	SERVE({.status = 200, .headers = "Date: Fri, 01 Jan 2100 00:00:00 GMT\r\n", .body = PAGE})
	struct notion *notion = notion_at(scripted_server_url(server));
	int64_t before_ms = notion_now_ms(notion);
	ck_assert_int_lt(llabs(before_ms - clock_now_ms()), 10000);
	ck_assert_int_eq(notion_me(notion, PRIORITY_PERSON, NULL, NULL), 0);
	ck_assert_int_lt(llabs(notion_now_ms(notion) - 4102444800000), 10000);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(offline_is_known_since_the_first_failure_until_an_answer)
{
	clock_set_simulated(START_MS, false);
	SERVE({.status = 400, .body = "{}"}, {.status = 0})
	struct notion *notion = notion_at(scripted_server_url(server));
	struct notion_budget budget;
	struct failure failure;
	ck_assert_int_eq(create_page(notion, &failure), -EINVAL);
	notion_budget(notion, &budget);
	ck_assert_int_eq(budget.offline_since_ms, 0);
	ck_assert_int_eq(create_page(notion, &failure), -ETIMEDOUT);
	scripted_server_free(server);
	clock_set_simulated(START_MS + 5000, false);
	ck_assert_int_eq(create_page(notion, &failure), -EHOSTUNREACH);
	ck_assert_int_eq(failure.kind, FAILURE_NOT_SENT);
	notion_budget(notion, &budget);
	ck_assert_int_eq(budget.offline_since_ms, START_MS);
	notion_free(notion);
}
END_TEST

struct waiter {
	struct notion *notion;
	int error;
	enum failure_kind kind;
};

static void *wait_in_vain(void *context)
{
	struct waiter *waiter = context;
	struct failure failure;
	waiter->error = create_page(waiter->notion, &failure);
	waiter->kind = failure.kind;
	failure_release(&failure);
	return NULL;
}

START_TEST(stop_ends_calls_that_wait_for_an_answer_or_for_the_budget)
{
	clock_set_simulated(START_MS, false);
	SERVE({.is_held = true}, {.status = 429, .headers = "Retry-After: 60\r\n"})
	struct notion *notion = notion_at(scripted_server_url(server));
	struct waiter waiters[] = {{.notion = notion}, {.notion = notion}};
	pthread_t threads[2];
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_create(&threads[i], NULL, wait_in_vain, &waiters[i]), 0);
		scripted_server_await(server, i + 1);
	}
	/* The pause shows that the 429 has arrived. */
	struct notion_budget budget = {0};
	while (budget.paused_until_ms == 0) {
		(void)sched_yield();
		notion_budget(notion, &budget);
	}
	notion_stop(notion);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_int_eq(waiters[i].error, -ECANCELED);
	}
	ck_assert_int_eq(waiters[0].kind, FAILURE_UNKNOWN);
	ck_assert_int_eq(waiters[1].kind, FAILURE_NOT_SENT);
	struct failure failure;
	ck_assert_int_eq(create_page(notion, &failure), -ECANCELED);
	ck_assert_int_eq(failure.kind, FAILURE_NOT_SENT);
	ck_assert_uint_eq(scripted_server_requests(server), 2);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

#define THREADS 8
#define CALLS 15

static void *read_often(void *context)
{
	struct waiter *waiter = context;
	for (int i = 0; i < CALLS && waiter->error == 0; i++) {
		enum priority priority = (enum priority)(i % PRIORITY_COUNT);
		waiter->error = notion_me(waiter->notion, priority, NULL, NULL);
	}
	return NULL;
}

START_TEST(many_threads_share_connections_and_budget)
{
	static struct scripted_reply replies[THREADS * CALLS];
	for (size_t i = 0; i < THREADS * CALLS; i++) {
		replies[i] = (struct scripted_reply){.status = 200, .body = PAGE};
	}
	struct scripted_server *server = scripted_server_new(replies, THREADS * CALLS);
	struct notion *notion = notion_at(scripted_server_url(server));
	struct waiter waiters[THREADS];
	pthread_t threads[THREADS];
	for (size_t i = 0; i < THREADS; i++) {
		waiters[i] = (struct waiter){.notion = notion};
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_often, &waiters[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_int_eq(waiters[i].error, 0);
	}
	struct notion_budget budget;
	notion_budget(notion, &budget);
	ck_assert_uint_eq(budget.used, THREADS * CALLS);
	ck_assert_uint_le(scripted_server_connections(server), THREADS);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

SUITE_CASES = {
	&each_verb_has_its_path_and_body,
	&a_token_that_can_not_stand_in_a_header_is_none,
	&a_read_is_repeated_three_times_with_back_off,
	&the_fourth_failure_of_a_read_is_the_last,
	&a_write_that_may_have_been_applied_is_not_repeated,
	&a_503_that_says_saved_is_committed,
	&deleting_what_is_in_the_trash_is_success,
	&a_429_or_529_is_waited_out_even_by_a_write,
	&a_blocked_connection_sends_nothing_more,
	&after_a_401_nothing_is_sent_until_there_is_a_token,
	&server_time_follows_the_date_header,
	&offline_is_known_since_the_first_failure_until_an_answer,
	&stop_ends_calls_that_wait_for_an_answer_or_for_the_budget,
	&many_threads_share_connections_and_budget,
};
SUITE_MAIN("notion")
