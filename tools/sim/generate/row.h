/*
 * The table of a generated workspace: its schema, and the values of one row.
 *
 * What it is not: the rows' pages; generate.c makes them. One thread.
 */
#ifndef NOTIONFS_SIM_GENERATE_ROW_H
#define NOTIONFS_SIM_GENERATE_ROW_H

#include <jansson.h>

#include "tools/sim/generate/block.h"

/* New references, in the order in which Notion returns properties. */
json_t *generate_schema(void);
json_t *generate_values(const struct generate_blocks *blocks, struct generate_random *random,
			json_t *name);

#endif
