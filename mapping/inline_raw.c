#include "mapping/inline_raw.h"

#include <string.h>

#include "mapping/character.h"
#include "mapping/mention_mark.h"

/* Where the run of exactly `len` backticks starts that closes one before `from`; 0 when none. */
static size_t find_backticks(struct inline_parser *parser, size_t from, size_t len)
{
	if (len > MAX_BACKTICKS ||
	    (parser->knows_backticks && parser->last_backticks[len] <= from)) {
		return 0;
	}
	const char *text = parser->text;
	for (size_t at = from; at < parser->len;) {
		const char *hit = memchr(text + at, '`', parser->len - at);
		if (hit == NULL) {
			break;
		}
		at = (size_t)(hit - text);
		size_t run = inline_parser_run_length(parser, at);
		if (run == len) {
			return at;
		}
		/* only ever later: this search may end before an earlier one did */
		if (run <= MAX_BACKTICKS && parser->last_backticks[run] < at + run) {
			parser->last_backticks[run] = at + run;
		}
		at += run;
	}
	parser->knows_backticks = true;
	return 0;
}

/* In a cell `\|` is a pipe even where nothing else is escaped. */
static bool is_cell_pipe(const struct inline_parser *parser, size_t at, size_t end)
{
	return parser->context == INLINE_CELL && parser->text[at] == '\\' && at + 1 < end &&
	       parser->text[at + 1] == '|';
}

void inline_raw_code(struct inline_parser *parser)
{
	size_t ticks = inline_parser_run_length(parser, parser->at);
	size_t start = parser->at + ticks;
	size_t end = find_backticks(parser, start, ticks);
	if (end == 0) {
		inline_parser_literal(parser, ticks);
		return;
	}
	parser->at = end + ticks;
	(void)inline_nodes_add(&parser->nodes, NODE_CODE);
	bool is_all_space = true;
	for (size_t i = start; i < end && is_all_space; i++) {
		is_all_space = parser->text[i] == ' ' || parser->text[i] == '\n';
	}
	bool first_is_space = parser->text[start] == ' ' || parser->text[start] == '\n';
	bool last_is_space = parser->text[end - 1] == ' ' || parser->text[end - 1] == '\n';
	if (!is_all_space && first_is_space && last_is_space) {
		start++;
		end--;
	}
	for (size_t i = start; i < end; i++) {
		bool is_space = parser->text[i] == '\n' && parser->context != INLINE_VALUE;
		i += is_cell_pipe(parser, i, end);
		inline_nodes_extend(&parser->nodes, is_space ? " " : parser->text + i, 1);
	}
}

static void add_equation(struct inline_parser *parser, size_t start, size_t end)
{
	char *expression = arena_alloc(parser->arena, end - start + 1);
	size_t len = 0;
	for (size_t i = start; i < end; i++) {
		i += is_cell_pipe(parser, i, end);
		expression[len++] = parser->text[i];
	}
	struct run run = {.kind = RUN_EQUATION, .text = expression, .text_len = len};
	inline_parser_add_run(parser, &run);
}

/* The first `$` that can close an equation, or newline, at or after `from`. */
static size_t find_dollar(struct inline_parser *parser, size_t from)
{
	struct search *search = &parser->dollar;
	if (search->is_known && search->from <= from && from <= search->hit) {
		return search->hit;
	}
	const char *text = parser->text;
	size_t at = from;
	for (; at < parser->len && text[at] != '\n'; at++) {
		if (text[at] == '\\') {
			at++;
			continue;
		}
		char next = at + 1 < parser->len ? text[at + 1] : ' ';
		if (text[at] == '$' && at > 0 && !inline_parser_is_blank(text[at - 1]) &&
		    next != '$' && !character_is_digit(next)) {
			break;
		}
	}
	*search = (struct search){true, from, at < parser->len ? at : parser->len};
	return search->hit;
}

void inline_raw_equation(struct inline_parser *parser)
{
	size_t start = parser->at + 1;
	char next = start < parser->len ? parser->text[start] : ' ';
	if (next == '`') {
		size_t end = inline_parser_find(parser, &parser->backtick_dollar, "`$", start + 1);
		if (end < parser->len && end > start + 1) {
			parser->at = end + 2;
			add_equation(parser, start + 1, end);
			return;
		}
	} else if (next == '$') {
		inline_parser_literal(parser, inline_parser_run_length(parser, parser->at));
		return;
	} else if (!inline_parser_is_blank(next) && next != '\n') {
		size_t end = find_dollar(parser, start);
		if (end < parser->len && parser->text[end] == '$') {
			parser->at = end + 1;
			add_equation(parser, start, end);
			return;
		}
	}
	inline_parser_literal(parser, 1);
}

