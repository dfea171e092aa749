#include "cache/children_missing.h"

#define LOG_MODULE "children"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/children.h"
#include "cache/lost.h"
#include "cache/queue.h"
#include "cache/shown.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

enum fate { FATE_HERE, FATE_TRASHED, FATE_GONE, FATE_UNKNOWN };

/* What Notion says of a child its parent's listing lacks. */
static enum fate ask_fate(struct workspace *workspace, const struct uuid *object, bool is_page,
			  enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *answer = NULL;
	int r = is_page ? notion_page(workspace->notion, priority, object, &failure, &answer)
			: notion_block(workspace->notion, priority, object, &failure, &answer);
	enum fate fate = r == -ENOENT ? FATE_GONE : r < 0 ? FATE_UNKNOWN : FATE_HERE;
	if (r == 0 && json_is_true(json_object_get(answer, "in_trash"))) {
		fate = FATE_TRASHED;
	}
	json_decref(answer);
	return fate;
}

struct owed_search {
	struct store_transaction *state;
	bool *found;
};

static bool is_owed_below(struct store_transaction *state, const struct uuid *object);

static int stop_at_owed(void *context, const struct node_record *record)
{
	const struct owed_search *search = context;
	/* A page's directory lies beside its file: both are entries here. */
	*search->found |=
		queue_exists(search->state, record->node) ||
		(node_is_directory(record) && is_owed_below(search->state, &record->object));
	return *search->found ? 1 : 0;
}

/* Does a page of this tree have a save that is owed? */
static bool is_owed_below(struct store_transaction *state, const struct uuid *object)
{
	struct node_record record;
	if (tree_find(state, object, false, &record) == 0 && queue_exists(state, record.node)) {
		return true;
	}
	bool found = false;
	struct owed_search search = {.state = state, .found = &found};
	return tree_find(state, object, true, &record) == 0 &&
	       tree_each(state, record.node, 0, stop_at_owed, &search) == 0 && found;
}

/* ---- many at once: frozen until a person says that it is meant (design.md §7.4) ---- */

/* Counted together when they go within this time; fewer are never too many. */
#define PASS_MS ((int64_t)10 * 60 * 1000)
#define FEW 10
#define ACCEPTED_MS ((int64_t)10 * 60 * 1000)

static int count_page(void *context, const struct node_record *record)
{
	struct {
		struct store_transaction *state;
		size_t count;
	} *counting = context;
	counting->count += record->role == ROLE_PAGE ? 1 : 0;
	return node_is_directory(record)
		       ? tree_each(counting->state, record->node, 0, count_page, context)
		       : 0;
}

static size_t count_pages(struct store_transaction *state, const struct node_record *top)
{
	struct {
		struct store_transaction *state;
		size_t count;
	} counting = {.state = state};
	struct node_record directory;
	if (count_page(&counting, top) < 0 ||
	    (top->role == ROLE_PAGE && tree_find(state, &top->object, true, &directory) == 0 &&
	     count_page(&counting, &directory) < 0)) {
		return SIZE_MAX / 8;
	}
	return counting.count;
}

/* Under the state's write transaction. A top that can't be seen any more is no deletion: it was
 * unshared, or the token is another one's. */
static bool is_too_much(struct workspace *workspace, struct store_transaction *state,
			const struct node_record *top, enum fate fate)
{
	struct vanished *vanished = &workspace->vanished;
	struct node_record root = {.node = NODE_ROOT, .role = ROLE_ROOT};
	int64_t now_ms = clock_now_ms();
	size_t gone = count_pages(state, top);
	if (now_ms < vanished->accepted_until_ms) {
		return false;
	}
	if (now_ms - vanished->since_ms > PASS_MS || now_ms < vanished->since_ms) {
		vanished->since_ms = now_ms;
		vanished->count = 0;
		vanished->known = count_pages(state, &root);
	}
	size_t together = vanished->count + gone;
	if (together > FEW && together * 5 > vanished->known) {
		/* As it is now: the tree may have grown since. */
		vanished->known = count_pages(state, &root) + vanished->count;
	}
	bool is_root_lost = top->parent == NODE_ROOT && fate == FATE_GONE;
	if (is_root_lost || (together > FEW && together * 5 > vanished->known)) {
		atomic_store(&vanished->frozen, together);
		log_warning("%s and what is in it, %zu pages, is gone in Notion; too much at once: "
			    "kept until it is there again, or `notionfs sync --confirm`",
			    top->name, gone);
		return true;
	}
	vanished->count = together;
	return false;
}

