#include "mapping/diff_match.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * The table has two costs a cell (i, j): of the first i blocks of the base made the first j
 * wanted, with no run of inserts open, and with one open. Deletes leave a run open (its anchor
 * is the same), a match closes it. How a cell was reached is kept in a byte: two bits a state,
 * and whether a match came from the open state.
 */
enum step {
	STEP_DELETE = 0,
	STEP_MATCH = 1,
	STEP_INSERT_FIRST = 1,
	STEP_SKIP = 2,
	STEP_INSERT = 3
};

#define STEPS(closed, open) ((uint8_t)((closed) | (open) << 2))
#define CLOSED_STEP(steps) ((steps)&3)
#define OPEN_STEP(steps) ((steps) >> 2 & 3)
#define MATCH_FROM_OPEN 0x10

struct row {
	cost *closed;
	cost *open;
};

struct table {
	struct diff_cost *costs;
	const struct sibling_lists *lists;
	size_t width;
	uint8_t *steps; /* NULL: only the cost is wanted */
	bool ends_open;
};

static void fill_cell(struct table *table, size_t i, size_t j, const struct row *above,
		      const struct row *here)
{
	const struct sibling_lists *lists = table->lists;
	cost closed = i == 0 && j == 0 ? 0 : COST_IMPOSSIBLE;
	cost open = COST_IMPOSSIBLE;
	unsigned closed_step = STEP_DELETE;
	unsigned open_step = STEP_DELETE;
	unsigned from = 0;

	if (i > 0) {
		closed = above->closed[j] + lists->remove[i - 1];
		open = above->open[j] + lists->remove[i - 1];
	}
	if (j > 0 && lists->insert[j - 1] == COST_SKIP) {
		if (here->closed[j - 1] < closed) {
			closed = here->closed[j - 1];
			closed_step = STEP_SKIP;
		}
		if (here->open[j - 1] < open) {
			open = here->open[j - 1];
			open_step = STEP_SKIP;
		}
	} else if (j > 0) {
		cost insert = lists->insert[j - 1];
		if (here->closed[j - 1] + COST_CALL + insert < open) {
			open = here->closed[j - 1] + COST_CALL + insert;
			open_step = STEP_INSERT_FIRST;
		}
		if (here->open[j - 1] + insert < open) {
			open = here->open[j - 1] + insert;
			open_step = STEP_INSERT;
		}
	}
	if (i > 0 && j > 0) {
		bool is_open = above->open[j - 1] < above->closed[j - 1];
		cost before = is_open ? above->open[j - 1] : above->closed[j - 1];
		/* Costs of pairs are dear: not looked at when they can't help. */
		if (before <= closed) {
			cost pair = before + diff_cost_match(table->costs, lists, i - 1, j - 1);
			if (pair <= closed && pair < COST_IMPOSSIBLE) {
				closed = pair;
				closed_step = STEP_MATCH;
				from = is_open ? MATCH_FROM_OPEN : 0;
			}
		}
	}
	here->closed[j] = closed < COST_IMPOSSIBLE ? closed : COST_IMPOSSIBLE;
	here->open[j] = open < COST_IMPOSSIBLE ? open : COST_IMPOSSIBLE;
	if (table->steps != NULL) {
		table->steps[i * table->width + j] =
			(uint8_t)(STEPS(closed_step, open_step) | from);
	}
}

static cost fill(struct table *table)
{
	const struct sibling_lists *lists = table->lists;
	size_t width = table->width;
	cost *memory = reallocarray(NULL, width, 4 * sizeof(*memory));

	if (memory == NULL) {
		abort();
	}
	struct row above = {memory, memory + width};
	struct row here = {memory + 2 * width, memory + 3 * width};
	for (size_t i = 0; i <= lists->base_count; i++) {
		for (size_t j = 0; j < width; j++) {
			fill_cell(table, i, j, &above, &here);
		}
		struct row swap = above;
		above = here;
		here = swap;
	}
	table->ends_open = above.open[width - 1] < above.closed[width - 1];
	cost best = table->ends_open ? above.open[width - 1] : above.closed[width - 1];
	free(memory);
	return best;
}

