/*
 * The verbs against notion-sim: real answers, its faults, its budget and its clock.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "cache/remote/notion.h"
#include "mapping/base/clock.h"
#include "tests/remote/sim_process.h"
#include "tests/unit/suite.h"

#define GENERATE "pages=8,rows=130,blocks=4,seed=3"
#define NOW "2026-11-21T09:00:00Z"

/* A workspace with a page to write to. */
struct bench {
	struct sim_process *sim;
	struct notion *notion;
	struct uuid page;
	struct uuid source;
};

static struct uuid id_of(const json_t *object)
{
	const char *text = json_string_value(json_object_get(object, "id"));
	struct uuid id;
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(uuid_parse(text, strlen(text), &id), 0);
	return id;
}

static struct notion *connect_to(const struct sim_process *sim)
{
	struct notion_options options = {
		.base_url = sim_process_url(sim),
		.api_version = "2026-03-11",
		.token = "ntn_any",
	};
	struct notion *notion = NULL;
	ck_assert_int_eq(notion_new(&options, &notion), 0);
	return notion;
}

static void bench_init(struct bench *bench, const char *const *arguments)
{
	*bench = (struct bench){.sim = sim_process_new(arguments)};
	bench->notion = connect_to(bench->sim);
	json_t *found = NULL;
	ck_assert_int_eq(notion_search(bench->notion, PRIORITY_PERSON, NULL, NULL, &found), 0);
	size_t i;
	json_t *one;
	json_array_foreach (json_object_get(found, "results"), i, one) {
		const char *object = json_string_value(json_object_get(one, "object"));
		const char *parent =
			json_string_value(json_object_get(json_object_get(one, "parent"), "type"));
		if (strcmp(object, "data_source") == 0) {
			bench->source = id_of(one);
		} else if (strcmp(parent, "data_source_id") != 0) {
			bench->page = id_of(one);
		}
	}
	json_decref(found);
	sim_process_order(bench->sim, "DELETE", "requests", NULL);
}

static const char *const at_rest[] = {"--generate", GENERATE, "--rate", "off", NULL};

static void bench_release(struct bench *bench)
{
	notion_free(bench->notion);
	sim_process_free(bench->sim);
}

static void order_fault(struct bench *bench, const char *fault)
{
	char body[512];
	(void)snprintf(body, sizeof body, "{\"faults\":[%s]}", fault);
	sim_process_order(bench->sim, "POST", "faults", body);
}

/* {"children":[paragraph, …]} */
static json_t *paragraphs(int count)
{
	json_t *children = json_array();
	for (int i = 0; i < count; i++) {
		(void)json_array_append_new(children,
					    json_pack("{s:{s:[{s:{s:s}}]}}", "paragraph",
						      "rich_text", "text", "content", "A line."));
	}
	return json_pack("{s:o}", "children", children);
}

static int append(struct bench *bench, int count, struct failure *failure, json_t **ret_answer)
{
	json_t *body = paragraphs(count);
	int r = notion_append(bench->notion, &bench->page, body, failure, ret_answer);
	json_decref(body);
	return r;
}

static size_t count_children(struct bench *bench)
{
	size_t count = 0;
	json_t *answer = NULL;
	char *cursor = NULL;
	do {
		ck_assert_int_eq(notion_children(bench->notion, PRIORITY_PERSON, &bench->page,
						 cursor, NULL, &answer),
				 0);
		free(cursor);
		const char *next = json_string_value(json_object_get(answer, "next_cursor"));
		cursor = next != NULL ? strdup(next) : NULL;
		count += json_array_size(json_object_get(answer, "results"));
		json_decref(answer);
	} while (cursor != NULL);
	return count;
}

/* ---- the verbs ---- */

