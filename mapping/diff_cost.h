/*
 * What each step of an edit between two lists of siblings costs: in calls, then in ids that are
 * lost though their text lives on, then in likeness and bytes.
 *
 * What it is not: part of the contract of diff.h; only diff*.c includes it.
 */
#ifndef NOTIONFS_MAPPING_DIFF_COST_H
#define NOTIONFS_MAPPING_DIFF_COST_H

#include "mapping/diff.h"
#include "mapping/diff_node.h"

/* Hundredths of a call from bit 36 on; below them what decides between equals. */
typedef uint64_t cost;

#define COST_SHIFT 36
#define COST_CALL ((cost)100 << COST_SHIFT)
#define COST_IMPOSSIBLE ((cost)1 << 62)
/* In the place of an insert's cost: the line creates nothing and costs nothing. */
#define COST_SKIP UINT64_MAX
/* A named block that stays where it is though its line moved. More than the one call this may
 * save, less than moving what stands between. */
#define COST_KEEP_ORDER ((cost)150 << COST_SHIFT)
/* … when the order wanted is known to be possible. */
#define COST_KEEP_ORDER_NEVER (10000 * COST_CALL)
#define COST_WEIGHT_MAX_PERCENT 2000

struct pair_memo;

struct diff_cost {
	struct diff_tree *base;
	struct diff_tree *wanted;
	unsigned weight_percent;
	cost keep_order;
	struct pair_memo *memo;
};

void diff_cost_init(struct diff_cost *costs, struct diff_tree *base, struct diff_tree *wanted,
		    const struct diff_options *options);
void diff_cost_release(struct diff_cost *costs);

#define SIBLINGS_SMALL 32

/* The children of two matched blocks without those that are equal at both ends. */
struct sibling_lists {
	struct diff_node *base;
	size_t base_count;
	struct diff_node *wanted;
	size_t wanted_count;
	cost *remove; /* base: of deleting, or of what deleting it comes to */
	cost *insert; /* wanted: beyond the call that opens the run */
	cost *lost;   /* base: of updating it to something unlike */
	cost *memory; /* NULL: `small` is enough */
	cost small[SIBLINGS_SMALL];
};

void sibling_lists_init(struct sibling_lists *lists, struct diff_cost *costs,
			struct diff_node *base, struct diff_node *wanted);
void sibling_lists_release(struct sibling_lists *lists);

/* Making the i-th of the base the j-th wanted, all below included; anything above `limit` when it
 * is above it. */
cost diff_cost_match(struct diff_cost *costs, const struct sibling_lists *lists, size_t i, size_t j,
		     cost limit);

/* A cost known for a pair of nodes. */
bool diff_cost_recall(struct diff_cost *costs, const struct diff_node *base,
		      const struct diff_node *wanted, cost *ret_cost);
void diff_cost_remember(struct diff_cost *costs, const struct diff_node *base,
			const struct diff_node *wanted, cost known);

#endif
