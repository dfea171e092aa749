/*
 * The parents that are being written to right now. Notion answers 409 to a write that meets
 * another under the same parent.
 *
 * What it is not: a lock; nobody waits here. Any thread; nothing blocks.
 */
#ifndef NOTIONFS_SIM_WRITERS_H
#define NOTIONFS_SIM_WRITERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/uuid.h"

struct writers {
	pthread_mutex_t mutex;
	struct uuid *parents; /* guarded by mutex, as all below */
	size_t count;
	size_t allocated;
};

void writers_init(struct writers *writers);
void writers_release(struct writers *writers);

/* Whether somebody is writing there. Enough for a write that takes no time. */
bool writers_are_in(struct writers *writers, const struct uuid *parent);
/* False: somebody is writing there, and nothing has to be left. */
bool writers_enter(struct writers *writers, const struct uuid *parent);
void writers_leave(struct writers *writers, const struct uuid *parent);

#endif
