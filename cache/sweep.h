/*
 * Looking again, slowly, at what polls and stamps can't show: edits below the first level, rows
 * that search leaves out, deletions (notion-api.md §8.3, design.md §7.2). In rings, each of which
 * has its turn:
 *
 *     used   what was opened or listed within ten minutes, longest ago first
 *     rows   data sources, asked for the rows that were edited since the last look
 *     all    every page, database and data source, whole
 *
 * What it is not: a thread or a reader. It names one object at a time; the refresher asks for its
 * reading.
 *
 * Any thread may note a use or ask for ages; the refresher's thread alone takes steps.
 */
#ifndef NOTIONFS_CACHE_SWEEP_H
#define NOTIONFS_CACHE_SWEEP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/fetch.h"
#include "cache/store.h"
#include "cache/workspace.h"
#include "mapping/base/uuid.h"

#define SWEEP_RECENT 64
/* Of so many steps `all` has at least so many, whatever the others want. */
#define SWEEP_TURNS 4
#define SWEEP_TURNS_OF_ALL 2

/* One rotation through the objects in the order of their ids. */
struct sweep_ring {
	struct uuid after;     /* refresher's thread: the last object */
	int64_t round_ms;      /* guarded by mutex; when the present round began; 0 = none yet */
	int64_t length_ms;     /* guarded by mutex; of the last whole round; 0 = none yet */
	size_t items;	       /* guarded by mutex; of the last whole round, or so far */
	size_t items_now;      /* guarded by mutex; of the present round */
	uint64_t requests;     /* guarded by mutex; that the last whole round took, or so far */
	uint64_t requests_now; /* guarded by mutex; likewise */
};

struct sweep {
	pthread_mutex_t mutex;
	struct {
		node_id node;
		int64_t used_ms;
		int64_t looked_ms;
	} recent[SWEEP_RECENT]; /* guarded by mutex */
	int64_t last_use_ms;	/* guarded by mutex; of anything, by a person */
	struct sweep_ring rows;
	struct sweep_ring all;
	struct sweep_ring *stepped; /* refresher's thread: whose step the last one was; or NULL */
	unsigned turn;		    /* refresher's thread */
};

void sweep_init(struct sweep *sweep);
/* A person listed or opened this node. */
void sweep_note_use(struct sweep *sweep, node_id node, int64_t now_ms);
/* When a person last used anything; 0 = never. */
int64_t sweep_last_use_ms(struct sweep *sweep);
/* The next object to look at again. False: nothing is cached yet. */
bool sweep_next(struct sweep *sweep, struct store_transaction *state,
		struct store_transaction *cache, int64_t now_ms, enum job_kind *ret_kind,
		struct uuid *ret_object);
/* What the last step took. */
void sweep_note_requests(struct sweep *sweep, uint64_t requests);

enum sweep_ring_name { SWEEP_USED, SWEEP_ROWS, SWEEP_ALL };
struct sweep_age {
	size_t items;
	int64_t age_ms;	  /* of what was looked at longest ago; -1 = no round is over yet */
	int64_t worst_ms; /* the bound: a change is found within this, at `share` requests a
			     minute; 0 = not known yet */
};
void sweep_age(struct sweep *sweep, enum sweep_ring_name name, unsigned share, int64_t now_ms,
	       struct sweep_age *ret_age);

#endif
