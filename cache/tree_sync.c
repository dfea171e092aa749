/*
 * Placing children: which stem a title gets, who gets the suffix, what a listing changes.
 */
#include "cache/tree_sync.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/alias.h"
#include "cache/object.h"
#include "mapping/name.h"

/* A listing that takes longer than this has failed (notion-api.md §3.3). */
#define TRASH_SURE_MS 90000

/* Is `stem` free in the directory for this object, as a file and as a directory? */
static int stem_is_free(struct store_transaction *state, node_id directory, const char *stem,
			const struct uuid *object, bool *ret_is_free)
{
	char name[NODE_NAME_MAX_BYTES + 1];
	struct node_record record;
	for (int is_file = 0; is_file < 2; is_file++) {
		(void)snprintf(name, sizeof name, "%s%s", stem, is_file ? ".md" : "");
		int r = tree_lookup(state, directory, name, &record);
		if (r == 0 && !uuid_equal(&record.object, object)) {
			*ret_is_free = false;
			return 0;
		}
		if (r < 0 && r != -ENOENT) {
			return r;
		}
	}
	*ret_is_free = true;
	return 0;
}

int tree_free_stem(struct store_transaction *state, node_id directory, const char *stem,
		   const struct uuid *object, bool is_other, char ret_stem[NODE_NAME_MAX_BYTES + 1])
{
	bool is_free = false;
	char tried[NODE_NAME_MAX_BYTES + 1];
	int r = 0;
	(void)snprintf(tried, sizeof tried, "%s", stem);
	if (!is_other) {
		r = stem_is_free(state, directory, tried, object, &is_free);
	}
	for (unsigned digits = 4; r == 0 && !is_free && digits <= 32; digits += 4) {
		name_with_suffix(stem, object, digits, tried);
		r = stem_is_free(state, directory, tried, object, &is_free);
	}
	if (r == 0 && !is_free) {
		r = -EEXIST;
	}
	if (r == 0) {
		memcpy(ret_stem, tried, sizeof tried);
	}
	return r;
}

static int choose_stem(struct store_transaction *state, node_id directory, const char *title,
		       const struct uuid *object, char ret_stem[NODE_NAME_MAX_BYTES + 1])
{
	char base[NAME_STEM_MAX_BYTES + 1];
	name_from_title(title, base);
	return tree_free_stem(state, directory, base, object, false, ret_stem);
}

/* Does the present stem still stand for this title, with or without a suffix of ours? */
static bool stem_fits(const char *stem, const char *title, const struct uuid *object)
{
	char base[NAME_STEM_MAX_BYTES + 1];
	char with_suffix[NAME_STEM_MAX_BYTES + 1];
	name_from_title(title, base);
	if (strcmp(stem, base) == 0) {
		return true;
	}
	for (unsigned digits = 4; digits <= 32; digits += 4) {
		name_with_suffix(base, object, digits, with_suffix);
		if (strcmp(stem, with_suffix) == 0) {
			return true;
		}
	}
	/* A name a user gave here may spell the title in a way we would not have chosen. */
	return name_is_exact(title, stem, object);
}

bool tree_name_fits(const struct node_record *record, const char *title)
{
	char stem[NODE_NAME_MAX_BYTES + 1];
	memcpy(stem, record->name, sizeof stem);
	if (record->role == ROLE_PAGE) {
		name_strip_md(stem);
	}
	return stem_fits(stem, title, &record->object);
}

static int place_existing(struct store_transaction *state, node_id directory,
			  const struct tree_child *child, struct node_record *record,
			  int64_t now_ms, struct tree_changes *changes)
{
	char stem[NODE_NAME_MAX_BYTES + 1];
	char chosen[NODE_NAME_MAX_BYTES + 1];
	char name[NODE_NAME_MAX_BYTES + 1];
	if (record->parent == NODE_TRASH && now_ms - record->missing_since_ms < TRASH_SURE_MS) {
		return 0; /* the listing may have begun before it went */
	}
	memcpy(stem, record->name, sizeof stem);
	if (record->role == ROLE_PAGE) {
		name_strip_md(stem);
	}
	if (record->missing_since_ms != 0) {
		record->missing_since_ms = 0;
		int r = tree_put(state, record);
		if (r < 0) {
			return r;
		}
	}
	bool is_ours = (record->flags & (NODE_RETITLED | NODE_HIDDEN | NODE_NEW)) != 0;
	if ((record->flags & NODE_MOVED) != 0) {
		return 0; /* a person has put it elsewhere, and Notion will be told */
	}
	if (record->parent == directory &&
	    (is_ours || child->is_older || stem_fits(stem, child->title, &child->object))) {
		return 0;
	}
	int r = child->is_older
			? tree_free_stem(state, directory, stem, &child->object, false, chosen)
			: choose_stem(state, directory, child->title, &child->object, chosen);
	if (r < 0) {
		return r;
	}
	(void)snprintf(name, sizeof name, "%.*s%s", NAME_STEM_MAX_BYTES, chosen,
		       record->role == ROLE_PAGE ? ".md" : "");
	node_id old_directory = record->parent;
	char old_name[NODE_NAME_MAX_BYTES + 1];
	memcpy(old_name, record->name, sizeof old_name);
	r = tree_move(state, record, directory, name, now_ms, changes);
	/* Nobody here asked for it: who has it open finds it again. */
	return r < 0 || record->role != ROLE_PAGE || old_directory == NODE_TRASH
		       ? r
		       : alias_put(state, old_directory, old_name, record->node, now_ms);
}

