#include "cache/children.h"

#define LOG_MODULE "children"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/arriving.h"
#include "cache/children_missing.h"
#include "cache/content.h"
#include "cache/object_index.h"
#include "cache/queue.h"
#include "cache/rows.h"
#include "cache/shown.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

/* A growing list of children; titles point into the JSON they came from. */
struct child_list {
	struct tree_child *items;
	size_t count;
};

static void add_child(struct child_list *list, const struct tree_child *child)
{
	if (list->count % 64 == 0) {
		list->items = realloc(list->items, (list->count + 64) * sizeof *list->items);
		if (list->items == NULL) {
			abort();
		}
	}
	list->items[list->count++] = *child;
}

/* A page that is new here has to be read, at the latest by the next run. */
static int note_unread(struct store_transaction *cache, const struct tree_child *child)
{
	return child->role != ROLE_PAGE || body_exists(cache, &child->object) ||
			       unread_is_evicted(cache, &child->object)
		       ? 0
		       : unread_add(cache, &child->object);
}

/* The job that makes a child complete, in the background. */
static void request_child(struct workspace *workspace, struct store_transaction *state,
			  struct store_transaction *cache, const struct tree_child *child)
{
	struct fetcher *fetcher = &workspace->fetcher;
	struct node_record record;
	switch (child->role) {
	case ROLE_PAGE:
		if (!body_is_fresh(cache, &child->object) &&
		    !unread_is_evicted(cache, &child->object)) {
			fetcher_request(fetcher, JOB_PAGE, &child->object, PRIORITY_HYDRATION,
					false);
		}
		break;
	case ROLE_DATABASE:
	case ROLE_DATA_SOURCE:
		if (tree_find(state, &child->object, true, &record) == 0 &&
		    ((record.flags & NODE_LISTED) == 0 || !object_exists(cache, &child->object))) {
			/* Before the pages: relations are shown by the names of rows. Listed, but
			 * unknown: the cache was lost, and `.schema.yaml` is made of it. */
			fetcher_request(fetcher,
					child->role == ROLE_DATABASE ? JOB_DATABASE
								     : JOB_DATA_SOURCE,
					&child->object, PRIORITY_REFRESH, false);
		}
		break;
	case ROLE_ROOT:
	case ROLE_KEPT:
	case ROLE_PAGE_DIRECTORY: break;
	}
}

static void request_children(struct workspace *workspace, const struct child_list *list)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	if (workspace_begin(workspace, false, &state, &cache) < 0) {
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		request_child(workspace, state, cache, &list->items[i]);
	}
}

/* A listing from before the move of a child says that it is here still. */
#define MOVE_SEEN_MS 120000

/* Leaves out pages that a person has moved away from here. */
static void leave_out_moved(struct workspace *workspace, struct store_transaction *state,
			    node_id directory, struct child_list *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct node_record record;
		bool is_moved = list->items[i].role == ROLE_PAGE &&
				tree_find(state, &list->items[i].object, false, &record) == 0 &&
				record.parent != directory &&
				((record.flags & NODE_MOVED) != 0 ||
				 recent_has(&workspace->moved, record.node, MOVE_SEEN_MS));
		if (!is_moved) {
			list->items[kept++] = list->items[i];
		}
	}
	list->count = kept;
}

/* Leaves out pages that are being made here: their nodes get these ids when that is settled, and
 * until then nothing stands beside them. */
static void leave_out_arriving(struct workspace *workspace, struct store_transaction *state,
			       node_id directory, struct child_list *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct node_record record;
		if (list->items[i].role != ROLE_PAGE ||
		    tree_find(state, &list->items[i].object, false, &record) == 0 ||
		    !arriving_has(state, &list->items[i])) {
			list->items[kept++] = list->items[i];
		}
	}
	if (kept < list->count) {
		recent_note(&workspace->left_out, directory);
	}
	list->count = kept;
}

/* Marks those whose titles were written by us while the listing was on its way; true when one of
 * them is another here: ours, or somebody's from after that. */
