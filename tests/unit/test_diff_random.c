/* Random trees, random edits: the plan, carried out, makes the one the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/diff.h"
#include "tests/unit/apply_plan.h"
#include "tests/unit/random_edit.h"
#include "tests/unit/sketch_tree.h"
#include "tests/unit/suite.h"

#define PAGE_NUMBER 200
#define FIRST_CREATED 10000

/* Each wanted block is where the plan says: kept ones with their ids, new ones created. */
static void check_places(const struct applier *applier, const struct plan *plan,
			 const struct block *page, const struct block *wanted, size_t *at)
{
	const struct block *is = page->first_child;

	ck_assert_uint_eq(page->child_count, wanted->child_count);
	block_children_foreach (block, wanted) {
		const struct plan_target *target = &plan->blocks[(*at)++];
		ck_assert_ptr_eq(applier_find(applier, target), is);
		if (target->depth == 0) {
			ck_assert(uuid_equal(&block->id, &is->id));
		}
		check_places(applier, plan, is, block, at);
		is = is->next;
	}
}

static size_t count_protected(const struct block *parent)
{
	size_t count = 0;
	block_children_foreach (block, parent) {
		count += block_is_protected(block) + count_protected(block);
	}
	return count;
}

static void check_one(uint64_t seed, enum random_kind kind, unsigned weight_percent)
{
	struct random random = {seed * 0x9e3779b97f4a7c15u + 1};
	struct block_tree *base = random_tree(&random, kind, 30, 5);
	struct block_tree *wanted =
		random_below(&random, 10) == 0
			? random_tree(&random, kind == RANDOM_NAMED ? RANDOM_CONTAINED : kind, 30,
				      5)
			: random_edit(&random, base, 1 + random_below(&random, 8));
	struct diff_options options = {.page = sketch_id(PAGE_NUMBER),
				       .weight_percent = weight_percent};
	struct diagnostics diagnostics;
	struct plan *plan = NULL;
	struct applier applier;
	unsigned next = 300;

	sketch_number(base, &next);
	size_t before = count_protected(&base->root);
	char *from = sketch_of(base);
	char *to = sketch_of(wanted);
	diagnostics_init(&diagnostics);
	int error = diff_plan(base, wanted, &options, &diagnostics, &plan);
	ck_assert_msg(error == 0, "seed %lu: %s\nfrom\n%s\nto\n%s", (unsigned long)seed,
		      diagnostics.count > 0 ? diagnostics.items[0].message : "", from, to);
	applier_init(&applier, base, options.page, FIRST_CREATED);
	bool done = applier_run(&applier, plan);
	ck_assert_msg(done, "seed %lu: %s\nfrom\n%s\nto\n%s", (unsigned long)seed, applier.why,
		      from, to);
	char *became = sketch_of(base);
	if (plan->is_exact) {
		size_t at = 0;
		ck_assert_msg(strcmp(became, to) == 0 || kind == RANDOM_NAMED,
			      "seed %lu\nfrom\n%s\nto\n%s\nbecame\n%s", (unsigned long)seed, from,
			      to, became);
		check_places(&applier, plan, &base->root, &wanted->root, &at);
		ck_assert_uint_eq(at, plan->block_count);
	}
	ck_assert_uint_ge(count_protected(&base->root), before);
	applier_release(&applier);
	plan_free(plan);
	diagnostics_release(&diagnostics);
	free(from);
	free(to);
	free(became);
	block_tree_free(base);
	block_tree_free(wanted);
}

START_TEST(plans_for_paragraphs_and_lists_do_what_was_asked)
{
	for (uint64_t seed = 1; seed <= 4000; seed++) {
		check_one(seed, RANDOM_PLAIN, seed % 2 == 0 ? 100 : 0);
	}
}
END_TEST

START_TEST(plans_for_all_that_contains_do_what_was_asked)
{
	for (uint64_t seed = 10000; seed <= 14000; seed++) {
		check_one(seed, RANDOM_CONTAINED, 100);
	}
}
END_TEST

START_TEST(plans_never_lose_what_must_stay)
{
	for (uint64_t seed = 20000; seed <= 23000; seed++) {
		check_one(seed, RANDOM_NAMED, 100);
	}
}
END_TEST

SUITE_CASES = {
	&plans_for_paragraphs_and_lists_do_what_was_asked,
	&plans_for_all_that_contains_do_what_was_asked,
	&plans_never_lose_what_must_stay,
};
SUITE_MAIN("diff_random")