void children_accept_loss(struct workspace *workspace)
{
	static const struct uuid none;
	struct store_transaction *state = NULL;
	if (atomic_load(&workspace->vanished.frozen) == 0 ||
	    workspace_begin(workspace, true, &state, NULL) < 0) {
		return;
	}
	workspace->vanished.accepted_until_ms = clock_now_ms() + ACCEPTED_MS;
	workspace->vanished.since_ms = 0;
	atomic_store(&workspace->vanished.frozen, 0);
	store_abort(state);
	fetcher_request(&workspace->fetcher, JOB_DISCOVER, &none, PRIORITY_REFRESH, true);
}

/* ---- what a listing lacks ---- */

/* It leaves the tree: to our trash when Notion has it in its own, else for good; local files are
 * kept in any case. */
static int take_out(struct workspace *workspace, struct store_transaction **state,
		    struct store_transaction **cache, struct node_record *record, enum fate fate,
		    struct tree_changes *changes)
{
	struct node_record old = *record;
	struct lost lost = {0};
	int r = workspace->options.read_only ? shown_keep_tree(*state, *cache, &record->object) : 0;
	if (r == 0 && fate == FATE_TRASHED) {
		r = trash_put(workspace, *state, *cache, record, TRASHED_IN_NOTION, changes);
	} else if (r == 0) {
		r = lost_note(*state, record, &lost);
		r = r == 0 ? tree_remove(*state, &record->object, clock_now_ms(), changes) : r;
		r = r == 0 ? object_delete(*cache, &record->object) : r;
	}
	r = r == 0 ? workspace_commit(state, cache) : r;
	if (r == 0 && fate == FATE_TRASHED) {
		log_info("%s was moved to the trash in Notion: it is in .notionfs/trash", old.name);
		trash_take_copies(workspace, &old);
	} else if (r == 0) {
		lost_take(workspace, &lost);
	}
	lost_release(&lost);
	return r;
}

/* A child is gone when two complete listings lack it and Notion says so (design.md §7.4). */
void children_settle_missing(struct workspace *workspace, node_id directory,
			     const struct uuid *objects, size_t count, enum job_kind job,
			     const struct uuid *job_object, enum priority priority)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP(tree_changes) struct tree_changes changes = {0};
		CLEANUP(transaction) struct store_transaction *state = NULL;
		CLEANUP(transaction) struct store_transaction *cache = NULL;
		struct node_record record;
		if (workspace_begin(workspace, false, &state, NULL) < 0) {
			return;
		}
		int r = tree_find(state, &objects[i], false, &record);
		bool is_page = r == 0;
		if (!is_page) {
			r = tree_find(state, &objects[i], true, &record);
		}
		/* What is in the trash is listed nowhere. */
		bool is_ours = r < 0 || record.parent != directory || trash_has(state, directory);
		store_abort(steal(&state));
		enum fate fate =
			is_ours ? FATE_HERE : ask_fate(workspace, &objects[i], is_page, priority);
		if (fate != FATE_GONE && fate != FATE_TRASHED) {
			continue;
		}
		bool is_open = drafts_are_open(&workspace->drafts);
		if (workspace_begin(workspace, true, &state, &cache) < 0) {
			return;
		}
		/* As it is now: a person may have moved or removed it meanwhile. */
		if (tree_get(state, record.node, &record) < 0 || record.parent != directory) {
			continue;
		}
		bool is_second = record.missing_since_ms != 0;
		/* A save that is owed keeps a page that is gone for good, and those above it:
		 * writeback says what became of it. While pages are open for writing none of
		 * these goes, for it may be one of them. */
		bool is_kept = fate == FATE_GONE ? is_open || is_owed_below(state, &objects[i])
						 : trash_is_owed(state, record.node);
		if (is_second && !is_kept && !is_too_much(workspace, state, &record, fate)) {
			r = take_out(workspace, &state, &cache, &record, fate, &changes);
		} else {
			record.missing_since_ms = clock_now_ms();
			r = tree_put(state, &record);
			r = r == 0 ? workspace_commit(&state, &cache) : r;
		}
		if (r == 0 && !is_second) {
			fetcher_request(&workspace->fetcher, job, job_object, PRIORITY_REFRESH,
					true);
		}
		store_abort(steal(&state));
		store_abort(steal(&cache));
		workspace_tell(workspace, &changes);
	}
}
