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
		       const struct object_info *info, uint64_t asked, bool *ret_is_new,
		       struct taken *ret_taken, struct tree_changes *changes)
{
	*ret_is_new = !object_exists(cache, &info->id);
	int r = children_take_object(workspace, state, cache, object, asked, ret_taken, changes);
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
static int take_results(struct workspace *workspace, const json_t *results, uint64_t asked,
			int64_t until_ms, int64_t *newest_ms, bool *ret_found_new,
			bool *ret_is_done)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct taken taken[100]; /* more are in no answer (notion-api.md §3.2) */
	size_t taken_count = 0;
	size_t i;
	json_t *object;
	int r = workspace_begin(workspace, true, &state, &cache);
	json_array_foreach (results, i, object) {
		CLEANUP(object_info) struct object_info info = {0};
		bool is_new = false;
		if (r < 0 || taken_count == sizeof taken / sizeof taken[0] ||
		    object_info_init(object, &info) < 0) {
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
		r = take_result(workspace, state, cache, object, &info, asked, &is_new,
				&taken[taken_count++], &changes);
		*ret_found_new |= is_new;
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	if (r == 0) {
		workspace_tell(workspace, &changes);
	}
	for (i = 0; r == 0 && i < taken_count; i++) {
		children_taken(workspace, &taken[i]);
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
		uint64_t asked = recent_count(&workspace->written);
		r = notion_search(workspace->notion, priority, cursor, &failure, &answer);
		if (r < 0) {
			log_warning("search failed: %s", failure.message);
			break;
		}
		r = take_results(workspace, json_object_get(answer, "results"), asked, until_ms,
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
