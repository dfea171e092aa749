/*
 * The workspace's answers to the mapping's questions: titles, stems, people (mapping/names.h).
 *
 * What it is not: a cache of its own; it reads inside the caller's transactions and is valid as
 * long as they are. One thread at a time.
 */
#ifndef NOTIONFS_CACHE_LABELS_H
#define NOTIONFS_CACHE_LABELS_H

#include "cache/people.h"
#include "cache/store.h"
#include "mapping/names.h"

struct labels {
	struct names names; /* hand &labels.names to the mapping */
	struct store_transaction *state;
	struct store_transaction *cache;
	struct people *people;
	char *title;
	char *stem;
};

void labels_init(struct labels *labels, struct store_transaction *state,
		 struct store_transaction *cache, struct people *people);
void labels_release(struct labels *labels);
static inline void cleanup_labels(struct labels *labels)
{
	labels_release(labels);
}

#endif
