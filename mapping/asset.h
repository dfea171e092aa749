/*
 * Paths in a text ⇄ the files they stand for, as names.h knows them.
 *
 * What it is not: the files themselves, or their names (the workspace has them). Functions only;
 * any thread. All accept names == NULL.
 */
#ifndef NOTIONFS_MAPPING_ASSET_H
#define NOTIONFS_MAPPING_ASSET_H

#include "mapping/base/arena.h"
#include "mapping/names.h"

/* Is it a path, not a URL? A URL begins with a scheme; "" is neither. */
bool asset_is_path(const char *text);
/* A path that holds a slash or ends in an extension: not an emoji, not a word. */
bool asset_is_file_path(const char *text);
/* `url` without its query string, from `arena`. */
const char *asset_bare_url(struct arena *arena, const char *url);
/* "a b" for "a%20b", from `arena`; `text` itself where there is nothing to decode or the result
 * is no UTF-8. */
const char *asset_decode(struct arena *arena, const char *text);
/* The last part of a path or URL, decoded, from `arena`; "" when it has none. */
const char *asset_file_name(struct arena *arena, const char *text);

/* What the text shows for a stored file, as in a URL; NULL: its bare URL. */
const char *asset_shown(const struct names *names, const struct asset *asset);
/* names->stored_file and names->upload for the path as written, then decoded. Their answers, from
 * `arena`; NULL where `path` is none. */
const char *asset_stored(const struct names *names, struct arena *arena, const char *path);
const char *asset_upload(const struct names *names, struct arena *arena, const char *path);
/* names->replaced_file, the same way. */
const char *asset_replaced(const struct names *names, struct arena *arena, const char *path,
			   size_t index);

#endif
