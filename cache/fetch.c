/*
 * NOTES ON THE THREAD MODEL
 * Workers take jobs and run them with no lock held. One timer thread ends waits whose time is
 * over. Waits are answered (their callbacks run) by workers, the timer, or the canceller, always
 * after the mutex was let go; a wait is taken out of the list first, so each is answered once.
 */
#include "cache/fetch.h"

#define LOG_MODULE "fetch"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cache/asset_read.h"
#include "cache/content.h"
#include "cache/keys.h"
#include "cache/read_object.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

/* A content nobody can bring is waited for this long, then the open fails. */
#define CONTENT_WAIT_MS 60000
/* A file that comes more slowly than this is given up (and found when asked for again). */
#define ASSET_BYTES_PER_MS 64

enum job_state { JOB_QUEUED, JOB_RUNNING };

struct job {
	enum job_kind kind;
	struct uuid object;
	enum priority priority;
	enum job_state state;
	/* While it runs: who waits for it is not made to wait for background work's turn. */
	_Atomic unsigned urgency;
	bool again; /* run once more when done */
	struct job *next;
	struct job *previous;
	struct job *next_in_bucket;
};

struct workspace_wait {
	workspace_done *done;
	void *context;
	enum want want;
	enum job_kind kind;
	struct uuid object;
	int64_t deadline_ms;
	int error; /* once taken out of the list: what to answer */
	struct workspace_wait *next;
};

void fetcher_init(struct fetcher *fetcher, struct workspace *workspace)
{
	*fetcher = (struct fetcher){
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.work = PTHREAD_COND_INITIALIZER,
		.idle = PTHREAD_COND_INITIALIZER,
		.workspace = workspace,
	};
}

static size_t bucket_of(enum job_kind kind, const struct uuid *object)
{
	/* Ids differ most in their last bytes (notion-api.md §8.4). */
	return (((size_t)object->bytes[14] << 8 | object->bytes[15]) + (size_t)kind * 977) %
	       FETCH_BUCKETS;
}

static struct job *find_job_locked(struct fetcher *fetcher, enum job_kind kind,
				   const struct uuid *object)
{
	struct job *job = fetcher->buckets[bucket_of(kind, object)];
	while (job != NULL && !(job->kind == kind && uuid_equal(&job->object, object))) {
		job = job->next_in_bucket;
	}
	return job;
}

static void enqueue_locked(struct fetcher *fetcher, struct job *job)
{
	job->state = JOB_QUEUED;
	job->next = NULL;
	job->previous = fetcher->last[job->priority];
	if (job->previous != NULL) {
		job->previous->next = job;
	} else {
		fetcher->first[job->priority] = job;
	}
	fetcher->last[job->priority] = job;
	fetcher->pending[job->priority]++;
	(void)pthread_cond_signal(&fetcher->work);
}

static void dequeue_locked(struct fetcher *fetcher, struct job *job)
{
	*(job->previous != NULL ? &job->previous->next : &fetcher->first[job->priority]) =
		job->next;
	*(job->next != NULL ? &job->next->previous : &fetcher->last[job->priority]) = job->previous;
	job->next = job->previous = NULL;
	fetcher->pending[job->priority]--;
}

/* True: notion_hurry is to be called, once the mutex is left. */
static bool request_locked(struct fetcher *fetcher, enum job_kind kind, const struct uuid *object,
			   enum priority priority, bool again)
{
	struct job *job = find_job_locked(fetcher, kind, object);
	if (job != NULL && job->state == JOB_RUNNING) {
		bool is_raised = priority < job->priority && priority < atomic_load(&job->urgency);
		job->again |= again;
		if (is_raised) {
			atomic_store(&job->urgency, priority);
		}
		return is_raised;
	}
	if (job != NULL) {
		if (priority < job->priority) {
			dequeue_locked(fetcher, job);
			job->priority = priority;
			enqueue_locked(fetcher, job);
		}
		return false;
	}
	job = calloc(1, sizeof *job);
	if (job == NULL) {
		abort();
	}
	job->kind = kind;
	job->object = *object;
	job->priority = priority;
	size_t bucket = bucket_of(kind, object);
	job->next_in_bucket = fetcher->buckets[bucket];
	fetcher->buckets[bucket] = job;
	enqueue_locked(fetcher, job);
	return false;
}

