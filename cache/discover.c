#include "cache/discover.h"

#define LOG_MODULE "discover"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/children.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define WATERMARK "watermark_ms"
/* A chain of blocks above a page is at most this long. */
#define CLIMB_MAX 60

int64_t discover_watermark(struct workspace *workspace)
{
	struct store_transaction *cache = NULL;
	struct store_value value;
	int64_t watermark_ms = 0;
	if (workspace_begin(workspace, false, NULL, &cache) < 0) {
		return 0;
	}
	if (store_get(cache, CACHE_META, WATERMARK, strlen(WATERMARK), &value) == 0 &&
	    value.len == sizeof watermark_ms) {
		memcpy(&watermark_ms, value.bytes, sizeof watermark_ms);
	}
	store_abort(cache);
	return watermark_ms;
}

static int set_watermark(struct workspace *workspace, int64_t watermark_ms)
{
	struct store_transaction *cache = NULL;
	int r = workspace_begin(workspace, true, NULL, &cache);
	if (r == 0) {
		r = store_put(cache, CACHE_META, WATERMARK, strlen(WATERMARK), &watermark_ms,
			      sizeof watermark_ms);
		r = r == 0 ? workspace_commit(NULL, &cache) : r;
		store_abort(cache);
	}
	return r;
}

/* Asks for the listing that should show a child we have just heard of. */
static void request_parent(struct workspace *workspace, struct store_transaction *state,
			   struct store_transaction *cache, const struct object_info *info)
{
	struct node_record record;
	struct fetcher *fetcher = &workspace->fetcher;
	if (tree_find(state, &info->id, info->kind != OBJECT_PAGE, &record) == 0) {
		return;
	}
	if (info->parent_kind == PARENT_DATA_SOURCE &&
	    tree_source_directory(state, cache, &info->parent, &record) == 0 &&
	    (record.flags & NODE_LISTED) != 0) {
		fetcher_request(fetcher, JOB_DATA_SOURCE, &info->parent, PRIORITY_REFRESH, true);
	} else if (info->parent_kind == PARENT_PAGE && body_is_fresh(cache, &info->parent)) {
		fetcher_request(fetcher, JOB_PAGE, &info->parent, PRIORITY_REFRESH, true);
	}
}

static int take_result(struct workspace *workspace, struct store_transaction *state,
		       struct store_transaction *cache, const json_t *object,
		       const struct object_info *info, bool *ret_is_new, node_id *ret_node,
		       struct tree_changes *changes)
{
	*ret_is_new = !object_exists(cache, &info->id);
	int r = children_take_object(workspace, state, cache, object, ret_node, changes);
	if (r == 0 && info->kind == OBJECT_DATA_SOURCE) {
		r = object_add_child(cache, &info->database, &info->id);
		if (r == 0 && info->database_parent_kind == PARENT_PAGE) {
			r = object_add_child(cache, &info->database_parent, &info->database);
		}
	} else if (r == 0 && info->parent_kind == PARENT_PAGE) {
		r = object_add_child(cache, &info->parent, &info->id);
	}
	if (r == 0 && *ret_is_new) {
		request_parent(workspace, state, cache, info);
	}
	return r;
}

/* One search answer into the stores, in one transaction. */
static int take_results(struct workspace *workspace, const json_t *results, int64_t until_ms,
			int64_t *newest_ms, bool *ret_found_new, bool *ret_is_done)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	node_id nodes[100];
	size_t node_count = 0;
	size_t i;
	json_t *object;
	int r = workspace_begin(workspace, true, &state, &cache);
	json_array_foreach (results, i, object) {
		CLEANUP(object_info) struct object_info info = {0};
		bool is_new = false;
		node_id node = 0;
		if (r < 0 || object_info_init(object, &info) < 0) {
			continue; /* an object of a kind newer than us */
		}
		*newest_ms = info.edited_ms > *newest_ms ? info.edited_ms : *newest_ms;
		if (info.edited_ms < until_ms) {
			*ret_is_done = true;
			break;
		}
		if (info.in_trash) {
			continue; /* trashed data sources still show up (notion-api.md §4.1) */
		}
		r = take_result(workspace, state, cache, object, &info, &is_new, &node, &changes);
		*ret_found_new |= is_new;
		if (node != 0 && node_count < sizeof nodes / sizeof nodes[0]) {
			nodes[node_count++] = node;
		}
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	if (r == 0) {
		workspace_tell(workspace, &changes);
	}
	for (i = 0; r == 0 && i < node_count; i++) {
		workspace_tell_pulled(workspace, nodes[i]);
	}
	return r;
}

