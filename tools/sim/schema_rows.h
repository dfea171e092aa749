/*
 * The rows of a data source after its schema has changed.
 *
 * What it is not: the change itself; schema.h. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_SCHEMA_ROWS_H
#define NOTIONFS_SIM_SCHEMA_ROWS_H

#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

/* Every row has the schema's properties afterwards, with the values it had by id and type, and of
 * options those that are still there. No row is stamped. */
void schema_follow_rows(struct sim *sim, const struct record *source, const struct author *author);
/* Empties the relations of all rows whose property has this id. */
void schema_forget_relations(struct sim *sim, const struct record *source, const json_t *id);

#endif
