/*
 * Reading block tags (`<callout icon="💡">`) and what stands in them.
 *
 * What it is not: inline tags such as <u> or <mention> (inline.h). For parse*.c only.
 */
#ifndef NOTIONFS_MAPPING_PARSE_TAG_H
#define NOTIONFS_MAPPING_PARSE_TAG_H

#include "mapping/parser.h"
#include "mapping/tag_rule.h"

struct block_tag {
	const struct tag_rule *rule;
	struct tag tag;
	const char *content; /* on the same line; NULL when the line ends behind the tag */
	size_t content_len;
	bool is_closed;	 /* on the same line */
	unsigned indent; /* columns in front of it */
};

/* Does the line (without indentation) begin with a block tag that may stand here? A known tag with
 * text behind its close tag is text. */
bool scan_block_tag(struct arena *arena, const struct line *line, struct block_tag *ret_tag);
/* Makes its block. What is left of the line becomes `line`. */
void parse_block_tag(struct parser *parser, const struct block_tag *tag, struct line *line);

/* Closes the innermost tag, which must be this one; `matched` containers took the line. */
void parse_close_tag(struct parser *parser, const struct tag_rule *rule, const struct line *line,
		     size_t matched);

/* parse_attribute.c: what the tag's attributes say about its block. */
void apply_attributes(struct parser *parser, struct block *block, const struct block_tag *tag,
		      const struct line *line);

/* parse.c: one more line, whose containers up to `matched` are known. */
void parse_content(struct parser *parser, struct line *line, size_t matched);

#endif
