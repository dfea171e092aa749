#include "mapping/diff_match.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/diff_anchor.h"
#include "mapping/diff_table.h"

/* Lists whose table is no larger are solved without looking for anchors first. */
#define SMALL_CELLS 4096

/* The part of the lists between two anchors. */
static struct sibling_lists between(const struct sibling_lists *lists, struct anchor from,
				    struct anchor to)
{
	return (struct sibling_lists){
		.base = lists->base + from.base,
		.base_count = to.base - from.base,
		.wanted = lists->wanted + from.wanted,
		.wanted_count = to.wanted - from.wanted,
		.remove = lists->remove + from.base,
		.insert = lists->insert + from.wanted,
		.lost = lists->lost + from.base,
	};
}

static cost one_sided_cost(const struct sibling_lists *lists)
{
	cost total = 0;
	bool is_open = false;

	for (size_t i = 0; i < lists->base_count; i++) {
		total += lists->remove[i];
	}
	for (size_t j = 0; j < lists->wanted_count; j++) {
		if (lists->insert[j] != COST_SKIP) {
			total += lists->insert[j] + (is_open ? 0 : COST_CALL);
			is_open = true;
		}
	}
	return total;
}

static bool is_too_large(const struct sibling_lists *lists)
{
	return lists->base_count > TABLE_MAX_CELLS / lists->wanted_count;
}

static cost solve_halves(struct diff_cost *costs, const struct sibling_lists *lists, size_t *pairs);

/* `pairs` (may be NULL) as in diff_table_solve, its numbers counted from `lists`. */
static cost solve_part(struct diff_cost *costs, const struct sibling_lists *lists, size_t *pairs)
{
	if (lists->base_count == 0 || lists->wanted_count == 0) {
		for (size_t j = 0; pairs != NULL && j < lists->wanted_count; j++) {
			pairs[j] = lists->base_count;
		}
		return one_sided_cost(lists);
	}
	if (is_too_large(lists)) {
		return solve_halves(costs, lists, pairs);
	}
	return diff_table_solve(costs, lists, COST_IMPOSSIBLE, pairs);
}

/* Not the best plan, but one in bounded time: what is this long and has nothing in common with
 * the other is compared half by half. */
static cost solve_halves(struct diff_cost *costs, const struct sibling_lists *lists, size_t *pairs)
{
	struct anchor start = {0, 0};
	struct anchor middle = {lists->base_count / 2, lists->wanted_count / 2};
	struct anchor end = {lists->base_count, lists->wanted_count};
	struct sibling_lists first = between(lists, start, middle);
	struct sibling_lists second = between(lists, middle, end);
	cost total = solve_part(costs, &first, pairs) +
		     solve_part(costs, &second, pairs != NULL ? pairs + middle.wanted : NULL);

	for (size_t j = 0; pairs != NULL && j < lists->wanted_count; j++) {
		size_t count = j < middle.wanted ? first.base_count : second.base_count;
		size_t offset = j < middle.wanted ? 0 : middle.base;
		pairs[j] = pairs[j] < count ? pairs[j] + offset : lists->base_count;
	}
	return total;
}

/* A plan that matches all anchors, and the best between them. */
static cost solve_anchored(struct diff_cost *costs, const struct sibling_lists *lists,
			   const struct anchor *anchors, size_t count, size_t *pairs)
{
	struct anchor from = {0, 0};
	cost total = 0;

	for (size_t k = 0; k <= count; k++) {
		struct anchor to = {lists->base_count, lists->wanted_count};
		if (k < count) {
			to = anchors[k];
		}
		struct sibling_lists part = between(lists, from, to);
		total += solve_part(costs, &part, pairs != NULL ? pairs + from.wanted : NULL);
		for (size_t j = from.wanted; pairs != NULL && j < to.wanted; j++) {
			bool is_matched = pairs[j] < part.base_count;
			pairs[j] = is_matched ? pairs[j] + from.base : lists->base_count;
		}
		if (k < count && pairs != NULL) {
			pairs[to.wanted] = to.base;
		}
		from = (struct anchor){to.base + 1, to.wanted + 1};
	}
	return total;
}

static cost solve(struct diff_cost *costs, const struct sibling_lists *lists, size_t *pairs)
{
	if (lists->base_count == 0 || lists->wanted_count == 0 ||
	    lists->base_count * lists->wanted_count <= SMALL_CELLS) {
		return solve_part(costs, lists, pairs);
	}
	struct anchor *anchors = NULL;
	size_t count = diff_anchors(lists, &anchors);
	cost bound = COST_IMPOSSIBLE;
	if (count > 0) {
		bound = solve_anchored(costs, lists, anchors, count, NULL);
	}
	cost total = COST_IMPOSSIBLE;
	if (count > 0 || !is_too_large(lists)) {
		total = diff_table_solve(costs, lists, bound, pairs);
	}
	if (total == COST_IMPOSSIBLE) {
		total = solve_anchored(costs, lists, anchors, count, pairs);
	}
	free(anchors);
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
	total = solve(costs, &lists, NULL);
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

static void match_list(struct diff_cost *costs, const struct sibling_lists *lists)
{
	if (lists->base_count == 0 || lists->wanted_count == 0) {
		return;
	}
	size_t *pairs = reallocarray(NULL, lists->wanted_count, sizeof(*pairs));
	if (pairs == NULL) {
		abort();
	}
	solve(costs, lists, pairs);
	for (size_t j = 0; j < lists->wanted_count; j++) {
		if (pairs[j] < lists->base_count) {
			pair_up(&lists->base[pairs[j]], &lists->wanted[j]);
		}
	}
	free(pairs);
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

void diff_match(struct diff_tree *base, struct diff_tree *wanted,
		const struct diff_options *options)
{
	struct diff_cost costs;

	diff_cost_init(&costs, base, wanted, options);
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
