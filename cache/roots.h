/*
 * The tops of the tree: objects whose parent is the workspace, or nothing that we can see
 * (design.md §3).
 *
 * What it is not: the search that names the objects (discover.h). It goes over where they say they
 * lie (object_index.h), and asks Notion only for parents that are not known.
 *
 * Blocks on the network; workers only.
 */
#ifndef NOTIONFS_CACHE_ROOTS_H
#define NOTIONFS_CACHE_ROOTS_H

#include "cache/remote/rate.h"
#include "cache/workspace.h"

/* Finds the tops of the parent chains and places them; a parent that is read for it is examined
 * in its turn. */
must_check int roots_find(struct workspace *workspace, enum priority priority);

#endif
