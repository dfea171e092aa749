/*
 * How far a named time zone is from UTC at a moment, read from the system's time zone files.
 *
 * What it is not: localtime(3), which has one zone for the whole process. Any thread; reads a file.
 */
#ifndef NOTIONFS_SIM_ZONE_H
#define NOTIONFS_SIM_ZONE_H

#include <stdint.h>

#include "mapping/base/cleanup.h"

/*
 * Minutes east of UTC in zone `name` at `utc_s`, or when that is INT64_MIN, at the moment the
 * zone's clocks show `local_s`. -ENOENT: no such zone.
 */
must_check int zone_offset(const char *name, int64_t utc_s, int64_t local_s, int *ret_minutes);

#endif
