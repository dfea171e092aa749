/*
 * Blocks from one tree into another, nothing shared.
 */
#ifndef NOTIONFS_MAPPING_BLOCK_COPY_H
#define NOTIONFS_MAPPING_BLOCK_COPY_H

#include "mapping/block.h"

/* A copy of `source` without its children, the last child of `parent` (a block of `tree`). */
struct block *block_copy_alone(struct block_tree *tree, struct block *parent,
			       const struct block *source);
struct rich_text rich_text_copy(struct arena *arena, const struct rich_text *source);

#endif
