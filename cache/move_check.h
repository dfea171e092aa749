/*
 * May this page lie in that directory, by what we know of both (design.md §6.3)?
 *
 * What it is not: the move. Works inside the caller's transactions.
 */
#ifndef NOTIONFS_CACHE_MOVE_CHECK_H
#define NOTIONFS_CACHE_MOVE_CHECK_H

#include "cache/store.h"
#include "cache/tree.h"
#include "mapping/base/buf.h"

/* The data source whose rows lie in this directory; false: it is a page's, or the root. */
bool directory_source(const struct node_record *directory, struct uuid *ret_source);

/*
 * 0, or why not, with a sentence in `why`: -EINVAL into its own tree; -EPERM the API can't, or a
 * row's value would have no place there; -EAGAIN the row or one of the schemas is not here yet
 * (*ret_missing is the data source, or zero when it is the page itself).
 */
must_check int move_check(struct store_transaction *state, struct store_transaction *cache,
			  const struct node_record *page, const struct node_record *directory,
			  struct buf *why, struct uuid *ret_missing);

#endif