void fetcher_request(struct fetcher *fetcher, enum job_kind kind, const struct uuid *object,
		     enum priority priority, bool again)
{
	bool is_raised = false;
	{
		LOCK_SCOPE(&fetcher->mutex);
		if (!fetcher->is_stopping) {
			is_raised = request_locked(fetcher, kind, object, priority, again);
		}
	}
	if (is_raised) {
		notion_hurry(fetcher->workspace->notion);
	}
}

static void forget_job_locked(struct fetcher *fetcher, struct job *job)
{
	struct job **link = &fetcher->buckets[bucket_of(job->kind, &job->object)];
	while (*link != job) {
		link = &(*link)->next_in_bucket;
	}
	*link = job->next_in_bucket;
	free(job);
}

static unsigned background_locked(const struct fetcher *fetcher)
{
	return fetcher->running[PRIORITY_REFRESH] + fetcher->running[PRIORITY_HYDRATION];
}

static bool is_file(const struct job *job)
{
	return job->kind == JOB_ASSET || job->kind == JOB_ASSET_SIZE;
}

/* The most urgent job that may run now, taken out of its queue; NULL when there is none. */
static struct job *take_job_locked(struct fetcher *fetcher)
{
	for (unsigned priority = 0; priority < PRIORITY_COUNT; priority++) {
		if (priority >= PRIORITY_REFRESH &&
		    background_locked(fetcher) >= FETCH_BACKGROUND_MAX) {
			return NULL;
		}
		struct job *job = fetcher->first[priority];
		while (job != NULL && is_file(job) && fetcher->running_files >= FETCH_FILES_MAX) {
			job = job->next;
		}
		if (job != NULL) {
			dequeue_locked(fetcher, job);
			job->state = JOB_RUNNING;
			return job;
		}
	}
	return NULL;
}

static int run_job(struct workspace *workspace, const struct job *job)
{
	switch (job->kind) {
	case JOB_DISCOVER: return refresh_discover(workspace, job->priority);
	case JOB_POLL: return refresh_poll(workspace, job->priority);
	case JOB_PEOPLE: return refresh_people(workspace, job->priority);
	case JOB_PAGE: return read_page(workspace, &job->object, job->priority);
	case JOB_DATABASE: return read_database(workspace, &job->object, job->priority);
	case JOB_DATA_SOURCE: return read_data_source(workspace, &job->object, job->priority);
	case JOB_ROWS: return read_rows(workspace, &job->object, job->priority);
	case JOB_ASSET_SIZE:
		return asset_read_size(workspace, key_get_u64(job->object.bytes + 8),
				       job->priority);
	case JOB_ASSET:
		return asset_read_bytes(workspace, key_get_u64(job->object.bytes + 8),
					job->priority);
	}
	return -EINVAL;
}

/* Takes the waits that `matches` out of the list, as a list of their own. */
static struct workspace_wait *take_waits_locked(struct fetcher *fetcher,
						bool (*matches)(const struct workspace_wait *wait,
								const void *key),
						const void *key, int error)
{
	struct workspace_wait *taken = NULL;
	struct workspace_wait **link = &fetcher->waits;
	while (*link != NULL) {
		struct workspace_wait *wait = *link;
		if (matches(wait, key)) {
			*link = wait->next;
			wait->error = error;
			wait->next = taken;
			taken = wait;
		} else {
			link = &wait->next;
		}
	}
	return taken;
}

static void answer_waits(struct workspace_wait *waits)
{
	while (waits != NULL) {
		struct workspace_wait *wait = waits;
		waits = wait->next;
		wait->done(wait->context, wait->error);
		free(wait);
	}
}

