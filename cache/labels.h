/*
 * The workspace's answers to the mapping's questions: titles, stems, people (mapping/names.h).
 *
 * What it is not: a cache of its own; it reads inside the caller's transactions and is valid as
 * long as they are. One thread at a time.
 */
#ifndef NOTIONFS_CACHE_LABELS_H
#define NOTIONFS_CACHE_LABELS_H

#include "cache/labels_file.h"
#include "cache/people.h"
#include "cache/store.h"
#include "cache/workspace.h"
#include "mapping/names.h"

/* A page that a text names and that Notion does not have yet: its id is a stand-in. */
struct unsent {
	struct uuid id;
	node_id node;
};

struct labels {
	struct names names; /* hand &labels.names to the mapping */
	struct store_transaction *state;
	struct store_transaction *cache;
	struct people *people;
	struct uuid page;  /* labels_set_page */
	node_id directory; /* the page's */
	char *title;
	char *stem;
	char *path;
	char *url;
	struct unsent *unsent; /* those that were found */
	size_t unsent_count;
	struct workspace *workspace; /* labels_set_files; else NULL */
	struct wanted_file *wanted;  /* those that were asked for */
	size_t wanted_count;
	bool has_bad_file; /* one was asked for that is not there, or can't be sent */
};

void labels_init(struct labels *labels, struct store_transaction *state,
		 struct store_transaction *cache, struct people *people);
/* Whose text it is: without it no stored file has a name. */
void labels_set_page(struct labels *labels, const struct uuid *page, node_id directory);
/* For reading a text: paths lead to the files of the mount. Without it, for showing one, they are
 * what their author wrote, whatever lies there now. */
void labels_set_files(struct labels *labels, struct workspace *workspace);
void labels_release(struct labels *labels);
static inline void cleanup_labels(struct labels *labels)
{
	labels_release(labels);
}

#endif
