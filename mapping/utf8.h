/*
 * Is a text UTF-8 that JSON can carry? A file can hold any bytes, Notion can't.
 *
 * What it is not: a decoder (character.h). Any thread.
 */
#ifndef NOTIONFS_MAPPING_UTF8_H
#define NOTIONFS_MAPPING_UTF8_H

#include <stddef.h>

/* Offset of the first byte that is NUL or not UTF-8 (overlong, a surrogate, cut off …); `len` when
 * there is none. */
size_t utf8_find_invalid(const char *text, size_t len);

#endif
