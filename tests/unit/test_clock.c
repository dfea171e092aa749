#include "mapping/base/clock.h"

#include <errno.h>

#include "tests/unit/suite.h"

START_TEST(stamps_read_and_written_are_the_same)
{
	static const struct {
		const char *text;
		int64_t ms;
		const char *again;
	} rows[] = {
		{"1970-01-01T00:00:00.000Z", 0, "1970-01-01T00:00:00.000Z"},
		{"2026-06-27T16:49:00.000Z", 1782578940000, "2026-06-27T16:49:00.000Z"},
		{"2026-06-27T16:49:02.556+00:00", 1782578942556, "2026-06-27T16:49:02.556Z"},
		{"2026-06-27T18:49:00+02:00", 1782578940000, "2026-06-27T16:49:00.000Z"},
		{"2026-06-27", 1782518400000, "2026-06-27T00:00:00.000Z"},
		{"1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t ms = 0;
		char text[CLOCK_ISO_BYTES];
		ck_assert_int_eq(clock_parse_iso(rows[i].text, &ms), 0);
		ck_assert_int_eq(ms, rows[i].ms);
		clock_format_iso(ms, text);
		ck_assert_str_eq(text, rows[i].again);
	}
}
END_TEST

START_TEST(what_is_no_stamp_is_refused)
{
	static const char *const wrong[] = {"", "today", "2026-13-01", "2026-01-01T10",
					    "2026-01-01x"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int64_t ms;
		ck_assert_int_eq(clock_parse_iso(wrong[i], &ms), -EINVAL);
	}
}
END_TEST

START_TEST(a_simulated_clock_stands_still_until_moved)
{
	clock_set_simulated(1000, false);
	ck_assert(clock_is_simulated());
	ck_assert_int_eq(clock_now_ms(), 1000);
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
	(void)pthread_mutex_lock(&mutex);
	clock_wait_until(&condition, &mutex, 500);
	clock_wait_until(&condition, &mutex, 90000000);
	(void)pthread_mutex_unlock(&mutex);
	ck_assert_int_eq(clock_now_ms(), 1000);
	clock_set_simulated(61000, false);
	ck_assert_int_eq(clock_now_ms(), 61000);
}
END_TEST

SUITE_CASES = {
	&stamps_read_and_written_are_the_same,
	&what_is_no_stamp_is_refused,
	&a_simulated_clock_stands_still_until_moved,
};
SUITE_MAIN("clock")
