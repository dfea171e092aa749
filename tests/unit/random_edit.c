#include "tests/unit/random_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"
#include "tests/unit/sketch_tree.h"

unsigned random_below(struct random *random, unsigned below)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return below == 0 ? 0 : (unsigned)((random->state >> 20) % below);
}

static void put_line(struct buf *sketch, unsigned depth, const char *text)
{
	for (unsigned i = 0; i < depth; i++) {
		buf_putc(sketch, '\t');
	}
	buf_puts(sketch, text);
	buf_putc(sketch, '\n');
}

static void put_text_line(struct random *random, struct buf *sketch, unsigned depth,
			  const char *word)
{
	static const char *const texts[] = {"one",
					    "two",
					    "three",
					    "the quick brown fox",
					    "the quick brown dog jumps",
					    "a longer line of text that is like others",
					    "a longer line of text"};
	char line[100];
	/* Few texts, so that equal neighbours are common. */
	snprintf(line, sizeof(line), "%s %s%s", word,
		 texts[random_below(random, sizeof(texts) / sizeof(texts[0]))],
		 random_below(random, 3) == 0 ? " more" : "");
	put_line(sketch, depth, line);
}

struct grower {
	struct random *random;
	enum random_kind kind;
	unsigned left;
	unsigned max_depth;
	unsigned next_page;
	struct buf sketch;
};

static void grow(struct grower *grower, unsigned depth, unsigned count);

static void grow_table(struct grower *grower, unsigned depth)
{
	unsigned width = 1 + random_below(grower->random, 3);
	unsigned rows = 1 + random_below(grower->random, 3);
	char line[40];

	snprintf(line, sizeof(line), "table %u", width);
	put_line(&grower->sketch, depth, line);
	for (unsigned i = 0; i < rows; i++) {
		char cell = (char)('a' + random_below(grower->random, 4));
		snprintf(line, sizeof(line),
			 width == 1   ? "row %c"
			 : width == 2 ? "row %c|y"
				      : "row %c|y|z",
			 cell);
		put_line(&grower->sketch, depth + 1, line);
	}
}

static void grow_columns(struct grower *grower, unsigned depth)
{
	unsigned columns = 2 + random_below(grower->random, 2);

	put_line(&grower->sketch, depth, "columns");
	for (unsigned i = 0; i < columns; i++) {
		put_line(&grower->sketch, depth + 1, "column");
		grow(grower, depth + 2, random_below(grower->random, 3));
	}
}

static void grow_named(struct grower *grower, unsigned depth)
{
	char line[40];

	switch (random_below(grower->random, 3)) {
	case 0: snprintf(line, sizeof(line), "page %u", grower->next_page++); break;
	case 1: snprintf(line, sizeof(line), "hosted %u.png", grower->next_page++); break;
	default: snprintf(line, sizeof(line), "sync"); break;
	}
	put_line(&grower->sketch, depth, line);
	if (line[0] == 's') {
		grow(grower, depth + 1, random_below(grower->random, 3));
	}
}

static void grow_one(struct grower *grower, unsigned depth)
{
	static const char *const leaves[] = {"p", "b", "todo", "q", "h", "th", "toggle"};
	unsigned kinds = grower->kind == RANDOM_PLAIN ? 4 : 7;
	unsigned choice = random_below(grower->random, 12);

	if (grower->kind >= RANDOM_CONTAINED && depth + 2 < grower->max_depth && choice == 0) {
		grow_columns(grower, depth);
	} else if (grower->kind >= RANDOM_CONTAINED && choice == 1) {
		grow_table(grower, depth);
	} else if (grower->kind >= RANDOM_CONTAINED && choice == 2) {
		put_line(&grower->sketch, depth, "div");
	} else if (grower->kind == RANDOM_NAMED && choice == 3) {
		grow_named(grower, depth);
	} else {
		const char *word = leaves[random_below(grower->random, kinds)];
		put_text_line(grower->random, &grower->sketch, depth, word);
		if (strcmp(word, "h") != 0 && random_below(grower->random, 3) == 0) {
			grow(grower, depth + 1, 1 + random_below(grower->random, 3));
		}
	}
}