static bool mark_older(struct workspace *workspace, struct store_transaction *state,
		       struct child_list *list, uint64_t asked)
{
	bool is_other = false;
	for (size_t i = 0; i < list->count; i++) {
		struct tree_child *child = &list->items[i];
		struct node_record record;
		child->is_older = child->role == ROLE_PAGE &&
				  tree_find(state, &child->object, false, &record) == 0 &&
				  recent_since(&workspace->written, record.node, asked);
		is_other |= child->is_older && !tree_name_fits(&record, child->title);
	}
	return is_other;
}

/* Places the children, tells the kernel, and sees after what is new or missing. */
static int place(struct workspace *workspace, node_id directory, struct child_list *list,
		 uint64_t asked, enum job_kind job, const struct uuid *job_object,
		 enum priority priority)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct uuid *missing = NULL;
	size_t missing_count = 0;
	bool is_other = false;
	int r = workspace_begin(workspace, true, &state, &cache);
	if (r == 0) {
		leave_out_moved(workspace, state, directory, list);
		leave_out_arriving(workspace, state, directory, list);
		is_other = mark_older(workspace, state, list, asked);
		r = tree_sync(state, directory, list->items, list->count, &workspace->owner,
			      clock_now_ms(), &changes, &missing, &missing_count);
	}
	for (size_t i = 0; r == 0 && i < list->count; i++) {
		r = note_unread(cache, &list->items[i]);
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	if (r == 0) {
		workspace_tell(workspace, &changes);
		request_children(workspace, list);
		for (size_t i = 0; i < changes.count; i++) {
			if (changes.items[i].directory == NODE_TRASH) {
				trash_tend(workspace); /* restored in Notion */
				break;
			}
		}
		if (is_other) {
			fetcher_request(&workspace->fetcher, job, job_object, PRIORITY_REFRESH,
					true);
		}
		if (missing_count == 0 && directory == NODE_ROOT) {
			atomic_store(&workspace->vanished.frozen, 0);
		}
		children_settle_missing(workspace, directory, missing, missing_count, job,
					job_object, priority);
	}
	free(missing);
	return r;
}

/* A database that shows no data source is a linked view: nothing to list (notion-api.md §0.10). */
static bool is_readable_database(struct workspace *workspace, const struct uuid *database,
				 enum priority priority)
{
	CLEANUP(failure) struct failure failure = {0};
	struct store_transaction *cache = NULL;
	json_t *object = NULL;
	if (workspace_begin(workspace, false, NULL, &cache) < 0) {
		return false;
	}
	bool has_sources = object_has_children(cache, database);
	bool is_known = object_get(cache, database, &object) == 0;
	store_abort(cache);
	if (!has_sources && !is_known) {
		int r = notion_database(workspace->notion, priority, database, &failure, &object);
		if (r == 0 && workspace_begin(workspace, true, NULL, &cache) == 0) {
			r = object_put(cache, object, NULL);
			r = r == 0 ? workspace_commit(NULL, &cache) : r;
			store_abort(cache);
		}
		if (r < 0) {
			json_decref(object);
			return false;
		}
	}
	has_sources |= json_array_size(json_object_get(object, "data_sources")) > 0;
	json_decref(object);
	return has_sources;
}

static void collect(struct workspace *workspace, struct store_transaction *cache,
		    const json_t *blocks, struct child_list *list)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		const char *type = json_get_text(block, "type");
		struct tree_child child = {.role = ROLE_PAGE};
		bool is_page = strcmp(type, "child_page") == 0;
		bool is_copy = json_is_object(
			json_object_get(json_object_get(block, "synced_block"), "synced_from"));
		if (is_page || strcmp(type, "child_database") == 0) {
			if (!json_get_id(block, NULL, &child.object)) {
				continue;
			}
			child.role = is_page ? ROLE_PAGE : ROLE_DATABASE;
			child.title = json_get_text(json_object_get(block, type), "title");
			(void)clock_parse_iso(json_get_text(block, "created_time"),
					      &child.created_ms);
			(void)clock_parse_iso(json_get_text(block, "last_edited_time"),
					      &child.edited_ms);
			child.has_directory = is_page && object_has_children(cache, &child.object);
			add_child(list, &child);
		} else if (!is_copy) {
			collect(workspace, cache, json_object_get(block, "children"), list);
		}
	}
}

