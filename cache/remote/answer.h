/*
 * The JSON of an answer: bytes from the network → a value, within limits.
 *
 * What it is not: a judge of what the value means. Pure; any thread.
 */
#ifndef NOTIONFS_CACHE_REMOTE_ANSWER_H
#define NOTIONFS_CACHE_REMOTE_ANSWER_H

#include <jansson.h>
#include <stddef.h>

#include "mapping/base/cleanup.h"

/* Notion nests a value about a dozen levels deep. */
#define ANSWER_MAX_DEPTH 128

/*
 * 0 and a new reference to an object, or -EINVAL: not JSON, no object, deeper than
 * ANSWER_MAX_DEPTH, a key twice in one object. Whole numbers too large for 64 bits become reals.
 */
must_check int answer_parse(const char *bytes, size_t len, json_t **ret_answer);

#endif
