/*
 * Code spans and equations, both ways: text that is taken as it is up to a closing mark.
 *
 * What it is not: public; a part of inline_parse.c and inline_render.c. One thread.
 */
#ifndef NOTIONFS_MAPPING_INLINE_RAW_H
#define NOTIONFS_MAPPING_INLINE_RAW_H

#include "mapping/inline_escape.h"
#include "mapping/inline_parser.h"

/* At a backtick: the span it opens, or literal backticks. */
void inline_raw_code(struct inline_parser *parser);
/* At a dollar: the equation it opens, or literal dollars. */
void inline_raw_equation(struct inline_parser *parser);

/* Appends a run of code, between backticks or in a tag. */
void inline_raw_render_code(struct inline_writer *writer, const struct run *run);
/* Appends an equation, between dollars or as a tag. */
void inline_raw_render_equation(struct inline_writer *writer, const struct run *run);

#endif
