/*
 * Writes that take effect after their connection was cut.
 *
 * What it is not: a queue in order; each waits for itself, in a thread of its own, until so much
 * real or so much of the server's time has gone by, whichever is first.
 *
 * late_schedule is for any thread and does not block; late_join blocks.
 */
#ifndef NOTIONFS_SIM_LATE_H
#define NOTIONFS_SIM_LATE_H

#include <jansson.h>
#include <pthread.h>
#include <stddef.h>

struct request;
struct sim;

struct late {
	pthread_mutex_t mutex;
	pthread_t *threads; /* guarded by mutex, as all below */
	size_t count;
	size_t allocated;
};

void late_init(struct late *late);
/* Takes over `request` and the reference to the log's `entry`. */
void late_schedule(struct sim *sim, struct request *request, json_t *entry, unsigned late_ms);
/* After sim_clock_stop: waits for the threads, whose writes are dropped, and frees. */
void late_join(struct late *late);

#endif
