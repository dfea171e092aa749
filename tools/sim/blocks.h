/*
 * What the block endpoints lend to the page endpoints.
 *
 * What it is not: the endpoints themselves; endpoint.h lists them. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_BLOCKS_H
#define NOTIONFS_SIM_BLOCKS_H

#include "tools/sim/answer.h"
#include "tools/sim/sim.h"

/* The `in_trash` of a PATCH body, where it is there. False, and the 400 in `answer`, when the
 * object is in the trash and this does not take it out. */
bool blocks_set_trash(struct sim *sim, const struct record *record, const json_t *body,
		      struct answer *answer);

#endif
