/*
 * What is wrong with a request, collected while it is walked: where we are and the lines so far.
 *
 * What it is not: the place that knows what is allowed (shape.h, block.h).
 * One report belongs to one call; nothing blocks.
 */
#ifndef NOTIONFS_SIM_VALIDATE_REPORT_H
#define NOTIONFS_SIM_VALIDATE_REPORT_H

#include <jansson.h>
#include <stddef.h>

#include "mapping/base/buf.h"

struct validate_report {
	struct buf path;     /* "body.children[0]" */
	struct buf failures; /* a line each, against the schema */
	struct buf content;  /* a line each, against what the schema can't say */
	size_t failure_count;
	size_t block_count; /* block elements seen */
};

void report_init(struct validate_report *report, const char *root);

/* Go one step down; what they return goes to report_leave. */
size_t report_enter_key(struct validate_report *report, const char *key);
size_t report_enter_index(struct validate_report *report, size_t index);
void report_leave(struct validate_report *report, size_t mark);

/* "<path> should be <expectation>, instead was `<value>`."; NULL is `undefined`. */
void report_expected(struct validate_report *report, const char *expectation, const json_t *value);
/* "<path>.length should be <bound> `<limit>`, instead was `<length>`." */
void report_length(struct validate_report *report, const char *bound, size_t limit, size_t length);
/* A sentence that Notion says without naming the place. */
void report_content(struct validate_report *report, const char *sentence);

/* Releases the report; 0, or 400 with the whole message. */
must_check int report_finish(struct validate_report *report, char **ret_message);

/* Formats the message of a failure that stands alone; always 400. */
int report_message(char **ret_message, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
