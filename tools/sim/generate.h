/*
 * A made-up workspace of any size, for measuring and for tests: the form of a workspace file.
 *
 * What it is not: the sample workspace, which is written to be read (demo.json). Any thread;
 * nothing blocks.
 *
 * The same options give the same bytes when dumped. Values that endpoints replace but never change
 * in place (stamps, rich text, partial users) are shared between objects to save memory.
 */
#ifndef NOTIONFS_SIM_GENERATE_H
#define NOTIONFS_SIM_GENERATE_H

#include <jansson.h>

struct generate_options {
	unsigned pages;	 /* in a tree below one page, at most 12 under each */
	unsigned rows;	 /* of one database, under the first page; 0 is no database */
	unsigned blocks; /* in every page and row, what is nested not counted */
	unsigned seed;
};

#define GENERATE_FAN_OUT 12

/* Owned by the caller. */
json_t *generate_workspace(const struct generate_options *options);

#endif
