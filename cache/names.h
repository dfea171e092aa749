/*
 * The part of workspace.h that changes names is implemented in names.c; this is what the files
 * behind the waist need of it besides.
 */
#ifndef NOTIONFS_CACHE_NAMES_H
#define NOTIONFS_CACHE_NAMES_H

#include "cache/tree.h"
#include "cache/workspace.h"

/* May a page be made here? -EROFS, -EPERM, -ENOTDIR. */
must_check int names_can_create(struct workspace *workspace, const struct node_record *directory);
/* May this page lie in that directory? Says why not in the refusals; asks for what it has to know
 * first (-EAGAIN). */
must_check int names_check_place(struct workspace *workspace, struct store_transaction *state,
				 struct store_transaction *cache, const struct node_record *page,
				 node_id new_directory);
/* Our own id for a page until Notion gives it one. */
must_check int names_stand_in_id(struct uuid *ret_id);
/* After a crash: the local files of a directory that had just become this page's go there. */
void names_finish_adoption(struct workspace *workspace, node_id page);
/* A page that is only a text so far goes: out of the tree and the queue, or, when it is in Notion
 * or on its way there, as unlink does it. */
must_check int names_forget(struct workspace *workspace, node_id directory, const char *name);

#endif
