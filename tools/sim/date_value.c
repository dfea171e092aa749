#include "tools/sim/date_value.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "mapping/base/clock.h"
#include "tools/sim/zone.h"

#define DATE_BYTES 10	/* "2026-01-31" */
#define MINUTE_BYTES 16 /* "2026-01-31T17:57" */

/* The offset a text ends with ("Z", "+01:00", "-0330"); false when it has none. */
static bool read_offset(const char *time, int *ret_minutes)
{
	const char *sign = strpbrk(time, "Z+-");
	if (sign == NULL) {
		return false;
	}
	int hours = 0;
	int minutes = 0;
	if (*sign != 'Z' && sscanf(sign + 1, "%2d:%2d", &hours, &minutes) < 2) {
		(void)sscanf(sign + 1, "%2d%2d", &hours, &minutes);
	}
	*ret_minutes = (*sign == '-' ? -1 : 1) * (hours * 60 + minutes);
	return true;
}

static int normalise_moment(const char *text, const char *zone, json_t **ret_text)
{
	if (strlen(text) <= DATE_BYTES) {
		*ret_text = json_string(text);
		return 0;
	}
	int64_t ms;
	int result = clock_parse_iso(text, &ms);
	if (result < 0) {
		return result;
	}
	int offset = 0;
	bool has_offset = read_offset(text + DATE_BYTES + 1, &offset);
	int64_t local_s = ms / 1000 + (int64_t)offset * 60; /* what the clock on the wall shows */
	if (zone != NULL) {
		int64_t utc_s = has_offset ? ms / 1000 : INT64_MIN;
		result = zone_offset(zone, utc_s, local_s, &offset);
		if (result < 0) {
			return result;
		}
		if (has_offset) {
			local_s = utc_s + (int64_t)offset * 60;
		}
	}
	time_t seconds = (time_t)(local_s - ((local_s % 60) + 60) % 60);
	struct tm tm;
	(void)gmtime_r(&seconds, &tm);
	char minute[MINUTE_BYTES + 1];
	(void)strftime(minute, sizeof minute, "%Y-%m-%dT%H:%M", &tm);
	int magnitude = abs(offset);
	*ret_text = json_sprintf("%s:00.000%c%02d:%02d", minute, offset < 0 ? '-' : '+',
				 magnitude / 60, magnitude % 60);
	return 0;
}

int date_value_normalise(const json_t *date, json_t **ret_date)
{
	const char *start = json_string_value(json_object_get(date, "start"));
	const char *end = json_string_value(json_object_get(date, "end"));
	const char *zone = json_string_value(json_object_get(date, "time_zone"));
	json_t *start_value;
	if (start == NULL) {
		return -EINVAL;
	}
	json_t *end_value = NULL;
	int result = normalise_moment(start, zone, &start_value);
	if (result < 0) {
		return result;
	}
	if (end != NULL) {
		result = normalise_moment(end, zone, &end_value);
		if (result < 0) {
			json_decref(start_value);
			return result;
		}
	}
	*ret_date =
		json_pack("{s:o, s:o?, s:n}", "start", start_value, "end", end_value, "time_zone");
	return 0;
}
