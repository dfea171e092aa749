/*
 * One call of the API from its turn in the budget to its last word: the inside of struct notion,
 * for notion.c and notion_call.c only.
 *
 * What it is not: the paths and bodies (notion.c), or the meaning of statuses (failure.c).
 */
#ifndef NOTIONFS_CACHE_REMOTE_NOTION_CALL_H
#define NOTIONFS_CACHE_REMOTE_NOTION_CALL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/remote/clock_follower.h"
#include "cache/remote/http.h"
#include "cache/remote/http_file.h"
#include "cache/remote/notion.h"
#include "cache/remote/rate.h"

struct notion {
	struct http *http;
	char *api_version;	  /* constant */
	int64_t write_timeout_ms; /* constant */
	int64_t read_timeout_ms;  /* constant */
	void (*connection_changed)(void *context, bool is_offline); /* constant, as context */
	void *context;

	pthread_mutex_t mutex;		 /* the only lock; held for moments, never while sending */
	pthread_cond_t changed;		 /* stopped, another token, or the last call has left */
	bool is_stopped;		 /* guarded by mutex */
	unsigned calls;			 /* guarded by mutex; inside notion_call */
	struct rate rate;		 /* guarded by mutex */
	char *token;			 /* guarded by mutex; NULL = none that could be sent */
	uint64_t token_version;		 /* guarded by mutex */
	bool is_unauthorized;		 /* guarded by mutex; a 401 came for this token */
	int64_t server_offset_ms;	 /* guarded by mutex; server time - our time */
	bool is_offset_known;		 /* guarded by mutex */
	uint64_t requests;		 /* guarded by mutex */
	int64_t offline_since_ms;	 /* guarded by mutex; 0 = not */
	struct clock_follower *follower; /* guarded by mutex; NULL = none */
};

struct notion_call {
	const char *method;
	const char *path;
	const json_t *body;		   /* NULL = none */
	const struct http_file_part *part; /* sent in the place of a body; NULL = none */
	int64_t extra_timeout_ms;	   /* beyond the usual one */
	enum priority priority;
	bool is_write;	    /* takes the time limit of writes */
	bool is_repeatable; /* may be sent again when it may have been applied */
	bool is_list;	    /* the answer is a list object, or makes no sense */
};

/* Around whatever uses notion->http: notion_free waits for the last one to leave. */
void notion_enter(struct notion *notion);
void notion_leave(struct notion *notion);

/* Errors, `failure` and `ret_answer` as in notion.h. */
must_check int notion_call(struct notion *notion, const struct notion_call *call,
			   struct failure *failure, json_t **ret_answer);

#endif
