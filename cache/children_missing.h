/*
 * What a complete listing lacks: is it gone, and may it go (design.md §7.4)?
 *
 * What it is not: the listing itself (children.h, who alone calls this). A worker's thread; asks
 * Notion, holding nothing.
 */
#ifndef NOTIONFS_CACHE_CHILDREN_MISSING_H
#define NOTIONFS_CACHE_CHILDREN_MISSING_H

#include "cache/fetch.h"

/* A child is gone when two complete listings lack it and Notion says so; `job` of `job_object` is
 * the listing that is asked for again after the first. */
void children_settle_missing(struct workspace *workspace, node_id directory,
			     const struct uuid *objects, size_t count, enum job_kind job,
			     const struct uuid *job_object, enum priority priority);

#endif
