#include "cache/read_object.h"

#define LOG_MODULE "read"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/children.h"
#include "cache/content.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

/* A page that is written to while it is read is read again, so often at once. */
#define READ_TRIES_MAX 3

/* One object from the cache, or from Notion and then into the cache. New reference. */
static int have_object(struct workspace *workspace, const struct uuid *id, enum object_kind kind,
		       enum priority priority, bool is_fresh_wanted, struct failure *failure,
		       json_t **ret_object)
{
	struct store_transaction *cache = NULL;
	int r = -ENOENT;
	if (!is_fresh_wanted) {
		r = workspace_begin(workspace, false, NULL, &cache);
		if (r == 0) {
			r = object_get(cache, id, ret_object);
			store_abort(cache);
		}
		if (r != -ENOENT) {
			return r;
		}
	}
	json_t *object = NULL;
	switch (kind) {
	case OBJECT_PAGE: r = notion_page(workspace->notion, priority, id, failure, &object); break;
	case OBJECT_DATABASE:
		r = notion_database(workspace->notion, priority, id, failure, &object);
		break;
	case OBJECT_DATA_SOURCE:
		r = notion_data_source(workspace->notion, priority, id, failure, &object);
		break;
	}
	if (r < 0) {
		return r;
	}
	r = workspace_begin(workspace, true, NULL, &cache);
	if (r == 0) {
		r = object_put(cache, object, NULL);
		r = r == 0 ? workspace_commit(NULL, &cache) : r;
		store_abort(cache);
	}
	if (r < 0) {
		json_decref(object);
		return r;
	}
	*ret_object = object;
	return 0;
}

/* Relations are cut at 25 in page objects; writing a cut list back would delete the rest
 * (notion-api.md §10.10), so the whole list is read before the page is shown. */
static int complete_relations(struct workspace *workspace, const struct uuid *page,
			      enum priority priority, json_t *object, bool *ret_changed)
{
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(object, "properties"), name, property) {
		CLEANUP(failure) struct failure failure = {0};
		char *cursor = NULL;
		if (!json_is_true(json_object_get(property, "has_more")) ||
		    !json_is_array(json_object_get(property, "relation"))) {
			continue;
		}
		json_t *all = json_array();
		bool has_more = true;
		int r = 0;
		while (r == 0 && has_more) {
			json_t *answer = NULL;
			size_t i;
			json_t *item;
			r = notion_property(workspace->notion, priority, page,
					    json_get_text(property, "id"), cursor, &failure,
					    &answer);
			if (r < 0) {
				break;
			}
			json_array_foreach (json_object_get(answer, "results"), i, item) {
				(void)json_array_append(all, json_object_get(item, "relation"));
			}
			has_more = json_is_true(json_object_get(answer, "has_more"));
			free(cursor);
			cursor = has_more ? strdup(json_get_text(answer, "next_cursor")) : NULL;
			json_decref(answer);
		}
		free(cursor);
		if (r < 0) {
			/* Shown as far as it is known; frontmatter refuses to write it. */
			json_decref(all);
			log_debug("relation %s stays incomplete: %s", name, failure.message);
			continue;
		}
		(void)json_object_set_new(property, "relation", all);
		(void)json_object_set_new(property, "has_more", json_false());
		*ret_changed = true;
	}
	return 0;
}

int read_whole_relations(struct workspace *workspace, const struct uuid *page,
			 enum priority priority, json_t *object)
{
	bool changed = false;
	return complete_relations(workspace, page, priority, object, &changed);
}

/* Relations are shown by the names of rows elsewhere: those have to be listed once. */
static void have_related_names(struct workspace *workspace, const json_t *page,
			       enum priority priority)
{
	struct uuid id;
	struct store_transaction *state = NULL;
	struct store_transaction *cache = NULL;
	json_t *schema = NULL;
	const char *name;
	json_t *property;
	if (!json_get_id(json_object_get(page, "parent"), "data_source_id", &id) ||
	    workspace_begin(workspace, false, NULL, &cache) < 0) {
		return;
	}
	schema = object_find(cache, &id);
	store_abort(cache);
	json_object_foreach (json_object_get(schema, "properties"), name, property) {
		struct node_record record;
		struct uuid related;
		if (!json_get_id(json_object_get(property, "relation"), "data_source_id",
				 &related) ||
		    workspace_begin(workspace, false, &state, &cache) < 0) {
			continue;
		}
		bool is_listed = tree_source_directory(state, cache, &related, &record) < 0 ||
				 (record.flags & NODE_LISTED) != 0;
		store_abort(state);
		store_abort(cache);
		if (!is_listed) {
			int r = read_data_source(workspace, &related, priority);
			if (r < 0) {
				log_debug("relation %s: its rows can't be listed: %s", name,
					  strerror(-r));
			}
		}
	}
	json_decref(schema);
}

