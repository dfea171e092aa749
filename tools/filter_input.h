/*
 * What the filters read and say: files or standard input, JSON, diagnostics as `line:col: message`.
 *
 * What it is not: for the daemon. Errors are printed to stderr right here.
 */
#ifndef NOTIONFS_TOOLS_FILTER_INPUT_H
#define NOTIONFS_TOOLS_FILTER_INPUT_H

#include <jansson.h>

#include "mapping/base/buf.h"
#include "mapping/diagnostic.h"
#include "mapping/parse.h"

/* The whole file; standard input for NULL or "-". 0 or -errno, which is printed. */
must_check int input_text(const char *path, struct buf *text);
/* New reference; NULL when it can't be read, which is printed. */
json_t *input_json(const char *path);
/* For a filter that reads no frontmatter: what the head says is warned of, `consequence` tells what
 * that means. -EINVAL with an error when it is no head, but text between two `---`. */
must_check int check_unread_head(const struct page_text *page, const char *consequence,
				 struct diagnostics *diagnostics);
void print_diagnostics(const struct diagnostics *diagnostics);
/* One line of JSON with an indentation a person can read, on standard output. 0 or -EIO. */
must_check int print_json(const json_t *json);

#endif
