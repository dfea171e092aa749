#include "mapping/diff_anchor.h"

#include <stdlib.h>
#include <string.h>

/* Equal wanted blocks by hash: how many in each list, and where the last one is. */
struct slot {
	uint64_t hash; /* of subtree and key; 0 = free */
	unsigned base_count;
	unsigned wanted_count;
	size_t last;
};

struct index {
	struct slot *slots;
	size_t mask;
};

static uint64_t full_hash(const struct diff_node *node)
{
	return hash_mix(node->hash, node->key) | 1;
}

static struct slot *find(const struct index *index, uint64_t hash)
{
	size_t at = (hash >> 16) & index->mask;
	while (index->slots[at].hash != 0 && index->slots[at].hash != hash) {
		at = (at + 1) & index->mask;
	}
	return &index->slots[at];
}

static void index_init(struct index *index, const struct sibling_lists *lists)
{
	size_t size = 16;

	while (size < 2 * lists->wanted_count) {
		size *= 2;
	}
	index->mask = size - 1;
	index->slots = calloc(size, sizeof(*index->slots));
	if (index->slots == NULL) {
		abort();
	}
	for (size_t j = 0; j < lists->wanted_count; j++) {
		uint64_t hash = full_hash(&lists->wanted[j]);
		struct slot *slot = find(index, hash);
		slot->hash = hash;
		slot->wanted_count++;
		slot->last = j;
	}
	for (size_t i = 0; i < lists->base_count; i++) {
		struct slot *slot = find(index, full_hash(&lists->base[i]));
		slot->base_count += slot->hash != 0;
	}
}

static void *array(size_t count, size_t size)
{
	void *memory = reallocarray(NULL, count + 1, size);
	if (memory == NULL) {
		abort();
	}
	return memory;
}

size_t *diff_anchor_lasts(const struct sibling_lists *lists)
{
	struct index index;
	size_t *lasts = array(lists->base_count, sizeof(*lasts));

	index_init(&index, lists);
	for (size_t i = 0; i < lists->base_count; i++) {
		const struct slot *slot = find(&index, full_hash(&lists->base[i]));
		/* What must stay may cost nothing though it is unlike all that is wanted. */
		lasts[i] = lists->base[i].holds_protected ? LAST_UNKNOWN
			   : slot->hash == 0		  ? LAST_NONE
							  : slot->last;
	}
	free(index.slots);
	return lasts;
}

/* The longest part of `anchors`, sorted by base, that is sorted by wanted too. */
static size_t longest_in_order(struct anchor *anchors, size_t count)
{
	size_t *tails = array(count, sizeof(*tails)); /* by length: the anchor with least wanted */
	size_t *previous = array(count, sizeof(*previous));
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		size_t low = 0;
		size_t high = length;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if (anchors[tails[middle]].wanted < anchors[i].wanted) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		previous[i] = low > 0 ? tails[low - 1] : SIZE_MAX;
		tails[low] = i;
		length += low == length;
	}
	/* `previous` leads back from the end; the chosen go to the front in order. */
	size_t at = length > 0 ? tails[length - 1] : SIZE_MAX;
	for (size_t k = length; k-- > 0;) {
		tails[k] = at;
		at = previous[at];
	}
	for (size_t k = 0; k < length; k++) {
		anchors[k] = anchors[tails[k]];
	}
	free(tails);
	free(previous);
	return length;
}

size_t diff_anchors(const struct sibling_lists *lists, struct anchor **ret_anchors)
{
	struct index index;
	struct anchor *anchors = array(lists->base_count, sizeof(*anchors));
	size_t count = 0;

	index_init(&index, lists);
	for (size_t i = 0; i < lists->base_count; i++) {
		const struct slot *slot = find(&index, full_hash(&lists->base[i]));
		if (slot->hash != 0 && slot->base_count == 1 && slot->wanted_count == 1) {
			anchors[count++] = (struct anchor){.base = i, .wanted = slot->last};
		}
	}
	free(index.slots);
	*ret_anchors = anchors;
	return longest_in_order(anchors, count);
}
