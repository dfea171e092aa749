/*
 * Trees that are being removed: which page is the top of one, and whether anything is left in it
 * (design.md §6.5). A removed tree is one call, of its top page.
 *
 * What it is not: the removing (names_remove.c) or the sending (push_trash.c). Works inside the
 * caller's transactions.
 */
#ifndef NOTIONFS_CACHE_REMOVED_H
#define NOTIONFS_CACHE_REMOVED_H

#include <stdbool.h>
#include <stdint.h>

#include "cache/store.h"
#include "cache/tree.h"
#include "cache/workspace.h"

/* The nearest page above that is being removed too, and takes this one along. -ENOENT: none. */
must_check int removed_above(struct store_transaction *state, const struct node_record *page,
			     struct node_record *ret_page, int64_t *ret_due_ms);

struct removed_look {
	bool has_left; /* something is still in it: `left` is its path below the page's parent */
	char left[3 * NODE_NAME_MAX_BYTES];
	bool is_unread; /* whether anything is in `unread` is not known: it has to be read first */
	struct uuid unread;
};

/* Is there anything in the page's directory that was not removed, at any depth? Neither of the two
 * flags: it is gone, or proved empty. `skipped` pages count as read. */
must_check int removed_look(struct workspace *workspace, struct store_transaction *state,
			    struct store_transaction *cache, const struct node_record *page,
			    const struct uuid *skipped, size_t skipped_count,
			    struct removed_look *ret_look);

#endif
