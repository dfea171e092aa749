/*
 * The connections: where a request may go, what is known after one that failed, and that none is
 * sent twice.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "cache/remote/http.h"
#include "tests/remote/scripted_server.h"
#include "tests/unit/suite.h"

#define SERVE(...)                                                   \
	static const struct scripted_reply script[] = {__VA_ARGS__}; \
	struct scripted_server *server =                             \
		scripted_server_new(script, sizeof script / sizeof script[0]);

static struct http *connect_to(const char *url)
{
	struct http *http = NULL;
	ck_assert_int_eq(http_new(url, &http), 0);
	return http;
}

static int send_one(struct http *http, const char *method, const char *body,
		    struct http_answer *answer)
{
	struct http_request request = {
		.method = method,
		.path = "/v1/x",
		.body = body,
		.body_len = body != NULL ? strlen(body) : 0,
		.token = "ntn_secret",
		.api_version = "2026-03-11",
		.timeout_ms = 20000,
	};
	http_answer_init(answer);
	return http_send(http, &request, answer);
}

START_TEST(only_https_or_this_host_is_spoken_to)
{
	static const struct {
		const char *url;
		int expected;
	} rows[] = {
		{"https://api.notion.com", 0},
		{"https://api.notion.com/", 0},
		{"https://proxy.example:8443/notion", 0},
		{"http://127.0.0.1:1", 0},
		{"http://127.9.9.9:1", 0},
		{"http://[::1]:1", 0},
		{"http://localhost:1", 0},
		{"http://api.notion.com", -EINVAL},
		{"http://127.0.0.1.example.com", -EINVAL},
		{"http://localhost.example.com", -EINVAL},
		{"http://128.0.0.1", -EINVAL},
		{"http://[::2]", -EINVAL},
		{"http://127.0.0.1@example.com", -EINVAL},
		{"https://user:word@api.notion.com", -EINVAL},
		{"https://api.notion.com/?a=b", -EINVAL},
		{"file:///etc/passwd", -EINVAL},
		{"ftp://127.0.0.1", -EINVAL},
		{"", -EINVAL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct http *http = NULL;
		int r = http_new(rows[i].url, &http);
		ck_assert_msg(r == rows[i].expected, "%s: %d", rows[i].url, r);
		http_free(http);
	}
}
END_TEST

START_TEST(a_request_carries_what_notion_needs_and_the_connection_is_kept)
{
	SERVE({.status = 200, .headers = "Date: Sat, 21 Nov 2026 09:30:00 GMT\r\n", .body = "{}"},
	      {.status = 200, .body = "[]"})
	struct http *http = connect_to(scripted_server_url(server));
	struct http_answer answer;
	ck_assert_int_eq(send_one(http, "PATCH", "{\"a\":1}", &answer), 0);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_str_eq(answer.body.data, "{}");
	ck_assert_int_eq(answer.date_ms, 1795253400000);
	ck_assert(answer.was_sent);
	ck_assert(!answer.was_reused);
	http_answer_release(&answer);
	ck_assert_int_eq(send_one(http, "GET", NULL, &answer), 0);
	ck_assert_str_eq(answer.body.data, "[]");
	ck_assert_int_eq(answer.date_ms, -1);
	ck_assert(answer.was_reused);
	http_answer_release(&answer);

	const char *patch = scripted_server_request(server, 0);
	ck_assert_ptr_eq(strstr(patch, "PATCH /v1/x HTTP/1.1\r\n"), patch);
	ck_assert_ptr_nonnull(strstr(patch, "\r\nAuthorization: Bearer ntn_secret\r\n"));
	ck_assert_ptr_nonnull(strstr(patch, "\r\nNotion-Version: 2026-03-11\r\n"));
	ck_assert_ptr_nonnull(strstr(patch, "\r\nContent-Type: application/json\r\n"));
	ck_assert_ptr_nonnull(strstr(patch, "\r\nUser-Agent: notionfs/"));
	ck_assert_ptr_nonnull(strstr(patch, "\r\nAccept-Encoding: gzip\r\n"));
	ck_assert_ptr_nonnull(strstr(patch, "\r\n\r\n{\"a\":1}"));
	const char *get = scripted_server_request(server, 1);
	ck_assert_ptr_eq(strstr(get, "GET /v1/x HTTP/1.1\r\n"), get);
	ck_assert_ptr_null(strstr(get, "Content-"));
	ck_assert_uint_eq(scripted_server_connections(server), 1);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

START_TEST(a_write_is_not_repeated_when_a_kept_connection_ends_without_an_answer)
{
	static const char *const methods[] = {"POST", "PATCH", "DELETE", "GET"};
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		SERVE({.status = 200, .body = "{}"}, {.status = 0}, {.status = 200, .body = "{}"})
		struct http *http = connect_to(scripted_server_url(server));
		struct http_answer answer;
		const char *body = i < 2 ? "{\"children\":[]}" : NULL;
		ck_assert_int_eq(send_one(http, methods[i], body, &answer), 0);
		http_answer_release(&answer);
		ck_assert_int_eq(send_one(http, methods[i], body, &answer), -ECONNRESET);
		ck_assert(answer.was_sent);
		ck_assert(answer.was_reused);
		ck_assert_str_ne(answer.reason, "");
		http_answer_release(&answer);
		ck_assert_uint_eq(scripted_server_requests(server), 2);
		http_free(http);
		scripted_server_free(server);
	}
}
END_TEST

START_TEST(a_connection_the_server_closed_in_the_meantime_is_replaced)
{
	SERVE({.status = 200, .body = "{}"})
	struct http *http = connect_to(scripted_server_url(server));
	struct http_answer answer;
	ck_assert_int_eq(send_one(http, "POST", "{}", &answer), 0);
	http_answer_release(&answer);
	scripted_server_free(server);
	/* Nobody listens there now: certainly not sent, although a connection was in the pool. */
	ck_assert_int_eq(send_one(http, "POST", "{}", &answer), -EHOSTUNREACH);
	ck_assert(!answer.was_sent);
	http_answer_release(&answer);
	http_free(http);
}
END_TEST

