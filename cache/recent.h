/*
 * Nodes to which something happened lately: moved or written in Notion.
 *
 * What it is not: durable; the oldest are forgotten. Any thread.
 */
#ifndef NOTIONFS_CACHE_RECENT_H
#define NOTIONFS_CACHE_RECENT_H

#include <pthread.h>
#include <stdbool.h>

#include "cache/workspace.h"

#define RECENT_MAX 1024

struct recent {
	pthread_mutex_t mutex;
	struct {
		node_id node;
		int64_t at_ms;
	} items[RECENT_MAX]; /* guarded by mutex; a ring */
	uint64_t count;	     /* guarded by mutex; of all that were noted */
};

void recent_init(struct recent *recent);
void recent_note(struct recent *recent, node_id node);
/* Within the last `within_ms`? */
bool recent_has(struct recent *recent, node_id node, int64_t within_ms);
void recent_forget(struct recent *recent, node_id node);

/* How often anything was noted. What is asked for after this is answered with what was noted
 * before, whatever the clock says. */
uint64_t recent_count(struct recent *recent);
/* Was it noted since the count was `count`? True, too, when that is too long ago to tell. */
bool recent_since(struct recent *recent, node_id node, uint64_t count);

#endif
