#include "mapping/base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)16 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_chunk {
	struct arena_chunk *next;
	max_align_t bytes[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

void arena_release(struct arena *arena)
{
	if (arena == NULL) {
		return;
	}
	while (arena->chunks != NULL) {
		struct arena_chunk *chunk = arena->chunks;
		arena->chunks = chunk->next;
		free(chunk);
	}
	arena_init(arena);
}

static struct arena_chunk *chunk_new(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct arena_chunk)) {
		abort();
	}
	struct arena_chunk *chunk = malloc(sizeof *chunk + size);
	if (chunk == NULL) {
		abort();
	}
	chunk->next = NULL;
	return chunk;
}

/* A piece that holds anything: many arenas live for one line, zeroing whole chunks would be most
 * of their work. */
static void *take(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX - ALIGNMENT) {
		abort();
	}
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > arena->left) {
		struct arena_chunk *chunk;
		if (size > CHUNK_BYTES / 4) {
			/* A large piece gets its own chunk, behind the one being filled. */
			chunk = chunk_new(size);
			if (arena->chunks == NULL) {
				arena->chunks = chunk;
			} else {
				chunk->next = arena->chunks->next;
				arena->chunks->next = chunk;
			}
			return chunk->bytes;
		}
		chunk = chunk_new(CHUNK_BYTES);
		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->next = (char *)chunk->bytes;
		arena->left = CHUNK_BYTES;
	}
	void *piece = arena->next;
	arena->next += size;
	arena->left -= size;
	return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes)) {
		abort();
	}
	return arena_alloc(arena, bytes);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
	if (len == SIZE_MAX) {
		abort();
	}
	char *copy = take(arena, len + 1);
	if (len > 0) {
		memcpy(copy, bytes, len);
	}
	copy[len] = '\0';
	return copy;
}
