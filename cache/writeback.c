/*
 * NOTES ON THE THREAD MODEL
 * Each thread takes the entry that is due first, marks it as being sent and pushes it with no lock
 * held. An entry that is scheduled again meanwhile stays and is pushed again when it is due.
 */
#include "cache/writeback.h"

#define LOG_MODULE "writeback"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/content.h"
#include "cache/history.h"
#include "cache/names.h"
#include "cache/push.h"
#include "cache/queue.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

/* After a failure that may pass: 1 s, doubled up to this. */
#define RETRY_MAX_MS 60000
#define PRUNE_EVERY_MS ((int64_t)24 * 3600 * 1000)
/* Who waits for another page looks again by himself after this. */
#define BEHIND_MS 5000

struct scheduled {
	node_id node;
	int64_t due_ms;
	bool is_due; /* false: nothing to send now, only being sent */
	bool is_sending;
	bool is_waiting; /* for another page's push */
	bool is_behind;	 /* another page is sent first, and wakes it */
	unsigned failures;
	struct scheduled *next;
	bool is_slow; /* it uploads files: no younger page waits for it */
};

void writeback_init(struct writeback *writeback, struct workspace *workspace)
{
	*writeback = (struct writeback){
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER,
		.finished = PTHREAD_COND_INITIALIZER,
		.workspace = workspace,
	};
}

static struct scheduled *find_locked(struct writeback *writeback, node_id node)
{
	struct scheduled *scheduled = writeback->first;
	while (scheduled != NULL && scheduled->node != node) {
		scheduled = scheduled->next;
	}
	return scheduled;
}

static void remove_locked(struct writeback *writeback, struct scheduled *scheduled)
{
	struct scheduled **link = &writeback->first;
	while (*link != scheduled) {
		link = &(*link)->next;
	}
	*link = scheduled->next;
	free(scheduled);
}

void writeback_schedule(struct writeback *writeback, node_id node, int64_t due_ms)
{
	LOCK_SCOPE(&writeback->mutex);
	struct scheduled *scheduled = find_locked(writeback, node);
	if (scheduled == NULL) {
		scheduled = calloc(1, sizeof *scheduled);
		if (scheduled == NULL) {
			abort();
		}
		scheduled->node = node;
		scheduled->next = writeback->first;
		writeback->first = scheduled;
	}
	scheduled->due_ms = due_ms;
	scheduled->is_due = true;
	scheduled->is_behind = false;
	scheduled->failures = 0;
	(void)pthread_cond_broadcast(&writeback->wake);
}

void writeback_hurry(struct writeback *writeback, node_id node, int64_t due_ms)
{
	LOCK_SCOPE(&writeback->mutex);
	struct scheduled *scheduled = find_locked(writeback, node);
	if (scheduled != NULL && scheduled->is_due && due_ms < scheduled->due_ms) {
		scheduled->due_ms = due_ms;
		(void)pthread_cond_broadcast(&writeback->wake);
	}
}

void writeback_flush(struct writeback *writeback, node_id node)
{
	int64_t now_ms = clock_now_ms();
	LOCK_SCOPE(&writeback->mutex);
	for (struct scheduled *scheduled = writeback->first; scheduled != NULL;
	     scheduled = scheduled->next) {
		if ((node == 0 || scheduled->node == node) && scheduled->due_ms > now_ms) {
			scheduled->due_ms = now_ms;
		}
	}
	(void)pthread_cond_broadcast(&writeback->wake);
}

void writeback_wait(struct writeback *writeback, node_id node)
{
	LOCK_SCOPE(&writeback->mutex);
	for (;;) {
		bool is_busy = false;
		int64_t now_ms = clock_now_ms();
		for (const struct scheduled *scheduled = writeback->first; scheduled != NULL;
		     scheduled = scheduled->next) {
			is_busy |= (node == 0 || scheduled->node == node) &&
				   (scheduled->is_sending ||
				    (scheduled->is_due && scheduled->due_ms <= now_ms));
		}
		if (!is_busy || writeback->is_stopping) {
			return;
		}
		(void)pthread_cond_wait(&writeback->finished, &writeback->mutex);
	}
}

void writeback_await(struct writeback *writeback, node_id node)
{
	LOCK_SCOPE(&writeback->mutex);
	struct scheduled *scheduled = find_locked(writeback, node);
	if (scheduled != NULL) {
		scheduled->is_waiting = true;
	}
}

