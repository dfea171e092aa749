/*
 * Carries out a plan on a block tree in memory, as Notion would: ids are given to what is
 * created, limits and nesting rules are checked, what may not be deleted is refused.
 *
 * What it is not: the server of tools/sim; this one knows only plans and trees.
 */
#ifndef NOTIONFS_TESTS_APPLY_PLAN_H
#define NOTIONFS_TESTS_APPLY_PLAN_H

#include "mapping/diff.h"

struct applier {
	struct block_tree *page; /* changed in place; the caller's */
	struct uuid page_id;
	unsigned next_id;
	struct block_tree **read; /* trees whose blocks are in the page now */
	struct block ***created;  /* of each call: its first-level blocks */
	size_t *created_count;
	size_t count;
	char why[200]; /* the call that was wrong, and why */
};

void applier_init(struct applier *applier, struct block_tree *page, struct uuid page_id,
		  unsigned first_id);
void applier_release(struct applier *applier);
/* False, and `why`, when the API would refuse a call. */
bool applier_run(struct applier *applier, const struct plan *plan);
/* The block a target names, or NULL. Call after applier_run. */
const struct block *applier_find(const struct applier *applier, const struct plan_target *target);

/* A copy of a page, ids included, that shares nothing with it. */
struct block_tree *applier_copy(const struct block_tree *page);

#endif
