/*
 * When which owed save is sent, and by whom: the schedule and the threads.
 *
 * What it is not: durable (queue.h is; at the start the schedule is made anew from it), or the
 * sending of one page (push.h).
 *
 * One writer per page at a time; different pages in parallel. Any thread may schedule.
 */
#ifndef NOTIONFS_CACHE_WRITEBACK_H
#define NOTIONFS_CACHE_WRITEBACK_H

#include <pthread.h>
#include <stdbool.h>

#include "cache/workspace.h"

#define WRITEBACK_THREADS 3

struct scheduled;

struct writeback {
	pthread_mutex_t mutex;
	pthread_cond_t wake;	 /* something was scheduled, or stopping */
	pthread_cond_t finished; /* a push ended */
	struct scheduled *first; /* guarded by mutex; unordered, one a page */
	bool is_stopping;	 /* guarded by mutex */
	int64_t pruned_ms;	 /* guarded by mutex; when what is too old was last forgotten */
	pthread_t threads[WRITEBACK_THREADS];
	unsigned thread_count;
	struct workspace *workspace;
};

void writeback_init(struct writeback *writeback, struct workspace *workspace);
/* Schedules what the queue holds and starts the threads. */
must_check int writeback_start(struct writeback *writeback);
void writeback_stop(struct writeback *writeback);
void writeback_release(struct writeback *writeback);

/* Pushes this page at `due_ms`; a later call for the same page replaces the time. */
void writeback_schedule(struct writeback *writeback, node_id node, int64_t due_ms);
/* Brings the time forward when the page is scheduled at all. */
void writeback_hurry(struct writeback *writeback, node_id node, int64_t due_ms);
/* All of them now (node 0), or one. */
void writeback_flush(struct writeback *writeback, node_id node);
/* Blocks until nothing of it (or of `node`) is due now or being sent. */
void writeback_wait(struct writeback *writeback, node_id node);
/* For a page that is being pushed: what it refers to is not in Notion yet (design.md §5.10). It is
 * due again as soon as another push has ended well. */
void writeback_await(struct writeback *writeback, node_id node);
/* Is anything being sent, or due within the next seconds? */
bool writeback_is_pending(struct writeback *writeback);
/* Will it be sent within `within_ms`, or is being sent, and does not upload? */
bool writeback_is_near(struct writeback *writeback, node_id node, int64_t within_ms);
/* A page that is being pushed uploads files, which may take minutes: it is not near any more. */
void writeback_note_slow(struct writeback *writeback, node_id node);
/* What it waited for has been sent: now. False: it waited for nothing. */
bool writeback_wake(struct writeback *writeback, node_id node);
/* Is it being sent at this moment? */
bool writeback_is_busy(struct writeback *writeback, node_id node);

#endif
