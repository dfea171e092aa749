/*
 * Emphasis: which `*`, `_` and `~~` open, which close, and which belong together, by CommonMark's
 * and GFM's rules, in linear time.
 *
 * What it is not: public; a part of inline_parse.c. One thread.
 */
#ifndef NOTIONFS_MAPPING_DELIMITER_H
#define NOTIONFS_MAPPING_DELIMITER_H

#include "mapping/inline_node.h"

#define DELIMITER_NONE (-1)

struct delimiter {
	size_t node; /* its NODE_DELIMITER, whose len is what is left of it */
	char mark;
	bool can_open;
	bool can_close;
	size_t original_len;
	int previous; /* in the list of delimiters still in play; DELIMITER_NONE at the end */
	int next;
};

struct delimiters {
	struct delimiter *items;
	int count;
	int allocated;
	int last; /* in play */
};

void delimiters_release(struct delimiters *delimiters);
/* Adds the run of `len` equal marks at `at` of the source as a node. */
void delimiters_add(struct delimiters *delimiters, struct inline_nodes *nodes, const char *source,
		    size_t source_len, size_t at, size_t len);
/* Matches all delimiters after `bottom` (an earlier value of `last`) and takes them out of play. */
void delimiters_match(struct delimiters *delimiters, struct inline_nodes *nodes, int bottom);

static inline void cleanup_delimiters(struct delimiters *delimiters)
{
	delimiters_release(delimiters);
}

#endif
