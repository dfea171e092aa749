#include "mapping/line_start.h"

#include <string.h>

#include "mapping/character.h"

static bool is_blank_at(const char *line, size_t len, size_t at)
{
	return at >= len || line[at] == ' ' || line[at] == '\t';
}

static size_t count_of(const char *line, size_t len, size_t at, char byte)
{
	size_t end = at;
	while (end < len && line[end] == byte) {
		end++;
	}
	return end - at;
}

/* `---`, `* * *`, `___`: three or more of one mark and nothing but blanks. */
static bool is_rule(const char *line, size_t len)
{
	size_t marks = 0;
	for (size_t i = 0; i < len; i++) {
		if (line[i] == line[0]) {
			marks++;
		} else if (!is_blank_at(line, len, i)) {
			return false;
		}
	}
	return marks >= 3;
}

static bool is_only(const char *line, size_t len, const char *bytes)
{
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\0' || strchr(bytes, line[i]) == NULL) {
			return false;
		}
	}
	return true;
}

/* `[ ] `, `[x] `, `[!NOTE]`, `[name]: target`. */
static bool is_bracket_mark(const char *line, size_t len)
{
	if (len >= 2 && line[1] == '!') {
		return true;
	}
	if (len >= 3 && line[2] == ']' && strchr(" xX", line[1]) != NULL) {
		return is_blank_at(line, len, 3);
	}
	const char *end = memchr(line, ']', len);
	return end != NULL && end + 1 < line + len && end[1] == ':';
}

static size_t number_offence(const char *line, size_t len)
{
	size_t at = 0;
	while (at < len && character_is_digit(line[at])) {
		at++;
	}
	bool is_mark =
		at < len && (line[at] == '.' || line[at] == ')') && is_blank_at(line, len, at + 1);
	return is_mark ? at : LINE_START_SAFE;
}

static bool is_offence(const char *line, size_t len)
{
	size_t repeated = count_of(line, len, 0, line[0]);
	switch (line[0]) {
	case '#': return is_blank_at(line, len, repeated);
	case '-': /* fall through */
	case '+':
	case '*':
	case '_':
		return (line[0] != '_' && is_blank_at(line, len, 1)) || is_rule(line, len) ||
		       is_only(line, len, "-| :\t");
	case '>':
	case '|': return true;
	case '=': return is_only(line, len, "= \t");
	case ':': return repeated >= 3 || is_only(line, len, "-| :\t");
	case '~':
	case '`': return repeated >= 3;
	case '$': return repeated >= 2;
	case '[': return is_bracket_mark(line, len);
	case '!': return len > 1 && line[1] == '[';
	default: return false;
	}
}

size_t line_start_offence(const char *line, size_t len)
{
	if (len == 0) {
		return LINE_START_SAFE;
	}
	if (character_is_digit(line[0])) {
		return number_offence(line, len);
	}
	return is_offence(line, len) ? 0 : LINE_START_SAFE;
}

size_t line_end_offence(const char *line, size_t len)
{
	size_t start = len;
	while (start > 0 && line[start - 1] == '#') {
		start--;
	}
	bool is_closing = start < len && (start == 0 || is_blank_at(line, len, start - 1));
	return is_closing ? start : LINE_START_SAFE;
}
