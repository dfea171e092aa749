/*
 * A page that was made because pages were put into its directory: X.md stays unlisted for the grace
 * time, so that a program that copies a tree can still make it itself; then it is shown, empty as
 * it is.
 */
#include <errno.h>

#include "cache/push.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

int push_owe_reveal(struct workspace *workspace, struct store_transaction *state,
		    const struct node_record *record)
{
	struct queue_entry entry = {
		.node = record->node,
		.kind = QUEUE_REVEAL,
		.saved_ms = clock_now_ms(),
		.due_ms = clock_now_ms() + workspace->options.trash_delay_ms,
	};
	return queue_put(state, &entry);
}

struct search {
	struct store_transaction *state;
	bool found;
};

static int stop_at_new(void *context, const struct node_record *record)
{
	struct search *search = context;
	search->found |= record->role == ROLE_PAGE && (record->flags & NODE_NEW) != 0;
	if (!search->found && record->role == ROLE_PAGE_DIRECTORY) {
		int r = tree_each(search->state, record->node, 0, stop_at_new, context);
		if (r < 0) {
			return r;
		}
	}
	return search->found ? 1 : 0;
}

int push_reveal(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	struct node_record directory;
	struct search below = {0};
	if (push->entry.due_ms > clock_now_ms()) {
		push->again_ms = push->entry.due_ms;
		return -EAGAIN;
	}
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, push->record.node, &entry);
	}
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r < 0 || entry.kind != QUEUE_REVEAL) {
		return r < 0 ? r : -EAGAIN;
	}
	below.state = state;
	if (tree_find(state, &record.object, true, &directory) == 0) {
		r = stop_at_new(&below, &directory);
	}
	if (r >= 0 && below.found) {
		/* The tree is still being copied. */
		entry.due_ms = clock_now_ms() + push->workspace->options.trash_delay_ms;
		push->again_ms = entry.due_ms;
		r = queue_put(state, &entry);
		r = r == 0 ? workspace_commit(&state, NULL) : r;
		return r < 0 ? r : -EAGAIN;
	}
	record.flags &= ~(unsigned)(NODE_HIDDEN | NODE_IMPLIED);
	r = tree_put(state, &record);
	if (r == 0) {
		r = tree_touch(state, record.parent, record.name, clock_now_ms(), &changes);
	}
	if (r == 0) {
		r = queue_delete(state, record.node);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		workspace_tell(push->workspace, &changes);
	}
	return r;
}
