/*
 * The verbs of Notion's API, version 2026-03-11 (notion-api.md §4). The only place that knows
 * paths and HTTP statuses.
 *
 * What it is not: a cache, or a judge of content. It waits for the budget, sends, repeats what is
 * safe to repeat, and says exactly what is known when something failed.
 *
 * Threads: any; each call blocks its thread on the budget and the network. notion_stop makes all
 * calls return -ECANCELED within a second. No caller holds a lock or a transaction.
 */
#ifndef NOTIONFS_CACHE_REMOTE_NOTION_H
#define NOTIONFS_CACHE_REMOTE_NOTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/remote/rate.h"
#include "mapping/base/cleanup.h"
#include "mapping/base/uuid.h"

struct notion;

struct notion_options {
	const char *base_url;	  /* https, or http to loopback only: else -EINVAL */
	const char *api_version;  /* "2026-03-11" */
	const char *token;	  /* copied; never logged, never in an error */
	int64_t write_timeout_ms; /* 0 = 65000 (notion-api.md §3.3) */
	int64_t read_timeout_ms;  /* 0 = 65000 */
	unsigned requests;	  /* a minute; 0 = RATE_DEFAULT_LIMIT */
	/* The first request that got no answer, and the first that got one again; NULL = nobody
	 * asks. From the thread of the call, holding no lock. */
	void (*connection_changed)(void *context, bool is_offline);
	void *context;
};

/* How sure we are of what happened; filled by every call that fails. -EIO, -ETIMEDOUT and
 * -ECANCELED of a write come with any of the first two. */
enum failure_kind {
	FAILURE_NONE,
	FAILURE_NOT_SENT, /* no connection: certainly not applied */
	FAILURE_UNKNOWN, /* sent, no answer or 5xx without word: a write may be or become applied */
	FAILURE_COMMITTED, /* 503 that says the write was saved: `committed` names what */
	FAILURE_REFUSED,   /* 4xx: not applied */
};

struct failure {
	enum failure_kind kind;
	int status;		    /* HTTP status; 0 = none */
	char code[48];		    /* Notion's code, "" = none */
	char message[400];	    /* one sentence for a person; no token, no control characters */
	bool is_block_limit;	    /* 403 of a Free workspace, notion-api.md §3.1 */
	struct uuid committed;	    /* FAILURE_COMMITTED: committed_resource_id */
	json_t *committed_children; /* array of id strings, or NULL; failure_release */
	int64_t sent_at_ms;	    /* server time when a FAILURE_UNKNOWN write was sent */
};
void failure_release(struct failure *failure);

static inline void cleanup_failure(struct failure *failure)
{
	failure_release(failure);
}

/*
 * Errors, everywhere below: -EACCES 401; -EPERM 403; -EDQUOT block limit; -ENOENT 404 (missing or
 * not shared); -EINVAL 400; -EBUSY 409; -E2BIG 413; -EHOSTUNREACH no connection; -ETIMEDOUT no
 * answer; -EIO 5xx or an answer that makes no sense; -ECANCELED notion_stop. 429 and 529 are
 * waited out inside, for all methods. Reads (GET, search, query) and DELETE are repeated inside,
 * at most 3 times, after 5xx, a cut or an answer that makes no sense: 1, 2 and 4 s later (or
 * Retry-After), at once when a connection kept alive had been closed. Other writes never, except
 * when not one byte was sent. Where there is no connection or no answer in time, nothing is
 * repeated. `failure` may be NULL; it is initialised by the call. `ret_answer`: new reference; may
 * be NULL.
 *
 * After a 401 nothing is sent, and all calls return -EACCES at once, until notion_set_token; after
 * public_api_request_blocked the same with -EPERM, for good.
 */
must_check int notion_new(const struct notion_options *options, struct notion **ret_notion);
/* Stops, and waits for the calls that are in progress. */
void notion_free(struct notion *notion);
void notion_stop(struct notion *notion);
/* Until told otherwise (NULL), calls of this thread are as urgent as this says, when that is more
 * urgent than they are themselves, also while they wait for their turn: it may change meanwhile,
 * and notion_hurry makes those that wait look again. */
void notion_follow_priority(const _Atomic unsigned *priority);
void notion_hurry(struct notion *notion);
/* A new token, or the same one to be tried again after a 401. White space around it goes; one that
 * can't stand in a header counts as none (-EACCES). */
