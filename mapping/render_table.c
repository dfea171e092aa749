#include <string.h>

#include "mapping/inline_safe.h"
#include "mapping/renderer.h"

static void compose_row(struct renderer *renderer, const struct block *row, struct buf *out)
{
	buf_puts(out, "|");
	for (size_t i = 0; i < row->cell_count; i++) {
		buf_putc(out, ' ');
		render_inline(renderer, &row->cells[i], INLINE_CELL, out);
		buf_puts(out, row->cells[i].count > 0 ? " |" : "|");
	}
}

static bool compose_pipes(struct renderer *renderer, const struct block *table, struct buf *out)
{
	if (!table->has_column_header || table->has_row_header || table->first_child == NULL ||
	    table->table_width == 0) {
		return false;
	}
	block_children_foreach (row, table) {
		if (row->type != BLOCK_TABLE_ROW || row->cell_count != table->table_width) {
			return false;
		}
		compose_row(renderer, row, out);
		if (row->previous == NULL) {
			buf_puts(out, "\n|");
			for (size_t i = 0; i < row->cell_count; i++) {
				buf_puts(out, " --- |");
			}
		}
		if (row->next != NULL) {
			buf_putc(out, '\n');
		}
	}
	return true;
}

/* Could the reader find the end of the cell in its text, or behind it? */
static bool may_hide_end(const char *text, size_t len)
{
	return memchr(text, '\\', len) != NULL || memmem(text, len, "</t", 3) != NULL;
}

static void compose_cell(struct renderer *renderer, const struct rich_text *cell, bool is_careful,
			 struct buf *out)
{
	CLEANUP(buf) struct buf text;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	render_inline(renderer, cell, INLINE_TAG, &text);
	buf_puts(out, "<td");
	if (is_careful && may_hide_end(text.data, text.len)) {
		tag_render_attribute(out, "text", text.data);
		buf_puts(out, " />");
	} else {
		buf_printf(out, ">%s</td>", text.data);
	}
}

static void compose_tag_row(struct renderer *renderer, const struct block *row, bool is_careful,
			    struct buf *out)
{
	buf_puts(out, "<tr>");
	for (size_t i = 0; i < row->cell_count; i++) {
		compose_cell(renderer, &row->cells[i], is_careful, out);
	}
	buf_puts(out, "</tr>");
}

static void compose_tags(struct renderer *renderer, const struct block *table, bool is_careful,
			 struct buf *out)
{
	size_t width = 0;

	buf_puts(out, "<table");
	if (table->has_column_header) {
		buf_puts(out, " header-row=\"true\"");
	}
	if (table->has_row_header) {
		buf_puts(out, " header-column=\"true\"");
	}
	block_children_foreach (row, table) {
		width = row->cell_count > width ? row->cell_count : width;
	}
	if (table->table_width != width) {
		buf_printf(out, " columns=\"%u\"", table->table_width);
	}
	buf_puts(out, table->first_child != NULL ? ">\n" : ">");
	block_children_foreach (row, table) {
		compose_tag_row(renderer, row, is_careful, out);
		buf_putc(out, '\n');
	}
	buf_puts(out, "</table>");
}

static bool compose_table(struct renderer *renderer, const struct block *table, unsigned attempt,
			  struct buf *out)
{
	if (attempt == 0 && compose_pipes(renderer, table, out)) {
		return true;
	}
	buf_clear(out);
	compose_tags(renderer, table, attempt == 2, out);
	return attempt < 3;
}

/* Cells that hold no mark, and a head that shows all columns: such pipes read back. */
static bool is_sure(const struct block *table)
{
	block_children_foreach (row, table) {
		for (size_t i = 0; i < row->cell_count; i++) {
			bool may_be_empty = row->previous != NULL && row->cells[i].count == 0;
			if (!may_be_empty && !inline_is_safe(&row->cells[i])) {
				return false;
			}
		}
	}
	return true;
}

void render_table(struct renderer *renderer, const struct block *table)
{
	buf_clear(&renderer->text);
	if (!is_sure(table) || !compose_pipes(renderer, table, &renderer->text)) {
		(void)render_verified(renderer, table, compose_table);
	}
	render_lines(renderer, renderer->text.data, renderer->text.len);
}

static bool compose_lone_row(struct renderer *renderer, const struct block *row, unsigned attempt,
			     struct buf *out)
{
	compose_tag_row(renderer, row, attempt == 1, out);
	return attempt < 2;
}

void render_table_row(struct renderer *renderer, const struct block *row)
{
	(void)render_verified(renderer, row, compose_lone_row);
	render_lines(renderer, renderer->text.data, renderer->text.len);
}
