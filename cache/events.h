/*
 * What happens in the tree, as it happens: one JSON object a line, the text of .notionfs/events.
 * It is the way to watch a mount, since what comes from Notion raises no inotify event.
 *
 * {"at","what","by","path"} with "by" "here" or "notion", and "id" for what Notion knows:
 *   created, changed, removed; moved (with "from": its path before)
 *   saved      a text is owed (by here); sent (with "calls")
 *   refused    it can't be sent (with "line", "column", "message"); held; conflict (with "copy",
 *              the name that your text has beside it)
 *   offline, online   without path and by
 *
 * What it is not: durable (log is), or told before the store was committed. Any thread; holding no
 * lock and no transaction.
 */
#ifndef NOTIONFS_CACHE_EVENTS_H
#define NOTIONFS_CACHE_EVENTS_H

#include <jansson.h>
#include <pthread.h>

#include "cache/tree.h"

/* The text starts anew when it would be longer: `tail -f` takes that for a truncation. */
#define EVENTS_MAX_BYTES ((size_t)1 << 20)

struct events {
	pthread_mutex_t mutex;
	struct buf text; /* guarded by mutex */
};

struct event {
	const char *what;
	bool is_ours; /* by a program here, not by Notion */
	node_id directory;
	const char *name; /* NULL: it is about the mount */
	/* Members of its own, or NULL; the reference goes over. */
	json_t *more;
};

void events_init(struct events *events);
void events_release(struct events *events);
void events_note(struct workspace *workspace, const struct event *event);
/* The same of a node, under the name that it has now. */
void events_note_node(struct workspace *workspace, const char *what, bool is_ours, node_id node,
		      json_t *more);
/* The names that came, went or are others after a commit. */
void events_note_changes(struct workspace *workspace, const struct tree_changes *changes);

#endif
