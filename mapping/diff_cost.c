#include "mapping/diff_cost.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/diff_match.h"
#include "mapping/plan_append.h"

/* Costs of pairs of nodes, open addressing; a slot with base 0 (the page) is free. */
struct pair_memo {
	struct pair {
		uint32_t base;
		uint32_t wanted;
		cost known;
	} * pairs;
	size_t count;
	size_t allocated; /* a power of two, or 0 */
};

void diff_cost_init(struct diff_cost *costs, struct diff_tree *base, struct diff_tree *wanted,
		    const struct diff_options *options)
{
	costs->base = base;
	costs->wanted = wanted;
	costs->weight_percent = options->weight_percent < COST_WEIGHT_MAX_PERCENT
					? options->weight_percent
					: COST_WEIGHT_MAX_PERCENT;
	costs->keep_order = options->keeps_ids ? COST_KEEP_ORDER_NEVER : COST_KEEP_ORDER;
	costs->memo = calloc(1, sizeof(*costs->memo));
	if (costs->memo == NULL) {
		abort();
	}
}

void diff_cost_release(struct diff_cost *costs)
{
	free(costs->memo->pairs);
	free(costs->memo);
}

static struct pair *find_pair(const struct pair_memo *memo, uint32_t base, uint32_t wanted)
{
	uint64_t hash = ((uint64_t)base << 32 | wanted) * 0x9e3779b97f4a7c15ULL;
	size_t at = (hash >> 24) & (memo->allocated - 1);

	while (memo->pairs[at].base != 0 &&
	       (memo->pairs[at].base != base || memo->pairs[at].wanted != wanted)) {
		at = (at + 1) & (memo->allocated - 1);
	}
	return &memo->pairs[at];
}

static void grow_memo(struct pair_memo *memo)
{
	struct pair_memo larger = {.allocated = memo->allocated == 0 ? 256 : memo->allocated * 2};

	larger.pairs = calloc(larger.allocated, sizeof(*larger.pairs));
	if (larger.pairs == NULL) {
		abort();
	}
	for (size_t i = 0; i < memo->allocated; i++) {
		struct pair *pair = &memo->pairs[i];
		if (pair->base != 0) {
			*find_pair(&larger, pair->base, pair->wanted) = *pair;
			larger.count++;
		}
	}
	free(memo->pairs);
	*memo = larger;
}

bool diff_cost_recall(struct diff_cost *costs, const struct diff_node *base,
		      const struct diff_node *wanted, cost *ret_cost)
{
	if (costs->memo->allocated == 0) {
		return false;
	}
	struct pair *pair = find_pair(costs->memo, (uint32_t)(base - costs->base->nodes),
				      (uint32_t)(wanted - costs->wanted->nodes));
	if (pair->base == 0) {
		return false;
	}
	*ret_cost = pair->known;
	return true;
}

void diff_cost_remember(struct diff_cost *costs, const struct diff_node *base,
			const struct diff_node *wanted, cost known)
{
	if (costs->memo->count * 2 >= costs->memo->allocated) {
		grow_memo(costs->memo);
	}
	uint32_t base_index = (uint32_t)(base - costs->base->nodes);
	uint32_t wanted_index = (uint32_t)(wanted - costs->wanted->nodes);
	if (base_index == 0) {
		return;
	}
	struct pair *pair = find_pair(costs->memo, base_index, wanted_index);
	costs->memo->count += pair->base == 0;
	*pair = (struct pair){.base = base_index, .wanted = wanted_index, .known = known};
}

/* Between plans of equal cost: likeness first, then bytes. */
static cost tie(unsigned unlike, size_t bytes)
{
	return (cost)unlike << 8 | (bytes / 64 < 255 ? bytes / 64 : 255);
}

static cost weigh(const struct diff_cost *costs, size_t ids)
{
	return (cost)costs->weight_percent * ids << COST_SHIFT;
}

/* A heading can't stop being a toggle while something in it has to stay. */
static bool is_impossible(const struct diff_node *base, const struct diff_node *wanted)
{
	return base->key != wanted->key || (base->block->is_toggleable &&
					    !wanted->block->is_toggleable && base->holds_protected);
}

static cost pair_cost(struct diff_cost *costs, struct diff_node *base, struct diff_node *wanted,
		      cost lost, cost limit)
{
	cost total = 0;

	if (is_impossible(base, wanted)) {
		return COST_IMPOSSIBLE;
	}
	if (base->hash == wanted->hash) {
		return 0;
	}
	if (base->payload != wanted->payload) {
		unsigned similarity = diff_node_similarity(base, wanted);
		total = COST_CALL + tie(SIGNATURE_SLOTS - similarity, diff_node_text_bytes(wanted));
		total += similarity < SIGNATURE_SIMILAR ? lost : 0;
	}
	if (total <= limit && (base->child_count > 0 || wanted->child_count > 0)) {
		total += diff_match_cost_below(costs, base, wanted);
	}
	return total;
}

/* Deleting what holds a block that must stay: everything else in it goes. */
static cost keep_cost(struct diff_cost *costs, struct diff_node *node)
{
	cost total = 0;

	if (node->identity != NULL) {
		return costs->keep_order +
		       pair_cost(costs, node, node->identity, 0, COST_IMPOSSIBLE);
	}
	if (node->is_protected) {
		return 0;
	}
	for (size_t i = 0; i < node->child_count; i++) {
		total += node->children[i].holds_protected ? keep_cost(costs, &node->children[i])
							   : COST_CALL + tie(SIGNATURE_SLOTS, 0);
	}
	return total;
}

