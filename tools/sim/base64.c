#include "tools/sim/base64.h"

#include <stdlib.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(const char *bytes, size_t count)
{
	char *text = malloc((count + 2) / 3 * 4 + 1);
	char *out = text;
	if (text == NULL) {
		abort();
	}
	for (size_t i = 0; i < count; i += 3) {
		size_t left = count - i;
		unsigned bits = (unsigned)(unsigned char)bytes[i] << 16;
		bits |= left > 1 ? (unsigned)(unsigned char)bytes[i + 1] << 8 : 0;
		bits |= left > 2 ? (unsigned)(unsigned char)bytes[i + 2] : 0;
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = left > 1 ? digits[bits >> 6 & 63] : '=';
		*out++ = left > 2 ? digits[bits & 63] : '=';
	}
	*out = '\0';
	return text;
}

static int digit_value(char c)
{
	const char *found = c == '\0' ? NULL : strchr(digits, c);
	return found == NULL ? -1 : (int)(found - digits);
}

char *base64_decode(const char *text, size_t *ret_count)
{
	char *bytes = malloc(strlen(text) / 4 * 3 + 4);
	size_t count = 0;
	unsigned bits = 0;
	int held = 0;
	if (bytes == NULL) {
		abort();
	}
	for (int digit; (digit = digit_value(*text)) >= 0; text++) {
		bits = bits << 6 | (unsigned)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[count++] = (char)(bits >> held & 0xff);
		}
	}
	*ret_count = count;
	return bytes;
}
