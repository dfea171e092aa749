/*
 * A small workspace for tests of the head of a page: people, rows, and pages and schemas put
 * together from the JSON of one property.
 */
#ifndef NOTIONFS_TESTS_FRONTMATTER_FIXTURE_H
#define NOTIONFS_TESTS_FRONTMATTER_FIXTURE_H

#include <jansson.h>

#include "mapping/frontmatter.h"

#define ADA "11111111-1111-4111-8111-111111111111"
#define BOB "22222222-2222-4222-8222-222222222222"
#define BOB_TOO "33333333-3333-4333-8333-333333333333"
#define ROW_LOGIN "44444444-4444-4444-8444-444444444444"
#define ROW_PLAN "55555555-5555-4555-8555-555555555555"
#define ROW_UNKNOWN "66666666-6666-4666-8666-666666666666"
#define SMILE "77777777-7777-4777-8777-777777777777"
#define PAGE "88888888-8888-4888-8888-888888888888"

/* Ada is the only one of her name; there are two Bobs, one without an email. Two rows have stems.
 * `:smile:` is an emoji. */
extern const struct names fixture_names;

struct uuid fixture_id(const char *text);

/* Single quotes stand for double ones, so that JSON is readable in C. New reference. */
json_t *fixture_json(const char *text);
/* A data source with one property beside the title. New reference. */
json_t *fixture_schema(const char *name, const char *type, const char *config);
/* A row of it called "Row"; `extra` are further members of the property, or "{}". */
json_t *fixture_page(const char *name, const char *type, const char *value, const char *extra);

/* Of a page whose file is `Row.md`, with the names above. */
struct frontmatter_options fixture_options(const json_t *schema);
/* What stands between the `---` lines of the page's rendering; the caller frees. */
char *fixture_head(const json_t *page, const struct frontmatter_options *options);
/* What a head that begins on line 2 asks for, in single quotes: compact, sorted JSON; in front of
 * it, or in its place, a line "warning L:C message" or "error L:C message" for each. The caller
 * frees. */
char *fixture_patch(const char *head, const json_t *page,
		    const struct frontmatter_options *options);

#endif
