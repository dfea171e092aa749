#include "mapping/inline.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/character.h"
#include "mapping/inline_opener.h"
#include "mapping/inline_parser.h"
#include "mapping/inline_raw.h"
#include "mapping/link.h"
#include "mapping/mention_mark.h"

#define SPECIAL_MARK 1
#define SPECIAL_LINE 2	/* not in VALUE, which keeps its newlines */
#define SPECIAL_EMOJI 4 /* when there are custom emoji */

static const unsigned char special_bytes[256] = {
	['\\'] = SPECIAL_MARK, ['`'] = SPECIAL_MARK, ['*'] = SPECIAL_MARK,  ['_'] = SPECIAL_MARK,
	['~'] = SPECIAL_MARK,  ['$'] = SPECIAL_MARK, ['<'] = SPECIAL_MARK,  ['['] = SPECIAL_MARK,
	[']'] = SPECIAL_MARK,  ['&'] = SPECIAL_MARK, ['\n'] = SPECIAL_LINE, [':'] = SPECIAL_EMOJI,
};

static void skip_blanks(struct inline_parser *parser)
{
	while (parser->at < parser->len && inline_parser_is_blank(parser->text[parser->at])) {
		parser->at++;
	}
}

/* Lines: a break in Notion's text, or a line the user has wrapped. */

static void hard_break(struct inline_parser *parser, size_t len)
{
	inline_nodes_literal(&parser->nodes, "\n", 1);
	parser->at += len;
	parser->break_end = parser->at;
}

static void parse_newline(struct inline_parser *parser)
{
	size_t blanks = 0;
	while (blanks < parser->at &&
	       inline_parser_is_blank(parser->text[parser->at - blanks - 1])) {
		blanks++;
	}
	bool is_after_break = parser->break_end > 0 && parser->break_end + blanks >= parser->at;
	bool is_hard = blanks >= 2 && parser->text[parser->at - 1] == ' ' &&
		       parser->text[parser->at - 2] == ' ';
	if (blanks > 0 && parser->nodes.count > 0) {
		/* they are the last bytes of the last literal node */
		struct inline_node *last = &parser->nodes.items[parser->nodes.count - 1];
		size_t cut = blanks < last->len ? blanks : last->len;
		last->len -= cut;
		parser->nodes.text_len -= cut;
	}
	parser->at++;
	if (!is_after_break) {
		inline_nodes_literal(&parser->nodes, is_hard ? "\n" : " ", 1);
	}
	skip_blanks(parser);
}

static void parse_backslash(struct inline_parser *parser)
{
	char next = parser->at + 1 < parser->len ? parser->text[parser->at + 1] : '\0';
	if (next == '\n' && parser->context != INLINE_VALUE) {
		hard_break(parser, 2);
		skip_blanks(parser);
	} else if (character_is_ascii_punctuation(next)) {
		parser->at++;
		inline_parser_literal(parser, 1);
	} else {
		inline_parser_literal(parser, 1);
	}
}

static void parse_reference(struct inline_parser *parser)
{
	char bytes[4];
	size_t len = 0;
	size_t used = character_reference(parser->text + parser->at, parser->len - parser->at,
					  bytes, &len);
	if (used == 0) {
		inline_parser_literal(parser, 1);
		return;
	}
	inline_nodes_literal(&parser->nodes, bytes, len);
	parser->at += used;
}

static void parse_emoji(struct inline_parser *parser)
{
	size_t end = parser->at + 1;
	while (end < parser->len && end - parser->at <= 64 &&
	       (character_is_ascii_letter(parser->text[end]) ||
		character_is_digit(parser->text[end]) || parser->text[end] == '_' ||
		parser->text[end] == '-' || parser->text[end] == '+')) {
		end++;
	}
	const char *name = parser->text + parser->at + 1;
	size_t len = end - parser->at - 1;
	struct run run = {.kind = RUN_MENTION, .mention = MENTION_CUSTOM_EMOJI};
	if (len == 0 || end >= parser->len || parser->text[end] != ':' ||
	    !parser->names->find_emoji(parser->names->context, name, len, &run.id)) {
		inline_parser_literal(parser, 1);
		return;
	}
	run.name = arena_copy(parser->arena, name, len);
	run.text = arena_copy(parser->arena, name - 1, len + 2);
	run.text_len = len + 2;
	inline_parser_add_run(parser, &run);
	parser->at = end + 1;
}

/* Where the label of a mention ends, the length of its close tag in *ret_close_len; the text's
 * length when there is none. */
static size_t find_label_end(struct inline_parser *parser, const struct tag *tag, size_t start,
			     size_t *ret_close_len)
{
	static const char *const closes[INLINE_MENTION_TAGS] = {
		"</mention>", "</mention-user>", "</mention-page>", "</mention-database>"};

	for (size_t i = 0; i < INLINE_MENTION_TAGS; i++) {
		size_t name_len = strlen(closes[i]) - 3;
		if (strlen(tag->name) == name_len &&
		    memcmp(tag->name, closes[i] + 2, name_len) == 0) {
			*ret_close_len = name_len + 3;
			return inline_parser_find(parser, &parser->mention_ends[i], closes[i],
						  start);
		}
	}
	return parser->len;
}

