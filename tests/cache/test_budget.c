/*
 * Who may use the window: hydration never touches its last fifth, by what the server got.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define LIMIT 40
#define BACKGROUND (LIMIT * 4 / 5)
#define PATIENCE_S 60

static json_int_t used(struct fixture *fixture)
{
	json_t *status = fixture_command(fixture, "{\"command\":\"status\"}");
	json_t *budget = json_object_get(status, "budget");
	json_int_t count = json_integer_value(json_object_get(budget, "used"));
	json_decref(status);
	return count;
}

/* Of the requests that the server got, those of each window of its clock. */
static size_t count_window(struct fixture *fixture, int64_t from_ms, int64_t to_ms)
{
	json_t *log = fixture_http(fixture, "GET", "/_sim/requests", NULL);
	size_t count = 0;
	size_t i;
	json_t *request;
	json_array_foreach (log, i, request) {
		int64_t ms = json_integer_value(json_object_get(request, "t_ms"));
		count += ms >= from_ms && ms < to_ms ? 1 : 0;
	}
	json_decref(log);
	return count;
}

static int64_t server_ms(struct fixture *fixture)
{
	json_t *clock = fixture_http(fixture, "GET", "/_sim/clock", NULL);
	int64_t now_ms = json_integer_value(json_object_get(clock, "now_ms"));
	json_decref(clock);
	return now_ms;
}

static void until_used(struct fixture *fixture, json_int_t wanted)
{
	time_t end = time(NULL) + PATIENCE_S;
	while (used(fixture) < wanted) {
		ck_assert_msg(time(NULL) < end, "only %lld requests are sent",
			      (long long)used(fixture));
	}
}

START_TEST(no_window_of_hydration_alone_is_more_than_four_fifths)
{
	struct fixture fixture;
	fixture_prepare(&fixture);
	fixture_serve(&fixture, DEMO_WORKSPACE, "2026-11-28T10:00:00.000Z");
	fixture.options.test_clock_url = fixture.base_url;
	fixture.options.requests = LIMIT;
	fixture_open(&fixture);
	until_used(&fixture, BACKGROUND); /* the first search is a person's: it is waited for */
	time_t arrived = time(NULL) + PATIENCE_S;
	while (count_window(&fixture, 0, INT64_MAX) < BACKGROUND) {
		ck_assert(time(NULL) < arrived); /* else one would come in the next window */
	}
	for (int window = 0; window < 1; window++) {
		json_decref(fixture_http(&fixture, "POST", "/_sim/clock", "{\"advance_s\":61}"));
		int64_t from_ms = server_ms(&fixture);
		until_used(&fixture, BACKGROUND);
		/* The last may be on its way to the server still. */
		time_t end = time(NULL) + PATIENCE_S;
		while (count_window(&fixture, from_ms, from_ms + 1000) < BACKGROUND) {
			ck_assert(time(NULL) < end);
		}
		ck_assert_uint_eq(count_window(&fixture, from_ms, from_ms + 1000), BACKGROUND);
		ck_assert_int_eq(used(&fixture), BACKGROUND);
	}
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&no_window_of_hydration_alone_is_more_than_four_fifths,
};
SUITE_MAIN("budget")
