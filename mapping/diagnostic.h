/*
 * What is wrong with a text, where, and what to do about it: errors stop a save, warnings do not.
 *
 * What it is not: a log. A list belongs to one call's caller. Not thread safe.
 */
#ifndef NOTIONFS_MAPPING_DIAGNOSTIC_H
#define NOTIONFS_MAPPING_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

struct diagnostic {
	enum severity severity;
	unsigned line;	 /* from 1; 0 = the whole file */
	unsigned column; /* in characters (code points), from 1; 0 = the whole line */
	char *message;	 /* one sentence without a full stop, then ", remedy" */
};

#define DIAGNOSTICS_MAX_COUNT 100

struct diagnostics {
	struct diagnostic *items;
	size_t count;	/* of items, at most DIAGNOSTICS_MAX_COUNT */
	size_t dropped; /* that came when the list was full */
	bool has_error;
};

void diagnostics_init(struct diagnostics *diagnostics);
void diagnostics_release(struct diagnostics *diagnostics);
/* When the list is full it only counts `dropped`, but the first error always finds a place. NULL
 * list: nothing happens. */
void diagnostics_add(struct diagnostics *diagnostics, enum severity severity, unsigned line,
		     unsigned column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* The first error, or NULL. */
const struct diagnostic *diagnostics_first_error(const struct diagnostics *diagnostics);

static inline void cleanup_diagnostics(struct diagnostics *diagnostics)
{
	diagnostics_release(diagnostics);
}

#endif
