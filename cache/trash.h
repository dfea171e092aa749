/*
 * `.notionfs/trash/`: what was removed, here or in Notion, as long as it can be taken back
 * (design.md §6.5, §5.8). A page in it is the same node it was, with its directory, its local files
 * and what was saved and not sent; moving it out takes it out of Notion's trash.
 *
 * In its grace time, or held, a page is still in its directory under its hidden name, which it
 * claims; it is listed in the trash all the same. When Notion has it in its trash it moves to the
 * directory NODE_TRASH. Kept 30 days, as Notion does.
 *
 * What it is not: Notion's trash; what went before this workspace was known here is not in it.
 * Works inside the caller's transactions where it takes one, else it makes its own. Any thread.
 */
#ifndef NOTIONFS_CACHE_TRASH_H
#define NOTIONFS_CACHE_TRASH_H

#include <stdbool.h>

#include "cache/store.h"
#include "cache/tree.h"
#include "cache/workspace.h"

#define TRASH_KEPT_MS ((int64_t)30 * 24 * 3600 * 1000)

/* Is it the trash, or in it? */
bool trash_has(struct store_transaction *state, node_id node);
/* Is it in the trash, or listed there because it left its name? Then nothing is written to it. */
bool trash_shows(struct store_transaction *state, node_id node);

enum trash_cause { TRASHED_HERE, TRASHED_IN_NOTION };

/*
 * The page, or database, is in Notion's trash now: it moves to ours with all that is in it. What
 * was saved and not sent stays, and is sent when the page comes back; what was new and removed is
 * forgotten. `page` is its file, or the database's directory; has its new name and place after.
 */
must_check int trash_put(struct workspace *workspace, struct store_transaction *state,
			 struct store_transaction *cache, struct node_record *page,
			 enum trash_cause cause, struct tree_changes *changes);
/* After the commit: conflict copies that lay beside the page go along. `old` as it was. */
void trash_take_copies(struct workspace *workspace, const struct node_record *old);

/* tree_each of NODE_TRASH, with those that have a place elsewhere still: in their grace time, or
 * held, under the names they are listed by. */
must_check int trash_each(struct store_transaction *state, uint64_t after, tree_visit *visit,
			  void *context);
/* One of those by its listed name. -ENOENT. */
must_check int trash_lookup_leaving(struct store_transaction *state, const char *name,
				    struct node_record *ret_record);

/* rename(2) out of the trash: to the directory it was in, or, where a page of its kind may be moved,
 * to another one. -EPERM, -EINVAL as move_check.h; -EEXIST: the name is taken. */
must_check int trash_restore(struct workspace *workspace, const char *name, node_id new_directory,
			     const char *new_name);
/* The entry goes from the list, Notion's trash has it still. `directory` is the trash, or below
 * it. -EPERM for one in its grace time. */
must_check int trash_forget(struct workspace *workspace, node_id directory, const char *name);
/* A save was made to a page that is in the trash: it is kept like the others there. */
must_check int trash_keep_owed(struct workspace *workspace, node_id page);
/* What came back in Notion, and stands in its directory again, is sent what is owed to it. What
 * is older than 30 days goes. */
void trash_tend(struct workspace *workspace);

/* Is Notion about to be told that it goes to the trash, or comes out of it? */
bool trash_is_owed(struct store_transaction *state, node_id page);
/* Has the page to wait: something above it is on its way out of the trash? */
bool trash_is_above(struct store_transaction *state, const struct node_record *page);

#endif
