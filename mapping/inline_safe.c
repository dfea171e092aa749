/*
 * Why a safe text reads back:
 *
 * 1. The words hold no byte that begins or ends a mark: no backslash, backtick, asterisk,
 *    underscore, tilde, dollar, bracket, brace, bar, ampersand, number sign or pointed bracket, no
 *    newline or other control. `!` only matters in front of a bracket, `:` in front of a name.
 * 2. So every delimiter in the line is one of ours. A styled run stands between unstyled ones, has
 *    one style, and begins and ends with an ASCII letter or digit: its opening delimiter can open,
 *    its closing one can close (CommonMark's flanking rules ask no more), both are of one length
 *    (so the rule of three forbids nothing), and each pair is closed before the next is opened.
 * 3. Code and a link's target are taken as they are up to the byte that ends them, which they do
 * not hold. Neither holds what ends a cell or a tag.
 * 4. The line begins with a byte that begins no block, and ends with one that no editor strips.
 */
#include "mapping/inline_safe.h"

#include <string.h>

enum {
	WORD = 1 << 0,	/* in any run */
	FIRST = 1 << 1, /* at the start of a line */
	EDGE = 1 << 2,	/* at both ends of a styled run */
	CODE = 1 << 3,
	URL = 1 << 4,
};

#define LETTER (WORD | FIRST | EDGE | CODE | URL)

static const unsigned char classes[256] = {
	['a' ... 'z'] = LETTER,
	['A' ... 'Z'] = LETTER,
	['0' ... '9'] = LETTER,
	[0x80 ... 0xff] = WORD | FIRST | CODE,
	[' '] = WORD | CODE,
	[','] = WORD | FIRST | CODE | URL,
	['.'] = WORD | FIRST | CODE | URL,
	[';'] = WORD | FIRST | CODE | URL,
	['?'] = WORD | FIRST | CODE | URL,
	['\''] = WORD | FIRST | CODE,
	['"'] = WORD | FIRST | CODE,
	['('] = WORD | FIRST | CODE,
	[')'] = WORD | FIRST | CODE,
	['-'] = WORD | CODE | URL,
	['/'] = WORD | FIRST | CODE | URL,
	['%'] = WORD | FIRST | CODE | URL,
	['!'] = WORD | CODE,
	[':'] = WORD | CODE | URL,
	['='] = WORD | CODE | URL,
	['+'] = WORD | CODE | URL,
	['@'] = WORD | FIRST | CODE | URL,
	['#'] = URL,
	['_'] = CODE | URL,
	['~'] = CODE | URL,
	['*'] = CODE,
	['$'] = CODE,
	['{'] = CODE,
	['}'] = CODE,
};

static unsigned class_of(char byte)
{
	return classes[(unsigned char)byte];
}

/* Is each byte of the class? Four at a time: this is what a rendering spends most of its time with.
 */
static bool is_all(const char *bytes, size_t len, unsigned wanted)
{
	unsigned common = wanted;
	size_t i = 0;
	for (; i + 4 <= len; i += 4) {
		common &= class_of(bytes[i]) & class_of(bytes[i + 1]) & class_of(bytes[i + 2]) &
			  class_of(bytes[i + 3]);
	}
	for (; i < len; i++) {
		common &= class_of(bytes[i]);
	}
	return common == wanted;
}

/* `!` where a bracket could follow, `:` where a name and another `:` could. */
static bool has_odd_neighbour(const struct run *run, bool is_last)
{
	const char *end = run->text + run->text_len;
	const char *colon = memchr(run->text, ':', run->text_len);
	while (colon != NULL) {
		const char *next = memchr(colon + 1, ':', (size_t)(end - colon) - 1);
		if (next != NULL && colon[1] != ' ') {
			return true;
		}
		colon = next;
	}
	return end[-1] == '!' && !is_last;
}

static bool is_safe_url(const char *url)
{
	return (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) &&
	       is_all(url, strlen(url), URL);
}

static bool is_marked(const struct run *run)
{
	return run->style != 0 || run->link != NULL;
}

static bool is_safe_run(const struct run *run, bool is_last)
{
	const char *text = run->text;
	size_t len = run->text_len;

	if (run->kind != RUN_TEXT || run->color != COLOR_DEFAULT || run->extra != NULL ||
	    len == 0) {
		return false;
	}
	if (run->style == STYLE_CODE) {
		return run->link == NULL && is_all(text, len, CODE) && text[0] != ' ' &&
		       text[len - 1] != ' ';
	}
	if (!is_all(text, len, WORD) || has_odd_neighbour(run, is_last)) {
		return false;
	}
	if (!is_marked(run)) {
		return true;
	}
	if ((class_of(text[0]) & EDGE) == 0 || (class_of(text[len - 1]) & EDGE) == 0) {
		return false;
	}
	return run->link != NULL ? run->style == 0 && is_safe_url(run->link)
				 : run->style == STYLE_BOLD || run->style == STYLE_ITALIC;
}

/* Digits and a `.` or `)` are a list's mark, U+FEFF is a file's. */
static bool is_safe_start(const struct run *run)
{
	size_t digits = 0;
	if (is_marked(run)) {
		return true;
	}
	while (digits < run->text_len && run->text[digits] >= '0' && run->text[digits] <= '9') {
		digits++;
	}
	bool is_number = digits > 0 && digits < run->text_len &&
			 (run->text[digits] == '.' || run->text[digits] == ')');
	return (class_of(run->text[0]) & FIRST) != 0 && !is_number && run->text[0] != '\xef';
}

bool inline_is_safe(const struct rich_text *text)
{
	if (text->count == 0 || !is_safe_start(&text->runs[0])) {
		return false;
	}
	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		bool is_last = i + 1 == text->count;
		if ((i > 0 && is_marked(run) == is_marked(run - 1)) || !is_safe_run(run, is_last)) {
			return false;
		}
	}
	const struct run *last = &text->runs[text->count - 1];
	return last->text[last->text_len - 1] != ' ';
}

void inline_safe_render(const struct rich_text *text, struct buf *out)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		const char *mark = run->style == STYLE_BOLD	? "**"
				   : run->style == STYLE_ITALIC ? "*"
				   : run->style == STYLE_CODE	? "`"
				   : run->link != NULL		? "["
								: "";
		buf_puts(out, mark);
		buf_append(out, run->text, run->text_len);
		if (run->link != NULL) {
			buf_puts(out, "](");
			buf_puts(out, run->link);
			buf_putc(out, ')');
		} else {
			buf_puts(out, mark);
		}
	}
}
