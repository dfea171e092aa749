/*
 * Dates of properties as Notion keeps them: a day, or a minute with or without its offset.
 *
 * What it is not: a clock or a calendar of zones; a zone's name is carried, never computed with.
 * Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_DATE_H
#define NOTIONFS_MAPPING_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/base/cleanup.h"

struct date {
	bool has_time;
	bool has_offset;
	bool has_seconds; /* seconds that Notion would drop */
	int64_t minute;	  /* of the wall clock, since 1970; a day's first for a day */
	int offset_minutes;
};

#define DATE_TEXT_BYTES 40

/* "2026-11-21", "2026-11-21T09:30", "2026-11-21 09:30:00.000 +01:00", "…Z" and nothing else.
 * Days that no calendar has are refused. 0 or -EINVAL. */
must_check int date_parse(const char *text, size_t len, struct date *ret_date);
/* As people write it: "2026-11-21", "2026-11-21T09:30+01:00", "2026-11-21T09:30Z". */
void date_format(const struct date *date, char text[DATE_TEXT_BYTES]);
/* As the API writes it: "2026-11-21T09:30:00.000+01:00"; no offset when the date has none. */
void date_format_api(const struct date *date, char text[DATE_TEXT_BYTES]);
/* The same day, the same instant, or the same wall clock when neither has an offset. */
bool date_equal(const struct date *a, const struct date *b);

#endif