static bool waits_for_job(const struct workspace_wait *wait, const void *key)
{
	const struct job *job = key;
	return wait->kind == job->kind && uuid_equal(&wait->object, &job->object);
}

static bool is_overdue(const struct workspace_wait *wait, const void *key)
{
	return wait->deadline_ms <= *(const int64_t *)key;
}

static bool any_wait(const struct workspace_wait *wait, const void *key)
{
	(void)key;
	return wait != NULL;
}

static void finish_job(struct fetcher *fetcher, struct job *job, int error)
{
	struct workspace_wait *waits = NULL;
	{
		LOCK_SCOPE(&fetcher->mutex);
		bool is_background = job->priority >= PRIORITY_REFRESH || is_file(job);
		fetcher->running[job->priority]--;
		fetcher->running_files -= is_file(job) ? 1 : 0;
		if (error == 0) {
			fetcher->has_lost_patience = false;
		}
		waits = take_waits_locked(fetcher, waits_for_job, job, error);
		if (job->again && !fetcher->is_stopping) {
			job->again = false;
			enqueue_locked(fetcher, job);
		} else {
			forget_job_locked(fetcher, job);
		}
		if (is_background) {
			/* A place for such work is free again. */
			(void)pthread_cond_broadcast(&fetcher->work);
		}
		(void)pthread_cond_broadcast(&fetcher->idle);
	}
	answer_waits(waits);
}

/* Errors of the way to Notion, or of its side, not of the object. */
static bool is_passing(int error)
{
	return error == -EHOSTUNREACH || error == -ETIMEDOUT || error == -EIO || error == -EACCES ||
	       error == -EBUSY;
}

static void *worker_main(void *argument)
{
	struct fetcher *fetcher = argument;
	for (;;) {
		struct job *job;
		(void)pthread_mutex_lock(&fetcher->mutex);
		while ((job = take_job_locked(fetcher)) == NULL && !fetcher->is_stopping) {
			(void)pthread_cond_wait(&fetcher->work, &fetcher->mutex);
		}
		if (job == NULL) {
			(void)pthread_mutex_unlock(&fetcher->mutex);
			return NULL;
		}
		fetcher->running[job->priority]++;
		fetcher->running_files += is_file(job) ? 1 : 0;
		atomic_store(&job->urgency, PRIORITY_COUNT); /* its own */
		bool is_stopping = fetcher->is_stopping;
		(void)pthread_mutex_unlock(&fetcher->mutex);

		notion_follow_priority(&job->urgency);
		int r = is_stopping ? -ENOTCONN : run_job(fetcher->workspace, job);
		notion_follow_priority(NULL);
		if (r < 0 && r != -ECANCELED && r != -ENOTCONN) {
			char id[UUID_TEXT_BYTES];
			uuid_format(&job->object, id);
			log_info("reading %s failed: %s", id, strerror(-r));
		}
		bool is_of_api = !is_file(job);
		finish_job(fetcher, job, r);
		if (is_of_api && is_passing(r)) {
			/* After the end: what runs still can't be asked for. */
			refresher_note_failure(&fetcher->workspace->refresher);
		}
	}
}

static void *timer_main(void *argument)
{
	struct fetcher *fetcher = argument;
	(void)pthread_mutex_lock(&fetcher->mutex);
	while (!fetcher->is_stopping) {
		int64_t now_ms = clock_now_ms();
		int64_t next_ms = now_ms + 1000;
		for (struct workspace_wait *wait = fetcher->waits; wait != NULL;
		     wait = wait->next) {
			if (wait->deadline_ms <= now_ms && wait->want == WANT_SIZE) {
				fetcher->has_lost_patience = true;
			}
			next_ms = wait->deadline_ms < next_ms ? wait->deadline_ms : next_ms;
		}
		struct workspace_wait *late =
			take_waits_locked(fetcher, is_overdue, &now_ms, -ETIMEDOUT);
		if (late != NULL) {
			(void)pthread_mutex_unlock(&fetcher->mutex);
			answer_waits(late);
			(void)pthread_mutex_lock(&fetcher->mutex);
			continue;
		}
		/* A wait added meanwhile with an earlier end signals `idle`. */
		clock_wait_until(&fetcher->idle, &fetcher->mutex, next_ms);
	}
	(void)pthread_mutex_unlock(&fetcher->mutex);
	return NULL;
}

