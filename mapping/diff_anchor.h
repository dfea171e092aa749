/*
 * What two long lists of siblings have in common, found without a table: a good plan quickly,
 * from which the best one is found by looking only at what could be better.
 *
 * What it is not: part of the contract of diff.h; only diff*.c includes it.
 */
#ifndef NOTIONFS_MAPPING_DIFF_ANCHOR_H
#define NOTIONFS_MAPPING_DIFF_ANCHOR_H

#include "mapping/diff_cost.h"

#define LAST_NONE SIZE_MAX
#define LAST_UNKNOWN (SIZE_MAX - 1)

/* For each base block the index of the last equal wanted block: LAST_NONE when it is sure to cost
 * a call, LAST_UNKNOWN when nothing is sure. Caller frees. */
size_t *diff_anchor_lasts(const struct sibling_lists *lists);

struct anchor {
	size_t base;
	size_t wanted;
};

/* Pairs of equal blocks, each the only one of its kind on both sides, in order on both sides, as
 * many as there are. Caller frees *ret_anchors. */
size_t diff_anchors(const struct sibling_lists *lists, struct anchor **ret_anchors);

#endif