int children_of_page(struct workspace *workspace, const struct uuid *page, const json_t *blocks,
		     uint64_t asked, enum priority priority)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct store_transaction *state = NULL;
	struct store_transaction *cache = NULL;
	struct child_list list = {0};
	struct node_record record;
	struct node_record directory;
	int r = workspace_begin(workspace, false, NULL, &cache);
	if (r < 0) {
		return r;
	}
	collect(workspace, cache, blocks, &list);
	store_abort(cache);
	cache = NULL;
	size_t kept = 0;
	for (size_t i = 0; i < list.count; i++) {
		if (list.items[i].role == ROLE_PAGE ||
		    is_readable_database(workspace, &list.items[i].object, priority)) {
			list.items[kept++] = list.items[i];
		}
	}
	list.count = kept;

	r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_find(state, page, false, &record);
	}
	if (r == 0 && list.count > 0) {
		r = tree_page_directory(state, &record, &workspace->owner, clock_now_ms(), &changes,
					&directory);
	} else if (r == 0) {
		r = tree_find(state, page, true, &directory);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
		if (r == 0) {
			workspace_tell(workspace, &changes);
			r = place(workspace, directory.node, &list, asked, JOB_PAGE, page,
				  priority);
		}
	} else if (r == -ENOENT) {
		r = 0; /* no place in the tree, or nothing to hold */
	}
	store_abort(state);
	free(list.items);
	return r;
}

int children_of_database(struct workspace *workspace, const struct uuid *database,
			 const json_t *object, bool *ret_is_flat, struct uuid *ret_flat_source,
			 enum priority priority)
{
	struct store_transaction *state = NULL;
	struct node_record record;
	const json_t *sources = json_object_get(object, "data_sources");
	int r = workspace_begin(workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_find(state, database, true, &record);
	}
	bool is_first = r == 0 && (record.flags & NODE_LISTED) == 0;
	if (r == 0 && is_first && json_array_size(sources) == 1 &&
	    json_get_id(json_array_get(sources, 0), NULL, &record.source)) {
		record.flags |= NODE_FLAT;
		r = tree_put(state, &record);
	}
	r = r == 0 ? workspace_commit(&state, NULL) : r;
	store_abort(state);
	if (r < 0) {
		return r;
	}
	struct child_list list = {0};
	size_t i;
	json_t *source;
	json_array_foreach (sources, i, source) {
		struct tree_child child = {.role = ROLE_DATA_SOURCE,
					   .title = json_get_text(source, "name")};
		if (json_get_id(source, NULL, &child.object) &&
		    !uuid_equal(&child.object, &record.source)) {
			add_child(&list, &child);
		}
	}
	bool is_flat = (record.flags & NODE_FLAT) != 0;
	if (!is_flat) {
		/* Sources are no pages. */
		r = place(workspace, record.node, &list, recent_count(&workspace->written),
			  JOB_DATABASE, database, priority);
	} else {
		/* Later sources are sub-directories among the rows. */
		for (i = 0; r == 0 && i < list.count; i++) {
			CLEANUP(tree_changes) struct tree_changes changes = {0};
			struct node_record added;
			r = workspace_begin(workspace, true, &state, NULL);
			if (r == 0) {
				r = tree_add(state, record.node, &list.items[i], &workspace->owner,
					     clock_now_ms(), &changes, &added);
				r = r == 0 ? workspace_commit(&state, NULL) : r;
				store_abort(state);
			}
			workspace_tell(workspace, &changes);
		}
		if (r == 0) {
			request_children(workspace, &list);
		}
	}
	free(list.items);
	*ret_is_flat = is_flat;
	*ret_flat_source = record.source;
	return r;
}

/* Its name follows its title at once: the parent is not edited by that, and need not be read. */
static int retitle(struct store_transaction *state, const struct object_info *info,
		   struct tree_changes *changes)
{
	struct node_record record;
	int r = tree_find(state, &info->id, false, &record);
	return r < 0 ? (r == -ENOENT ? 0 : r)
		     : tree_retitle(state, &record, info->title, clock_now_ms(), changes);
}