/* Databases that links and mentions name: search does not give them, and a page's text would depend
 * on whether it or they were read first. */
static void have_named_databases(struct workspace *workspace, const json_t *blocks,
				 enum priority priority)
{
	struct uuid id;
	size_t i;
	const char *key;
	json_t *inner;
	if (json_is_array(blocks)) {
		json_array_foreach (blocks, i, inner) {
			have_named_databases(workspace, inner, priority);
		}
		return;
	}
	if (json_get_id(blocks, "database_id", &id) ||
	    json_get_id(json_object_get(blocks, "database"), NULL, &id)) {
		CLEANUP(failure) struct failure failure = {0};
		json_t *database = NULL;
		int r = have_object(workspace, &id, OBJECT_DATABASE, priority, false, &failure,
				    &database);
		if (r < 0) {
			log_debug("a database that is named can't be read: %s", failure.message);
		}
		json_decref(database);
	}
	json_object_foreach ((json_t *)blocks, key, inner) {
		have_named_databases(workspace, inner, priority);
	}
}

/* What is known of the page's body before it is read. */
static uint64_t stamp_now(struct workspace *workspace, const struct uuid *page)
{
	struct store_transaction *cache = NULL;
	if (workspace_begin(workspace, false, NULL, &cache) < 0) {
		return 0;
	}
	uint64_t stamp = body_stamp(cache, page);
	store_abort(cache);
	return stamp;
}

/* What was read, on its way into the stores. */
struct reading {
	const struct uuid *page;
	const json_t *object; /* may be NULL */
	json_t *blocks;
	int64_t fetched_ms;
	uint64_t asked; /* recent_count(&workspace->written) before the first request */
	uint64_t stamp; /* of the body that this may replace */
	bool any_body;	/* it may replace any */
};

/* A new body makes the page's text, and its minute may not be over yet. -EAGAIN: meanwhile another
 * one came, of a save perhaps, and this may be the older. */
static int store_body(struct workspace *workspace, const struct reading *reading, node_id *ret_node,
		      bool *ret_changed, struct tree_changes *changes)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	const struct uuid *page = reading->page;
	struct body body = {.blocks = reading->blocks, .fetched_ms = reading->fetched_ms};
	struct body old;
	int r = workspace_begin(workspace, true, &state, &cache);
	if (r == 0 && !reading->any_body && body_stamp(cache, page) != reading->stamp) {
		return -EAGAIN;
	}
	if (r == 0 && body_get(cache, page, &old) == 0) {
		if (!json_equal(old.blocks, body.blocks) || reading->object != NULL) {
			r = content_keep_version(state, cache, page);
		}
		json_decref(old.blocks);
	}
	if (r == 0 && reading->object != NULL) {
		r = object_put(cache, reading->object, NULL);
	}
	if (r == 0) {
		r = body_put(cache, page, &body);
	}
	if (r == 0) {
		r = content_update(workspace, state, cache, page, ret_node, ret_changed, changes);
		r = r == -ENOENT ? 0 : r;
	}
	return r < 0 ? r : workspace_commit(&state, &cache);
}

static int take_reading(struct workspace *workspace, const struct reading *reading,
			enum priority priority)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	node_id node = 0;
	bool changed = false;
	if (!reading->any_body && stamp_now(workspace, reading->page) != reading->stamp) {
		return -EAGAIN; /* nor are its children placed by the older one */
	}
	int r = children_of_page(workspace, reading->page, reading->blocks, reading->asked,
				 priority);
	if (r == 0) {
		r = store_body(workspace, reading, &node, &changed, &changes);
	}
	if (r == 0) {
		workspace_tell(workspace, &changes);
	}
	if (r == 0 && changed) {
		workspace_tell_pulled(workspace, node);
	}
	if (r == 0) {
		refresher_look_again(&workspace->refresher, reading->page, reading->fetched_ms);
	}
	return r;
}

int read_take_body(struct workspace *workspace, const struct uuid *page, const json_t *object,
		   json_t *blocks, int64_t fetched_ms, uint64_t asked, enum priority priority)
{
	const struct reading reading = {
		.page = page,
		.object = object,
		.blocks = blocks,
		.fetched_ms = fetched_ms,
		.asked = asked,
		.any_body = true,
	};
	return take_reading(workspace, &reading, priority);
}

