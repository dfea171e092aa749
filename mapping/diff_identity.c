#include "mapping/diff_identity.h"

#include <stdlib.h>
#include <string.h>

bool diff_identity_is_child(const struct block *block)
{
	return block->type == BLOCK_CHILD_PAGE || block->type == BLOCK_CHILD_DATABASE;
}

void diff_identity_make_link(struct block *block)
{
	block->link_target =
		block->type == BLOCK_CHILD_PAGE ? LINK_TO_PAGE_ID : LINK_TO_DATABASE_ID;
	block->type = BLOCK_LINK_TO_PAGE;
	block->target = block->id;
	block->has_id = false;
	block->has_children = false;
	block->name = NULL;
	block->raw = NULL;
	memset(&block->id, 0, sizeof(block->id));
}

/* The ids of one tree's child pages and databases, sorted. */
struct id_set {
	struct uuid *ids;
	size_t count;
	size_t allocated;
};

static void collect_children(struct id_set *set, const struct block *parent)
{
	block_children_foreach (block, parent) {
		if (diff_identity_is_child(block)) {
			if (set->count == set->allocated) {
				set->allocated = set->allocated * 2 + 16;
				set->ids =
					reallocarray(set->ids, set->allocated, sizeof(*set->ids));
				if (set->ids == NULL) {
					abort();
				}
			}
			set->ids[set->count++] = block->id;
		}
		collect_children(set, block);
	}
}

static int compare_ids(const void *a, const void *b)
{
	return uuid_compare(a, b);
}

static void convert_below(const struct id_set *set, struct block *parent)
{
	block_children_foreach (block, parent) {
		if (diff_identity_is_child(block) && block->has_id &&
		    (set->count == 0 || bsearch(&block->id, set->ids, set->count, sizeof(*set->ids),
						compare_ids) == NULL)) {
			diff_identity_make_link(block);
		}
		convert_below(set, block);
	}
}

void diff_identity_convert_links(const struct block *base, struct block *wanted)
{
	struct id_set set = {0};

	collect_children(&set, base);
	if (set.count > 0) {
		qsort(set.ids, set.count, sizeof(*set.ids), compare_ids);
	}
	convert_below(&set, wanted);
	free(set.ids);
}

struct node_list {
	struct diff_node **nodes;
	size_t count;
};

static void list_protected(struct node_list *list, struct diff_tree *tree)
{
	list->nodes = calloc(tree->count, sizeof(*list->nodes));
	if (list->nodes == NULL) {
		abort();
	}
	for (size_t i = 1; i < tree->count; i++) {
		const struct block *block = tree->nodes[i].block;
		bool is_replaced = block->media == MEDIA_FILE_UPLOAD && block->has_id;
		if (tree->nodes[i].is_protected || is_replaced) {
			list->nodes[list->count++] = &tree->nodes[i];
		}
	}
}

static bool same_type(const struct diff_node *a, const struct diff_node *b)
{
	return a->block->type == b->block->type &&
	       (a->block->type != BLOCK_OTHER || a->block->block_type == NULL ||
		b->block->block_type == NULL ||
		strcmp(a->block->block_type, b->block->block_type) == 0);
}

static bool by_id(const struct diff_node *base, const struct diff_node *wanted)
{
	return wanted->block->has_id && base->block->has_id &&
	       uuid_equal(&wanted->block->id, &base->block->id);
}

static bool by_content(const struct diff_node *base, const struct diff_node *wanted)
{
	return !diff_identity_is_child(base->block) && base->hash == wanted->hash &&
	       block_payload_equal(base->block, wanted->block);
}

/* The same kind of thing at the same address, its caption or content aside. */
static bool by_address(const struct diff_node *base, const struct diff_node *wanted)
{
	const struct block *a = base->block;
	const struct block *b = wanted->block;
	if (a->type == BLOCK_SYNCED_BLOCK) {
		return true;
	}
	return a->url != NULL && b->url != NULL && a->media == b->media &&
	       strcmp(a->url, b->url) == 0;
}

typedef bool (*claim)(const struct diff_node *base, const struct diff_node *wanted);

static void claim_all(struct node_list *base, struct node_list *wanted, claim claims)
{
	size_t first = 0;

	for (size_t i = 0; i < wanted->count; i++) {
		struct diff_node *node = wanted->nodes[i];
		if (node->identity != NULL) {
			continue;
		}
		while (first < base->count && base->nodes[first]->identity != NULL) {
			first++;
		}
		for (size_t k = first; k < base->count; k++) {
			struct diff_node *other = base->nodes[k];
			if (other->identity == NULL && same_type(other, node) &&
			    claims(other, node)) {
				node->identity = other;
				other->identity = node;
				break;
			}
		}
	}
}

