/*
 * The configuration of one property in a schema: what was sent, completed.
 *
 * What it is not: the schema; schema.h. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_SCHEMA_CONFIG_H
#define NOTIONFS_SIM_SCHEMA_CONFIG_H

#include <jansson.h>

#include "tools/sim/answer.h"
#include "tools/sim/sim.h"

struct schema_context {
	struct sim *sim;
	const char *source_id; /* NULL: the data source isn't there yet */
	json_t *schema;	       /* as far as it is built */
	struct answer *answer;
};

/* The type an entry names by its key; NULL: none. Borrowed from `given`. */
const char *schema_config_type(const json_t *given);
/* `given` for `type`; `known` is what the property had for the same type, or NULL. A two-way
 * relation that has no other side yet has no `synced_property_id`. New reference; NULL with the
 * error in the answer. */
json_t *schema_config_make(const struct schema_context *context, const char *type,
			   const json_t *given, const json_t *known);

#endif
