/*
 * Open pages and what is being written to them: one dirty buffer a page, not one an open
 * (design.md §5.1).
 *
 * What it is not: durable, or sent. page_file_commit puts a draft into the queue (queue.h).
 * Any thread; waits for the disk at most. The page_file functions are in workspace.h.
 */
#ifndef NOTIONFS_CACHE_DRAFT_H
#define NOTIONFS_CACHE_DRAFT_H

#include <pthread.h>

#include "cache/workspace.h"

struct draft;

struct drafts {
	pthread_mutex_t mutex;
	struct draft *first; /* guarded by mutex; pages that are open */
	struct workspace *workspace;
};

void drafts_init(struct drafts *drafts, struct workspace *workspace);
/* Commits and frees what is still open. */
void drafts_release(struct drafts *drafts);

/* Is any page open for writing? */
bool drafts_are_open(struct drafts *drafts);

/* A file is made anew under the page's name: who has the page open for reading goes on with what he
 * sees, as with any file that was removed. */
void drafts_leave_readers(struct drafts *drafts, node_id node);
/* The page counts as written even when no byte was (a new, empty file). */
void page_file_mark_dirty(struct page_file *file);
/* Corrects the attributes of a page that is being written. */
void draft_overlay(struct drafts *drafts, struct node_attr *attr);

#endif