/* Hashes of one list's subtrees. */
struct hash_set {
	uint64_t *slots; /* 0 = free */
	size_t mask;
};

static void hash_set_init(struct hash_set *set, const struct diff_node *nodes, size_t count)
{
	size_t size = 4;

	while (size < count * 2) {
		size *= 2;
	}
	set->mask = size - 1;
	set->slots = calloc(size, sizeof(*set->slots));
	if (set->slots == NULL) {
		abort();
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t hash = nodes[i].hash | 1;
		size_t at = (hash >> 20) & set->mask;
		while (set->slots[at] != 0 && set->slots[at] != hash) {
			at = (at + 1) & set->mask;
		}
		set->slots[at] = hash;
	}
}

static bool hash_set_has(const struct hash_set *set, uint64_t hash)
{
	hash |= 1;
	size_t at = (hash >> 20) & set->mask;
	while (set->slots[at] != 0 && set->slots[at] != hash) {
		at = (at + 1) & set->mask;
	}
	return set->slots[at] == hash;
}

static bool is_like(struct diff_node *base, struct diff_node *wanted)
{
	return wanted->key == base->key && diff_node_similarity(base, wanted) >= SIGNATURE_SIMILAR;
}

/* The same as find_counterparts for short lists, of which there may be very many. */
static void find_few_counterparts(struct sibling_lists *lists, const struct diff_cost *costs)
{
	bool is_known[SIBLINGS_SMALL] = {false}; /* wanted: equal to one of the base */

	for (size_t i = 0; i < lists->base_count; i++) {
		for (size_t j = 0; j < lists->wanted_count; j++) {
			if (lists->base[i].hash == lists->wanted[j].hash) {
				is_known[j] = true;
				lists->lost[i] = weigh(costs, 1);
			}
		}
	}
	for (size_t i = 0; i < lists->base_count; i++) {
		for (size_t j = 0; j < lists->wanted_count && lists->lost[i] == 0; j++) {
			if (!is_known[j] && is_like(&lists->base[i], &lists->wanted[j])) {
				lists->lost[i] = weigh(costs, 1);
			}
		}
	}
}

/* Which blocks of the base have a plausible counterpart: equal, or like one that is new. */
static void find_counterparts(struct sibling_lists *lists, const struct diff_cost *costs)
{
	struct hash_set base;
	struct hash_set wanted;
	struct diff_node **fresh =
		reallocarray(NULL, lists->wanted_count + 1, sizeof(struct diff_node *));
	size_t fresh_count = 0;

	if (fresh == NULL) {
		abort();
	}
	hash_set_init(&base, lists->base, lists->base_count);
	hash_set_init(&wanted, lists->wanted, lists->wanted_count);
	for (size_t j = 0; j < lists->wanted_count; j++) {
		if (!hash_set_has(&base, lists->wanted[j].hash)) {
			fresh[fresh_count++] = &lists->wanted[j];
		}
	}
	for (size_t i = 0; i < lists->base_count; i++) {
		struct diff_node *node = &lists->base[i];
		bool has = hash_set_has(&wanted, node->hash);
		for (size_t j = 0; j < fresh_count && !has; j++) {
			has = is_like(node, fresh[j]);
		}
		lists->lost[i] = has ? weigh(costs, 1) : 0;
	}
	free(base.slots);
	free(wanted.slots);
	free(fresh);
}

void sibling_lists_init(struct sibling_lists *lists, struct diff_cost *costs,
			struct diff_node *base, struct diff_node *wanted)
{
	struct diff_node *a = base->children;
	struct diff_node *b = wanted->children;
	size_t n = base->child_count;
	size_t m = wanted->child_count;

	while (n > 0 && m > 0 && a->hash == b->hash && a->key == b->key) {
		a++;
		b++;
		n--;
		m--;
	}
	while (n > 0 && m > 0 && a[n - 1].hash == b[m - 1].hash && a[n - 1].key == b[m - 1].key) {
		n--;
		m--;
	}
	*lists = (struct sibling_lists){.base = a, .base_count = n, .wanted = b, .wanted_count = m};
	cost *memory = lists->small;
	if (2 * n + m > SIBLINGS_SMALL) {
		memory = calloc(2 * n + m, sizeof(*memory));
		if (memory == NULL) {
			abort();
		}
		lists->memory = memory;
	}
	lists->remove = memory;
	lists->lost = memory + n;
	lists->insert = memory + 2 * n;
	if (costs->weight_percent > 0 && n > 0 && m > 0) {
		if (lists->memory == NULL) {
			find_few_counterparts(lists, costs);
		} else {
			find_counterparts(lists, costs);
		}
	}
	for (size_t i = 0; i < n; i++) {
		lists->remove[i] =
			a[i].holds_protected || a[i].identity != NULL
				? keep_cost(costs, &a[i])
				: COST_CALL + lists->lost[i] * a[i].size + tie(SIGNATURE_SLOTS, 0);
	}
	for (size_t j = 0; j < m; j++) {
		bool is_named = b[j].identity != NULL && !b[j].is_repeated;
		lists->insert[j] =
			is_named ? COST_SKIP
				 : append_extra_calls(costs->wanted, &b[j]) * COST_CALL +
					   tie(SIGNATURE_SLOTS, diff_node_text_bytes(&b[j]));
	}
}

void sibling_lists_release(struct sibling_lists *lists)
{
	free(lists->memory);
}

cost diff_cost_match(struct diff_cost *costs, const struct sibling_lists *lists, size_t i, size_t j,
		     cost limit)
{
	return pair_cost(costs, &lists->base[i], &lists->wanted[j], lists->lost[i], limit);
}
