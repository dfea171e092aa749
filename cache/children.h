/*
 * From answers to places: which pages and databases a body, a database or a query shows, and what
 * that does to the tree.
 *
 * What it is not: the reading (read_object.h), or the arithmetic of names (tree.h).
 * Blocks on the disk; on the network only to settle what a missing or unknown child is. Tells the
 * kernel side after its commits. Workers only.
 */
#ifndef NOTIONFS_CACHE_CHILDREN_H
#define NOTIONFS_CACHE_CHILDREN_H

#include <jansson.h>

#include "cache/object.h"
#include "cache/remote/rate.h"
#include "cache/rows.h"
#include "cache/tree.h"
#include "cache/workspace.h"

/*
 * `asked` is recent_count(&workspace->written) from before the first request of what is given: a
 * page that was written since keeps its name and what is known of it.
 */

/* The child pages and databases in `blocks`, at whatever depth, become the page's directory. */
must_check int children_of_page(struct workspace *workspace, const struct uuid *page,
				const json_t *blocks, uint64_t asked, enum priority priority);
/* A database with one source is flat: its rows lie in it; with several each is a directory. */
must_check int children_of_database(struct workspace *workspace, const struct uuid *database,
				    const json_t *object, bool *ret_is_flat,
				    struct uuid *ret_flat_source, enum priority priority);
/* Some of its rows have been taken: those that are new or were moved or retitled get their places.
 */
must_check int children_add_rows(struct workspace *workspace, const struct uuid *data_source,
				 const struct row_list *rows);
/* All its rows have been taken: they become the directory's. */
must_check int children_of_data_source(struct workspace *workspace, const struct uuid *data_source,
				       const json_t *schema, const struct row_list *rows,
				       enum priority priority);
/* The tops of the tree: `infos` are pages and databases. */
must_check int children_of_root(struct workspace *workspace, const struct object_info *infos,
				size_t count, uint64_t asked, enum priority priority);

/* A person says that what went in Notion at once is meant to be gone: the next listings take it
 * out of the tree. */
void children_accept_loss(struct workspace *workspace);

/*
 * Takes one page or data source object that search or a query gave, and stores it. One that is
 * older than what is here is nothing new. The caller commits, calls children_taken, and tells the
 * changes after that.
 */
struct taken {
	struct uuid object;
	node_id changed; /* its text is another one; 0: it is not */
	bool is_stale;	 /* it was edited since its body was read */
};
must_check int children_take_object(struct workspace *workspace, struct store_transaction *state,
				    struct store_transaction *cache, const json_t *object,
				    uint64_t asked, struct taken *ret_taken,
				    struct tree_changes *changes);
/* After the commit: asks for what is stale to be read, tells the page. */
void children_taken(struct workspace *workspace, const struct taken *taken);

#endif
