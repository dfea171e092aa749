/*
 * The table. A title's character stands for itself except for these, which take a look-alike, so
 * that `ls` stays readable:
 *
 *	/                          ∕  U+2215
 *	a dot in front, at the end, or in a closing ".md"
 *	                           ․  U+2024
 *	a space at the end         ␠  U+2420
 *	U+0001 … U+001F, U+007F    ␁ … ␟, ␡ (a newline is ␊)
 *
 * ␛ (U+241B) is the escape: in front of a character of the right column, or of itself, it says
 * "this very character"; around hex digits it names one that must not be seen in a file name
 * (ESC, C1 controls, line separators, marks that turn the direction): ␛202E␛.
 */
#include "mapping/name.h"

#include <assert.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "mapping/base/buf.h"

#define SLASH 0x2215
#define DOT 0x2024
#define SPACE 0x2420
#define ESCAPE 0x241B
#define DELETE 0x2421
#define PICTURES 0x2400 /* of U+0000 and on */
#define REPLACEMENT 0xFFFD

#define UNTITLED "Untitled"
#define SUFFIX_MAX_BYTES 34 /* " ~" and 32 digits */
#define TITLE_MAX_BYTES ((size_t)1 << 20)

static void put_character(struct buf *out, int32_t character)
{
	uint8_t bytes[4];
	buf_append(out, bytes, (size_t)utf8proc_encode_char(character, bytes));
}

/* Reads the character at `text`; what is no UTF-8 is one byte and U+FFFD. */
static size_t next_character(const char *text, size_t len, int32_t *ret_character)
{
	utf8proc_ssize_t read =
		utf8proc_iterate((const uint8_t *)text, (utf8proc_ssize_t)len, ret_character);
	if (read <= 0) {
		*ret_character = REPLACEMENT;
		return 1;
	}
	return (size_t)read;
}

static bool is_look_alike(int32_t character)
{
	return character == SLASH || character == DOT || character == DELETE ||
	       (character > PICTURES && character <= SPACE);
}

static bool is_hidden(int32_t character)
{
	return character == 0x1B || (character >= 0x80 && character < 0xA0) ||
	       character == 0x061C || character == 0x200E || character == 0x200F ||
	       (character >= 0x2028 && character <= 0x202E) ||
	       (character >= 0x2066 && character <= 0x2069);
}

/* One character of a title that is not looked at by its place. */
static void encode(struct buf *out, int32_t character)
{
	if (is_hidden(character)) {
		put_character(out, ESCAPE);
		buf_printf(out, "%X", (unsigned)character);
		put_character(out, ESCAPE);
	} else if (character == '/') {
		put_character(out, SLASH);
	} else if (character < 0x20) {
		put_character(out, PICTURES + character);
	} else if (character == 0x7F) {
		put_character(out, DELETE);
	} else {
		if (is_look_alike(character)) {
			put_character(out, ESCAPE);
		}
		put_character(out, character);
	}
}

/* The inverse of encode for what stands at `stem`; what no title gives is taken as it is. */
static size_t decode(const char *stem, size_t len, int32_t *ret_character)
{
	size_t used = next_character(stem, len, ret_character);
	switch (*ret_character) {
	case SLASH: *ret_character = '/'; return used;
	case DOT: *ret_character = '.'; return used;
	case SPACE: *ret_character = ' '; return used;
	case DELETE: *ret_character = 0x7F; return used;
	case ESCAPE: break;
	default:
		if (*ret_character > PICTURES && *ret_character < SPACE) {
			*ret_character -= PICTURES;
		}
		return used;
	}

	int32_t following = 0;
	if (used == len) {
		return used;
	}
	size_t more = next_character(stem + used, len - used, &following);
	if (is_look_alike(following)) {
		*ret_character = following;
		return used + more;
	}
	size_t digits = 0;
	int32_t value = 0;
	while (used + digits < len && digits < 4 &&
	       strchr("0123456789ABCDEF", stem[used + digits]) != NULL) {
		char digit = stem[used + digits];
		value = value * 16 + (digit <= '9' ? digit - '0' : digit - 'A' + 10);
		digits++;
	}
	more = used + digits < len
		       ? next_character(stem + used + digits, len - used - digits, &following)
		       : 0;
	if (digits > 0 && more > 0 && following == ESCAPE && is_hidden(value)) {
		*ret_character = value;
		return used + digits + more;
	}
	return used;
}

/* The largest length up to `max` at which a stem may be cut: between graphemes, never within an
 * escape; within a grapheme only when the first one is too long by itself. */
