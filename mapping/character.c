#include "mapping/character.h"

#include <string.h>
#include <utf8proc.h>

uint32_t character_decode(const char *bytes, size_t len, size_t *ret_len)
{
	utf8proc_int32_t code = 0;
	utf8proc_ssize_t used =
		utf8proc_iterate((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)len, &code);
	if (used <= 0) {
		*ret_len = 1;
		return 0xfffd;
	}
	*ret_len = (size_t)used;
	return (uint32_t)code;
}

size_t character_encode(uint32_t code, char bytes[4])
{
	bool is_scalar = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
	return (size_t)utf8proc_encode_char(is_scalar ? (utf8proc_int32_t)code : 0xfffd,
					    (utf8proc_uint8_t *)bytes);
}

enum character_class character_class(uint32_t code)
{
	if (code < 0x80) {
		if (code == ' ' || (code >= '\t' && code <= '\r')) {
			return CHARACTER_SPACE;
		}
		return character_is_ascii_punctuation((char)code) ? CHARACTER_PUNCTUATION
								  : CHARACTER_OTHER;
	}
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
	if (category == UTF8PROC_CATEGORY_ZS) {
		return CHARACTER_SPACE;
	}
	return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_SO
		       ? CHARACTER_PUNCTUATION
		       : CHARACTER_OTHER;
}

enum character_class character_class_at(const char *text, size_t len, size_t at)
{
	size_t used;
	return at < len ? character_class(character_decode(text + at, len - at, &used))
			: CHARACTER_SPACE;
}

enum character_class character_class_before(const char *text, size_t at)
{
	if (at == 0) {
		return CHARACTER_SPACE;
	}
	size_t start = at - 1;
	while (start > 0 && at - start < 4 && ((unsigned char)text[start] & 0xc0) == 0x80) {
		start--;
	}
	size_t used;
	return character_class(character_decode(text + start, at - start, &used));
}

static const struct {
	const char *name;
	const char *bytes;
} references[] = {
	{"amp;", "&"},	 {"lt;", "<"},	 {"gt;", ">"},
	{"quot;", "\""}, {"apos;", "'"}, {"nbsp;", "\xc2\xa0"},
};

static unsigned digit_value(char c)
{
	if (character_is_digit(c)) {
		return (unsigned)(c - '0');
	}
	char lower = (char)(c | 0x20);
	return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 99;
}

static size_t numeric_reference(const char *text, size_t len, uint32_t *ret_code)
{
	bool is_hex = len > 2 && (text[2] == 'x' || text[2] == 'X');
	unsigned base = is_hex ? 16 : 10;
	size_t start = is_hex ? 3 : 2;
	size_t at = start;
	uint32_t code = 0;
	while (at < len && at - start < 7 && digit_value(text[at]) < base) {
		code = code * base + digit_value(text[at]);
		at++;
	}
	if (at == start || at >= len || text[at] != ';') {
		return 0;
	}
	*ret_code = code;
	return at + 1;
}

size_t character_reference(const char *text, size_t len, char ret_bytes[4], size_t *ret_len)
{
	if (len > 1 && text[1] == '#') {
		uint32_t code = 0;
		size_t used = numeric_reference(text, len, &code);
		if (used > 0) {
			*ret_len = character_encode(code, ret_bytes);
		}
		return used;
	}
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		size_t name_len = strlen(references[i].name);
		if (len > name_len && memcmp(text + 1, references[i].name, name_len) == 0) {
			*ret_len = strlen(references[i].bytes);
			memcpy(ret_bytes, references[i].bytes, *ret_len);
			return name_len + 1;
		}
	}
	return 0;
}

size_t character_unescape(const char *text, size_t len, char *out)
{
	size_t used = 0;
	for (size_t at = 0; at < len;) {
		char bytes[4];
		size_t bytes_len = 0;
		size_t step = text[at] == '&'
				      ? character_reference(text + at, len - at, bytes, &bytes_len)
				      : 0;
		if (step > 0) {
			memcpy(out + used, bytes, bytes_len);
			used += bytes_len;
			at += step;
			continue;
		}
		at += text[at] == '\\' && at + 1 < len &&
		      character_is_ascii_punctuation(text[at + 1]);
		out[used++] = text[at++];
	}
	return used;
}

bool character_is_reference_like(const char *text, size_t len)
{
	size_t at = 1;
	if (at < len && text[at] == '#') {
		at++;
	}
	size_t start = at;
	while (at < len && at - start < 32 &&
	       (character_is_ascii_letter(text[at]) || character_is_digit(text[at]))) {
		at++;
	}
	return at > start && at < len && text[at] == ';';
}

void character_append_reference(struct buf *out, uint32_t code)
{
	buf_printf(out, "&#%u;", (unsigned)code);
}
