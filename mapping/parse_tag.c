#include "mapping/parse_tag.h"

#include <string.h>

bool scan_block_tag(struct arena *arena, const struct line *line, struct block_tag *ret_tag)
{
	char close[40];
	size_t len = trim_end(line->text, line->len);
	struct block_tag found = {0};

	if (len < 3 || line->text[0] != '<') {
		return false;
	}
	found.rule = tag_rule_find(line->text + 1, len - 1);
	if (found.rule == NULL || !tag_parse(arena, line->text, len, &found.tag) ||
	    found.tag.is_close) {
		return false;
	}
	found.content = line->text + found.tag.len;
	found.content_len = len - found.tag.len;
	found.is_closed = found.tag.is_self_closing;
	if (found.is_closed) {
		*ret_tag = found;
		return found.content_len == 0;
	}
	size_t close_len = strlen(found.rule->name) + 3;
	(void)snprintf(close, sizeof(close), "</%s>", found.rule->name);
	if (found.content_len >= close_len &&
	    memcmp(line->text + len - close_len, close, close_len) == 0) {
		found.is_closed = true;
		found.content_len -= close_len;
	} else if (memmem(found.content, found.content_len, close, close_len) != NULL) {
		return false;
	} else if (found.rule->shape == TAG_VOID) {
		found.is_closed = true;
		if (found.content_len > 0) {
			return false;
		}
	} else if (strcmp(found.rule->name, "summary") == 0 ||
		   strcmp(found.rule->name, "tr") == 0) {
		return false; /* they are one line */
	}
	*ret_tag = found;
	return true;
}

/* <li> is what its list says. */
static enum block_type type_of(const struct parser *parser, const struct block_tag *tag)
{
	const struct container *top = &parser->containers[parser->depth - 1];
	const char *heading = tag_attribute(&tag->tag, "heading");

	if (strcmp(tag->rule->name, "li") == 0) {
		return top->rule->type;
	}
	if (tag->rule->type == BLOCK_TOGGLE && heading != NULL) {
		static const enum block_type headings[] = {BLOCK_HEADING_1, BLOCK_HEADING_2,
							   BLOCK_HEADING_3, BLOCK_HEADING_4};
		if (heading[0] == 'h' && heading[1] >= '1' && heading[1] <= '4' &&
		    heading[2] == '\0') {
			return headings[heading[1] - '1'];
		}
		return BLOCK_TYPE_COUNT;
	}
	if (tag->rule->type == BLOCK_UNSUPPORTED && tag_attribute(&tag->tag, "type") != NULL) {
		return BLOCK_OTHER;
	}
	return tag->rule->type;
}

static bool stands_in_parent(const struct parser *parser, const struct tag_rule *rule)
{
	const struct container *top = &parser->containers[parser->depth - 1];

	/* A list of columns or rows by themselves is what the API says below <columns>, <table>. */
	if (rule->parent == NULL ||
	    (top->kind == CONTAINER_ROOT &&
	     (rule->type == BLOCK_COLUMN || rule->type == BLOCK_TABLE_ROW))) {
		return true;
	}
	return top->kind == CONTAINER_TAG &&
	       (strcmp(top->rule->name, rule->parent) == 0 ||
		(top->rule->shape == TAG_WRAPPER && strcmp(rule->parent, "ul") == 0));
}

/* What stands behind the title on its line. */
static void add_rest(struct parser *parser, struct block *block, const char *text, size_t len,
		     unsigned line)
{
	if (trim_end(text, len) == 0) {
		return;
	}
	struct block *rest = block_append(parser->tree, block, BLOCK_PARAGRAPH);
	rest->line = line;
	inline_parse(&parser->tree->arena, text, len, INLINE_TAG, parser->names, line,
		     parser->diagnostics, &rest->text);
}

static void parse_title(struct parser *parser, struct block *block, const struct block_tag *tag,
			unsigned line)
{
	const char *text = tag->content;
	size_t len = tag->content_len;
	struct rich_text title = {0};

	/* <details><summary>Title</summary>text</details> */
	const char *end = len >= 19 && memcmp(text, "<summary>", 9) == 0
				  ? memmem(text, len, "</summary>", 10)
				  : NULL;
	if (end != NULL) {
		add_rest(parser, block, end + 10, (size_t)(text + len - (end + 10)), line);
		text += 9;
		len = (size_t)(end - text);
	}
	if (!tag->tag.is_self_closing) {
		inline_parse(&parser->tree->arena, text, len, INLINE_TAG, parser->names, line,
			     parser->diagnostics, &title);
	}
	parser_set_title(parser->tree, block, &title);
}

/* A <p> without attributes is as good as its text, in the place of a title too. */
static bool parse_plain_paragraph(struct parser *parser, const struct block_tag *tag,
				  const struct line *line)
{
	struct rich_text text = {0};

	if (tag->rule->type != BLOCK_PARAGRAPH || !tag->is_closed || tag->tag.attribute_count > 0 ||
	    strcmp(tag->rule->name, "tab") == 0) {
		return false;
	}
	if (!tag->tag.is_self_closing && tag->content_len > 0) {
		inline_parse(&parser->tree->arena, tag->content, tag->content_len, INLINE_TAG,
			     parser->names, line->number, parser->diagnostics, &text);
	}
	parser_add_paragraph(parser, &text, COLOR_DEFAULT, line->number, line_character(line));
	return true;
}

