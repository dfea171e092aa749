/*
 * The cheapest way to turn one list of siblings into another, all the way down (dialect.md §4):
 * Selkow's tree edit distance, where a run of inserts at one place costs one call.
 *
 * What it is not: part of the contract of diff.h; only diff*.c includes it.
 */
#ifndef NOTIONFS_MAPPING_DIFF_MATCH_H
#define NOTIONFS_MAPPING_DIFF_MATCH_H

#include "mapping/diff_cost.h"

/* Sets `match` (both ways) and `is_in_place` in both trees; `key` and `identity` are set. */
void diff_match(struct diff_tree *base, struct diff_tree *wanted,
		const struct diff_options *options);

/* The cost of making the children of one those of the other. */
cost diff_match_cost_below(struct diff_cost *costs, struct diff_node *base,
			   struct diff_node *wanted);

#endif