int tree_retitle(struct store_transaction *state, struct node_record *record, const char *title,
		 int64_t now_ms, struct tree_changes *changes)
{
	const struct tree_child child = {
		.object = record->object, .role = record->role, .title = title};
	return record->parent == NODE_TRASH
		       ? 0
		       : place_existing(state, record->parent, &child, record, now_ms, changes);
}

int tree_add(struct store_transaction *state, node_id directory, const struct tree_child *child,
	     const struct tree_owner *owner, int64_t now_ms, struct tree_changes *changes,
	     struct node_record *ret_record)
{
	struct node_record record;
	char stem[NODE_NAME_MAX_BYTES + 1];
	int r = tree_find(state, &child->object, child->role != ROLE_PAGE, &record);
	if (r == 0) {
		r = place_existing(state, directory, child, &record, now_ms, changes);
	} else if (r == -ENOENT) {
		r = choose_stem(state, directory, child->title, &child->object, stem);
		if (r == 0) {
			r = tree_insert(state, directory, child, stem, owner, now_ms, changes,
					&record);
		}
	}
	if (r == 0 && child->role == ROLE_PAGE && child->has_directory) {
		struct node_record page_directory;
		r = tree_page_directory(state, &record, owner, now_ms, changes, &page_directory);
	}
	if (r == 0) {
		*ret_record = record;
	}
	return r;
}

/* The older claims the plain stem; equal ages are settled by id, so that every mount agrees. */
static int older_first(const void *a, const void *b)
{
	const struct tree_child *const *left = a;
	const struct tree_child *const *right = b;
	if ((*left)->created_ms != (*right)->created_ms) {
		return (*left)->created_ms < (*right)->created_ms ? -1 : 1;
	}
	return uuid_compare(&(*left)->object, &(*right)->object);
}

struct missing {
	const struct tree_child *const *sorted; /* by id */
	size_t count;
	struct uuid *objects;
	size_t object_count;
};

static int by_id(const void *a, const void *b)
{
	const struct tree_child *const *left = a;
	const struct tree_child *const *right = b;
	return uuid_compare(&(*left)->object, &(*right)->object);
}

static int note_missing(void *context, const struct node_record *record)
{
	struct missing *missing = context;
	struct tree_child probe = {.object = record->object};
	const struct tree_child *probe_pointer = &probe;
	if ((record->flags & (NODE_NEW | NODE_MOVED)) != 0 || record->role == ROLE_PAGE_DIRECTORY) {
		return 0;
	}
	if (missing->count > 0 && bsearch(&probe_pointer, missing->sorted, missing->count,
					  sizeof *missing->sorted, by_id) != NULL) {
		return 0;
	}
	struct uuid *objects =
		realloc(missing->objects, (missing->object_count + 1) * sizeof *objects);
	if (objects == NULL) {
		return -ENOMEM;
	}
	missing->objects = objects;
	objects[missing->object_count++] = record->object;
	return 0;
}

int tree_sync(struct store_transaction *state, node_id directory, const struct tree_child *children,
	      size_t count, const struct tree_owner *owner, int64_t now_ms,
	      struct tree_changes *changes, struct uuid **ret_missing, size_t *ret_missing_count)
{
	struct node_record record;
	struct missing missing = {0};
	const struct tree_child **sorted = calloc(count + 1, sizeof *sorted);
	if (sorted == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		sorted[i] = &children[i];
	}
	qsort(sorted, count, sizeof *sorted, older_first);
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = tree_add(state, directory, sorted[i], owner, now_ms, changes, &record);
	}
	if (r == 0) {
		qsort(sorted, count, sizeof *sorted, by_id);
		missing.sorted = sorted;
		missing.count = count;
		r = tree_each(state, directory, 0, note_missing, &missing);
	}
	if (r == 0) {
		r = tree_get(state, directory, &record);
	}
	if (r == 0 && (record.flags & NODE_LISTED) == 0) {
		record.flags |= NODE_LISTED;
		r = tree_put(state, &record);
	}
	free(sorted);
	if (r < 0) {
		free(missing.objects);
		return r;
	}
	*ret_missing = missing.objects;
	*ret_missing_count = missing.object_count;
	return 0;
}

int tree_source_directory(struct store_transaction *state, struct store_transaction *cache,
			  const struct uuid *data_source, struct node_record *ret_record)
{
	json_t *object;
	CLEANUP(object_info) struct object_info info = {0};
	int r = tree_find(state, data_source, true, ret_record);
	if (r != -ENOENT) {
		return r;
	}
	r = object_get(cache, data_source, &object);
	if (r < 0) {
		return r;
	}
	r = object_info_init(object, &info);
	json_decref(object);
	if (r == 0) {
		r = tree_find(state, &info.database, true, ret_record);
	}
	if (r == 0 && !uuid_equal(&ret_record->source, data_source)) {
		r = -ENOENT;
	}
	return r;
}
