/*
 * The request budget: one fixed 60 s window for the whole process (notion-api.md §3.1,
 * design.md §7.1).
 *
 *     window start                                                     + 60 s
 *     |== used ==|------------- background may use -----------|== people, saves ==|
 *                                                            80 %                100 %
 *
 * What it is not: a thread or a clock. Time is passed in, nothing waits here; the caller waits
 * until the moment it is told and asks again. Not thread safe: the caller has a lock.
 */
#ifndef NOTIONFS_CACHE_REMOTE_RATE_H
#define NOTIONFS_CACHE_REMOTE_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* Who asks, most urgent first. */
enum priority { PRIORITY_PERSON, PRIORITY_SAVE, PRIORITY_REFRESH, PRIORITY_HYDRATION };
#define PRIORITY_COUNT 4

#define RATE_WINDOW_MS 60000
#define RATE_DEFAULT_LIMIT 180

struct rate {
	unsigned limit; /* requests a window; learned from 429 */
	unsigned used;	/* in the present window */
	int64_t window_start_ms;
	int64_t paused_until_ms; /* nobody sends before */
	bool is_blocked;	 /* public_api_request_blocked: nobody sends any more */
	/* Kept by the caller: how many stand waiting after rate_take said no. */
	unsigned waiting[PRIORITY_COUNT];

	/* Nobody else's. */
	unsigned full_limit;   /* what rate_init was told */
	unsigned used_before;  /* in the window right before the present one */
	unsigned refused;      /* 429s of the present window */
	int64_t pause_ms;      /* length of the pause; outlives no clock that is set back */
	bool is_in_step;       /* the next window starts when Notion's does */
	int64_t learned_at_ms; /* when `limit` was lowered */
};

void rate_init(struct rate *rate, unsigned limit);
/* May one request of this priority go now? Then it is counted and 0 answered; else the moment
 * (ms, > now) to ask again, INT64_MAX when blocked. Less urgent ones give way to `waiting` more
 * urgent ones. */
int64_t rate_take(struct rate *rate, enum priority priority, int64_t now_ms);
/* A 429 or 529 came: pause for `retry_after_ms` (> 0), and learn the limit when the reason is the
 * connection's own. `reason` is additional_data.rate_limit_reason or NULL. A learned limit is
 * tried again after an hour. */
void rate_limited(struct rate *rate, const char *reason, int64_t retry_after_ms, int64_t now_ms);

#endif