int fetcher_start(struct fetcher *fetcher)
{
	for (; fetcher->worker_count < FETCH_WORKERS; fetcher->worker_count++) {
		int r = pthread_create(&fetcher->workers[fetcher->worker_count], NULL, worker_main,
				       fetcher);
		if (r != 0) {
			return -r;
		}
	}
	int r = pthread_create(&fetcher->timer, NULL, timer_main, fetcher);
	fetcher->has_timer = r == 0;
	return -r;
}

void fetcher_stop(struct fetcher *fetcher)
{
	struct workspace_wait *waits;
	{
		LOCK_SCOPE(&fetcher->mutex);
		fetcher->is_stopping = true;
		waits = take_waits_locked(fetcher, any_wait, NULL, -ENOTCONN);
		(void)pthread_cond_broadcast(&fetcher->work);
		(void)pthread_cond_broadcast(&fetcher->idle);
	}
	answer_waits(waits);
	while (fetcher->worker_count > 0) {
		(void)pthread_join(fetcher->workers[--fetcher->worker_count], NULL);
	}
	if (fetcher->has_timer) {
		(void)pthread_join(fetcher->timer, NULL);
		fetcher->has_timer = false;
	}
}

void fetcher_release(struct fetcher *fetcher)
{
	assert(fetcher->worker_count == 0 && fetcher->waits == NULL);
	for (size_t i = 0; i < FETCH_BUCKETS; i++) {
		while (fetcher->buckets[i] != NULL) {
			struct job *job = fetcher->buckets[i];
			fetcher->buckets[i] = job->next_in_bucket;
			free(job);
		}
	}
}

static size_t pending_locked(const struct fetcher *fetcher, enum priority least)
{
	size_t pending = 0;
	for (unsigned priority = 0; priority <= least; priority++) {
		pending += fetcher->pending[priority] + fetcher->running[priority];
	}
	return pending;
}

size_t fetcher_pending(struct fetcher *fetcher)
{
	LOCK_SCOPE(&fetcher->mutex);
	return pending_locked(fetcher, PRIORITY_HYDRATION);
}

void fetcher_wait_idle(struct fetcher *fetcher, enum priority least)
{
	LOCK_SCOPE(&fetcher->mutex);
	while (pending_locked(fetcher, least) > 0 && !fetcher->is_stopping) {
		(void)pthread_cond_wait(&fetcher->idle, &fetcher->mutex);
	}
}

/* Which job brings what is wanted of this node, and is it here already? */
static int plan_want(struct workspace *workspace, node_id node, enum want want,
		     enum job_kind *ret_kind, struct uuid *ret_object, bool *ret_is_here)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record record;
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = tree_get(state, node, &record);
	}
	if (r < 0) {
		return r;
	}
	*ret_object = record.object;
	if (want == WANT_LISTING) {
		*ret_is_here = (record.flags & NODE_LISTED) != 0;
	} else {
		*ret_is_here = (want == WANT_SIZE && (record.flags & NODE_SIZE_EXACT) != 0) ||
			       content_is_here(state, cache, &record);
	}
	switch (record.role) {
	case ROLE_KEPT:
	case ROLE_ROOT: *ret_kind = JOB_DISCOVER; break;
	case ROLE_DATABASE: *ret_kind = JOB_DATABASE; break;
	case ROLE_DATA_SOURCE: *ret_kind = JOB_DATA_SOURCE; break;
	case ROLE_PAGE:
	case ROLE_PAGE_DIRECTORY: *ret_kind = JOB_PAGE; break;
	}
	if ((record.flags & NODE_NEW) != 0) {
		*ret_is_here = true; /* what there is of it is ours */
	}
	return 0;
}

