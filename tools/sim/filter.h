/*
 * Whether a row passes the filter of a query: timestamps and properties, alone or under and/or.
 *
 * What it is not: a check of the filter's shape; validate_query has been asked. The server's lock
 * is held.
 *
 * Where the sheet is silent: `equals` of a text looks at every byte, `contains`, `starts_with` and
 * `ends_with` take no notice of ASCII case; the negative conditions hold for an empty value; a time
 * without an offset is UTC; a week begins on Monday; past and next count from now.
 */
#ifndef NOTIONFS_SIM_FILTER_H
#define NOTIONFS_SIM_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "tools/sim/answer.h"
#include "tools/sim/sim.h"

/* Whether it names a property that is not in `schema`, or one of another type, or a date that is
 * none. The 400 is in `answer` then. `filter` may be NULL. */
bool filter_refuses(const json_t *schema, const json_t *filter, struct answer *answer);
/* `filter` NULL lets everything pass. */
bool filter_passes(struct sim *sim, const json_t *page, const json_t *filter);

/* The property of a page or schema by name or id, encoded or not. Borrowed; NULL: none. */
const json_t *filter_find_property(const json_t *properties, const char *name_or_id);

#endif
