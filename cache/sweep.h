/*
 * Looking again, slowly, at what polls and stamps can't show: edits below the first level, rows
 * that search leaves out, deletions (notion-api.md §8.3, design.md §7.2).
 *
 * What it is not: a thread or a reader. It names one object at a time; the refresher asks for its
 * reading. What was used lately comes every other time, the rest in rotation.
 *
 * Any thread may note a use; the refresher's thread alone takes steps.
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

struct sweep {
	pthread_mutex_t mutex;
	struct {
		node_id node;
		int64_t used_ms;
		int64_t looked_ms;
	} recent[SWEEP_RECENT];	  /* guarded by mutex */
	int64_t last_use_ms;	  /* guarded by mutex; of anything, by a person */
	struct uuid after;	  /* refresher's thread: the last object of the rotation */
	bool is_recent_turn;	  /* refresher's thread */
	_Atomic int64_t round_ms; /* when the present round began; 0 = none yet */
	_Atomic int64_t age_ms;	  /* how long the last whole round took; 0 = none yet */
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

#endif
