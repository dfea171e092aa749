/*
 * Names that go: unlink and rmdir. What is owed to Notion for it goes into the queue in the same
 * transaction.
 */
#include <errno.h>
#include <stdlib.h>

#include "cache/queue.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

/* ---- the guard: many pages within a minute are held until a person says so (§6.5) ---- */

struct lately {
	struct store_transaction *state;
	int64_t since_ms;
	node_id *nodes;
	size_t count;
};

static int note_lately(void *context, const struct queue_entry *entry)
{
	struct lately *lately = context;
	if (entry->kind != QUEUE_TRASH || entry->saved_ms < lately->since_ms) {
		return 0;
	}
	if (lately->count % 64 == 0) {
		lately->nodes =
			realloc(lately->nodes, (lately->count + 64) * sizeof *lately->nodes);
		if (lately->nodes == NULL) {
			abort();
		}
	}
	lately->nodes[lately->count++] = entry->node;
	return 0;
}

static int hold(struct store_transaction *state, node_id node)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	int r = tree_get(state, node, &record);
	if (r == 0) {
		r = queue_get(state, node, &entry);
	}
	if (r < 0 || entry.state == QUEUE_HELD || (record.flags & NODE_NEW) != 0) {
		return r == -ENOENT ? 0 : r;
	}
	entry.state = QUEUE_HELD;
	entry.generation++;
	return queue_put(state, &entry);
}

/* Counts this removal; when it is one too many within a minute, it and those before it are held.
 * Under the state's write transaction, which guards the counter. */
static int guard(struct workspace *workspace, struct store_transaction *state)
{
	struct removals *removals = &workspace->removals;
	struct lately lately = {.state = state, .since_ms = clock_now_ms() - REMOVALS_MS};
	int64_t oldest_ms = removals->times_ms[removals->next];
	removals->times_ms[removals->next] = clock_now_ms();
	atomic_store(&removals->last_ms, clock_now_ms());
	removals->next = (removals->next + 1) % REMOVALS_MAX;
	if (removals->is_counted && oldest_ms < lately.since_ms) {
		return 0;
	}
	/* In the first minute of a process, what its predecessor removed counts too. */
	int r = queue_each(state, true, note_lately, &lately);
	bool is_mass = oldest_ms >= lately.since_ms || lately.count >= REMOVALS_MAX;
	removals->is_counted = lately.count < 2;
	for (size_t i = 0; r == 0 && is_mass && i < lately.count; i++) {
		r = hold(state, lately.nodes[i]);
	}
	free(lately.nodes);
	return r;
}

/* Owes the trashing of a page after the grace time. */
static int owe_trash(struct workspace *workspace, struct store_transaction *state,
		     const struct node_record *record)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = queue_get(state, record->node, &entry);
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	entry.node = record->node;
	entry.kind = QUEUE_TRASH;
	entry.state = QUEUE_PENDING;
	entry.generation++;
	entry.saved_ms = clock_now_ms();
	entry.due_ms = entry.saved_ms + workspace->options.trash_delay_ms;
	r = queue_put(state, &entry);
	return r == 0 && (record->flags & NODE_NEW) == 0 ? guard(workspace, state) : r;
}

/* What has left its name is listed in the trash. */
static void tell_trash(struct workspace *workspace, const char *name)
{
	struct tree_change change = {.directory = NODE_TRASH, .name = (char *)name};
	struct tree_changes changes = {.items = &change, .count = 1};
	workspace_tell(workspace, &changes);
}

int workspace_unlink(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record record;
	if (workspace->options.read_only) {
		return -EROFS;
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0 && trash_has(state, directory)) {
		store_abort(steal(&state));
		return trash_forget(workspace, directory, name);
	}
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
	}
	if (r < 0 || (record.flags & NODE_HIDDEN) != 0) {
		return r < 0 ? r : -ENOENT;
	}
	if (node_is_directory(&record)) {
		return -EISDIR;
	}
	record.flags |= NODE_HIDDEN;
	record.flags &= ~(unsigned)NODE_RETURNED;
	r = tree_put(state, &record);
	if (r == 0) {
		r = tree_touch(state, directory, NULL, clock_now_ms(), NULL);
	}
	if (r == 0) {
		r = owe_trash(workspace, state, &record);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		tell_trash(workspace, name);
		events_note(workspace, &(struct event){.what = "removed",
						       .is_ours = true,
						       .directory = directory,
						       .name = name});
		/* A new page that never reached Notion is simply forgotten then. */
		writeback_schedule(&workspace->writeback, record.node,
				   clock_now_ms() + workspace->options.trash_delay_ms);
	}
	return r;
}

struct counting {
	size_t visible;
	size_t hidden;
};

static int count_visible(void *context, const struct node_record *record)
{
	struct counting *counting = context;
	bool is_hidden = (record->flags & NODE_HIDDEN) != 0;
	counting->visible += is_hidden ? 0 : 1;
	counting->hidden += is_hidden ? 1 : 0;
	return 0;
}

/* mkdir X and a page in it made the page X; who takes both back has never seen X.md. */
static int owe_trash_of_implied(struct workspace *workspace, struct store_transaction *state,
				const struct uuid *object, node_id *ret_page)
{
	struct node_record page;
	*ret_page = 0;
	int r = tree_find(state, object, false, &page);
	if (r < 0 || (page.flags & NODE_IMPLIED) == 0) {
		return r == -ENOENT ? 0 : r;
	}
	page.flags &= ~(unsigned)NODE_IMPLIED;
	r = tree_put(state, &page);
	if (r == 0) {
		r = owe_trash(workspace, state, &page);
	}
	if (r == 0) {
		*ret_page = page.node;
	}
	return r;
}

int workspace_rmdir(struct workspace *workspace, node_id directory, const char *name)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct node_record record;
	struct counting counting = {0};
	if (workspace->options.read_only) {
		return -EROFS;
	}
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_lookup(state, directory, name, &record);
	}
	if (r == 0 && (record.flags & NODE_HIDDEN) != 0) {
		r = -ENOENT;
	}
	if (r == 0 && !node_is_directory(&record)) {
		r = -ENOTDIR;
	}
	if (r == 0) {
		r = tree_each(state, record.node, 0, count_visible, &counting);
	}
	if (r < 0) {
		return r;
	}
	if (counting.visible > 0 || (record.flags & NODE_LISTED) == 0) {
		return -ENOTEMPTY;
	}
	if (record.role != ROLE_PAGE_DIRECTORY) {
		refusals_note(&workspace->refusals, name,
			      "a database is not removed here, an empty one is still one; delete "
			      "it in Notion");
		return -EPERM;
	}
	if (counting.hidden > 0) {
		/* The pages in it are in their grace time: they keep their place until then. */
		record.flags |= NODE_HIDDEN;
		r = tree_put(state, &record);
		r = r == 0 ? tree_touch(state, directory, NULL, clock_now_ms(), NULL) : r;
	} else {
		r = tree_remove_directory(state, &record, clock_now_ms(), &changes);
	}
	node_id page = 0;
	if (r == 0) {
		r = owe_trash_of_implied(workspace, state, &record.object, &page);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0 && page != 0) {
		writeback_schedule(&workspace->writeback, page,
				   clock_now_ms() + workspace->options.trash_delay_ms);
	}
	return r;
}
