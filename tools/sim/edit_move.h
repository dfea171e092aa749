/*
 * An edit from outside that is under way, and the moving of blocks and pages to any place.
 *
 * What it is not: the reading of /_sim/edit; edit.h has its form. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_EDIT_MOVE_H
#define NOTIONFS_SIM_EDIT_MOVE_H

#include "tools/sim/answer.h"
#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

struct edit {
	struct sim *sim;
	const json_t *body;
	struct record *record;
	bool in_app;
	struct author author;
	json_t *ids; /* owned */
	struct answer *answer;
};

/* Stamps `record`; the app bumps its page as well. */
void edit_touch(struct edit *edit, struct record *record);
/* One more id for the answer. */
void edit_add_id(struct edit *edit, const struct record *record);
/* Where `after` says among `children`; false, and the 400 in the answer, when it isn't there. */
bool edit_find_index(struct edit *edit, const json_t *children, size_t *ret_index);

/* What `parent` names; without it where the record, or else `after`, is. NULL: nothing here. */
struct record *edit_find_target(const struct edit *edit);

void edit_move(struct edit *edit);

#endif
