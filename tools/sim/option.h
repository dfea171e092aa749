/*
 * Options of select, multi_select and status: chosen by name or id, added to the schema when a
 * select doesn't have them yet.
 *
 * What it is not: the refusal of unknown status options; validate_property_values does that.
 */
#ifndef NOTIONFS_SIM_OPTION_H
#define NOTIONFS_SIM_OPTION_H

#include <jansson.h>

#include "tools/sim/workspace.h"

/* {id, name, color} of an option of the schema; null for NULL. New reference, as below. */
json_t *option_value(const json_t *option);
/* `entry` is the property's schema entry; `given` {name} or {id}, or null. */
json_t *option_choose(struct workspace *workspace, json_t *entry, const json_t *given);
json_t *option_choose_many(struct workspace *workspace, json_t *entry, const json_t *given);

#endif
