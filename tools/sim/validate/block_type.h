/*
 * The block types Notion takes: the fields of each on create and on update, where in a request it
 * may stand, which children it has. One table, and no code.
 */
#ifndef NOTIONFS_SIM_VALIDATE_BLOCK_TYPE_H
#define NOTIONFS_SIM_VALIDATE_BLOCK_TYPE_H

#include "tools/sim/validate/shape.h"

enum block_children {
	CHILDREN_NONE,
	CHILDREN_ANY,
	CHILDREN_TOGGLE,     /* any, where is_toggleable */
	CHILDREN_ROWS,	     /* table_row only */
	CHILDREN_COLUMNS,    /* column only */
	CHILDREN_OF_COLUMN,  /* any; the key must be there */
	CHILDREN_PARAGRAPHS, /* paragraph only */
};

struct block_type {
	const char *name;	    /* NULL ends the table */
	const struct shape *create; /* NULL: not by the blocks API */
	const struct shape *update; /* NULL: only in_trash */
	unsigned deepest_tier;	    /* 1 = element of the request's array, 3 = grandchild of one */
	enum block_children children;
	bool empty_children_on_update; /* `children: []` there is accepted and ignored */
};

extern const struct block_type block_types[];
/* NULL when there is no such type to write. */
const struct block_type *block_type_find(const char *name);

#endif