/* Those that wait for another page look again: this may have been it. */
static void wake_waiting_locked(struct writeback *writeback)
{
	for (struct scheduled *scheduled = writeback->first; scheduled != NULL;
	     scheduled = scheduled->next) {
		if (scheduled->is_waiting) {
			scheduled->is_waiting = false;
			scheduled->is_due = true;
			scheduled->due_ms = clock_now_ms();
		}
	}
}

bool writeback_is_pending(struct writeback *writeback)
{
	int64_t soon_ms = clock_now_ms() + 10000;
	LOCK_SCOPE(&writeback->mutex);
	for (const struct scheduled *scheduled = writeback->first; scheduled != NULL;
	     scheduled = scheduled->next) {
		if (scheduled->is_sending || (scheduled->is_due && scheduled->due_ms < soon_ms)) {
			return true;
		}
	}
	return false;
}

bool writeback_is_near(struct writeback *writeback, node_id node, int64_t within_ms)
{
	int64_t until_ms = clock_now_ms() + within_ms;
	LOCK_SCOPE(&writeback->mutex);
	const struct scheduled *scheduled = find_locked(writeback, node);
	return scheduled != NULL && !scheduled->is_slow &&
	       (scheduled->is_sending || scheduled->is_behind ||
		(scheduled->is_due && scheduled->due_ms <= until_ms));
}

void writeback_note_slow(struct writeback *writeback, node_id node)
{
	LOCK_SCOPE(&writeback->mutex);
	struct scheduled *scheduled = find_locked(writeback, node);
	if (scheduled != NULL) {
		scheduled->is_slow = true;
	}
}

bool writeback_wake(struct writeback *writeback, node_id node)
{
	LOCK_SCOPE(&writeback->mutex);
	struct scheduled *scheduled = find_locked(writeback, node);
	if (scheduled == NULL || !(scheduled->is_behind || scheduled->is_sending)) {
		return false;
	}
	scheduled->is_due = true;
	scheduled->is_behind = false;
	scheduled->due_ms = clock_now_ms();
	(void)pthread_cond_broadcast(&writeback->wake);
	return true;
}

bool writeback_is_busy(struct writeback *writeback, node_id node)
{
	LOCK_SCOPE(&writeback->mutex);
	const struct scheduled *scheduled = find_locked(writeback, node);
	return scheduled != NULL && scheduled->is_sending;
}

/* The entry to send now, or NULL and the moment to look again. */
static struct scheduled *take_locked(struct writeback *writeback, int64_t *ret_next_ms)
{
	struct scheduled *best = NULL;
	int64_t now_ms = clock_now_ms();
	*ret_next_ms = now_ms + 60000;
	for (struct scheduled *scheduled = writeback->first; scheduled != NULL;
	     scheduled = scheduled->next) {
		if (!scheduled->is_due || scheduled->is_sending) {
			continue;
		}
		if (scheduled->due_ms > now_ms) {
			*ret_next_ms =
				scheduled->due_ms < *ret_next_ms ? scheduled->due_ms : *ret_next_ms;
		} else if (best == NULL || scheduled->due_ms < best->due_ms) {
			best = scheduled;
		}
	}
	return best;
}

static void finish_locked(struct writeback *writeback, struct scheduled *scheduled, int result,
			  int64_t again_ms)
{
	scheduled->is_sending = false;
	if (result == 0 || (again_ms != 0 && again_ms <= clock_now_ms())) {
		wake_waiting_locked(writeback);
	}
	if (result == -EINPROGRESS && !scheduled->is_due) {
		scheduled->is_due = true;
		scheduled->is_behind = true;
		scheduled->due_ms = clock_now_ms() + BEHIND_MS;
	}
	if (result == -EAGAIN && !scheduled->is_due) {
		scheduled->is_due = true;
		scheduled->due_ms = again_ms;
		if (again_ms == 0) {
			int64_t wait_ms = (int64_t)1000
					  << (scheduled->failures < 6 ? scheduled->failures : 6);
			scheduled->failures++;
			scheduled->due_ms =
				clock_now_ms() + (wait_ms < RETRY_MAX_MS ? wait_ms : RETRY_MAX_MS);
		}
	}
	if (!scheduled->is_due) {
		remove_locked(writeback, scheduled);
	}
	(void)pthread_cond_broadcast(&writeback->finished);
	(void)pthread_cond_broadcast(&writeback->wake);
}

static int prune_some(void *context, struct store_transaction *state)
{
	int *ret_more = context;
	int64_t now_ms = clock_now_ms();
	int versions = content_prune_versions(state, now_ms);
	int events = versions < 0 ? versions : history_prune(state, now_ms);
	*ret_more = events < 0 ? 0 : versions + events;
	return events < 0 ? events : 0;
}