START_TEST(every_reading_verb_is_answered)
{
	struct bench bench;
	bench_init(&bench, at_rest);
	struct notion *notion = bench.notion;
	enum priority person = PRIORITY_PERSON;
	json_t *answer = NULL;
	ck_assert_int_eq(notion_me(notion, person, NULL, &answer), 0);
	ck_assert_str_eq(json_string_value(json_object_get(answer, "type")), "bot");
	json_decref(answer);
	ck_assert_int_eq(notion_users(notion, person, NULL, NULL, NULL), 0);
	ck_assert_int_eq(notion_page(notion, person, &bench.page, NULL, NULL), 0);
	ck_assert_int_eq(notion_block(notion, person, &bench.page, NULL, NULL), 0);
	ck_assert_int_eq(notion_children(notion, person, &bench.page, NULL, NULL, NULL), 0);
	ck_assert_int_eq(notion_property(notion, person, &bench.page, "title", NULL, NULL, NULL),
			 0);
	ck_assert_int_eq(notion_data_source(notion, person, &bench.source, NULL, &answer), 0);
	json_t *parent = json_object_get(answer, "parent");
	const char *text = json_string_value(json_object_get(parent, "database_id"));
	struct uuid database;
	ck_assert_int_eq(uuid_parse(text, strlen(text), &database), 0);
	json_decref(answer);
	ck_assert_int_eq(notion_database(notion, person, &database, NULL, NULL), 0);
	/* 130 rows are two answers. */
	ck_assert_int_eq(notion_query(notion, person, &bench.source, NULL, NULL, NULL, &answer), 0);
	const char *cursor = json_string_value(json_object_get(answer, "next_cursor"));
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "results")), 100);
	json_t *rest = NULL;
	ck_assert_int_eq(notion_query(notion, person, &bench.source, NULL, cursor, NULL, &rest), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(rest, "results")), 30);
	json_decref(rest);
	json_decref(answer);
	struct failure failure;
	ck_assert_int_eq(notion_page(notion, person, &database, &failure, NULL), -ENOENT);
	ck_assert_str_eq(failure.code, "object_not_found");
	failure_release(&failure);
	bench_release(&bench);
}
END_TEST

START_TEST(every_writing_verb_does_what_it_says)
{
	struct bench bench;
	bench_init(&bench, at_rest);
	size_t before = count_children(&bench);
	json_t *answer = NULL;
	ck_assert_int_eq(append(&bench, 2, NULL, &answer), 0);
	struct uuid block = id_of(json_array_get(json_object_get(answer, "results"), 0));
	json_decref(answer);
	json_t *body = json_pack("{s:{s:[]}}", "paragraph", "rich_text");
	ck_assert_int_eq(notion_update_block(bench.notion, &block, body, NULL, NULL), 0);
	json_decref(body);
	for (int i = 0; i < 2; i++) { /* the second time it is in the trash */
		answer = NULL;
		ck_assert_int_eq(notion_delete_block(bench.notion, &block, NULL, &answer), 0);
		json_decref(answer);
	}
	char page[UUID_TEXT_BYTES];
	uuid_format(&bench.page, page);
	body = json_pack("{s:{s:s},s:{s:{s:[]}}}", "parent", "page_id", page, "properties", "title",
			 "title");
	ck_assert_int_eq(notion_create_page(bench.notion, body, NULL, &answer), 0);
	json_decref(body);
	struct uuid child = id_of(answer);
	json_decref(answer);
	body = json_pack("{s:b}", "in_trash", 1);
	ck_assert_int_eq(notion_update_page(bench.notion, &child, body, NULL, NULL), 0);
	json_decref(body);
	ck_assert_uint_eq(count_children(&bench), before + 1);
	bench_release(&bench);
}
END_TEST

/* ---- faults ---- */

START_TEST(a_write_that_was_applied_without_an_answer_is_sent_once)
{
	static const struct {
		const char *fault;
		int expected;
		size_t applied; /* of 3 */
	} rows[] = {
		{"\"do\":\"cut\",\"apply\":\"all\"", -ETIMEDOUT, 3},
		{"\"do\":\"cut\",\"apply\":\"none\"", -ETIMEDOUT, 0},
		{"\"do\":\"html\",\"status\":502,\"apply\":\"all\"", -EIO, 3},
		{"\"do\":\"status\",\"status\":504,\"apply\":\"all\"", -EIO, 3},
		{"\"do\":\"status\",\"status\":500,\"apply\":\"none\"", -EIO, 0},
		{"\"do\":\"truncate\",\"apply\":\"all\"", -ETIMEDOUT, 3},
		{"\"do\":\"malformed\",\"apply\":\"all\"", -EIO, 3},
	};
	struct bench bench;
	bench_init(&bench, at_rest);
	size_t children = count_children(&bench);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char fault[256];
		(void)snprintf(fault, sizeof fault,
			       "{\"match\":{\"method\":\"PATCH\",\"nth\":1},%s}", rows[i].fault);
		order_fault(&bench, fault);
		sim_process_order(bench.sim, "DELETE", "requests", NULL);
		struct failure failure;
		int r = append(&bench, 3, &failure, NULL);
		ck_assert_msg(r == rows[i].expected, "%s: %d %s", rows[i].fault, r,
			      failure.message);
		ck_assert_int_eq(failure.kind, FAILURE_UNKNOWN);
		ck_assert_int_gt(failure.sent_at_ms, 0);
		failure_release(&failure);
		ck_assert_uint_eq(sim_process_count(bench.sim, "PATCH", 0), 1);
		children += rows[i].applied;
		ck_assert_uint_eq(count_children(&bench), children);
		sim_process_order(bench.sim, "DELETE", "faults", NULL);
	}
	bench_release(&bench);
}
END_TEST

