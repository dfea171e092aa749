#include "mapping/parse.h"

#include <errno.h>
#include <string.h>

#include "mapping/parse_base.h"
#include "mapping/parse_tag.h"
#include "mapping/parser.h"
#include "mapping/utf8.h"

/* What no page can reach: the API's own limits are far below. */
#define PARSE_MAX_BYTES ((size_t)256 << 20)

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Cuts the next line off; true while there is one. */
static bool next_line(const char **text, const char *end, const char **ret_line, size_t *ret_len)
{
	if (*text == end) {
		return false;
	}
	const char *feed = memchr(*text, '\n', (size_t)(end - *text));
	const char *stop = feed != NULL ? feed : end;
	*ret_line = *text;
	*ret_len = (size_t)(stop - *text);
	if (*ret_len > 0 && feed != NULL && stop[-1] == '\r') {
		(*ret_len)--;
	}
	*text = feed != NULL ? feed + 1 : end;
	return true;
}

static bool is_frontmatter_mark(const char *line, size_t len)
{
	return trim_end(line, len) == 3 && memcmp(line, "---", 3) == 0;
}

void parse_split(const char *text, size_t len, struct page_text *ret_page)
{
	const char *end = text + len;
	const char *line = NULL;
	size_t line_len = 0;
	unsigned number = 2;

	if (len >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
		text += 3;
	}
	*ret_page =
		(struct page_text){.body = text, .body_len = (size_t)(end - text), .body_line = 1};
	const char *next = text;
	if (!next_line(&next, end, &line, &line_len) || !is_frontmatter_mark(line, line_len)) {
		return;
	}
	const char *frontmatter = next;
	for (; next_line(&next, end, &line, &line_len); number++) {
		if (is_frontmatter_mark(line, line_len)) {
			ret_page->frontmatter = frontmatter;
			ret_page->frontmatter_len = (size_t)(line - frontmatter);
			ret_page->frontmatter_line = 2;
			ret_page->body = next;
			ret_page->body_len = (size_t)(end - next);
			ret_page->body_line = number + 1;
			return;
		}
	}
}

/* Does an open paragraph stay one although the line begins a list? */
static bool is_kept_by_paragraph(const struct parser *parser, const struct list_marker *marker,
				 bool all_matched)
{
	return parser->leaf.kind == LEAF_PARAGRAPH && all_matched &&
	       (marker->is_empty || (marker->is_ordered && marker->number != 1));
}

static bool parse_paragraph_mark(struct parser *parser, const struct line *line)
{
	unsigned underline = scan_underline(line->text, line->len);
	if (underline > 0) {
		leaf_underline(parser, underline);
		return true;
	}
	size_t columns = scan_table_delimiter(line->text, line->len);
	return columns > 0 && table_begin(parser, columns);
}

enum start { START_NONE, START_LEAF, START_CONTAINER };

/* One container or leaf (but no paragraph) that the line begins. */
static enum start parse_start(struct parser *parser, struct line *line, unsigned indent,
			      size_t matched)
{
	bool all_matched = matched == parser->depth;
	struct list_marker marker;
	struct block_tag tag;
	size_t start = 0;
	size_t len = 0;
	unsigned level = 0;
	const struct tag_rule *rule = NULL;

	switch (line->text[0]) {
	case '#':
		level = scan_heading(line->text, line->len, &start, &len);
		if (level == 0) {
			return START_NONE;
		}
		parser_close(parser, matched);
		parse_heading(parser, line, level, line->text + start, len);
		return START_LEAF;
	case '`':
	case '~':
		if (scan_fence(line->text, line->len) == 0) {
			return START_NONE;
		}
		parser_close(parser, matched);
		(void)leaf_begin_fence(parser, line, indent);
		return START_LEAF;
	case '$':
		if (line->len < 2 || line->text[1] != '$') {
			return START_NONE;
		}
		return leaf_begin_equation(parser, line, indent, matched) ? START_LEAF : START_NONE;
	case '>':
		parser_close(parser, matched);
		parse_quote(parser, line);
		return START_CONTAINER;
	case '!': return parse_image(parser, line, matched) ? START_LEAF : START_NONE;
	case '[':
		if (parser->leaf.kind == LEAF_NONE && all_matched && parse_alert(parser, line)) {
			return START_CONTAINER;
		}
		return START_NONE;
	case '<':
		rule = scan_close_tag(line->text, line->len);
		if (rule != NULL) {
			parse_close_tag(parser, rule, line, matched);
			return START_LEAF;
		}
		if (!scan_block_tag(&parser->tree->arena, line, &tag)) {
			return START_NONE;
		}
		tag.indent = indent;
		parser_close(parser, matched);
		if (!parser->failed) {
			parse_block_tag(parser, &tag, line);
		}
		return START_CONTAINER;
	default: break;
	}
	if (scan_divider(line->text, line->len)) {
		parser_close(parser, matched);
		(void)parser_add_block(parser, BLOCK_DIVIDER, line->number, line_character(line));
		return START_LEAF;
	}
	if (!scan_list_marker(line, &marker) ||
	    is_kept_by_paragraph(parser, &marker, all_matched)) {
		return START_NONE;
	}
	parser_close(parser, matched);
	if (!parser->failed) {
		parse_item(parser, line, &marker, indent);
	}
	return START_CONTAINER;
}

