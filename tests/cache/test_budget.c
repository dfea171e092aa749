/*
 * Who may use the window: hydration never touches its last fifth, and a person's request goes out
 * meanwhile without waiting. The server's clock stands still, so what is answered at all was sent
 * within the same moment.
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
/* Leaves pages unread, and a fifth of it is enough for each. */
#define WIDE_LIMIT 50
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

struct unread {
	node_id pages[100];
	size_t count;
};

static bool find_unread(void *context, uint64_t cookie, const char *name,
			const struct node_attr *attr)
{
	struct unread *unread = context;
	(void)cookie;
	(void)name;
	if (attr->kind == NODE_PAGE && !attr->is_size_exact && unread->count < 100) {
		unread->pages[unread->count++] = attr->node;
	}
	return true;
}

START_TEST(hydration_leaves_a_fifth_to_people_whose_requests_go_out_at_once)
{
	struct fixture fixture;
	struct node_attr top;
	struct unread unread = {0};
	fixture_prepare(&fixture);
	fixture_serve(&fixture, DEMO_WORKSPACE, "2026-11-28T10:00:00.000Z");
	fixture.options.test_clock_url = fixture.base_url;
	fixture.options.requests = WIDE_LIMIT;
	fixture_open(&fixture);
	/* Hydration stops by itself, and there is more to read than a window takes. */
	until_used(&fixture, WIDE_LIMIT * 4 / 5);
	ck_assert_int_eq(fixture_find(&fixture, "Lantern Yard Coffee", &top), 0);
	ck_assert_int_eq(workspace_list(fixture.workspace, top.node, 0, find_unread, &unread), 0);
	ck_assert_uint_gt(unread.count, 0);
	int64_t now_ms = server_ms(&fixture);

	/* One that is being brought by what was sent already asks for nothing more: the next. */
	json_int_t before = used(&fixture);
	for (size_t i = 0; i < unread.count && used(&fixture) == before; i++) {
		ck_assert_int_eq(fixture_fetch(&fixture, unread.pages[i], WANT_CONTENT), 0);
	}
	ck_assert_int_eq(server_ms(&fixture), now_ms);
	ck_assert_int_gt(used(&fixture), before);
	ck_assert_int_le(used(&fixture), WIDE_LIMIT);
	fixture_release(&fixture);
}
END_TEST

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
	&hydration_leaves_a_fifth_to_people_whose_requests_go_out_at_once,
	&no_window_of_hydration_alone_is_more_than_four_fifths,
};
SUITE_MAIN("budget")