static size_t find_cut(const char *stem, size_t len, size_t max)
{
	size_t cut = 0;
	size_t emergency = 0;
	size_t at = 0;
	int32_t state = 0;
	int32_t previous = 0;
	while (at < len && at <= max) {
		int32_t first = 0;
		int32_t decoded = 0;
		(void)next_character(stem + at, len - at, &first);
		size_t unit = decode(stem + at, len - at, &decoded);
		if (at > 0) {
			emergency = at;
			if (utf8proc_grapheme_break_stateful(previous, first, &state)) {
				cut = at;
			}
		}
		previous = first;
		at += unit;
	}
	if (at == len && len <= max) {
		return len;
	}
	return cut > 0 ? cut : emergency;
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	size_t end_len = strlen(end);
	return len >= end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

/* NFC of valid UTF-8; malloc'ed. */
static char *normalize(const char *title)
{
	CLEANUP(buf) struct buf valid;
	buf_init(&valid, TITLE_MAX_BYTES);
	size_t len = strlen(title);
	for (size_t at = 0; at < len && !valid.failed;) {
		int32_t character = 0;
		at += next_character(title + at, len - at, &character);
		put_character(&valid, character);
	}
	char *composed = (char *)utf8proc_NFC((const uint8_t *)valid.data);
	return composed != NULL ? composed : buf_steal(&valid, NULL);
}

void name_from_title(const char *title, char ret_stem[NAME_STEM_MAX_BYTES + 1])
{
	CLEANUP(free) char *text = normalize(title);
	size_t len = strlen(text);
	CLEANUP(buf) struct buf stem;
	buf_init(&stem, TITLE_MAX_BYTES * 4);

	bool ends_in_md = ends_with(text, len, ".md");
	for (size_t at = 0; at < len;) {
		int32_t character = 0;
		size_t used = next_character(text + at, len - at, &character);
		bool is_last = at + used == len;
		if (character == '.' && (at == 0 || is_last || (ends_in_md && at + 3 == len))) {
			put_character(&stem, DOT);
		} else if (character == ' ' && is_last) {
			put_character(&stem, SPACE);
		} else {
			encode(&stem, character);
		}
		at += used;
		if (stem.len > (size_t)16 * NAME_STEM_MAX_BYTES) {
			break; /* cut below anyway */
		}
	}

	size_t stem_len = stem.len;
	if (stem_len > NAME_STEM_MAX_BYTES) {
		stem_len = find_cut(stem.data, stem.len, NAME_STEM_MAX_BYTES);
		while (stem_len > 0) {
			if (stem.data[stem_len - 1] == '.' || stem.data[stem_len - 1] == ' ') {
				stem_len--;
			} else if (ends_with(stem.data, stem_len, ".md")) {
				stem_len -= 3;
			} else {
				break;
			}
		}
	}
	if (stem_len == 0) {
		memcpy(ret_stem, UNTITLED, sizeof UNTITLED);
		return;
	}
	memcpy(ret_stem, stem.data, stem_len);
	ret_stem[stem_len] = '\0';
}

/* Writes ` ~` and the last `digits` hex digits. */
static size_t format_suffix(const struct uuid *id, unsigned digits, char ret_suffix[35])
{
	static const char hex[] = "0123456789abcdef";
	assert(digits >= 4 && digits <= 32 && digits % 4 == 0);
	size_t len = 0;
	ret_suffix[len++] = ' ';
	ret_suffix[len++] = '~';
	for (unsigned i = 32 - digits; i < 32; i++) {
		uint8_t byte = id->bytes[i / 2];
		ret_suffix[len++] = hex[i % 2 == 0 ? byte >> 4 : byte & 15];
	}
	ret_suffix[len] = '\0';
	return len;
}

void name_with_suffix(const char *stem, const struct uuid *id, unsigned digits,
		      char ret_stem[NAME_STEM_MAX_BYTES + 1])
{
	char suffix[SUFFIX_MAX_BYTES + 1];
	size_t suffix_len = format_suffix(id, digits, suffix);
	size_t len = strlen(stem);
	if (len + suffix_len > NAME_STEM_MAX_BYTES) {
		len = find_cut(stem, len, NAME_STEM_MAX_BYTES - suffix_len);
	}
	memmove(ret_stem, stem, len);
	memcpy(ret_stem + len, suffix, suffix_len + 1);
}

char *name_to_title(const char *stem, const struct uuid *id)
{
	size_t len = strlen(stem);
	for (unsigned digits = 32; id != NULL && digits >= 4; digits -= 4) {
		char suffix[SUFFIX_MAX_BYTES + 1];
		size_t suffix_len = format_suffix(id, digits, suffix);
		if (len > suffix_len && ends_with(stem, len, suffix)) {
			len -= suffix_len;
			break;
		}
	}
	CLEANUP(buf) struct buf title;
	buf_init(&title, TITLE_MAX_BYTES * 4);
	if (len == sizeof UNTITLED - 1 && memcmp(stem, UNTITLED, len) == 0) {
		len = 0;
	}
	for (size_t at = 0; at < len;) {
		int32_t character = 0;
		at += decode(stem + at, len - at, &character);
		put_character(&title, character);
	}
	char *text = buf_steal(&title, NULL);
	assert(text != NULL);
	return text;
}

bool name_is_exact(const char *title, const char *stem, const struct uuid *id)
{
	CLEANUP(free) char *read_back = name_to_title(stem, id);
	return strcmp(read_back, title) == 0;
}

bool name_is_page(const char *file_name, const char *const *local_globs)
{
	size_t len = strlen(file_name);
	if (len <= 3 || file_name[0] == '.' || !ends_with(file_name, len, ".md") ||
	    strchr(file_name, '/') != NULL) {
		return false;
	}
	for (size_t at = 0; at < len;) {
		int32_t character = 0;
		utf8proc_ssize_t used = utf8proc_iterate((const uint8_t *)file_name + at,
							 (utf8proc_ssize_t)(len - at), &character);
		if (used <= 0) {
			return false;
		}
		at += (size_t)used;
	}
	for (size_t i = 0; local_globs != NULL && local_globs[i] != NULL; i++) {
		if (fnmatch(local_globs[i], file_name, 0) == 0) {
			return false;
		}
	}
	return true;
}
