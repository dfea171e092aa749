/*
 * The part of workspace.h that changes names is implemented in names.c; this is what the files
 * behind the waist need of it besides.
 */
#ifndef NOTIONFS_CACHE_NAMES_H
#define NOTIONFS_CACHE_NAMES_H

#include "cache/workspace.h"

/* Takes a page that never reached Notion out of the tree and the queue. */
must_check int names_forget(struct workspace *workspace, node_id directory, const char *name);

#endif
