#include "cache/sweep.h"

#include <string.h>

#include "cache/object_index.h"
#include "cache/tables.h"
#include "cache/trash.h"
#include "cache/tree.h"
#include "mapping/base/cleanup.h"

/* What was used this long ago is no longer in the ring of its own. */
#define RECENT_MS ((int64_t)10 * 60 * 1000)
/* Stamps are of minutes (notion-api.md §8.2): to ask for rows more often finds nothing more. */
#define ROWS_EVERY_MS 60000
/* A small workspace is not gone through without end. */
#define ALL_EVERY_MS ((int64_t)10 * 60 * 1000)
#define USED_EVERY_MS 30000
#define MINUTE_MS 60000

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

static bool is_recent_locked(const struct sweep *sweep, size_t i, int64_t now_ms)
{
	return sweep->recent[i].node != 0 && now_ms - sweep->recent[i].used_ms < RECENT_MS;
}

/* The lately used one that was looked at longest ago; SWEEP_RECENT when there is none. */
static size_t oldest_recent_locked(const struct sweep *sweep, int64_t now_ms)
{
	size_t best = SWEEP_RECENT;
	for (size_t i = 0; i < SWEEP_RECENT; i++) {
		if (is_recent_locked(sweep, i, now_ms) &&
		    (best == SWEEP_RECENT ||
		     sweep->recent[i].looked_ms < sweep->recent[best].looked_ms)) {
			best = i;
		}
	}
	return best;
}

