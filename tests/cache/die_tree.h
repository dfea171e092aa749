/*
 * A workspace as a text that can be compared: all pages with their blocks, what is in the trash
 * too, without times; then what became of each block that was there at the start, by its id. Which
 * of several equal neighbours is the old one does not matter, that it is there does. Nor does the
 * order in which several new pages of one parent were made.
 *
 * What it is not: our rendering. It is made of the server's own JSON.
 */
#ifndef NOTIONFS_TESTS_CACHE_DIE_TREE_H
#define NOTIONFS_TESTS_CACHE_DIE_TREE_H

#include <jansson.h>

/* The ids of all pages and blocks of a dump, as keys. New reference. */
json_t *tree_ids(const json_t *dump);
/* Caller frees. */
char *tree_text(const json_t *dump, const json_t *known_ids);
/* The first lines that differ, for a message; caller frees. */
char *tree_difference(const char *wanted, const char *got);

#endif