/* A child page's line copied within the page: each copy may turn out to be the one. */
static void mark_repeated(struct node_list *base, struct node_list *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		struct diff_node *node = wanted->nodes[i];
		if (node->identity != NULL || !diff_identity_is_child(node->block)) {
			continue;
		}
		for (size_t k = 0; k < base->count; k++) {
			struct diff_node *other = base->nodes[k];
			if (by_id(other, node) && same_type(other, node)) {
				node->identity = other;
				node->is_repeated = true;
				other->identity->is_repeated = true;
				break;
			}
		}
	}
}

/* What must be equal for an update to do; children and identities aside. */
static uint64_t natural_key(const struct block *block)
{
	uint64_t key = hash_mix(2, block->type);
	uint64_t half = 0;

	switch (block->type) {
	case BLOCK_TABLE: return hash_mix(key, block->table_width);
	case BLOCK_SYNCED_BLOCK:
	case BLOCK_LINK_TO_PAGE:
		key = hash_mix(key, block->is_synced_copy);
		key = hash_mix(key, block->link_target);
		memcpy(&half, block->target.bytes, sizeof(half));
		key = hash_mix(key, half);
		memcpy(&half, block->target.bytes + sizeof(half), sizeof(half));
		return hash_mix(key, half);
	default: return hash_mix(key, block->media == MEDIA_FILE);
	}
}

static uint64_t key_of(const struct diff_node *node, const struct diff_node *base)
{
	if (base != NULL) {
		return hash_mix(3, (uintptr_t)base);
	}
	if (node->is_protected) {
		return hash_mix(4, (uintptr_t)node);
	}
	return natural_key(node->block);
}

/* What holds a named block is named by it, as far up as both sides are of a kind. */
static void name_containers(struct diff_node *base, struct diff_node *wanted)
{
	while (base->parent != NULL && wanted->parent != NULL) {
		base = base->parent;
		wanted = wanted->parent;
		if (base->parent == NULL || wanted->parent == NULL || base->identity != NULL ||
		    wanted->identity != NULL ||
		    natural_key(base->block) != natural_key(wanted->block)) {
			return;
		}
		base->identity = wanted;
		wanted->identity = base;
	}
}

static int compare_nodes(const void *a, const void *b)
{
	const struct diff_node *const *first = a;
	const struct diff_node *const *second = b;
	return uuid_compare(&(*first)->block->id, &(*second)->block->id);
}

static void name_all(struct diff_tree *base, struct diff_tree *wanted)
{
	size_t count = base->count - 1;
	struct diff_node **nodes = calloc(count + 1, sizeof(struct diff_node *));

	if (nodes == NULL) {
		abort();
	}
	for (size_t i = 0; i < count; i++) {
		nodes[i] = &base->nodes[i + 1];
	}
	qsort(nodes, count, sizeof(struct diff_node *), compare_nodes);
	for (size_t i = 1; i < wanted->count; i++) {
		struct diff_node *node = &wanted->nodes[i];
		struct diff_node **found = NULL;
		if (node->block->has_id && count > 0) {
			found = bsearch(&node, nodes, count, sizeof(struct diff_node *),
					compare_nodes);
		}
		if (found != NULL && (*found)->identity == NULL && same_type(*found, node)) {
			node->identity = *found;
			(*found)->identity = node;
		}
	}
	free(nodes);
}

/* A stored file whose bytes lie in the mount goes with its line. */
static void release_copied(struct diff_tree *base)
{
	for (size_t i = base->count; i-- > 1;) {
		struct diff_node *node = &base->nodes[i];
		node->is_protected = node->is_protected &&
				     (node->identity != NULL || block_is_protected(node->block));
		node->holds_protected = node->is_protected;
		for (size_t k = 0; k < node->child_count; k++) {
			node->holds_protected |= node->children[k].holds_protected;
		}
	}
}

void diff_identity_resolve(struct diff_tree *base, struct diff_tree *wanted, bool keeps_ids)
{
	struct node_list base_list = {0};
	struct node_list wanted_list = {0};

	if (keeps_ids) {
		name_all(base, wanted);
	}
	list_protected(&base_list, base);
	list_protected(&wanted_list, wanted);
	if (base_list.count > 0 && wanted_list.count > 0) {
		claim_all(&base_list, &wanted_list, by_id);
		mark_repeated(&base_list, &wanted_list);
		claim_all(&base_list, &wanted_list, by_content);
		claim_all(&base_list, &wanted_list, by_address);
	}
	for (size_t i = 0; i < wanted_list.count; i++) {
		struct diff_node *node = wanted_list.nodes[i];
		if (node->identity != NULL && !node->is_repeated) {
			name_containers(node->identity, node);
		}
	}
	free(base_list.nodes);
	free(wanted_list.nodes);
	release_copied(base);
	for (size_t i = 0; i < base->count; i++) {
		struct diff_node *node = &base->nodes[i];
		node->key = key_of(node, node->identity != NULL ? node : NULL);
	}
	for (size_t i = 0; i < wanted->count; i++) {
		wanted->nodes[i].key = key_of(&wanted->nodes[i], wanted->nodes[i].identity);
	}
}
