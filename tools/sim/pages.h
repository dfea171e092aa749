/*
 * What the page endpoints lend to the others.
 *
 * What it is not: the endpoints themselves; endpoint.h lists them. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_PAGES_H
#define NOTIONFS_SIM_PAGES_H

#include "tools/sim/request.h"
#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

/* Keeps of an answer's properties those the query names in filter_properties, by name or id. */
void pages_filter_properties(json_t *page, const struct request *request);

/* A new page of what `body` has: properties, icon, cover. `parent` (stolen) is the parent as the
 * page has it, `parent_record` the page or data source, NULL for the workspace; in a page its block
 * goes to `index`. */
struct record *pages_insert(struct sim *sim, json_t *parent, struct record *parent_record,
			    size_t index, const json_t *body, const struct author *author);

#endif
