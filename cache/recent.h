/*
 * Nodes to which something happened lately: moved in Notion.
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
	size_t next;	     /* guarded by mutex */
};

void recent_init(struct recent *recent);
void recent_note(struct recent *recent, node_id node);
/* Within the last `within_ms`? */
bool recent_has(struct recent *recent, node_id node, int64_t within_ms);

#endif