START_TEST(a_saved_503_names_the_blocks_that_were_made)
{
	struct bench bench;
	bench_init(&bench, at_rest);
	order_fault(&bench, "{\"match\":{\"method\":\"PATCH\",\"nth\":1},\"do\":\"status\","
			    "\"status\":503,\"apply\":\"all\",\"committed\":true}");
	struct failure failure;
	ck_assert_int_eq(append(&bench, 2, &failure, NULL), -EIO);
	ck_assert_int_eq(failure.kind, FAILURE_COMMITTED);
	ck_assert(uuid_equal(&failure.committed, &bench.page));
	ck_assert_uint_eq(json_array_size(failure.committed_children), 2);
	const char *text = json_string_value(json_array_get(failure.committed_children, 1));
	struct uuid block;
	ck_assert_int_eq(uuid_parse(text, strlen(text), &block), 0);
	ck_assert_int_eq(notion_block(bench.notion, PRIORITY_PERSON, &block, NULL, NULL), 0);
	failure_release(&failure);
	ck_assert_uint_eq(sim_process_count(bench.sim, "PATCH", 0), 1);
	bench_release(&bench);
}
END_TEST

START_TEST(a_read_survives_a_connection_cut)
{
	struct bench bench;
	bench_init(&bench, at_rest);
	order_fault(&bench, "{\"match\":{\"method\":\"GET\",\"nth\":1},\"do\":\"cut\"}");
	/* The connection was kept alive from the search, so this is repeated at once. */
	clock_set_simulated(clock_now_ms(), false);
	ck_assert_int_eq(notion_page(bench.notion, PRIORITY_PERSON, &bench.page, NULL, NULL), 0);
	ck_assert_uint_eq(sim_process_count(bench.sim, "GET", 0), 2);
	bench_release(&bench);
}
END_TEST

struct caller {
	struct bench *bench;
	pthread_t thread;
	int times;
	int error;
	enum failure_kind kind;
};

static void *call_append(void *context)
{
	struct caller *caller = context;
	struct failure failure;
	caller->error = append(caller->bench, 1, &failure, NULL);
	caller->kind = failure.kind;
	failure_release(&failure);
	return NULL;
}

START_TEST(stop_ends_a_call_the_server_holds)
{
	struct bench bench;
	bench_init(&bench, at_rest);
	order_fault(&bench, "{\"match\":{\"method\":\"PATCH\"},\"do\":\"hold\"}");
	struct caller caller = {.bench = &bench};
	ck_assert_int_eq(pthread_create(&caller.thread, NULL, call_append, &caller), 0);
	while (sim_process_count(bench.sim, "PATCH", 0) == 0) {
		(void)sched_yield();
	}
	notion_stop(bench.notion);
	ck_assert_int_eq(pthread_join(caller.thread, NULL), 0);
	ck_assert_int_eq(caller.error, -ECANCELED);
	ck_assert_int_eq(caller.kind, FAILURE_UNKNOWN);
	sim_process_order(bench.sim, "POST", "release", NULL);
	bench_release(&bench);
}
END_TEST

/* ---- budget and clock ---- */

