/*
 * Where a link or a file tag points: destinations inside parentheses, Notion's URLs of its own
 * objects, and which URLs are of files that Notion hosts.
 *
 * What it is not: inline links (inline.h). Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_LINK_DESTINATION_H
#define NOTIONFS_MAPPING_LINK_DESTINATION_H

#include "mapping/base/buf.h"
#include "mapping/block.h"

/* Appends `url` as it stands in `](…)`: as it is, or in <…> where it holds spaces or parentheses
 * without a partner. */
void render_destination(struct buf *out, const char *url);

struct image_text {
	const char *caption; /* in the text that was scanned */
	size_t caption_len;
	const char *url; /* from the arena */
};

/* Is the whole of `text` one `![caption](url)`? */
bool scan_image(struct arena *arena, const char *text, size_t len, struct image_text *ret_image);

/* "https://www.notion.so/<32 hex digits>" */
void render_notion_url(struct buf *out, const struct uuid *id);

/* What a bare URL is taken for: MEDIA_FILE for Notion's storage and for relative paths, MEDIA_NONE
 * for "", else MEDIA_EXTERNAL. */
enum media_kind media_kind_of_url(const char *url);

#endif
