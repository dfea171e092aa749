/*
 * How far a mount is, shown on stderr while a command waits for it: on a terminal a bar with
 * counts, rate and the time that is left, elsewhere a plain line now and then.
 *
 * What it is not: what the command waits for. It only reads status.json, in a thread of its own;
 * whoever started it stops it, on the main thread.
 */
#ifndef NOTIONFS_TOOLS_PROGRESS_H
#define NOTIONFS_TOOLS_PROGRESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum progress_kind {
	PROGRESS_PAGES, /* pages here, of those known */
	PROGRESS_SAVES, /* saves sent, of those owed when it began */
};

struct progress;

/* `mount` has to stay until progress_stop. NULL when there can be none: that is no error. */
struct progress *progress_start(const char *mount, enum progress_kind kind);
/* Takes the bar off the terminal. NULL is accepted. */
void progress_stop(struct progress *progress);

/* The line, for tests: `done` of `total` after `elapsed_ms`, of which `begun` was done before. */
void progress_line(enum progress_kind kind, int64_t begun, int64_t done, int64_t total,
		   int64_t elapsed_ms, bool is_terminal, char *line, size_t size);

#endif