/* Versions that were handed out are kept 7 days, replaced texts 30. */
static void prune(struct writeback *writeback)
{
	int more = 1;
	int r = 0;
	while (r == 0 && more > 0) {
		r = store_update(writeback->workspace->state, prune_some, &more);
	}
	if (r < 0) {
		log_warning("what is too old can't be forgotten: %s", strerror(-r));
	}
}

static void *writeback_main(void *argument)
{
	struct writeback *writeback = argument;
	(void)pthread_mutex_lock(&writeback->mutex);
	while (!writeback->is_stopping) {
		int64_t next_ms;
		struct scheduled *scheduled = take_locked(writeback, &next_ms);
		if (scheduled == NULL && clock_now_ms() - writeback->pruned_ms > PRUNE_EVERY_MS) {
			writeback->pruned_ms = clock_now_ms();
			(void)pthread_mutex_unlock(&writeback->mutex);
			prune(writeback);
			workspace_tidy(writeback->workspace);
			(void)pthread_mutex_lock(&writeback->mutex);
			continue;
		}
		if (scheduled == NULL) {
			clock_wait_until(&writeback->wake, &writeback->mutex, next_ms);
			continue;
		}
		node_id node = scheduled->node;
		int64_t again_ms = 0;
		scheduled->is_sending = true;
		scheduled->is_waiting = false;
		scheduled->is_due = false;
		scheduled->is_behind = false;
		(void)pthread_mutex_unlock(&writeback->mutex);
		int r = push_page(writeback->workspace, node, &again_ms);
		(void)pthread_mutex_lock(&writeback->mutex);
		finish_locked(writeback, scheduled, r, again_ms);
	}
	(void)pthread_mutex_unlock(&writeback->mutex);
	return NULL;
}

struct replay {
	node_id *nodes;
	int64_t *due_ms;
	size_t count;
	int64_t removed_ms; /* the last page was */
};

static int note_owed(void *context, const struct queue_entry *entry)
{
	struct replay *replay = context;
	if (replay->count % 64 == 0) {
		replay->nodes =
			realloc(replay->nodes, (replay->count + 64) * sizeof *replay->nodes);
		replay->due_ms =
			realloc(replay->due_ms, (replay->count + 64) * sizeof *replay->due_ms);
		if (replay->nodes == NULL || replay->due_ms == NULL) {
			abort();
		}
	}
	if (entry->kind == QUEUE_TRASH && entry->saved_ms > replay->removed_ms) {
		replay->removed_ms = entry->saved_ms;
	}
	replay->nodes[replay->count] = entry->node;
	replay->due_ms[replay->count++] =
		entry->kind == QUEUE_TRASH || entry->kind == QUEUE_REVEAL ? entry->due_ms : 0;
	return 0;
}

/* What was owed when the last process ended is due at once, except trashing. */
static int replay(struct writeback *writeback)
{
	struct workspace *workspace = writeback->workspace;
	struct store_transaction *state = NULL;
	struct replay owed = {0};
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0) {
		r = queue_each(state, true, note_owed, &owed);
		store_abort(state);
	}
	atomic_store(&workspace->removals.last_ms, owed.removed_ms);
	for (size_t i = 0; r == 0 && i < owed.count; i++) {
		int64_t soon_ms = clock_now_ms() + workspace->options.save_delay_ms;
		names_finish_adoption(workspace, owed.nodes[i]);
		writeback_schedule(writeback, owed.nodes[i],
				   owed.due_ms[i] > soon_ms ? owed.due_ms[i] : soon_ms);
	}
	if (owed.count > 0) {
		log_info("%zu saves are owed from before", owed.count);
	}
	free(owed.nodes);
	free(owed.due_ms);
	return r;
}

int writeback_start(struct writeback *writeback)
{
	int r = replay(writeback);
	while (r == 0 && writeback->thread_count < WRITEBACK_THREADS) {
		r = -pthread_create(&writeback->threads[writeback->thread_count], NULL,
				    writeback_main, writeback);
		writeback->thread_count += r == 0 ? 1 : 0;
	}
	return r;
}

void writeback_stop(struct writeback *writeback)
{
	{
		LOCK_SCOPE(&writeback->mutex);
		writeback->is_stopping = true;
		(void)pthread_cond_broadcast(&writeback->wake);
		(void)pthread_cond_broadcast(&writeback->finished);
	}
	while (writeback->thread_count > 0) {
		(void)pthread_join(writeback->threads[--writeback->thread_count], NULL);
	}
}

void writeback_release(struct writeback *writeback)
{
	while (writeback->first != NULL) {
		remove_locked(writeback, writeback->first);
	}
}
