#include <stdlib.h>
#include <string.h>

#include "mapping/character.h"
#include "mapping/delimiter.h"
#include "mapping/inline.h"
#include "mapping/inline_node.h"
#include "mapping/link.h"
#include "mapping/mention_mark.h"

/* What can be open: a bracket or a paired tag. */
enum opener_kind {
	OPENER_BRACKET,
	OPENER_BOLD,
	OPENER_ITALIC,
	OPENER_STRIKETHROUGH,
	OPENER_UNDERLINE,
	OPENER_CODE,
	OPENER_SPAN,
	OPENER_KINDS,
};

static const struct {
	const char *name;
	enum opener_kind kind;
	unsigned style;
} paired_tags[] = {
	{"b", OPENER_BOLD, STYLE_BOLD},
	{"strong", OPENER_BOLD, STYLE_BOLD},
	{"i", OPENER_ITALIC, STYLE_ITALIC},
	{"em", OPENER_ITALIC, STYLE_ITALIC},
	{"s", OPENER_STRIKETHROUGH, STYLE_STRIKETHROUGH},
	{"del", OPENER_STRIKETHROUGH, STYLE_STRIKETHROUGH},
	{"strike", OPENER_STRIKETHROUGH, STYLE_STRIKETHROUGH},
	{"u", OPENER_UNDERLINE, STYLE_UNDERLINE},
	{"code", OPENER_CODE, STYLE_CODE},
	{"span", OPENER_SPAN, 0},
};

struct opener {
	enum opener_kind kind;
	size_t node;
	size_t at;	    /* in the source */
	int bottom;	    /* delimiters->last when it was opened */
	int previous_equal; /* the next lower opener of its kind, or -1 */
	bool is_dead;	    /* a bracket whose `]` made no link */
};

/* What a search found: the first hit at or after `from`, so that it need not be repeated. */
struct search {
	bool is_known;
	size_t from;
	size_t hit; /* the text's length when there is none */
};

#define MAX_BACKTICKS 64

struct parser {
	const char *text;
	size_t len;
	size_t at;
	enum inline_context context;
	const struct names *names;
	struct arena *arena;
	unsigned specials; /* bits of special_bytes that count here */
	size_t break_end;  /* just after the last hard break in the source */

	struct inline_nodes nodes;
	struct delimiters delimiters;
	struct opener *openers;
	int opener_count;
	int opener_allocated;
	int last_opener[OPENER_KINDS]; /* topmost live opener of each kind, or -1 */
	int link_floor;		       /* brackets below can't be links: they would hold one */

	struct search dollar;	       /* a `$` that can close */
	struct search backtick_dollar; /* "`$" */
	struct search mention_end;     /* "</mention>" */
	size_t last_backticks[MAX_BACKTICKS +
			      1]; /* a run of n was seen to end here at the latest */
	bool knows_backticks;
};

#define SPECIAL_MARK 1
#define SPECIAL_LINE 2	/* not in VALUE, which keeps its newlines */
#define SPECIAL_EMOJI 4 /* when there are custom emoji */

static const unsigned char special_bytes[256] = {
	['\\'] = SPECIAL_MARK, ['`'] = SPECIAL_MARK, ['*'] = SPECIAL_MARK,  ['_'] = SPECIAL_MARK,
	['~'] = SPECIAL_MARK,  ['$'] = SPECIAL_MARK, ['<'] = SPECIAL_MARK,  ['['] = SPECIAL_MARK,
	[']'] = SPECIAL_MARK,  ['&'] = SPECIAL_MARK, ['\n'] = SPECIAL_LINE, [':'] = SPECIAL_EMOJI,
};

static void literal(struct parser *parser, size_t len)
{
	inline_nodes_literal(&parser->nodes, parser->text + parser->at, len);
	parser->at += len;
}

static void add_run(struct parser *parser, const struct run *run)
{
	size_t node = inline_nodes_add(&parser->nodes, NODE_RUN);
	parser->nodes.items[node].run = arena_alloc(parser->arena, sizeof(*run));
	*parser->nodes.items[node].run = *run;
}

static size_t run_length(const struct parser *parser, size_t at)
{
	size_t end = at;
	while (end < parser->len && parser->text[end] == parser->text[at]) {
		end++;
	}
	return end - at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct parser *parser)
{
	while (parser->at < parser->len && is_blank(parser->text[parser->at])) {
		parser->at++;
	}
}

/* Lines: a break in Notion's text, or a line the user has wrapped. */