START_TEST(the_clock_of_the_server_is_followed)
{
	static const char *const fixed[] = {"--generate", GENERATE, "--now", NOW, NULL};
	struct bench bench;
	bench_init(&bench, fixed);
	int64_t now_ms;
	ck_assert_int_eq(clock_parse_iso(NOW, &now_ms), 0);
	struct notion *notion = bench.notion;
	ck_assert_int_eq(notion_follow_clock(notion, "http://example.com"), -EINVAL);
	ck_assert_int_eq(notion_follow_clock(notion, "https://127.0.0.1:1"), -EINVAL);
	ck_assert_int_lt(notion_follow_clock(notion, "http://127.0.0.1:1"), 0);
	ck_assert(!clock_is_simulated());
	ck_assert_int_eq(notion_follow_clock(notion, sim_process_url(bench.sim)), 0);
	ck_assert_int_eq(clock_now_ms(), now_ms);
	ck_assert_int_eq(notion_now_ms(notion), now_ms);
	ck_assert_int_eq(notion_follow_clock(notion, sim_process_url(bench.sim)), -EALREADY);
	for (int i = 1; i <= 3; i++) {
		sim_process_order(bench.sim, "POST", "clock", "{\"advance_s\":90}");
		while (clock_now_ms() != now_ms + (int64_t)i * 90000) {
			(void)sched_yield();
		}
	}
	bench_release(&bench);
}
END_TEST

static void *call_me_often(void *context)
{
	struct caller *caller = context;
	for (int i = 0; i < caller->times && caller->error == 0; i++) {
		caller->error = notion_me(caller->bench->notion, PRIORITY_PERSON, NULL, NULL);
	}
	return NULL;
}

/* Returns when our clock has followed. */
static void advance_a_minute(struct bench *bench)
{
	int64_t before_ms = clock_now_ms();
	sim_process_order(bench->sim, "POST", "clock", "{\"advance_s\":60}");
	while (clock_now_ms() == before_ms) {
		(void)sched_yield();
	}
}

#define CALLERS 4
#define CALLS_EACH 30

START_TEST(a_lower_limit_is_learned_and_then_kept)
{
	static const char *const slow[] = {"--generate", GENERATE, "--now", NOW,
					   "--rate",	 "25",	   NULL};
	struct bench bench;
	bench_init(&bench, slow);
	ck_assert_int_eq(notion_follow_clock(bench.notion, sim_process_url(bench.sim)), 0);
	advance_a_minute(&bench); /* a window that begins for both of us */
	struct caller callers[CALLERS];
	for (int i = 0; i < CALLERS; i++) {
		callers[i] = (struct caller){.bench = &bench, .times = CALLS_EACH};
		ck_assert_int_eq(
			pthread_create(&callers[i].thread, NULL, call_me_often, &callers[i]), 0);
	}
	for (size_t done = 0; done < (size_t)CALLERS * CALLS_EACH;) {
		struct notion_budget budget;
		notion_budget(bench.notion, &budget);
		if (budget.paused_until_ms > 0 || budget.used >= budget.limit) {
			advance_a_minute(&bench);
		}
		done = sim_process_count(bench.sim, "GET", 200);
	}
	for (int i = 0; i < CALLERS; i++) {
		ck_assert_int_eq(pthread_join(callers[i].thread, NULL), 0);
		ck_assert_int_eq(callers[i].error, 0);
	}
	struct notion_budget budget;
	notion_budget(bench.notion, &budget);
	/* Requests on their way while the clock is moved belong to one window here and to the next
	 * one there, so what is learned may be a little lower, and is never higher. */
	ck_assert_uint_le(budget.limit, 25);
	ck_assert_uint_ge(budget.limit, 25 - 2 * CALLERS);
	size_t refused = sim_process_count(bench.sim, "GET", 429);
	ck_assert_uint_ge(refused, 1);
	ck_assert_uint_le(refused, 2 * (size_t)CALLERS);
	bench_release(&bench);
}
END_TEST

SUITE_CASES = {
	&every_reading_verb_is_answered,
	&every_writing_verb_does_what_it_says,
	&a_write_that_was_applied_without_an_answer_is_sent_once,
	&a_saved_503_names_the_blocks_that_were_made,
	&a_read_survives_a_connection_cut,
	&stop_ends_a_call_the_server_holds,
	&the_clock_of_the_server_is_followed,
	&a_lower_limit_is_learned_and_then_kept,
};
SUITE_MAIN("sim")
