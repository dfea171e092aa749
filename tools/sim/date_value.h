/*
 * Dates as Notion gives them back: seconds dropped, the offset written out, no zone name.
 *
 * What it is not: a check; validate.h has refused what is no date. Zone names are looked up in the
 * system's time zone files, so date_value_normalise reads a file when there is one.
 */
#ifndef NOTIONFS_SIM_DATE_VALUE_H
#define NOTIONFS_SIM_DATE_VALUE_H

#include <jansson.h>

#include "mapping/base/cleanup.h"

/* {start, end?, time_zone?} → {start, end, time_zone: null}; new reference. -EINVAL: a zone nobody
 * knows. */
must_check int date_value_normalise(const json_t *date, json_t **ret_date);

#endif