static void hard_break(struct parser *parser, size_t len)
{
	inline_nodes_literal(&parser->nodes, "\n", 1);
	parser->at += len;
	parser->break_end = parser->at;
}

static void parse_newline(struct parser *parser)
{
	size_t blanks = 0;
	while (blanks < parser->at && is_blank(parser->text[parser->at - blanks - 1])) {
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

static void parse_backslash(struct parser *parser)
{
	char next = parser->at + 1 < parser->len ? parser->text[parser->at + 1] : '\0';
	if (next == '\n' && parser->context != INLINE_VALUE) {
		hard_break(parser, 2);
		skip_blanks(parser);
	} else if (character_is_ascii_punctuation(next)) {
		parser->at++;
		literal(parser, 1);
	} else {
		literal(parser, 1);
	}
}

static void parse_reference(struct parser *parser)
{
	char bytes[4];
	size_t len = 0;
	size_t used = character_reference(parser->text + parser->at, parser->len - parser->at,
					  bytes, &len);
	if (used == 0) {
		literal(parser, 1);
		return;
	}
	inline_nodes_literal(&parser->nodes, bytes, len);
	parser->at += used;
}

/* Code spans and equations: raw text up to a closing mark. */

/* Where the run of exactly `len` backticks starts that closes one before `from`; 0 when none. */
static size_t find_backticks(struct parser *parser, size_t from, size_t len)
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
		size_t run = run_length(parser, at);
		if (run == len) {
			return at;
		}
		if (run <= MAX_BACKTICKS) {
			parser->last_backticks[run] = at + run;
		}
		at += run;
	}
	parser->knows_backticks = true;
	return 0;
}

/* In a cell `\|` is a pipe even where nothing else is escaped. */
static bool is_cell_pipe(const struct parser *parser, size_t at, size_t end)
{
	return parser->context == INLINE_CELL && parser->text[at] == '\\' && at + 1 < end &&
	       parser->text[at + 1] == '|';
}

static void parse_code(struct parser *parser)
{
	size_t ticks = run_length(parser, parser->at);
	size_t start = parser->at + ticks;
	size_t end = find_backticks(parser, start, ticks);
	if (end == 0) {
		literal(parser, ticks);
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

static void add_equation(struct parser *parser, size_t start, size_t end)
{
	char *expression = arena_alloc(parser->arena, end - start + 1);
	size_t len = 0;
	for (size_t i = start; i < end; i++) {
		i += is_cell_pipe(parser, i, end);
		expression[len++] = parser->text[i];
	}
	struct run run = {.kind = RUN_EQUATION, .text = expression, .text_len = len};
	add_run(parser, &run);
}

/* The first `$` that can close an equation, or newline, at or after `from`. */
static size_t find_dollar(struct parser *parser, size_t from)
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
		if (text[at] == '$' && at > 0 && !is_blank(text[at - 1]) && next != '$' &&
		    !character_is_digit(next)) {
			break;
		}
	}
	*search = (struct search){true, from, at < parser->len ? at : parser->len};
	return search->hit;
}

static size_t find_string(struct parser *parser, struct search *search, const char *string,
			  size_t from)
{
	if (search->is_known && search->from <= from && from <= search->hit) {
		return search->hit;
	}
	const char *hit = NULL;
	if (from < parser->len) {
		hit = memmem(parser->text + from, parser->len - from, string, strlen(string));
	}
	*search = (struct search){true, from,
				  hit != NULL ? (size_t)(hit - parser->text) : parser->len};
	return search->hit;
}

static void parse_dollar(struct parser *parser)
{
	size_t start = parser->at + 1;
	char next = start < parser->len ? parser->text[start] : ' ';
	if (next == '`') {
		size_t end = find_string(parser, &parser->backtick_dollar, "`$", start + 1);
		if (end < parser->len && end > start + 1) {
			parser->at = end + 2;
			add_equation(parser, start + 1, end);
			return;
		}
	} else if (next == '$') {
		literal(parser, run_length(parser, parser->at));
		return;
	} else if (!is_blank(next) && next != '\n') {
		size_t end = find_dollar(parser, start);
		if (end < parser->len && parser->text[end] == '$') {
			parser->at = end + 1;
			add_equation(parser, start, end);
			return;
		}
	}
	literal(parser, 1);
}

static void parse_emoji(struct parser *parser)
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
		literal(parser, 1);
		return;
	}
	run.name = arena_copy(parser->arena, name, len);
	run.text = arena_copy(parser->arena, name - 1, len + 2);
	run.text_len = len + 2;
	add_run(parser, &run);
	parser->at = end + 1;
}

