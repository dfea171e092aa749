/*
 * What was asked of the API, in order, for tests to read at /_sim/requests.
 *
 * What it is not: a file, or a log of /_sim/ itself. Any thread; nothing blocks.
 *
 * A request stands here from its arrival on, with the status null until it is answered.
 */
#ifndef NOTIONFS_SIM_REQUEST_LOG_H
#define NOTIONFS_SIM_REQUEST_LOG_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/sim/request.h"

struct request_log {
	pthread_mutex_t mutex;
	json_t *entries;   /* guarded by mutex, with all entries */
	json_int_t number; /* guarded by mutex */
};

void request_log_init(struct request_log *log);
void request_log_release(struct request_log *log);

/* A new entry; the caller gives the reference back with request_log_unref. */
json_t *request_log_begin(struct request_log *log, const struct request *request, int64_t now_ms);
void request_log_unref(struct request_log *log, json_t *entry);
/* `fault` may be NULL. */
void request_log_set_fault(struct request_log *log, json_t *entry, const char *fault);
void request_log_set_applied(struct request_log *log, json_t *entry);
/* 0: the connection was cut. */
void request_log_set_status(struct request_log *log, json_t *entry, unsigned status);

/* A copy; new reference. */
json_t *request_log_copy(struct request_log *log);
void request_log_clear(struct request_log *log);

#endif
