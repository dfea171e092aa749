#include "cache/remote/answer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"

static int parse(const char *text, json_t **ret_answer)
{
	return answer_parse(text, strlen(text), ret_answer);
}

START_TEST(an_object_is_read_and_keeps_its_order)
{
	json_t *answer = NULL;
	ck_assert_int_eq(parse("{\"b\":[1,2.5,\"\\\"]{\"],\"a\":null}", &answer), 0);
	char *text = json_dumps(answer, JSON_COMPACT);
	ck_assert_str_eq(text, "{\"b\":[1,2.5,\"\\\"]{\"],\"a\":null}");
	free(text);
	json_decref(answer);
}
END_TEST

START_TEST(what_is_no_object_within_limits_is_refused)
{
	static const char *const wrong[] = {
		"",
		"[]",
		"1",
		"{",
		"{\"a\":1",
		"{\"a\":\"",
		"{\"a\":\"\\",
		"<!DOCTYPE html><html></html>",
		"{} {}",
		"{\"a\":1,\"a\":2}",
		"{\"a\":\"\xff\"}",
		"{\"a\":01}",
		"{\"a\":1e999}",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		json_t *answer = NULL;
		int r = parse(wrong[i], &answer);
		ck_assert_msg(r == -EINVAL, "%s", wrong[i]);
		ck_assert_ptr_null(answer);
	}
}
END_TEST

static int parse_nested(unsigned depth)
{
	CLEANUP(free) char *text = calloc(1, 2 * (size_t)depth + 16);
	strcpy(text, "{\"a\":");
	memset(text + strlen(text), '[', depth - 1);
	memset(text + strlen(text), ']', depth - 1);
	strcat(text, "}");
	json_t *answer = NULL;
	int r = parse(text, &answer);
	json_decref(answer);
	return r;
}

START_TEST(depth_has_a_limit)
{
	ck_assert_int_eq(parse_nested(ANSWER_MAX_DEPTH), 0);
	ck_assert_int_eq(parse_nested(ANSWER_MAX_DEPTH + 1), -EINVAL);
	ck_assert_int_eq(parse_nested(1000000), -EINVAL);
}
END_TEST

START_TEST(a_whole_number_beyond_64_bits_costs_no_answer)
{
	static const struct {
		const char *number;
		bool is_integer;
		double value;
	} rows[] = {
		{"100000000000000000000", false, 1e20},
		{"-100000000000000000000", false, -1e20},
		{"123456789012345678", true, 123456789012345678.0},
		{"12345678901234567890123.5", false, 12345678901234567890123.5},
		{"1e21", false, 1e21},
		{"0.1000000000000000055511151231257827", false, 0.1},
		{"12345678901234567890e2", false, 1234567890123456789000.0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[128];
		(void)snprintf(text, sizeof text, "{\"a\":%s,\"b\":\"12345678901234567890123\"}",
			       rows[i].number);
		json_t *answer = NULL;
		ck_assert_int_eq(parse(text, &answer), 0);
		const json_t *number = json_object_get(answer, "a");
		ck_assert(json_is_integer(number) == rows[i].is_integer);
		ck_assert_double_eq(json_number_value(number), rows[i].value);
		ck_assert_str_eq(json_string_value(json_object_get(answer, "b")),
				 "12345678901234567890123");
		json_decref(answer);
	}
}
END_TEST

SUITE_CASES = {
	&an_object_is_read_and_keeps_its_order,
	&what_is_no_object_within_limits_is_refused,
	&depth_has_a_limit,
	&a_whole_number_beyond_64_bits_costs_no_answer,
};
SUITE_MAIN("answer")
