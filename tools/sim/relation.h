/*
 * Relations between rows: the list of one row, and for two-way relations the mirror of it on the
 * other rows.
 *
 * What it is not: a check whether the pages exist; property_refuses does that.
 */
#ifndef NOTIONFS_SIM_RELATION_H
#define NOTIONFS_SIM_RELATION_H

#include <jansson.h>

#include "tools/sim/workspace.h"

/* What `page` keeps of the list sent; the pages it newly names or names no more get their side
 * changed, unless the relation is one-way. New reference. */
json_t *relation_keep(struct workspace *workspace, json_t *page, const json_t *entry,
		      const json_t *given);

#endif
