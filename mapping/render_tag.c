#include <string.h>

#include "mapping/block_attribute.h"
#include "mapping/link_destination.h"
#include "mapping/renderer.h"

void render_color_attribute(struct buf *out, const struct block *block)
{
	if (block->color != COLOR_DEFAULT) {
		tag_render_attribute(out, "color", color_attribute(block->color));
	}
	tag_render_attribute(out, "api-color", block->color_name);
}

static void icon_and_color(struct renderer *renderer, const struct block *block, struct buf *out)
{
	CLEANUP(buf) struct buf icon;

	buf_init(&icon, BUF_PAGE_MAX_BYTES);
	if (block->icon.kind != ICON_NONE) {
		icon_attribute(block, renderer->names, &icon);
		tag_render_attribute(out, "icon", icon.data);
	}
	render_color_attribute(out, block);
}

static void url_attribute(struct buf *out, const struct uuid *id)
{
	buf_puts(out, " url=\"");
	render_notion_url(out, id);
	buf_putc(out, '"');
}

/* A tag that holds blocks and no text. */
static void render_container(struct renderer *renderer, const struct block *block, struct buf *open,
			     const char *name)
{
	if (block->first_child == NULL) {
		buf_printf(open, "></%s>", name);
		render_line(renderer, open->data, open->len);
		return;
	}
	buf_putc(open, '>');
	render_line(renderer, open->data, open->len);
	if (block->type != BLOCK_COLUMN_LIST && block->type != BLOCK_TAB) {
		render_blank(renderer);
	}
	render_children(renderer, block);
	buf_clear(open);
	buf_printf(open, "</%s>", name);
	render_line(renderer, open->data, open->len);
}

/* A line that holds the place of something the text can't show. */
static void render_anchor(struct renderer *renderer, const struct block *block, struct buf *open,
			  const char *name)
{
	if (block->first_child == NULL) {
		buf_puts(open, " />");
		render_line(renderer, open->data, open->len);
	} else {
		render_container(renderer, block, open, name);
	}
}

static void render_child_page(struct renderer *renderer, const struct block *page, struct buf *open,
			      const char *name)
{
	struct block shown = *page;
	struct run title = {.kind = RUN_TEXT, .text = page->name};

	if (page->has_id) {
		url_attribute(open, &page->id);
	}
	title.text_len = page->name != NULL ? strlen(page->name) : 0;
	if (title.text_len > 0) {
		shown.text = (struct rich_text){.runs = &title, .count = 1};
	}
	buf_putc(open, '>');
	render_titled(renderer, &shown, open->data, name);
}

static void render_link_to_page(struct renderer *renderer, const struct block *link,
				struct buf *open)
{
	const struct names *names = renderer->names;
	const char *title = NULL;

	url_attribute(open, &link->target);
	if (link->link_target != LINK_TO_PAGE_ID) {
		tag_render_attribute(open, "type",
				     link->link_target == LINK_TO_DATABASE_ID ? "database"
									      : "comment");
	}
	if (names != NULL && names->title != NULL) {
		title = names->title(names->context, &link->target);
	}
	if (title != NULL && title[0] != '\0') {
		struct run run = {.kind = RUN_TEXT, .text = title, .text_len = strlen(title)};
		struct rich_text label = {.runs = &run, .count = 1};
		buf_putc(open, '>');
		render_inline(renderer, &label, INLINE_TAG, open);
		buf_puts(open, "</link-to-page>");
	} else {
		buf_puts(open, " />");
	}
	render_line(renderer, open->data, open->len);
}

static void render_column(struct renderer *renderer, const struct block *column, struct buf *open)
{
	struct arena arena;

	arena_init(&arena);
	if (column->width_ratio != NULL) {
		const char *percent = ratio_to_percent(&arena, column->width_ratio);
		tag_render_attribute(open, percent != NULL ? "ratio" : "width-ratio",
				     percent != NULL ? percent : column->width_ratio);
	}
	arena_release(&arena);
	render_container(renderer, column, open, "column");
}

static const char *tag_name(const struct block *block)
{
	switch (block->type) {
	case BLOCK_PARAGRAPH:
		return block->parent != NULL && block->parent->type == BLOCK_TAB ? "tab" : "p";
	case BLOCK_TO_DO: return "todo";
	case BLOCK_TABLE_OF_CONTENTS: return "table-of-contents";
	case BLOCK_COLUMN_LIST: return "columns";
	case BLOCK_SYNCED_BLOCK:
		return block->is_synced_copy ? "synced-block-reference" : "synced-block";
	case BLOCK_TAB: return "tabs";
	case BLOCK_LINK_TO_PAGE: return "link-to-page";
	case BLOCK_CHILD_PAGE: return "page";
	case BLOCK_CHILD_DATABASE: return "database";
	case BLOCK_MEETING_NOTES: return "meeting-notes";
	case BLOCK_AI_BLOCK: return "ai-block";
	case BLOCK_UNSUPPORTED:
	case BLOCK_OTHER: return "unknown";
	default: return block_type_name(block->type);
	}
}

void render_tag(struct renderer *renderer, const struct block *block)
{
	const char *name = tag_name(block);
	CLEANUP(buf) struct buf open;

	buf_init(&open, BUF_PAGE_MAX_BYTES);
	buf_printf(&open, "<%s", name);
	switch (block->type) {
	case BLOCK_TO_DO:
		if (block->checked) {
			buf_puts(&open, " checked=\"true\"");
		}
		render_color_attribute(&open, block);
		buf_putc(&open, '>');
		render_titled(renderer, block, open.data, name);
		break;
	case BLOCK_PARAGRAPH:
	case BLOCK_CALLOUT:
		icon_and_color(renderer, block, &open);
		buf_putc(&open, '>');
		render_titled(renderer, block, open.data, name);
		break;
	case BLOCK_TOGGLE:
	case BLOCK_QUOTE:
	case BLOCK_TEMPLATE:
		render_color_attribute(&open, block);
		buf_putc(&open, '>');
		render_titled(renderer, block, open.data, name);
		break;
	case BLOCK_BREADCRUMB:
	case BLOCK_TABLE_OF_CONTENTS:
		render_color_attribute(&open, block);
		buf_puts(&open, " />");
		render_line(renderer, open.data, open.len);
		break;
	case BLOCK_COLUMN: render_column(renderer, block, &open); break;
	case BLOCK_SYNCED_BLOCK:
		if (block->is_synced_copy) {
			url_attribute(&open, &block->target);
		}
		render_container(renderer, block, &open, name);
		break;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE: render_child_page(renderer, block, &open, name); break;
	case BLOCK_LINK_TO_PAGE: render_link_to_page(renderer, block, &open); break;
	case BLOCK_UNSUPPORTED:
		tag_render_attribute(&open, "alt", block->block_type);
		render_anchor(renderer, block, &open, name);
		break;
	case BLOCK_OTHER:
		tag_render_attribute(&open, "type",
				     block->block_type != NULL ? block->block_type : "");
		render_anchor(renderer, block, &open, name);
		break;
	case BLOCK_MEETING_NOTES:
	case BLOCK_TRANSCRIPTION:
	case BLOCK_AI_BLOCK: render_anchor(renderer, block, &open, name); break;
	default: render_container(renderer, block, &open, name); break;
	}
}
