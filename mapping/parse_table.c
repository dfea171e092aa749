#include <string.h>

#include "mapping/parse_tag.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The next cell of a pipe row at *pos; false at the row's end. */
static bool next_cell(const char *text, size_t len, size_t *pos, const char **ret_cell,
		      size_t *ret_len)
{
	size_t start = *pos;
	if (start >= len) {
		return false;
	}
	size_t end = start;
	while (end < len && text[end] != '|') {
		end += text[end] == '\\' && end + 1 < len ? 2 : 1;
	}
	*pos = end + 1;
	while (start < end && is_space(text[start])) {
		start++;
	}
	while (end > start && is_space(text[end - 1])) {
		end--;
	}
	*ret_cell = text + start;
	*ret_len = end - start;
	return true;
}

/* Takes the outer pipes' white space off, and the first pipe. */
static void trim_row(const char **text, size_t *len)
{
	*len = trim_end(*text, *len);
	while (*len > 0 && is_space(**text)) {
		(*text)++;
		(*len)--;
	}
	if (*len > 0 && **text == '|') {
		(*text)++;
		(*len)--;
	}
}

static size_t count_cells(const char *text, size_t len)
{
	const char *cell = NULL;
	size_t cell_len = 0;
	size_t pos = 0;
	size_t count = 0;

	trim_row(&text, &len);
	while (next_cell(text, len, &pos, &cell, &cell_len)) {
		count++;
	}
	return count;
}

static struct block *add_row(struct parser *parser, struct block *table, unsigned line,
			     size_t cell_count)
{
	struct block *row = block_append(parser->tree, table, BLOCK_TABLE_ROW);
	row->line = line;
	row->cell_count = cell_count;
	row->cells = arena_array(&parser->tree->arena, cell_count + 1, sizeof(*row->cells));
	return row;
}

void table_add_line(struct parser *parser, const char *text, size_t len, unsigned line)
{
	struct block *table = parser->leaf.block;
	const char *cell = NULL;
	size_t cell_len = 0;
	size_t pos = 0;
	size_t count = count_cells(text, len);

	if (count > table->table_width) {
		parser_fail(parser, line, 0,
			    "this row has %zu cells and the table %u columns, write \\| for a | "
			    "inside a cell",
			    count, table->table_width);
		return;
	}
	struct block *row = add_row(parser, table, line, table->table_width);
	trim_row(&text, &len);
	for (size_t i = 0; next_cell(text, len, &pos, &cell, &cell_len); i++) {
		inline_parse(&parser->tree->arena, cell, cell_len, INLINE_CELL, parser->names, line,
			     parser->diagnostics, &row->cells[i]);
	}
}

bool table_begin(struct parser *parser, size_t columns)
{
	struct leaf *leaf = &parser->leaf;
	const char *head = leaf->last;
	size_t head_len = leaf->last_len;
	unsigned line = leaf->line + (unsigned)leaf->line_count - 1;

	if (count_cells(head, head_len) != columns) {
		return false;
	}
	if (leaf->line_count > 1) {
		/* What stands above the head is a paragraph. */
		buf_truncate(&parser->text, leaf->last_offset - 1);
		if (leaf->line_count == 2) {
			leaf->line_count = 1;
		}
		leaf_close(parser);
	}
	leaf->kind = LEAF_NONE;
	struct block *table = parser_add_block(parser, BLOCK_TABLE, line, 1);
	if (table == NULL) {
		return true;
	}
	table->has_column_header = true;
	table->table_width = (unsigned)columns;
	*leaf = (struct leaf){.kind = LEAF_TABLE, .line = line, .block = table};
	table_add_line(parser, head, head_len, line);
	return true;
}

/* Where the tag `close` stands and not behind a backslash. */
static size_t find_close(const char *text, size_t len, size_t pos, const char *close)
{
	size_t close_len = strlen(close);

	for (; pos < len; pos++) {
		if (text[pos] == '\\') {
			pos++;
		} else if (text[pos] == '<' && len - pos >= close_len &&
			   memcmp(text + pos, close, close_len) == 0) {
			return pos;
		}
	}
	return len;
}

struct table_reader {
	struct parser *parser;
	struct block *table;
	struct rich_text *cells; /* of the row being read */
	size_t cell_count;
	size_t allocated;
	bool in_row;
	unsigned row_line;
};

static void add_cell(struct table_reader *reader, const struct rich_text *cell)
{
	if (reader->cell_count == reader->allocated) {
		size_t allocated = reader->allocated * 2 + 8;
		struct rich_text *cells =
			arena_array(&reader->parser->tree->arena, allocated, sizeof(*cells));
		if (reader->cell_count > 0) {
			memcpy(cells, reader->cells, reader->cell_count * sizeof(*cells));
		}
		reader->cells = cells;
		reader->allocated = allocated;
	}
	reader->cells[reader->cell_count++] = *cell;
}

