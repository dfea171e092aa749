#include "cache/remote/rate.h"
#include "tests/unit/suite.h"

#define START_MS 1000000

static unsigned take_many(struct rate *rate, enum priority priority, unsigned count, int64_t now_ms)
{
	unsigned taken = 0;
	while (taken < count && rate_take(rate, priority, now_ms) == 0) {
		taken++;
	}
	return taken;
}

START_TEST(each_priority_has_its_share_of_a_window)
{
	static const struct {
		const char *what;
		unsigned limit;
		enum priority priority;
		unsigned used_by_people; /* before */
		unsigned expected;
	} rows[] = {
		{"a person may use all", 180, PRIORITY_PERSON, 0, 180},
		{"a save may use all", 180, PRIORITY_SAVE, 0, 180},
		{"refresh leaves the last 20 %", 180, PRIORITY_REFRESH, 0, 144},
		{"hydration leaves the last 20 %", 180, PRIORITY_HYDRATION, 0, 144},
		{"what people used counts for refresh", 180, PRIORITY_REFRESH, 100, 44},
		{"nothing is left for refresh", 180, PRIORITY_REFRESH, 150, 0},
		{"the reserve is people's", 180, PRIORITY_PERSON, 144, 36},
		{"a larger plan", 600, PRIORITY_HYDRATION, 0, 480},
		{"the smallest limit still moves", 1, PRIORITY_HYDRATION, 0, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rate rate;
		rate_init(&rate, rows[i].limit);
		ck_assert_uint_eq(
			take_many(&rate, PRIORITY_PERSON, rows[i].used_by_people, START_MS),
			rows[i].used_by_people);
		unsigned taken = take_many(&rate, rows[i].priority, 1000, START_MS);
		ck_assert_msg(taken == rows[i].expected, "%s: %u", rows[i].what, taken);
	}
}
END_TEST

START_TEST(a_burst_may_use_a_window_and_the_next_one_starts_after_60_s)
{
	struct rate rate;
	rate_init(&rate, RATE_DEFAULT_LIMIT);
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 1000, START_MS), 180);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS + 59999),
			 START_MS + RATE_WINDOW_MS);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS + 60000), 0);
	ck_assert_uint_eq(rate.used, 1);
	/* The window starts with its first request, not on a grid. */
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 1000, START_MS + 200000), 180);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS + 259999), START_MS + 260000);
}
END_TEST

START_TEST(less_urgent_ones_give_way_to_those_waiting)
{
	struct rate rate;
	rate_init(&rate, 180);
	for (int waiting = 0; waiting < PRIORITY_COUNT; waiting++) {
		rate.waiting[waiting] = 1;
		for (int asking = 0; asking < PRIORITY_COUNT; asking++) {
			int64_t until_ms = rate_take(&rate, (enum priority)asking, START_MS);
			if (asking > waiting) {
				ck_assert_int_gt(until_ms, START_MS);
				ck_assert_int_lt(until_ms, START_MS + 1000);
			} else {
				ck_assert_int_eq(until_ms, 0);
			}
		}
		rate.waiting[waiting] = 0;
	}
}
END_TEST

START_TEST(a_429_pauses_everyone)
{
	struct rate rate;
	rate_init(&rate, 180);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS), 0);
	rate_limited(&rate, "public_api_space_request_rate_limit", 90000, START_MS + 10);
	for (int priority = 0; priority < PRIORITY_COUNT; priority++) {
		ck_assert_int_eq(rate_take(&rate, (enum priority)priority, START_MS + 20),
				 START_MS + 90010);
	}
	ck_assert_uint_eq(rate.limit, 180);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_HYDRATION, START_MS + 90010), 0);
}
END_TEST

START_TEST(a_shorter_pause_does_not_end_a_longer_one)
{
	struct rate rate;
	rate_init(&rate, 180);
	rate_limited(&rate, NULL, 30000, START_MS);
	rate_limited(&rate, NULL, 1000, START_MS + 5);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS + 10), START_MS + 30000);
}
END_TEST

START_TEST(the_limit_is_learned_from_what_was_let_through)
{
	struct rate rate;
	rate_init(&rate, 180);
	/* 64 were sent at the same time; Notion let 60 through and refused 4. */
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 64, START_MS), 64);
	for (int i = 0; i < 4; i++) {
		rate_limited(&rate, "public_api_request_rate_limit", 50000, START_MS + i);
	}
	ck_assert_uint_eq(rate.limit, 60);
	int64_t next_ms = START_MS + 50003;
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS + 10), next_ms);
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 1000, next_ms), 60);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, next_ms + 1), next_ms + RATE_WINDOW_MS);
	/* An hour later the full limit is tried again. */
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 1000, START_MS + 3600003), 180);
}
END_TEST

START_TEST(windows_out_of_step_teach_no_limit)
{
	struct rate rate;
	rate_init(&rate, 180);
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 170, START_MS), 170);
	int64_t next_ms = START_MS + RATE_WINDOW_MS;
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 15, next_ms), 15);
	rate_limited(&rate, "public_api_request_rate_limit", 20000, next_ms + 100);
	rate_limited(&rate, "public_api_request_rate_limit", 20000, next_ms + 100);
	ck_assert_uint_eq(rate.limit, 180);
	/* And our window now starts where Notion's does. */
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 1000, next_ms + 20100), 180);
}
END_TEST

START_TEST(one_refusal_at_the_start_does_not_stop_everything)
{
	struct rate rate;
	rate_init(&rate, 180);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS), 0);
	rate_limited(&rate, "public_api_request_rate_limit", 20000, START_MS);
	ck_assert_uint_ge(rate.limit, 10);
}
END_TEST

START_TEST(a_blocked_connection_sends_no_more)
{
	struct rate rate;
	rate_init(&rate, 180);
	rate_limited(&rate, "public_api_request_blocked", 1000, START_MS);
	ck_assert(rate.is_blocked);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS + 10000000), INT64_MAX);
}
END_TEST

START_TEST(a_clock_set_back_starts_a_new_window)
{
	struct rate rate;
	rate_init(&rate, 180);
	ck_assert_uint_eq(take_many(&rate, PRIORITY_PERSON, 1000, START_MS + 3600000), 180);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS), 0);
}
END_TEST

START_TEST(a_clock_set_back_makes_no_pause_longer)
{
	struct rate rate;
	rate_init(&rate, 180);
	rate_limited(&rate, NULL, 30000, START_MS + 3600000);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS), START_MS + 30000);
	ck_assert_int_eq(rate_take(&rate, PRIORITY_PERSON, START_MS + 30000), 0);
}
END_TEST

SUITE_CASES = {
	&each_priority_has_its_share_of_a_window,
	&a_burst_may_use_a_window_and_the_next_one_starts_after_60_s,
	&less_urgent_ones_give_way_to_those_waiting,
	&a_429_pauses_everyone,
	&a_shorter_pause_does_not_end_a_longer_one,
	&the_limit_is_learned_from_what_was_let_through,
	&windows_out_of_step_teach_no_limit,
	&one_refusal_at_the_start_does_not_stop_everything,
	&a_blocked_connection_sends_no_more,
	&a_clock_set_back_starts_a_new_window,
	&a_clock_set_back_makes_no_pause_longer,
};
SUITE_MAIN("rate")
