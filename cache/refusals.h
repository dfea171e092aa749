/*
 * What was refused to a program and why, for a person to read in .notionfs/errors: an errno says
 * too little.
 *
 * What it is not: durable; the oldest are forgotten. Any thread.
 */
#ifndef NOTIONFS_CACHE_REFUSALS_H
#define NOTIONFS_CACHE_REFUSALS_H

#include <pthread.h>
#include <stdint.h>

#include "mapping/base/buf.h"

#define REFUSALS_MAX 16

struct refusal {
	int64_t at_ms;
	char *text; /* one line */
};

struct refusals {
	pthread_mutex_t mutex;
	struct refusal items[REFUSALS_MAX]; /* guarded by mutex; a ring */
	size_t next;			    /* guarded by mutex */
};

void refusals_init(struct refusals *refusals);
void refusals_release(struct refusals *refusals);
/* "what: why", once for each `what`. Logged, too. */
void refusals_note(struct refusals *refusals, const char *what, const char *why);
/* Appends a line for each of the last hour, oldest first. */
void refusals_print(struct refusals *refusals, struct buf *out);

#endif