int discover_search(struct workspace *workspace, enum priority priority, int64_t until_ms,
		    bool *ret_found_new)
{
	CLEANUP(failure) struct failure failure = {0};
	char *cursor = NULL;
	int64_t newest_ms = 0;
	bool found_new = false;
	bool is_done = false;
	int r = 0;
	while (r == 0 && !is_done) {
		json_t *answer = NULL;
		r = notion_search(workspace->notion, priority, cursor, &failure, &answer);
		if (r < 0) {
			log_warning("search failed: %s", failure.message);
			break;
		}
		r = take_results(workspace, json_object_get(answer, "results"), until_ms,
				 &newest_ms, &found_new, &is_done);
		free(cursor);
		cursor = NULL;
		if (json_is_true(json_object_get(answer, "has_more"))) {
			cursor = strdup(json_get_text(answer, "next_cursor"));
		} else {
			is_done = true;
		}
		json_decref(answer);
	}
	free(cursor);
	if (r == 0 && newest_ms > discover_watermark(workspace)) {
		r = set_watermark(workspace, newest_ms);
	}
	if (r == 0) {
		*ret_found_new = found_new;
	}
	return r;
}

/* What lies above a block, remembered from earlier climbs. */
static bool remembered_page_above(struct workspace *workspace, const struct uuid *block,
				  struct uuid *ret_page)
{
	struct store_transaction *cache = NULL;
	struct store_value value;
	bool is_known = false;
	if (workspace_begin(workspace, false, NULL, &cache) < 0) {
		return false;
	}
	if (store_get(cache, CACHE_META, block->bytes, 16, &value) == 0 && value.len == 16) {
		memcpy(ret_page->bytes, value.bytes, 16);
		is_known = true;
	}
	store_abort(cache);
	return is_known;
}

/* Climbs from a block to the page it lies in. -ENOENT: not ours to see. */
static int page_above(struct workspace *workspace, enum priority priority, const struct uuid *block,
		      const struct uuid *child, struct uuid *ret_page)
{
	struct uuid at = *block;
	if (remembered_page_above(workspace, block, ret_page)) {
		return uuid_is_zero(ret_page) ? -ENOENT : 0;
	}
	int r = -ELOOP;
	struct uuid page = {{0}};
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
		struct store_transaction *cache = NULL;
		if (workspace_begin(workspace, true, NULL, &cache) == 0) {
			int put = store_put(cache, CACHE_META, block->bytes, 16, page.bytes, 16);
			if (put == 0 && r == 0) {
				put = object_add_child(cache, &page, child);
			}
			if (put == 0) {
				put = workspace_commit(NULL, &cache);
			}
			store_abort(cache);
			r = put < 0 ? put : r;
		}
	}
	if (r == 0) {
		*ret_page = page;
	}
	return r;
}

struct info_list {
	struct object_info *items;
	size_t count;
};

static int collect_info(void *context, const void *key, size_t key_len,
			const struct store_value *value)
{
	struct info_list *list = context;
	(void)key;
	(void)key_len;
	json_t *object = json_loadb((const char *)value->bytes + 1, value->len - 1, 0, NULL);
	struct object_info info;
	int r = object == NULL ? -EINVAL : object_info_init(object, &info);
	json_decref(object);
	if (r < 0) {
		return r;
	}
	if (list->count % 256 == 0) {
		struct object_info *items =
			realloc(list->items, (list->count + 256) * sizeof *items);
		if (items == NULL) {
			abort();
		}
		list->items = items;
	}
	list->items[list->count++] = info;
	return 0;
}

static void info_list_release(struct info_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		object_info_release(&list->items[i]);
	}
	free(list->items);
}

