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

/* The whole file; standard input for NULL or "-". 0 or -errno, which is printed. */
must_check int input_text(const char *path, struct buf *text);
/* New reference; NULL when it can't be read, which is printed. */
json_t *input_json(const char *path);
void print_diagnostics(const struct diagnostics *diagnostics);
/* One line of JSON with an indentation a person can read, on standard output. 0 or -EIO. */
must_check int print_json(const json_t *json);

#endif
