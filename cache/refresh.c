/*
 * NOTES ON THE THREAD MODEL
 * One thread sleeps until the next poll, second look or sweep step is due and queues readings; it
 * never talks to Notion itself. refresh_discover and refresh_poll run in the fetcher's workers.
 */
#include "cache/refresh.h"

#define LOG_MODULE "refresh"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/children.h"
#include "cache/discover.h"
#include "cache/marks.h"
#include "cache/object_index.h"
#include "cache/roots.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define MINUTE_MS 60000
/* Search is an index that lags; this much is read again each time (notion-api.md §4.1). */
#define OVERLAP_MS (5 * MINUTE_MS)
/* What failed because Notion could not be reached. */
#define RETRY_MS ((int64_t)5000)
#define RESCAN_MS 30000
/* The sweep: at least so long between two steps; a step after a person has been quiet, or when none
 * has been for long; and at most one part in so many of the window's requests. */
#define SWEEP_STEP_MS 1000
#define SWEEP_QUIET_MS 10000
#define SWEEP_WAITS_AT_MOST_MS MINUTE_MS
#define SWEEP_SHARE 5

struct second_look {
	struct uuid page;
	int64_t due_ms;
	struct second_look *next;
};

static void request_first_search(struct workspace *workspace);
static int request_all_unread(struct workspace *workspace);

void refresher_init(struct refresher *refresher, struct workspace *workspace)
{
	*refresher = (struct refresher){
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER,
		.caught_up = PTHREAD_COND_INITIALIZER,
		.workspace = workspace,
	};
}

void refresher_look_again(struct refresher *refresher, const struct uuid *page, int64_t stamp_ms)
{
	const struct workspace_options *options = &refresher->workspace->options;
	if (options->poll_ms == 0) {
		return;
	}
	/* Only what was edited in the very minute it was read in can have changed unseen. */
	struct store_transaction *cache = NULL;
	json_t *object = NULL;
	int64_t edited_ms = 0;
	if (workspace_begin(refresher->workspace, false, NULL, &cache) < 0) {
		return;
	}
	if (object_get(cache, page, &object) == 0) {
		(void)clock_parse_iso(json_get_text(object, "last_edited_time"), &edited_ms);
		json_decref(object);
	}
	store_abort(cache);
	if (edited_ms / MINUTE_MS < stamp_ms / MINUTE_MS) {
		return;
	}
	struct second_look *look = calloc(1, sizeof *look);
	if (look == NULL) {
		abort();
	}
	look->page = *page;
	look->due_ms = (stamp_ms / MINUTE_MS + 1) * MINUTE_MS + 1000;
	LOCK_SCOPE(&refresher->mutex);
	for (const struct second_look *other = refresher->looks; other != NULL;
	     other = other->next) {
		if (uuid_equal(&other->page, page)) {
			free(look);
			return;
		}
	}
	look->next = refresher->looks;
	refresher->looks = look;
	(void)pthread_cond_signal(&refresher->wake);
}

bool refresher_is_discovered(struct refresher *refresher)
{
	LOCK_SCOPE(&refresher->mutex);
	return refresher->is_discovered;
}

void refresher_catch_up(struct refresher *refresher)
{
	LOCK_SCOPE(&refresher->mutex);
	/* The round under way may have looked at the clock before it was moved. */
	uint64_t rounds = refresher->rounds + 2;
	(void)pthread_cond_broadcast(&refresher->wake);
	while (refresher->rounds < rounds && !refresher->is_stopping) {
		(void)pthread_cond_wait(&refresher->caught_up, &refresher->mutex);
	}
}

/* 5 s, doubled with each failure in a row, at most a minute. */
static int64_t back_off_ms(unsigned failures)
{
	int64_t wait_ms = RETRY_MS << (failures < 4 ? failures : 4);
	return wait_ms < MINUTE_MS ? wait_ms : MINUTE_MS;
}

void refresher_note_failure(struct refresher *refresher)
{
	LOCK_SCOPE(&refresher->mutex);
	if (refresher->next_rescan_ms == 0) {
		refresher->next_rescan_ms = clock_now_ms() + RESCAN_MS;
		(void)pthread_cond_broadcast(&refresher->wake);
	}
}

/* Takes one second look that is due out of the list. */
static bool take_look_locked(struct refresher *refresher, int64_t now_ms, struct uuid *ret_page)
{
	for (struct second_look **link = &refresher->looks; *link != NULL; link = &(*link)->next) {
		struct second_look *look = *link;
		if (look->due_ms <= now_ms) {
			*link = look->next;
			*ret_page = look->page;
			free(look);
			return true;
		}
	}
	return false;
}

