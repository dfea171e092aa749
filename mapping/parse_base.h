/*
 * What a text can't carry: taken over from the blocks as they were (ids of anchors, hosted files,
 * the raw data of mentions and icons), and for paths of files that are to be uploaded, from names.
 *
 * What it is not: a diff. It never changes what the text says; it only fills in what a line shows
 * unmistakably (a place holder of the same kind, the same file, the same person).
 */
#ifndef NOTIONFS_MAPPING_PARSE_BASE_H
#define NOTIONFS_MAPPING_PARSE_BASE_H

#include "mapping/block.h"
#include "mapping/names.h"

/* Of several that look alike, the first line takes the first block, and each block is taken once.
 * Strings are copied into `tree`. `base` may be NULL. */
void parse_take_base(struct block_tree *tree, const struct block_tree *base,
		     const struct names *names);

#endif
