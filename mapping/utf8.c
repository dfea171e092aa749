#include "mapping/utf8.h"

#include <stdint.h>
#include <string.h>

/* Length of the character at `p`, 0 when it is none; `left` > 0 bytes remain. */
static size_t character_length(const unsigned char *p, size_t left)
{
	size_t len = 0;
	unsigned char low = 0x80; /* bounds of the second byte */
	unsigned char high = 0xbf;

	if (p[0] > 0 && p[0] < 0x80) {
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		len = 2;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		len = 3;
		low = p[0] == 0xe0 ? 0xa0 : low;
		high = p[0] == 0xed ? 0x9f : high;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		len = 4;
		low = p[0] == 0xf0 ? 0x90 : low;
		high = p[0] == 0xf4 ? 0x8f : high;
	}
	if (len == 0 || len > left || p[1] < low || p[1] > high) {
		return 0;
	}
	for (size_t i = 2; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return len;
}

/* Eight bytes of ASCII without NUL? */
static int is_plain_word(const char *p)
{
	const uint64_t ones = 0x0101010101010101u;
	const uint64_t tops = 0x8080808080808080u;
	uint64_t word = 0;

	memcpy(&word, p, sizeof(word));
	return ((word | (word - ones)) & tops) == 0;
}

size_t utf8_find_invalid(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (len - i >= 8 && is_plain_word(text + i)) {
			i += 8;
			continue;
		}
		size_t character = character_length((const unsigned char *)text + i, len - i);
		if (character == 0) {
			return i;
		}
		i += character;
	}
	return len;
}

void utf8_find_place(const char *text, size_t offset, unsigned first_line, unsigned *ret_line,
		     unsigned *ret_column)
{
	unsigned line = first_line;
	unsigned column = 1;

	for (size_t i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

bool utf8_check(const char *text, size_t len, unsigned first_line, struct diagnostics *diagnostics)
{
	size_t invalid = utf8_find_invalid(text, len);
	unsigned line = 0;
	unsigned column = 0;

	if (invalid == len) {
		return true;
	}
	utf8_find_place(text, invalid, first_line, &line, &column);
	if (text[invalid] == '\0') {
		diagnostics_add(diagnostics, SEVERITY_ERROR, line, column,
				"a NUL byte is no text, remove it");
	} else {
		diagnostics_add(diagnostics, SEVERITY_ERROR, line, column,
				"this byte (0x%02x) is not UTF-8 text, remove it or save the file "
				"as UTF-8",
				(unsigned char)text[invalid]);
	}
	return false;
}
