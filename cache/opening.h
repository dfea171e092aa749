/*
 * Who saw which version of a page, when and how: what a later save is based on (design.md §5.4).
 *
 * What it is not: durable; a save after a restart is based on what is newest then. The oldest
 * openings are forgotten. Any thread.
 */
#ifndef NOTIONFS_CACHE_OPENING_H
#define NOTIONFS_CACHE_OPENING_H

#include <pthread.h>

#include "cache/workspace.h"

#define OPENINGS_MAX 4096
/* An open this young is an editor's second look for a backup, when there is an earlier one. */
#define OPENING_RECENT_MS 1000

enum opening_kind {
	SEEN_READ,  /* opened so that it can be read */
	SEEN_WRITE, /* opened to write into it as it is, `>>`: a shell does that without looking */
	SEEN_SAVE,  /* made by a save */
};

struct opening {
	node_id node;
	pid_t process;
	uint64_t version;
	int64_t opened_ms;
	enum opening_kind how;
};

struct openings {
	pthread_mutex_t mutex;
	struct opening items[OPENINGS_MAX]; /* guarded by mutex; a ring */
	size_t next;			    /* guarded by mutex */
};

void openings_init(struct openings *openings);
void openings_note(struct openings *openings, node_id node, pid_t process, uint64_t version,
		   enum opening_kind how);
/* The version a save by this process is based on; 0 when nobody is known to have seen the page.
 * What a process writes that never reads it, a shell's `>`, comes from somebody else who did: the
 * newest version that anybody saw. */
uint64_t openings_base(struct openings *openings, node_id node, pid_t process);
/* Has anybody but this process opened the page? True also when it can't be told any more. */
bool openings_are_by_others(struct openings *openings, node_id node, pid_t process);

#endif