static int try_read_page(struct workspace *workspace, const struct uuid *page,
			 enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	struct reading reading = {.page = page, .stamp = stamp_now(workspace, page)};
	json_t *object = NULL;
	json_t *schema = NULL;
	struct uuid source;
	bool changed = false;
	reading.fetched_ms = notion_now_ms(workspace->notion);
	reading.asked = recent_count(&workspace->written);
	int r = have_object(workspace, page, OBJECT_PAGE, priority, false, &failure, &object);
	if (r == 0) {
		r = walk_page(workspace->notion, priority, page, &failure, &reading.blocks);
	}
	if (r == 0 && json_get_id(json_object_get(object, "parent"), "data_source_id", &source)) {
		r = have_object(workspace, &source, OBJECT_DATA_SOURCE, priority, false, &failure,
				&schema);
		r = r == -ENOENT ? 0 : r;
	}
	if (r == 0) {
		r = complete_relations(workspace, page, priority, object, &changed);
	}
	if (r == 0) {
		have_related_names(workspace, object, priority);
		have_named_databases(workspace, reading.blocks, priority);
		reading.object = changed ? object : NULL;
		r = take_reading(workspace, &reading, priority);
	}
	json_decref(object);
	json_decref(reading.blocks);
	json_decref(schema);
	return r;
}

int read_page(struct workspace *workspace, const struct uuid *page, enum priority priority)
{
	int r = -EAGAIN;
	for (int tries = 0; r == -EAGAIN && tries < READ_TRIES_MAX; tries++) {
		r = try_read_page(workspace, page, priority);
	}
	if (r == -EAGAIN) {
		/* What came each time is here to be read; this is looked at again after it. */
		fetcher_request(&workspace->fetcher, JOB_PAGE, page, PRIORITY_REFRESH, true);
		r = 0;
	}
	return r;
}

int read_database(struct workspace *workspace, const struct uuid *database, enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *object = NULL;
	int r = have_object(workspace, database, OBJECT_DATABASE, priority, true, &failure,
			    &object);
	if (r < 0) {
		return r;
	}
	struct uuid flat_source;
	bool is_flat = false;
	r = children_of_database(workspace, database, object, &is_flat, &flat_source, priority);
	json_decref(object);
	return r < 0 || !is_flat ? r : read_data_source(workspace, &flat_source, priority);
}

/*
 * A query gives at most 10,000 rows. Oldest first, the rest is asked for from the minute on that
 * the last of them was made in (notion-api.md §4.8); some rows come twice then. Sorted so, a row
 * that is made meanwhile comes last and shifts nothing.
 */
static json_t *query_since(const char *stamp, int64_t since_ms)
{
	json_t *body = json_pack("{s[{ssss}]}", "sorts", "timestamp", "created_time", "direction",
				 "ascending");
	char since[CLOCK_ISO_BYTES];
	if (since_ms > 0) {
		clock_format_iso(since_ms, since);
		(void)json_object_set_new(
			body, "filter",
			json_pack("{ss s{ss}}", "timestamp", stamp, stamp, "on_or_after", since));
	}
	return body;
}

static bool is_cut_short(const json_t *answer)
{
	return strcmp(json_get_text(json_object_get(answer, "request_status"), "type"),
		      "incomplete") == 0;
}

/* The rows whose stamp is of then or later, 100 an answer. *ret_is_cut: there are more than a query
 * gives. */
static int query_window(struct workspace *workspace, const struct uuid *data_source,
			enum priority priority, const char *stamp, int64_t since_ms,
			struct row_list *rows, bool *ret_is_cut)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *body = query_since(stamp, since_ms);
	char *cursor = NULL;
	bool has_more = true;
	bool is_cut = false;
	int r = 0;
	while (r == 0 && has_more) {
		json_t *answer = NULL;
		r = notion_query(workspace->notion, priority, data_source, body, cursor, &failure,
				 &answer);
		if (r < 0) {
			break;
		}
		r = rows_take(workspace, json_object_get(answer, "results"), rows);
		has_more = json_is_true(json_object_get(answer, "has_more"));
		free(cursor);
		cursor = has_more ? strdup(json_get_text(answer, "next_cursor")) : NULL;
		is_cut = is_cut_short(answer);
		json_decref(answer);
	}
	free(cursor);
	json_decref(body);
	if (r == 0) {
		*ret_is_cut = is_cut;
	}
	return r;
}

