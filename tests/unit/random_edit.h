/*
 * Random block trees and random edits of them, the same for the same seed.
 */
#ifndef NOTIONFS_TESTS_RANDOM_EDIT_H
#define NOTIONFS_TESTS_RANDOM_EDIT_H

#include "mapping/block.h"

struct random {
	uint64_t state;
};

/* 0 … below - 1 */
unsigned random_below(struct random *random, unsigned below);

enum random_kind {
	RANDOM_PLAIN,	  /* paragraphs and list items */
	RANDOM_CONTAINED, /* also tables, columns, tabs, toggles, headings */
	RANDOM_NAMED,	  /* also child pages, synced blocks, hosted files */
};

/* At most about `max_blocks` blocks, `max_depth` levels; no ids but those of child pages. */
struct block_tree *random_tree(struct random *random, enum random_kind kind, unsigned max_blocks,
			       unsigned max_depth);
/* A copy of `base` without ids (but those a text names), with `edits` changes. */
struct block_tree *random_edit(struct random *random, const struct block_tree *base,
			       unsigned edits);

#endif
