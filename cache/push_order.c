/*
 * New pages are made one after the other where the order shows: a parent before its children,
 * siblings as they were made here (parallel creates below one parent come in any order and meet
 * 409s, notion-api.md §4.7, §10.4).
 */
#include <errno.h>

#include "cache/push.h"
#include "cache/workspace_private.h"

/* An older sibling that is about to be sent is waited for, one that is still being written not. */
#define NEAR_MS 2000

struct turn {
	struct push *push;
	bool has_older;
};

static int stop_at_older(void *context, const struct node_record *record)
{
	struct turn *turn = context;
	struct push *push = turn->push;
	if (record->cookie >= push->record.cookie) {
		return 1;
	}
	turn->has_older = record->role == ROLE_PAGE && (record->flags & NODE_NEW) != 0 &&
			  record->node != push->record.node &&
			  writeback_is_near(&push->workspace->writeback, record->node, NEAR_MS);
	return turn->has_older ? 1 : 0;
}

int push_wait_turn(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record directory;
	struct turn turn = {.push = push};
	int r = workspace_begin(push->workspace, false, &state, NULL);
	if (r == 0) {
		r = tree_get(state, push->record.parent, &directory);
	}
	if (r == 0 && (directory.flags & NODE_NEW) != 0) {
		return -EINPROGRESS;
	}
	if (r == 0 && directory.role == ROLE_PAGE_DIRECTORY) {
		/* Rows are in no order. */
		r = tree_each(state, directory.node, 0, stop_at_older, &turn);
	}
	return r < 0 ? r : turn.has_older ? -EINPROGRESS : 0;
}

struct wake {
	struct workspace *workspace;
	uint64_t after;
	bool only_one;
};

static int wake_one(void *context, const struct node_record *record)
{
	const struct wake *wake = context;
	bool was_behind = record->cookie > wake->after && record->role == ROLE_PAGE &&
			  writeback_wake(&wake->workspace->writeback, record->node);
	return was_behind && wake->only_one ? 1 : 0;
}

void push_wake_others(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record directory;
	struct wake wake = {.workspace = push->workspace};
	if (workspace_begin(push->workspace, false, &state, NULL) < 0) {
		return;
	}
	int r = tree_find(state, &push->record.object, true, &directory);
	if (r == 0) {
		r = tree_each(state, directory.node, 0, wake_one, &wake);
	}
	wake.after = push->record.cookie;
	wake.only_one = true;
	r = tree_each(state, push->record.parent, push->record.cookie, wake_one, &wake);
	(void)r; /* who is not woken looks again by itself */
}