void notion_set_token(struct notion *notion, const char *token);

must_check int notion_me(struct notion *notion, enum priority priority, struct failure *failure,
			 json_t **ret_answer);
must_check int notion_users(struct notion *notion, enum priority priority, const char *cursor,
			    struct failure *failure, json_t **ret_answer);
/* Newest edit first, pages and data sources, 100 at a time. */
must_check int notion_search(struct notion *notion, enum priority priority, const char *cursor,
			     struct failure *failure, json_t **ret_answer);
must_check int notion_block(struct notion *notion, enum priority priority, const struct uuid *id,
			    struct failure *failure, json_t **ret_answer);
/* The open threads of a page or block, not of what is in it; oldest comment first. */
must_check int notion_comments(struct notion *notion, enum priority priority, const struct uuid *id,
			       const char *cursor, struct failure *failure, json_t **ret_answer);
/* One list answer of up to 100 children. */
must_check int notion_children(struct notion *notion, enum priority priority, const struct uuid *id,
			       const char *cursor, struct failure *failure, json_t **ret_answer);
must_check int notion_page(struct notion *notion, enum priority priority, const struct uuid *id,
			   struct failure *failure, json_t **ret_answer);
must_check int notion_database(struct notion *notion, enum priority priority, const struct uuid *id,
			       struct failure *failure, json_t **ret_answer);
must_check int notion_data_source(struct notion *notion, enum priority priority,
				  const struct uuid *id, struct failure *failure,
				  json_t **ret_answer);
/* `body` borrowed (may be NULL): filter, sorts; page_size and start_cursor are added. */
must_check int notion_query(struct notion *notion, enum priority priority, const struct uuid *id,
			    const json_t *body, const char *cursor, struct failure *failure,
			    json_t **ret_answer);
/* Property items of one property of a page, for cut relations and people. */
must_check int notion_property(struct notion *notion, enum priority priority,
			       const struct uuid *page, const char *property_id, const char *cursor,
			       struct failure *failure, json_t **ret_answer);

/* Writes; bodies are borrowed and sent as they are. Always PRIORITY_SAVE. */
must_check int notion_append(struct notion *notion, const struct uuid *container,
			     const json_t *body, struct failure *failure, json_t **ret_answer);
must_check int notion_update_block(struct notion *notion, const struct uuid *id, const json_t *body,
				   struct failure *failure, json_t **ret_answer);
/* A block or page that is already in the trash is success (answer NULL then). */
must_check int notion_delete_block(struct notion *notion, const struct uuid *id,
				   struct failure *failure, json_t **ret_answer);
/* A comment; not repeated, as all that is made. */
must_check int notion_create_comment(struct notion *notion, const json_t *body,
				     struct failure *failure, json_t **ret_answer);
must_check int notion_create_page(struct notion *notion, const json_t *body,
				  struct failure *failure, json_t **ret_answer);
/* `body` is {"parent":…}. Another parent than the present one, or it is refused (-EINVAL). */
must_check int notion_move_page(struct notion *notion, const struct uuid *id, const json_t *body,
				struct failure *failure, json_t **ret_answer);
must_check int notion_update_page(struct notion *notion, const struct uuid *id, const json_t *body,
				  struct failure *failure, json_t **ret_answer);

/* Server time by the last Date header (design.md §7.3), the local clock before the first. */
int64_t notion_now_ms(struct notion *notion);

struct notion_budget {
	unsigned window_s;
	unsigned limit;
	unsigned used;
	bool is_blocked;
	bool is_unauthorized;	  /* a 401 came; nothing is sent until notion_set_token */
	int64_t paused_until_ms;  /* 0 = not paused */
	uint64_t requests;	  /* sent since the start */
	int64_t offline_since_ms; /* 0 = the last request was answered */
};
void notion_budget(struct notion *notion, struct notion_budget *ret_budget);

/* Follows the clock of a test server at `url` (loopback only) until notion_stop: GET
 * `url`/_sim/clock, then with ?after=<version> (design.md §9, NOTIONFS_TEST_CLOCK); the first
 * answer is awaited here. Own thread: to be called after the fork. Once (-EALREADY). */
must_check int notion_follow_clock(struct notion *notion, const char *url);

#endif
