/*
 * What the workspace says of itself: one screen, and the same as JSON (design.md §2).
 *
 * Any thread; reads the stores and the counters.
 */
#ifndef NOTIONFS_CACHE_STATUS_H
#define NOTIONFS_CACHE_STATUS_H

#include <jansson.h>

#include "cache/queue.h"
#include "cache/tree.h"
#include "cache/workspace.h"

/* The shape of `status --json`. New reference, or NULL. */
json_t *status_json(struct workspace *workspace);
void status_text(struct workspace *workspace, struct buf *out);
/* One line for each save that is held or in error. */
void status_errors(struct workspace *workspace, struct buf *out);

/* The path of a node below the mount ("Roadmap/Q1.md"; "" for the root). malloc'ed, or NULL. */
char *status_path(struct store_transaction *state, node_id node);
/* "pending", "held", "error" … of an owed save. */
const char *status_of_entry(const struct queue_entry *entry);
/* Was the page changed on both sides, and does the copy kept then still lie beside it? Removing
 * the copy is how a person says that it is settled. */
bool status_is_conflict(struct workspace *workspace, const struct node_record *page);
/* Why a page that was removed is there again, or NULL: it is not one, or the X.md.error that says
 * so was removed. malloc'ed. */
char *status_returned(struct workspace *workspace, const struct node_record *page);

#endif
