#include "mapping/diff_table.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/diff_anchor.h"

/* How a cell was reached, in a byte: two bits a state, and whether a match came from the open
 * state. */
enum step {
	STEP_DELETE = 0,
	STEP_MATCH = 1,	       /* closed */
	STEP_INSERT_FIRST = 1, /* open */
	STEP_SKIP = 2,
	STEP_INSERT = 3, /* open */
};

#define STEPS(closed, open) ((uint8_t)((closed) | (open) << 2))
#define CLOSED_STEP(steps) ((steps)&3)
#define OPEN_STEP(steps) ((steps) >> 2 & 3)
#define MATCH_FROM_OPEN 0x10

struct row {
	cost *closed;
	cost *open;
};

struct span {
	size_t first; /* column */
	size_t steps; /* of that column */
};

struct table {
	struct diff_cost *costs;
	const struct sibling_lists *lists;
	struct row above;
	struct row here;
	cost bound;

	/* Base blocks from the present row on that have no equal any more from a column on: each
	 * costs a call at least. `lasts` is the last equal wanted block of each base block. */
	size_t *lasts;
	unsigned *last_counts; /* by column */
	size_t lost;	       /* at the first column of the row */

	uint8_t *steps; /* NULL: only the cost is wanted */
	size_t step_count;
	size_t step_allocated;
	struct span *spans; /* of rows */
	bool is_traced;
	size_t cells;
};

/* `lost` calls are sure to follow. */
static uint8_t fill_cell(const struct table *table, size_t i, size_t j, size_t lost)
{
	const struct sibling_lists *lists = table->lists;
	const struct row *above = &table->above;
	const struct row *here = &table->here;
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
		cost ceiling =
			lost * COST_CALL < table->bound ? table->bound - lost * COST_CALL : 0;
		cost limit = closed < ceiling ? closed : ceiling;
		if (before <= limit && before < COST_IMPOSSIBLE) {
			cost pair =
				diff_cost_match(table->costs, lists, i - 1, j - 1, limit - before);
			if (pair <= limit - before && pair < COST_IMPOSSIBLE) {
				closed = before + pair;
				closed_step = STEP_MATCH;
				from = is_open ? MATCH_FROM_OPEN : 0;
			}
		}
	}
	here->closed[j] = closed < COST_IMPOSSIBLE ? closed : COST_IMPOSSIBLE;
	here->open[j] = open < COST_IMPOSSIBLE ? open : COST_IMPOSSIBLE;
	return (uint8_t)(STEPS(closed_step, open_step) | from);
}

static void put_step(struct table *table, uint8_t step)
{
	if (table->step_count == table->step_allocated) {
		table->step_allocated = table->step_allocated * 2 + 1024;
		uint8_t *steps = realloc(table->steps, table->step_allocated);
		if (steps == NULL) {
			abort();
		}
		table->steps = steps;
	}
	table->steps[table->step_count++] = step;
}

static void kill_cell(const struct row *row, size_t j)
{
	row->closed[j] = COST_IMPOSSIBLE;
	row->open[j] = COST_IMPOSSIBLE;
}

/* Fills row i from column *first up to where nothing lives any more; columns up to *last live in
 * the row above. Both become the row's own. False when nothing lives. */
static bool fill_row(struct table *table, size_t i, size_t *first, size_t *last)
{
	const struct sibling_lists *lists = table->lists;
	size_t lost = table->lost;
	bool lives = false;
	size_t start = *first;
	size_t end = *last;

	if (table->is_traced) {
		table->spans[i] = (struct span){.first = start, .steps = table->step_count};
	}
	if (start > 0) {
		kill_cell(&table->here, start - 1);
	}
	for (size_t j = start; j <= lists->wanted_count; j++) {
		if (i > 0 && j > end) {
			kill_cell(&table->above, j);
		}
		uint8_t steps = fill_cell(table, i, j, lost);
		if (table->is_traced) {
			put_step(table, steps);
		}
		table->cells++;
		cost closed = table->here.closed[j];
		cost open = table->here.open[j];
		if ((closed < open ? closed : open) + lost * COST_CALL <= table->bound) {
			if (!lives) {
				*first = j;
				table->lost = lost;
			}
			*last = j;
			lives = true;
		} else {
			kill_cell(&table->here, j);
			if (j > end) {
				break;
			}
		}
		lost += table->last_counts != NULL ? table->last_counts[j] : 0;
	}
	return lives;
}

