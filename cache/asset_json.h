/*
 * Files that Notion stores, as answers of the API name them: in blocks, and in a page's files
 * properties, icon and cover.
 *
 * What it is not: names or bytes (asset.h, asset_read.h). Functions only; any thread.
 *
 * A signed URL is new at each reading and dies after an hour; what stands before its query string
 * does not change while the file is the same (notion-api.md §4.11).
 */
#ifndef NOTIONFS_CACHE_ASSET_JSON_H
#define NOTIONFS_CACHE_ASSET_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/base/uuid.h"

struct stored_file {
	struct uuid owner;  /* the block; the page for its properties, icon and cover */
	const char *url;    /* signed */
	size_t bare_len;    /* of the URL without its query string */
	int64_t expires_ms; /* server time; 0 = not said */
	int64_t edited_ms;  /* last edit of the owner */
};

typedef void stored_file_visit(void *context, const struct stored_file *file);

/* Of one block, not of those below it. */
void stored_files_of_block(const json_t *block, stored_file_visit *visit, void *context);
/* Of blocks nested under `children`. */
void stored_files_of_blocks(const json_t *blocks, stored_file_visit *visit, void *context);
void stored_files_of_page(const json_t *page, stored_file_visit *visit, void *context);

#endif
