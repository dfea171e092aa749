#include "mapping/base/uuid.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/suite.h"

#define DASHED "38c9ce7b-60a4-81d0-9f00-0123456789ab"
#define PLAIN "38c9ce7b60a481d09f000123456789ab"

START_TEST(both_spellings_are_one_id)
{
	struct uuid a;
	struct uuid b;
	char text[UUID_TEXT_BYTES];
	ck_assert_int_eq(uuid_parse(DASHED, 36, &a), 0);
	ck_assert_int_eq(uuid_parse("38C9CE7B60A481D09F000123456789AB", 32, &b), 0);
	ck_assert(uuid_equal(&a, &b));
	uuid_format(&b, text);
	ck_assert_str_eq(text, DASHED);
}
END_TEST

START_TEST(anything_else_is_refused)
{
	static const char *const wrong[] = {"", "38c9ce7b", DASHED "0",
					    "38c9ce7b-60a4-81d0-9f00-0123456789ag",
					    "38c9ce7b60a4-81d0-9f00-0123456789ab-"};
	struct uuid id;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		ck_assert_int_eq(uuid_parse(wrong[i], strlen(wrong[i]), &id), -EINVAL);
	}
}
END_TEST

START_TEST(page_urls_end_in_their_id)
{
	static const char *const urls[] = {
		"https://www.notion.so/Some-title-" PLAIN,
		"https://www.notion.so/" PLAIN "?v=11111111111141118111111111111111",
		"https://app.notion.com/p/x-" PLAIN "#part",
		"https://www.notion.so/" DASHED,
	};
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		struct uuid id;
		char text[UUID_TEXT_BYTES];
		ck_assert_int_eq(uuid_from_url(urls[i], strlen(urls[i]), &id), 0);
		uuid_format(&id, text);
		ck_assert_str_eq(text, DASHED);
	}
	struct uuid id;
	ck_assert_int_eq(uuid_from_url("https://example.com/", 20, &id), -EINVAL);
}
END_TEST

SUITE_CASES = {
	&both_spellings_are_one_id,
	&anything_else_is_refused,
	&page_urls_end_in_their_id,
};
SUITE_MAIN("uuid")
