/*
 * NOTES ON THE THREAD MODEL
 *
 * A waiting request has three possible ends, on three threads: the workspace's callback, the
 * watching thread here that found a fatal signal, and the end of the mount. Whoever takes it off
 * the list answers it; the list's lock decides. The lock is recursive, because workspace_cancel
 * calls the callback from within itself, and the lock has to be held around it.
 *
 * Lock order: libfuse's request lock, our list lock, the workspace's own locks. So libfuse is
 * never called with the list lock held, and replies are sent with no lock at all.
 *
 * libfuse may call the interrupt function while the request is being answered elsewhere. It gets
 * the list, never a wait, and finds the wait by the request, which libfuse keeps for the time of
 * the call.
 */
#include "fs/wait.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/notify.h"
#include "fs/thread.h"

#define LOOK_AGAIN_MS 200

struct wait {
	struct wait *next;
	struct wait **link; /* NULL: off the list */
	struct fs *fs;
	struct wait_call call;
	wait_resume *resume;
	struct workspace_wait *workspace_wait;
	const void *key;
	bool is_interrupted;
	bool is_cancelling;
	int error;
};

struct wait_list {
	pthread_mutex_t lock; /* recursive */
	pthread_cond_t changed;
	/* guarded by lock */
	struct wait *first;
	bool is_news; /* the thread has something to look at */
	bool is_stopping;
	/* set once */
	struct fs *fs;
	pthread_t thread;
	bool has_thread;
};

static void take_off(struct wait *wait)
{
	*wait->link = wait->next;
	if (wait->next != NULL) {
		wait->next->link = wait->link;
	}
	wait->link = NULL;
	wait->next = NULL;
}

static void put_on(struct wait **list, struct wait *wait)
{
	wait->next = *list;
	if (wait->next != NULL) {
		wait->next->link = &wait->next;
	}
	wait->link = list;
	*list = wait;
}

/* With no lock held. */
static void answer(struct wait *wait)
{
	fuse_req_interrupt_func(wait->call.req, NULL, NULL);
	wait->resume(wait->fs, &wait->call, wait->error);
	notifier_kick(wait->fs->notifier);
	free(wait);
}

/* The workspace's callback. */
static void fetched(void *context, int error)
{
	struct wait *wait = context;
	struct wait_list *list = wait->fs->waits;
	(void)pthread_mutex_lock(&list->lock);
	take_off(wait);
	wait->error = error;
	bool is_cancelling = wait->is_cancelling;
	(void)pthread_mutex_unlock(&list->lock);
	if (!is_cancelling) {
		answer(wait);
	}
}

/*
 * Ends a wait with `error`. Returns it off the list, for the caller to answer after unlocking, or
 * NULL when the callback is just coming on another thread.
 */
static struct wait *cancel_locked(struct wait_list *list, struct wait *wait, int error)
{
	if (wait->workspace_wait == NULL) {
		take_off(wait);
		wait->error = error;
		return wait;
	}
	wait->is_cancelling = true;
	workspace_cancel(list->fs->workspace, wait->workspace_wait, error);
	wait->is_cancelling = false;
	return wait->link == NULL ? wait : NULL;
}

/* ---- signals ---- */

static bool is_fatal(unsigned long long pending)
{
	static const int fatal[] = {SIGKILL, SIGINT, SIGTERM, SIGQUIT, SIGHUP};
	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
		if ((pending >> (fatal[i] - 1) & 1) != 0) {
			return true;
		}
	}
	return false;
}

