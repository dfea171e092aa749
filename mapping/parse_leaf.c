#include <string.h>

#include "mapping/block_attribute.h"
#include "mapping/code_language.h"
#include "mapping/link_destination.h"
#include "mapping/parse_tag.h"

bool leaf_is_raw(const struct leaf *leaf)
{
	return leaf->kind == LEAF_FENCE || leaf->kind == LEAF_EQUATION ||
	       leaf->kind == LEAF_INDENTED || leaf->kind == LEAF_RAW;
}

static void begin(struct parser *parser, enum leaf_kind kind, const struct line *line)
{
	buf_clear(&parser->text);
	parser->leaf = (struct leaf){
		.kind = kind, .line = line->number, .character = line_character(line)};
}

void leaf_append(struct parser *parser, const struct line *line)
{
	for (unsigned i = 0; i < line->spaces; i++) {
		buf_putc(&parser->text, ' ');
	}
	buf_append(&parser->text, line->text, line->len);
}

void leaf_begin_paragraph(struct parser *parser, const struct line *line)
{
	/* The buffer is left alone: most paragraphs are one line and never use it. */
	parser->leaf = (struct leaf){
		.kind = LEAF_PARAGRAPH,
		.line = line->number,
		.character = 1,
		.line_count = 1,
		.first = line->text,
		.first_len = line->len,
		.last = line->text,
		.last_len = line->len,
	};
}

void leaf_add_text(struct parser *parser, const struct line *line)
{
	struct leaf *leaf = &parser->leaf;

	if (leaf->line_count == 1) {
		buf_clear(&parser->text);
		buf_append(&parser->text, leaf->first, leaf->first_len);
	}
	buf_putc(&parser->text, '\n');
	leaf->last_offset = parser->text.len;
	leaf->last = line->text;
	leaf->last_len = line->len;
	leaf->line_count++;
	buf_append(&parser->text, line->text, line->len);
}

static void paragraph_text(struct parser *parser, const char **ret_text, size_t *ret_len)
{
	bool is_short = parser->leaf.line_count == 1;
	const char *text = is_short ? parser->leaf.first : parser->text.data;
	*ret_len = trim_end(text, is_short ? parser->leaf.first_len : parser->text.len);
	*ret_text = text;
}

static void close_paragraph(struct parser *parser)
{
	const struct leaf leaf = parser->leaf;
	struct rich_text text = {0};
	enum color color = COLOR_DEFAULT;
	const char *bytes = NULL;
	size_t len = 0;

	paragraph_text(parser, &bytes, &len);
	len = scan_v1_attributes(bytes, len, &color, NULL);
	inline_parse(&parser->tree->arena, bytes, len, INLINE_PARAGRAPH, parser->names, leaf.line,
		     parser->diagnostics, &text);
	parser->leaf.kind = LEAF_NONE;
	parser_add_paragraph(parser, &text, color, leaf.line, leaf.character);
}

/* The bytes between the fences as one run; none when there are none. */
static void set_plain_text(struct block_tree *tree, struct block *block, const char *text,
			   size_t len)
{
	if (len == 0) {
		return;
	}
	block->text.runs = arena_array(&tree->arena, 1, sizeof(struct run));
	block->text.count = 1;
	block->text.runs[0].kind = RUN_TEXT;
	block->text.runs[0].text = arena_copy(&tree->arena, text, len);
	block->text.runs[0].text_len = len;
}

static void close_raw(struct parser *parser)
{
	struct leaf *leaf = &parser->leaf;
	struct block *block = leaf->block;
	struct block_tree *tree = parser->tree;
	const char *text = parser->text.data;
	size_t len = parser->text.len;

	switch (leaf->kind) {
	case LEAF_INDENTED:
		len -= leaf->blank_count;
		set_plain_text(tree, block, text, len);
		break;
	case LEAF_FENCE: set_plain_text(tree, block, text, len); break;
	case LEAF_EQUATION: block->expression = arena_copy(&tree->arena, text, len); break;
	default:
		if (block->type == BLOCK_EQUATION) {
			block->expression = arena_copy(&tree->arena, text, len);
		} else if (block->type == BLOCK_TABLE) {
			table_parse_tags(parser, block, text, len, leaf->line + 1);
		} else {
			inline_parse(&tree->arena, text, len, INLINE_VALUE, parser->names,
				     leaf->line + 1, parser->diagnostics, &block->text);
		}
		break;
	}
	leaf->kind = LEAF_NONE;
}

