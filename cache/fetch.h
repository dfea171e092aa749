/*
 * What is to be read from Notion, who waits for it, and the threads that read.
 *
 * What it is not: the reading itself (read_object.h), or the decision what is stale (refresh.h).
 *
 *      want ──▶ waits ◀──── done ────┐
 *        │                           │
 *        └──▶ jobs (by priority) ──▶ workers ──▶ Notion, store
 *
 * A job is one object's reading; asking twice for the same one makes one job of the higher
 * priority. Any thread may ask; nobody but the workers blocks.
 */
#ifndef NOTIONFS_CACHE_FETCH_H
#define NOTIONFS_CACHE_FETCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "cache/remote/rate.h"
#include "cache/workspace.h"
#include "mapping/base/uuid.h"

#define FETCH_WORKERS 8
/* Background readings never take the last workers: a person's reading starts at once. */
#define FETCH_BACKGROUND_MAX 5
/* Nor do files, which may be long. */
#define FETCH_FILES_MAX 4

enum job_kind {
	JOB_DISCOVER,	 /* search: what there is, and the roots */
	JOB_PAGE,	 /* a page's object and whole body */
	JOB_DATABASE,	 /* a database's sources, and the rows of the only one */
	JOB_DATA_SOURCE, /* the schema and all rows */
	JOB_ROWS,	 /* the rows of a data source that were edited since they were asked for */
	JOB_POLL,	 /* search: what changed since */
	JOB_PEOPLE,	 /* the users of the workspace */
	JOB_ASSET_SIZE,	 /* how long a stored file is */
	JOB_ASSET,	 /* the bytes of a stored file */
};

struct job;

#define FETCH_BUCKETS 4096

struct fetcher {
	pthread_mutex_t mutex;
	pthread_cond_t work;		    /* a job was queued, or stopping */
	pthread_cond_t idle;		    /* a job was finished, or stopping */
	struct job *first[PRIORITY_COUNT];  /* guarded by mutex; queued, oldest first */
	struct job *last[PRIORITY_COUNT];   /* guarded by mutex */
	struct job *buckets[FETCH_BUCKETS]; /* guarded by mutex; queued and running, by object */
	size_t pending[PRIORITY_COUNT];	    /* guarded by mutex; queued */
	unsigned running[PRIORITY_COUNT];   /* guarded by mutex */
	unsigned running_files;		    /* guarded by mutex */
	struct workspace_wait *waits;	    /* guarded by mutex */
	bool has_lost_patience;		    /* guarded by mutex; a stat_wait ran out, and nothing
					       was read since */
	bool is_stopping;		    /* guarded by mutex */
	pthread_t workers[FETCH_WORKERS];
	unsigned worker_count;
	pthread_t timer;
	bool has_timer;
	struct workspace *workspace;
};

void fetcher_init(struct fetcher *fetcher, struct workspace *workspace);
must_check int fetcher_start(struct fetcher *fetcher);
/* Answers all waits with -ENOTCONN and joins the threads (notion_stop was called before). */
void fetcher_stop(struct fetcher *fetcher);
void fetcher_release(struct fetcher *fetcher);

/* Queues a reading, or raises the one that is queued. With `again` a running one is repeated. */
void fetcher_request(struct fetcher *fetcher, enum job_kind kind, const struct uuid *object,
		     enum priority priority, bool again);
/* Queued and running jobs. */
size_t fetcher_pending(struct fetcher *fetcher);
/* Blocks until nothing of this priority or a more urgent one is queued or running, or stopping. */
void fetcher_wait_idle(struct fetcher *fetcher, enum priority least);

#endif
