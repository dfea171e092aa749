/*
 * Which wanted line stands for which block that must not be lost: child pages, synced originals,
 * hosted files and the like, and what holds them. Decided before anything is compared, so that
 * such a block is never deleted here and created there.
 */
#ifndef NOTIONFS_MAPPING_DIFF_IDENTITY_H
#define NOTIONFS_MAPPING_DIFF_IDENTITY_H

#include "mapping/diff_node.h"

/* Lines that name a page or database which is no child of this page become link_to_page, in the
 * wanted tree itself (dialect.md §4). Before diff_tree_init. */
void diff_identity_convert_links(const struct block *base, struct block *wanted);

/* Sets `identity` in both trees, `is_repeated`, and `key` of every node. With `keeps_ids` every
 * wanted block with an id is the one of the base with that id. */
void diff_identity_resolve(struct diff_tree *base, struct diff_tree *wanted, bool keeps_ids);

/* Has an id of its own that the text names. */
bool diff_identity_is_child(const struct block *block);
void diff_identity_make_link(struct block *block);

#endif
