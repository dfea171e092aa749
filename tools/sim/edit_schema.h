/*
 * Changes of a data source's schema from outside, and of its rows with it.
 *
 * What it is not: PATCH /v1/data_sources, which is strict (schema.h). The server's lock is held.
 */
#ifndef NOTIONFS_SIM_EDIT_SCHEMA_H
#define NOTIONFS_SIM_EDIT_SCHEMA_H

#include "tools/sim/edit_move.h"

/* `properties` by name: null removes one; {"name"} renames it; {"<type>":{…}} changes or adds one.
 * Every row has the schema's properties afterwards, with the values it had by id and type. */
void edit_schema(struct edit *edit, const json_t *properties);

#endif
