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

#define DRAFT_OPENS 4096

/* Who saw which version of a page, when and how: the base of a later save (design.md §5.4). */
enum draft_seen {
	SEEN_READ,  /* opened so that it can be read */
	SEEN_WRITE, /* opened to write into it as it is, `>>`: a shell does that without looking */
	SEEN_SAVE,  /* made by a save */
};
struct draft_open {
	node_id node;
	pid_t process;
	uint64_t version;
	int64_t opened_ms;
	enum draft_seen how;
};

struct drafts {
	pthread_mutex_t mutex;
	struct draft *first;		      /* guarded by mutex; pages that are open */
	struct draft_open opens[DRAFT_OPENS]; /* guarded by mutex; a ring */
	size_t next_open;		      /* guarded by mutex */
	struct workspace *workspace;
};

void drafts_init(struct drafts *drafts, struct workspace *workspace);
/* Commits and frees what is still open. */
void drafts_release(struct drafts *drafts);

/* Puts `bytes` into the queue as the text of this page, as a save by `process` (-1: nobody's).
 * Durable when it returns. Does nothing when the page already reads so. */
must_check int draft_save(struct workspace *workspace, node_id node, const void *bytes, size_t len,
			  int64_t mtime_ns, pid_t process);

/* The page counts as written even when no byte was (a new, empty file). */
void page_file_mark_dirty(struct page_file *file);
/* Corrects the attributes of a page that is being written. */
void draft_overlay(struct drafts *drafts, struct node_attr *attr);

#endif
