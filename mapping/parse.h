/*
 * Markdown body → block tree (dialect.md §2, also what people and other tools write).
 *
 * What it is not: a validator of sizes (diff.h refuses what the API can't take), or a reader of
 * frontmatter (frontmatter.h; parse_split finds the border). Unknown tags are text; an unclosed
 * block tag is an error with line and column. Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_PARSE_H
#define NOTIONFS_MAPPING_PARSE_H

#include "mapping/block.h"
#include "mapping/diagnostic.h"
#include "mapping/names.h"

/* Where the body starts in a file. */
struct page_text {
	const char *frontmatter; /* between the `---` lines; NULL when there is none */
	size_t frontmatter_len;
	unsigned frontmatter_line; /* line number of its first line */
	const char *body;
	size_t body_len;
	unsigned body_line;
};

/* Points into `text`. A BOM is skipped. Frontmatter starts with a first line `---` and ends with
 * a line `---`; without the second line there is none. */
void parse_split(const char *text, size_t len, struct page_text *ret_page);

/*
 * Parses a body; `first_line` is its line number in the file. CRLF, BOM, tabs or spaces are
 * accepted. Blocks have `line` set and no ids, except those the text names (child pages and
 * databases, link_to_page targets, synced copies). `base` (may be NULL) supplies what text can't
 * carry: for a line that names or unmistakably shows a block of the base (unsupported, meeting
 * notes, hosted files, link previews, mentions' raw data) its `raw`, `id` and hidden fields are
 * taken over; never what the text says. Caller frees *ret_tree.
 * 0, or -EINVAL with at least one error in `diagnostics` (also for bytes that are no UTF-8), or
 * -EFBIG.
 */
must_check int parse_blocks(const char *body, size_t len, unsigned first_line,
			    const struct block_tree *base, const struct names *names,
			    struct diagnostics *diagnostics, struct block_tree **ret_tree);

#endif
