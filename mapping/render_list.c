#include <string.h>

#include "mapping/renderer.h"

bool block_is_item(const struct block *block)
{
	return block->type == BLOCK_BULLETED_LIST_ITEM || block->type == BLOCK_NUMBERED_LIST_ITEM ||
	       block->type == BLOCK_TO_DO;
}

bool item_has_marker(const struct block *block)
{
	return !block_has_color(block) && block->list_start_index == 0 &&
	       block->list_format == NULL;
}

struct item {
	struct block block; /* as the first member: what render_verified hands to compose_item */
	const char *marker; /* with a blank behind it */
};

static bool compose_item(struct renderer *renderer, const struct block *block, unsigned attempt,
			 struct buf *out)
{
	const struct item *item = (const struct item *)block;
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	if (attempt < 2) {
		inline_render_unchecked(&block->text, INLINE_PARAGRAPH, attempt == 1,
					renderer->names, &text);
	} else {
		buf_puts(&text, "<p>");
		render_inline(renderer, &block->text, INLINE_TAG, &text);
		buf_puts(&text, "</p>");
	}
	/* Lines after the first stand as deep as the children. */
	buf_puts(out, item->marker);
	append_prefixed(out, text.data, text.len, "\t");
	return attempt < 3;
}

/* An empty bullet or number right below text would not be read as one. */
static bool may_follow_text(const struct block *child)
{
	return block_is_item(child) && item_has_marker(child) &&
	       (child->text.count > 0 || child->type == BLOCK_TO_DO ||
		(child->first_child != NULL && !may_follow_text(child->first_child)));
}

/* With a blank behind it; `digits` may hold it. */
static const char *item_marker(const struct block *block, unsigned number, char digits[24])
{
	if (block->type == BLOCK_BULLETED_LIST_ITEM) {
		return "- ";
	}
	if (block->type == BLOCK_TO_DO) {
		return block->checked ? "- [x] " : "- [ ] ";
	}
	char *at = digits + 23;
	*at = '\0';
	*--at = ' ';
	*--at = '.';
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return at;
}

void render_item(struct renderer *renderer, const struct block *block, unsigned number)
{
	const struct block *child = block->first_child;
	char digits[24];
	const char *marker = item_marker(block, number, digits);

	bool is_close = child != NULL && may_follow_text(child);
	if (block->text.count == 0) {
		buf_clear(&renderer->text);
		buf_puts(&renderer->text, marker);
		if (child != NULL && !is_close) {
			buf_puts(&renderer->text, "<p />");
		} else {
			buf_truncate(&renderer->text, renderer->text.len - 1);
		}
		render_lines(renderer, renderer->text.data, renderer->text.len);
	} else if (!render_safe(renderer, marker, &block->text)) {
		struct item item = {.block = *block, .marker = marker};
		item.block.first_child = NULL;
		item.block.last_child = NULL;
		(void)render_verified(renderer, &item.block, compose_item);
		render_lines(renderer, renderer->text.data, renderer->text.len);
	}
	if (child == NULL) {
		return;
	}
	size_t prefix_len = renderer->prefix.len;
	buf_putc(&renderer->prefix, '\t');
	if (!is_close) {
		render_blank(renderer);
	}
	render_children(renderer, block);
	buf_truncate(&renderer->prefix, prefix_len);
}

static bool same_format(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool belongs_to_group(const struct block *item, const struct block *first)
{
	return item != NULL && item->type == first->type && !item_has_marker(item) &&
	       item->list_start_index == 0 && same_format(item->list_format, first->list_format);
}

static const char *list_type(const char *format)
{
	return format == NULL			? NULL
	       : strcmp(format, "numbers") == 0 ? "1"
	       : strcmp(format, "letters") == 0 ? "a"
	       : strcmp(format, "roman") == 0	? "i"
						: format;
}

const struct block *render_item_group(struct renderer *renderer, const struct block *first)
{
	bool is_numbered = first->type == BLOCK_NUMBERED_LIST_ITEM;
	const struct block *item = first;
	const struct block *last = first;
	CLEANUP(buf) struct buf open;

	buf_init(&open, BUF_PAGE_MAX_BYTES);
	buf_puts(&open, is_numbered ? "<ol" : "<ul");
	if (is_numbered) {
		tag_render_attribute(&open, "type", list_type(first->list_format));
		if (first->list_start_index > 0) {
			buf_printf(&open, " start=\"%u\"", first->list_start_index);
		}
	}
	buf_putc(&open, '>');
	render_line(renderer, open.data, open.len);
	do {
		buf_clear(&open);
		buf_puts(&open, "<li");
		render_color_attribute(&open, item);
		buf_putc(&open, '>');
		render_titled(renderer, item, open.data, "li");
		last = item;
		item = item->next;
	} while (belongs_to_group(item, first));
	render_line(renderer, is_numbered ? "</ol>" : "</ul>", 5);
	return last;
}
