/*
 * Exactly once (design.md §5.9), by dying at every point. A scenario is run once in peace, and the
 * points it passes are recorded: each request, each commit of either store. Then it is run again
 * for each point, killed before it and after it, and for each request with each fault. After that
 * the workspace is opened again, and in the end the server has the tree that the peaceful run
 * left, once; what was not touched has its ids; the files read the same; nothing is owed.
 *
 * Tried = recorded, or the test fails. The last line has the counts.
 *
 * usage: test_die_at_every_point quick | all | SCENARIO [before|after|FAULT NUMBER | peace]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/cache/die_tree.h"
#include "tests/cache/die_try.h"

#define WORKERS 2
#define TURNS 6
#define FAILURES_SHOWN 12

/* ---- the faults ---- */

static const struct fault_kind faults[] = {
	{"cut before", "\"do\":\"cut\"", false, false},
	{"cut after", "\"do\":\"cut\",\"apply\":\"all\"", false, true},
	{"cut in the middle", "\"do\":\"cut\",\"apply\":\"first:1\"", false, true},
	{"late", "\"do\":\"cut\",\"apply\":\"late\",\"late_ms\":40000", true, false},
	{"503 saved", "\"do\":\"status\",\"status\":503,\"apply\":\"all\"", false, false},
	{"503 saved, not said",
	 "\"do\":\"status\",\"status\":503,\"apply\":\"all\",\"committed\":false", false, false},
	{"503 not saved", "\"do\":\"status\",\"status\":503", false, false},
	{"504 saved", "\"do\":\"status\",\"status\":504,\"apply\":\"all\"", false, false},
	{"504 not saved", "\"do\":\"status\",\"status\":504", false, false},
	{"half an answer", "\"do\":\"truncate\"", false, false},
	{"409", "\"do\":\"status\",\"status\":409", false, false},
	{"413", "\"do\":\"status\",\"status\":413", false, false, true},
	{"429", "\"do\":\"status\",\"status\":429,\"retry_after\":1", false, false},
};
#define FAULT_COUNT (sizeof faults / sizeof faults[0])

struct totals {
	unsigned points;
	unsigned requests;
	unsigned kills;
	unsigned faults;
	unsigned failures;
	unsigned next_scenario;
};

/* ---- a scenario ---- */

static const char *label_of(const struct try *peace, unsigned number)
{
	const char *label = json_string_value(json_array_get(peace->points, number - 1));
	return label != NULL ? label : "?";
}

static void report(struct totals *totals, const struct try *peace, const struct try *try)
{
	unsigned shown = __atomic_fetch_add(&totals->failures, 1, __ATOMIC_SEQ_CST);
	if (shown >= FAILURES_SHOWN) {
		return;
	}
	const char *what = "in peace";
	const char *label = "";
	if (try->fault != NULL) {
		what = try->fault->name;
		const json_t *request = json_array_get(peace->requests, try->number - 1);
		label = json_string_value(json_object_get(request, "path"));
	} else if (try->number > 0) {
		what = try->moment == PROBE_BEFORE ? "before" : "after";
		label = label_of(peace, try->number);
	}
	(void)fprintf(stderr, "FAILED: %s, %s %u (%s): %s\n", try->scenario->name, what,
		      try->number, label == NULL ? "" : label, try->message);
	if (getenv("DIE_SHOW_REQUESTS") != NULL) {
		show_requests(try->requests);
	}
}

/* Compares with the peaceful run; false: it failed. */
static bool judge(struct totals *totals, const struct try *peace, struct try *try)
{
	if (try->is_good && strcmp(try->tree, peace->tree) != 0) {
		char *difference = tree_difference(peace->tree, try->tree);
		try_say(try, "the tree in Notion, %s", difference);
		free(difference);
	}
	if (try->is_good && strcmp(try->files, peace->files) != 0) {
		char *difference = tree_difference(peace->files, try->files);
		try_say(try, "the files, %s", difference);
		free(difference);
	}
	if (!try->is_good) {
		report(totals, peace, try);
	}
	return try->is_good;
}

static void try_kill(struct totals *totals, const struct try *peace, enum probe_moment moment,
		     unsigned number)
{
	/* Two threads may pass their points the other way round, and leave one out at the end. */
	for (int turn = 0; turn < TURNS; turn++) {
		struct try try = {.scenario = peace->scenario,
				  .seed = peace->seed,
				  .moment = moment,
				  .number = number};
		run_try(&try);
		if (!try.was_killed && try.is_good && turn == TURNS - 1) {
			try_say(&try, "the point was not reached");
		}
		if (try.was_killed || !try.is_good) {
			(void)judge(totals, peace, &try);
			__atomic_fetch_add(&totals->kills, 1, __ATOMIC_SEQ_CST);
			turn = TURNS;
		}
		try_release(&try);
	}
}

static void try_fault(struct totals *totals, const struct try *peace,
		      const struct fault_kind *fault, unsigned number)
{
	struct try try = {
		.scenario = peace->scenario, .seed = peace->seed, .fault = fault, .number = number};
	run_try(&try);
	(void)judge(totals, peace, &try);
	__atomic_fetch_add(&totals->faults, 1, __ATOMIC_SEQ_CST);
	try_release(&try);
}

/* A commit before or after a write, and the write: where most is at stake. */
static bool is_near_write(const struct try *peace, unsigned number)
{
	for (unsigned at = number > 1 ? number - 1 : 1; at <= number + 1; at++) {
		const char *label = label_of(peace, at);
		if (strncmp(label, "P", 1) == 0 || strncmp(label, "DELETE", 6) == 0) {
			return true;
		}
	}
	return false;
}