void leaf_close(struct parser *parser)
{
	switch (parser->leaf.kind) {
	case LEAF_NONE: break;
	case LEAF_PARAGRAPH: close_paragraph(parser); break;
	case LEAF_TABLE: parser->leaf.kind = LEAF_NONE; break;
	case LEAF_INDENTED: close_raw(parser); break;
	case LEAF_FENCE:
	case LEAF_EQUATION:
	case LEAF_RAW:
		parser_fail(parser, parser->leaf.line, parser->leaf.character,
			    "%s is not closed, end it with a line of its own",
			    parser->leaf.kind == LEAF_FENCE	 ? "code"
			    : parser->leaf.kind == LEAF_EQUATION ? "$$"
								 : "this tag");
		parser->leaf.kind = LEAF_NONE;
		break;
	}
}

/* ``` language {caption="…"} */
static void parse_info(struct parser *parser, struct block *block, const char *info, size_t len)
{
	struct arena *arena = &parser->tree->arena;

	while (len > 0 && (*info == ' ' || *info == '\t')) {
		info++;
		len--;
	}
	len = trim_end(info, len);
	const char *caption = scan_code_caption(arena, info, len, &len);
	if (caption != NULL) {
		inline_parse(arena, caption, strlen(caption), INLINE_TAG, parser->names,
			     block->line, parser->diagnostics, &block->caption);
	}
	const char *language = code_language_from_info(info, len);
	if (language == NULL) {
		diagnostics_add(
			parser->diagnostics, SEVERITY_WARNING, block->line, 0,
			"Notion does not know the code language %.*s, it becomes plain text",
			(int)(len < 100 ? len : 100), info);
		language = "plain text";
	}
	block->language = language;
}

bool leaf_begin_fence(struct parser *parser, const struct line *line, unsigned indent)
{
	size_t fence_len = scan_fence(line->text, line->len);
	if (fence_len == 0) {
		return false;
	}
	struct block *block =
		parser_add_block(parser, BLOCK_CODE, line->number, line_character(line));
	if (block == NULL) {
		return true;
	}
	begin(parser, LEAF_FENCE, line);
	parser->leaf.block = block;
	parser->leaf.fence = line->text[0];
	parser->leaf.fence_len = fence_len;
	parser->leaf.indent = indent;
	parse_info(parser, block, line->text + fence_len, line->len - fence_len);
	return true;
}

bool leaf_begin_equation(struct parser *parser, const struct line *line, unsigned indent,
			 size_t matched)
{
	size_t len = trim_end(line->text, line->len);
	const char *text = line->text;

	if (len < 2 || text[0] != '$' || text[1] != '$') {
		return false;
	}
	bool is_one_line = len > 4 && text[len - 1] == '$' && text[len - 2] == '$';
	if (len > 2 && (!is_one_line || memmem(text + 2, len - 4, "$$", 2) != NULL)) {
		return false;
	}
	parser_close(parser, matched);
	struct block *block =
		parser_add_block(parser, BLOCK_EQUATION, line->number, line_character(line));
	if (block == NULL) {
		return true;
	}
	if (len == 2) {
		begin(parser, LEAF_EQUATION, line);
		parser->leaf.block = block;
		parser->leaf.indent = indent;
		return true;
	}
	text += 2;
	len = trim_end(text, len - 4);
	while (len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		len--;
	}
	block->expression = arena_copy(&parser->tree->arena, text, len);
	return true;
}

