/*
 * Two block trees → the fewest calls that turn one into the other, ids kept (dialect.md §4).
 *
 * What it is not: something that sends. A plan is data; writeback sends it in order. Appends come
 * first (top to bottom), then updates, then deletes; only a heading that becomes a toggle is
 * updated before it gets children, and one that stops being a toggle after it lost them.
 * Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_DIFF_H
#define NOTIONFS_MAPPING_DIFF_H

#include <jansson.h>

#include "mapping/block.h"
#include "mapping/diagnostic.h"

enum call_kind { CALL_APPEND, CALL_UPDATE, CALL_DELETE };

/* A column_list, its columns, and two tiers of blocks in them. */
#define PLAN_PATH_MAX 4

/*
 * A block named in a plan: one that exists, or one that an earlier call of the plan creates:
 * the `path[0]`-th (from 1) first-level block created by call `call` (from 1), its
 * `path[1]`-th child, and so on: "@call.i.j" of the filters.
 */
struct plan_target {
	struct uuid id; /* when call == 0 */
	unsigned call;
	unsigned path[PLAN_PATH_MAX];
	unsigned depth; /* how many of path count */
};

enum append_position { POSITION_END, POSITION_START, POSITION_AFTER };

struct plan_call {
	enum call_kind kind;
	/* APPEND: the container (the page id for top level); UPDATE, DELETE: the block. */
	struct plan_target target;
	enum append_position position; /* APPEND */
	struct plan_target after;      /* APPEND with POSITION_AFTER */
	/* APPEND: the array for `children`, create shape; UPDATE: the whole body; DELETE: NULL. */
	json_t *body;
	unsigned line; /* of the text, for messages; 0 = none */
};

struct plan {
	struct plan_call *calls;
	size_t count;
	/* For each block of the wanted tree in document order: what it is in the remote tree, an
	 * existing id or a created block. */
	struct plan_target *blocks;
	size_t block_count;
	/* After the plan the page is the wanted tree. False when a block stays that has no line, or
	 * stays elsewhere than its line: then the page has to be read to know it. */
	bool is_exact;
};

struct diff_options {
	struct uuid page;	 /* container of the top blocks */
	unsigned weight_percent; /* w * 100: cost of a destroyed id against one call; usual 100,
				    more than 2000 counts as 2000 */
	/* The wanted tree has been made from `base` and says with its ids what is what: a block
	 * with an id is that block and no other. For merge.h. */
	bool keeps_ids;
};

/*
 * Plans `base` → `wanted`. `base` blocks all have ids. `wanted` comes from parse_blocks; it is
 * annotated: a matched block gets the id of its base block. Protected blocks missing in `wanted`
 * stay (a warning says so). Refusals (a limit, an edit the API can't make) are errors with line
 * and remedy: -EINVAL, no plan. Caller frees *ret_plan. 0, -EINVAL.
 */
must_check int diff_plan(const struct block_tree *base, struct block_tree *wanted,
			 const struct diff_options *options, struct diagnostics *diagnostics,
			 struct plan **ret_plan);

/* The calls that create a whole new page body: `first_children` (may be empty) fits the create
 * call, the rest of the plan appends to "@0". Used for new pages; page id is not known yet:
 * targets with call == 0 and a zero id mean the new page (depth 0), or a block the create call
 * makes ("@0.i", its children "@0.i.j"). */
must_check int diff_plan_create(struct block_tree *wanted, struct diagnostics *diagnostics,
				json_t **ret_first_children, struct plan **ret_plan);

void plan_free(struct plan *plan);
DEFINE_CLEANUP(struct plan, plan, plan_free);

/* {"method","path","body"} of one call, with "@n.i" where a target is not known. New reference. */
json_t *plan_call_to_json(const struct plan_call *call);

#endif