/* How many blocks a request sends: one alone can't be too large because of the others. */
static size_t count_blocks(const json_t *request)
{
	return json_array_size(json_object_get(json_object_get(request, "body"), "children"));
}

static void run_all(struct totals *totals, const struct try *peace, bool is_quick)
{
	unsigned points = (unsigned)json_array_size(peace->points);
	unsigned requests = (unsigned)json_array_size(peace->requests);
	for (unsigned number = 1; number <= points; number++) {
		if (is_quick && !is_near_write(peace, number)) {
			continue;
		}
		__atomic_fetch_add(&totals->points, 2, __ATOMIC_SEQ_CST);
		try_kill(totals, peace, PROBE_BEFORE, number);
		try_kill(totals, peace, PROBE_AFTER, number);
	}
	for (unsigned number = 1; number <= requests; number++) {
		const json_t *request = json_array_get(peace->requests, number - 1);
		bool writes = is_write(request);
		for (size_t i = 0; i < FAULT_COUNT; i++) {
			if (is_quick && (!writes || !faults[i].is_quick)) {
				continue;
			}
			if (faults[i].needs_blocks && count_blocks(request) < 2) {
				continue;
			}
			__atomic_fetch_add(&totals->requests, 1, __ATOMIC_SEQ_CST);
			try_fault(totals, peace, &faults[i], number);
		}
	}
}

/* Where threads have little time a run may pass a point more: two in a row that agree count. */
static void run_in_peace(struct try *peace)
{
	const struct try blank = *peace;
	run_try(peace);
	for (int turn = 1; turn < TURNS && peace->is_good; turn++) {
		struct try again = blank;
		run_try(&again);
		bool agree = json_array_size(again.points) == json_array_size(peace->points) &&
			     json_array_size(again.requests) == json_array_size(peace->requests);
		try_release(peace);
		*peace = again;
		if (agree) {
			return;
		}
	}
}

static void run_scenario(struct totals *totals, const struct scenario *scenario, bool is_quick,
			 const char *what, unsigned number)
{
	struct seed seed;
	struct fixture fixture;
	struct timespec began;
	struct timespec ended;
	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	seed_make(scenario, &seed, &fixture);
	struct try peace = {.scenario = scenario, .seed = &seed};
	run_in_peace(&peace);
	if (peace.is_good && scenario->writes > 0 &&
	    count_writes(peace.requests) != scenario->writes) {
		try_say(&peace, "%u writes", count_writes(peace.requests));
	}
	if (!peace.is_good) {
		report(totals, &peace, &peace);
	} else if (what == NULL) {
		run_all(totals, &peace, is_quick);
	} else if (strcmp(what, "before") == 0 || strcmp(what, "after") == 0) {
		totals->points++;
		try_kill(totals, &peace, *what == 'b' ? PROBE_BEFORE : PROBE_AFTER, number);
	} else {
		for (size_t i = 0; i < FAULT_COUNT; i++) {
			if (strcmp(faults[i].name, what) == 0) {
				totals->requests++;
				try_fault(totals, &peace, &faults[i], number);
			}
		}
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &ended);
	(void)printf("# %s: %zu points, %zu requests, %ld s\n", scenario->name,
		     json_array_size(peace.points), json_array_size(peace.requests),
		     (long)(ended.tv_sec - began.tv_sec));
	(void)fflush(stdout);
	if (what != NULL) {
		for (unsigned at = 1; at <= json_array_size(peace.points); at++) {
			(void)printf("#   %u %s\n", at, label_of(&peace, at));
		}
	}
	json_decref(seed.ids);
	try_release(&peace);
	fixture_release(&fixture);
}

static void work(struct totals *totals, bool is_quick)
{
	unsigned at;
	while ((at = __atomic_fetch_add(&totals->next_scenario, 1, __ATOMIC_SEQ_CST)) <
	       scenario_count) {
		if (!is_quick || scenarios[at].is_quick) {
			run_scenario(totals, &scenarios[at], is_quick, NULL, 0);
		}
	}
}

int main(int argc, char **argv)
{
	const char *which = argc > 1 ? argv[1] : "quick";
	bool is_quick = strcmp(which, "quick") == 0;
	struct totals *totals = mmap(NULL, sizeof *totals, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (totals == MAP_FAILED) {
		abort();
	}
	if (is_quick || strcmp(which, "all") == 0) {
		pid_t workers[WORKERS];
		for (int i = 0; i < WORKERS; i++) {
			(void)fflush(NULL);
			workers[i] = fork();
			if (workers[i] == 0) {
				work(totals, is_quick);
				_exit(0);
			}
		}
		for (int i = 0; i < WORKERS; i++) {
			int status = 0;
			if (waitpid(workers[i], &status, 0) != workers[i] || status != 0) {
				totals->failures++;
			}
		}
	} else {
		for (unsigned at = 0; at < scenario_count; at++) {
			if (strcmp(scenarios[at].name, which) == 0) {
				run_scenario(totals, &scenarios[at], false,
					     argc > 2 ? argv[2] : NULL,
					     argc > 3 ? (unsigned)atoi(argv[3]) : 0);
			}
		}
	}
	bool is_peace = argc > 2 && strcmp(argv[2], "peace") == 0;
	bool is_complete = totals->kills == totals->points && totals->faults == totals->requests;
	(void)printf("points: %u recorded, %u tried; faults: %u recorded, %u tried; %u failed\n",
		     totals->points, totals->kills, totals->requests, totals->faults,
		     totals->failures);
	return totals->failures == 0 && is_complete && (totals->kills > 0 || is_peace) ? 0 : 1;
}
