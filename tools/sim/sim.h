/*
 * The state of one running server, shared by its files.
 *
 * What it is not: for anyone outside tools/sim; they use tools/sim/server.h.
 *
 * Threads: one per HTTP connection, MHD's listener, and one that applies late writes. Locks in the
 * order taken: lock, then one of those inside rate, faults, log and clock.
 */
#ifndef NOTIONFS_SIM_SIM_H
#define NOTIONFS_SIM_SIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/sim/clock.h"
#include "tools/sim/workspace.h"

struct MHD_Daemon;

struct sim {
	pthread_mutex_t lock;
	struct workspace workspace; /* guarded by lock */
	uint64_t reads;		    /* guarded by lock; makes each signed URL another one */
	struct sim_clock clock;	    /* locks itself, as all below */
	char *token;		    /* these are constant after sim_start; NULL: any token */
	bool is_personal;
	unsigned latency_ms;
	unsigned search_lag_ms;
	unsigned port;
	struct MHD_Daemon *daemon;
};

#endif
