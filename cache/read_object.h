/*
 * The readings themselves: ask Notion for one object, put it into the stores, place its children,
 * render it, and say what changed. Run by the fetcher's workers.
 *
 * What it is not: a queue, or a decision what to read. Blocks on the network and the disk; holds
 * no lock while it does.
 */
#ifndef NOTIONFS_CACHE_READ_OBJECT_H
#define NOTIONFS_CACHE_READ_OBJECT_H

#include "cache/remote/notion.h"
#include "cache/workspace.h"

must_check int read_page(struct workspace *workspace, const struct uuid *page,
			 enum priority priority);
must_check int read_database(struct workspace *workspace, const struct uuid *database,
			     enum priority priority);
/* The schema and all rows; a schema that is known is read again when the rows were listed before.
 */
must_check int read_data_source(struct workspace *workspace, const struct uuid *data_source,
				enum priority priority);
/* The rows that were edited or made since the last such reading, or since the whole one. */
must_check int read_rows(struct workspace *workspace, const struct uuid *data_source,
			 enum priority priority);

/*
 * Takes a body that was just read or assembled: stores it, places the children it shows and
 * renders the page anew. `object` (may be NULL) is the page object that goes with it. `asked`: as
 * in children.h.
 */
must_check int read_take_body(struct workspace *workspace, const struct uuid *page,
			      const json_t *object, json_t *blocks, int64_t fetched_ms,
			      uint64_t asked, enum priority priority);

/* Reads the relations of a page object to their ends where the API cut them; one that can't be read
 * stays as it is, with its `has_more`. */
must_check int read_whole_relations(struct workspace *workspace, const struct uuid *page,
				    enum priority priority, json_t *object);

#endif
