/*
 * Finding out what there is and what changed: the first search, the polls, the second look at
 * what was read in the minute of its own stamp, the sweep (design.md §7).
 *
 * What it is not: the reading of objects (read_object.h) or the queue of readings (fetch.h); this
 * only decides what is to be read again, and when.
 *
 * One thread decides; the searches themselves run in the fetcher's workers.
 */
#ifndef NOTIONFS_CACHE_REFRESH_H
#define NOTIONFS_CACHE_REFRESH_H

#include <pthread.h>
#include <stdbool.h>

#include "cache/remote/rate.h"
#include "cache/workspace.h"
#include "mapping/base/uuid.h"

struct second_look;

struct refresher {
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	pthread_cond_t caught_up;  /* a round of the thread found nothing due */
	uint64_t rounds;	   /* guarded by mutex; such rounds */
	struct second_look *looks; /* guarded by mutex */
	int64_t next_poll_ms;	   /* guarded by mutex */
	int64_t next_try_ms;	   /* guarded by mutex; a first search that failed; 0 = none */
	int64_t next_rescan_ms;	   /* guarded by mutex; readings that failed; 0 = none */
	unsigned failures;	   /* guarded by mutex; of the first search, in a row */
	int64_t next_sweep_ms;	   /* guarded by mutex */
	uint64_t requests_before;  /* refresher's thread: at the last step of the sweep */
	int64_t stepped_ms;	   /* refresher's thread: when that was */
	uint64_t step_requests;	   /* refresher's thread: what it took, once it is done */
	bool is_stepping;	   /* refresher's thread: it is not done yet */
	bool is_stopping;	   /* guarded by mutex */
	bool is_discovered;	   /* guarded by mutex; the first search of this run is done */
	pthread_t thread;
	bool has_thread;
	struct workspace *workspace;
};

void refresher_init(struct refresher *refresher, struct workspace *workspace);
must_check int refresher_start(struct refresher *refresher);
void refresher_stop(struct refresher *refresher);
void refresher_release(struct refresher *refresher);

/* Looks at this page again when the minute of `stamp_ms` is over (notion-api.md §8.2). */
void refresher_look_again(struct refresher *refresher, const struct uuid *page, int64_t stamp_ms);
/* A reading failed for a reason that may pass: what is unread is asked for again in a while. */
void refresher_note_failure(struct refresher *refresher);
/* Has everything search names been taken in, in this run or from a cache of an earlier one? */
bool refresher_is_discovered(struct refresher *refresher);
/* Blocks until everything that is due by now has been asked for. */
void refresher_catch_up(struct refresher *refresher);

/* Requests a minute that the sweep may use: a fifth of the limit, less the searches of the polls.
 */
unsigned refresher_sweep_share(const struct workspace_options *options, unsigned limit);

/* Jobs of the fetcher; they block on the network. */
must_check int refresh_discover(struct workspace *workspace, enum priority priority);
must_check int refresh_poll(struct workspace *workspace, enum priority priority);
must_check int refresh_people(struct workspace *workspace, enum priority priority);

/* What an earlier run left unread is asked for again; the first search when there was none. */
must_check int refresh_resume(struct workspace *workspace);

#endif