/* Brackets and paired tags. */

static size_t open(struct parser *parser, enum opener_kind kind, size_t len)
{
	if (parser->opener_count == parser->opener_allocated) {
		parser->opener_allocated = parser->opener_allocated * 2 + 16;
		parser->openers = realloc(parser->openers, (size_t)parser->opener_allocated *
								   sizeof(*parser->openers));
		if (parser->openers == NULL) {
			abort();
		}
	}
	size_t node = inline_nodes_add(&parser->nodes, NODE_PENDING);
	parser->openers[parser->opener_count] = (struct opener){
		.kind = kind,
		.node = node,
		.at = parser->at,
		.bottom = parser->delimiters.last,
		.previous_equal = parser->last_opener[kind],
	};
	parser->last_opener[kind] = parser->opener_count++;
	inline_nodes_extend(&parser->nodes, parser->text + parser->at, len);
	parser->at += len;
	return node;
}

/* Matches the opener with what stands here; what was opened inside and not closed is literal. */
static struct inline_node *close_opener(struct parser *parser, int index)
{
	size_t node = parser->openers[index].node;
	delimiters_match(&parser->delimiters, &parser->nodes, parser->openers[index].bottom);
	while (parser->opener_count > index) {
		const struct opener *top = &parser->openers[--parser->opener_count];
		if (!top->is_dead) {
			parser->last_opener[top->kind] = top->previous_equal;
		}
	}
	if (parser->link_floor > index) {
		parser->link_floor = index;
	}
	size_t close = inline_nodes_add(&parser->nodes, NODE_CLOSE);
	parser->nodes.items[close].opener = node;
	parser->nodes.items[node].kind = NODE_OPEN;
	parser->nodes.items[node].len = 0;
	return &parser->nodes.items[node];
}

static void parse_close_bracket(struct parser *parser)
{
	int index = parser->last_opener[OPENER_BRACKET];
	if (index < 0) {
		literal(parser, 1);
		return;
	}
	struct opener *opener = &parser->openers[index];
	const char *url = "";
	size_t used = 0;
	bool has_label = opener->node + 1 < parser->nodes.count;
	if (index >= parser->link_floor && has_label && parser->at + 1 < parser->len &&
	    parser->text[parser->at + 1] == '(') {
		used = link_target_parse(parser->arena, parser->text + parser->at + 1,
					 parser->len - parser->at - 1, &url);
	}
	if (used == 0 || url[0] == '\0') {
		opener->is_dead = true;
		parser->last_opener[OPENER_BRACKET] = opener->previous_equal;
		literal(parser, 1);
		return;
	}
	close_opener(parser, index)->link = url;
	parser->link_floor = index;
	parser->at += 1 + used;
}

