/*
 * Properties of a page between what the author saw and what Notion has now: is a value still the
 * same, and what is a property called today (design.md §5.7).
 *
 * What it is not: the text's side of it (mapping/frontmatter.h). Functions only; one push's thread.
 */
#ifndef NOTIONFS_CACHE_PUSH_PROPERTY_H
#define NOTIONFS_CACHE_PUSH_PROPERTY_H

#include <jansson.h>
#include <stdbool.h>

#include "mapping/frontmatter.h"
#include "mapping/parse.h"

/* Do two values of this type, as the API gave them, mean the same? Signed addresses, avatars,
 * colours of options and labels of mentions do not count. */
bool property_value_equal(const char *type, const json_t *a, const json_t *b);
/* The same of two icons or covers. */
bool picture_equal(const json_t *a, const json_t *b);

/* The property of `page` that the one called `name` in `base` is today, by its id; "title" is every
 * title's. NULL: there is none. `ret_name` (may be NULL): its name. */
json_t *property_today(const json_t *base, const char *name, json_t *page, const char **ret_name);
/* Has the page the properties, names and types that this schema tells? */
bool schema_tells(const json_t *schema, const json_t *page);

/*
 * frontmatter_patch, where the schema may be younger than `base`, the page as the author saw it:
 * a property that was renamed is sent under its new name, one of another type is read by that, one
 * that is gone is an error. New reference in *ret_patch. 0, -EINVAL with an error.
 */
must_check int property_patch(const struct page_text *text, const json_t *base,
			      const struct frontmatter_options *options,
			      struct diagnostics *diagnostics, json_t **ret_patch);

#endif