static bool is_sweeping(const struct refresher *refresher)
{
	return refresher->workspace->options.sweep && refresher->is_discovered;
}

static int64_t next_due_locked(const struct refresher *refresher, int64_t now_ms)
{
	int64_t next_ms = now_ms + MINUTE_MS;
	if (refresher->workspace->options.poll_ms > 0 && refresher->is_discovered &&
	    refresher->next_poll_ms < next_ms) {
		next_ms = refresher->next_poll_ms;
	}
	if (is_sweeping(refresher) && refresher->next_sweep_ms < next_ms) {
		next_ms = refresher->next_sweep_ms;
	}
	if (refresher->next_try_ms != 0 && refresher->next_try_ms < next_ms) {
		next_ms = refresher->next_try_ms;
	}
	if (refresher->next_rescan_ms != 0 && refresher->next_rescan_ms < next_ms) {
		next_ms = refresher->next_rescan_ms;
	}
	for (const struct second_look *look = refresher->looks; look != NULL; look = look->next) {
		next_ms = look->due_ms < next_ms ? look->due_ms : next_ms;
	}
	return next_ms;
}

unsigned refresher_sweep_share(const struct workspace_options *options, unsigned limit)
{
	unsigned share = limit / SWEEP_SHARE;
	unsigned polls = options->poll_ms > 0 ? (unsigned)(MINUTE_MS / options->poll_ms) : 0;
	return share > polls + 1 ? share - polls : 1;
}

/* One step of the sweep. Answers when the next may be: after a person has been quiet for a while,
 * and so that all steps together take at most a fifth of the budget. */
static int64_t sweep_step(struct refresher *refresher, int64_t now_ms)
{
	struct workspace *workspace = refresher->workspace;
	struct notion_budget budget;
	enum job_kind kind;
	struct uuid object;
	int64_t quiet_ms = now_ms - sweep_last_use_ms(&workspace->sweep);
	notion_budget(workspace->notion, &budget);
	int64_t waited_ms = now_ms - refresher->stepped_ms;
	if (quiet_ms >= 0 && quiet_ms < SWEEP_QUIET_MS && waited_ms >= 0 &&
	    waited_ms < SWEEP_WAITS_AT_MOST_MS) {
		return now_ms + SWEEP_QUIET_MS - quiet_ms;
	}
	if (fetcher_pending(&workspace->fetcher) > 0 || budget.offline_since_ms != 0 ||
	    budget.is_unauthorized || writeback_is_pending(&workspace->writeback)) {
		return now_ms + SWEEP_STEP_MS;
	}
	if (refresher->is_stepping) {
		/* It is done: what it took, without what others ask for after it. */
		refresher->is_stepping = false;
		refresher->step_requests = budget.requests - refresher->requests_before;
		sweep_note_requests(&workspace->sweep, refresher->step_requests);
	}
	unsigned share = refresher_sweep_share(&workspace->options, budget.limit);
	int64_t spread_ms = (int64_t)(refresher->step_requests * MINUTE_MS / share);
	if (waited_ms >= 0 && waited_ms < spread_ms) {
		return refresher->stepped_ms + spread_ms;
	}
	struct store_transaction *state = NULL;
	struct store_transaction *cache = NULL;
	refresher->requests_before = budget.requests;
	refresher->stepped_ms = now_ms;
	refresher->step_requests = 0;
	if (workspace_begin(workspace, false, &state, &cache) == 0) {
		bool found = sweep_next(&workspace->sweep, state, cache, now_ms, &kind, &object);
		store_abort(state);
		store_abort(cache);
		refresher->is_stepping = found;
		if (found) {
			fetcher_request(&workspace->fetcher, kind, &object, PRIORITY_REFRESH,
					false);
		}
	}
	return now_ms + SWEEP_STEP_MS;
}

