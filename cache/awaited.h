/*
 * Saves that were refused because of a file they show: it was not there yet, or not as it should
 * be. They are tried again when a file of that name is put into the mount, as `cp -r` of a tree
 * does in any order.
 *
 * What it is not: the refusing (push.h), or a watch on the disk: what comes through the mount is
 * told by fs. Any thread; waits for the disk only.
 */
#ifndef NOTIONFS_CACHE_AWAITED_H
#define NOTIONFS_CACHE_AWAITED_H

#include "cache/workspace.h"

/* Such saves may have been refused before the start. */
void awaited_init(struct workspace *workspace);
/* One was refused, by a plan that was made when so many files had come (workspace->files_came). */
void awaited_note(struct workspace *workspace, node_id node, unsigned files_came);
/* The rest is in workspace.h: workspace_file_came. */

#endif
