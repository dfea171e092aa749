/*
 * Single characters of a UTF-8 text: decoding, the classes CommonMark's emphasis rules ask for, and
 * character references (`&lt;`, `&#32;`).
 *
 * What it is not: a Unicode library; classes come from utf8proc. Any thread.
 */
#ifndef NOTIONFS_MAPPING_CHARACTER_H
#define NOTIONFS_MAPPING_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/base/buf.h"

enum character_class { CHARACTER_OTHER, CHARACTER_SPACE, CHARACTER_PUNCTUATION };

/* The code point at bytes[0] and its length; U+FFFD and 1 where the bytes are no UTF-8. */
uint32_t character_decode(const char *bytes, size_t len, size_t *ret_len);
/* Writes UTF-8, 1 to 4 bytes. */
size_t character_encode(uint32_t code, char bytes[4]);

enum character_class character_class(uint32_t code);
/* Class of the character that starts at (ends before) `at`; both ends of the text are spaces. */
enum character_class character_class_at(const char *text, size_t len, size_t at);
enum character_class character_class_before(const char *text, size_t at);

static inline bool character_is_ascii_punctuation(char c)
{
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
	       (c >= '{' && c <= '~');
}

static inline bool character_is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool character_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Decodes the reference at text[0] == '&'. Its length in the text, or 0 when it is none. */
size_t character_reference(const char *text, size_t len, char ret_bytes[4], size_t *ret_len);
/* The literal text of a label or a target: references decoded, the backslash in front of punctuation
 * taken off. `out` has room for `len` bytes; how many were written. */
size_t character_unescape(const char *text, size_t len, char *out);
/* Would a Markdown reader take text[0] == '&' for a reference, known to us or not? */
bool character_is_reference_like(const char *text, size_t len);
/* Appends `&#N;`. */
void character_append_reference(struct buf *out, uint32_t code);

#endif
