#include "cache/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/object.h"
#include "cache/tree.h"

static const char *title_of(void *context, const struct uuid *id)
{
	struct labels *labels = context;
	json_t *object;
	struct object_info info;
	if (object_get(labels->cache, id, &object) < 0) {
		return NULL;
	}
	int r = object_info_init(object, &info);
	json_decref(object);
	if (r < 0) {
		return NULL;
	}
	free(labels->title);
	labels->title = steal(&info.title);
	object_info_release(&info);
	return labels->title;
}

static const char *stem_of(void *context, const struct uuid *page)
{
	struct labels *labels = context;
	struct node_record record;
	if (tree_find(labels->state, page, false, &record) < 0) {
		return NULL;
	}
	name_strip_md(record.name);
	free(labels->stem);
	labels->stem = strdup(record.name);
	return labels->stem;
}

/* The directory the rows of a data source lie in. */
static bool directory_of(struct labels *labels, const struct uuid *data_source, node_id *ret_node)
{
	struct node_record record;
	if (tree_source_directory(labels->state, labels->cache, data_source, &record) < 0) {
		return false;
	}
	*ret_node = record.node;
	return true;
}

static void note_unsent(struct labels *labels, const struct node_record *record)
{
	if (record->role != ROLE_PAGE || (record->flags & NODE_NEW) == 0) {
		return;
	}
	struct unsent *unsent =
		realloc(labels->unsent, (labels->unsent_count + 1) * sizeof *unsent);
	if (unsent == NULL) {
		abort();
	}
	labels->unsent = unsent;
	unsent[labels->unsent_count++] =
		(struct unsent){.id = record->object, .node = record->node};
}

/* A path from the mount's top, "a/b/c" or "/a/b/c.md": the page it names. */
static bool find_path(struct labels *labels, const char *path, struct uuid *ret_page)
{
	node_id directory = NODE_ROOT;
	struct node_record record;
	char name[NODE_NAME_MAX_BYTES + 4];
	while (*path == '/') {
		path++;
	}
	for (;;) {
		const char *slash = strchr(path, '/');
		size_t len = slash == NULL ? strlen(path) : (size_t)(slash - path);
		if (len == 0 || len > NODE_NAME_MAX_BYTES) {
			return false;
		}
		bool has_md = len > 3 && memcmp(path + len - 3, ".md", 3) == 0;
		(void)snprintf(name, sizeof name, "%.*s%s", (int)len, path,
			       slash == NULL && !has_md ? ".md" : "");
		if (tree_lookup(labels->state, directory, name, &record) < 0) {
			return false;
		}
		if (slash == NULL) {
			*ret_page = record.object;
			note_unsent(labels, &record);
			return record.role == ROLE_PAGE;
		}
		directory = record.node;
		path = slash + 1;
	}
}

static bool find_stem(void *context, const struct uuid *data_source, const char *stem,
		      struct uuid *ret_page)
{
	struct labels *labels = context;
	struct node_record record;
	node_id directory;
	char name[NODE_NAME_MAX_BYTES + 4];
	if (strlen(stem) > NODE_NAME_MAX_BYTES) {
		return false;
	}
	(void)snprintf(name, sizeof name, "%s.md", stem);
	if (directory_of(labels, data_source, &directory) &&
	    tree_lookup(labels->state, directory, name, &record) == 0) {
		*ret_page = record.object;
		note_unsent(labels, &record);
		return true;
	}
	return strchr(stem, '/') != NULL && find_path(labels, stem, ret_page);
}

static bool user_of(void *context, const struct uuid *id, const char **ret_name,
		    const char **ret_email, bool *ret_is_unique)
{
	struct labels *labels = context;
	return people_find(labels->people, id, ret_name, ret_email, ret_is_unique);
}

static bool find_user(void *context, const char *text, struct uuid *ret_id)
{
	struct labels *labels = context;
	return people_search(labels->people, text, ret_id);
}

void labels_init(struct labels *labels, struct store_transaction *state,
		 struct store_transaction *cache, struct people *people)
{
	*labels = (struct labels){
		.names = {.title = title_of,
			  .stem = stem_of,
			  .find_stem = find_stem,
			  .user = user_of,
			  .find_user = find_user,
			  .asset = labels_asset,
			  .stored_file = labels_stored_file,
			  .upload = labels_upload,
			  .replaced_file = labels_replaced_file},
		.state = state,
		.cache = cache,
		.people = people,
	};
	labels->names.context = labels;
}

void labels_set_page(struct labels *labels, const struct uuid *page, node_id directory)
{
	labels->page = *page;
	labels->directory = directory;
}

void labels_set_files(struct labels *labels, struct workspace *workspace)
{
	labels->workspace = workspace;
}

void labels_release(struct labels *labels)
{
	labels_release_files(labels);
	free(labels->title);
	free(labels->stem);
	free(labels->path);
	free(labels->url);
	free(labels->unsent);
	labels->title = labels->stem = labels->path = labels->url = NULL;
	labels->unsent = NULL;
	labels->unsent_count = 0;
}
