/*
 * What the files of the trash share: trash.c (into it), trash_leaving.c (its listing) and
 * trash_restore.c (out of it). Nobody else includes it.
 *
 * Works inside the caller's transactions.
 */
#ifndef NOTIONFS_CACHE_TRASH_PRIVATE_H
#define NOTIONFS_CACHE_TRASH_PRIVATE_H

#include <jansson.h>

#include "cache/trash.h"

/* The stem of a listed name, and with so many digits of its id behind it. */
void trash_copy_stem(const char *name, char stem[NODE_NAME_MAX_BYTES + 1], bool is_file);
void trash_suffix(const struct node_record *record, const char *stem, unsigned digits,
		  char name[NODE_NAME_MAX_BYTES + 1]);
bool trash_name_is_free(struct store_transaction *state, const char *stem);

/* Where a page in the trash was. New reference, or NULL. */
json_t *trash_find_origin(struct store_transaction *state, node_id page);
must_check int trash_delete_origin(struct store_transaction *state, node_id page);
must_check int trash_delete_journal(struct store_transaction *state, node_id node);
/* The object as the cache has it says so from now on. */
must_check int trash_note_object(struct store_transaction *cache, const struct uuid *id,
				 bool in_trash);

struct nodes {
	node_id *items; /* freed by whoever collects */
	size_t count;
};
/* Every node of the tree: the page, its directory, and what is below, the upper ones first. */
must_check int trash_collect_tree(struct store_transaction *state, const struct node_record *top,
				  struct nodes *nodes);
/* A tree_visit of the same. */
int trash_collect_node(void *context, const struct node_record *record);

#endif
