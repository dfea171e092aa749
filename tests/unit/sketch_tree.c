#include "tests/unit/sketch_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"

static const struct {
	const char *word;
	enum block_type type;
} words[] = {
	{"p", BLOCK_PARAGRAPH},
	{"b", BLOCK_BULLETED_LIST_ITEM},
	{"n", BLOCK_NUMBERED_LIST_ITEM},
	{"todo", BLOCK_TO_DO},
	{"q", BLOCK_QUOTE},
	{"toggle", BLOCK_TOGGLE},
	{"h", BLOCK_HEADING_1},
	{"th", BLOCK_HEADING_1},
	{"div", BLOCK_DIVIDER},
	{"code", BLOCK_CODE},
	{"table", BLOCK_TABLE},
	{"row", BLOCK_TABLE_ROW},
	{"columns", BLOCK_COLUMN_LIST},
	{"column", BLOCK_COLUMN},
	{"tabs", BLOCK_TAB},
	{"sync", BLOCK_SYNCED_BLOCK},
	{"copy", BLOCK_SYNCED_BLOCK},
	{"hosted", BLOCK_IMAGE},
	{"image", BLOCK_IMAGE},
	{"page", BLOCK_CHILD_PAGE},
	{"database", BLOCK_CHILD_DATABASE},
	{"link", BLOCK_LINK_TO_PAGE},
	{"unknown", BLOCK_UNSUPPORTED},
};

struct uuid sketch_id(unsigned number)
{
	struct uuid id = {{0x38, 0xc9, 0xce, 0x7b, 0x60, 0xa4, 0x81, 0xd0, 0x80}};
	for (unsigned i = 0; i < 4; i++) {
		id.bytes[15 - i] = (uint8_t)(number >> (8 * i));
	}
	return id;
}

static struct rich_text plain_text(struct arena *arena, const char *text, size_t len)
{
	struct rich_text rich = {0};
	if (len > 0) {
		rich.runs = arena_array(arena, 1, sizeof(*rich.runs));
		rich.runs[0].text = arena_copy(arena, text, len);
		rich.runs[0].text_len = len;
		rich.count = 1;
	}
	return rich;
}

static void set_cells(struct arena *arena, struct block *row, const char *text, size_t len)
{
	const char *end = text + len;
	row->cells = arena_array(arena, len + 1, sizeof(*row->cells));
	while (true) {
		const char *bar = memchr(text, '|', (size_t)(end - text));
		const char *stop = bar != NULL ? bar : end;
		row->cells[row->cell_count++] = plain_text(arena, text, (size_t)(stop - text));
		if (bar == NULL) {
			break;
		}
		text = bar + 1;
	}
}

static void set_rest(struct block_tree *tree, struct block *block, const char *word,
		     const char *rest, size_t len)
{
	const char *text = arena_copy(&tree->arena, rest, len);
	unsigned number = (unsigned)strtoul(text, NULL, 10);

	switch (block->type) {
	case BLOCK_TABLE: block->table_width = number; break;
	case BLOCK_TABLE_ROW: set_cells(&tree->arena, block, rest, len); break;
	case BLOCK_IMAGE:
		block->media = word[0] == 'h' ? MEDIA_FILE : MEDIA_EXTERNAL;
		block->url = text;
		break;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE:
		block->id = sketch_id(number);
		block->has_id = true;
		block->name = text;
		break;
	case BLOCK_SYNCED_BLOCK:
		block->is_synced_copy = word[0] == 'c';
		/* fall through */
	case BLOCK_LINK_TO_PAGE:
		if (number > 0) {
			block->target = sketch_id(number);
		}
		break;
	case BLOCK_UNSUPPORTED: block->block_type = text; break;
	case BLOCK_CODE: block->language = "plain text"; /* fall through */
	default: block->text = plain_text(&tree->arena, rest, len);
	}
	block->is_toggleable = strcmp(word, "th") == 0;
}

struct block_tree *sketch_tree(const char *sketch)
{
	struct block_tree *tree = block_tree_new();
	struct block *last[BLOCK_TYPE_COUNT] = {&tree->root};
	unsigned line = 0;

	while (*sketch != '\0') {
		size_t depth = strspn(sketch, "\t");
		const char *start = sketch + depth;
		size_t len = strcspn(start, "\n");
		size_t word_len = strcspn(start, " \n");
		size_t i = 0;
		while (strlen(words[i].word) != word_len ||
		       strncmp(words[i].word, start, word_len) != 0) {
			if (++i == sizeof(words) / sizeof(words[0])) {
				fprintf(stderr, "no such word: %s\n", start);
				abort();
			}
		}
		struct block *block = block_append(tree, last[depth], words[i].type);
		size_t skip = word_len < len ? word_len + 1 : len;
		set_rest(tree, block, words[i].word, start + skip, len - skip);
		block->line = ++line;
		last[depth]->has_children = true;
		last[depth + 1] = block;
		sketch = start + len + (start[len] == '\n');
	}
	return tree;
}

static void number_below(struct block *parent, unsigned *next)
{
	block_children_foreach (block, parent) {
		if (!block->has_id) {
			block->id = sketch_id((*next)++);
			block->has_id = true;
		}
		number_below(block, next);
	}
}

void sketch_number(struct block_tree *tree, unsigned *next)
{
	number_below(&tree->root, next);
}

static const char *word_of(const struct block *block)
{
	switch (block->type) {
	case BLOCK_HEADING_1: return block->is_toggleable ? "th" : "h";
	case BLOCK_SYNCED_BLOCK: return block->is_synced_copy ? "copy" : "sync";
	case BLOCK_IMAGE: return block->media == MEDIA_FILE ? "hosted" : "image";
	default: break;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].type == block->type) {
			return words[i].word;
		}
	}
	return "?";
}

static void put_text(struct buf *buf, const struct rich_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		buf_append(buf, text->runs[i].text, text->runs[i].text_len);
	}
}

static void put_rest(struct buf *buf, const struct block *block)
{
	size_t before = buf->len;
	buf_putc(buf, ' ');
	put_text(buf, &block->text);
	for (size_t i = 0; i < block->cell_count; i++) {
		buf_puts(buf, i > 0 ? "|" : "");
		put_text(buf, &block->cells[i]);
	}
	switch (block->type) {
	case BLOCK_TABLE: buf_printf(buf, "%u", block->table_width); break;
	case BLOCK_IMAGE: buf_puts(buf, block->url); break;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE: buf_printf(buf, "%u", block->id.bytes[15]); break;
	case BLOCK_LINK_TO_PAGE: buf_printf(buf, "%u", block->target.bytes[15]); break;
	case BLOCK_SYNCED_BLOCK:
		if (block->is_synced_copy) {
			buf_printf(buf, "%u", block->target.bytes[15]);
		}
		break;
	case BLOCK_UNSUPPORTED: buf_puts(buf, block->block_type); break;
	default: break;
	}
	if (buf->len == before + 1) {
		buf_truncate(buf, before);
	}
}

static void put_below(struct buf *buf, const struct block *parent, unsigned depth)
{
	block_children_foreach (block, parent) {
		for (unsigned i = 0; i < depth; i++) {
			buf_putc(buf, '\t');
		}
		buf_puts(buf, word_of(block));
		put_rest(buf, block);
		buf_putc(buf, '\n');
		put_below(buf, block, depth + 1);
	}
}

char *sketch_of(const struct block_tree *tree)
{
	struct buf buf;
	buf_init(&buf, BUF_PAGE_MAX_BYTES);
	put_below(&buf, &tree->root, 0);
	return buf_steal(&buf, NULL);
}
