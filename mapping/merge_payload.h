/*
 * Three versions of one block, without its children, into one, field by field.
 *
 * What it is not: part of the contract of merge.h; only merge.c includes it.
 */
#ifndef NOTIONFS_MAPPING_MERGE_PAYLOAD_H
#define NOTIONFS_MAPPING_MERGE_PAYLOAD_H

#include "mapping/block.h"

/* `block` holds a copy of the remote version; what was changed locally is put into it. False,
 * and nothing changed, when both changed the same differently. Strings are copied to `arena`. */
bool merge_payload(struct arena *arena, const struct block *base, const struct block *local,
		   struct block *block);

#endif