static void grow(struct grower *grower, unsigned depth, unsigned count)
{
	for (unsigned i = 0; i < count && grower->left > 0 && depth < grower->max_depth; i++) {
		grower->left--;
		grow_one(grower, depth);
	}
}

struct block_tree *random_tree(struct random *random, enum random_kind kind, unsigned max_blocks,
			       unsigned max_depth)
{
	struct grower grower = {.random = random,
				.kind = kind,
				.left = random_below(random, max_blocks + 1),
				.max_depth = max_depth,
				.next_page = 1};

	buf_init(&grower.sketch, BUF_PAGE_MAX_BYTES);
	grow(&grower, 0, grower.left);
	struct block_tree *tree = sketch_tree(grower.sketch.data);
	buf_release(&grower.sketch);
	return tree;
}

static struct block *pick(struct random *random, struct block_tree *tree)
{
	struct block *block = &tree->root;
	unsigned steps = 1 + random_below(random, 3);

	for (unsigned i = 0; i < steps && block->child_count > 0; i++) {
		unsigned index = random_below(random, (unsigned)block->child_count);
		block = block->first_child;
		while (index-- > 0) {
			block = block->next;
		}
	}
	return block == &tree->root ? NULL : block;
}

static bool is_structure(const struct block *block)
{
	return block->type == BLOCK_TABLE_ROW || block->type == BLOCK_COLUMN;
}

static void set_text(struct random *random, struct block_tree *tree, struct block *block)
{
	char text[40];

	if (block->text.count == 0) {
		return;
	}
	int len = snprintf(text, sizeof(text), "the quick brown fox %u", random_below(random, 5));
	struct run *run = arena_array(&tree->arena, 1, sizeof(*run));
	*run = block->text.runs[0];
	run->text = arena_copy(&tree->arena, text, (size_t)len);
	run->text_len = (size_t)len;
	block->text.runs = run;
}

static void insert_one(struct random *random, struct block_tree *tree, struct block *at)
{
	struct block *parent = at == NULL ? &tree->root : at->parent;

	if (at != NULL && is_structure(at)) {
		return;
	}
	struct block *block = block_append(tree, &tree->root, BLOCK_PARAGRAPH);
	block->text.runs = arena_array(&tree->arena, 1, sizeof(struct run));
	block->text.runs[0].text = "new";
	block->text.runs[0].text_len = 3;
	block->text.count = 1;
	set_text(random, tree, block);
	block_unlink(block);
	block_insert(parent, block, at);
}

static void remove_one(struct block *block)
{
	size_t least = block->type == BLOCK_TABLE_ROW ? 1 : block->type == BLOCK_COLUMN ? 2 : 0;
	if (block->parent->child_count > least) {
		block_unlink(block);
	}
}

static void move_one(struct random *random, struct block *block)
{
	struct block *parent = block->parent;
	unsigned index = random_below(random, (unsigned)parent->child_count);

	block_unlink(block);
	struct block *before = parent->first_child;
	while (before != NULL && index-- > 0) {
		before = before->next;
	}
	block_insert(parent, block, before);
}

static void change_type(struct random *random, struct block *block)
{
	static const enum block_type types[] = {BLOCK_PARAGRAPH, BLOCK_BULLETED_LIST_ITEM,
						BLOCK_TO_DO, BLOCK_QUOTE};
	for (size_t i = 0; i < 4; i++) {
		if (block->type == types[i]) {
			block->type = types[random_below(random, 4)];
			return;
		}
	}
}

static void edit_one(struct random *random, struct block_tree *tree)
{
	struct block *block = pick(random, tree);

	switch (block == NULL ? 0 : random_below(random, 7)) {
	case 0:
	case 1: insert_one(random, tree, block); break;
	case 2: remove_one(block); break;
	case 3: move_one(random, block); break;
	case 4: change_type(random, block); break;
	default: set_text(random, tree, block); break;
	}
}

struct block_tree *random_edit(struct random *random, const struct block_tree *base, unsigned edits)
{
	char *sketch = sketch_of(base);
	struct block_tree *tree = sketch_tree(sketch);

	free(sketch);
	for (unsigned i = 0; i < edits; i++) {
		edit_one(random, tree);
	}
	return tree;
}
