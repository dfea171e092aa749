/*
 * What a read-only mount has shown: versions of pages that the kernel may still read after they
 * were replaced, since such a mount is asked to open nothing (fuse.md "Writing", -o ro).
 *
 * What it is not: the history (content_keep_version), or of use to a mount that may write, whose
 * open handles hold their bytes themselves. Lives in the cache database, from a replacement until
 * workspace_forget_version, at the longest until the next mount.
 *
 * Works inside the caller's transactions.
 */
#ifndef NOTIONFS_CACHE_SHOWN_H
#define NOTIONFS_CACHE_SHOWN_H

#include "cache/store.h"
#include "cache/tree.h"

/* The page is about to read otherwise: keeps its present bytes and attributes as the version it
 * has. Nothing happens for one that was never fetched. */
must_check int shown_keep(struct store_transaction *cache, const struct node_record *record);
/* The same of every page of a tree that is about to go: the object's own and those below. */
must_check int shown_keep_tree(struct store_transaction *state, struct store_transaction *cache,
			       const struct uuid *object);
/* At the start: no kernel knows anything yet. */
must_check int shown_clear(struct store_transaction *cache);

#endif
