#include "tools/sim/validate/text.h"

#include <string.h>

#include "tests/unit/suite.h"

START_TEST(length_is_counted_in_utf16_units)
{
	static const struct {
		const char *text;
		size_t units;
	} cases[] = {
		{"", 0}, {"abc", 3}, {"é", 1}, {"e\u0301", 2}, {"咖啡", 2}, {"🚲", 2}, {"a🚲b", 4},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_uint_eq(text_utf16_length(cases[i].text, strlen(cases[i].text)),
				  cases[i].units);
	}
}
END_TEST

START_TEST(dates_are_iso_8601)
{
	static const char *const good[] = {
		"2026-11-21",
		"2026-11-21T09:30",
		"2026-11-21T09:30:00",
		"2026-11-21T09:30:00.000Z",
		"2026-11-21T09:30:00+01:00",
		"2026-11-21T09:30:00.123456-0530",
		"2026-11-21 09:30",
	};
	static const char *const bad[] = {
		"",
		"21.11.2026",
		"2026/11/21",
		"2026-13-01",
		"2026-01-32",
		"2026-1-1",
		"2026-11-21T",
		"2026-11-21T25:00",
		"2026-11-21T09:60",
		"2026-11-21T09:30:00.",
		"2026-11-21T09:30:00+1",
		"2026-11-21T09:30Zx",
		"tomorrow",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		ck_assert_msg(text_is_iso_date(good[i]), "%s", good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_msg(!text_is_iso_date(bad[i]), "%s", bad[i]);
	}
}
END_TEST

START_TEST(urls_have_a_scheme_and_http_a_host)
{
	static const struct {
		const char *url;
		bool is_link;
		bool is_http;
	} cases[] = {
		{"https://a.example", true, true},
		{"HTTP://a.example/b?c=d#e", true, true},
		{"https://例え.jp/日本", true, true},
		{"http://localhost:8080", true, true},
		{"mailto:a@a.example", true, false},
		{"tel:+49421", true, false},
		{"https:///a", false, false},
		{"https://", false, false},
		{"https:a.example", false, false},
		{"//a.example", false, false},
		{"/page", false, false},
		{"a.example", false, false},
		{"#part", false, false},
		{"mailto:", false, false},
		{"https://a.example/b c", false, false},
		{"https://a.example/\n", false, false},
		{"", false, false},
		{"1a:b", false, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_msg(text_is_url(cases[i].url, true) == cases[i].is_link, "link %s",
			      cases[i].url);
		ck_assert_msg(text_is_url(cases[i].url, false) == cases[i].is_http, "http %s",
			      cases[i].url);
	}
}
END_TEST

START_TEST(emoji_are_not_words)
{
	static const char *const good[] = {"☕", "🚴🏽‍♀️", "1\ufe0f\u20e3",
					   "🏴󠁧󠁢󠁳󠁣󠁴󠁿"};
	static const char *const bad[] = {"", "a", "1", ":coffee:"};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		ck_assert_msg(text_is_emoji(good[i]), "%s", good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_msg(!text_is_emoji(bad[i]), "%s", bad[i]);
	}
}
END_TEST

SUITE_CASES = {
	&length_is_counted_in_utf16_units,
	&dates_are_iso_8601,
	&urls_have_a_scheme_and_http_a_host,
	&emoji_are_not_words,
};
SUITE_MAIN("validate_text")