static cost list_cost(struct diff_cost *costs, const struct sibling_lists *lists)
{
	cost total = 0;

	if (lists->base_count > 0 && lists->wanted_count > 0) {
		struct table table = {
			.costs = costs, .lists = lists, .width = lists->wanted_count + 1};
		return fill(&table);
	}
	for (size_t i = 0; i < lists->base_count; i++) {
		total += lists->remove[i];
	}
	bool is_open = false;
	for (size_t j = 0; j < lists->wanted_count; j++) {
		if (lists->insert[j] != COST_SKIP) {
			total += lists->insert[j] + (is_open ? 0 : COST_CALL);
			is_open = true;
		}
	}
	return total;
}

cost diff_match_cost_below(struct diff_cost *costs, struct diff_node *base,
			   struct diff_node *wanted)
{
	cost total;

	if (diff_cost_recall(costs, base, wanted, &total)) {
		return total;
	}
	struct sibling_lists lists;
	sibling_lists_init(&lists, costs, base, wanted);
	total = list_cost(costs, &lists);
	sibling_lists_release(&lists);
	diff_cost_remember(costs, base, wanted, total);
	return total;
}

static void pair_up(struct diff_node *base, struct diff_node *wanted)
{
	assert(base->match == NULL && wanted->match == NULL);
	base->match = wanted;
	wanted->match = base;
}

static void trace(const struct table *table)
{
	size_t i = table->lists->base_count;
	size_t j = table->lists->wanted_count;
	bool is_open = table->ends_open;

	while (i > 0 || j > 0) {
		uint8_t steps = table->steps[i * table->width + j];
		unsigned step = is_open ? OPEN_STEP(steps) : CLOSED_STEP(steps);
		if (step == STEP_DELETE) {
			i--;
		} else if (step == STEP_SKIP) {
			j--;
		} else if (is_open) {
			is_open = step == STEP_INSERT;
			j--;
		} else {
			i--;
			j--;
			pair_up(&table->lists->base[i], &table->lists->wanted[j]);
			is_open = (steps & MATCH_FROM_OPEN) != 0;
		}
	}
}

static void match_list(struct diff_cost *costs, const struct sibling_lists *lists)
{
	struct table table = {.costs = costs, .lists = lists, .width = lists->wanted_count + 1};

	if (lists->base_count == 0 || lists->wanted_count == 0) {
		return;
	}
	table.steps = reallocarray(NULL, lists->base_count + 1, table.width);
	if (table.steps == NULL) {
		abort();
	}
	fill(&table);
	trace(&table);
	free(table.steps);
}

static void match_below(struct diff_cost *costs, struct diff_node *base, struct diff_node *wanted)
{
	struct sibling_lists lists;

	sibling_lists_init(&lists, costs, base, wanted);
	/* What was cut off at both ends is equal. */
	size_t head = (size_t)(lists.base - base->children);
	size_t tail = base->child_count - head - lists.base_count;
	for (size_t i = 0; i < head; i++) {
		pair_up(&base->children[i], &wanted->children[i]);
	}
	for (size_t i = 1; i <= tail; i++) {
		pair_up(&base->children[base->child_count - i],
			&wanted->children[wanted->child_count - i]);
	}
	match_list(costs, &lists);
	sibling_lists_release(&lists);
	for (size_t i = 0; i < base->child_count; i++) {
		if (base->children[i].match != NULL) {
			match_below(costs, &base->children[i], base->children[i].match);
		}
	}
}

void diff_match(struct diff_tree *base, struct diff_tree *wanted, unsigned weight_percent)
{
	struct diff_cost costs;

	diff_cost_init(&costs, base, wanted, weight_percent);
	pair_up(&base->nodes[0], &wanted->nodes[0]);
	match_below(&costs, &base->nodes[0], &wanted->nodes[0]);
	/* Named blocks that stay though their line moved. */
	for (size_t i = 1; i < base->count; i++) {
		struct diff_node *node = &base->nodes[i];
		if (node->identity != NULL && node->match == NULL &&
		    node->identity->match == NULL) {
			pair_up(node, node->identity);
			node->is_in_place = true;
			node->match->is_in_place = true;
			match_below(&costs, node, node->match);
		}
	}
	diff_cost_release(&costs);
}
