/*
 * Is a text UTF-8 that JSON can carry? A file can hold any bytes, Notion can't.
 *
 * What it is not: a decoder (character.h). Any thread.
 */
#ifndef NOTIONFS_MAPPING_UTF8_H
#define NOTIONFS_MAPPING_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "mapping/diagnostic.h"

/* Offset of the first byte that is NUL or not UTF-8 (overlong, a surrogate, cut off …); `len` when
 * there is none. */
size_t utf8_find_invalid(const char *text, size_t len);

/* False, and an error with its place in a file where the text begins at `first_line`, when there is
 * such a byte. */
bool utf8_check(const char *text, size_t len, unsigned first_line, struct diagnostics *diagnostics);
/* Line and column, as in diagnostics, of the byte at `offset`. */
void utf8_find_place(const char *text, size_t offset, unsigned first_line, unsigned *ret_line,
		     unsigned *ret_column);

#endif
