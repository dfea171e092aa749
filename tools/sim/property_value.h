/*
 * Values of page properties: what a row has that was sent nothing, and what is kept of what was
 * sent.
 *
 * What it is not: a check of types; validate_property_values has been asked. The server's lock is
 * held.
 */
#ifndef NOTIONFS_SIM_PROPERTY_VALUE_H
#define NOTIONFS_SIM_PROPERTY_VALUE_H

#include <jansson.h>

#include "tools/sim/answer.h"
#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

/* The schema entry a key of a write means, by name, id or "title"; *ret_name is its name. NULL:
 * none. Borrowed. */
json_t *property_find(json_t *schema, const char *key, const char **ret_name);
/* The properties of a page that is no row, as a schema. New reference. */
json_t *property_page_schema(void);

/* The properties of a new page in `schema`, none sent. New reference. */
json_t *property_defaults(struct sim *sim, const json_t *page, const json_t *schema,
			  const struct author *author);
/* Whether values refer to what is not there: a page, a person, a zone, a file. The error is in
 * `answer` then, and nothing has changed. `page` NULL: a new one. */
bool property_refuses(struct sim *sim, const json_t *page, const json_t *written,
		      struct answer *answer);
/* Stores the values in the page. Options that select and multi_select don't have yet are added to
 * the schema; the other side of a two-way relation follows. True when the title is among them. */
bool property_write(struct sim *sim, json_t *page, json_t *schema, const json_t *written);

#endif
