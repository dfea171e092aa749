/*
 * The state of one running server, shared by its files.
 *
 * What it is not: for anyone outside tools/sim; they use tools/sim/server.h.
 *
 * Threads: one for each HTTP connection, MHD's listener, and one for each late write. Locks in the
 * order taken: lock, then one of those inside rate, faults, log, writers, late and clock.
 */
#ifndef NOTIONFS_SIM_SIM_H
#define NOTIONFS_SIM_SIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/sim/clock.h"
#include "tools/sim/faults.h"
#include "tools/sim/late.h"
#include "tools/sim/rate_window.h"
#include "tools/sim/request_log.h"
#include "tools/sim/workspace.h"
#include "tools/sim/writers.h"

struct MHD_Daemon;

struct sim {
	pthread_mutex_t lock;
	struct workspace workspace; /* guarded by lock */
	uint64_t reads;		    /* guarded by lock; makes each signed URL another one */
	struct sim_clock clock;	    /* locks itself, as those below */
	struct rate_window rate;
	struct faults faults;
	struct request_log log;
	struct writers writers;
	struct late late;
	char *token; /* constant after sim_start, as all below; NULL: any token */
	bool is_personal;
	unsigned latency_ms;
	unsigned search_lag_ms;
	unsigned port;
	struct MHD_Daemon *daemon;
};

#endif
