/*
 * Values of block tags' attributes, in both directions: colours, icons, ratios, and the braces
 * that stand behind a title or a code fence.
 *
 * What it is not: the tags themselves (parse_tag.h, render_tag.h). Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_BLOCK_ATTRIBUTE_H
#define NOTIONFS_MAPPING_BLOCK_ATTRIBUTE_H

#include "mapping/base/buf.h"
#include "mapping/block.h"
#include "mapping/names.h"

/* "red_bg" for red_background. Static. */
const char *color_attribute(enum color color);
/* Both spellings; COLOR_COUNT when unknown. */
enum color color_from_attribute(const char *value, size_t len);

/* The icon of `block`: an emoji, a URL, `:name:`, `:name:<id>` where the name alone finds no emoji,
 * `icon:pizza:blue`, a path, `file:URL`. Appends nothing for ICON_NONE. */
void icon_attribute(const struct block *block, const struct names *names, struct buf *out);
/* "" is ICON_NONE. Strings come from `arena`. */
struct icon icon_from_attribute(struct arena *arena, const char *value, const struct names *names);

/* "25" for the ratio "0.25" and back; the same digits, no arithmetic. NULL when it isn't of the
 * form 0.digits (or digits). From `arena`. */
const char *ratio_to_percent(struct arena *arena, const char *ratio);
const char *ratio_from_percent(struct arena *arena, const char *percent);

/* v1: ` {color="red" toggle="true"}` at the end of a title. Returns the length without it; only
 * when every attribute in it is known (toggle only where ret_toggle is given). */
size_t scan_v1_attributes(const char *text, size_t len, enum color *color, bool *ret_toggle);

/* `sql {caption="…"}`: the caption's inline text, from `arena`, or NULL; *ret_len is the length of
 * what stands in front. */
const char *scan_code_caption(struct arena *arena, const char *info, size_t len, size_t *ret_len);

#endif
