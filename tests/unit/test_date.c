#include "mapping/date.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"

static struct date parsed(const char *text)
{
	struct date date;
	ck_assert_msg(date_parse(text, strlen(text), &date) == 0, "%s", text);
	return date;
}

/* What was written, as people and as the API write it. */
static const char *const dates[][3] = {
	{"2026-11-21", "2026-11-21", "2026-11-21"},
	{"2024-02-29", "2024-02-29", "2024-02-29"},
	{"0001-01-01", "0001-01-01", "0001-01-01"},
	{"9999-12-31", "9999-12-31", "9999-12-31"},
	{"1969-12-31T23:59Z", "1969-12-31T23:59Z", "1969-12-31T23:59:00.000+00:00"},
	{"2026-11-21T09:30", "2026-11-21T09:30", "2026-11-21T09:30:00.000"},
	{"2026-11-21T09:30:00.000+01:00", "2026-11-21T09:30+01:00",
	 "2026-11-21T09:30:00.000+01:00"},
	{"2026-11-21 09:30 -0330", "2026-11-21T09:30-03:30", "2026-11-21T09:30:00.000-03:30"},
	{"2026-11-21t09:30:59z", "2026-11-21T09:30Z", "2026-11-21T09:30:00.000+00:00"},
	{"2026-11-21T00:00-05", "2026-11-21T00:00-05:00", "2026-11-21T00:00:00.000-05:00"},
};

START_TEST(dates_are_written_as_they_were_read)
{
	char text[DATE_TEXT_BYTES];
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		struct date date = parsed(dates[i][0]);
		date_format(&date, text);
		ck_assert_str_eq(text, dates[i][1]);
		date_format_api(&date, text);
		ck_assert_str_eq(text, dates[i][2]);
	}
}
END_TEST

START_TEST(every_day_of_the_calendar_comes_back)
{
	char text[DATE_TEXT_BYTES];
	int64_t previous = parsed("1895-12-31").minute;
	for (int year = 1896; year <= 2104; year++) {
		for (int month = 1; month <= 12; month++) {
			for (int day = 1; day <= 31; day++) {
				struct date date;
				char again[DATE_TEXT_BYTES];
				(void)snprintf(text, sizeof text, "%04d-%02d-%02d", year % 10000,
					       month % 100, day % 100);
				if (date_parse(text, strlen(text), &date) < 0) {
					ck_assert_int_gt(day, 28);
					continue;
				}
				ck_assert_int_eq(date.minute, previous + 1440);
				previous = date.minute;
				date_format(&date, again);
				ck_assert_str_eq(again, text);
			}
		}
	}
	ck_assert_int_eq(parsed("1970-01-01").minute, 0);
}
END_TEST

START_TEST(what_is_no_date_is_refused)
{
	static const char *const wrong[] = {
		"",
		"2026",
		"2026-11",
		"2026-13-01",
		"2026-00-10",
		"2026-02-29",
		"1900-02-29",
		"2026-11-00",
		"0000-01-01",
		"26-11-21",
		"2026/11/21",
		"21.11.2026",
		"2026-11-21T",
		"2026-11-21T24:00",
		"2026-11-21T09:60",
		"2026-11-21T9:30",
		"2026-11-21T09:30+",
		"2026-11-21T09:30+1",
		"2026-11-21T09:30+15:00",
		"2026-11-21T09:30:00.",
		"2026-11-21x",
		"2026-11-21T09:30Zx",
		" 2026-11-21",
		"2026-11-21 ",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct date date = {.minute = 42};
		ck_assert_msg(date_parse(wrong[i], strlen(wrong[i]), &date) == -EINVAL, "%s",
			      wrong[i]);
		ck_assert_int_eq(date.minute, 42);
	}
}
END_TEST

START_TEST(equal_is_the_same_instant_or_the_same_day)
{
	static const struct {
		const char *a;
		const char *b;
		bool is_equal;
	} pairs[] = {
		{"2026-11-21T09:30+01:00", "2026-11-21T08:30Z", true},
		{"2026-11-21T00:30+01:00", "2026-11-20T18:30-05:00", true},
		{"2026-11-21T09:30", "2026-11-21T09:30", true},
		{"2026-11-21T09:30", "2026-11-21T09:30Z", false},
		{"2026-11-21T00:00Z", "2026-11-21", false},
		{"2026-11-21T09:30:15Z", "2026-11-21T09:30Z", true},
		{"2026-11-21", "2026-11-22", false},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct date a = parsed(pairs[i].a);
		struct date b = parsed(pairs[i].b);
		ck_assert_int_eq(date_equal(&a, &b), pairs[i].is_equal);
		ck_assert_int_eq(date_equal(&b, &a), pairs[i].is_equal);
	}
	ck_assert(parsed("2026-11-21T09:30:15Z").has_seconds);
	ck_assert(parsed("2026-11-21T09:30:00.001Z").has_seconds);
	ck_assert(!parsed("2026-11-21T09:30:00.000Z").has_seconds);
}
END_TEST

SUITE_CASES = {
	&dates_are_written_as_they_were_read,
	&every_day_of_the_calendar_comes_back,
	&what_is_no_date_is_refused,
	&equal_is_the_same_instant_or_the_same_day,
};
SUITE_MAIN("date")
