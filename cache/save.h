/*
 * A text becomes owed: from an open page, or from a file renamed onto one, into the queue.
 *
 * What it is not: open handles (draft.h) or the sending (writeback.h). Any thread; waits for the
 * disk.
 */
#ifndef NOTIONFS_CACHE_SAVE_H
#define NOTIONFS_CACHE_SAVE_H

#include "cache/workspace.h"

/* Puts `bytes` into the queue as the text of this page, as a save by `process` (-1: nobody's) whose
 * first byte was written at `begun_ms`. `opened_version`: what it was made over where that is sure,
 * or 0: then what the process has seen tells (design.md §5.4). Durable when it returns. Does
 * nothing when the page already reads so, but for a text that was refused: it is tried once more.
 * -ENOSPC, -EDQUOT, -EROFS, -EIO: the disk's, and nothing changed; -EAGAIN: WANT_CONTENT first. */
must_check int save_text(struct workspace *workspace, node_id node, const void *bytes, size_t len,
			 int64_t mtime_ns, pid_t process, int64_t begun_ms,
			 uint64_t opened_version);

#endif
