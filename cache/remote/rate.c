#include "cache/remote/rate.h"

#include <string.h>

/* What background work may use of a window. */
#define BACKGROUND_PERCENT 80
/* Who gave way asks again after this; the one given way to needs no longer to take its turn. */
#define GIVE_WAY_MS 10
/* A learned limit is forgotten after this, since the reason (another program with the same
 * token) may be gone. */
#define LEARNED_FOR_MS (60 * 60 * 1000)
/* A limit learned lower than this would be an accident. */
#define LOWEST_LIMIT 10

void rate_init(struct rate *rate, unsigned limit)
{
	*rate = (struct rate){
		.limit = limit, .full_limit = limit, .window_start_ms = INT64_MIN / 2};
}

/* A window starts with the first request after the last one was over, as Notion's does. */
static void turn_window(struct rate *rate, int64_t now_ms)
{
	if (rate->limit != rate->full_limit && now_ms - rate->learned_at_ms >= LEARNED_FOR_MS) {
		rate->limit = rate->full_limit;
	}
	int64_t age_ms = now_ms - rate->window_start_ms;
	if (age_ms >= 0 && age_ms < RATE_WINDOW_MS) {
		return;
	}
	/* A negative age: the clock was set back; counting on would block for as long. */
	bool is_adjacent = age_ms >= 0 && age_ms < 2 * (int64_t)RATE_WINDOW_MS;
	rate->used_before = is_adjacent && !rate->is_in_step ? rate->used : 0;
	rate->is_in_step = false;
	rate->used = 0;
	rate->refused = 0;
	rate->window_start_ms = now_ms;
}

static unsigned share(const struct rate *rate, enum priority priority)
{
	if (priority < PRIORITY_REFRESH) {
		return rate->limit;
	}
	unsigned most = rate->limit * BACKGROUND_PERCENT / 100;
	return most > 0 ? most : 1;
}

int64_t rate_take(struct rate *rate, enum priority priority, int64_t now_ms)
{
	if (rate->is_blocked) {
		return INT64_MAX;
	}
	if (rate->paused_until_ms > now_ms + rate->pause_ms) {
		rate->paused_until_ms = now_ms + rate->pause_ms;
	}
	if (rate->paused_until_ms > now_ms) {
		return rate->paused_until_ms;
	}
	rate->paused_until_ms = 0;
	turn_window(rate, now_ms);
	if (rate->used >= share(rate, priority)) {
		return rate->window_start_ms + RATE_WINDOW_MS;
	}
	for (int other = 0; other < (int)priority; other++) {
		if (rate->waiting[other] > 0) {
			return now_ms + GIVE_WAY_MS;
		}
	}
	rate->used++;
	return 0;
}

/*
 * The connection's own limit is lower than we thought: what was let through in this window is the
 * limit. Not learned when the two last windows together may have filled one of Notion's, whose
 * windows need not start when ours do.
 */
static void learn_limit(struct rate *rate, int64_t now_ms)
{
	rate->refused++;
	unsigned accepted = rate->used > rate->refused ? rate->used - rate->refused : 0;
	if (rate->used_before > 0 && rate->used_before + accepted >= rate->limit) {
		return;
	}
	if (accepted < LOWEST_LIMIT) {
		accepted = LOWEST_LIMIT;
	}
	if (accepted < rate->limit) {
		rate->limit = accepted;
		rate->learned_at_ms = now_ms;
	}
}

void rate_limited(struct rate *rate, const char *reason, int64_t retry_after_ms, int64_t now_ms)
{
	if (reason != NULL && strcmp(reason, "public_api_request_blocked") == 0) {
		rate->is_blocked = true;
		return;
	}
	if (reason != NULL && strcmp(reason, "public_api_request_rate_limit") == 0) {
		learn_limit(rate, now_ms);
		/* The window that ends with the pause is Notion's: ours follows it from then on. */
		rate->window_start_ms = now_ms + retry_after_ms - RATE_WINDOW_MS;
		rate->is_in_step = true;
	}
	int64_t until_ms = now_ms + retry_after_ms;
	if (until_ms > rate->paused_until_ms) {
		rate->paused_until_ms = until_ms;
		rate->pause_ms = retry_after_ms;
	}
}