/* The base block of row i is done with: it can't be lost any more. */
static void leave_row(struct table *table, size_t i, size_t first)
{
	size_t last = table->lasts[i];

	if (last == LAST_UNKNOWN) {
		return;
	}
	if (last == LAST_NONE) {
		table->lost--;
		return;
	}
	table->last_counts[last]--;
	table->lost -= last < first;
}

static cost fill(struct table *table, bool *ret_open)
{
	const struct sibling_lists *lists = table->lists;
	size_t first = 0;
	size_t last = 0;

	for (size_t i = 0; i <= lists->base_count; i++) {
		if (!fill_row(table, i, &first, &last) || table->cells > TABLE_MAX_CELLS) {
			return COST_IMPOSSIBLE;
		}
		if (table->lasts != NULL && i < lists->base_count) {
			leave_row(table, i, first);
		}
		struct row swap = table->above;
		table->above = table->here;
		table->here = swap;
	}
	if (last != lists->wanted_count) {
		return COST_IMPOSSIBLE;
	}
	*ret_open = table->above.open[last] < table->above.closed[last];
	return *ret_open ? table->above.open[last] : table->above.closed[last];
}

static void trace(const struct table *table, bool is_open, size_t *pairs)
{
	size_t i = table->lists->base_count;
	size_t j = table->lists->wanted_count;

	for (size_t k = 0; k < j; k++) {
		pairs[k] = i;
	}
	while (i > 0 || j > 0) {
		const struct span *span = &table->spans[i];
		uint8_t steps = table->steps[span->steps + j - span->first];
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
			pairs[j] = i;
			is_open = (steps & MATCH_FROM_OPEN) != 0;
		}
	}
}

static void count_lasts(struct table *table)
{
	const struct sibling_lists *lists = table->lists;

	table->lasts = diff_anchor_lasts(lists);
	table->last_counts = calloc(lists->wanted_count + 1, sizeof(*table->last_counts));
	if (table->last_counts == NULL) {
		abort();
	}
	for (size_t i = 0; i < lists->base_count; i++) {
		if (table->lasts[i] == LAST_NONE) {
			table->lost++;
		} else if (table->lasts[i] != LAST_UNKNOWN) {
			table->last_counts[table->lasts[i]]++;
		}
	}
}

#define SMALL_WIDTH 16

cost diff_table_solve(struct diff_cost *costs, const struct sibling_lists *lists, cost bound,
		      size_t *pairs)
{
	struct table table = {
		.costs = costs, .lists = lists, .bound = bound, .is_traced = pairs != NULL};
	cost small[4 * SMALL_WIDTH];
	size_t width = lists->wanted_count + 1;
	bool is_open = false;
	cost *memory =
		width <= SMALL_WIDTH ? small : reallocarray(NULL, width, 4 * sizeof(*memory));

	if (pairs != NULL) {
		table.spans = reallocarray(NULL, lists->base_count + 1, sizeof(*table.spans));
	}
	if (memory == NULL || (pairs != NULL && table.spans == NULL)) {
		abort();
	}
	table.above = (struct row){memory, memory + width};
	table.here = (struct row){memory + 2 * width, memory + 3 * width};
	if (bound < COST_IMPOSSIBLE) {
		count_lasts(&table);
	} else {
		/* Everything lives. */
		table.bound = UINT64_MAX;
	}
	cost total = fill(&table, &is_open);
	if (pairs != NULL && total < COST_IMPOSSIBLE) {
		trace(&table, is_open, pairs);
	}
	if (memory != small) {
		free(memory);
	}
	free(table.lasts);
	free(table.last_counts);
	free(table.steps);
	free(table.spans);
	return total;
}