static node_id next_recent(struct sweep *sweep, int64_t now_ms)
{
	LOCK_SCOPE(&sweep->mutex);
	size_t best = oldest_recent_locked(sweep, now_ms);
	if (best == SWEEP_RECENT || (now_ms >= sweep->recent[best].looked_ms &&
				     now_ms - sweep->recent[best].looked_ms < USED_EVERY_MS)) {
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
	struct store_transaction *cache;
	struct uuid after;
	bool rows_only;
	enum job_kind kind;
	struct uuid object;
};

static int stop_at_readable(void *context, const struct object_place *place)
{
	struct rotation *rotation = context;
	struct node_record record;
	bool is_page = place->kind == OBJECT_PAGE;
	if (uuid_compare(&place->id, &rotation->after) == 0 ||
	    (rotation->rows_only && place->kind != OBJECT_DATA_SOURCE)) {
		return 0;
	}
	/* The source of a flat database has no node of its own: its database is looked at whole,
	 * its rows by the source. */
	int r = rotation->rows_only ? tree_source_directory(rotation->state, rotation->cache,
							    &place->id, &record)
				    : tree_find(rotation->state, &place->id, !is_page, &record);
	if (r < 0 || trash_has(rotation->state, record.node) ||
	    (rotation->rows_only && (record.flags & NODE_LISTED) == 0)) {
		return 0;
	}
	rotation->kind = rotation->rows_only		  ? JOB_ROWS
			 : is_page			  ? JOB_PAGE
			 : place->kind == OBJECT_DATABASE ? JOB_DATABASE
							  : JOB_DATA_SOURCE;
	rotation->object = place->id;
	return 1;
}

static void end_round(struct sweep *sweep, struct sweep_ring *ring, int64_t now_ms)
{
	LOCK_SCOPE(&sweep->mutex);
	ring->length_ms = now_ms - ring->round_ms;
	ring->items = ring->items_now;
	ring->requests = ring->requests_now;
	ring->round_ms = now_ms;
	ring->items_now = 0;
	ring->requests_now = 0;
	memset(&ring->after, 0, sizeof ring->after);
}

/* From the beginning of a round to that of the next it is at least `every_ms`. */
static bool next_of_ring(struct sweep *sweep, struct sweep_ring *ring, struct rotation *rotation,
			 int64_t every_ms, int64_t now_ms)
{
	if (ring->round_ms == 0) {
		LOCK_SCOPE(&sweep->mutex);
		ring->round_ms = now_ms;
	} else if (uuid_is_zero(&ring->after) && now_ms >= ring->round_ms &&
		   now_ms - ring->round_ms < every_ms - ring->length_ms) {
		return false; /* the last one was quick */
	}
	rotation->after = ring->after;
	int r = object_place_each(rotation->cache, &ring->after, stop_at_readable, rotation);
	if (r == 0 && !uuid_is_zero(&ring->after)) {
		end_round(sweep, ring, now_ms);
		if (ring->length_ms < every_ms) {
			return false;
		}
		rotation->after = ring->after;
		r = object_place_each(rotation->cache, &ring->after, stop_at_readable, rotation);
	}
	if (r <= 0) {
		return false;
	}
	ring->after = rotation->object;
	LOCK_SCOPE(&sweep->mutex);
	ring->items_now++;
	sweep->stepped = ring;
	return true;
}

bool sweep_next(struct sweep *sweep, struct store_transaction *state,
		struct store_transaction *cache, int64_t now_ms, enum job_kind *ret_kind,
		struct uuid *ret_object)
{
	struct rotation rotation = {.state = state, .cache = cache};
	unsigned turn = sweep->turn++ % SWEEP_TURNS;
	node_id node = turn == 0 ? next_recent(sweep, now_ms) : 0;
	sweep->stepped = NULL;
	if (node != 0 && job_of_node(state, node, ret_kind, ret_object)) {
		return true;
	}
	rotation.rows_only = turn < SWEEP_TURNS - SWEEP_TURNS_OF_ALL;
	bool found = rotation.rows_only &&
		     next_of_ring(sweep, &sweep->rows, &rotation, ROWS_EVERY_MS, now_ms);
	if (!found) {
		rotation.rows_only = false;
		found = next_of_ring(sweep, &sweep->all, &rotation, ALL_EVERY_MS, now_ms);
	}
	*ret_kind = rotation.kind;
	*ret_object = rotation.object;
	return found;
}

void sweep_note_requests(struct sweep *sweep, uint64_t requests)
{
	LOCK_SCOPE(&sweep->mutex);
	if (sweep->stepped != NULL) {
		sweep->stepped->requests_now += requests;
	}
}

/* ---- how old ---- */

static void age_of_used_locked(const struct sweep *sweep, int64_t now_ms, struct sweep_age *age)
{
	size_t oldest = oldest_recent_locked(sweep, now_ms);
	for (size_t i = 0; i < SWEEP_RECENT; i++) {
		age->items += is_recent_locked(sweep, i, now_ms) ? 1 : 0;
	}
	age->age_ms = oldest == SWEEP_RECENT ? -1 : now_ms - sweep->recent[oldest].looked_ms;
}

void sweep_age(struct sweep *sweep, enum sweep_ring_name name, unsigned share, int64_t now_ms,
	       struct sweep_age *ret_age)
{
	const struct sweep_ring *ring = name == SWEEP_ROWS ? &sweep->rows : &sweep->all;
	*ret_age = (struct sweep_age){.age_ms = -1};
	LOCK_SCOPE(&sweep->mutex);
	if (name == SWEEP_USED) {
		age_of_used_locked(sweep, now_ms, ret_age);
		return;
	}
	ret_age->items = ring->items > ring->items_now ? ring->items : ring->items_now;
	if (ring->round_ms != 0) {
		/* What was looked at first in the last round, and not yet in this one. */
		ret_age->age_ms = now_ms - ring->round_ms + ring->length_ms;
	}
	/* What a round takes, at the turns that are this ring's for certain. A change right behind
	 * the place the round has come to waits for the whole next one. */
	uint64_t requests = ring->length_ms > 0 ? ring->requests : ring->requests_now;
	if (name == SWEEP_ALL && requests > 0 && share > 0) {
		ret_age->worst_ms =
			(int64_t)(requests * MINUTE_MS * SWEEP_TURNS / SWEEP_TURNS_OF_ALL / share) +
			ALL_EVERY_MS;
	}
}