static void end_row(struct table_reader *reader)
{
	if (!reader->in_row) {
		return;
	}
	reader->in_row = false;
	struct block *row =
		add_row(reader->parser, reader->table, reader->row_line, reader->cell_count);
	if (reader->cell_count > 0) {
		memcpy(row->cells, reader->cells, reader->cell_count * sizeof(*row->cells));
	}
	if (reader->table->type == BLOCK_TABLE && reader->cell_count > reader->table->table_width) {
		reader->table->table_width = (unsigned)reader->cell_count;
	}
	reader->cell_count = 0;
}

static void fail_table(struct table_reader *reader, unsigned line, const char *tag)
{
	parser_fail(reader->parser, line, 0, "<%s> can't stand here in a <table>, write %s", tag,
		    "<tr><td>cell</td></tr>, one row a line");
}

/* One tag at text[*pos]; moves behind it, and behind the cell it opens. */
static void read_table_tag(struct table_reader *reader, const char *text, size_t len, size_t *pos,
			   unsigned line)
{
	static const char *const ignored[] = {"colgroup", "col", "thead", "tbody"};
	struct parser *parser = reader->parser;
	struct tag tag;
	struct rich_text cell = {0};

	if (!tag_parse(&parser->tree->arena, text + *pos, len - *pos, &tag)) {
		fail_table(reader, line, "");
		return;
	}
	*pos += tag.len;
	if (strcmp(tag.name, "tr") == 0) {
		end_row(reader);
		reader->in_row = !tag.is_close;
		reader->row_line = line;
		return;
	}
	if ((strcmp(tag.name, "td") == 0 || strcmp(tag.name, "th") == 0) && !tag.is_close &&
	    reader->in_row) {
		/* A text that would be mistaken for the cell's end stands in an attribute. */
		const char *value = tag_attribute(&tag, "text");
		if (value != NULL) {
			inline_parse(&parser->tree->arena, value, strlen(value), INLINE_TAG,
				     parser->names, line, parser->diagnostics, &cell);
		}
		if (tag.is_self_closing) {
			add_cell(reader, &cell);
			return;
		}
		const char *close = tag.name[1] == 'd' ? "</td>" : "</th>";
		size_t end = find_close(text, len, *pos, close);
		if (end == len) {
			parser_fail(parser, line, 0, "<%s> is not closed, put %s behind the cell",
				    tag.name, close);
			return;
		}
		inline_parse(&parser->tree->arena, text + *pos, end - *pos, INLINE_TAG,
			     parser->names, line, parser->diagnostics, &cell);
		add_cell(reader, &cell);
		*pos = end + strlen(close);
		return;
	}
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		if (strcmp(tag.name, ignored[i]) == 0) {
			return;
		}
	}
	fail_table(reader, line, tag.name);
}

/* Rows that lack cells get empty ones, as in a pipe table. */
static void fill_rows(struct parser *parser, struct block *table)
{
	block_children_foreach (row, table) {
		if (row->cell_count == table->table_width) {
			continue;
		}
		struct rich_text *cells =
			arena_array(&parser->tree->arena, table->table_width, sizeof(*cells));
		memcpy(cells, row->cells, row->cell_count * sizeof(*cells));
		row->cells = cells;
		row->cell_count = table->table_width;
	}
}

static void read_table(struct table_reader *reader, const char *text, size_t len, unsigned line)
{
	size_t pos = 0;

	while (pos < len && !reader->parser->failed) {
		if (text[pos] == '<') {
			size_t start = pos;
			read_table_tag(reader, text, len, &pos, line);
			for (size_t i = start; i < pos && i < len; i++) {
				line += text[i] == '\n';
			}
		} else if (is_space(text[pos]) || text[pos] == '\n') {
			line += text[pos] == '\n';
			pos++;
		} else {
			parser_fail(reader->parser, line, 0,
				    "text stands between the cells of a <table>, write "
				    "<tr><td>cell</td></tr>, one row a line");
		}
	}
	end_row(reader);
}

void table_parse_tags(struct parser *parser, struct block *table, const char *text, size_t len,
		      unsigned line)
{
	struct table_reader reader = {.parser = parser, .table = table};

	read_table(&reader, text, len, line);
	fill_rows(parser, table);
}

void table_parse_row(struct parser *parser, struct block *parent, const char *text, size_t len,
		     unsigned line)
{
	struct table_reader reader = {.parser = parser, .table = parent};

	read_table(&reader, text, len, line);
}
