/*
 * The table of one pair of sibling lists: exact, and small where the lists are alike.
 *
 * A cell (i, j) has two costs of making the first i blocks of the base the first j wanted: with
 * no run of inserts open, and with one. Deletes leave a run open (its anchor is the same), a
 * match closes it. Cells that can't be part of a plan as cheap as one already known are left out.
 *
 * What it is not: part of the contract of diff.h; only diff*.c includes it.
 */
#ifndef NOTIONFS_MAPPING_DIFF_TABLE_H
#define NOTIONFS_MAPPING_DIFF_TABLE_H

#include "mapping/diff_cost.h"

/* More cells than this are not looked at (a byte each). */
#define TABLE_MAX_CELLS ((size_t)1 << 26)

/*
 * The least cost, which is at most `bound`, that of a plan already known or COST_IMPOSSIBLE.
 * With `pairs` (an array of wanted_count) it is told which base block each wanted one is matched
 * with, or base_count. COST_IMPOSSIBLE when the table got too large.
 */
cost diff_table_solve(struct diff_cost *costs, const struct sibling_lists *lists, cost bound,
		      size_t *pairs);

#endif
