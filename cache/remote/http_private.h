/*
 * The connections from within: shared by http.c (life, requests to the API) and http_file.c (bytes
 * of files). Nobody else includes it.
 */
#ifndef NOTIONFS_CACHE_REMOTE_HTTP_PRIVATE_H
#define NOTIONFS_CACHE_REMOTE_HTTP_PRIVATE_H

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "cache/remote/http.h"

struct connection {
	struct connection *next;      /* guarded by http.mutex; all of them */
	struct connection *next_idle; /* guarded by http.mutex */
	CURLM *multi;		      /* constant; curl_multi_wakeup from any thread */
	CURL *easy;		      /* the thread that took the connection */
	char error[CURL_ERROR_SIZE];

	/* Of the present request. */
	struct http_answer *answer;
	unsigned attempts; /* times curl was about to send */
	bool is_too_large;
	bool must_be_loopback; /* plain http */
	bool is_repeatable;    /* curl may send it again, and follow redirects */
	const char *refusal;   /* why before_request said no, or NULL */
};

struct http {
	pthread_mutex_t mutex;
	struct connection *all;	 /* guarded by mutex */
	struct connection *idle; /* guarded by mutex; last used first */
	unsigned idle_count;	 /* guarded by mutex */

	atomic_bool is_stopped;
	char *base_url; /* constant, no slash at the end */
	bool is_plain;	/* constant: http to loopback */
	CURLSH *share;
	pthread_mutex_t share_mutexes[CURL_LOCK_DATA_LAST];
};

#define set_option(option, value)                                         \
	do {                                                              \
		CURLcode code_ = curl_easy_setopt(easy, (option), value); \
		assert(code_ == CURLE_OK);                                \
		(void)code_;                                              \
	} while (0)

/* An idle one or a new one, for this thread alone until it is given back. */
struct connection *http_take_connection(struct http *http);
void http_give_back(struct http *http, struct connection *connection);
/* Its facts of the last request forgotten, `answer` filled by the next. */
void http_begin(struct connection *connection, struct http_answer *answer);
/* Drives the request to its end. False: http_stop came first. */
bool http_drive(struct http *http, struct connection *connection, CURLcode *ret_code);
/* Status, dates, and what a failure was. */
void http_read_facts(struct connection *connection);
int http_read_outcome(struct connection *connection, CURLcode code);
struct curl_slist *http_make_headers(const struct http_request *request);
/* Wipes them first: one may be the token. */
void http_free_headers(struct curl_slist *headers);
/* Collects an answer; `context` is the connection. */
size_t http_take_body(char *bytes, size_t size, size_t count, void *context);
const char *http_find_header(CURL *easy, const char *name);
bool http_is_loopback_host(const char *host);

#endif