/* Search is an index, which lags (notion-api.md §4.1), and what was asked for before one of our
 * writes shows the page from before it, perhaps with a stamp of the same minute. */
static bool is_older(struct workspace *workspace, struct store_transaction *state,
		     const struct object_info *info, const struct object_info *known,
		     uint64_t asked)
{
	struct node_record record;
	return info->edited_ms < known->edited_ms ||
	       (tree_find(state, &info->id, false, &record) == 0 &&
		recent_since(&workspace->written, record.node, asked));
}

/* Of a data source whose rows are listed. */
static bool is_other_schema(struct store_transaction *state, struct store_transaction *cache,
			    const json_t *object, const struct uuid *id)
{
	struct node_record directory;
	if (strcmp(json_get_text(object, "object"), "data_source") != 0 ||
	    tree_source_directory(state, cache, id, &directory) < 0 ||
	    (directory.flags & NODE_LISTED) == 0) {
		return false;
	}
	json_t *old = object_find(cache, id);
	bool is_other = !json_equal(json_object_get(old, "properties"),
				    json_object_get(object, "properties"));
	json_decref(old);
	return is_other;
}

int children_take_object(struct workspace *workspace, struct store_transaction *state,
			 struct store_transaction *cache, const json_t *object, uint64_t asked,
			 struct taken *ret_taken, struct tree_changes *changes)
{
	CLEANUP(object_info) struct object_info info = {0};
	CLEANUP(object_info) struct object_info old_info = {0};
	struct node_record record;
	json_t *old = NULL;
	bool changed = false;
	*ret_taken = (struct taken){0};
	int r = object_info_init(object, &info);
	if (r < 0) {
		return r;
	}
	ret_taken->object = info.id;
	bool is_known =
		object_get(cache, &info.id, &old) == 0 && object_info_init(old, &old_info) == 0;
	json_decref(old);
	if (is_known && info.kind == OBJECT_PAGE &&
	    is_older(workspace, state, &info, &old_info, asked)) {
		return 0;
	}
	bool is_edited = is_known && info.edited_ms != old_info.edited_ms;
	if (is_known && is_other_schema(state, cache, object, &info.id)) {
		/* Not yet: what is shown by the old one is rendered anew with it. */
		fetcher_request(&workspace->fetcher, JOB_DATA_SOURCE, &info.id, PRIORITY_REFRESH,
				true);
		return 0;
	}
	if (is_known && !is_edited && info.kind == OBJECT_PAGE) {
		/* The same stamp: what we hold may be completer (relations past 25). */
		const char *name;
		json_t *property;
		json_object_foreach (json_object_get(object, "properties"), name, property) {
			if (json_is_true(json_object_get(property, "has_more"))) {
				return 0;
			}
		}
	}
	if (is_known && info.kind == OBJECT_PAGE && body_exists(cache, &info.id) && is_edited) {
		r = content_keep_version(state, cache, &info.id);
		if (r == 0) {
			r = body_set_stale(cache, &info.id);
		}
		ret_taken->is_stale = r == 0;
	}
	if (r == 0) {
		r = object_put(cache, object, &changed);
	}
	if (r == 0 && is_known && info.kind == OBJECT_PAGE &&
	    strcmp(info.title, old_info.title) != 0) {
		if (tree_find(state, &info.id, false, &record) == 0) {
			recent_note(&workspace->written, record.node);
		}
		r = retitle(state, &info, changes);
	}
	if (r == 0 && changed && is_known && info.kind == OBJECT_PAGE && !is_edited) {
		/* Only its values moved (a formula, a relation's other side). */
		bool is_new_text = false;
		node_id node = 0;
		r = content_update(workspace, state, cache, &info.id, &node, &is_new_text, changes);
		r = r == -ENOENT ? 0 : r;
		ret_taken->changed = is_new_text ? node : 0;
	}
	return r;
}

void children_taken(struct workspace *workspace, const struct taken *taken)
{
	if (taken->is_stale) {
		fetcher_request(&workspace->fetcher, JOB_PAGE, &taken->object, PRIORITY_REFRESH,
				true);
	}
	if (taken->changed != 0) {
		workspace_tell_pulled(workspace, taken->changed);
	}
}