void leaf_begin_indented(struct parser *parser, struct line *line)
{
	struct block *block = parser_add_block(parser, BLOCK_CODE, line->number, 1);
	if (block == NULL) {
		return;
	}
	block->language = "plain text";
	begin(parser, LEAF_INDENTED, line);
	parser->leaf.block = block;
	line_skip_indent(line, LINE_CODE_INDENT);
	leaf_append(parser, line);
	parser->leaf.line_count = 1;
}

static bool is_leaf_end(const struct leaf *leaf, const struct line *line)
{
	struct line rest = *line;
	if (leaf->kind != LEAF_RAW && line_indent(line) >= LINE_CODE_INDENT) {
		return false;
	}
	line_skip_spaces(&rest);
	switch (leaf->kind) {
	case LEAF_FENCE: return scan_fence_end(rest.text, rest.len, leaf->fence, leaf->fence_len);
	case LEAF_EQUATION:
		return trim_end(rest.text, rest.len) == 2 && memcmp(rest.text, "$$", 2) == 0;
	default: return is_close_tag_line(rest.text, rest.len, leaf->rule);
	}
}

void leaf_add_raw(struct parser *parser, struct line *line)
{
	struct leaf *leaf = &parser->leaf;

	if (leaf->kind == LEAF_INDENTED) {
		leaf->blank_count = line->is_blank ? leaf->blank_count + 1 : 0;
		line_skip_indent(line, LINE_CODE_INDENT);
		if (line->is_blank) {
			line->len = 0;
			line->spaces = 0;
		}
	} else if (is_leaf_end(leaf, line)) {
		close_raw(parser);
		return;
	} else {
		line_skip_indent(line, leaf->indent);
	}
	if (leaf->line_count++ > 0) {
		buf_putc(&parser->text, '\n');
	}
	leaf_append(parser, line);
}

static const enum block_type heading_types[] = {
	BLOCK_HEADING_1, BLOCK_HEADING_2, BLOCK_HEADING_3,
	BLOCK_HEADING_4, BLOCK_HEADING_4, BLOCK_HEADING_4,
};

void leaf_underline(struct parser *parser, unsigned level)
{
	const struct leaf leaf = parser->leaf;
	const char *bytes = NULL;
	size_t len = 0;

	paragraph_text(parser, &bytes, &len);
	parser->leaf.kind = LEAF_NONE;
	struct block *block = parser_add_block(parser, heading_types[level - 1], leaf.line, 1);
	if (block != NULL) {
		inline_parse(&parser->tree->arena, bytes, len, INLINE_PARAGRAPH, parser->names,
			     leaf.line, parser->diagnostics, &block->text);
	}
}

void parse_heading(struct parser *parser, const struct line *line, unsigned level,
		   const char *title, size_t len)
{
	struct block *block = parser_add_block(parser, heading_types[level - 1], line->number,
					       line_character(line));
	if (block == NULL) {
		return;
	}
	len = scan_v1_attributes(title, len, &block->color, &block->is_toggleable);
	inline_parse(&parser->tree->arena, title, len, INLINE_LINE, parser->names, line->number,
		     parser->diagnostics, &block->text);
	if (block->is_toggleable) {
		/* v1: the children stand a tab deeper. */
		struct container *container = parser_push(parser, CONTAINER_ITEM, block, line);
		if (container != NULL) {
			container->content_indent = LINE_CODE_INDENT;
			container->marker_indent = LINE_CODE_INDENT;
		}
	}
}

bool parse_image(struct parser *parser, const struct line *line, size_t matched)
{
	struct image_text image;

	if (!scan_image(&parser->tree->arena, line->text, trim_end(line->text, line->len),
			&image)) {
		return false;
	}
	parser_close(parser, matched);
	struct block *block =
		parser_add_block(parser, BLOCK_IMAGE, line->number, line_character(line));
	if (block != NULL) {
		block->url = image.url;
		block->media = media_kind_of_url(image.url);
		inline_parse(&parser->tree->arena, image.caption, image.caption_len, INLINE_CAPTION,
			     parser->names, line->number, parser->diagnostics, &block->caption);
		if (image.url[0] == '\0') {
			block->url = NULL;
		}
	}
	return true;
}
