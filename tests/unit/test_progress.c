#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "tools/progress.h"

static char line[160];

static const char *pages(int64_t begun, int64_t done, int64_t total, int64_t elapsed_ms)
{
	progress_line(PROGRESS_PAGES, begun, done, total, elapsed_ms, false, line, sizeof line);
	return line;
}

START_TEST(counts_come_first_a_rate_when_it_says_something)
{
	ck_assert_str_eq(pages(0, 7, 1200, 1000), "7 of 1200 pages are here");
	ck_assert_str_eq(pages(0, 120, 1200, 60000),
			 "120 of 1200 pages are here, 120 a minute, 9 min left");
	/* What was here before is no progress. */
	ck_assert_str_eq(pages(1000, 1120, 1200, 60000),
			 "1120 of 1200 pages are here, 120 a minute, 40 s left");
	ck_assert_str_eq(pages(1000, 1000, 1200, 60000), "1000 of 1200 pages are here");
	ck_assert_str_eq(pages(0, 144, 20000, 60000),
			 "144 of 20000 pages are here, 144 a minute, 2 h 17 min left");
	ck_assert_str_eq(pages(0, 1200, 1200, 60000), "1200 of 1200 pages are here, 1200 a minute");
}
END_TEST

START_TEST(a_terminal_gets_a_bar)
{
	progress_line(PROGRESS_SAVES, 0, 1, 4, 100, true, line, sizeof line);
	ck_assert_str_eq(line, "[######                  ] 1 of 4 saves are sent");
	/* More than all: pages that were found meanwhile. */
	progress_line(PROGRESS_PAGES, 0, 9, 4, 100, true, line, sizeof line);
	ck_assert_str_eq(line, "[########################] 9 of 4 pages are here");
}
END_TEST

START_TEST(a_short_line_is_cut_never_overrun)
{
	char small[12];
	progress_line(PROGRESS_PAGES, 0, 1, 4, 60000, false, small, sizeof small);
	ck_assert_uint_lt(strlen(small), sizeof small);
}
END_TEST

SUITE_CASES = {
	&counts_come_first_a_rate_when_it_says_something,
	&a_terminal_gets_a_bar,
	&a_short_line_is_cut_never_overrun,
};
SUITE_MAIN("progress")
