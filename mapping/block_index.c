#include "mapping/block_index.h"

#include <stdlib.h>

static size_t count_below(const struct block *parent)
{
	size_t count = 0;
	block_children_foreach (block, parent) {
		count += 1 + count_below(block);
	}
	return count;
}

static void add_below(struct block_index *index, const struct block *parent)
{
	block_children_foreach (block, parent) {
		if (block->has_id) {
			index->entries[index->count++] =
				(struct block_index_entry){.id = block->id, .block = block};
		}
		add_below(index, block);
	}
}

static int compare(const void *a, const void *b)
{
	const struct block_index_entry *first = a;
	const struct block_index_entry *second = b;
	return uuid_compare(&first->id, &second->id);
}

void block_index_init(struct block_index *index, const struct block *root)
{
	*index = (struct block_index){0};
	index->entries = calloc(count_below(root) + 1, sizeof(*index->entries));
	if (index->entries == NULL) {
		abort();
	}
	add_below(index, root);
	qsort(index->entries, index->count, sizeof(*index->entries), compare);
}

void block_index_release(struct block_index *index)
{
	free(index->entries);
	*index = (struct block_index){0};
}

struct block_index_entry *block_index_find(const struct block_index *index, const struct uuid *id)
{
	struct block_index_entry key = {.id = *id};
	return bsearch(&key, index->entries, index->count, sizeof(key), compare);
}
