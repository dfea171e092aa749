/*
 * Rich texts whose marks can be written without looking back: most of what people write.
 *
 * What it is not: a second renderer. It writes the very bytes inline_render writes, for texts of
 * which it can be said beforehand that they read back (inline_safe.c says why). Any thread.
 */
#ifndef NOTIONFS_MAPPING_INLINE_SAFE_H
#define NOTIONFS_MAPPING_INLINE_SAFE_H

#include "mapping/base/buf.h"
#include "mapping/block.h"

/* True: in every context but INLINE_VALUE, what inline_safe_render writes is one line that reads
 * back as `text` and is not taken for a block's mark. Never of an empty text. */
bool inline_is_safe(const struct rich_text *text);
void inline_safe_render(const struct rich_text *text, struct buf *out);

#endif
