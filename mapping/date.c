#include "mapping/date.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct cursor {
	const char *text;
	size_t len;
	size_t at;
};

/* Exactly `digits` digits, at most `max`. */
static bool take_number(struct cursor *cursor, unsigned digits, int max, int *ret_number)
{
	int number = 0;
	if (cursor->len - cursor->at < digits) {
		return false;
	}
	for (unsigned i = 0; i < digits; i++) {
		char c = cursor->text[cursor->at + i];
		if (c < '0' || c > '9') {
			return false;
		}
		number = number * 10 + (c - '0');
	}
	if (number > max) {
		return false;
	}
	cursor->at += digits;
	*ret_number = number;
	return true;
}

static bool take(struct cursor *cursor, const char *any_of)
{
	if (cursor->at < cursor->len && strchr(any_of, cursor->text[cursor->at]) != NULL &&
	    cursor->text[cursor->at] != '\0') {
		cursor->at++;
		return true;
	}
	return false;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && is_leap);
}

/* Days since 1970-01-01, counting years from March so that the leap day comes last. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t shifted_month = (month + 9) % 12;
	int64_t day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
	return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static void civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	/* Years 0 to 9999 only: a first guess of the year, then a step or two. */
	int year = (int)((days + 719468) * 400 / 146097);
	while (days_from_civil(year + 1, 1, 1) <= days) {
		year++;
	}
	while (days_from_civil(year, 1, 1) > days) {
		year--;
	}
	int day = (int)(days - days_from_civil(year, 1, 1)) + 1;
	int month = 1;
	while (day > days_in_month(year, month)) {
		day -= days_in_month(year, month);
		month++;
	}
	*ret_year = year;
	*ret_month = month;
	*ret_day = day;
}

/* "Z", "+01:00", "+0100", "+01". */
static bool take_offset(struct cursor *cursor, int *ret_minutes)
{
	if (take(cursor, "Zz")) {
		*ret_minutes = 0;
		return true;
	}
	bool is_west = cursor->at < cursor->len && cursor->text[cursor->at] == '-';
	int hours = 0;
	int minutes = 0;
	if (!take(cursor, "+-") || !take_number(cursor, 2, 14, &hours)) {
		return false;
	}
	if (take(cursor, ":") ? !take_number(cursor, 2, 59, &minutes)
			      : cursor->at < cursor->len && !take_number(cursor, 2, 59, &minutes)) {
		return false;
	}
	*ret_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
	return true;
}

int date_parse(const char *text, size_t len, struct date *ret_date)
{
	struct cursor cursor = {text, len, 0};
	struct date date = {0};
	int year = 0;
	int month = 0;
	int day = 0;
	int hour = 0;
	int minute = 0;
	if (!take_number(&cursor, 4, 9999, &year) || !take(&cursor, "-") ||
	    !take_number(&cursor, 2, 12, &month) || !take(&cursor, "-") ||
	    !take_number(&cursor, 2, 31, &day) || year == 0 || month == 0 || day == 0 ||
	    day > days_in_month(year, month)) {
		return -EINVAL;
	}
	date.minute = days_from_civil(year, month, day) * 1440;
	if (cursor.at == len) {
		*ret_date = date;
		return 0;
	}

	if (!take(&cursor, "Tt ") || !take_number(&cursor, 2, 23, &hour) || !take(&cursor, ":") ||
	    !take_number(&cursor, 2, 59, &minute)) {
		return -EINVAL;
	}
	date.has_time = true;
	date.minute += (int64_t)hour * 60 + minute;
	if (take(&cursor, ":")) {
		int second = 0;
		if (!take_number(&cursor, 2, 60, &second)) {
			return -EINVAL;
		}
		date.has_seconds = second != 0;
		if (take(&cursor, ".")) {
			int digit = 0;
			if (!take_number(&cursor, 1, 9, &digit)) {
				return -EINVAL;
			}
			do {
				date.has_seconds |= digit != 0;
			} while (take_number(&cursor, 1, 9, &digit));
		}
	}
	(void)take(&cursor, " ");
	if (cursor.at < len) {
		date.has_offset = true;
		if (!take_offset(&cursor, &date.offset_minutes) || cursor.at < len) {
			return -EINVAL;
		}
	}
	*ret_date = date;
	return 0;
}

static void format(const struct date *date, const char *seconds, const char *utc,
		   char text[DATE_TEXT_BYTES])
{
	int year = 0;
	int month = 0;
	int day = 0;
	int64_t minute_of_day = (date->minute % 1440 + 1440) % 1440;
	civil_from_days((date->minute - minute_of_day) / 1440, &year, &month, &day);
	int len = snprintf(text, DATE_TEXT_BYTES, "%04d-%02d-%02d", year, month, day);
	if (!date->has_time) {
		return;
	}
	len += snprintf(text + len, DATE_TEXT_BYTES - (size_t)len, "T%02d:%02d%s",
			(int)(minute_of_day / 60), (int)(minute_of_day % 60), seconds);
	int offset = date->offset_minutes < 0 ? -date->offset_minutes : date->offset_minutes;
	if (date->has_offset && offset == 0) {
		(void)snprintf(text + len, DATE_TEXT_BYTES - (size_t)len, "%s", utc);
	} else if (date->has_offset) {
		(void)snprintf(text + len, DATE_TEXT_BYTES - (size_t)len, "%c%02d:%02d",
			       date->offset_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
	}
}

void date_format(const struct date *date, char text[DATE_TEXT_BYTES])
{
	format(date, "", "Z", text);
}

void date_format_api(const struct date *date, char text[DATE_TEXT_BYTES])
{
	format(date, ":00.000", "+00:00", text);
}

bool date_equal(const struct date *a, const struct date *b)
{
	if (a->has_time != b->has_time || a->has_offset != b->has_offset) {
		return false;
	}
	return a->minute - a->offset_minutes == b->minute - b->offset_minutes;
}