/* The index in paired_tags, or -1. */
static int find_paired(const char *name)
{
	for (size_t i = 0; i < sizeof(paired_tags) / sizeof(paired_tags[0]); i++) {
		if (strcmp(name, paired_tags[i].name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

/* "red", "red_bg" or "red_background". */
static enum color parse_color(const char *name)
{
	size_t len = strlen(name);
	if (len > 3 && strcmp(name + len - 3, "_bg") == 0) {
		char full[32];
		if (len + 9 > sizeof(full)) {
			return COLOR_COUNT;
		}
		memcpy(full, name, len - 2);
		memcpy(full + len - 2, "background", sizeof("background"));
		return color_from_name(full, len + 8);
	}
	return color_from_name(name, len);
}

static void parse_paired(struct parser *parser, const struct tag *tag, int pair)
{
	enum opener_kind kind = paired_tags[pair].kind;
	if (tag->is_close) {
		int index = parser->last_opener[kind];
		if (index < 0) {
			literal(parser, tag->len);
			return;
		}
		parser->at += tag->len;
		(void)close_opener(parser, index);
		return;
	}
	unsigned style = paired_tags[pair].style;
	const char *color = tag_attribute(tag, "color");
	enum color known = color != NULL ? parse_color(color) : COLOR_COUNT;
	if (kind == OPENER_SPAN) {
		const char *underline = tag_attribute(tag, "underline");
		style = underline != NULL && strcmp(underline, "true") == 0 ? STYLE_UNDERLINE : 0;
		if (style == 0 && known == COLOR_COUNT) {
			literal(parser, tag->len);
			return;
		}
	}
	if (tag->is_self_closing) {
		literal(parser, tag->len);
		return;
	}
	size_t node = open(parser, kind, tag->len);
	parser->nodes.items[node].style = style;
	parser->nodes.items[node].has_color = kind == OPENER_SPAN && known != COLOR_COUNT;
	parser->nodes.items[node].color = known;
}

/* A mention, date or equation tag, with its label and close tag. */
static bool parse_run_tag(struct parser *parser, const struct tag *tag)
{
	size_t start = parser->at + tag->len;
	size_t end = start;
	size_t next = start;
	if (tag->is_close) {
		return false;
	}
	if (!tag->is_self_closing && strcmp(tag->name, "mention") == 0) {
		end = find_string(parser, &parser->mention_end, "</mention>", start);
		if (end >= parser->len) {
			return false;
		}
		next = end + strlen("</mention>");
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
	add_run(parser, &run);
	parser->at = next;
	return true;
}

static void parse_less_than(struct parser *parser)
{
	const char *text = parser->text + parser->at;
	size_t len = parser->len - parser->at;
	if (len < 3 || !(character_is_ascii_letter(text[1]) || text[1] == '/')) {
		literal(parser, 1);
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
		literal(parser, 1);
		return;
	}
	int pair = find_paired(tag.name);
	if (pair >= 0) {
		parse_paired(parser, &tag, pair);
	} else if (strcmp(tag.name, "br") == 0 && !tag.is_close) {
		hard_break(parser, tag.len);
	} else if (!mention_mark_is_tag(tag.name) || !parse_run_tag(parser, &tag)) {
		literal(parser, 1);
	}
}

static void parse_special(struct parser *parser)
{
	switch (parser->text[parser->at]) {
	case '\\': parse_backslash(parser); break;
	case '&': parse_reference(parser); break;
	case '\n': parse_newline(parser); break;
	case '`': parse_code(parser); break;
	case '$': parse_dollar(parser); break;
	case ':': parse_emoji(parser); break;
	case '<': parse_less_than(parser); break;
	case '[': (void)open(parser, OPENER_BRACKET, 1); break;
	case ']': parse_close_bracket(parser); break;
	default: {
		size_t len = run_length(parser, parser->at);
		delimiters_add(&parser->delimiters, &parser->nodes, parser->text, parser->len,
			       parser->at, len);
		parser->at += len;
	}
	}
}

static size_t plain_length(const struct parser *parser)
{
	size_t at = parser->at;
	while (at < parser->len &&
	       (special_bytes[(unsigned char)parser->text[at]] & parser->specials) == 0) {
		at++;
	}
	return at - parser->at;
}

static void report_unclosed(const struct parser *parser, unsigned line,
			    struct diagnostics *diagnostics)
{
	for (int i = 0; i < parser->opener_count; i++) {
		const struct opener *opener = &parser->openers[i];
		if (opener->kind == OPENER_BRACKET) {
			continue;
		}
		unsigned at_line = line;
		for (size_t at = 0; at < opener->at; at++) {
			at_line += parser->text[at] == '\n';
		}
		const char *name = "span";
		for (size_t k = sizeof(paired_tags) / sizeof(paired_tags[0]); k-- > 0;) {
			name = paired_tags[k].kind == opener->kind ? paired_tags[k].name : name;
		}
		diagnostics_add(diagnostics, SEVERITY_WARNING, at_line, 0,
				"<%s> is not closed and stays text, close it with </%s>", name,
				name);
		if (diagnostics->dropped > 0) {
			return;
		}
	}
}

static void parse_marks(struct parser *parser, unsigned line, struct diagnostics *diagnostics,
			struct rich_text *ret_text)
{
	inline_nodes_init(&parser->nodes, parser->len);
	parser->delimiters.last = DELIMITER_NONE;
	for (int i = 0; i < OPENER_KINDS; i++) {
		parser->last_opener[i] = -1;
	}
	while (parser->at < parser->len) {
		literal(parser, plain_length(parser));
		if (parser->at < parser->len) {
			parse_special(parser);
		}
	}
	delimiters_match(&parser->delimiters, &parser->nodes, DELIMITER_NONE);
	inline_nodes_to_runs(&parser->nodes, parser->arena, ret_text);
	if (diagnostics != NULL) {
		report_unclosed(parser, line, diagnostics);
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
		while (len > 0 && (is_blank(text[len - 1]) || text[len - 1] == '\n')) {
			len--;
		}
		while (len > 0 && (is_blank(text[0]) || text[0] == '\n')) {
			line += text[0] == '\n';
			text++;
			len--;
		}
	}
	struct parser parser = {.text = text, .len = len};
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
