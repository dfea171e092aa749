/*
 * The filter of a data source query: conditions on properties and timestamps, and/or of them, two
 * levels deep.
 *
 * What it is not: a look at the schema; a condition on a property that isn't there passes.
 */
#ifndef NOTIONFS_SIM_VALIDATE_FILTER_H
#define NOTIONFS_SIM_VALIDATE_FILTER_H

#include "tools/sim/validate/report.h"

/* `filter` NULL is an absent key. */
void filter_check(struct validate_report *report, const json_t *filter);

#endif