/* The same of a stored file. *ret_extra_ms: what its length adds to the wait. */
static int plan_asset(struct workspace *workspace, node_id node, enum want want,
		      enum job_kind *ret_kind, struct uuid *ret_object, bool *ret_is_here,
		      int64_t *ret_extra_ms)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct asset_record record;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = asset_get(state, node, &record);
	}
	if (r < 0) {
		return r == -ENOENT ? -ESTALE : r;
	}
	*ret_object = (struct uuid){0};
	key_put_u64(ret_object->bytes + 8, node);
	*ret_kind = want == WANT_SIZE ? JOB_ASSET_SIZE : JOB_ASSET;
	*ret_is_here = want == WANT_SIZE ? asset_size_is_here(&record)
					 : asset_bytes_are_here(workspace, &record);
	uint64_t size = asset_size_is_here(&record) ? record.size : 0;
	*ret_extra_ms = (int64_t)(size / ASSET_BYTES_PER_MS);
	return 0;
}

int workspace_fetch(struct workspace *workspace, node_id node, enum want want, workspace_done *done,
		    void *context, struct workspace_wait **ret_wait)
{
	struct fetcher *fetcher = &workspace->fetcher;
	const struct workspace_options *options = &workspace->options;
	enum job_kind kind = JOB_PAGE;
	struct uuid object;
	bool is_here = false;
	int64_t extra_ms = 0;
	if (want == WANT_LISTING && node_is_assets(node)) {
		return 0; /* what the pages read so far show */
	}
	int r = node_is_asset(node)
			? plan_asset(workspace, node, want, &kind, &object, &is_here, &extra_ms)
			: plan_want(workspace, node, want, &kind, &object, &is_here);
	if (r < 0 || is_here) {
		return r;
	}
	if (want == WANT_SIZE && options->stat_mode == STAT_ESTIMATE) {
		return 0;
	}
	struct workspace_wait *wait = calloc(1, sizeof *wait);
	if (wait == NULL) {
		return -ENOMEM;
	}
	int64_t wait_ms = want == WANT_LISTING ? options->list_wait_ms
			  : want == WANT_SIZE && options->stat_mode == STAT_AUTO
				  ? options->stat_wait_ms
				  : CONTENT_WAIT_MS + extra_ms;
	*wait = (struct workspace_wait){
		.done = done,
		.context = context,
		.want = want,
		.kind = kind,
		.object = object,
		.deadline_ms = clock_now_ms() + wait_ms,
	};
	(void)pthread_mutex_lock(&fetcher->mutex);
	bool is_refused = fetcher->is_stopping;
	bool is_raised = false;
	bool is_impatient =
		want == WANT_SIZE && options->stat_mode == STAT_AUTO && fetcher->has_lost_patience;
	if (!is_refused && !is_impatient) {
		/* Before the job can run, so that its end finds the wait. */
		wait->next = fetcher->waits;
		fetcher->waits = wait;
		*ret_wait = wait;
		is_raised = request_locked(fetcher, kind, &object, PRIORITY_PERSON, false);
		(void)pthread_cond_broadcast(&fetcher->idle);
	}
	(void)pthread_mutex_unlock(&fetcher->mutex);
	if (is_raised) {
		notion_hurry(workspace->notion);
	}
	if (is_refused || is_impatient) {
		free(wait);
		return is_refused ? -ENOTCONN : 0;
	}
	return -EINPROGRESS;
}

void workspace_cancel(struct workspace *workspace, struct workspace_wait *wait, int error)
{
	struct fetcher *fetcher = &workspace->fetcher;
	struct workspace_wait *found = NULL;
	{
		LOCK_SCOPE(&fetcher->mutex);
		for (struct workspace_wait **link = &fetcher->waits; *link != NULL;
		     link = &(*link)->next) {
			if (*link == wait) {
				*link = wait->next;
				wait->next = NULL;
				wait->error = error;
				found = wait;
				break;
			}
		}
	}
	answer_waits(found);
}