static void parse_wrapper(struct parser *parser, struct container *container,
			  const struct block_tag *tag, const struct line *line)
{
	const char *type = tag_attribute(&tag->tag, "type");
	const char *start = tag_attribute(&tag->tag, "start");

	if (tag->rule->type != BLOCK_NUMBERED_LIST_ITEM) {
		return;
	}
	if (type != NULL) {
		container->list_format = strcmp(type, "1") == 0	  ? "numbers"
					 : strcmp(type, "a") == 0 ? "letters"
					 : strcmp(type, "i") == 0 ? "roman"
								  : type;
	}
	if (start != NULL) {
		size_t digits = strspn(start, "0123456789");
		if (digits == 0 || digits > 9 || start[digits] != '\0') {
			parser_fail(parser, line->number, line_character(line),
				    "start=\"%.40s\" is not a number, give one like start=\"5\"",
				    start);
			return;
		}
		container->list_start_index = (unsigned)strtoul(start, NULL, 10);
	}
}

static void take_list(struct parser *parser, struct block *block)
{
	struct container *list = parser_top(parser);

	if (block->type == BLOCK_NUMBERED_LIST_ITEM && list->kind == CONTAINER_TAG) {
		block->list_format = list->list_format;
		block->list_start_index = list->list_start_index;
		list->list_start_index = 0;
	}
}

static void parse_raw(struct parser *parser, struct block *block, const struct block_tag *tag,
		      const struct line *line)
{
	if (!tag->is_closed) {
		buf_clear(&parser->text);
		parser->leaf = (struct leaf){.kind = LEAF_RAW,
					     .line = line->number,
					     .character = line_character(line),
					     .block = block,
					     .indent = tag->indent,
					     .rule = tag->rule};
		if (tag->content_len > 0) {
			buf_append(&parser->text, tag->content, tag->content_len);
			parser->leaf.line_count = 1;
		}
	} else if (block->type == BLOCK_TABLE) {
		table_parse_tags(parser, block, tag->content, tag->content_len, line->number);
	} else if (block->type == BLOCK_EQUATION) {
		if (block->expression == NULL) {
			block->expression =
				arena_copy(&parser->tree->arena, tag->content, tag->content_len);
		}
	} else if (!tag->tag.is_self_closing) {
		inline_parse(&parser->tree->arena, tag->content, tag->content_len, INLINE_TAG,
			     parser->names, line->number, parser->diagnostics, &block->text);
	}
}

static void open_container(struct parser *parser, struct block *block, const struct block_tag *tag,
			   struct line *line)
{
	struct container *container = parser_push(parser, CONTAINER_TAG, block, line);
	if (container == NULL) {
		return;
	}
	container->rule = tag->rule;
	container->wants_title = tag->rule->shape == TAG_TITLED || tag->rule->shape == TAG_LEAF;
	if (block == NULL) {
		parse_wrapper(parser, container, tag, line);
	}
	line_advance(line, tag->tag.len);
	line->len = tag->content_len;
	line->is_blank = trim_end(line->text, line->len) == 0;
	if (!tag->is_closed || parser->failed) {
		return;
	}
	/* All on one line: the content, and closed again. */
	size_t depth = parser->depth;
	if (!line->is_blank) {
		parse_content(parser, line, depth);
	}
	if (!parser->failed) {
		parser_close(parser, depth);
		parser->depth--;
	}
	line->len = 0;
	line->is_blank = true;
}

void parse_block_tag(struct parser *parser, const struct block_tag *tag, struct line *line)
{
	unsigned character = line_character(line);
	struct block *block = NULL;

	if (!stands_in_parent(parser, tag->rule)) {
		parser_fail(parser, line->number, character, "<%s> stands alone, put it into <%s>",
			    tag->rule->name, tag->rule->parent);
		return;
	}
	if (tag->rule->type == BLOCK_TABLE_ROW) {
		table_parse_row(parser, parser_top(parser)->block, line->text, line->len,
				line->number);
		line->len = 0;
		line->is_blank = true;
		return;
	}
	if (parse_plain_paragraph(parser, tag, line)) {
		line->len = 0;
		line->is_blank = true;
		return;
	}
	if (tag->rule->shape != TAG_WRAPPER) {
		enum block_type type = type_of(parser, tag);
		if (type == BLOCK_TYPE_COUNT) {
			parser_fail(parser, line->number, character,
				    "heading=\"%.40s\" is unknown, use h1, h2, h3 or h4",
				    tag_attribute(&tag->tag, "heading"));
			return;
		}
		block = parser_add_block(parser, type, line->number, character);
		if (block == NULL) {
			return;
		}
		take_list(parser, block);
		apply_attributes(parser, block, tag, line);
	}
	switch (tag->rule->shape) {
	case TAG_RAW: parse_raw(parser, block, tag, line); break;
	case TAG_VOID: break;
	case TAG_LEAF:
	case TAG_TITLED:
		if (tag->is_closed) {
			parse_title(parser, block, tag, line->number);
			break;
		}
		open_container(parser, block, tag, line);
		return;
	case TAG_CONTAINER:
		if (tag->tag.is_self_closing) {
			break;
		}
		open_container(parser, block, tag, line);
		return;
	case TAG_WRAPPER: open_container(parser, NULL, tag, line); return;
	}
	line->len = 0;
	line->is_blank = true;
}

void parse_close_tag(struct parser *parser, const struct tag_rule *rule, const struct line *line,
		     size_t matched)
{
	size_t open = matched;
	while (open > 1 && (parser->containers[open - 1].kind != CONTAINER_TAG ||
			    parser->containers[open - 1].rule != rule)) {
		open--;
	}
	if (open <= 1) {
		parser_fail(parser, line->number, line_character(line),
			    "</%s> closes nothing, remove it or put <%s> in front of its content",
			    rule->name, rule->name);
		return;
	}
	/* Tags between are not closed, and reported. */
	parser_close(parser, open);
	if (!parser->failed) {
		parser->depth--;
	}
}
