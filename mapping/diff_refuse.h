/*
 * What the API can't take or do, said with the line and a remedy before anything is sent
 * (notion-api.md §3.2, dialect.md §4). Nothing is cut, split in two or dropped to make it fit.
 *
 * What it is not: part of the contract of diff.h; only diff*.c includes it.
 */
#ifndef NOTIONFS_MAPPING_DIFF_REFUSE_H
#define NOTIONFS_MAPPING_DIFF_REFUSE_H

#include <jansson.h>

#include "mapping/diagnostic.h"
#include "mapping/diff_node.h"

/* Each: true, and an error in `diagnostics`, when it can't be. */

/* Creating this block, not what is below it. */
bool diff_refuse_create(struct diff_node *node, struct diagnostics *diagnostics);
/* Sending `body`, made by block_update_json, to make it `to`. */
bool diff_refuse_update(const struct block *to, const json_t *body,
			struct diagnostics *diagnostics);
/* A matched pair whose children, or what is shown below it, can't become what is wanted. */
bool diff_refuse_children(const struct diff_node *base, const struct diff_node *wanted,
			  struct diagnostics *diagnostics);

#endif
