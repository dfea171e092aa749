#include "mapping/link.h"

#include <string.h>

#include "mapping/character.h"

#define MAX_PARENTHESES 32

static size_t skip_space(const char *text, size_t len, size_t at)
{
	while (at < len && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n')) {
		at++;
	}
	return at;
}

static bool is_escape(const char *text, size_t len, size_t at)
{
	return text[at] == '\\' && at + 1 < len && character_is_ascii_punctuation(text[at + 1]);
}

/* End of the target that starts at `start`; `len` or more when it has none. */
static size_t pointed_end(const char *text, size_t len, size_t start)
{
	for (size_t at = start; at < len; at++) {
		if (is_escape(text, len, at)) {
			at++;
		} else if (text[at] == '>') {
			return at;
		} else if (text[at] == '<' || text[at] == '\n') {
			return len;
		}
	}
	return len;
}

static size_t bare_end(const char *text, size_t len, size_t start)
{
	int depth = 0;
	for (size_t at = start; at < len; at++) {
		unsigned char byte = (unsigned char)text[at];
		if (is_escape(text, len, at)) {
			at++;
		} else if (byte <= ' ' || byte == 0x7f) {
			return depth == 0 ? at : len;
		} else if (byte == '(' && ++depth > MAX_PARENTHESES) {
			return len;
		} else if (byte == ')' && depth-- == 0) {
			return at;
		}
	}
	return len;
}

static const char *decoded(struct arena *arena, const char *text, size_t len)
{
	char *url = arena_alloc(arena, len + 1);
	(void)character_unescape(text, len, url);
	return url;
}

/* Past the title at `at`, if there is one; `len` when it has no end. */
static size_t skip_title(const char *text, size_t len, size_t at)
{
	char open = text[at];
	char close = open == '(' ? ')' : open;
	if (open != '"' && open != '\'' && open != '(') {
		return at;
	}
	for (at++; at < len; at++) {
		if (is_escape(text, len, at)) {
			at++;
		} else if (text[at] == close) {
			return at + 1;
		} else if (text[at] == '(' && open == '(') {
			return len;
		}
	}
	return len;
}

size_t link_target_parse(struct arena *arena, const char *text, size_t len, const char **ret_url)
{
	size_t start = skip_space(text, len, 1);
	if (start >= len) {
		return 0;
	}
	bool is_pointed = text[start] == '<';
	start += is_pointed;
	size_t end = is_pointed ? pointed_end(text, len, start) : bare_end(text, len, start);
	if (end >= len) {
		return 0;
	}
	size_t after = end + is_pointed;
	size_t at = skip_space(text, len, after);
	if (at < len && at > after) {
		at = skip_space(text, len, skip_title(text, len, at));
	}
	if (at >= len || text[at] != ')') {
		return 0;
	}
	*ret_url = decoded(arena, text + start, end - start);
	return at + 1;
}

static bool may_stand_bare(const char *url)
{
	int depth = 0;
	for (const char *at = url; *at != '\0'; at++) {
		depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
		if ((unsigned char)*at <= ' ' || *at == 0x7f || depth < 0 ||
		    depth > MAX_PARENTHESES) {
			return false;
		}
	}
	return depth == 0 && url[0] != '<' && url[0] != '\0';
}

void link_target_render(struct buf *out, const char *url)
{
	bool is_bare = may_stand_bare(url);
	buf_puts(out, is_bare ? "(" : "(<");
	for (const char *at = url; *at != '\0'; at++) {
		unsigned char byte = (unsigned char)*at;
		if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
			character_append_reference(out, byte);
		} else if (byte == '&') {
			bool is_plain = !character_is_reference_like(at, strlen(at));
			buf_puts(out, is_plain ? "&" : "&amp;");
		} else {
			/* `|`, `[`, `]`: whoever cuts a cell or a caption out looks for bare ones
			 */
			if (strchr("\\<>|[]`", *at) != NULL) {
				buf_putc(out, '\\');
			}
			buf_putc(out, *at);
		}
	}
	buf_puts(out, is_bare ? ")" : ">)");
}

/* Length of `scheme:`, or 0. */
static size_t scheme_length(const char *text, size_t len)
{
	size_t at = 0;
	while (at < len && at < 33 &&
	       (character_is_ascii_letter(text[at]) ||
		(at > 0 && (character_is_digit(text[at]) || text[at] == '+' || text[at] == '.' ||
			    text[at] == '-')))) {
		at++;
	}
	return at >= 2 && at < len && text[at] == ':' ? at + 1 : 0;
}

size_t link_auto_parse(const char *text, size_t len)
{
	size_t at = scheme_length(text + 1, len - 1);
	if (at == 0) {
		return 0;
	}
	for (at++; at < len; at++) {
		unsigned char byte = (unsigned char)text[at];
		if (byte == '>') {
			return at + 1;
		}
		if (byte <= ' ' || byte == '<' || byte == 0x7f) {
			return 0;
		}
	}
	return 0;
}

bool link_auto_is_possible(const char *url, size_t len, enum inline_context context)
{
	const char *forbidden = context == INLINE_CELL	    ? "<>\\|"
				: context == INLINE_CAPTION ? "<>\\[]"
							    : "<>\\";
	if (scheme_length(url, len) == 0) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)url[i];
		if (byte <= ' ' || byte == 0x7f || strchr(forbidden, byte) != NULL) {
			return false;
		}
	}
	return true;
}
