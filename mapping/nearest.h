/*
 * Which of several names somebody probably meant.
 *
 * What it is not: fast; it is for messages. Names are looked at up to NEAREST_MAX_BYTES.
 * Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_NEAREST_H
#define NOTIONFS_MAPPING_NEAREST_H

#include <stddef.h>

#define NEAREST_MAX_BYTES 64

/* Fewest bytes to insert, remove, change or swap with their neighbour between two names; upper and
 * lower case are alike. */
unsigned nearest_distance(const char *a, const char *b);

struct nearest {
	const char *wanted;
	const char *found; /* NULL while nothing came near */
	unsigned distance;
};

/* Looks at one more candidate; the first of equally near ones stays. */
void nearest_consider(struct nearest *nearest, const char *candidate);

#endif
