/*
 * Moving a block, page or database to another parent, and what follows it: its place in the
 * parent's list, has_children, the properties a page has there.
 *
 * What it is not: a check, beyond what is said here. The server's lock is held.
 *
 * What of a row's properties goes to another data source is not known of Notion; here it is what
 * has there the same name and type: options by name (select and multi_select make theirs, a status
 * that isn't there becomes the default), relations when both point to the same data source.
 */
#ifndef NOTIONFS_SIM_MOVE_H
#define NOTIONFS_SIM_MOVE_H

#include <jansson.h>
#include <stdbool.h>

#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

/* Whether it is `ancestor` or lies below. */
bool move_is_below(const struct workspace *workspace, const struct record *record,
		   const struct record *ancestor);
/* The parent as rows of `data_source` have it. New reference. */
json_t *move_row_parent(const struct record *data_source);

/* Takes a block, page or database out of its parent's list. New reference: its block, made where
 * there was none. It is in no list until move_put or move_into. */
json_t *move_take(struct sim *sim, struct record *record);
/* Puts `block` (stolen) among the children of `target`, a page or block. A row becomes a page with
 * nothing but its title. */
void move_put(struct sim *sim, struct record *record, json_t *block, struct record *target,
	      size_t index);
/* Makes a page that was taken out a row of `target`. */
void move_into(struct sim *sim, struct record *record, struct record *target,
	       const struct author *author);

#endif
