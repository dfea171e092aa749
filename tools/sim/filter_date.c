#include "tools/sim/filter_date.h"

#include <string.h>
#include <time.h>

#include "mapping/base/clock.h"

#define DAY_MS INT64_C(86400000)
#define EPOCH_WEEKDAY 3 /* 1970-01-01 was a Thursday; Monday is 0 */

static int64_t start_of_day(int64_t ms)
{
	int64_t day = ms / DAY_MS - (ms % DAY_MS < 0 ? 1 : 0);
	return day * DAY_MS;
}

/* The same day and time `months` later; the 31st may become a day of the month after. */
static int64_t add_months(int64_t ms, int months)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm utc;
	(void)gmtime_r(&seconds, &utc);
	utc.tm_mon += months;
	return (int64_t)timegm(&utc) * 1000 + ms % 1000;
}

/* The day a word means; false when it is none of them. */
static bool read_word(const char *text, int64_t now_ms, int64_t *ret_ms)
{
	int64_t today = start_of_day(now_ms);
	const struct {
		const char *word;
		int64_t ms;
	} words[] = {
		{"today", today},
		{"tomorrow", today + DAY_MS},
		{"yesterday", today - DAY_MS},
		{"one_week_ago", today - 7 * DAY_MS},
		{"one_week_from_now", today + 7 * DAY_MS},
		{"one_month_ago", add_months(today, -1)},
		{"one_month_from_now", add_months(today, 1)},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].word, text) == 0) {
			*ret_ms = words[i].ms;
			return true;
		}
	}
	return false;
}

bool filter_date_is_bound(const char *text)
{
	int64_t ms;
	return text != NULL && (read_word(text, 0, &ms) || clock_parse_iso(text, &ms) == 0);
}

static bool passes_span(int64_t ms, const char *operation, int64_t now_ms)
{
	int64_t today = start_of_day(now_ms);
	int64_t weekday = ((today / DAY_MS + EPOCH_WEEKDAY) % 7 + 7) % 7;
	int64_t monday = today - weekday * DAY_MS;
	int64_t tomorrow = today + DAY_MS;
	return strcmp(operation, "this_week") == 0    ? ms >= monday && ms < monday + 7 * DAY_MS
	       : strcmp(operation, "past_week") == 0  ? ms >= today - 7 * DAY_MS && ms < tomorrow
	       : strcmp(operation, "past_month") == 0 ? ms >= add_months(today, -1) && ms < tomorrow
	       : strcmp(operation, "past_year") == 0 ? ms >= add_months(today, -12) && ms < tomorrow
	       : strcmp(operation, "next_week") == 0 ? ms >= today && ms < tomorrow + 7 * DAY_MS
	       : strcmp(operation, "next_month") == 0
		       ? ms >= today && ms < add_months(tomorrow, 1)
		       : ms >= today && ms < add_months(tomorrow, 12);
}

bool filter_date_passes(const char *start, const char *operation, const char *bound, int64_t now_ms)
{
	int64_t ms;
	int64_t bound_ms;
	if (clock_parse_iso(start, &ms) < 0) {
		return false;
	}
	if (bound == NULL) {
		return passes_span(ms, operation, now_ms);
	}
	bool is_day = read_word(bound, now_ms, &bound_ms);
	if (!is_day) {
		is_day = strlen(bound) == strlen("YYYY-MM-DD");
		if (clock_parse_iso(bound, &bound_ms) < 0) {
			return false;
		}
	}
	if (is_day) {
		ms = start_of_day(ms);
		bound_ms = start_of_day(bound_ms);
	}
	return strcmp(operation, "equals") == 0		? ms == bound_ms
	       : strcmp(operation, "before") == 0	? ms < bound_ms
	       : strcmp(operation, "after") == 0	? ms > bound_ms
	       : strcmp(operation, "on_or_before") == 0 ? ms <= bound_ms
							: ms >= bound_ms;
}
