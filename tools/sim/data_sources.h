/*
 * What the data source endpoints lend to those of databases.
 *
 * What it is not: the endpoints themselves; endpoint.h lists them. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_DATA_SOURCES_H
#define NOTIONFS_SIM_DATA_SOURCES_H

#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

/* A new data source, the last of `database`, with the properties of `schema` (stolen). `title` is
 * rich text as stored, `icon` as sent or NULL. `id_version` is 4 for the first of a database, or
 * else 8. */
struct record *data_sources_insert(struct sim *sim, const struct record *database, int id_version,
				   json_t *schema, json_t *title, const json_t *icon,
				   const struct author *author);
/* Says again what its data sources tell of a database: where it is. */
void data_sources_follow_parent(const struct workspace *workspace, const struct record *database);

#endif
