/*
 * Sizes and bytes of stored files: asked for when somebody stats or opens one, and then kept, the
 * size for good, the bytes in `assets/` of the cache folder.
 *
 * What it is not: the waiting (fetch.h), or the names (asset.h). The two jobs block on the network
 * and the disk; workers only.
 */
#ifndef NOTIONFS_CACHE_ASSET_READ_H
#define NOTIONFS_CACHE_ASSET_READ_H

#include "cache/asset.h"
#include "cache/remote/rate.h"

struct workspace;

/* The folder, made when it is not there; what an earlier process left half-way is removed. */
must_check int asset_read_open(struct workspace *workspace);
/* Removes the bytes of files that are not known any more. At the end, when nothing is read. */
void asset_read_tidy(struct workspace *workspace);

/* Is there nothing to be asked? */
bool asset_size_is_here(const struct asset_record *record);
bool asset_bytes_are_here(struct workspace *workspace, const struct asset_record *record);

/* -ESTALE: the page shows another file by now; its names are told. -ENOSPC. */
must_check int asset_read_size(struct workspace *workspace, node_id asset, enum priority priority);
must_check int asset_read_bytes(struct workspace *workspace, node_id asset, enum priority priority);

#endif
