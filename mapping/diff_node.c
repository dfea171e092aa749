#include "mapping/diff_node.h"

#include <stdlib.h>
#include <string.h>

static bool is_opaque(const struct block *block)
{
	switch (block->type) {
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE:
	case BLOCK_LINK_PREVIEW:
	case BLOCK_MEETING_NOTES:
	case BLOCK_TRANSCRIPTION:
	case BLOCK_UNSUPPORTED:
	case BLOCK_AI_BLOCK:
	case BLOCK_OTHER: return true;
	case BLOCK_SYNCED_BLOCK: return block->is_synced_copy;
	default: return false;
	}
}

/* Hash of the block alone, without what no update can change. */
static uint64_t payload_hash(const struct block *block)
{
	struct block alone = *block;

	if (is_opaque(block) && block->type != BLOCK_SYNCED_BLOCK) {
		return hash_mix(1, block->type);
	}
	alone.list_start_index = 0;
	alone.list_format = NULL;
	return block_payload_hash(&alone);
}

static size_t count_blocks(const struct block *block)
{
	size_t count = 1;
	block_children_foreach (child, block) {
		count += count_blocks(child);
	}
	return count;
}

void diff_tree_init(struct diff_tree *tree, const struct block *root)
{
	size_t filled = 1;

	arena_init(&tree->arena);
	tree->count = count_blocks(root);
	tree->block_count = tree->count - 1;
	tree->nodes = calloc(tree->count, sizeof(*tree->nodes));
	if (tree->nodes == NULL) {
		abort();
	}
	/* Level by level, so that siblings are neighbours. */
	tree->nodes[0].block = (struct block *)root;
	for (size_t i = 0; i < filled; i++) {
		struct diff_node *node = &tree->nodes[i];
		node->size = 1;
		node->children = &tree->nodes[filled];
		if (i > 0) {
			node->is_opaque = is_opaque(node->block);
			node->is_protected =
				block_is_protected(node->block) || node->block->media == MEDIA_FILE;
			node->holds_protected = node->is_protected;
			node->payload = payload_hash(node->block);
		}
		if (node->is_opaque) {
			node->hidden = count_blocks(node->block) - 1;
			continue;
		}
		block_children_foreach (child, node->block) {
			tree->nodes[filled].block = child;
			tree->nodes[filled].parent = node;
			filled++;
			node->child_count++;
		}
	}
	tree->count = filled;
	for (size_t i = filled; i-- > 0;) {
		struct diff_node *node = &tree->nodes[i];
		node->hash = hash_mix(node->payload, node->child_count);
		for (size_t k = 0; k < node->child_count; k++) {
			node->hash = hash_mix(node->hash, node->children[k].hash);
			node->size += node->children[k].size;
			node->holds_protected |= node->children[k].holds_protected;
		}
	}
}

void diff_tree_release(struct diff_tree *tree)
{
	arena_release(&tree->arena);
	free(tree->nodes);
	tree->nodes = NULL;
	tree->count = 0;
}

static void sketch_piece(struct signature *signature, uint32_t piece)
{
	uint64_t hash = (piece + 1) * 0x9e3779b97f4a7c15ULL;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93ULL;
	unsigned slot = (unsigned)(hash >> 60);
	uint16_t value = (uint16_t)(hash >> 40);
	if (value < signature->slots[slot]) {
		signature->slots[slot] = value;
	}
}

static void sketch(struct signature *signature, const char *text, size_t len)
{
	uint32_t piece = 0;

	for (size_t i = 0; i < len; i++) {
		piece = piece << 8 | (unsigned char)text[i];
		if (i >= 3 || i + 1 == len) {
			sketch_piece(signature, piece);
		}
	}
}

static void sketch_string(struct signature *signature, const char *text)
{
	if (text != NULL) {
		sketch(signature, text, strlen(text));
	}
}

static void sketch_rich_text(struct signature *signature, const struct rich_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		sketch(signature, text->runs[i].text, text->runs[i].text_len);
	}
}

static void sketch_block(struct signature *signature, const struct block *block)
{
	sketch_rich_text(signature, &block->text);
	sketch_rich_text(signature, &block->caption);
	for (size_t i = 0; i < block->cell_count; i++) {
		sketch_rich_text(signature, &block->cells[i]);
	}
	sketch_string(signature, block->expression);
	sketch_string(signature, block->url);
}

static void sketch_children(struct signature *signature, const struct diff_node *node)
{
	for (size_t i = 0; i < node->child_count; i++) {
		sketch_block(signature, node->children[i].block);
		sketch_children(signature, &node->children[i]);
	}
}

static void make_signature(struct diff_node *node)
{
	memset(&node->own, 0xff, sizeof(node->own));
	memset(&node->below, 0xff, sizeof(node->below));
	sketch_block(&node->own, node->block);
	sketch_children(&node->below, node);
	node->has_signature = true;
}

static unsigned compare(const struct signature *a, const struct signature *b)
{
	unsigned equal = 0;
	unsigned used = 0;

	for (unsigned i = 0; i < SIGNATURE_SLOTS; i++) {
		equal += a->slots[i] == b->slots[i];
		used += (a->slots[i] & b->slots[i]) != 0xffff;
	}
	/* Slots nothing fell into are equal and say nothing. */
	equal -= SIGNATURE_SLOTS - used;
	return used == SIGNATURE_SLOTS ? equal : used == 0 ? 0 : equal * SIGNATURE_SLOTS / used;
}

unsigned diff_node_similarity(struct diff_node *a, struct diff_node *b)
{
	if (a->payload == b->payload) {
		return SIGNATURE_SLOTS;
	}
	if (!a->has_signature) {
		make_signature(a);
	}
	if (!b->has_signature) {
		make_signature(b);
	}
	unsigned similarity = compare(&a->own, &b->own);
	if (a->child_count > 0 && b->child_count > 0) {
		unsigned below = compare(&a->below, &b->below);
		similarity = below > similarity ? below : similarity;
	}
	return similarity;
}

static size_t rich_text_bytes(const struct rich_text *text)
{
	size_t bytes = 0;
	for (size_t i = 0; i < text->count; i++) {
		bytes += text->runs[i].text_len;
	}
	return bytes;
}

size_t diff_node_text_bytes(const struct diff_node *node)
{
	const struct block *block = node->block;
	size_t bytes = rich_text_bytes(&block->text) + rich_text_bytes(&block->caption);
	for (size_t i = 0; i < block->cell_count; i++) {
		bytes += rich_text_bytes(&block->cells[i]);
	}
	return bytes;
}
