#include "mapping/line.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

size_t trim_end(const char *text, size_t len)
{
	while (len > 0 && is_space(text[len - 1])) {
		len--;
	}
	return len;
}

unsigned line_indent(const struct line *line)
{
	unsigned indent = line->spaces;
	for (size_t i = 0; i < line->len && indent < LINE_INDENT_MAX; i++) {
		if (line->text[i] == ' ') {
			indent++;
		} else if (line->text[i] == '\t') {
			indent += 4 - (line->column + indent - line->spaces) % 4;
		} else {
			break;
		}
	}
	return indent;
}

void line_skip_indent(struct line *line, unsigned columns)
{
	while (columns > 0) {
		if (line->spaces > 0) {
			unsigned taken = line->spaces < columns ? line->spaces : columns;
			line->spaces -= taken;
			columns -= taken;
		} else if (line->len > 0 && line->text[0] == ' ') {
			line->text++;
			line->len--;
			line->column++;
			columns--;
		} else if (line->len > 0 && line->text[0] == '\t') {
			line->spaces = 4 - line->column % 4;
			line->column += line->spaces;
			line->text++;
			line->len--;
		} else {
			return;
		}
	}
}

void line_skip_spaces(struct line *line)
{
	line->spaces = 0;
	while (line->len > 0 && is_space(line->text[0])) {
		line->column += line->text[0] == '\t' ? 4 - line->column % 4 : 1;
		line->text++;
		line->len--;
	}
}

void line_advance(struct line *line, size_t bytes)
{
	line->text += bytes;
	line->len -= bytes;
	line->column += (unsigned)bytes;
}

unsigned line_character(const struct line *line)
{
	unsigned character = 1;
	for (const char *p = line->start; p < line->text; p++) {
		character += ((unsigned char)*p & 0xc0) != 0x80;
	}
	return character;
}

bool scan_divider(const char *text, size_t len)
{
	size_t count = 0;
	if (len < 3 || strchr("-*_", text[0]) == NULL) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] == text[0]) {
			count++;
		} else if (!is_space(text[i])) {
			return false;
		}
	}
	return count >= 3;
}

unsigned scan_heading(const char *text, size_t len, size_t *ret_start, size_t *ret_len)
{
	unsigned level = 0;
	while (level < len && level < 7 && text[level] == '#') {
		level++;
	}
	if (level == 0 || level > 6 || (level < len && !is_space(text[level]))) {
		return 0;
	}
	size_t start = level;
	while (start < len && is_space(text[start])) {
		start++;
	}
	size_t end = trim_end(text, len);
	if (end < start) {
		end = start;
	}
	/* A closing run of # counts only after white space. */
	size_t close = end;
	while (close > start && text[close - 1] == '#') {
		close--;
	}
	if (close < end && (close == start || is_space(text[close - 1]))) {
		end = close;
		while (end > start && is_space(text[end - 1])) {
			end--;
		}
	}
	*ret_start = start;
	*ret_len = end - start;
	return level;
}

unsigned scan_underline(const char *text, size_t len)
{
	len = trim_end(text, len);
	if (len == 0 || (text[0] != '=' && text[0] != '-')) {
		return 0;
	}
	for (size_t i = 1; i < len; i++) {
		if (text[i] != text[0]) {
			return 0;
		}
	}
	return text[0] == '=' ? 1 : 2;
}

size_t scan_fence(const char *text, size_t len)
{
	size_t count = 0;
	if (len < 3 || (text[0] != '`' && text[0] != '~')) {
		return 0;
	}
	while (count < len && text[count] == text[0]) {
		count++;
	}
	if (count < 3 || (text[0] == '`' && memchr(text + count, '`', len - count) != NULL)) {
		return 0;
	}
	return count;
}

bool scan_fence_end(const char *text, size_t len, char fence, size_t fence_len)
{
	size_t count = 0;
	while (count < len && text[count] == fence) {
		count++;
	}
	return count >= fence_len && trim_end(text, len) <= count;
}

size_t scan_table_delimiter(const char *text, size_t len)
{
	size_t columns = 0;
	bool has_pipe = false;
	size_t i = 0;

	len = trim_end(text, len);
	if (len > 0 && text[0] == '|') {
		has_pipe = true;
		i++;
	}
	while (i < len) {
		while (i < len && is_space(text[i])) {
			i++;
		}
		i += i < len && text[i] == ':';
		size_t dashes = i;
		while (i < len && text[i] == '-') {
			i++;
		}
		if (i == dashes) {
			return 0;
		}
		i += i < len && text[i] == ':';
		while (i < len && is_space(text[i])) {
			i++;
		}
		columns++;
		if (i < len) {
			if (text[i] != '|') {
				return 0;
			}
			has_pipe = true;
			i++;
		}
	}
	return has_pipe ? columns : 0;
}

bool scan_list_marker(const struct line *line, struct list_marker *ret_marker)
{
	struct list_marker marker = {0};
	const char *text = line->text;
	size_t len = line->len;

	if (len == 0) {
		return false;
	}
	if (text[0] == '-' || text[0] == '*' || text[0] == '+') {
		marker.len = 1;
	} else {
		/* CommonMark reads nine digits at most. */
		while (marker.len < len && marker.len < 9 && text[marker.len] >= '0' &&
		       text[marker.len] <= '9') {
			marker.number = marker.number * 10 + (unsigned)(text[marker.len] - '0');
			marker.len++;
		}
		if (marker.len == 0 || marker.len == len ||
		    (text[marker.len] != '.' && text[marker.len] != ')')) {
			return false;
		}
		marker.len++;
		marker.is_ordered = true;
	}
	if (marker.len < len && !is_space(text[marker.len])) {
		return false;
	}
	struct line rest = *line;
	line_advance(&rest, marker.len);
	marker.is_empty = trim_end(rest.text, rest.len) == 0;
	unsigned padding = line_indent(&rest);
	/* Five columns and more are one, and indented code behind it. */
	marker.padding = marker.is_empty || padding > LINE_CODE_INDENT ? 1 : padding;
	*ret_marker = marker;
	return true;
}
