/*
 * Faults a test has ordered: which requests they hit and what goes wrong with them.
 *
 * What it is not: the doing; exchange.c carries a fault out. Any thread; only faults_hold blocks.
 *
 *   {"match":{"method","path","nth","times"}, "do":…, "status", "retry_after", "apply", "late_ms",
 *    "delay_ms", "committed", "reason"}
 *
 * `path` is an extended regular expression on the path without the query. `nth` counts the
 * requests that match, from 1. Without `times` a fault with `nth` hits once, one without always.
 * Every fault counts for itself; the first that hits is carried out. "hold" waits before the
 * request is carried out, "hold_answer" after it.
 */
#ifndef NOTIONFS_SIM_FAULTS_H
#define NOTIONFS_SIM_FAULTS_H

#include <jansson.h>
#include <pthread.h>
#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/sim/request.h"

enum fault_action {
	FAULT_STATUS,
	FAULT_CUT,
	FAULT_TRUNCATE,
	FAULT_MALFORMED,
	FAULT_HTML,
	FAULT_HOLD,
	FAULT_HOLD_ANSWER,
	FAULT_DELAY,
};

enum fault_apply { FAULT_APPLY_NONE, FAULT_APPLY_ALL, FAULT_APPLY_LATE, FAULT_APPLY_FIRST };

struct fault {
	enum fault_action action;
	const char *name; /* of the action; constant */
	unsigned status;
	unsigned retry_after_s;
	enum fault_apply apply;
	long first_children; /* FAULT_APPLY_FIRST */
	unsigned late_ms;
	unsigned delay_ms;
	bool says_committed; /* a 503 tells of what was saved */
	char reason[64];     /* rate_limit_reason of a 429; "" = the usual */
};

struct fault_rule;

struct faults {
	pthread_mutex_t mutex;
	pthread_cond_t released;
	struct fault_rule *rules; /* guarded by mutex, as all below */
	size_t rule_count;
	uint64_t releases; /* a held request waits for the next one */
	bool stopped;
};

void faults_init(struct faults *faults);
void faults_release(struct faults *faults);

/* Adds those of the array. -EINVAL with *ret_message: one of them isn't understood, none added. */
must_check int faults_add(struct faults *faults, const json_t *array, char **ret_message);
/* Forgets all and lets held requests go. */
void faults_clear(struct faults *faults);
/* Counts `request`; true when one hits it. */
bool faults_match(struct faults *faults, const struct request *request, struct fault *ret_fault);

/* Waits for faults_let_go, faults_clear or faults_stop. */
void faults_hold(struct faults *faults);
void faults_let_go(struct faults *faults);
/* Nothing is held any more, now and later. */
void faults_stop(struct faults *faults);

#endif
