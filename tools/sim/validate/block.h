/*
 * Blocks inside a request: types, fields, nesting, required children, the total count.
 *
 * What it is not: an endpoint's whole body; validate.h has those. One report belongs to one call.
 */
#ifndef NOTIONFS_SIM_VALIDATE_BLOCK_H
#define NOTIONFS_SIM_VALIDATE_BLOCK_H

#include "tools/sim/validate/report.h"

/* The array `key` of a request's body, from `min` blocks on; NULL where the key is absent. */
void block_check_children(struct validate_report *report, const json_t *children, const char *key,
			  size_t min);

#endif
