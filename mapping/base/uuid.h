/*
 * The 16 bytes of a Notion id and its two spellings, with and without dashes.
 *
 * What it is not: a check that the id is one Notion would accept (variant bits); the server in
 * tools/sim does that. Any thread; nothing blocks.
 */
#ifndef NOTIONFS_BASE_UUID_H
#define NOTIONFS_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/base/cleanup.h"

struct uuid {
	uint8_t bytes[16];
};

#define UUID_TEXT_BYTES 37 /* dashed, with the NUL */

/* Reads 32 hex digits with or without the four dashes of 8-4-4-4-12, either case, and nothing
 * else. 0 or -EINVAL. */
must_check int uuid_parse(const char *text, size_t len, struct uuid *ret_uuid);
/* Dashed, lower case. */
void uuid_format(const struct uuid *uuid, char text[UUID_TEXT_BYTES]);
/* The last 32 hex digits of a page URL's path, as Notion puts them there ("…/Title-<32hex>?v=…").
 * 0 or -EINVAL. */
must_check int uuid_from_url(const char *url, size_t len, struct uuid *ret_uuid);

bool uuid_equal(const struct uuid *a, const struct uuid *b);
int uuid_compare(const struct uuid *a, const struct uuid *b);
bool uuid_is_zero(const struct uuid *uuid);

#endif
