#include "mapping/diff_table.h"

#include <stdlib.h>

#include "mapping/diff_anchor.h"
#include "mapping/diff_identity.h"
#include "tests/unit/random_edit.h"
#include "tests/unit/sketch_tree.h"
#include "tests/unit/suite.h"

static const struct diff_options options = {.weight_percent = 100};

/* The lists of two pages, ready to be compared. */
struct fixture {
	struct block_tree *base_blocks;
	struct block_tree *wanted_blocks;
	struct diff_tree base;
	struct diff_tree wanted;
	struct diff_cost costs;
	struct sibling_lists lists;
};

static void fixture_init(struct fixture *fixture, struct block_tree *base,
			 struct block_tree *wanted)
{
	unsigned next = 300;

	fixture->base_blocks = base;
	fixture->wanted_blocks = wanted;
	sketch_number(base, &next);
	diff_tree_init(&fixture->base, &base->root);
	diff_tree_init(&fixture->wanted, &wanted->root);
	diff_identity_resolve(&fixture->base, &fixture->wanted, false);
	diff_cost_init(&fixture->costs, &fixture->base, &fixture->wanted, &options);
	sibling_lists_init(&fixture->lists, &fixture->costs, fixture->base.nodes,
			   fixture->wanted.nodes);
}

static void fixture_release(struct fixture *fixture)
{
	sibling_lists_release(&fixture->lists);
	diff_cost_release(&fixture->costs);
	diff_tree_release(&fixture->base);
	diff_tree_release(&fixture->wanted);
	block_tree_free(fixture->base_blocks);
	block_tree_free(fixture->wanted_blocks);
}

START_TEST(leaving_cells_out_never_costs_more)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct random random = {seed * 0x9e3779b97f4a7c15u + 3};
		enum random_kind kind = (enum random_kind)(seed % 3);
		struct block_tree *base = random_tree(&random, kind, 120, 3);
		struct block_tree *wanted =
			random_edit(&random, base, 1 + random_below(&random, 12));
		struct fixture fixture;
		fixture_init(&fixture, base, wanted);
		const struct sibling_lists *lists = &fixture.lists;
		if (lists->base_count > 0 && lists->wanted_count > 0) {
			cost full = diff_table_solve(&fixture.costs, lists, COST_IMPOSSIBLE, NULL);
			cost tight = diff_table_solve(&fixture.costs, lists, full, NULL);
			cost loose =
				diff_table_solve(&fixture.costs, lists, full + 3 * COST_CALL, NULL);
			ck_assert_msg(tight == full, "seed %lu", (unsigned long)seed);
			ck_assert_msg(loose == full, "seed %lu", (unsigned long)seed);
		}
		fixture_release(&fixture);
	}
}
END_TEST

START_TEST(a_bound_nothing_can_keep_has_no_plan)
{
	struct fixture fixture;
	fixture_init(&fixture, sketch_tree("p a\np b\n"), sketch_tree("b c\nb d\n"));
	cost full = diff_table_solve(&fixture.costs, &fixture.lists, COST_IMPOSSIBLE, NULL);
	ck_assert_uint_eq(full >> COST_SHIFT, 300);
	ck_assert(diff_table_solve(&fixture.costs, &fixture.lists, full - 1, NULL) ==
		  COST_IMPOSSIBLE);
	fixture_release(&fixture);
}
END_TEST

START_TEST(anchors_are_the_longest_order_of_what_is_unique)
{
	struct fixture fixture;
	struct anchor *anchors = NULL;
	fixture_init(&fixture, sketch_tree("p 1\np a\ndiv\np b\ndiv\np c\np d\np 2\n"),
		     sketch_tree("p 3\np d\np a\ndiv\np c\np 4\n"));
	ck_assert_uint_eq(diff_anchors(&fixture.lists, &anchors), 2);
	ck_assert_uint_eq(anchors[0].base, 1);
	ck_assert_uint_eq(anchors[0].wanted, 2);
	ck_assert_uint_eq(anchors[1].base, 5);
	ck_assert_uint_eq(anchors[1].wanted, 4);
	size_t *lasts = diff_anchor_lasts(&fixture.lists);
	ck_assert_uint_eq(lasts[0], LAST_NONE);
	ck_assert_uint_eq(lasts[2], 3);
	free(lasts);
	free(anchors);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&leaving_cells_out_never_costs_more,
	&a_bound_nothing_can_keep_has_no_plan,
	&anchors_are_the_longest_order_of_what_is_unique,
};
SUITE_MAIN("diff_table")
