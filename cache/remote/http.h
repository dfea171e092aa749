/*
 * HTTP to one server: a pool of connections that are kept alive (only http* include curl.h).
 *
 * What it is not: Notion. It knows no status, no JSON, no budget and repeats nothing: it sends one
 * request and says what came of it, and whether the server can have seen it. Redirects are not
 * followed: a 3xx is an answer, and the token never leaves for another host.
 *
 * Threads: any; http_send blocks its thread on the network until the answer, the timeout or
 * http_stop. Names, TLS sessions and connections are shared between the threads.
 */
#ifndef NOTIONFS_CACHE_REMOTE_HTTP_H
#define NOTIONFS_CACHE_REMOTE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "mapping/base/buf.h"
#include "mapping/base/cleanup.h"

struct http;

#define HTTP_ANSWER_MAX_BYTES ((size_t)32 << 20)

/*
 * `base_url`: https://host[:port][/path], or the same with http when host is a loopback address
 * (127.0.0.0/8, ::1) or localhost; everything else is -EINVAL. Copied. The first call of the
 * process initialises libcurl.
 */
must_check int http_new(const char *base_url, struct http **ret_http);
/* After the last http_send has returned. */
void http_free(struct http *http);
/* For good: every http_send, running or yet to come, returns -ECANCELED at once. */
void http_stop(struct http *http);

struct http_request {
	const char *method;
	const char *path; /* from the slash; percent-encoded by the caller */
	const char *body; /* JSON, or NULL */
	size_t body_len;
	const char *token;	 /* bearer; NULL = none. No control characters */
	const char *api_version; /* Notion-Version; NULL = none */
	int64_t timeout_ms;	 /* for all of it; connecting may take 10 s of it */
};

struct http_answer {
	int status; /* 0 = no answer */
	struct buf body;
	int64_t retry_after_ms; /* -1 = no such header */
	int64_t date_ms;	/* header Date; -1 = no such header */
	bool was_sent;		/* false: not one byte of the request has left, for certain */
	bool was_reused;	/* on a connection that had served another request before */
	char reason[256]; /* of a failure, for a person; may hold host names, never the token */
};

void http_answer_init(struct http_answer *answer);
void http_answer_release(struct http_answer *answer);

static inline void cleanup_http_answer(struct http_answer *answer)
{
	http_answer_release(answer);
}

/*
 * `answer` is initialised by the caller and filled also on failure. 0: there is a status, whatever
 * it is, and a whole body. -EHOSTUNREACH: no connection; -ETIMEDOUT; -ECONNRESET: the connection
 * ended before the answer did; -EFBIG: the answer is larger than HTTP_ANSWER_MAX_BYTES;
 * -ECANCELED: http_stop.
 */
must_check int http_send(struct http *http, const struct http_request *request,
			 struct http_answer *answer);

#endif
