/*
 * Short ways to say what a validator should answer. Bodies are written with ' in place of ".
 */
#ifndef NOTIONFS_TESTS_VALIDATE_CASE_H
#define NOTIONFS_TESTS_VALIDATE_CASE_H

#include <jansson.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "tools/sim/validate.h"

static inline json_t *json_of(const char *text)
{
	char *copy = strdup(text);
	for (char *c = copy; *c != '\0'; c++) {
		*c = *c == '\'' ? '"' : *c;
	}
	json_t *value = json_loads(copy, JSON_DECODE_ANY, NULL);
	ck_assert_msg(value != NULL, "not JSON: %s", copy);
	free(copy);
	return value;
}

/* `call` uses `body` and `&message`; `body_json` is freed. */
#define ASSERT_TAKES(body_json, call)                                              \
	do {                                                                       \
		json_t *body = (body_json);                                        \
		char *message = NULL;                                              \
		int status = (call);                                               \
		ck_assert_msg(status == 0, "refused: %s", message ? message : ""); \
		json_decref(body);                                                 \
	} while (0)

#define ASSERT_REFUSES(body_json, call, expected)      \
	do {                                           \
		json_t *body = (body_json);            \
		char *message = NULL;                  \
		ck_assert_int_eq((call), 400);         \
		ck_assert_str_eq(message, (expected)); \
		free(message);                         \
		json_decref(body);                     \
	} while (0)

#define APPEND validate_append(body, 100, &message)
#define CREATE validate_page_create(body, 100, &message)

/* `count` times the same item. */
static inline json_t *array_of(size_t count, const char *item)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(array, json_of(item));
	}
	return array;
}

static inline json_t *string_of(size_t count, const char *unit)
{
	char *text = calloc(count + 1, strlen(unit));
	for (size_t i = 0; i < count; i++) {
		strcat(text + i * strlen(unit), unit);
	}
	json_t *string = json_string(text);
	free(text);
	return string;
}

/* {"children": [{"<type>": payload}]} */
static inline json_t *append_of(const char *type, json_t *payload)
{
	return json_pack("{s:[{s:o}]}", "children", type, payload);
}

#define PARAGRAPH "{'paragraph':{'rich_text':[]}}"

#endif
