/*
 * What an endpoint answers: a status with a JSON object, and the errors in Notion's words.
 *
 * What it is not: HTTP; server.c sends it and adds `request_id`. One thread at a time.
 */
#ifndef NOTIONFS_SIM_ANSWER_H
#define NOTIONFS_SIM_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "mapping/base/cleanup.h"
#include "mapping/base/uuid.h"

struct workspace;

struct answer {
	unsigned status;
	json_t *json;		/* owned */
	unsigned retry_after_s; /* header; 0 = none */
	bool changed;		/* the workspace was changed */
	/* What a 503 that was saved names: the page made, or the block appended to with its new
	 * first-level children. */
	char committed_id[UUID_TEXT_BYTES];
	json_t *committed_children; /* owned; NULL unless an append */
};

void answer_release(struct answer *answer);

/* 200 with `json` (stolen). Replaces what was there, as the errors below do. */
void answer_ok(struct answer *answer, json_t *json);
void answer_error(struct answer *answer, unsigned status, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* 400 validation_error with `message` (stolen; malloc'ed). */
void answer_invalid(struct answer *answer, char *message);
/* 400 validation_error. */
void answer_refuse(struct answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* 404 that names the connection. `kind` is "page", "block", "database", "data source", "user". */
void answer_not_found(struct answer *answer, const struct workspace *workspace, const char *kind,
		      const char *id);
/* 400: the thing or an ancestor of it is in the trash. */
void answer_archived(struct answer *answer);
/* Adds a member to additional_data of an error. `value` is stolen. */
void answer_add_data(struct answer *answer, const char *key, json_t *value);

/* The list envelope. `results` is stolen; `next_cursor` NULL: no more. */
json_t *answer_list(json_t *results, const char *next_cursor, const char *type);

static inline void cleanup_answer(struct answer *answer)
{
	answer_release(answer);
}

#endif