/* A mention, date or equation tag, with its label and close tag. */
static bool parse_run_tag(struct inline_parser *parser, const struct tag *tag)
{
	size_t start = parser->at + tag->len;
	size_t end = start;
	size_t next = start;
	if (tag->is_close) {
		return false;
	}
	size_t close_len = 0;
	size_t label_end =
		tag->is_self_closing ? parser->len : find_label_end(parser, tag, start, &close_len);
	if (label_end < parser->len) {
		end = label_end;
		next = end + close_len;
	} else if (!tag->is_self_closing && strcmp(tag->name, "mention") == 0) {
		return false;
	} else if (!tag->is_self_closing && start < parser->len && parser->text[start] == '<') {
		struct tag close;
		if (tag_parse(parser->arena, parser->text + start, parser->len - start, &close) &&
		    close.is_close && strcmp(close.name, tag->name) == 0) {
			next = start + close.len;
		}
	}
	struct run run;
	if (!mention_mark_parse(parser->arena, tag, parser->text + start, end - start, &run)) {
		return false;
	}
	inline_parser_add_run(parser, &run);
	parser->at = next;
	return true;
}

static void parse_less_than(struct inline_parser *parser)
{
	const char *text = parser->text + parser->at;
	size_t len = parser->len - parser->at;
	if (len < 3 || !(character_is_ascii_letter(text[1]) || text[1] == '/')) {
		inline_parser_literal(parser, 1);
		return;
	}
	size_t auto_len = link_auto_parse(text, len);
	if (auto_len > 0) {
		(void)inline_nodes_add(&parser->nodes, NODE_AUTOLINK);
		inline_nodes_extend(&parser->nodes, text + 1, auto_len - 2);
		parser->at += auto_len;
		return;
	}
	struct tag tag;
	if (!tag_parse(parser->arena, text, len, &tag)) {
		inline_parser_literal(parser, 1);
		return;
	}
	int pair = inline_opener_find_tag(tag.name);
	if (pair >= 0) {
		inline_opener_tag(parser, &tag, pair);
	} else if (strcmp(tag.name, "br") == 0 && !tag.is_close) {
		hard_break(parser, tag.len);
	} else if (!mention_mark_is_tag(tag.name) || !parse_run_tag(parser, &tag)) {
		inline_parser_literal(parser, 1);
	}
}

static void parse_special(struct inline_parser *parser)
{
	switch (parser->text[parser->at]) {
	case '\\': parse_backslash(parser); break;
	case '&': parse_reference(parser); break;
	case '\n': parse_newline(parser); break;
	case '`': inline_raw_code(parser); break;
	case '$': inline_raw_equation(parser); break;
	case ':': parse_emoji(parser); break;
	case '<': parse_less_than(parser); break;
	case '[': inline_opener_bracket(parser); break;
	case ']': inline_opener_close_bracket(parser); break;
	default: {
		size_t len = inline_parser_run_length(parser, parser->at);
		delimiters_add(&parser->delimiters, &parser->nodes, parser->text, parser->len,
			       parser->at, len);
		parser->at += len;
	}
	}
}

static size_t plain_length(const struct inline_parser *parser)
{
	size_t at = parser->at;
	while (at < parser->len &&
	       (special_bytes[(unsigned char)parser->text[at]] & parser->specials) == 0) {
		at++;
	}
	return at - parser->at;
}

static void parse_marks(struct inline_parser *parser, unsigned line,
			struct diagnostics *diagnostics, struct rich_text *ret_text)
{
	inline_nodes_init(&parser->nodes, parser->len);
	parser->delimiters.last = DELIMITER_NONE;
	for (int i = 0; i < OPENER_KINDS; i++) {
		parser->last_opener[i] = -1;
	}
	while (parser->at < parser->len) {
		inline_parser_literal(parser, plain_length(parser));
		if (parser->at < parser->len) {
			parse_special(parser);
		}
	}
	delimiters_match(&parser->delimiters, &parser->nodes, DELIMITER_NONE);
	inline_nodes_to_runs(&parser->nodes, parser->arena, ret_text);
	if (diagnostics != NULL) {
		inline_opener_report_unclosed(parser, line, diagnostics);
	}
	inline_nodes_release(&parser->nodes);
	delimiters_release(&parser->delimiters);
	free(parser->openers);
}

static void plain_text(struct arena *arena, const char *text, size_t len,
		       struct rich_text *ret_text)
{
	*ret_text = (struct rich_text){0};
	if (len > 0) {
		struct run *run = arena_alloc(arena, sizeof(*run));
		run->text = arena_copy(arena, text, len);
		run->text_len = len;
		*ret_text = (struct rich_text){run, 1};
	}
}

void inline_parse(struct arena *arena, const char *text, size_t len, enum inline_context context,
		  const struct names *names, unsigned line, struct diagnostics *diagnostics,
		  struct rich_text *ret_text)
{
	if (context != INLINE_VALUE) {
		while (len > 0 &&
		       (inline_parser_is_blank(text[len - 1]) || text[len - 1] == '\n')) {
			len--;
		}
		while (len > 0 && (inline_parser_is_blank(text[0]) || text[0] == '\n')) {
			line += text[0] == '\n';
			text++;
			len--;
		}
	}
	struct inline_parser parser = {.text = text, .len = len};
	bool finds_emoji = names != NULL && names->find_emoji != NULL;
	parser.specials = SPECIAL_MARK | (context != INLINE_VALUE ? SPECIAL_LINE : 0) |
			  (finds_emoji ? SPECIAL_EMOJI : 0);
	if (plain_length(&parser) == len) {
		plain_text(arena, text, len, ret_text);
		return;
	}
	parser.context = context;
	parser.names = names;
	parser.arena = arena;
	parse_marks(&parser, line, diagnostics, ret_text);
}
