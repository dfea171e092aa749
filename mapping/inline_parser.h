/*
 * The state of one inline_parse: where it stands, what it has found, what is open.
 *
 * What it is not: public; shared by inline_parse.c, inline_raw.c and inline_opener.c. One thread.
 */
#ifndef NOTIONFS_MAPPING_INLINE_PARSER_H
#define NOTIONFS_MAPPING_INLINE_PARSER_H

#include "mapping/delimiter.h"
#include "mapping/inline.h"
#include "mapping/inline_node.h"

/* What can be open: a bracket or a paired tag. */
enum opener_kind {
	OPENER_BRACKET,
	OPENER_BOLD,
	OPENER_ITALIC,
	OPENER_STRIKETHROUGH,
	OPENER_UNDERLINE,
	OPENER_CODE,
	OPENER_SPAN,
	OPENER_KINDS,
};

struct opener {
	enum opener_kind kind;
	size_t node;
	size_t at;	    /* in the source */
	int bottom;	    /* delimiters->last when it was opened */
	int previous_equal; /* the next lower opener of its kind, or -1 */
	bool is_dead;	    /* a bracket whose `]` made no link */
};

/* What a search found: the first hit at or after `from`, so that it need not be repeated. */
struct search {
	bool is_known;
	size_t from;
	size_t hit; /* the text's length when there is none */
};

#define MAX_BACKTICKS 64

/* <mention> and those of v1 that have a label. */
#define INLINE_MENTION_TAGS 4

struct inline_parser {
	const char *text;
	size_t len;
	size_t at;
	enum inline_context context;
	const struct names *names;
	struct arena *arena;
	unsigned specials; /* bits of special_bytes that count here */
	size_t break_end;  /* just after the last hard break in the source */

	struct inline_nodes nodes;
	struct delimiters delimiters;
	struct opener *openers;
	int opener_count;
	int opener_allocated;
	int last_opener[OPENER_KINDS]; /* topmost live opener of each kind, or -1 */
	int link_floor;		       /* brackets below can't be links: they would hold one */

	struct search dollar;				 /* a `$` that can close */
	struct search backtick_dollar;			 /* "`$" */
	struct search mention_ends[INLINE_MENTION_TAGS]; /* "</mention>", "</mention-user>" … */
	size_t last_backticks[MAX_BACKTICKS +
			      1]; /* a run of n was seen to end here at the latest */
	bool knows_backticks;
};

/* Takes `len` bytes as they are. */
void inline_parser_literal(struct inline_parser *parser, size_t len);
/* Adds a mention or equation; `parser->at` stays. */
void inline_parser_add_run(struct inline_parser *parser, const struct run *run);
/* How many bytes at `at` are equal. */
size_t inline_parser_run_length(const struct inline_parser *parser, size_t at);
/* Where `string` is found at or after `from`; the text's length when it is not. */
size_t inline_parser_find(struct inline_parser *parser, struct search *search, const char *string,
			  size_t from);

static inline bool inline_parser_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

#endif
