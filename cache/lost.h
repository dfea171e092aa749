/*
 * `.notionfs/lost/`: the local files of directories that vanished (design.md §8), each in a
 * directory of the name it had. Ordinary local files of NODE_LOST: read, moved out, removed.
 *
 * What it is not: for pages that can be taken back (trash.h). Any thread; waits for the disk.
 */
#ifndef NOTIONFS_CACHE_LOST_H
#define NOTIONFS_CACHE_LOST_H

#include "cache/tree.h"

struct lost {
	struct node_record *directories;
	size_t count;
};

/* Before the page or database leaves the tree: which directories go with it. */
must_check int lost_note(struct store_transaction *state, const struct node_record *top,
			 struct lost *lost);
/* After the commit: their local files are moved, and the kernel is told. */
void lost_take(struct workspace *workspace, const struct lost *lost);
void lost_release(struct lost *lost);
/* Takes what an earlier process had no time for, or did not show: folders of no directory. */
void lost_collect(struct workspace *workspace);

#endif
