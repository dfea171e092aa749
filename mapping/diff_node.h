/*
 * What the diff knows of each block: hashes, likeness, what it may be matched with and what was
 * decided. A diff tree stands beside a block tree, one node a block.
 *
 * What it is not: part of the contract of diff.h; only diff*.c and plan*.c include it. Children
 * of blocks that are shown but never edited through their parent (synced copies, child pages,
 * meeting notes, …) have no nodes.
 */
#ifndef NOTIONFS_MAPPING_DIFF_NODE_H
#define NOTIONFS_MAPPING_DIFF_NODE_H

#include "mapping/block.h"

#define SIGNATURE_SLOTS 16
/* From this many equal slots on, two texts count as versions of one. */
#define SIGNATURE_SIMILAR 6

/* A sketch of a text: the smallest hash of its four-byte pieces in each sixteenth of the hash
 * space. The share of equal slots estimates the share of common pieces. */
struct signature {
	uint16_t slots[SIGNATURE_SLOTS];
};

/* The tiers of one request (notion-api.md §4.4), from 0 here. */
#define TIER_COUNT 3

/* One way to create a block at one tier. */
struct append_shape {
	unsigned calls;	       /* further appends it needs */
	unsigned inline_count; /* children sent with it, from the first */
	bool inline_bare;      /* … those in their bare shape */
	unsigned blocks;       /* block objects in the request, itself included */
	size_t bytes;
};

struct append_shapes {
	struct append_shape best[TIER_COUNT]; /* fewest calls */
	struct append_shape bare[TIER_COUNT]; /* fewest blocks in the request */
};

struct diff_node {
	struct block *block; /* of a base tree: never written */
	struct diff_node *parent;
	struct diff_node *children; /* an array in document order */
	size_t child_count;
	size_t size; /* blocks of the subtree */

	uint64_t payload; /* hash of what an update could change */
	uint64_t hash;	  /* of payload and subtree */
	uint64_t key;	  /* equal keys: one can be made the other by an update */
	bool is_protected;
	bool is_opaque;
	size_t hidden;	      /* blocks below it without nodes */
	bool holds_protected; /* itself or below */
	/* The one node of the other tree it stands for, when its text names a block or it holds
	 * one that is named; such a block is never created anew. */
	struct diff_node *identity;
	bool is_repeated; /* wanted: another line names the same block too */

	bool has_signature;
	struct signature own;	/* of the block's text */
	struct signature below; /* of its children's */

	size_t own_bytes;	      /* wanted: of its JSON, rather too large; 0 = not yet known */
	struct append_shapes *shapes; /* wanted: of those with children; NULL = not yet known */

	struct diff_node *match; /* the result */
	bool is_in_place;	 /* matched, but the order asked for can't be had */
};

struct diff_tree {
	struct diff_node *nodes; /* nodes[0] is the page */
	size_t count;
	size_t block_count; /* without the page, with those that have no node */
	struct arena arena;
};

void diff_tree_init(struct diff_tree *tree, const struct block *root);
void diff_tree_release(struct diff_tree *tree);

/* 0 … SIGNATURE_SLOTS. Computes signatures when they are first needed. */
unsigned diff_node_similarity(struct diff_node *a, struct diff_node *b);
/* Bytes of the block's own text, of any kind. */
size_t diff_node_text_bytes(const struct diff_node *node);

static inline uint64_t hash_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ (hash >> 29);
}

#endif
