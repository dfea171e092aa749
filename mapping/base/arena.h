/*
 * Memory that is given back all at once: the nodes and strings of one block tree.
 *
 * What it is not: thread safe, or a heap. Nothing taken from it is freed by itself.
 * Running out of memory aborts: what is taken here is small, and what is sized by input is
 * bounded before.
 */
#ifndef NOTIONFS_BASE_ARENA_H
#define NOTIONFS_BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	char *next;
	size_t left;
};

/* A zeroed struct is a valid empty arena. */
void arena_init(struct arena *arena);
void arena_release(struct arena *arena);

/* Zeroed, aligned for any type; lives until arena_release. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
/* Zeroed array; aborts on overflow of count * size. */
void *arena_array(struct arena *arena, size_t count, size_t size)
	__attribute__((malloc, returns_nonnull));
/* A NUL-terminated copy of `len` bytes. */
char *arena_copy(struct arena *arena, const char *bytes, size_t len)
	__attribute__((returns_nonnull));

static inline void cleanup_arena(struct arena *arena)
{
	arena_release(arena);
}

#endif
