#include "mapping/render.h"

#include <string.h>

#include "mapping/renderer.h"

static bool compose_paragraph(struct renderer *renderer, const struct block *block,
			      unsigned attempt, struct buf *out)
{
	if (attempt < 2) {
		inline_render_unchecked(&block->text, INLINE_PARAGRAPH, attempt == 1,
					renderer->names, out);
	} else {
		buf_puts(out, "<p>");
		render_inline(renderer, &block->text, INLINE_TAG, out);
		buf_puts(out, "</p>");
	}
	return attempt < 3;
}

void render_title(struct renderer *renderer, const struct rich_text *text)
{
	struct block paragraph = {.type = BLOCK_PARAGRAPH, .text = *text};

	if (text->count == 0) {
		render_line(renderer, "<p />", 5);
		return;
	}
	if (!render_safe(renderer, "", text)) {
		(void)render_verified(renderer, &paragraph, compose_paragraph);
		render_lines(renderer, renderer->text.data, renderer->text.len);
	}
}

void render_titled(struct renderer *renderer, const struct block *block, const char *open,
		   const char *name)
{
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	buf_puts(&text, open);
	if (block->first_child == NULL) {
		render_inline(renderer, &block->text, INLINE_TAG, &text);
		buf_printf(&text, "</%s>", name);
		render_line(renderer, text.data, text.len);
		return;
	}
	render_line(renderer, text.data, text.len);
	render_title(renderer, &block->text);
	render_blank(renderer);
	render_children(renderer, block);
	buf_clear(&text);
	buf_printf(&text, "</%s>", name);
	render_line(renderer, text.data, text.len);
}

static unsigned heading_level(const struct block *block)
{
	return (unsigned)(block->type - BLOCK_HEADING_1) + 1;
}

static bool compose_heading(struct renderer *renderer, const struct block *block, unsigned attempt,
			    struct buf *out)
{
	unsigned level = heading_level(block);

	if (attempt < 2) {
		buf_append(out, "####", level);
		if (block->text.count > 0) {
			buf_putc(out, ' ');
			inline_render_unchecked(&block->text, INLINE_LINE, attempt == 1,
						renderer->names, out);
		}
	} else {
		buf_printf(out, "<h%u>", level);
		render_inline(renderer, &block->text, INLINE_TAG, out);
		buf_printf(out, "</h%u>", level);
	}
	return attempt < 3;
}

static void render_heading(struct renderer *renderer, const struct block *block)
{
	static const char *const hashes[] = {"# ", "## ", "### ", "#### "};
	CLEANUP(buf) struct buf open;
	char name[] = "h1";

	buf_init(&open, 200);
	name[1] = (char)('0' + heading_level(block));
	if (!block->is_toggleable && !block_has_color(block) && block->first_child == NULL) {
		if (!render_safe(renderer, hashes[heading_level(block) - 1], &block->text)) {
			(void)render_verified(renderer, block, compose_heading);
			render_lines(renderer, renderer->text.data, renderer->text.len);
		}
		return;
	}
	if (block->is_toggleable) {
		buf_printf(&open, "<toggle heading=\"%s\"", name);
	} else {
		buf_printf(&open, "<%s", name);
	}
	render_color_attribute(&open, block);
	buf_putc(&open, '>');
	render_titled(renderer, block, open.data, block->is_toggleable ? "toggle" : name);
}

static bool compose_quote(struct renderer *renderer, const struct block *block, unsigned attempt,
			  struct buf *out)
{
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	if (attempt > 1) {
		return false;
	}
	inline_render_unchecked(&block->text, INLINE_PARAGRAPH, attempt == 1, renderer->names,
				&text);
	buf_puts(out, "> ");
	append_prefixed(out, text.data, text.len, "> ");
	return true;
}

static void render_quote(struct renderer *renderer, const struct block *block)
{
	bool has_mark = !block_has_color(block) && block->text.count > 0;
	if (!has_mark || !render_safe(renderer, "> ", &block->text)) {
		if (!has_mark || render_verified(renderer, block, compose_quote) < 0) {
			render_tag(renderer, block);
			return;
		}
		render_lines(renderer, renderer->text.data, renderer->text.len);
	}
	if (block->first_child != NULL) {
		size_t prefix_len = renderer->prefix.len;
		buf_puts(&renderer->prefix, "> ");
		render_blank(renderer);
		render_children(renderer, block);
		buf_truncate(&renderer->prefix, prefix_len);
	}
}

