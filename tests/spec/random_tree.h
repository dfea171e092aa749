/*
 * Random block trees as the API could return them: every type, hostile text, any nesting that is
 * allowed. The same seed gives the same trees.
 *
 * What it is not: a generator of good prose, or of trees the API refuses.
 */
#ifndef NOTIONFS_TESTS_SPEC_RANDOM_TREE_H
#define NOTIONFS_TESTS_SPEC_RANDOM_TREE_H

#include <stdint.h>

#include "mapping/block.h"

struct random {
	uint64_t state;
};

/* 0 … limit - 1 */
unsigned random_below(struct random *random, unsigned limit);

struct block_tree *random_tree(struct random *random, unsigned max_depth);

#endif
