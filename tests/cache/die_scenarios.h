/*
 * What people do while the process dies: one line a scenario (die_scenarios.c).
 *
 * What it is not: the dying (test_die_at_every_point.c). Functions run in processes of their own,
 * on an open workspace; they abort when they fail.
 */
#ifndef NOTIONFS_TESTS_CACHE_DIE_SCENARIOS_H
#define NOTIONFS_TESTS_CACHE_DIE_SCENARIOS_H

#include <stdbool.h>

#include "tests/cache/fixture.h"

#define EXPECTED_MAX 4

struct expected_page {
	const char *path;
	const char *text; /* as a mount that never saw this one shows it; NULL: no such page */
};

struct scenario {
	const char *name;
	/* What is there at first: sent and settled. NULL: the small workspace as it is. */
	void (*before)(struct fixture *fixture);
	/* What the process has read, and what others did, just before. NULL: nothing. */
	void (*arm)(struct fixture *fixture);
	/* What a person does; on return it is durable. Done again where it was cut short, so it
	 * looks first. */
	void (*act)(struct fixture *fixture);
	/* Requests that change something when nothing goes wrong; 0: it depends on the threads. */
	unsigned writes;
	struct expected_page expected[EXPECTED_MAX];
	unsigned wait_s; /* what is owed later than is said: so long at least */
	bool is_quick;	 /* one of those that run every time */
};

extern const struct scenario scenarios[];
extern const unsigned scenario_count;

/* Lets the simulated time pass until nothing is owed; false: something still is, *ret_said (caller
 * frees) tells. */
bool die_settle(struct fixture *fixture, char **ret_said);
/* die_settle goes on for so long at least. */
extern unsigned die_settle_min_s;
void die_advance(struct fixture *fixture, unsigned seconds);

#endif
