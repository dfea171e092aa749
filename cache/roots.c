#include "cache/roots.h"

#define LOG_MODULE "roots"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/children.h"
#include "cache/object_index.h"
#include "cache/workspace_private.h"

/* A chain of blocks above a page is at most this long. */
#define CLIMB_MAX 60

/* ---- from a block up to its page ---- */

/* What lies above a block, remembered from earlier climbs; zero: nothing that is ours to see. */
static bool recall_page_above(struct store_transaction *cache, const struct uuid *block,
			      struct uuid *ret_page)
{
	struct store_value value;
	if (store_get(cache, CACHE_META, block->bytes, 16, &value) < 0 || value.len != 16) {
		return false;
	}
	memcpy(ret_page->bytes, value.bytes, 16);
	return true;
}

static int remember_page_above(struct workspace *workspace, const struct uuid *block,
			       const struct uuid *page, const struct uuid *child)
{
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	int r = workspace_begin(workspace, true, NULL, &cache);
	if (r == 0) {
		r = store_put(cache, CACHE_META, block->bytes, 16, page->bytes, 16);
	}
	if (r == 0 && !uuid_is_zero(page)) {
		r = object_add_child(cache, page, child);
	}
	return r < 0 ? r : workspace_commit(NULL, &cache);
}

/* Climbs from a block to the page it lies in. -ENOENT: not ours to see. */
static int climb(struct workspace *workspace, enum priority priority, const struct uuid *block,
		 const struct uuid *child, struct uuid *ret_page)
{
	struct uuid at = *block;
	struct uuid page = {{0}};
	int r = -ELOOP;
	for (int step = 0; step < CLIMB_MAX; step++) {
		CLEANUP(failure) struct failure failure = {0};
		json_t *answer = NULL;
		r = notion_block(workspace->notion, priority, &at, &failure, &answer);
		if (r < 0) {
			break;
		}
		const json_t *parent = json_object_get(answer, "parent");
		bool is_page = json_get_id(parent, "page_id", &page);
		bool is_block = json_get_id(parent, "block_id", &at);
		json_decref(answer);
		if (is_page || !is_block) {
			r = is_page ? 0 : -ENOENT;
			break;
		}
	}
	if (r == 0 || r == -ENOENT) {
		int put = remember_page_above(workspace, block, &page, child);
		r = put < 0 ? put : r;
	}
	if (r == 0) {
		*ret_page = page;
	}
	return r;
}

/* ---- one object ---- */

enum verdict { IS_TOP, IS_BELOW, IS_UNKNOWN };

/* What lies in the tree of a data source is its database. */
static enum parent_kind parent_of(const struct object_place *place, struct uuid *ret_parent)
{
	bool is_source = place->kind == OBJECT_DATA_SOURCE;
	*ret_parent = is_source ? place->database_parent : place->parent;
	return is_source ? place->database_parent_kind : place->parent_kind;
}

/* By what is here alone. */
static enum verdict judge(struct store_transaction *cache, const struct object_place *place)
{
	struct uuid parent;
	struct uuid page;
	if (place->in_trash || place->kind == OBJECT_DATABASE) {
		return IS_BELOW;
	}
	switch (parent_of(place, &parent)) {
	case PARENT_PAGE: return object_exists(cache, &parent) ? IS_BELOW : IS_UNKNOWN;
	case PARENT_BLOCK:
		if (!recall_page_above(cache, &parent, &page)) {
			return IS_UNKNOWN;
		}
		return uuid_is_zero(&page)	     ? IS_TOP
		       : object_exists(cache, &page) ? IS_BELOW
						     : IS_UNKNOWN;
	case PARENT_DATA_SOURCE:
		/* A row whose data source is not shared stands alone. */
		return object_exists(cache, &parent) ? IS_BELOW : IS_TOP;
	case PARENT_WORKSPACE:
	case PARENT_DATABASE:
	case PARENT_UNKNOWN: break;
	}
	return IS_TOP;
}

