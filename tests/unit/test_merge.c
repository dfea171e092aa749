#include "mapping/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/apply_plan.h"
#include "tests/unit/random_edit.h"
#include "tests/unit/sketch_tree.h"
#include "tests/unit/suite.h"

#define PAGE_NUMBER 200
#define FIRST_BASE 300
#define FIRST_REMOTE 5000
#define FIRST_CREATED 10000

static struct diff_options options(void)
{
	return (struct diff_options){.page = sketch_id(PAGE_NUMBER), .weight_percent = 100};
}

/* `base` with ids, as somebody else left it: `edited` by a plan of its own. */
static struct block_tree *edited_remotely(const char *base, const char *edited)
{
	struct block_tree *page = sketch_tree(base);
	struct block_tree *wanted = sketch_tree(edited);
	struct diff_options page_options = options();
	struct diagnostics diagnostics;
	struct plan *plan = NULL;
	struct applier applier;
	unsigned next = FIRST_BASE;

	sketch_number(page, &next);
	diagnostics_init(&diagnostics);
	ck_assert_int_eq(diff_plan(page, wanted, &page_options, &diagnostics, &plan), 0);
	applier_init(&applier, page, page_options.page, FIRST_REMOTE);
	ck_assert(applier_run(&applier, plan));
	struct block_tree *copy = applier_copy(page);
	applier_release(&applier);
	plan_free(plan);
	diagnostics_release(&diagnostics);
	block_tree_free(page);
	block_tree_free(wanted);
	return copy;
}

/* Merges and carries out the plan; returns the page as it is then. */
static char *merged(const char *base_sketch, const char *local_sketch, const char *remote_sketch,
		    size_t conflicts, size_t warnings)
{
	struct block_tree *base = sketch_tree(base_sketch);
	struct block_tree *local = sketch_tree(local_sketch);
	struct block_tree *remote = edited_remotely(base_sketch, remote_sketch);
	struct diff_options page_options = options();
	struct diagnostics diagnostics;
	struct merge *merge = NULL;
	struct applier applier;
	unsigned next = FIRST_BASE;

	sketch_number(base, &next);
	diagnostics_init(&diagnostics);
	ck_assert_int_eq(merge_trees(base, local, remote, &page_options, &diagnostics, &merge), 0);
	ck_assert_uint_eq(merge->conflict_count, conflicts);
	ck_assert_uint_eq(diagnostics.count, warnings);
	applier_init(&applier, remote, page_options.page, FIRST_CREATED);
	bool done = applier_run(&applier, merge->plan);
	ck_assert_msg(done, "%s", applier.why);
	char *result = sketch_of(remote);
	char *promised = sketch_of(merge->tree);
	ck_assert_str_eq(result, promised);
	free(promised);
	applier_release(&applier);
	merge_free(merge);
	diagnostics_release(&diagnostics);
	block_tree_free(base);
	block_tree_free(local);
	block_tree_free(remote);
	return result;
}

static void check_merge(const char *base, const char *local, const char *remote, const char *result)
{
	char *is = merged(base, local, remote, 0, 0);
	ck_assert_str_eq(is, result);
	free(is);
}

START_TEST(changes_of_different_blocks_both_survive)
{
	check_merge("p one\np two\np three\n", "p one here\np two\np three\n",
		    "p one\np two\np three there\n", "p one here\np two\np three there\n");
	check_merge("p one\np two\n", "p one\n", "p one\np two\np three\n", "p one\np three\n");
	check_merge("p one\np two\n", "p one\np two\n", "p two\n", "p two\n");
}
END_TEST

START_TEST(the_same_change_on_both_sides_is_one)
{
	check_merge("p one\np two\n", "p one x\np two\n", "p one x\np two\n", "p one x\np two\n");
}
END_TEST

START_TEST(words_of_one_block_are_merged)
{
	check_merge("p the quick brown fox jumps over the dog\n",
		    "p the slow brown fox jumps over the dog\n",
		    "p the quick brown fox jumps over the lazy dog\n",
		    "p the slow brown fox jumps over the lazy dog\n");
}
END_TEST

START_TEST(the_same_words_changed_differently_are_a_conflict_and_notions_stay)
{
	char *is = merged("p the quick brown fox\np two\n", "p the slow brown fox\np two x\n",
			  "p the fast brown fox\np two\n", 1, 1);
	ck_assert_str_eq(is, "p the fast brown fox\np two x\n");
	free(is);
}
END_TEST

START_TEST(new_blocks_of_both_sides_are_kept_notions_first)
{
	check_merge("p one\np two\n", "p one\np here\np two\n", "p one\np there\np two\n",
		    "p one\np there\np here\np two\n");
	check_merge("", "p here\n", "p there\n", "p there\np here\n");
	check_merge("b one\n\tb a\n", "b one\n\tb a\n\tb here\n", "b one\n\tb there\n\tb a\n",
		    "b one\n\tb there\n\tb a\n\tb here\n");
}
END_TEST

