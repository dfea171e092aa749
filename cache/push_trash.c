/*
 * A page that left its name: to Notion's trash after the grace time, and back.
 */
#define LOG_MODULE "push"

#include <errno.h>

#include "cache/push.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

struct any_entry {
	bool found;
};

static int stop_at_visible(void *context, const struct node_record *record)
{
	struct any_entry *any = context;
	any->found |= (record->flags & NODE_HIDDEN) == 0;
	return any->found ? 1 : 0;
}

/* Has the name been taken again while the trashing was on its way? */
static bool is_wanted_again(struct push *push, struct store_transaction *state)
{
	CLEANUP(queue_entry) struct queue_entry now = {0};
	struct node_record record;
	return tree_get(state, push->record.node, &record) == 0 &&
	       ((record.flags & NODE_HIDDEN) == 0 ||
		queue_get(state, push->record.node, &now) < 0 || now.kind != QUEUE_TRASH ||
		now.generation != push->entry.generation);
}

/* The page comes back out of the trash; what was saved meanwhile is pushed after that. */
static int push_restore(struct push *push)
{
	json_t *body = json_pack("{sb}", "in_trash", 0);
	int r = notion_update_page(push->workspace->notion, &push->record.object, body,
				   &push->failure, NULL);
	json_decref(body);
	if (r < 0) {
		log_warning("%s can't be taken out of the trash: %s", push->record.name,
			    push->failure.message);
	}
	return -EAGAIN;
}

/* The grace time is over: the page goes to the trash, unless its directory still holds pages. */
int push_trash(struct push *push)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct store_transaction *state = NULL;
	struct store_transaction *cache = NULL;
	struct node_record directory;
	struct any_entry any = {0};
	json_t *body = NULL;
	bool was_sent = false;
	if (push->entry.due_ms > clock_now_ms()) {
		push->again_ms = push->entry.due_ms;
		return -EAGAIN;
	}
	int r = workspace_begin(push->workspace, false, &state, NULL);
	if (r == 0 && is_wanted_again(push, state)) {
		store_abort(state);
		return -EAGAIN; /* a save of it is about to be made */
	}
	if (r == 0 && tree_find(state, &push->record.object, true, &directory) == 0) {
		r = tree_each(state, directory.node, 0, stop_at_visible, &any);
	}
	store_abort(state);
	state = NULL;
	if (r == 0 && !any.found && (push->record.flags & NODE_NEW) == 0) {
		body = json_pack("{sb}", "in_trash", 1);
		r = notion_update_page(push->workspace->notion, &push->record.object, body,
				       &push->failure, NULL);
		json_decref(body);
		was_sent = true;
		/* Trashed already, or gone: that is what was wanted. */
		r = r == -ENOENT || r == -EINVAL ? 0 : r;
	}
	if (r < 0) {
		return push_again_or_refuse(push, r);
	}
	r = workspace_begin(push->workspace, true, &state, &cache);
	if (r == 0 && is_wanted_again(push, state)) {
		store_abort(state);
		store_abort(cache);
		return was_sent ? push_restore(push) : -EAGAIN;
	}
	if (r == 0) {
		r = queue_delete(state, push->record.node);
	}
	if (r == 0 && any.found) {
		push->record.flags &= ~(unsigned)NODE_HIDDEN;
		r = tree_put(state, &push->record);
		if (r == 0) {
			r = tree_touch(state, push->record.parent, push->record.name,
				       clock_now_ms(), &changes);
		}
		log_warning("%s returns: its directory still holds pages, remove those first",
			    push->record.name);
	} else if (r == 0) {
		r = tree_remove(state, &push->record.object, clock_now_ms(), &changes);
		r = r == 0 ? object_delete(cache, &push->record.object) : r;
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	store_abort(state);
	store_abort(cache);
	workspace_tell(push->workspace, &changes);
	return r;
}