/* Asks Notion for the page above: read now, it is known from here on. */
static int ask_page(struct workspace *workspace, enum priority priority, const struct uuid *page,
		    enum verdict *ret_verdict)
{
	CLEANUP(failure) struct failure failure = {0};
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	json_t *answer = NULL;
	int r = workspace_begin(workspace, false, NULL, &cache);
	if (r < 0) {
		return r;
	}
	bool is_known = object_exists(cache, page); /* since the scan */
	store_abort(steal(&cache));
	if (is_known) {
		*ret_verdict = IS_BELOW;
		return 0;
	}
	r = notion_page(workspace->notion, priority, page, &failure, &answer);
	if (r == -ENOENT || r == -EPERM) {
		*ret_verdict = IS_TOP;
		return 0;
	}
	if (r == 0) {
		r = workspace_begin(workspace, true, NULL, &cache);
	}
	if (r == 0) {
		r = object_put(cache, answer, NULL);
		r = r == 0 ? workspace_commit(NULL, &cache) : r;
	}
	json_decref(answer);
	if (r == 0) {
		*ret_verdict = IS_UNKNOWN; /* where does that one lie? */
	}
	return r;
}

/* IS_UNKNOWN: a parent was read that has to be judged in its turn; this one is below it. */
static int ask(struct workspace *workspace, enum priority priority,
	       const struct object_place *place, enum verdict *ret_verdict)
{
	struct uuid parent;
	struct uuid page;
	enum parent_kind kind = parent_of(place, &parent);
	if (kind == PARENT_BLOCK) {
		CLEANUP(transaction) struct store_transaction *cache = NULL;
		int r = workspace_begin(workspace, false, NULL, &cache);
		if (r < 0) {
			return r;
		}
		bool is_known = recall_page_above(cache, &parent, &page);
		store_abort(steal(&cache));
		r = is_known && uuid_is_zero(&page) ? -ENOENT
		    : is_known			    ? 0
						    : climb(workspace, priority, &parent,
					    place->kind == OBJECT_DATA_SOURCE ? &place->database
											      : &place->id,
							    &page);
		if (r == -ENOENT) {
			*ret_verdict = IS_TOP;
			return 0;
		}
		if (r < 0) {
			return r;
		}
		parent = page;
	}
	return ask_page(workspace, priority, &parent, ret_verdict);
}

/* ---- all of them ---- */

struct places {
	struct object_place *items;
	size_t count;
};

static void add_place(struct places *places, const struct object_place *place)
{
	if (places->count % 64 == 0) {
		places->items = realloc(places->items, (places->count + 64) * sizeof *place);
		if (places->items == NULL) {
			abort();
		}
	}
	places->items[places->count++] = *place;
}

struct scan {
	struct store_transaction *cache;
	struct places tops;
	struct places unknown; /* each of these costs a request */
};

static int note_place(void *context, const struct object_place *place)
{
	struct scan *scan = context;
	switch (judge(scan->cache, place)) {
	case IS_TOP: add_place(&scan->tops, place); break;
	case IS_UNKNOWN: add_place(&scan->unknown, place); break;
	case IS_BELOW: break;
	}
	return 0;
}

static int scan_places(struct workspace *workspace, struct scan *scan)
{
	static const struct uuid first;
	int r = workspace_begin(workspace, false, NULL, &scan->cache);
	if (r == 0) {
		r = object_place_each(scan->cache, &first, note_place, scan);
		store_abort(steal(&scan->cache));
	}
	return r;
}

static bool has_place(const struct places *places, const struct uuid *id)
{
	for (size_t i = 0; i < places->count; i++) {
		if (uuid_equal(&places->items[i].id, id)) {
			return true;
		}
	}
	return false;
}

static int compare_ids(const void *left, const void *right)
{
	const struct object_info *a = left;
	const struct object_info *b = right;
	return uuid_compare(&a->id, &b->id);
}

