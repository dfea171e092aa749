/*
 * The bytes of a page: rendered from what the cache knows, or the user's own while they still
 * mean the same (design.md §4.3).
 *
 * What it is not: unsaved bytes (draft.h) or saved ones that are still owed (queue.h); the
 * callers look there first. Works inside the caller's transactions on both stores.
 */
#ifndef NOTIONFS_CACHE_CONTENT_H
#define NOTIONFS_CACHE_CONTENT_H

#include <jansson.h>

#include "cache/store.h"
#include "cache/tree.h"
#include "mapping/base/buf.h"

struct workspace;

/* Appends the canonical text of a page with this object and these blocks. */
must_check int content_render(struct workspace *workspace, struct store_transaction *state,
			      struct store_transaction *cache, const json_t *page,
			      const json_t *blocks, const char *file_stem, struct buf *out);

/*
 * Renders a page whose object or body changed, and gives its node the new size, version and
 * times when the bytes differ. *ret_changed says so. A page with a save that is still owed keeps
 * showing that one: nothing happens. -ENOENT: no node, object or body yet. `changes`: what came and
 * went in the `.assets` beside it, told after the commit.
 */
must_check int content_update(struct workspace *workspace, struct store_transaction *state,
			      struct store_transaction *cache, const struct uuid *page,
			      node_id *ret_node, bool *ret_changed, struct tree_changes *changes);

/* Can the page be opened without asking Notion: a save that is owed, or a rendering? */
bool content_is_here(struct store_transaction *state, struct store_transaction *cache,
		     const struct node_record *page);

/* Keeps the user's bytes as the page's text, as long as Notion's content stays the same. */
must_check int content_keep_text(struct store_transaction *state, const struct uuid *page,
				 uint64_t canonical_hash, const void *bytes, size_t len);

/* Keeps the present object and body as the version the node has now: called before a body, an
 * object or, by a save, the text is replaced by another. Nothing happens for a page that was
 * never shown, and while a save is owed: the version it replaced was kept with it. */
must_check int content_keep_version(struct store_transaction *state,
				    struct store_transaction *cache, const struct uuid *page);

/* Forgets versions that were kept more than 7 days ago, a part of them at a time: 1 when there is
 * more. */
must_check int content_prune_versions(struct store_transaction *state, int64_t now_ms);

/* Forgets all texts and versions that were kept of a page: another node takes it over. */
must_check int content_forget_versions(struct store_transaction *state, const struct uuid *page);

/* Keeps this base as the version the node has now: that of a text that was not sent yet. */
must_check int content_keep_base(struct store_transaction *state, const struct node_record *page,
				 const json_t *base);

/* What a reader was given as `version`, of what was kept: that, or the newest before it, as it
 * takes less back to merge over too old a base than over too new a one. New reference. -ENOENT. */
must_check int content_kept_version(struct store_transaction *state, const struct node_record *page,
				    uint64_t version, json_t **ret_base);

/* What a reader was given as `version`: {"page":…,"blocks":[…]}. New reference. -ENOENT. */
must_check int content_version(struct store_transaction *state, struct store_transaction *cache,
			       const struct node_record *page, uint64_t version, json_t **ret_base);

#endif
