/*
 * A Notion-compatible server on loopback: real HTTP, a workspace in memory.
 *
 * What it is not: part of the daemon, or safe on a network: it listens on 127.0.0.1 only and
 * /_sim/ needs no token. It shares nothing with mapping but base utilities, so that a misreading
 * of the API cannot pass its own test.
 *
 * Threads: sim_start starts a listener, which starts one thread for every connection. Several
 * servers may run in one process. sim_start and sim_stop block shortly.
 */
#ifndef NOTIONFS_SIM_SERVER_H
#define NOTIONFS_SIM_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "mapping/base/cleanup.h"

struct sim;

#define SIM_RATE_DEFAULT 180 /* requests in a window of 60 s */
#define SIM_RATE_OFF 0
#define SIM_NOW_SYSTEM (-1)

struct sim_options {
	unsigned port;		    /* 0: any free one */
	const char *workspace_file; /* NULL: `workspace` */
	json_t *workspace;	    /* referenced and changed from now on; NULL: an empty one */
	const char *token;	    /* NULL: any token is good */
	bool is_personal;	    /* a personal access token: sees everything */
	unsigned rate;		    /* SIM_RATE_DEFAULT, SIM_RATE_OFF or another number */
	unsigned latency_ms;	    /* before each answer */
	unsigned search_lag_ms;	    /* until search finds something new */
	int64_t now_ms;		    /* the clock stands still there; SIM_NOW_SYSTEM: it runs */
};

/* The options of a server nobody asked anything special of. */
void sim_options_init(struct sim_options *options);

/* -EINVAL: the workspace is not one; -errno: file or port. *ret_message (malloc'ed, caller frees)
 * says it in one sentence. */
must_check int sim_start(const struct sim_options *options, struct sim **ret_sim,
			 char **ret_message);
unsigned sim_port(const struct sim *sim);
/* Cuts every connection, lets held requests go, and frees everything. NULL is accepted. */
void sim_stop(struct sim *sim);

#endif