/* Rows that point into this data source were rendered before its names were known. */
static int render_related(struct workspace *workspace, const json_t *schema)
{
	const char *name;
	json_t *property;
	int r = 0;
	json_object_foreach (json_object_get(schema, "properties"), name, property) {
		struct uuid other;
		if (r == 0 &&
		    json_get_id(json_object_get(property, "relation"), "data_source_id", &other)) {
			r = rows_render(workspace, &other);
		}
	}
	return r;
}

/* As children of the directory of `data_source`; titles are the rows'. */
static int list_rows(struct workspace *workspace, const struct uuid *data_source,
		     const struct row_list *rows, struct node_record *ret_directory,
		     struct child_list *list)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = tree_source_directory(state, cache, data_source, ret_directory);
	}
	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		const struct object_info *info = &rows->infos[i];
		struct tree_child child = {
			.object = info->id,
			.role = ROLE_PAGE,
			.title = info->title,
			.created_ms = info->created_ms,
			.edited_ms = info->edited_ms,
			.has_directory = object_has_children(cache, &info->id),
		};
		if (!info->in_trash) {
			add_child(list, &child);
		}
	}
	return r;
}

int children_of_data_source(struct workspace *workspace, const struct uuid *data_source,
			    const json_t *schema, const struct row_list *rows,
			    enum priority priority)
{
	struct child_list list = {0};
	struct node_record directory;
	int r = list_rows(workspace, data_source, rows, &directory, &list);
	bool is_first = r == 0 && (directory.flags & NODE_LISTED) == 0;
	if (r == 0) {
		r = place(workspace, directory.node, &list, rows->asked, JOB_DATA_SOURCE,
			  data_source, priority);
	}
	if (r == 0 && is_first) {
		r = render_related(workspace, schema);
	}
	free(list.items);
	return r == -ENOENT ? 0 : r;
}

int children_add_rows(struct workspace *workspace, const struct uuid *data_source,
		      const struct row_list *rows)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct child_list list = {0};
	struct node_record directory;
	bool is_other = false;
	int r = list_rows(workspace, data_source, rows, &directory, &list);
	if (r == 0 && list.count > 0) {
		r = workspace_begin(workspace, true, &state, &cache);
	}
	if (r == 0 && list.count > 0) {
		leave_out_moved(workspace, state, directory.node, &list);
		leave_out_arriving(workspace, state, directory.node, &list);
		is_other = mark_older(workspace, state, &list, rows->asked);
		for (size_t i = 0; r == 0 && i < list.count; i++) {
			struct node_record row;
			r = tree_add(state, directory.node, &list.items[i], &workspace->owner,
				     clock_now_ms(), &changes, &row);
			r = r < 0 ? r : note_unread(cache, &list.items[i]);
		}
		r = r < 0 ? r : workspace_commit(&state, &cache);
		if (r == 0) {
			workspace_tell(workspace, &changes);
			request_children(workspace, &list);
		}
		if (r == 0 && is_other) {
			fetcher_request(&workspace->fetcher, JOB_ROWS, data_source,
					PRIORITY_REFRESH, true);
		}
	}
	free(list.items);
	return r == -ENOENT ? 0 : r;
}

int children_of_root(struct workspace *workspace, const struct object_info *infos, size_t count,
		     uint64_t asked, enum priority priority)
{
	struct child_list list = {0};
	struct uuid none = {{0}};
	struct store_transaction *cache = NULL;
	int r = workspace_begin(workspace, false, NULL, &cache);
	for (size_t i = 0; r == 0 && i < count; i++) {
		bool is_page = infos[i].kind == OBJECT_PAGE;
		struct tree_child child = {
			.object = infos[i].id,
			.role = is_page ? ROLE_PAGE : ROLE_DATABASE,
			.title = infos[i].title,
			.created_ms = infos[i].created_ms,
			.edited_ms = infos[i].edited_ms,
			.has_directory = is_page && object_has_children(cache, &infos[i].id),
		};
		add_child(&list, &child);
	}
	store_abort(cache);
	if (r == 0) {
		r = place(workspace, NODE_ROOT, &list, asked, JOB_DISCOVER, &none, priority);
	}
	free(list.items);
	return r;
}
