/*
 * One line of Markdown and what it starts: a cursor that takes off indentation column by column,
 * and scanners for the marks of CommonMark and GFM.
 *
 * What it is not: the parser (parse.h), or aware of tags and Notion. Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_LINE_H
#define NOTIONFS_MAPPING_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Four columns of indentation make code. */
#define LINE_CODE_INDENT 4

struct line {
	const char *text; /* what is left of the line, without its end */
	size_t len;
	unsigned column; /* of text[0], counted from where the innermost quote begins: tab stops */
	unsigned spaces; /* columns left of a tab that was taken in part; they stand before text */
	unsigned number; /* in the file, from 1 */
	const char *start; /* first byte of the whole line, for the columns of diagnostics */
	bool is_blank;
};

/* Columns of white space in front, counted up to LINE_INDENT_MAX. */
#define LINE_INDENT_MAX 128
unsigned line_indent(const struct line *line);
/* Takes off up to `columns` columns of white space. */
void line_skip_indent(struct line *line, unsigned columns);
/* Takes off all white space. */
void line_skip_spaces(struct line *line);
/* Takes off bytes that are no white space. */
void line_advance(struct line *line, size_t bytes);
/* Column of text[0] in characters, from 1. */
unsigned line_character(const struct line *line);

/* All scanners look at text without indentation, and accept white space at its end. */

/* `***`, `- - -`, `___` … */
bool scan_divider(const char *text, size_t len);
/* Level 1 to 6 of `## x`, and where the title lies; 0 when it is no heading. */
unsigned scan_heading(const char *text, size_t len, size_t *ret_start, size_t *ret_len);
/* 1 for `===`, 2 for `---`, 0 otherwise. */
unsigned scan_underline(const char *text, size_t len);
/* Length of a code fence (3 or more of ` or ~), 0 when it is none. */
size_t scan_fence(const char *text, size_t len);
/* Is it a fence of at least `fence_len` of `fence`, and nothing else? */
bool scan_fence_end(const char *text, size_t len, char fence, size_t fence_len);
/* Number of columns of `| --- | :-: |`, 0 when it is none. It holds at least one `|`. */
size_t scan_table_delimiter(const char *text, size_t len);

struct list_marker {
	bool is_ordered;
	unsigned number;
	size_t len;	  /* bytes of the marker */
	bool is_empty;	  /* nothing follows on the line */
	unsigned padding; /* columns between the marker and what follows, at least 1 */
};

/* `-`, `*`, `+`, `1.`, `1)` with white space or the line's end behind. */
bool scan_list_marker(const struct line *line, struct list_marker *ret_marker);

/* Cuts white space off the end. */
size_t trim_end(const char *text, size_t len);

#endif