START_TEST(deleted_here_and_changed_there_stays_with_a_warning)
{
	char *is = merged("p one\np two\n", "p one\n", "p one\np two changed\n", 0, 1);
	ck_assert_str_eq(is, "p one\np two changed\n");
	free(is);
}
END_TEST

START_TEST(changed_here_and_deleted_there_is_created_anew_with_a_warning)
{
	char *is = merged("p one\nb two\n\tp child\np three\n",
			  "p one\nb two\n\tp child here\np three\n", "p one\np three\n", 0, 1);
	ck_assert_str_eq(is, "p one\nb two\n\tp child here\np three\n");
	free(is);
}
END_TEST

START_TEST(child_pages_new_in_notion_stay)
{
	check_merge("p one\n", "p one changed\n", "p one\n", "p one changed\n");
	char *is = merged("p one\npage 7\np two\n", "p two\n", "p one\npage 7\np two\n", 0, 1);
	ck_assert_str_eq(is, "page 7\np two\n");
	free(is);
}
END_TEST

static bool has_all_new_text(const struct block *parent, const char *result)
{
	block_children_foreach (block, parent) {
		if (!block->has_id && block->text.count > 0 &&
		    strstr(result, block->text.runs[0].text) == NULL) {
			return false;
		}
		if (!has_all_new_text(block, result)) {
			return false;
		}
	}
	return true;
}

START_TEST(random_merges_can_be_carried_out_and_lose_nothing_new)
{
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct random random = {seed * 0x9e3779b97f4a7c15u + 7};
		enum random_kind kind = (enum random_kind)(seed % 3);
		struct block_tree *base = random_tree(&random, kind, 20, 4);
		struct block_tree *local = random_edit(&random, base, 1 + random_below(&random, 4));
		struct block_tree *other = random_edit(&random, base, 1 + random_below(&random, 4));
		char *base_sketch = sketch_of(base);
		char *other_sketch = sketch_of(other);
		char *local_sketch = sketch_of(local);
		struct block_tree *remote = edited_remotely(base_sketch, other_sketch);
		struct diff_options page_options = options();
		struct diagnostics diagnostics;
		struct merge *merge = NULL;
		struct applier applier;
		unsigned next = FIRST_BASE;

		sketch_number(base, &next);
		diagnostics_init(&diagnostics);
		int error = merge_trees(base, local, remote, &page_options, &diagnostics, &merge);
		ck_assert_msg(error == 0 || kind != RANDOM_PLAIN, "seed %lu", (unsigned long)seed);
		if (error == 0) {
			applier_init(&applier, remote, page_options.page, FIRST_CREATED);
			bool done = applier_run(&applier, merge->plan);
			ck_assert_msg(done, "seed %lu: %s\nbase\n%s\nlocal\n%s\nremote\n%s",
				      (unsigned long)seed, applier.why, base_sketch, local_sketch,
				      other_sketch);
			char *result = sketch_of(remote);
			char *promised = sketch_of(merge->tree);
			ck_assert_msg(strcmp(result, promised) == 0,
				      "seed %lu\nbase\n%s\nlocal\n%s\nremote\n%s\nis\n%s\nnot\n%s",
				      (unsigned long)seed, base_sketch, local_sketch, other_sketch,
				      result, promised);
			ck_assert_msg(has_all_new_text(&local->root, result),
				      "seed %lu\nbase\n%s\nlocal\n%s\nremote\n%s\nis\n%s",
				      (unsigned long)seed, base_sketch, local_sketch, other_sketch,
				      result);
			free(result);
			free(promised);
			applier_release(&applier);
		}
		merge_free(merge);
		diagnostics_release(&diagnostics);
		free(base_sketch);
		free(other_sketch);
		free(local_sketch);
		block_tree_free(base);
		block_tree_free(local);
		block_tree_free(other);
		block_tree_free(remote);
	}
}
END_TEST

SUITE_CASES = {
	&changes_of_different_blocks_both_survive,
	&the_same_change_on_both_sides_is_one,
	&words_of_one_block_are_merged,
	&the_same_words_changed_differently_are_a_conflict_and_notions_stay,
	&new_blocks_of_both_sides_are_kept_notions_first,
	&deleted_here_and_changed_there_stays_with_a_warning,
	&changed_here_and_deleted_there_is_created_anew_with_a_warning,
	&child_pages_new_in_notion_stay,
	&random_merges_can_be_carried_out_and_lose_nothing_new,
};
SUITE_MAIN("merge")