static void parse_blank(struct parser *parser, size_t matched)
{
	struct container *top = NULL;

	if (matched < parser->depth || parser->leaf.kind == LEAF_PARAGRAPH ||
	    parser->leaf.kind == LEAF_TABLE) {
		parser_close(parser, matched);
	}
	/* An item that begins with a blank line has no text. */
	top = parser_top(parser);
	if (top->kind == CONTAINER_ITEM) {
		top->wants_title = false;
	}
}

/* Cheap: can a line that begins like this begin anything but a paragraph? */
static bool may_start(char c)
{
	return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0);
}

void parse_content(struct parser *parser, struct line *line, size_t matched)
{
	while (!parser->failed) {
		bool all_matched = matched == parser->depth;
		if (line->is_blank) {
			parse_blank(parser, matched);
			return;
		}
		unsigned indent = line_indent(line);
		bool is_paragraph = parser->leaf.kind == LEAF_PARAGRAPH;
		if (indent >= LINE_CODE_INDENT && !is_paragraph) {
			parser_close(parser, matched);
			if (!parser->failed) {
				leaf_begin_indented(parser, line);
			}
			return;
		}
		line_skip_spaces(line);
		if (indent < LINE_CODE_INDENT) {
			if (is_paragraph && all_matched && parse_paragraph_mark(parser, line)) {
				return;
			}
			enum start start = may_start(line->text[0])
						   ? parse_start(parser, line, indent, matched)
						   : START_NONE;
			if (start == START_LEAF) {
				return;
			}
			if (start == START_CONTAINER) {
				if (line->is_blank) {
					return;
				}
				matched = parser->depth;
				continue;
			}
		}
		if (is_paragraph) {
			/* Also where containers did not match: a lazy line. */
			leaf_add_text(parser, line);
		} else if (parser->leaf.kind == LEAF_TABLE && all_matched) {
			table_add_line(parser, line->text, line->len, line->number);
		} else {
			parser_close(parser, matched);
			leaf_begin_paragraph(parser, line);
		}
		return;
	}
}

static void parse_line(struct parser *parser, const char *text, size_t len, unsigned number)
{
	struct line line = {.text = text, .len = len, .number = number, .start = text};

	line.is_blank = trim_end(text, len) == 0;
	size_t matched = parser_match(parser, &line);
	if (leaf_is_raw(&parser->leaf)) {
		bool is_inside = matched == parser->depth;
		if (is_inside && (parser->leaf.kind != LEAF_INDENTED || line.is_blank ||
				  line_indent(&line) >= LINE_CODE_INDENT)) {
			leaf_add_raw(parser, &line);
			return;
		}
		leaf_close(parser);
	}
	parse_content(parser, &line, matched);
}

static void parse_lines(struct parser *parser, const char *body, size_t len, unsigned number)
{
	const char *end = body + len;
	const char *line = NULL;
	size_t line_len = 0;

	if (len >= 3 && memcmp(body, byte_order_mark, 3) == 0) {
		body += 3;
	}
	while (!parser->failed && next_line(&body, end, &line, &line_len)) {
		parse_line(parser, line, line_len, number++);
	}
	if (!parser->failed) {
		parser_close(parser, 1);
	}
}

int parse_blocks(const char *body, size_t len, unsigned first_line, const struct block_tree *base,
		 const struct names *names, struct diagnostics *diagnostics,
		 struct block_tree **ret_tree)
{
	if (len > PARSE_MAX_BYTES) {
		diagnostics_add(diagnostics, SEVERITY_ERROR, 0, 0,
				"the text is larger than %zu MB, split the page",
				PARSE_MAX_BYTES >> 20);
		return -EFBIG;
	}
	if (!utf8_check(body, len, first_line, diagnostics)) {
		return -EINVAL;
	}
	CLEANUP(block_tree) struct block_tree *tree = block_tree_new();
	CLEANUP(free) struct parser *parser = calloc(1, sizeof(*parser));
	if (parser == NULL) {
		abort();
	}
	parser->tree = tree;
	parser->names = names;
	parser->diagnostics = diagnostics;
	parser->depth = 1;
	parser->containers[0] = (struct container){.kind = CONTAINER_ROOT, .block = &tree->root};
	buf_init(&parser->text, PARSE_MAX_BYTES);
	parse_lines(parser, body, len, first_line);
	buf_release(&parser->text);
	if (parser->failed) {
		return -EINVAL;
	}
	parse_take_base(tree, base, names);
	*ret_tree = steal(&tree);
	return 0;
}
