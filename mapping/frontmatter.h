/*
 * Page properties, icon, cover and title ⇄ the YAML head of a file (dialect.md §2 "Frontmatter").
 *
 * What it is not: a YAML library, or the judge of what a page is. Types come from the schema
 * (a data source object), never from YAML. Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_FRONTMATTER_H
#define NOTIONFS_MAPPING_FRONTMATTER_H

#include <jansson.h>
#include <stdbool.h>

#include "mapping/base/buf.h"
#include "mapping/diagnostic.h"
#include "mapping/names.h"

struct frontmatter_options {
	const json_t *schema; /* data source object, or NULL for a page that is no row */
	const struct names *names;
	const char *file_stem; /* stem in the directory: `title:` is shown only when the stem
				  can't carry the title exactly */
	const char *time_zone; /* IANA name for instants, or NULL for UTC as the API gives it */
	bool create_options;   /* an unknown select option is created, not an error */
	bool keeps_stored;     /* a stored file the page does not have is written in read shape, to
				  be printed, and is no error */
};

/* Appends "---\n…---\n", or nothing for a page with nothing to set. `page` is a page object. */
void frontmatter_render(const json_t *page, const struct frontmatter_options *options,
			struct buf *out);

/*
 * Compares a head (the bytes between the `---` lines, or NULL for none) with the page object and
 * builds the body of PATCH /v1/pages/{id}: {} when nothing differs, else any of `properties`,
 * `icon`, `cover`. Equality is by value (an instant, a number, a set). A key that is absent is
 * left untouched; an empty one is cleared; an edited read-only value is a warning. Wrong values
 * are errors: line, column, what is allowed, nearest match. `page` may be NULL for a page that
 * does not exist yet (then everything given is set, and `file_stem`'s title is added by the
 * caller with frontmatter_title, unless `properties.title` is there from a `title:`). A list the
 * API has cut is never written from: `has_more` says so in the property, as relations have it; one
 * of 25 people is taken for cut until a `has_more` of false says that it was fetched to its end.
 * New reference in *ret_patch. 0, -EINVAL with an error.
 */
must_check int frontmatter_patch(const char *head, size_t len, unsigned first_line,
				 const json_t *page, const struct frontmatter_options *options,
				 struct diagnostics *diagnostics, json_t **ret_patch);

/* The title a file of this stem and head asks for: `title:` of the head, else the stem read back
 * through name_to_title. Caller frees. 0, -EINVAL. */
must_check int frontmatter_title(const char *head, size_t len, const char *stem, char **ret_title);

/*
 * The user's bytes of a head with the values of `page` spliced in where they differ by value:
 * comments, order and style of all other lines survive. Appends the new head's inner bytes.
 * 0, -EINVAL when the head can't be read (the caller renders afresh).
 */
must_check int frontmatter_splice(const char *head, size_t len, const json_t *page,
				  const struct frontmatter_options *options, struct buf *out);

#endif
