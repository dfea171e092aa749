/*
 * Random rich texts, as hostile as Notion can hold them: every kind, style and colour, characters
 * that are marks, edge blanks, newlines, characters outside the BMP. The same seed gives the same
 * texts.
 */
#ifndef NOTIONFS_TESTS_RANDOM_TEXT_H
#define NOTIONFS_TESTS_RANDOM_TEXT_H

#include "mapping/block.h"

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);
/* 0 … max - 1 */
unsigned random_below(struct random *random, unsigned max);
/* Normalised; strings in the arena. */
void random_rich_text(struct random *random, struct arena *arena, struct rich_text *ret_text);
/* A string without NUL of up to `max_pieces` pieces. */
const char *random_string(struct random *random, struct arena *arena, unsigned max_pieces);

#endif
