/*
 * Who saw which version of a page, when and how: what a later save is based on (design.md §5.4).
 *
 * The list is a file of the state folder, mapped: it is there again after a crash of this process,
 * with the editors that are open still. It is never synced: what ends the machine ends them too.
 *
 * What it is not: the versions themselves (content.h). The oldest openings are forgotten. Any
 * thread; nothing here blocks, but for openings_init.
 */
#ifndef NOTIONFS_CACHE_OPENING_H
#define NOTIONFS_CACHE_OPENING_H

#include <pthread.h>

#include "cache/workspace.h"

#define OPENINGS_MAX 32768
/* An open this young is an editor's second look for a backup, when there is an earlier one. */
#define OPENING_RECENT_MS 1000

enum opening_kind {
	SEEN_READ,  /* opened so that it can be read */
	SEEN_WRITE, /* opened to write into it as it is, `>>`: a shell does that without looking */
	SEEN_SAVE,  /* made by a save */
};

struct opening_list;

struct openings {
	pthread_mutex_t mutex;
	struct opening_list *list; /* guarded by mutex; a ring */
	uint32_t *newest;	   /* guarded by mutex; of each hash of a node, number + 1 */
};

/* Reads the list in this folder; one of another boot is of processes that are gone. NULL, or where
 * the disk has no room: a list in memory. */
void openings_init(struct openings *openings, const char *state_path);
void openings_release(struct openings *openings);
void openings_note(struct openings *openings, node_id node, pid_t process, uint64_t version,
		   enum opening_kind how);
/* The version a save by this process is based on; 0 when nobody is known to have seen the page.
 * What a process writes that never reads it, a shell's `>`, comes from somebody else who did: the
 * newest version that anybody had seen at `begun_ms`, when its first byte was written. */
uint64_t openings_base(struct openings *openings, node_id node, pid_t process, int64_t begun_ms);
/* Had this process opened the page by then? False also when it can't be told any more. */
bool openings_had(struct openings *openings, node_id node, pid_t process, int64_t by_ms);
/* Has anybody but this process opened the page? True also when it can't be told any more. */
bool openings_are_by_others(struct openings *openings, node_id node, pid_t process);

#endif