static void *refresher_main(void *argument)
{
	struct refresher *refresher = argument;
	struct fetcher *fetcher = &refresher->workspace->fetcher;
	int64_t poll_ms = refresher->workspace->options.poll_ms;
	static const struct uuid none;
	(void)pthread_mutex_lock(&refresher->mutex);
	while (!refresher->is_stopping) {
		int64_t now_ms = clock_now_ms();
		struct uuid page;
		if (take_look_locked(refresher, now_ms, &page)) {
			(void)pthread_mutex_unlock(&refresher->mutex);
			fetcher_request(fetcher, JOB_PAGE, &page, PRIORITY_REFRESH, true);
			(void)pthread_mutex_lock(&refresher->mutex);
			continue;
		}
		if (poll_ms > 0 && refresher->is_discovered && refresher->next_poll_ms <= now_ms) {
			refresher->next_poll_ms = now_ms + poll_ms;
			(void)pthread_mutex_unlock(&refresher->mutex);
			fetcher_request(fetcher, JOB_POLL, &none, PRIORITY_REFRESH, false);
			(void)pthread_mutex_lock(&refresher->mutex);
			continue;
		}
		if (refresher->next_try_ms != 0 && refresher->next_try_ms <= now_ms) {
			refresher->next_try_ms = 0;
			(void)pthread_mutex_unlock(&refresher->mutex);
			request_first_search(refresher->workspace);
			(void)pthread_mutex_lock(&refresher->mutex);
			continue;
		}
		if (refresher->next_rescan_ms != 0 && refresher->next_rescan_ms <= now_ms) {
			refresher->next_rescan_ms = 0;
			(void)pthread_mutex_unlock(&refresher->mutex);
			int r = request_all_unread(refresher->workspace);
			if (r < 0) {
				log_warning("what is unread can't be found: %s", strerror(-r));
			}
			(void)pthread_mutex_lock(&refresher->mutex);
			continue;
		}
		if (is_sweeping(refresher) && refresher->next_sweep_ms <= now_ms) {
			(void)pthread_mutex_unlock(&refresher->mutex);
			int64_t next_ms = sweep_step(refresher, now_ms);
			(void)pthread_mutex_lock(&refresher->mutex);
			refresher->next_sweep_ms = next_ms;
			continue;
		}
		refresher->rounds++;
		(void)pthread_cond_broadcast(&refresher->caught_up);
		clock_wait_until(&refresher->wake, &refresher->mutex,
				 next_due_locked(refresher, now_ms));
	}
	(void)pthread_mutex_unlock(&refresher->mutex);
	return NULL;
}

int refresher_start(struct refresher *refresher)
{
	int r = pthread_create(&refresher->thread, NULL, refresher_main, refresher);
	refresher->has_thread = r == 0;
	return -r;
}

void refresher_stop(struct refresher *refresher)
{
	{
		LOCK_SCOPE(&refresher->mutex);
		refresher->is_stopping = true;
		(void)pthread_cond_broadcast(&refresher->wake);
		(void)pthread_cond_broadcast(&refresher->caught_up);
	}
	if (refresher->has_thread) {
		(void)pthread_join(refresher->thread, NULL);
		refresher->has_thread = false;
	}
}

void refresher_release(struct refresher *refresher)
{
	while (refresher->looks != NULL) {
		struct second_look *look = refresher->looks;
		refresher->looks = look->next;
		free(look);
	}
}

static void mark_discovered(struct refresher *refresher)
{
	LOCK_SCOPE(&refresher->mutex);
	refresher->is_discovered = true;
	refresher->failures = 0;
	refresher->next_poll_ms = clock_now_ms() + refresher->workspace->options.poll_ms;
	if (refresher->next_sweep_ms == 0) {
		refresher->next_sweep_ms = clock_now_ms() + MINUTE_MS;
	}
	(void)pthread_cond_signal(&refresher->wake);
}

/* The first search failed: again in a while, polls or not. */
static void note_search(struct refresher *refresher, int error)
{
	LOCK_SCOPE(&refresher->mutex);
	if (error < 0 && !refresher->is_discovered && !refresher->is_stopping) {
		refresher->next_try_ms = clock_now_ms() + back_off_ms(refresher->failures++);
		(void)pthread_cond_broadcast(&refresher->wake);
	}
}

int refresh_discover(struct workspace *workspace, enum priority priority)
{
	bool is_complete = false;
	int r = discover_search(workspace, priority, 0, &is_complete);
	if (r == 0) {
		r = roots_find(workspace, priority);
	}
	if (r == 0) {
		workspace->last_refresh_ms = clock_now_ms();
		mark_discovered(&workspace->refresher);
	}
	note_search(&workspace->refresher, r);
	return r;
}

