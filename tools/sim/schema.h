/*
 * The schema of a data source: made of what was sent, changed, and followed by its rows.
 *
 * What it is not: a check of shapes; validate.h has been asked. The server's lock is held.
 *
 * Where the sheet is silent: a list of options replaces the one there is (an option is the same by
 * id, or else by name), and rows lose the options that went; another type, or a relation to another
 * data source, empties the values;
 * when one side of a two-way relation goes, the other becomes one-way.
 */
#ifndef NOTIONFS_SIM_SCHEMA_H
#define NOTIONFS_SIM_SCHEMA_H

#include <jansson.h>

#include "tools/sim/answer.h"
#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

/*
 * `known` (NULL: there is none yet) with the changes in `given`; a new one has exactly one title.
 * `source_id` is the data source's, NULL for one that is not there yet. Nothing has changed; new
 * reference. NULL: refused, with the error in `answer`.
 */
json_t *schema_make(struct sim *sim, const char *source_id, const json_t *known,
		    const json_t *given, struct answer *answer);
/* Makes `schema` (stolen) the data source's. The other sides of two-way relations, names that are
 * kept elsewhere, and all rows follow. */
void schema_set(struct sim *sim, const struct record *source, json_t *schema,
		const struct author *author);
/* An id that no property has. New reference. */
json_t *schema_new_id(const json_t *schema);

#endif
