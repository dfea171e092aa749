/*
 * The state of one parse: which containers are open, and the leaf that is still growing.
 *
 * What it is not: for callers outside parse*.c; they use parse.h.
 *
 * A line is first held against the open containers, outermost first (a quote wants its `>`, a
 * list item its indentation, a tag wants nothing), then against what may start a block, and what
 * remains is text for the leaf. Every line is looked at once, so time is linear in the text and
 * the depth, which is bounded.
 */
#ifndef NOTIONFS_MAPPING_PARSER_H
#define NOTIONFS_MAPPING_PARSER_H

#include "mapping/base/buf.h"
#include "mapping/block.h"
#include "mapping/diagnostic.h"
#include "mapping/inline.h"
#include "mapping/json.h"
#include "mapping/line.h"
#include "mapping/names.h"

/* A wrapper such as <ul> is a container without a block of its own. */
#define PARSER_MAX_CONTAINERS (2 * BLOCK_TREE_MAX_DEPTH + 2)

enum container_kind { CONTAINER_ROOT, CONTAINER_ITEM, CONTAINER_QUOTE, CONTAINER_TAG };

struct container {
	enum container_kind kind;
	struct block *block;	  /* parent of the blocks in it */
	unsigned depth;		  /* of `block`; the root has 0 */
	bool wants_title;	  /* the next plain paragraph is the block's own text */
	bool is_alert_candidate;  /* QUOTE: `> [!NOTE]` may still come */
	unsigned line, character; /* where it began */

	unsigned marker_indent;	 /* ITEM: columns in front of the marker */
	unsigned content_indent; /* ITEM: columns a line of its content has in front; TAG: columns
				    taken off each line */
	bool has_content_indent; /* TAG: content_indent is known */
	const struct tag_rule *rule; /* TAG */
	const char *list_format;     /* TAG <ol> */
	unsigned list_start_index;   /* TAG <ol>: for its first <li> */
};

enum leaf_kind {
	LEAF_NONE,
	LEAF_PARAGRAPH,
	LEAF_FENCE,    /* ``` */
	LEAF_INDENTED, /* four columns in front: code as well */
	LEAF_EQUATION, /* $$ */
	LEAF_TABLE,    /* pipes */
	LEAF_RAW,      /* <table>, <code-block>: up to the close tag's line */
};

/* Lines are collected and become a block when the leaf is closed. */
struct leaf {
	enum leaf_kind kind;
	unsigned line, character;
	struct block *block; /* all but PARAGRAPH */
	size_t line_count;
	/* PARAGRAPH: the first line stays where it is until a second one comes. */
	const char *first;
	size_t first_len;
	/* PARAGRAPH: the last line, which may turn out to be a table's head. */
	const char *last;
	size_t last_len;
	size_t last_offset; /* of it in parser.text */
	char fence;
	size_t fence_len;
	unsigned indent;	     /* columns in front of the fence */
	size_t blank_count;	     /* INDENTED: blank lines at the end, so far */
	const struct tag_rule *rule; /* RAW */
};

struct parser {
	struct block_tree *tree;
	const struct names *names;
	struct diagnostics *diagnostics;
	bool failed;
	struct container containers[PARSER_MAX_CONTAINERS];
	size_t depth; /* containers in use; containers[0] is the root */
	struct leaf leaf;
	struct buf text; /* the leaf's lines */
};

static inline struct container *parser_top(struct parser *parser)
{
	return &parser->containers[parser->depth - 1];
}

/* Reports an error and stops the parse. */
void parser_fail(struct parser *parser, unsigned line, unsigned character, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* parse_container.c */

/* Appends a block to the top container; NULL (and an error) where none may stand. */
struct block *parser_add_block(struct parser *parser, enum block_type type, unsigned line,
			       unsigned character);
/* Opens a container whose blocks go into `block`, or beside it when NULL. NULL when too deep. */
struct container *parser_push(struct parser *parser, enum container_kind kind, struct block *block,
			      const struct line *line);
/* Closes the leaf, then containers until `depth` remain. A tag that is closed that way was not
 * closed by its author: an error. */
void parser_close(struct parser *parser, size_t depth);
/* Number of containers that take the line; what they take is taken off. */
size_t parser_match(struct parser *parser, struct line *line);
/* A paragraph's text: the title of the top container where it wants one, else a block. */
void parser_add_paragraph(struct parser *parser, struct rich_text *text, enum color color,
			  unsigned line, unsigned character);
/* Gives `block` the text in the place where its type has it: text, caption or name. */
void parser_set_title(struct block_tree *tree, struct block *block, const struct rich_text *text);

/* parse_leaf.c */

void leaf_close(struct parser *parser);
void leaf_begin_paragraph(struct parser *parser, const struct line *line);
void leaf_add_text(struct parser *parser, const struct line *line);
/* True when the line starts (or, for $$ x $$, is) such a leaf; containers that did not take the
 * line are then closed. */
bool leaf_begin_fence(struct parser *parser, const struct line *line, unsigned indent);
bool leaf_begin_equation(struct parser *parser, const struct line *line, unsigned indent,
			 size_t matched);
void leaf_begin_indented(struct parser *parser, struct line *line);
/* A line inside a leaf that takes lines as they are. */
void leaf_add_raw(struct parser *parser, struct line *line);
/* Does the leaf take lines as they are? */
bool leaf_is_raw(const struct leaf *leaf);
/* Appends a line's bytes, with spaces for what is left of a tab. */
void leaf_append(struct parser *parser, const struct line *line);
/* Turns an open paragraph into a heading. */
void leaf_underline(struct parser *parser, unsigned level);
void parse_heading(struct parser *parser, const struct line *line, unsigned level,
		   const char *title, size_t len);
/* ![caption](url) alone on its line. */
bool parse_image(struct parser *parser, const struct line *line, size_t matched);

/* parse_list.c */

/* Opens an item for the marker and takes it off the line. */
void parse_item(struct parser *parser, struct line *line, const struct list_marker *marker,
		unsigned indent);
/* Opens a quote and takes its `>` off the line. */
void parse_quote(struct parser *parser, struct line *line);
/* > [!NOTE]: makes the quote a callout and takes the mark off the line. */
bool parse_alert(struct parser *parser, struct line *line);

/* parse_table.c */

/* The paragraph's last line is a table's head with this many columns: begins the table. */
bool table_begin(struct parser *parser, size_t columns);
void table_add_line(struct parser *parser, const char *text, size_t len, unsigned line);
/* The lines between <table> and </table>. */
void table_parse_tags(struct parser *parser, struct block *table, const char *text, size_t len,
		      unsigned line);
/* A row without its table: what the API answers for a table's children. */
void table_parse_row(struct parser *parser, struct block *parent, const char *text, size_t len,
		     unsigned line);

#endif
