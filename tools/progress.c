#include "tools/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mapping/base/cleanup.h"
#include "tools/client.h"

#define TERMINAL_EVERY_MS 500
#define PLAIN_EVERY_MS 30000
#define BAR_CELLS 24
/* Before this a rate says nothing. */
#define RATE_AFTER_MS 3000

struct progress {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_stopping; /* guarded by lock */
	/* set once */
	pthread_t thread;
	const char *mount;
	enum progress_kind kind;
	bool is_terminal;
	/* the thread's own */
	bool is_shown;
	int64_t began_ms;
	int64_t begun; /* done when it began; of saves the number owed then */
};

static int64_t monotonic_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void add_time(int64_t seconds, char *line, size_t size)
{
	size_t len = strlen(line);
	if (seconds < 90) {
		(void)snprintf(line + len, size - len, ", %lld s left", (long long)seconds);
	} else if (seconds < 5400) {
		(void)snprintf(line + len, size - len, ", %lld min left",
			       (long long)((seconds + 59) / 60));
	} else {
		(void)snprintf(line + len, size - len, ", %lld h %lld min left",
			       (long long)(seconds / 3600), (long long)(seconds % 3600 / 60));
	}
}

void progress_line(enum progress_kind kind, int64_t begun, int64_t done, int64_t total,
		   int64_t elapsed_ms, bool is_terminal, char *line, size_t size)
{
	char bar[BAR_CELLS + 1];
	int64_t cells = total > 0 ? done * BAR_CELLS / total : BAR_CELLS;
	memset(bar, ' ', BAR_CELLS);
	memset(bar, '#', (size_t)(cells < 0 ? 0 : cells > BAR_CELLS ? BAR_CELLS : cells));
	bar[BAR_CELLS] = '\0';
	const char *what = kind == PROGRESS_PAGES ? "pages are here" : "saves are sent";
	int n = is_terminal ? snprintf(line, size, "[%s] %lld of %lld %s", bar, (long long)done,
				       (long long)total, what)
			    : snprintf(line, size, "%lld of %lld %s", (long long)done,
				       (long long)total, what);
	if (n < 0 || (size_t)n >= size || elapsed_ms < RATE_AFTER_MS || done <= begun) {
		return;
	}
	int64_t per_minute = (done - begun) * 60000 / elapsed_ms;
	(void)snprintf(line + n, size - (size_t)n, ", %lld a minute", (long long)per_minute);
	if (done < total) {
		add_time((total - done) * elapsed_ms / (done - begun) / 1000, line, size);
	}
}

static bool read_counts(const struct progress *progress, int64_t *ret_done, int64_t *ret_total)
{
	CLEANUP(free) char *text = NULL;
	if (client_read(progress->mount, "status.json", &text) < 0) {
		return false;
	}
	json_t *status = json_loads(text, 0, NULL);
	const json_t *pages = json_object_get(status, "pages");
	*ret_done = progress->kind == PROGRESS_PAGES
			    ? json_integer_value(json_object_get(pages, "cached"))
			    : json_integer_value(json_object_get(status, "pending"));
	*ret_total = json_integer_value(json_object_get(pages, "known"));
	json_decref(status);
	return true;
}

static void show(struct progress *progress)
{
	char line[160];
	int64_t done = 0;
	int64_t total = 0;
	if (!read_counts(progress, &done, &total)) {
		return;
	}
	bool is_first = progress->began_ms == 0;
	if (is_first) {
		progress->began_ms = monotonic_ms();
		progress->begun = done;
	}
	int64_t begun = progress->begun;
	if (progress->kind == PROGRESS_SAVES) {
		/* What is still owed was counted; more may have come. */
		total = begun > done ? begun : done;
		done = total - done;
		begun = 0;
	}
	if (total == 0 || (is_first && !progress->is_terminal)) {
		return;
	}
	progress_line(progress->kind, begun, done, total, monotonic_ms() - progress->began_ms,
		      progress->is_terminal, line, sizeof line);
	(void)fprintf(stderr, progress->is_terminal ? "\r%s\033[K" : "%s\n", line);
	(void)fflush(stderr);
	progress->is_shown = true;
}

static void *run(void *context)
{
	struct progress *progress = context;
	(void)pthread_mutex_lock(&progress->lock);
	while (!progress->is_stopping) {
		(void)pthread_mutex_unlock(&progress->lock);
		show(progress);
		(void)pthread_mutex_lock(&progress->lock);
		int64_t wait_ms = progress->is_terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
		struct timespec until;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += wait_ms / 1000;
		until.tv_nsec += wait_ms % 1000 * 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		int r = 0;
		while (!progress->is_stopping && r == 0) {
			r = pthread_cond_timedwait(&progress->changed, &progress->lock, &until);
		}
	}
	(void)pthread_mutex_unlock(&progress->lock);
	return NULL;
}

struct progress *progress_start(const char *mount, enum progress_kind kind)
{
	struct progress *progress = calloc(1, sizeof *progress);
	if (progress == NULL) {
		return NULL;
	}
	*progress = (struct progress){
		.mount = mount, .kind = kind, .is_terminal = isatty(STDERR_FILENO) == 1};
	(void)pthread_mutex_init(&progress->lock, NULL);
	(void)pthread_cond_init(&progress->changed, NULL);
	if (pthread_create(&progress->thread, NULL, run, progress) != 0) {
		free(progress);
		return NULL;
	}
	return progress;
}

void progress_stop(struct progress *progress)
{
	if (progress == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&progress->lock);
	progress->is_stopping = true;
	(void)pthread_cond_signal(&progress->changed);
	(void)pthread_mutex_unlock(&progress->lock);
	(void)pthread_join(progress->thread, NULL);
	if (progress->is_terminal && progress->is_shown) {
		(void)fputs("\r\033[K", stderr);
	}
	(void)pthread_cond_destroy(&progress->changed);
	(void)pthread_mutex_destroy(&progress->lock);
	free(progress);
}