/* A thread we can't see (another pid namespace, or gone) is not kept waiting. */
static bool has_fatal_signal(pid_t thread)
{
	char path[40];
	char text[4096];
	(void)snprintf(path, sizeof path, "/proc/%d/status", (int)thread);
	CLEANUP(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (len < 0) {
		return true;
	}
	text[len] = '\0';
	static const char *const keys[] = {"\nSigPnd:", "\nShdPnd:"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const char *at = strstr(text, keys[i]);
		if (at != NULL && is_fatal(strtoull(at + strlen(keys[i]), NULL, 16))) {
			return true;
		}
	}
	return false;
}

static void interrupted(fuse_req_t req, void *context)
{
	struct wait_list *list = context;
	LOCK_SCOPE(&list->lock);
	for (struct wait *wait = list->first; wait != NULL; wait = wait->next) {
		if (wait->call.req == req) {
			wait->is_interrupted = true;
			list->is_news = true;
			(void)pthread_cond_signal(&list->changed);
		}
	}
}

/* Takes off those whose process is to end. Returns whether any interrupted one stays. */
static bool look_at_signals_locked(struct wait_list *list, struct wait **ended)
{
	bool remains = false;
	for (struct wait *wait = list->first, *next; wait != NULL; wait = next) {
		next = wait->next;
		if (!wait->is_interrupted) {
			continue;
		}
		struct wait *done = NULL;
		if (has_fatal_signal(fuse_req_ctx(wait->call.req)->pid)) {
			done = cancel_locked(list, wait, -EINTR);
		}
		if (done != NULL) {
			put_on(ended, done);
		} else {
			remains = true;
		}
	}
	return remains;
}

static void answer_all(struct wait *first)
{
	for (struct wait *wait = first, *next; wait != NULL; wait = next) {
		next = wait->next;
		answer(wait);
	}
}

static void *watch(void *context)
{
	struct wait_list *list = context;
	bool remains = false;
	(void)pthread_mutex_lock(&list->lock);
	while (!list->is_stopping) {
		if (!list->is_news && remains) {
			struct timespec until;
			(void)clock_gettime(CLOCK_MONOTONIC, &until);
			until.tv_nsec += LOOK_AGAIN_MS * 1000000L;
			until.tv_sec += until.tv_nsec / 1000000000L;
			until.tv_nsec %= 1000000000L;
			(void)pthread_cond_timedwait(&list->changed, &list->lock, &until);
		} else if (!list->is_news) {
			(void)pthread_cond_wait(&list->changed, &list->lock);
		}
		list->is_news = false;
		struct wait *ended = NULL;
		remains = look_at_signals_locked(list, &ended);
		(void)pthread_mutex_unlock(&list->lock);
		answer_all(ended);
		(void)pthread_mutex_lock(&list->lock);
	}
	(void)pthread_mutex_unlock(&list->lock);
	return NULL;
}

/* ---- waiting ---- */

static struct wait *wait_new(struct fs *fs, const struct wait_call *call, wait_resume *resume)
{
	struct wait *wait = calloc(1, sizeof *wait);
	if (wait == NULL) {
		abort();
	}
	wait->fs = fs;
	wait->call = *call;
	wait->call.tries++;
	wait->resume = resume;
	return wait;
}

/*
 * With the request's interrupt function set and the list locked: an interrupt that came before the
 * wait was on the list found nothing, so it is asked for here.
 */
static void start_locked(struct wait_list *list, struct wait *wait)
{
	put_on(&list->first, wait);
	if (fuse_req_interrupted(wait->call.req)) {
		wait->is_interrupted = true;
		list->is_news = true;
		(void)pthread_cond_signal(&list->changed);
	}
}

void wait_fetch(struct fs *fs, const struct wait_call *call, wait_resume *resume)
{
	struct wait_list *list = fs->waits;
	struct wait *wait = wait_new(fs, call, resume);
	fuse_req_interrupt_func(call->req, interrupted, list);

	(void)pthread_mutex_lock(&list->lock);
	int r = -ENOTCONN;
	if (!list->is_stopping) {
		r = workspace_fetch(fs->workspace, call->node, call->want, fetched, wait,
				    &wait->workspace_wait);
	}
	if (r == -EINPROGRESS) {
		start_locked(list, wait);
	}
	(void)pthread_mutex_unlock(&list->lock);
	if (r != -EINPROGRESS) {
		wait->error = r;
		answer(wait);
	}
}

void wait_until_ended(struct fs *fs, const struct wait_call *call, const void *key,
		      wait_resume *resume)
{
	struct wait_list *list = fs->waits;
	struct wait *wait = wait_new(fs, call, resume);
	wait->key = key;
	fuse_req_interrupt_func(call->req, interrupted, list);

	(void)pthread_mutex_lock(&list->lock);
	bool is_stopping = list->is_stopping;
	if (!is_stopping) {
		start_locked(list, wait);
	}
	(void)pthread_mutex_unlock(&list->lock);
	if (is_stopping) {
		wait->error = -ENOTCONN;
		answer(wait);
	}
}

void wait_end(struct fs *fs, const void *key)
{
	struct wait_list *list = fs->waits;
	struct wait *ended = NULL;
	(void)pthread_mutex_lock(&list->lock);
	for (struct wait *wait = list->first, *next; wait != NULL; wait = next) {
		next = wait->next;
		if (wait->key == key) {
			take_off(wait);
			put_on(&ended, wait);
		}
	}
	(void)pthread_mutex_unlock(&list->lock);
	answer_all(ended);
}

bool wait_is_pending(struct wait_list *list, fuse_ino_t number)
{
	LOCK_SCOPE(&list->lock);
	for (const struct wait *wait = list->first; wait != NULL; wait = wait->next) {
		if (wait->call.number == number) {
			return true;
		}
	}
	return false;
}

/* ---- life ---- */

int wait_list_new(struct fs *fs, struct wait_list **ret_list)
{
	struct wait_list *list = calloc(1, sizeof *list);
	if (list == NULL) {
		abort();
	}
	list->fs = fs;
	pthread_mutexattr_t recursive;
	(void)pthread_mutexattr_init(&recursive);
	(void)pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	(void)pthread_mutex_init(&list->lock, &recursive);
	(void)pthread_mutexattr_destroy(&recursive);
	pthread_condattr_t monotonic;
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&list->changed, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	int r = thread_start(&list->thread, watch, list);
	if (r < 0) {
		wait_list_free(list);
		return r;
	}
	list->has_thread = true;
	*ret_list = list;
	return 0;
}

void wait_list_stop(struct wait_list *list)
{
	if (list == NULL) {
		return;
	}
	struct wait *ended = NULL;
	(void)pthread_mutex_lock(&list->lock);
	list->is_stopping = true;
	(void)pthread_cond_signal(&list->changed);
	for (struct wait *wait = list->first, *next; wait != NULL; wait = next) {
		next = wait->next;
		struct wait *done = cancel_locked(list, wait, -ENOTCONN);
		if (done != NULL) {
			put_on(&ended, done);
		}
	}
	(void)pthread_mutex_unlock(&list->lock);
	answer_all(ended);
	if (list->has_thread) {
		(void)pthread_join(list->thread, NULL);
		list->has_thread = false;
	}
}

/* After workspace_stop: no callback is under way. */
void wait_list_free(struct wait_list *list)
{
	if (list == NULL) {
		return;
	}
	assert(list->first == NULL);
	(void)pthread_cond_destroy(&list->changed);
	(void)pthread_mutex_destroy(&list->lock);
	free(list);
}
