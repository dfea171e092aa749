/*
 * The target of a link: `(url)`, `(<url>)` and `<https://…>`.
 *
 * What it is not: public; a part of inline_parse.c and inline_render.c. Also used for the target
 * of an image. Any thread.
 */
#ifndef NOTIONFS_MAPPING_LINK_H
#define NOTIONFS_MAPPING_LINK_H

#include "mapping/inline.h"

/*
 * Reads `(target)` or `(target "title")` at text[0] == '('. A title has no place in Notion and is
 * dropped. Length in the text, or 0 when it is none; *ret_url is in the arena, "" when empty.
 */
size_t link_target_parse(struct arena *arena, const char *text, size_t len, const char **ret_url);
/* Appends `(url)`. */
void link_target_render(struct buf *out, const char *url);

/* Length of `<scheme:…>` at text[0] == '<', or 0. */
size_t link_auto_parse(const char *text, size_t len);
/* May this URL stand as `<url>` in this context? */
bool link_auto_is_possible(const char *url, size_t len, enum inline_context context);

#endif
