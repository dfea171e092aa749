/*
 * New blocks in as few appends as the API's limits let: 100 children a list, three tiers a
 * request, 1000 blocks, 500 KB (notion-api.md §3.2, §4.4).
 *
 * What it is not: part of the contract of diff.h; only diff*.c includes it.
 */
#ifndef NOTIONFS_MAPPING_PLAN_APPEND_H
#define NOTIONFS_MAPPING_PLAN_APPEND_H

#include "mapping/diff_node.h"
#include "mapping/plan.h"

#define APPEND_MAX_CHILDREN 100
#define APPEND_MAX_BLOCKS 1000
/* Our sizes are a little too large already; some room for the rest of the request. */
#define APPEND_MAX_BYTES 480000

/* Further appends `node` and all below it need when it is created in a request's first tier. */
unsigned append_extra_calls(struct diff_tree *tree, struct diff_node *node);
size_t append_own_bytes(struct diff_node *node);
/* Blocks one request has to create together with a block of this type. */
size_t append_required_children(const struct block *block);

/* A place new blocks go to. */
struct append_place {
	struct plan_target container;
	enum append_position position;
	struct plan_target after;
};

/* Adds the appends that create `nodes`, siblings, and everything below them; sets where each
 * became what in `targets`, indexed like the nodes of `tree`. */
void append_run(struct plan *plan, struct diff_tree *tree, struct plan_target *targets,
		const struct append_place *place, struct diff_node *const *nodes, size_t count);

/* The first chunk of a new page's body; *ret_taken nodes are in it. What they leave for later is
 * added to the plan. New reference. */
json_t *append_first_children(struct plan *plan, struct diff_tree *tree,
			      struct plan_target *targets, struct diff_node *const *nodes,
			      size_t count, size_t *ret_taken);

#endif
