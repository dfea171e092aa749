/*
 * The conditions on dates in a filter: bounds, days, and words like "tomorrow" and "past_week".
 *
 * What it is not: for values that are empty. Pure functions; any thread.
 */
#ifndef NOTIONFS_SIM_FILTER_DATE_H
#define NOTIONFS_SIM_FILTER_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* A date, a time, or one of the words for a day. NULL is none. */
bool filter_date_is_bound(const char *text);
/* `start` is ISO 8601. `bound` may be NULL where `operation` has none ("past_week"). A bound
 * without a time means its whole day. */
bool filter_date_passes(const char *start, const char *operation, const char *bound,
			int64_t now_ms);

#endif
