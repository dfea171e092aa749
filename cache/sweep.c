#include "cache/sweep.h"

#include <stdatomic.h>
#include <string.h>

#include "cache/object.h"
#include "cache/tables.h"
#include "cache/trash.h"
#include "cache/tree.h"
#include "mapping/base/cleanup.h"

/* What was used this long ago is no longer in the ring of its own. */
#define RECENT_MS ((int64_t)10 * 60 * 1000)

void sweep_init(struct sweep *sweep)
{
	*sweep = (struct sweep){.mutex = PTHREAD_MUTEX_INITIALIZER};
}

void sweep_note_use(struct sweep *sweep, node_id node, int64_t now_ms)
{
	size_t oldest = 0;
	LOCK_SCOPE(&sweep->mutex);
	sweep->last_use_ms = now_ms;
	for (size_t i = 0; i < SWEEP_RECENT; i++) {
		if (sweep->recent[i].node == node) {
			sweep->recent[i].used_ms = now_ms;
			return;
		}
		if (sweep->recent[i].used_ms < sweep->recent[oldest].used_ms) {
			oldest = i;
		}
	}
	sweep->recent[oldest].node = node;
	sweep->recent[oldest].used_ms = now_ms;
	sweep->recent[oldest].looked_ms = now_ms;
}

int64_t sweep_last_use_ms(struct sweep *sweep)
{
	LOCK_SCOPE(&sweep->mutex);
	return sweep->last_use_ms;
}

/* The lately used one that was looked at longest ago. */
static node_id next_recent(struct sweep *sweep, int64_t now_ms)
{
	size_t best = SWEEP_RECENT;
	LOCK_SCOPE(&sweep->mutex);
	for (size_t i = 0; i < SWEEP_RECENT; i++) {
		if (sweep->recent[i].node != 0 && now_ms - sweep->recent[i].used_ms < RECENT_MS &&
		    (best == SWEEP_RECENT ||
		     sweep->recent[i].looked_ms < sweep->recent[best].looked_ms)) {
			best = i;
		}
	}
	if (best == SWEEP_RECENT) {
		return 0;
	}
	sweep->recent[best].looked_ms = now_ms;
	return sweep->recent[best].node;
}

/* Which reading shows changes of this node? */
static bool job_of_node(struct store_transaction *state, node_id node, enum job_kind *ret_kind,
			struct uuid *ret_object)
{
	struct node_record record;
	if (tree_get(state, node, &record) < 0 || (record.flags & NODE_NEW) != 0 ||
	    trash_has(state, node)) {
		return false;
	}
	*ret_object = record.object;
	switch (record.role) {
	case ROLE_PAGE:
	case ROLE_PAGE_DIRECTORY: *ret_kind = JOB_PAGE; return true;
	case ROLE_DATABASE: *ret_kind = JOB_DATABASE; return true;
	case ROLE_DATA_SOURCE: *ret_kind = JOB_DATA_SOURCE; return true;
	case ROLE_KEPT:
	case ROLE_ROOT: break;
	}
	return false;
}

struct rotation {
	struct store_transaction *state;
	struct uuid after;
	enum job_kind kind;
	struct uuid object;
};

static int stop_at_readable(void *context, const void *key, size_t key_len,
			    const struct store_value *value)
{
	struct rotation *rotation = context;
	struct node_record record;
	struct uuid id;
	if (key_len != sizeof id.bytes || value->len == 0) {
		return 0;
	}
	memcpy(id.bytes, key, sizeof id.bytes);
	if (uuid_compare(&id, &rotation->after) == 0) {
		return 0;
	}
	char kind = *(const char *)value->bytes;
	bool is_page = kind == OBJECT_PAGE;
	if (tree_find(rotation->state, &id, !is_page, &record) < 0 ||
	    trash_has(rotation->state, record.node)) {
		return 0; /* no place in the tree, or the source of a flat database */
	}
	rotation->kind = is_page		   ? JOB_PAGE
			 : kind == OBJECT_DATABASE ? JOB_DATABASE
						   : JOB_DATA_SOURCE;
	rotation->object = id;
	return 1;
}

bool sweep_next(struct sweep *sweep, struct store_transaction *state,
		struct store_transaction *cache, int64_t now_ms, enum job_kind *ret_kind,
		struct uuid *ret_object)
{
	sweep->is_recent_turn = !sweep->is_recent_turn;
	node_id node = sweep->is_recent_turn ? next_recent(sweep, now_ms) : 0;
	if (node != 0 && job_of_node(state, node, ret_kind, ret_object)) {
		return true;
	}
	struct rotation rotation = {.state = state, .after = sweep->after};
	if (atomic_load(&sweep->round_ms) == 0) {
		atomic_store(&sweep->round_ms, now_ms);
	}
	int r = store_each(cache, CACHE_OBJECT, sweep->after.bytes, 16, 0, stop_at_readable,
			   &rotation);
	if (r == 0 && !uuid_is_zero(&sweep->after)) {
		/* The round is over: from the start. */
		atomic_store(&sweep->age_ms, now_ms - atomic_load(&sweep->round_ms));
		atomic_store(&sweep->round_ms, now_ms);
		memset(&sweep->after, 0, sizeof sweep->after);
		rotation.after = sweep->after;
		r = store_each(cache, CACHE_OBJECT, "", 0, 0, stop_at_readable, &rotation);
	}
	if (r <= 0) {
		return false;
	}
	sweep->after = rotation.object;
	*ret_kind = rotation.kind;
	*ret_object = rotation.object;
	return true;
}
