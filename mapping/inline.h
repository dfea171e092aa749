/*
 * Rich text ⇄ inline marks (dialect.md §2 "Rich text").
 *
 * What it is not: a block parser. The caller hands the text of one title, cell or caption, with
 * block marks (`- `, `> `, indentation) already taken off, and says where the text will stand.
 * Law: inline_parse(inline_render(t)) == t for every rich text, in every context.
 * Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_INLINE_H
#define NOTIONFS_MAPPING_INLINE_H

#include "mapping/base/buf.h"
#include "mapping/block.h"
#include "mapping/diagnostic.h"
#include "mapping/names.h"

enum inline_context {
	INLINE_PARAGRAPH, /* several lines: a newline is `\` + line feed; each line's start is also
			     escaped where it would be read as a block */
	INLINE_LINE,	  /* one line (heading, one-line tag, title line): a newline is <br>; the
			     start of the line is block-escaped */
	INLINE_TAG,	  /* between an open and a close tag on one line: newline is <br>, no block
			     escapes */
	INLINE_CELL,	  /* cell of a pipe table: newline is <br>, `|` is `\|` */
	INLINE_VALUE,	  /* a property's value (YAML string): newlines as they are, no block
			     escapes */
	INLINE_CAPTION,	  /* inside ![…](…): newline is <br>, brackets balanced or escaped */
};

/* Appends the text's marks to `out`. `escape_all` escapes every metacharacter (the fallback when a
 * minimal rendering did not parse back). */
void inline_render(const struct rich_text *text, enum inline_context context, bool escape_all,
		   const struct names *names, struct buf *out);

/* The same without a look whether it reads back, for callers that parse what they wrote anyway, and
 * then escape all. */
void inline_render_unchecked(const struct rich_text *text, enum inline_context context,
			     bool escape_all, const struct names *names, struct buf *out);

/*
 * Parses `len` bytes. Runs and strings come from `arena`. Lines end in '\n' only; a plain newline
 * is a space in PARAGRAPH, `\`+newline, two spaces + newline and <br> are newlines. Anything that
 * is no mark is text: this never fails on text. `line` is the line number of the first byte, for
 * diagnostics (may be NULL).
 */
void inline_parse(struct arena *arena, const char *text, size_t len, enum inline_context context,
		  const struct names *names, unsigned line, struct diagnostics *diagnostics,
		  struct rich_text *ret_text);

/* Attributes of a tag: `name="value"` with &quot; &amp; &lt; &gt; &#N; decoded on reading. Used by
 * the block parser too. */
struct tag {
	char name[32]; /* lower case */
	bool is_close; /* </name> */
	bool is_self_closing;
	size_t len; /* bytes from '<' to '>' inclusive */
	struct {
		const char *name;
		const char *value; /* "" when there was none */
	} attributes[16];
	size_t attribute_count;
};

/* Reads a tag at text[0] == '<'; false when it is none. Strings come from `arena`. */
bool tag_parse(struct arena *arena, const char *text, size_t len, struct tag *ret_tag);
/* NULL when absent. */
const char *tag_attribute(const struct tag *tag, const char *name);
/* Appends ` name="value"`, escaped; nothing when value is NULL. */
void tag_render_attribute(struct buf *out, const char *name, const char *value);

#endif