static bool has_roots(struct workspace *workspace)
{
	struct store_transaction *state = NULL;
	struct node_record root;
	if (workspace_begin(workspace, false, &state, NULL) < 0) {
		return false;
	}
	bool is_listed = tree_get(state, NODE_ROOT, &root) == 0 && (root.flags & NODE_LISTED) != 0;
	store_abort(state);
	return is_listed;
}

int refresh_poll(struct workspace *workspace, enum priority priority)
{
	int64_t watermark_ms = discover_watermark(workspace);
	bool found_new = false;
	int r = discover_search(workspace, priority,
				watermark_ms > OVERLAP_MS ? watermark_ms - OVERLAP_MS : 0,
				&found_new);
	/* A search that was whole once does not say that its tops were placed then. */
	if (r == 0 && (found_new || !has_roots(workspace))) {
		r = roots_find(workspace, priority);
	}
	if (r == 0) {
		workspace->last_refresh_ms = clock_now_ms();
		mark_discovered(&workspace->refresher);
	}
	workspace_tidy(workspace);
	note_search(&workspace->refresher, r);
	return r;
}

int refresh_people(struct workspace *workspace, enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	char *cursor = NULL;
	int r = 0;
	do {
		json_t *answer = NULL;
		size_t i;
		json_t *user;
		r = notion_users(workspace->notion, priority, cursor, &failure, &answer);
		free(steal(&cursor));
		if (r < 0) {
			/* A personal token may not list them (notion-api.md §2): ids are shown. */
			log_info("people can't be listed: %s", failure.message);
			if (r != -EPERM && r != -ENOENT && r != -EINVAL) {
				return r;
			}
			atomic_store(&workspace->people.is_listed, true);
			return 0;
		}
		json_array_foreach (json_object_get(answer, "results"), i, user) {
			people_add(&workspace->people, user);
		}
		if (json_is_true(json_object_get(answer, "has_more"))) {
			cursor = strdup(json_get_text(answer, "next_cursor"));
		}
		json_decref(answer);
	} while (cursor != NULL);
	atomic_store(&workspace->people.is_listed, true);
	return 0;
}

struct unread {
	struct workspace *workspace;
	struct store_transaction *state;
	struct store_transaction *cache;
};

static int request_page(void *context, const struct uuid *page)
{
	const struct unread *unread = context;
	struct node_record record;
	if (tree_find(unread->state, page, false, &record) == 0 && (record.flags & NODE_NEW) == 0 &&
	    !trash_has(unread->state, record.node)) {
		bool is_stale = body_exists(unread->cache, page);
		fetcher_request(&unread->workspace->fetcher, JOB_PAGE, page,
				is_stale ? PRIORITY_REFRESH : PRIORITY_HYDRATION, false);
	}
	return 0;
}

static int request_listing(void *context, const struct node_record *record)
{
	const struct unread *unread = context;
	bool is_database = record->role == ROLE_DATABASE;
	if ((is_database || record->role == ROLE_DATA_SOURCE) &&
	    (record->flags & NODE_LISTED) == 0 && !trash_has(unread->state, record->node)) {
		fetcher_request(&unread->workspace->fetcher,
				is_database ? JOB_DATABASE : JOB_DATA_SOURCE, &record->object,
				PRIORITY_REFRESH, false);
	}
	return 0;
}

static void request_first_search(struct workspace *workspace)
{
	/* Again: the one that failed may be on its way out still. */
	static const struct uuid none;
	if (discover_watermark(workspace) == 0) {
		fetcher_request(&workspace->fetcher, JOB_DISCOVER, &none, PRIORITY_PERSON, true);
	} else {
		fetcher_request(&workspace->fetcher, JOB_POLL, &none, PRIORITY_REFRESH, true);
	}
}

static int request_all_unread(struct workspace *workspace)
{
	struct unread unread = {.workspace = workspace};
	int r = workspace_begin(workspace, false, &unread.state, &unread.cache);
	if (r == 0) {
		r = marks_each(unread.state, request_listing, &unread);
	}
	if (r == 0) {
		r = unread_each(unread.cache, request_page, &unread);
	}
	store_abort(unread.state);
	store_abort(unread.cache);
	return r;
}

int refresh_resume(struct workspace *workspace)
{
	static const struct uuid none;
	fetcher_request(&workspace->fetcher, JOB_PEOPLE, &none, PRIORITY_REFRESH, false);
	if (discover_watermark(workspace) == 0 || workspace->options.poll_ms > 0) {
		request_first_search(workspace);
	} else {
		mark_discovered(&workspace->refresher);
	}
	return request_all_unread(workspace);
}