static void render_paragraph(struct renderer *renderer, const struct block *block)
{
	bool is_tab = block->parent != NULL && block->parent->type == BLOCK_TAB;

	if (is_tab || block_has_color(block) || block->icon.kind != ICON_NONE ||
	    block->first_child != NULL) {
		render_tag(renderer, block);
	} else {
		render_title(renderer, &block->text);
	}
}

static void render_block(struct renderer *renderer, const struct block *block)
{
	switch (block->type) {
	case BLOCK_PARAGRAPH: render_paragraph(renderer, block); break;
	case BLOCK_HEADING_1:
	case BLOCK_HEADING_2:
	case BLOCK_HEADING_3:
	case BLOCK_HEADING_4: render_heading(renderer, block); break;
	case BLOCK_QUOTE: render_quote(renderer, block); break;
	case BLOCK_CODE: render_code(renderer, block); break;
	case BLOCK_EQUATION: render_equation(renderer, block); break;
	case BLOCK_DIVIDER: render_line(renderer, "---", 3); break;
	case BLOCK_TABLE: render_table(renderer, block); break;
	case BLOCK_TABLE_ROW: render_table_row(renderer, block); break;
	case BLOCK_IMAGE:
	case BLOCK_VIDEO:
	case BLOCK_AUDIO:
	case BLOCK_PDF:
	case BLOCK_FILE:
	case BLOCK_BOOKMARK:
	case BLOCK_EMBED:
	case BLOCK_LINK_PREVIEW: render_media(renderer, block); break;
	default: render_tag(renderer, block); break;
	}
}

/* Items of one kind stand close, and so do columns and tabs. */
static bool stands_close(const struct block *block, const struct block *previous)
{
	if (block->parent->type == BLOCK_COLUMN_LIST || block->parent->type == BLOCK_TAB ||
	    (block->type == BLOCK_TABLE_ROW && previous->type == BLOCK_TABLE_ROW)) {
		return true;
	}
	return block->type == previous->type && block_is_item(block) && item_has_marker(block) &&
	       item_has_marker(previous);
}

void render_children(struct renderer *renderer, const struct block *parent)
{
	unsigned number = 0;

	for (const struct block *child = parent->first_child; child != NULL; child = child->next) {
		bool is_close = child->previous != NULL && stands_close(child, child->previous);
		if (child->previous != NULL && !is_close) {
			render_blank(renderer);
		}
		number = is_close ? number + 1 : 1;
		if (!block_is_item(child)) {
			render_block(renderer, child);
		} else if (item_has_marker(child)) {
			render_item(renderer, child, number);
		} else if (child->type == BLOCK_TO_DO) {
			render_tag(renderer, child);
		} else {
			child = render_item_group(renderer, child);
		}
	}
}

void render_blocks(const struct block_tree *tree, const struct names *names, struct buf *out)
{
	struct renderer renderer = {.names = names, .out = out};

	buf_init(&renderer.prefix, BUF_PAGE_MAX_BYTES);
	buf_init(&renderer.text, BUF_PAGE_MAX_BYTES);
	render_children(&renderer, &tree->root);
	if (buf_check(&renderer.text) != 0 || buf_check(&renderer.prefix) != 0) {
		out->failed = true;
	}
	buf_release(&renderer.prefix);
	buf_release(&renderer.text);
}

void render_page(const char *frontmatter, const struct block_tree *tree, const struct names *names,
		 struct buf *out)
{
	bool has_frontmatter = frontmatter != NULL && frontmatter[0] != '\0';
	size_t start = out->len;

	if (has_frontmatter) {
		buf_puts(out, frontmatter);
		start = out->len;
		if (tree->root.first_child != NULL) {
			buf_putc(out, '\n');
		}
	}
	render_blocks(tree, names, out);
	if (!has_frontmatter && strncmp(out->data + start, "---\n", 4) == 0) {
		buf_splice(out, start, 0, "---\n---\n\n", 9);
	}
}
