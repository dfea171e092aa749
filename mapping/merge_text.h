/*
 * Three versions of one text into one, word by word, styles included.
 *
 * What it is not: part of the contract of merge.h; only merge.c includes it.
 */
#ifndef NOTIONFS_MAPPING_MERGE_TEXT_H
#define NOTIONFS_MAPPING_MERGE_TEXT_H

#include "mapping/block.h"

/* True and *ret_text, its runs and strings from `arena`; false when both changed the same words
 * (or words side by side) differently, or the texts are too long and too different to tell. */
bool merge_rich_text(struct arena *arena, const struct rich_text *base,
		     const struct rich_text *local, const struct rich_text *remote,
		     struct rich_text *ret_text);

#endif