static const struct object_info *find_info(const struct info_list *list, const struct uuid *id)
{
	/* Both come in key order of the table, which is the ids' order. */
	size_t low = 0;
	size_t high = list->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = uuid_compare(&list->items[middle].id, id);
		if (order == 0) {
			return &list->items[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

enum place { PLACE_TOP, PLACE_BELOW, PLACE_FETCHED, PLACE_NOWHERE };

/* Is the parent something we know or can read? A parent read just now is examined in its turn. */
static enum place place_below_page(struct workspace *workspace, enum priority priority,
				   const struct info_list *known, const struct uuid *page)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *answer = NULL;
	if (find_info(known, page) != NULL) {
		return PLACE_BELOW;
	}
	int r = notion_page(workspace->notion, priority, page, &failure, &answer);
	if (r == 0) {
		struct store_transaction *cache = NULL;
		r = workspace_begin(workspace, true, NULL, &cache);
		if (r == 0) {
			r = object_put(cache, answer, NULL);
			r = r == 0 ? workspace_commit(NULL, &cache) : r;
			store_abort(cache);
		}
		json_decref(answer);
		return r < 0 ? PLACE_NOWHERE : PLACE_FETCHED;
	}
	return r == -ENOENT || r == -EPERM ? PLACE_TOP : PLACE_NOWHERE;
}

static enum place place_of(struct workspace *workspace, enum priority priority,
			   const struct info_list *known, const struct object_info *info)
{
	enum parent_kind kind = info->parent_kind;
	struct uuid parent = info->parent;
	if (info->kind == OBJECT_DATA_SOURCE) {
		/* What lies in the tree is its database. */
		kind = info->database_parent_kind;
		parent = info->database_parent;
	}
	switch (kind) {
	case PARENT_WORKSPACE: return PLACE_TOP;
	case PARENT_PAGE: return place_below_page(workspace, priority, known, &parent);
	case PARENT_BLOCK: {
		struct uuid page;
		const struct uuid *child =
			info->kind == OBJECT_DATA_SOURCE ? &info->database : &info->id;
		int r = page_above(workspace, priority, &parent, child, &page);
		return r == -ENOENT ? PLACE_TOP
		       : r < 0	    ? PLACE_NOWHERE
				    : place_below_page(workspace, priority, known, &page);
	}
	case PARENT_DATA_SOURCE:
		/* A row whose data source is not shared stands alone. */
		return find_info(known, &parent) != NULL ? PLACE_BELOW : PLACE_TOP;
	case PARENT_DATABASE:
	case PARENT_UNKNOWN: return PLACE_TOP;
	}
	return PLACE_NOWHERE;
}

static int read_known(struct workspace *workspace, struct info_list *list)
{
	struct store_transaction *cache = NULL;
	int r = workspace_begin(workspace, false, NULL, &cache);
	if (r == 0) {
		r = store_each(cache, CACHE_OBJECT, "", 0, 0, collect_info, list);
		store_abort(cache);
	}
	return r;
}

/* --root: that page or database alone. */
static int place_only_root(struct workspace *workspace, enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	CLEANUP(object_info) struct object_info info = {0};
	json_t *answer = NULL;
	struct store_transaction *cache = NULL;
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
	return r < 0 ? r : children_of_root(workspace, &info, 1, priority);
}

int discover_roots(struct workspace *workspace, enum priority priority)
{
	if (!uuid_is_zero(&workspace->only_root)) {
		return place_only_root(workspace, priority);
	}
	struct info_list known = {0};
	struct object_info *tops = NULL;
	size_t top_count = 0;
	int r = 0;
	/* Each round may read parents that are new to us; they are examined in the next. */
	for (bool is_settled = false; r == 0 && !is_settled;) {
		is_settled = true;
		info_list_release(&known);
		known = (struct info_list){0};
		r = read_known(workspace, &known);
		free(tops);
		tops = calloc(known.count + 1, sizeof *tops);
		top_count = 0;
		for (size_t i = 0; r == 0 && tops != NULL && i < known.count; i++) {
			struct object_info top = known.items[i];
			enum place place = top.in_trash || top.kind == OBJECT_DATABASE
						   ? PLACE_BELOW
						   : place_of(workspace, priority, &known, &top);
			if (place == PLACE_NOWHERE) {
				r = -EIO;
			}
			is_settled &= place != PLACE_FETCHED;
			if (place != PLACE_TOP) {
				continue;
			}
			if (top.kind == OBJECT_DATA_SOURCE) {
				top.kind = OBJECT_DATABASE;
				top.id = top.database;
			}
			bool is_twin = false;
			for (size_t other = 0; other < top_count; other++) {
				is_twin |= uuid_equal(&tops[other].id, &top.id);
			}
			if (!is_twin) {
				tops[top_count++] = top;
			}
		}
	}
	if (r == 0) {
		r = tops == NULL ? -ENOMEM : children_of_root(workspace, tops, top_count, priority);
	}
	free(tops);
	info_list_release(&known);
	return r;
}
