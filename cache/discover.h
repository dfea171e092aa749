/*
 * What search says there is: objects, and where they lie (design.md §3).
 *
 * What it is not: the tops of the tree (roots.h), or proof. Search is an index that lags and leaves
 * out (notion-api.md §4.1): nothing is taken away because search does not name it.
 *
 * Blocks on the network; workers only.
 */
#ifndef NOTIONFS_CACHE_DISCOVER_H
#define NOTIONFS_CACHE_DISCOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "cache/remote/rate.h"
#include "cache/workspace.h"

/* Searches newest first, down to `until_ms` (0 = all), stores every object, asks for the
 * re-reading of what was edited, and moves the watermark. *ret_found_new: an object we did not
 * know. */
must_check int discover_search(struct workspace *workspace, enum priority priority,
			       int64_t until_ms, bool *ret_found_new);
/* Newest stamp a whole search has covered; 0 = none yet. */
int64_t discover_watermark(struct workspace *workspace);

#endif
