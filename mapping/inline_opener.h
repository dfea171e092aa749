/*
 * Brackets and paired tags: what opens, what it is closed by, and what stays literal.
 *
 * What it is not: public; a part of inline_parse.c. Emphasis is in delimiter.h. One thread.
 */
#ifndef NOTIONFS_MAPPING_INLINE_OPENER_H
#define NOTIONFS_MAPPING_INLINE_OPENER_H

#include "mapping/inline_parser.h"

/* At `[`. */
void inline_opener_bracket(struct inline_parser *parser);
/* At `]`: a link with its target, or literal. */
void inline_opener_close_bracket(struct inline_parser *parser);
/* Which paired tag this name is, for inline_opener_tag; -1 when it is none. */
int inline_opener_find_tag(const char *name);
/* At an opening or closing paired tag. */
void inline_opener_tag(struct inline_parser *parser, const struct tag *tag, int pair);
/* Warns of each tag that was not closed. `line` is that of the text's first byte. */
void inline_opener_report_unclosed(const struct inline_parser *parser, unsigned line,
				   struct diagnostics *diagnostics);

#endif