/* Code: between backticks where nothing in it could be mistaken, else in a tag. */

static size_t longest_ticks(const char *text, size_t len)
{
	size_t longest = 0;
	size_t ticks = 0;
	for (size_t i = 0; i < len; i++) {
		ticks = text[i] == '`' ? ticks + 1 : 0;
		longest = ticks > longest ? ticks : longest;
	}
	return longest;
}

static bool may_stand_in_ticks(const struct inline_writer *writer, const struct run *run)
{
	bool is_tag = writer->context == INLINE_TAG;
	bool is_caption = writer->context == INLINE_CAPTION;
	for (size_t i = 0; i < run->text_len; i++) {
		unsigned char byte = (unsigned char)run->text[i];
		if ((byte < ' ' && byte != '\t') || byte == 0x7f || (is_tag && byte == '<') ||
		    (is_caption && (byte == '[' || byte == ']'))) {
			return false;
		}
		bool is_slashed_pipe = byte == '|' && i > 0 && run->text[i - 1] == '\\';
		if (is_slashed_pipe && writer->context == INLINE_CELL) {
			return false;
		}
	}
	size_t ticks = longest_ticks(run->text, run->text_len) + 1;
	return !writer->escape_all && ticks <= 32 &&
	       (ticks < 3 || !inline_escape_at_line_start(writer));
}

void inline_raw_render_code(struct inline_writer *writer, const struct run *run)
{
	struct buf *out = writer->out;
	if (!may_stand_in_ticks(writer, run)) {
		buf_puts(out, "<code>");
		inline_escape_run(writer, run);
		buf_puts(out, "</code>");
		return;
	}
	const char *text = run->text;
	size_t len = run->text_len;
	size_t ticks = longest_ticks(text, len) + 1;
	bool is_all_space = strspn(text, " ") >= len;
	bool needs_pad = text[0] == '`' || text[len - 1] == '`' ||
			 (text[0] == ' ' && text[len - 1] == ' ' && !is_all_space);
	for (size_t i = 0; i < ticks; i++) {
		buf_putc(out, '`');
	}
	buf_puts(out, needs_pad ? " " : "");
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '|' && writer->context == INLINE_CELL) {
			buf_putc(out, '\\');
		}
		buf_putc(out, text[i]);
	}
	buf_puts(out, needs_pad ? " " : "");
	for (size_t i = 0; i < ticks; i++) {
		buf_putc(out, '`');
	}
}

/* Equations: `$x$`, "$`x`$" or a tag. */

static bool needs_math_tag(const struct inline_writer *writer, const struct run *run)
{
	if (writer->escape_all || run->text_len == 0 ||
	    memmem(run->text, run->text_len, "`$", 2) != NULL) {
		return true;
	}
	for (size_t i = 0; i < run->text_len; i++) {
		unsigned char byte = (unsigned char)run->text[i];
		bool is_cut = (byte == '|' && writer->context == INLINE_CELL && i > 0 &&
			       run->text[i - 1] == '\\') ||
			      (byte == '<' && writer->context == INLINE_TAG) ||
			      ((byte == '[' || byte == ']') && writer->context == INLINE_CAPTION);
		if (byte < ' ' || byte == 0x7f || is_cut) {
			return true;
		}
	}
	return false;
}

static bool needs_math_ticks(const struct inline_writer *writer, const struct run *run)
{
	char first = run->text[0];
	char last = run->text[run->text_len - 1];
	const struct run *next = run + 1;
	bool is_last_run = next == writer->text->runs + writer->text->count;
	/* a digit or another equation right behind would undo the closing dollar */
	bool is_followed =
		!is_last_run && (next->kind == RUN_EQUATION ||
				 (next->kind == RUN_TEXT &&
				  (character_is_digit(next->text[0]) || next->text[0] == '$')));
	return first == ' ' || first == '`' || last == ' ' || last == '\\' || is_followed ||
	       memchr(run->text, '$', run->text_len) != NULL;
}

void inline_raw_render_equation(struct inline_writer *writer, const struct run *run)
{
	struct buf *out = writer->out;
	if (needs_math_tag(writer, run)) {
		mention_mark_render_equation(run, out);
		return;
	}
	bool has_ticks = needs_math_ticks(writer, run);
	buf_puts(out, has_ticks ? "$`" : "$");
	for (size_t i = 0; i < run->text_len; i++) {
		if (run->text[i] == '|' && writer->context == INLINE_CELL) {
			buf_putc(out, '\\');
		}
		buf_putc(out, run->text[i]);
	}
	buf_puts(out, has_ticks ? "`$" : "$");
}
