/*
 * Literal text → Markdown, with a backslash only before what would be read as a mark.
 *
 * What it is not: public; a part of inline_render.c. One thread per writer.
 */
#ifndef NOTIONFS_MAPPING_INLINE_ESCAPE_H
#define NOTIONFS_MAPPING_INLINE_ESCAPE_H

#include "mapping/inline.h"

struct inline_writer {
	struct buf *out;
	size_t start; /* of this rich text in `out` */
	const struct rich_text *text;
	enum inline_context context;
	const struct names *names;
	size_t wrapped_from; /* what starts here will get a mark in front of it */
	bool escape_all;
	bool is_in_link;     /* brackets are always escaped */
	bool dollars_matter; /* two dollars of the text could make an equation */
};

/* Sets dollars_matter. */
void inline_escape_prepare(struct inline_writer *writer);
/* Appends `run`'s literal text, which is not code. */
void inline_escape_run(struct inline_writer *writer, const struct run *run);
/* Is nothing in `bytes` ever escaped, in any context? */
bool inline_escape_is_plain(const char *bytes, size_t len);
/* Is the writer at the start of a line? */
bool inline_escape_at_line_start(const struct inline_writer *writer);
/* A blank as last byte becomes a character reference, so that no editor strips it. */
void inline_escape_line_end(struct inline_writer *writer);

#endif
