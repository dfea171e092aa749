/*
 * File name → the content type an upload says.
 *
 * What it is not: a look at the bytes, or Notion's list: what it does not take it refuses itself
 * (notion-api.md §4.11). Functions only; any thread.
 */
#ifndef NOTIONFS_CACHE_REMOTE_MEDIA_TYPE_H
#define NOTIONFS_CACHE_REMOTE_MEDIA_TYPE_H

/* By the ending, in either case; NULL for one we know no type of. */
const char *media_type_of(const char *file_name);

#endif
