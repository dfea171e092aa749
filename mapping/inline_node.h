/*
 * A text while its marks are being matched: a list of literal pieces, atoms and marks, in order.
 * A mark that finds no partner is its own literal bytes.
 *
 * What it is not: public; inline_parse.c builds it, delimiter.c matches emphasis in it. One thread.
 */
#ifndef NOTIONFS_MAPPING_INLINE_NODE_H
#define NOTIONFS_MAPPING_INLINE_NODE_H

#include "mapping/block.h"

enum inline_node_kind {
	NODE_TEXT,	/* literal bytes */
	NODE_PENDING,	/* a tag or bracket that is literal unless it is matched (then OPEN) */
	NODE_CODE,	/* literal bytes in code */
	NODE_AUTOLINK,	/* literal bytes that are their own link */
	NODE_RUN,	/* a mention or an equation */
	NODE_DELIMITER, /* `*`, `_` or `~~`: closes, then what is left of it, then opens */
	NODE_OPEN,	/* a matched opening tag or bracket */
	NODE_CLOSE,
};

/* Indexes of counters in inline_node.opens and closes. */
enum emphasis { EMPHASIS_BOLD, EMPHASIS_ITALIC, EMPHASIS_STRIKETHROUGH, EMPHASIS_COUNT };

struct inline_node {
	enum inline_node_kind kind;
	size_t start; /* of the literal bytes, in inline_nodes.text */
	size_t len;
	unsigned opens[EMPHASIS_COUNT]; /* DELIMITER */
	unsigned closes[EMPHASIS_COUNT];
	unsigned style;	   /* OPEN, CLOSE */
	bool has_color;	   /* OPEN */
	enum color color;  /* OPEN; once its runs are written: the colour outside of it */
	const char *extra; /* OPEN, or NULL; the same */
	size_t opener;	   /* CLOSE: index of its OPEN */
	const char *link;  /* OPEN of a link */
	struct run *run;   /* RUN */
};

struct inline_nodes {
	char *text; /* the literal bytes of all nodes; never longer than the source */
	size_t text_len;
	struct inline_node *items;
	size_t count;
	size_t allocated;
};

/* `max_text` is the length of the source. */
void inline_nodes_init(struct inline_nodes *nodes, size_t max_text);
void inline_nodes_release(struct inline_nodes *nodes);
/* A new node without bytes; its index. */
size_t inline_nodes_add(struct inline_nodes *nodes, enum inline_node_kind kind);
/* Adds bytes to the last node. */
void inline_nodes_extend(struct inline_nodes *nodes, const char *bytes, size_t len);
/* Adds literal bytes, to the last node when it is literal too. */
void inline_nodes_literal(struct inline_nodes *nodes, const char *bytes, size_t len);
/* The runs all this stands for, normalised. */
void inline_nodes_to_runs(const struct inline_nodes *nodes, struct arena *arena,
			  struct rich_text *ret_text);

static inline void cleanup_inline_nodes(struct inline_nodes *nodes)
{
	inline_nodes_release(nodes);
}

#endif