START_TEST(without_a_server_nothing_was_sent)
{
	struct http *http = connect_to("http://127.0.0.1:1");
	struct http_answer answer;
	ck_assert_int_eq(send_one(http, "POST", "{}", &answer), -EHOSTUNREACH);
	ck_assert(!answer.was_sent);
	ck_assert_int_eq(answer.status, 0);
	http_answer_release(&answer);
	http_free(http);
}
END_TEST

START_TEST(a_cut_answer_is_no_answer)
{
	SERVE({.status = 200, .body = "{\"object\":\"list\"", .is_cut = true})
	struct http *http = connect_to(scripted_server_url(server));
	struct http_answer answer;
	ck_assert_int_eq(send_one(http, "PATCH", "{}", &answer), -ECONNRESET);
	ck_assert(answer.was_sent);
	ck_assert_int_eq(answer.status, 200);
	http_answer_release(&answer);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

START_TEST(redirects_are_answers)
{
	SERVE({.status = 302, .headers = "Location: http://127.0.0.1:1/thief\r\n"},
	      {.status = 200, .body = "{}"})
	struct http *http = connect_to(scripted_server_url(server));
	struct http_answer answer;
	ck_assert_int_eq(send_one(http, "GET", NULL, &answer), 0);
	ck_assert_int_eq(answer.status, 302);
	http_answer_release(&answer);
	ck_assert_uint_eq(scripted_server_requests(server), 1);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

START_TEST(an_answer_without_end_is_given_up)
{
	static char megabyte[(1 << 20) + 1];
	memset(megabyte, ' ', sizeof megabyte - 1);
	struct scripted_reply reply = {.status = 200, .body = megabyte, .repeat_body = 40};
	struct scripted_server *server = scripted_server_new(&reply, 1);
	struct http *http = connect_to(scripted_server_url(server));
	struct http_answer answer;
	ck_assert_int_eq(send_one(http, "GET", NULL, &answer), -EFBIG);
	ck_assert_uint_le(answer.body.len, HTTP_ANSWER_MAX_BYTES);
	http_answer_release(&answer);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

START_TEST(retry_after_is_seconds_or_a_date)
{
	static const char date[] = "Date: Sat, 21 Nov 2026 09:30:00 GMT\r\n"
				   "Retry-After: Sat, 21 Nov 2026 09:31:30 GMT\r\n";
	static const char past[] = "Date: Sat, 21 Nov 2026 09:30:00 GMT\r\n"
				   "Retry-After: Sat, 21 Nov 2026 09:29:00 GMT\r\n";
	SERVE({.status = 429, .headers = "Retry-After: 17\r\n"}, {.status = 429, .headers = date},
	      {.status = 429, .headers = past}, {.status = 429, .headers = "Retry-After: soon\r\n"},
	      {.status = 429, .headers = "Retry-After: -5\r\n"}, {.status = 429})
	static const int64_t expected_ms[] = {17000, 90000, 0, -1, -1, -1};
	struct http *http = connect_to(scripted_server_url(server));
	for (size_t i = 0; i < sizeof expected_ms / sizeof expected_ms[0]; i++) {
		struct http_answer answer;
		ck_assert_int_eq(send_one(http, "GET", NULL, &answer), 0);
		ck_assert_int_eq(answer.retry_after_ms, expected_ms[i]);
		http_answer_release(&answer);
	}
	http_free(http);
	scripted_server_free(server);
}
END_TEST

static void *send_held(void *context)
{
	struct http_answer answer;
	int r = send_one(context, "PATCH", "{}", &answer);
	bool was_sent = answer.was_sent;
	http_answer_release(&answer);
	return (void *)(r == -ECANCELED && was_sent ? "as expected" : NULL);
}

START_TEST(stop_ends_requests_that_wait_for_an_answer_and_refuses_new_ones)
{
	SERVE({.is_held = true}, {.is_held = true})
	struct http *http = connect_to(scripted_server_url(server));
	pthread_t threads[2];
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_create(&threads[i], NULL, send_held, http), 0);
	}
	scripted_server_await(server, 2);
	http_stop(http);
	for (size_t i = 0; i < 2; i++) {
		void *result = NULL;
		ck_assert_int_eq(pthread_join(threads[i], &result), 0);
		ck_assert_ptr_nonnull(result);
	}
	struct http_answer answer;
	ck_assert_int_eq(send_one(http, "GET", NULL, &answer), -ECANCELED);
	ck_assert(!answer.was_sent);
	http_answer_release(&answer);
	ck_assert_uint_eq(scripted_server_requests(server), 2);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

START_TEST(an_answer_that_does_not_come_is_waited_for_so_long_and_no_longer)
{
	SERVE({.is_held = true})
	struct http *http = connect_to(scripted_server_url(server));
	struct http_request request = {.method = "GET",
				       .path = "/v1/x",
				       .token = "ntn_secret",
				       .api_version = "2026-03-11",
				       .timeout_ms = 100};
	struct http_answer answer;
	http_answer_init(&answer);
	ck_assert_int_eq(http_send(http, &request, &answer), -ETIMEDOUT);
	http_answer_release(&answer);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

SUITE_CASES = {
	&only_https_or_this_host_is_spoken_to,
	&a_request_carries_what_notion_needs_and_the_connection_is_kept,
	&a_write_is_not_repeated_when_a_kept_connection_ends_without_an_answer,
	&a_connection_the_server_closed_in_the_meantime_is_replaced,
	&without_a_server_nothing_was_sent,
	&a_cut_answer_is_no_answer,
	&redirects_are_answers,
	&an_answer_without_end_is_given_up,
	&retry_after_is_seconds_or_a_date,
	&stop_ends_requests_that_wait_for_an_answer_and_refuses_new_ones,
	&an_answer_that_does_not_come_is_waited_for_so_long_and_no_longer,
};
SUITE_MAIN("http")
