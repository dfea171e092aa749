/*
 * Three versions of a page into one: what was saved here and what was changed in Notion, both
 * since the same base (dialect.md §4 "Three-way").
 *
 * What it is not: something that sends, or that ever guesses: where both sides changed the same
 * words, Notion's stay and the conflict is told. Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_MERGE_H
#define NOTIONFS_MAPPING_MERGE_H

#include "mapping/block.h"
#include "mapping/diagnostic.h"
#include "mapping/diff.h"

/* A block both sides changed in ways that don't go together; Notion's version stands. */
struct merge_conflict {
	struct uuid block;
	unsigned line; /* of the local text */
};

struct merge {
	/* What the page is to become. Blocks that exist have their id, new ones none. */
	struct block_tree *tree;
	/* From `remote` to `tree`; plan->blocks is in the order of `tree`. */
	struct plan *plan;
	struct merge_conflict *conflicts;
	size_t conflict_count;
};

/*
 * Merges `local`, a parsed text whose base is `base`, with `remote`. All blocks of `base` and
 * `remote` have ids, which say what is what; `local` has none and is annotated as by diff_plan.
 * Different blocks changed: both changes. One block changed by both: merged field by field and
 * word by word. Deleted here but changed there: stays, with a warning; changed here but deleted
 * there: created anew, with a warning. New blocks of both sides at one place: Notion's first.
 * What moved in Notion stays moved. Nothing in the result points into the three trees.
 * Caller frees *ret_merge. 0, or -EINVAL with an error in `diagnostics` (as diff_plan).
 */
must_check int merge_trees(const struct block_tree *base, struct block_tree *local,
			   const struct block_tree *remote, const struct diff_options *options,
			   struct diagnostics *diagnostics, struct merge **ret_merge);
void merge_free(struct merge *merge);
DEFINE_CLEANUP(struct merge, merge, merge_free);

#endif
