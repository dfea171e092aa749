/*
 * The state of one rendering, and the pieces render*.c share.
 *
 * What it is not: for callers outside render*.c; they use render.h.
 *
 * Every block's own lines are composed, parsed again and compared before they are written: first
 * with as few escapes as possible, then with all, then in a form that can hold anything (a tag).
 * Only lines of which it is proven that they read back are written without (render_safe).
 */
#ifndef NOTIONFS_MAPPING_RENDERER_H
#define NOTIONFS_MAPPING_RENDERER_H

#include "mapping/base/buf.h"
#include "mapping/block.h"
#include "mapping/inline.h"
#include "mapping/names.h"

struct renderer {
	const struct names *names;
	struct buf *out;
	struct buf prefix; /* stands in front of every line: tabs of items, `> ` of quotes */
	struct buf text;   /* a block's own lines while they are composed */
};

/* render.c */

/* All blocks below `parent`, with the blank lines between them. */
void render_children(struct renderer *renderer, const struct block *parent);
/* A block in the one-line or multi-line form of its tag; `open` is `<name …>`. */
void render_titled(struct renderer *renderer, const struct block *block, const char *open,
		   const char *name);
/* The text of a block as lines of their own: paragraph, or <p>…</p>. Never empty. */
void render_title(struct renderer *renderer, const struct rich_text *text);

/* render_line.c */

void render_line(struct renderer *renderer, const char *text, size_t len);
/* Each line of `text`, which has no newline at its end. */
void render_lines(struct renderer *renderer, const char *text, size_t len);
/* Appends text to `out` with `prefix` in front of each line but the first. */
void append_prefixed(struct buf *out, const char *text, size_t len, const char *prefix);
void render_blank(struct renderer *renderer);

/* Composes the block's lines into `out`; false when there is no such attempt. */
typedef bool compose_function(struct renderer *renderer, const struct block *block,
			      unsigned attempt, struct buf *out);
/* Leaves in renderer->text the first attempt that parses back to the block (without children,
 * but with the rows of a table). -1 when none does; else its number. */
int render_verified(struct renderer *renderer, const struct block *block,
		    compose_function *compose);
/* Text for one line: with few escapes if that parses back, else with all. */
void render_inline(struct renderer *renderer, const struct rich_text *text,
		   enum inline_context context, struct buf *out);
/* Writes a block of one line, `before` and its text, when it is known beforehand to read back
 * (inline_safe.h); else false, and nothing is written. */
bool render_safe(struct renderer *renderer, const char *before, const struct rich_text *text);

/* render_list.c */

/* Is it written as `- x`, not as <li>? */
bool item_has_marker(const struct block *block);
bool block_is_item(const struct block *block);
void render_item(struct renderer *renderer, const struct block *item, unsigned number);
/* A <ul> or <ol> with this item and those behind it that belong there; the last one. */
const struct block *render_item_group(struct renderer *renderer, const struct block *first);

/* render_code.c, render_table.c, render_media.c, render_tag.c */

void render_code(struct renderer *renderer, const struct block *code);
void render_equation(struct renderer *renderer, const struct block *equation);
void render_table(struct renderer *renderer, const struct block *table);
/* A row without its table. */
void render_table_row(struct renderer *renderer, const struct block *row);
/* image, video, audio, pdf, file, bookmark, embed, link_preview */
void render_media(struct renderer *renderer, const struct block *media);
/* Types that have no other form. */
void render_tag(struct renderer *renderer, const struct block *block);
void render_color_attribute(struct buf *out, const struct block *block);

#endif
