#include "fs/empty.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/adopt.h"
#include "fs/thread.h"
#include "mapping/base/clock.h"

struct pending {
	struct pending *next;
	struct empty_directory empty;
};

struct empty_list {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_cond_t kept;   /* `taken` is NULL again */
	struct pending *first; /* guarded by lock: not kept by the workspace yet */
	struct pending *taken; /* guarded by lock: on their way there */
	bool is_stopping;      /* guarded by lock */
	/* set once */
	struct fs *fs;
	pthread_t thread;
	bool has_thread;
};

/* Those that hold something by now, or are gone, are decided; the others are kept. */
static void keep(struct empty_list *list)
{
	size_t count = 0;
	for (const struct pending *at = list->taken; at != NULL; at = at->next) {
		count++;
	}
	struct empty_directory *items = calloc(count + 1, sizeof *items);
	if (items == NULL) {
		abort();
	}
	count = 0;
	for (const struct pending *at = list->taken; at != NULL; at = at->next) {
		if (adopt_is_empty(list->fs, at->empty.directory, at->empty.path)) {
			items[count++] = at->empty;
		}
	}
	if (count > 0) {
		/* On a full disk they stay what they are: directories of this machine. */
		(void)!workspace_keep_empty(list->fs->workspace, items, count);
	}
	free(items);
}

static void free_all(struct pending *at)
{
	for (struct pending *next; at != NULL; at = next) {
		next = at->next;
		free(at);
	}
}

/* Its time has come. Answers when the next one's does. INT64_MAX: there is none. */
static int64_t settle(struct empty_list *list)
{
	struct workspace *workspace = list->fs->workspace;
	struct empty_directory empty;
	while (workspace_first_empty(workspace, &empty) == 0) {
		int64_t due_ms = empty.made_ms + workspace_grace_ms(workspace);
		if (due_ms > clock_now_ms()) {
			return due_ms;
		}
		adopt_empty(list->fs, empty.directory, empty.path);
		if (workspace_forget_empty(workspace, empty.number) < 0) {
			return clock_now_ms() + 60000;
		}
	}
	return INT64_MAX;
}

static void *run(void *context)
{
	struct empty_list *list = context;
	(void)pthread_mutex_lock(&list->lock);
	while (!list->is_stopping) {
		if (list->first != NULL) {
			list->taken = list->first;
			list->first = NULL;
			(void)pthread_mutex_unlock(&list->lock);
			keep(list);
			(void)pthread_mutex_lock(&list->lock);
			free_all(list->taken);
			list->taken = NULL;
			(void)pthread_cond_broadcast(&list->kept);
			continue;
		}
		(void)pthread_mutex_unlock(&list->lock);
		int64_t next_ms = settle(list);
		(void)pthread_mutex_lock(&list->lock);
		if (list->first != NULL || list->is_stopping) {
			continue;
		}
		if (next_ms == INT64_MAX) {
			(void)pthread_cond_wait(&list->changed, &list->lock);
		} else {
			clock_wait_until(&list->changed, &list->lock, next_ms);
		}
	}
	(void)pthread_mutex_unlock(&list->lock);
	return NULL;
}

void empty_note(struct fs *fs, node_id directory, const char *path)
{
	struct empty_list *list = fs->empty;
	struct pending *pending = calloc(1, sizeof *pending);
	if (pending == NULL) {
		abort();
	}
	pending->empty.directory = directory;
	pending->empty.made_ms = clock_now_ms();
	(void)strcpy(pending->empty.path, path);
	LOCK_SCOPE(&list->lock);
	struct pending **last = &list->first;
	while (*last != NULL) {
		last = &(*last)->next;
	}
	*last = pending;
	(void)pthread_cond_signal(&list->changed);
}

void empty_renamed(struct fs *fs, node_id directory, const char *path, node_id new_directory,
		   const char *new_path)
{
	struct empty_list *list = fs->empty;
	LOCK_SCOPE(&list->lock);
	while (list->taken != NULL) {
		(void)pthread_cond_wait(&list->kept, &list->lock); /* then it is found there */
	}
	for (struct pending *at = list->first; at != NULL; at = at->next) {
		(void)empty_directory_move(&at->empty, directory, path, new_directory, new_path);
	}
	(void)!workspace_move_empty(fs->workspace, directory, path, new_directory, new_path);
}

struct empty_list *empty_list_new(struct fs *fs)
{
	struct empty_list *list = calloc(1, sizeof *list);
	if (list == NULL) {
		abort();
	}
	list->fs = fs;
	(void)pthread_mutex_init(&list->lock, NULL);
	(void)pthread_cond_init(&list->changed, NULL);
	(void)pthread_cond_init(&list->kept, NULL);
	return list;
}

int empty_list_start(struct empty_list *list)
{
	int r = thread_start(&list->thread, run, list);
	list->has_thread = r == 0;
	return r;
}

void empty_list_stop(struct empty_list *list)
{
	if (list == NULL || !list->has_thread) {
		return;
	}
	{
		LOCK_SCOPE(&list->lock);
		list->is_stopping = true;
		(void)pthread_cond_signal(&list->changed);
	}
	(void)pthread_join(list->thread, NULL);
	list->has_thread = false;
	if (list->first != NULL) {
		/* Made just before the end. */
		list->taken = list->first;
		list->first = NULL;
		keep(list);
		free_all(list->taken);
		list->taken = NULL;
	}
}

void empty_list_free(struct empty_list *list)
{
	if (list == NULL) {
		return;
	}
	free_all(list->first);
	(void)pthread_cond_destroy(&list->changed);
	(void)pthread_cond_destroy(&list->kept);
	(void)pthread_mutex_destroy(&list->lock);
	free(list);
}
