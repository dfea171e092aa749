/*
 * The rows of a data source on their way from a query into the cache, and all of them rendered
 * anew.
 *
 * What it is not: their places in the tree (children.h).
 *
 * Blocks on the disk. Tells the kernel side after its commits. Workers only.
 */
#ifndef NOTIONFS_CACHE_ROWS_H
#define NOTIONFS_CACHE_ROWS_H

#include <jansson.h>

#include "cache/object.h"
#include "cache/workspace.h"

/* What is kept of the rows of a query until the last answer is here: of 10,000 rows a megabyte. */
struct row_list {
	uint64_t
		asked; /* recent_count(&workspace->written) before the first request (children.h) */
	struct object_info *infos;
	size_t count;
};
void row_list_release(struct row_list *list);
static inline void cleanup_row_list(struct row_list *list)
{
	row_list_release(list);
}
/* Stores the rows of one answer, and adds them to the list. */
must_check int rows_take(struct workspace *workspace, const json_t *rows, struct row_list *list);
/* The schema is another one, or names in it are known now: all rows are rendered, some a
 * transaction. 0 also when the data source has no directory. */
must_check int rows_render(struct workspace *workspace, const struct uuid *data_source);

#endif
