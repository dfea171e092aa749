/*
 * A block tree from a few words, for tests of the diff: a line a block, one tab a level.
 *
 *     p One word          paragraph          hosted a.png        image stored in Notion
 *     b, n, todo, q       list items, quote  image URL           external image
 *     toggle, h, th       toggle, heading 1, toggle heading 1
 *     div, code TEXT      divider, code      page 7, database 8  children with that id
 *     table 2 / row a|b   table, its row     link 7              link_to_page
 *     columns / column    column list        sync, copy 9        synced original, copy of 9
 *     tabs                tab block          unknown NAME        unsupported
 */
#ifndef NOTIONFS_TESTS_SKETCH_TREE_H
#define NOTIONFS_TESTS_SKETCH_TREE_H

#include "mapping/block.h"

/* Aborts on a word it doesn't know. Lines are numbered. */
struct block_tree *sketch_tree(const char *sketch);
/* Gives every block without an id the next one from `*next`. */
void sketch_number(struct block_tree *tree, unsigned *next);
struct uuid sketch_id(unsigned number);
/* The sketch of a tree, ids left out. Caller frees. */
char *sketch_of(const struct block_tree *tree);

#endif
