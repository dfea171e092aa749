/*
 * Bytes of files: where they may come from, that the token stays here, what a bad server does, and
 * what is sent of a file of ours.
 */
#include "cache/remote/http_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cache/remote/notion_file.h"
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

static struct notion *notion_at(const char *url)
{
	struct notion *notion = NULL;
	struct notion_options options = {
		.base_url = url, .api_version = "2026-03-11", .token = "ntn_secret"};
	ck_assert_int_eq(notion_new(&options, &notion), 0);
	return notion;
}

static int temporary_file(void)
{
	char path[] = "/tmp/notionfs-file-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	(void)unlink(path);
	return fd;
}

static void file_holds(int fd, const char *expected)
{
	char bytes[256] = "";
	ssize_t n = pread(fd, bytes, sizeof bytes - 1, 0);
	ck_assert_int_ge(n, 0);
	ck_assert_str_eq(bytes, expected);
}

static const char *url_of(struct scripted_server *server, const char *path)
{
	static char url[256];
	(void)snprintf(url, sizeof url, "%s%s", scripted_server_url(server), path);
	return url;
}

START_TEST(only_https_is_read_unless_the_api_is_here_too)
{
	static const struct {
		const char *api;
		const char *url;
		bool is_refused;
	} rows[] = {
		{"https://api.notion.com", "http://127.0.0.1:1/a", true},
		{"https://api.notion.com", "http://files.example/a", true},
		{"https://api.notion.com", "file:///etc/passwd", true},
		{"https://api.notion.com", "ftp://127.0.0.1:1/a", true},
		{"https://api.notion.com", "/etc/passwd", true},
		{"https://api.notion.com", "https://127.0.0.1:1/a", false},
		{"http://127.0.0.1:1", "http://127.0.0.1:1/a", false},
		{"http://127.0.0.1:1", "http://files.example/a", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct http *http = connect_to(rows[i].api);
		struct http_file_answer answer;
		int r = http_read_file(http, rows[i].url, -1, &answer);
		ck_assert_msg(r == (rows[i].is_refused ? -EINVAL : -EHOSTUNREACH), "%s: %d",
			      rows[i].url, r);
		http_free(http);
	}
}
END_TEST

START_TEST(the_token_is_not_sent_where_files_lie)
{
	SERVE({.status = 200, .body = "{\"object\":\"user\"}"}, {.status = 200, .body = "bytes"})
	struct notion *notion = notion_at(scripted_server_url(server));
	int fd = temporary_file();
	/* On a connection that has carried the token before. */
	ck_assert_int_eq(notion_me(notion, PRIORITY_PERSON, NULL, NULL), 0);
	ck_assert_int_eq(notion_file_read(notion, url_of(server, "/f/a.png?sig=1"), fd, NULL), 0);
	file_holds(fd, "bytes");
	const char *request = scripted_server_request(server, 1);
	ck_assert_ptr_nonnull(strstr(scripted_server_request(server, 0), "ntn_secret"));
	ck_assert_ptr_nonnull(strstr(request, "GET /f/a.png?sig=1 "));
	ck_assert_ptr_null(strstr(request, "ntn_secret"));
	ck_assert_ptr_null(strstr(request, "Authorization"));
	ck_assert_ptr_null(strstr(request, "Notion-Version"));
	(void)close(fd);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(the_size_is_asked_for_by_one_byte)
{
	SERVE({.status = 206, .headers = "Content-Range: bytes 0-0/123456\r\n", .body = "x"},
	      {.status = 200, .body = "0123456789", .repeat_body = 100000},
	      {.status = 416, .headers = "Content-Range: bytes */0\r\n"},
	      {.status = 206, .headers = "Content-Range: bytes 0-0/*\r\n", .body = "x"},
	      {.status = 200, .body = "{\"object\":\"user\"}"})
	struct notion *notion = notion_at(scripted_server_url(server));
	struct failure failure;
	uint64_t size = 0;
	ck_assert_int_eq(notion_file_size(notion, url_of(server, "/a?s"), NULL, &size), 0);
	ck_assert_uint_eq(size, 123456);
	ck_assert_ptr_nonnull(strstr(scripted_server_request(server, 0), "Range: bytes=0-0"));
	/* A host that does not know ranges sends all: it is not taken. */
	ck_assert_int_eq(notion_file_size(notion, url_of(server, "/a?s"), NULL, &size), 0);
	ck_assert_uint_eq(size, 1000000);
	ck_assert_int_eq(notion_file_size(notion, url_of(server, "/a?s"), NULL, &size), 0);
	ck_assert_uint_eq(size, 0);
	ck_assert_int_eq(notion_file_size(notion, url_of(server, "/a?s"), &failure, &size), -EIO);
	failure_release(&failure);
	/* The API's requests are as they were. */
	ck_assert_int_eq(notion_me(notion, PRIORITY_PERSON, NULL, NULL), 0);
	ck_assert_ptr_null(strstr(scripted_server_request(server, 4), "Range:"));
	ck_assert_ptr_nonnull(strstr(scripted_server_request(server, 4), "ntn_secret"));
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(a_url_that_is_over_is_stale_and_an_error_page_is_not_the_file)
{
	SERVE({.status = 403, .body = "<Error>AccessDenied</Error>"}, {.status = 404, .body = "no"})
	struct notion *notion = notion_at(scripted_server_url(server));
	struct failure failure;
	int fd = temporary_file();
	ck_assert_int_eq(notion_file_read(notion, url_of(server, "/a?key=q"), fd, &failure),
			 -ESTALE);
	file_holds(fd, "");
	ck_assert_ptr_null(strstr(failure.message, "key=q"));
	failure_release(&failure);
	ck_assert_int_eq(notion_file_read(notion, url_of(server, "/a?key=q"), fd, NULL), -ENOENT);
	file_holds(fd, "");
	(void)close(fd);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(redirects_end)
{
	SERVE({.status = 302, .headers = "Location: /b\r\n"}, {.status = 200, .body = "there"},
	      {.status = 302, .headers = "Location: /1\r\n"},
	      {.status = 302, .headers = "Location: /2\r\n"},
	      {.status = 302, .headers = "Location: /3\r\n"},
	      {.status = 302, .headers = "Location: /4\r\n"},
	      {.status = 302, .headers = "Location: /5\r\n"},
	      {.status = 302, .headers = "Location: /6\r\n"}, {.status = 200, .body = "no"},
	      {.status = 302, .headers = "Location: file:///etc/passwd\r\n"})
	struct http *http = connect_to(scripted_server_url(server));
	struct http_file_answer answer;
	int fd = temporary_file();
	ck_assert_int_eq(http_read_file(http, url_of(server, "/a"), fd, &answer), 0);
	file_holds(fd, "there");
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_lt(http_read_file(http, url_of(server, "/a"), fd, &answer), 0);
	ck_assert_uint_eq(scripted_server_requests(server), 8);
	file_holds(fd, "");
	struct http_request request = {.method = "GET", .path = "/x", .timeout_ms = 5000};
	CLEANUP(http_answer) struct http_answer other;
	http_answer_init(&other);
	ck_assert_int_eq(http_send(http, &request, &other), 0); /* takes the "no" */
	ck_assert_int_lt(http_read_file(http, url_of(server, "/a"), fd, &answer), 0);
	file_holds(fd, "");
	(void)close(fd);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

START_TEST(half_a_file_is_none_and_is_asked_for_again)
{
	SERVE({.status = 200, .body = "half", .is_cut = true}, {.status = 200, .body = "whole"})
	struct notion *notion = notion_at(scripted_server_url(server));
	int fd = temporary_file();
	ck_assert_int_eq(notion_file_read(notion, url_of(server, "/a"), fd, NULL), 0);
	file_holds(fd, "whole");
	ck_assert_uint_eq(scripted_server_requests(server), 2);
	(void)close(fd);
	notion_free(notion);
	scripted_server_free(server);
}
END_TEST

START_TEST(a_full_disk_is_said_as_such)
{
	SERVE({.status = 200, .body = "0123456789", .repeat_body = 1000})
	struct http *http = connect_to(scripted_server_url(server));
	struct http_file_answer answer;
	FILE *full = fopen("/dev/full", "w");
	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(http_read_file(http, url_of(server, "/a"), fileno(full), &answer),
			 -ENOSPC);
	(void)fclose(full);
	http_free(http);
	scripted_server_free(server);
}
END_TEST

SUITE_CASES = {
	&only_https_is_read_unless_the_api_is_here_too,
	&the_token_is_not_sent_where_files_lie,
	&the_size_is_asked_for_by_one_byte,
	&a_url_that_is_over_is_stale_and_an_error_page_is_not_the_file,
	&redirects_end,
	&half_a_file_is_none_and_is_asked_for_again,
	&a_full_disk_is_said_as_such,
};
SUITE_MAIN("http_file")
