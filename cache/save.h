/*
 * A text becomes owed: from an open page, or from a file renamed onto one, into the queue.
 *
 * What it is not: open handles (draft.h) or the sending (writeback.h). Any thread; waits for the
 * disk.
 */
#ifndef NOTIONFS_CACHE_SAVE_H
#define NOTIONFS_CACHE_SAVE_H

#include "cache/workspace.h"

/* Puts `bytes` into the queue as the text of this page, as a save by `process` (-1: nobody's).
 * Durable when it returns. Does nothing when the page already reads so. */
must_check int save_text(struct workspace *workspace, node_id node, const void *bytes, size_t len,
			 int64_t mtime_ns, pid_t process);

#endif
