/*
 * The blocks of a tree by id.
 *
 * What it is not: kept up to date; the tree must not change while it is used.
 */
#ifndef NOTIONFS_MAPPING_BLOCK_INDEX_H
#define NOTIONFS_MAPPING_BLOCK_INDEX_H

#include "mapping/block.h"

struct block_index_entry {
	struct uuid id;
	struct block *block;
	struct block *other; /* for the caller; NULL at first */
};

struct block_index {
	struct block_index_entry *entries; /* sorted by id */
	size_t count;
};

/* Blocks without id are left out. */
void block_index_init(struct block_index *index, const struct block *root);
void block_index_release(struct block_index *index);
/* NULL when there is none. */
struct block_index_entry *block_index_find(const struct block_index *index, const struct uuid *id);

#endif
