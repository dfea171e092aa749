/*
 * The saves that are owed to Notion, one a page, in the state database: durable before the
 * saving program is told so.
 *
 * What it is not: the sending (writeback.h, push.h). Works inside the caller's transaction on the
 * state store.
 */
#ifndef NOTIONFS_CACHE_QUEUE_H
#define NOTIONFS_CACHE_QUEUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/store.h"
#include "cache/workspace.h"

enum queue_state {
	QUEUE_PENDING,
	QUEUE_HELD,  /* an empty text over a page that had some: waits for content or --confirm */
	QUEUE_ERROR, /* can't be pushed; waits for the next save */
	QUEUE_KEPT,  /* its page is in the trash; pending again when it comes back (trash.h) */
};

enum queue_kind {
	QUEUE_SAVE,    /* the text of a page, or of a new one */
	QUEUE_RETITLE, /* only the name or the place changed */
	QUEUE_TRASH,   /* the page left its name; due after the grace time */
	QUEUE_RESTORE, /* the page came back out of the trash, and nothing else */
	QUEUE_REVEAL,  /* NODE_IMPLIED: it is shown after the grace time; nothing is sent */
};

struct queue_entry {
	node_id node;
	enum queue_kind kind;
	enum queue_state state;
	uint64_t generation; /* counts the saves of this entry */
	int64_t saved_ms;
	int64_t due_ms;
	node_id from; /* NODE_MOVED: the directory it lies in in Notion; else 0 */
	/* What the author saw: {"page":…,"blocks":[…]}; NULL for a page that is new. */
	json_t *base;
	uint64_t base_version; /* the node's version that the base is of; 0 = not known */
	char *text;
	size_t text_len;
	unsigned error_line;
	unsigned error_column;
	char *error;	  /* "message, remedy"; NULL = none */
	bool awaits_file; /* what is wrong is a file that the text shows (awaited.h) */
	/* The file beside the page that says so: there until the next good save, whatever the page
	 * is called by then. NULL = none. */
	char *error_file;
	node_id error_directory;
};

void queue_entry_release(struct queue_entry *entry);
static inline void cleanup_queue_entry(struct queue_entry *entry)
{
	queue_entry_release(entry);
}

bool queue_exists(struct store_transaction *state, node_id node);
/* -ENOENT. Caller releases. */
must_check int queue_get(struct store_transaction *state, node_id node,
			 struct queue_entry *ret_entry);
must_check int queue_put(struct store_transaction *state, const struct queue_entry *entry);
must_check int queue_delete(struct store_transaction *state, node_id node);
/* Visits all entries (without base and text when `is_light`). `visit` > 0 stops. */
typedef int queue_visit(void *context, const struct queue_entry *entry);
must_check int queue_each(struct store_transaction *state, bool is_light, queue_visit *visit,
			  void *context);

#endif