/* Each once: a database of several sources is the top of all of them. */
static size_t leave_out_twins(struct object_info *infos, size_t count)
{
	size_t kept = 0;
	qsort(infos, count, sizeof *infos, compare_ids);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && uuid_equal(&infos[kept - 1].id, &infos[i].id)) {
			object_info_release(&infos[i]);
		} else {
			infos[kept++] = infos[i];
		}
	}
	return kept;
}

static int place_tops(struct workspace *workspace, enum priority priority,
		      const struct places *tops)
{
	struct object_info *infos = calloc(tops->count + 1, sizeof *infos);
	struct store_transaction *cache = NULL;
	size_t count = 0;
	uint64_t asked = recent_count(&workspace->written);
	int r = infos == NULL ? -ENOMEM : workspace_begin(workspace, false, NULL, &cache);
	for (size_t i = 0; r == 0 && i < tops->count; i++) {
		json_t *object = object_find(cache, &tops->items[i].id);
		struct object_info *info = &infos[count];
		if (object != NULL && object_info_init(object, info) == 0) {
			if (info->kind == OBJECT_DATA_SOURCE) {
				info->kind = OBJECT_DATABASE;
				info->id = info->database;
			}
			count++;
		}
		json_decref(object);
	}
	store_abort(cache);
	if (r == 0) {
		count = leave_out_twins(infos, count);
		r = children_of_root(workspace, infos, count, asked, priority);
	}
	for (size_t i = 0; infos != NULL && i < count; i++) {
		object_info_release(&infos[i]);
	}
	free(infos);
	return r;
}

/* --root: that page or database alone. */
static int place_only_root(struct workspace *workspace, enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	CLEANUP(object_info) struct object_info info = {0};
	json_t *answer = NULL;
	struct store_transaction *cache = NULL;
	uint64_t asked = recent_count(&workspace->written);
	int r = notion_page(workspace->notion, priority, &workspace->only_root, &failure, &answer);
	if (r == -ENOENT) {
		failure_release(&failure);
		r = notion_database(workspace->notion, priority, &workspace->only_root, &failure,
				    &answer);
	}
	if (r == 0) {
		r = object_info_init(answer, &info);
	}
	if (r == 0) {
		r = workspace_begin(workspace, true, NULL, &cache);
	}
	if (r == 0) {
		r = object_put(cache, answer, NULL);
		r = r == 0 ? workspace_commit(NULL, &cache) : r;
		store_abort(cache);
	}
	json_decref(answer);
	return r < 0 ? r : children_of_root(workspace, &info, 1, asked, priority);
}

int roots_find(struct workspace *workspace, enum priority priority)
{
	if (!uuid_is_zero(&workspace->only_root)) {
		return place_only_root(workspace, priority);
	}
	struct places alone = {0}; /* their parents were asked for, and can't be seen */
	struct scan scan = {0};
	int r = 0;
	for (bool is_settled = false; r == 0 && !is_settled;) {
		is_settled = true;
		free(scan.tops.items);
		free(scan.unknown.items);
		scan = (struct scan){0};
		r = scan_places(workspace, &scan);
		for (size_t i = 0; r == 0 && i < scan.unknown.count; i++) {
			enum verdict verdict = IS_TOP;
			if (has_place(&alone, &scan.unknown.items[i].id)) {
				continue;
			}
			r = ask(workspace, priority, &scan.unknown.items[i], &verdict);
			if (r == 0 && verdict == IS_TOP) {
				add_place(&alone, &scan.unknown.items[i]);
			}
			is_settled &= verdict != IS_UNKNOWN;
		}
	}
	for (size_t i = 0; i < alone.count; i++) {
		add_place(&scan.tops, &alone.items[i]);
	}
	if (r == 0) {
		r = place_tops(workspace, priority, &scan.tops);
	}
	free(alone.items);
	free(scan.tops.items);
	free(scan.unknown.items);
	return r;
}
