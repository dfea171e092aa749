/*
 * What was pushed and pulled, page by page, each with the text it replaced, for 30 days.
 *
 * What it is not: a base for merging (content.h keeps those), or the daemon's log. Works inside the
 * caller's transaction on the state store.
 */
#ifndef NOTIONFS_CACHE_HISTORY_H
#define NOTIONFS_CACHE_HISTORY_H

#include <jansson.h>

#include "cache/store.h"
#include "cache/tree.h"

#define HISTORY_DAYS 30

struct history_event {
	const char *what; /* "pushed", "pulled", "discarded" */
	size_t calls;	  /* that were sent */
	const void *text; /* that was replaced; what it holds is copied */
	size_t len;
};

must_check int history_add(struct store_transaction *state, const struct node_record *page,
			   const struct history_event *event);
/* [{"n","at","path","what","calls","bytes"},…], the newest last, of one page or (0) of all, `max`
 * at most. */
must_check int history_list(struct store_transaction *state, node_id page, size_t max,
			    json_t **ret_events);
/* The text that event `n` replaced: points into the transaction. -ENOENT. */
must_check int history_text(struct store_transaction *state, uint64_t n,
			    struct store_value *ret_text);
/* Forgets what is older than 30 days; a part of it at a time: 1 when there is more. */
must_check int history_prune(struct store_transaction *state, int64_t now_ms);

#endif
