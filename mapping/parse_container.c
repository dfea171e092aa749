#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mapping/parse_tag.h"
#include "mapping/parser.h"

void parser_fail(struct parser *parser, unsigned line, unsigned character, const char *format, ...)
{
	char message[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	diagnostics_add(parser->diagnostics, SEVERITY_ERROR, line, character, "%s", message);
	parser->failed = true;
}

struct block *parser_add_block(struct parser *parser, enum block_type type, unsigned line,
			       unsigned character)
{
	struct container *top = parser_top(parser);

	if (top->rule != NULL && !tag_rule_accepts(top->rule, type)) {
		parser_fail(parser, line, character, "<%s> can't hold this, move it behind </%s>",
			    top->rule->name, top->rule->name);
		return NULL;
	}
	if (top->depth >= BLOCK_TREE_MAX_DEPTH) {
		parser_fail(parser, line, character, "nested deeper than %d blocks, move it out",
			    BLOCK_TREE_MAX_DEPTH);
		return NULL;
	}
	top->wants_title = false;
	top->is_alert_candidate = false;
	struct block *block = block_append(parser->tree, top->block, type);
	block->line = line;
	top->block->has_children = true;
	return block;
}

struct container *parser_push(struct parser *parser, enum container_kind kind, struct block *block,
			      const struct line *line)
{
	struct container *top = parser_top(parser);

	if (parser->depth == PARSER_MAX_CONTAINERS) {
		parser_fail(parser, line->number, line_character(line),
			    "nested deeper than %d blocks, move it out", BLOCK_TREE_MAX_DEPTH);
		return NULL;
	}
	struct container *container = &parser->containers[parser->depth++];
	*container = (struct container){
		.kind = kind,
		.block = block != NULL ? block : top->block,
		.depth = block != NULL ? top->depth + 1 : top->depth,
		.line = line->number,
		.character = line_character(line),
	};
	return container;
}

void parser_close(struct parser *parser, size_t depth)
{
	leaf_close(parser);
	while (parser->depth > depth) {
		const struct container *top = parser_top(parser);
		if (top->kind == CONTAINER_TAG && !parser->failed) {
			parser_fail(parser, top->line, top->character,
				    "<%s> is not closed, put </%s> on a line of its own behind "
				    "its content",
				    top->rule->name, top->rule->name);
		}
		parser->depth--;
	}
}

static bool match_quote(struct line *line)
{
	unsigned indent = line_indent(line);
	struct line rest = *line;

	if (line->is_blank || indent >= LINE_CODE_INDENT) {
		return false;
	}
	line_skip_spaces(&rest);
	if (rest.len == 0 || rest.text[0] != '>') {
		return false;
	}
	line_advance(&rest, 1);
	line_skip_indent(&rest, 1);
	rest.column = 0;
	rest.is_blank = trim_end(rest.text, rest.len) == 0;
	*line = rest;
	return true;
}

static bool match_item(struct container *item, struct line *line)
{
	unsigned indent = line_indent(line);
	struct list_marker marker;

	if (line->is_blank) {
		line_skip_indent(line, item->content_indent);
		return true;
	}
	if (indent < item->content_indent) {
		/* Two columns are enough for a list in a list, whatever the marker's width. */
		struct line rest = *line;
		line_skip_spaces(&rest);
		if (indent < item->marker_indent + 2 || scan_divider(rest.text, rest.len) ||
		    !scan_list_marker(&rest, &marker)) {
			return false;
		}
		if (item->block->first_child == NULL) {
			item->content_indent = indent;
		}
	}
	line_skip_indent(line, item->content_indent);
	return true;
}

size_t parser_match(struct parser *parser, struct line *line)
{
	size_t i = 1;
	for (; i < parser->depth; i++) {
		struct container *container = &parser->containers[i];
		switch (container->kind) {
		case CONTAINER_QUOTE:
			if (!match_quote(line)) {
				return i;
			}
			break;
		case CONTAINER_ITEM:
			if (!match_item(container, line)) {
				return i;
			}
			break;
		case CONTAINER_TAG:
			if (!container->has_content_indent && !line->is_blank) {
				container->content_indent = line_indent(line);
				container->has_content_indent = true;
			}
			line_skip_indent(line, container->content_indent);
			break;
		case CONTAINER_ROOT: break;
		}
	}
	return i;
}

void parser_set_title(struct block_tree *tree, struct block *block, const struct rich_text *text)
{
	switch (block->type) {
	case BLOCK_BOOKMARK:
	case BLOCK_EMBED:
	case BLOCK_IMAGE:
	case BLOCK_VIDEO:
	case BLOCK_AUDIO:
	case BLOCK_PDF:
	case BLOCK_FILE: block->caption = *text; break;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE: {
		struct buf plain;
		buf_init(&plain, BUF_PAGE_MAX_BYTES);
		for (size_t i = 0; i < text->count; i++) {
			buf_append(&plain, text->runs[i].text, text->runs[i].text_len);
		}
		block->name = arena_copy(&tree->arena, plain.data, plain.len);
		buf_release(&plain);
		break;
	}
	case BLOCK_LINK_TO_PAGE:
	case BLOCK_LINK_PREVIEW:
		/* The label is for the eye only. */
		break;
	default: block->text = *text; break;
	}
}

void parser_add_paragraph(struct parser *parser, struct rich_text *text, enum color color,
			  unsigned line, unsigned character)
{
	struct container *top = parser_top(parser);

	if (top->wants_title) {
		top->wants_title = false;
		top->is_alert_candidate = false;
		parser_set_title(parser->tree, top->block, text);
		if (color != COLOR_DEFAULT) {
			top->block->color = color;
		}
		return;
	}
	struct block *block = parser_add_block(parser, BLOCK_PARAGRAPH, line, character);
	if (block != NULL) {
		block->text = *text;
		block->color = color;
	}
}
