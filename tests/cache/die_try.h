/*
 * One run of a scenario: server and folders from the seed, the process that dies or meets a fault,
 * the process after it, and what the server has then.
 *
 * What it is not: a judgement (test_die_at_every_point.c). All of it is in the caller's thread,
 * which waits for the processes.
 */
#ifndef NOTIONFS_TESTS_CACHE_DIE_TRY_H
#define NOTIONFS_TESTS_CACHE_DIE_TRY_H

#include "mapping/base/clock.h"
#include "tests/cache/die_probe.h"
#include "tests/cache/die_scenarios.h"

struct fault_kind {
	const char *name;
	const char *fault; /* its JSON without "match" */
	bool is_late;
	bool is_quick;
	bool needs_blocks; /* for requests with more than one block alone */
};

/* What a scenario starts from. */
struct seed {
	char folder[64]; /* its cache/ and state/, and dump.json */
	char dump[96];
	char now[CLOCK_ISO_BYTES];
	json_t *ids;
};

struct
try {
	const struct scenario *scenario;
	const struct seed *seed;
	enum probe_moment moment;
	unsigned number; /* of the point, or of the request that has the fault; 0: peace */
	const struct fault_kind *fault;
	bool is_killed_after; /* with a fault: and the process ends when it has its answer */

	/* The outcome. */
	bool has_acted;
	bool was_killed;
	bool is_good;
	char *tree;
	char *files;
	json_t *points;	  /* labels, of a peaceful run */
	json_t *requests; /* the server's log of it */
	char *message;
};

void run_try(struct try *try);
void try_release(struct try *try);
/* It failed, for this reason; the first one stays. */
void try_say(struct try *try, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs what is before the scenario. Belongs to `fixture`, whose folder it is in. */
void seed_make(const struct scenario *scenario, struct seed *ret_seed, struct fixture *fixture);

/* On standard error. */
void show_requests(const json_t *requests);
/* Does a request of the server's log change something? */
bool is_write(const json_t *request);
unsigned count_writes(const json_t *requests);

#endif
