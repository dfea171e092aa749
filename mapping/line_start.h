/*
 * Which lines of text a block parser would take for something else than a paragraph's text.
 *
 * What it is not: public, or a block parser; a part of inline_render.c. Any thread.
 */
#ifndef NOTIONFS_MAPPING_LINE_START_H
#define NOTIONFS_MAPPING_LINE_START_H

#include <stdbool.h>
#include <stddef.h>

#define LINE_START_SAFE ((size_t)-1)

/* Offset of the byte to escape so that `line` (without its newline) is plain text, or
 * LINE_START_SAFE. */
size_t line_start_offence(const char *line, size_t len);
/* The same for the closing `#`s of a heading's one line. */
size_t line_end_offence(const char *line, size_t len);

#endif