/* -EFBIG: more of them are of one minute than a query gives, so that the rest can't be reached. */
static int query_rows(struct workspace *workspace, const struct uuid *data_source,
		      const char *title, enum priority priority, struct row_list *rows)
{
	int64_t since_ms = 0;
	bool is_cut = true;
	int r = 0;
	while (r == 0 && is_cut) {
		r = query_window(workspace, data_source, priority, "created_time", since_ms, rows,
				 &is_cut);
		if (r < 0 || !is_cut) {
			break;
		}
		int64_t last_ms = rows->count == 0 ? 0 : rows->infos[rows->count - 1].created_ms;
		if (last_ms <= since_ms) {
			refusals_note(
				&workspace->refusals, title,
				"it can't be listed: it has more rows of one minute than "
				"Notion's API gives for a query (10,000); split the database");
			r = -EFBIG;
		}
		since_ms = last_ms;
	}
	return r;
}

/* From when on rows are asked for: the server's time when they were read last. 0 = never. */
static int64_t rows_read_ms(struct store_transaction *cache, const struct uuid *data_source)
{
	char key[5 + 16] = "rows ";
	struct store_value value;
	int64_t read_ms = 0;
	memcpy(key + 5, data_source->bytes, 16);
	if (store_get(cache, CACHE_META, key, sizeof key, &value) == 0 &&
	    value.len == sizeof read_ms) {
		memcpy(&read_ms, value.bytes, sizeof read_ms);
	}
	return read_ms;
}

static int set_rows_read(struct workspace *workspace, const struct uuid *data_source,
			 int64_t read_ms)
{
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	char key[5 + 16] = "rows ";
	memcpy(key + 5, data_source->bytes, 16);
	int r = workspace_begin(workspace, true, NULL, &cache);
	if (r == 0) {
		r = store_put(cache, CACHE_META, key, sizeof key, &read_ms, sizeof read_ms);
	}
	return r < 0 ? r : workspace_commit(NULL, &cache);
}

/* Its rows were listed before, and when they were read last. */
static bool is_listed(struct workspace *workspace, const struct uuid *data_source,
		      int64_t *ret_read_ms)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record directory;
	if (workspace_begin(workspace, false, &state, &cache) < 0) {
		return false;
	}
	*ret_read_ms = rows_read_ms(cache, data_source);
	return tree_source_directory(state, cache, data_source, &directory) == 0 &&
	       (directory.flags & NODE_LISTED) != 0;
}

int read_data_source(struct workspace *workspace, const struct uuid *data_source,
		     enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	CLEANUP(row_list) struct row_list rows = {.asked = recent_count(&workspace->written)};
	CLEANUP(object_info) struct object_info info = {0};
	json_t *old = NULL;
	json_t *schema = NULL;
	int64_t read_ms = 0;
	bool is_again = is_listed(workspace, data_source, &read_ms);
	read_ms = notion_now_ms(workspace->notion);
	int r = have_object(workspace, data_source, OBJECT_DATA_SOURCE, priority, false, &failure,
			    &schema);
	if (r == 0 && is_again) {
		old = steal(&schema);
		r = have_object(workspace, data_source, OBJECT_DATA_SOURCE, priority, true,
				&failure, &schema);
	}
	if (r == 0) {
		r = object_info_init(schema, &info);
	}
	if (r == 0) {
		r = query_rows(workspace, data_source, info.title, priority, &rows);
	}
	if (r == 0) {
		r = children_of_data_source(workspace, data_source, schema, &rows, priority);
	}
	if (r == 0 && is_again &&
	    !json_equal(json_object_get(old, "properties"),
			json_object_get(schema, "properties"))) {
		r = rows_render(workspace, data_source);
	}
	if (r == 0) {
		r = set_rows_read(workspace, data_source, read_ms);
	}
	json_decref(old);
	json_decref(schema);
	return r;
}

/* Stamps are of minutes, and the API asks for an overlap (notion-api.md §4.8). */
#define ROWS_OVERLAP_MS 120000

int read_rows(struct workspace *workspace, const struct uuid *data_source, enum priority priority)
{
	CLEANUP(row_list) struct row_list rows = {.asked = recent_count(&workspace->written)};
	int64_t since_ms = 0;
	int64_t read_ms = notion_now_ms(workspace->notion);
	bool is_cut = false;
	if (!is_listed(workspace, data_source, &since_ms) || since_ms == 0) {
		return read_data_source(workspace, data_source, priority);
	}
	int r = query_window(workspace, data_source, priority, "last_edited_time",
			     since_ms - ROWS_OVERLAP_MS, &rows, &is_cut);
	if (r == 0 && is_cut) {
		return read_data_source(workspace, data_source, priority);
	}
	if (r == 0) {
		r = children_add_rows(workspace, data_source, &rows);
	}
	return r < 0 ? r : set_rows_read(workspace, data_source, read_ms);
}
