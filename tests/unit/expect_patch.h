/*
 * What a head must ask for, in the spelling of fixture_patch.
 */
#ifndef NOTIONFS_TESTS_EXPECT_PATCH_H
#define NOTIONFS_TESTS_EXPECT_PATCH_H

#include <check.h>
#include <stdlib.h>

#include "tests/unit/frontmatter_fixture.h"

static inline void expect_patch(const char *head, const json_t *page,
				const struct frontmatter_options *options, const char *expected)
{
	char *text = fixture_patch(head, page, options);
	ck_assert_str_eq(text, expected);
	free(text);
}

#endif
