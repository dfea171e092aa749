#include "mapping/block.h"

#include <assert.h>
#include <stdlib.h>

struct block_tree *block_tree_new(void)
{
	struct block_tree *tree = calloc(1, sizeof(*tree));
	if (tree == NULL) {
		abort();
	}
	arena_init(&tree->arena);
	return tree;
}

void block_tree_free(struct block_tree *tree)
{
	if (tree == NULL) {
		return;
	}
	arena_release(&tree->arena);
	free(tree);
}

struct block *block_append(struct block_tree *tree, struct block *parent, enum block_type type)
{
	struct block *block = arena_alloc(&tree->arena, sizeof(*block));
	block->type = type;
	tree->block_count++;
	block_insert(parent, block, NULL);
	return block;
}

void block_unlink(struct block *block)
{
	struct block *parent = block->parent;
	assert(parent != NULL);
	if (block->previous != NULL) {
		block->previous->next = block->next;
	} else {
		parent->first_child = block->next;
	}
	if (block->next != NULL) {
		block->next->previous = block->previous;
	} else {
		parent->last_child = block->previous;
	}
	parent->child_count--;
	block->parent = NULL;
	block->previous = NULL;
	block->next = NULL;
}

void block_insert(struct block *parent, struct block *block, struct block *before)
{
	assert(block->parent == NULL);
	assert(before == NULL || before->parent == parent);
	struct block *previous = before != NULL ? before->previous : parent->last_child;
	block->parent = parent;
	block->previous = previous;
	block->next = before;
	if (previous != NULL) {
		previous->next = block;
	} else {
		parent->first_child = block;
	}
	if (before != NULL) {
		before->previous = block;
	} else {
		parent->last_child = block;
	}
	parent->child_count++;
}
