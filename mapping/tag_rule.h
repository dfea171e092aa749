/*
 * Which block tags there are, and what may stand in them.
 *
 * What it is not: their attributes or their reading (parse_tag.h), or inline tags (inline.h).
 * Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_TAG_RULE_H
#define NOTIONFS_MAPPING_TAG_RULE_H

#include "mapping/block.h"

enum tag_shape {
	TAG_TITLED,    /* first paragraph is the block's text, children follow */
	TAG_LEAF,      /* a text and no children */
	TAG_CONTAINER, /* children only */
	TAG_WRAPPER,   /* no block of its own: <ul>, <ol> */
	TAG_RAW,       /* <table>, <code-block>: read by themselves */
	TAG_VOID,      /* never has content */
};

struct tag_rule {
	const char *name;
	enum block_type type;
	enum tag_shape shape;
	const char *parent; /* the tag it must stand in, or NULL */
};

/* May a block of this type stand directly in the tag? */
bool tag_rule_accepts(const struct tag_rule *rule, enum block_type type);

/* The rule of the tag name that `text` begins with, NULL when it names no block tag. Static. */
const struct tag_rule *tag_rule_find(const char *text, size_t len);
/* Is the line `</name>` and nothing else, for any block tag? */
const struct tag_rule *scan_close_tag(const char *text, size_t len);
bool is_close_tag_line(const char *text, size_t len, const struct tag_rule *rule);

#endif
