/*
 * Title ⇄ file-name stem, through one reversible table (design.md §3).
 *
 * What it is not: a directory. Who claims which name, and since when, is the workspace's matter;
 * here is only the arithmetic. Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_NAME_H
#define NOTIONFS_MAPPING_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/uuid.h"

#define NAME_STEM_MAX_BYTES 200

/*
 * The stem of a title: NFC, separators and control characters, leading dots, trailing dots and
 * spaces, bidi marks and hostile names through the table, at most NAME_STEM_MAX_BYTES cut at a
 * grapheme; "Untitled" for an empty title. Never "", ".", "..", never ends in ".md".
 */
void name_from_title(const char *title, char ret_stem[NAME_STEM_MAX_BYTES + 1]);
/* The title a stem stands for, exact whenever name_is_exact. "Untitled" stands for "", so that word
 * itself is never exact; nor is a title that was cut or was not NFC. Caller frees. A collision
 * suffix ` ~1a2b` is taken off only when `id` says it is ours. */
char *name_to_title(const char *stem, const struct uuid *id);
/* Does this stem carry this title exactly: name_to_title(stem) == title? */
bool name_is_exact(const char *title, const char *stem, const struct uuid *id);

/* `stem` with ` ~` and the last `digits` (4, 8, … 32) hex digits of the id, still at most
 * NAME_STEM_MAX_BYTES. */
void name_with_suffix(const char *stem, const struct uuid *id, unsigned digits,
		      char ret_stem[NAME_STEM_MAX_BYTES + 1]);

/* Is this the name of a page's file: ends in ".md", has no leading dot, valid UTF-8, and matches
 * no local glob (`local_globs`: NULL-terminated fnmatch patterns, may be NULL)? */
bool name_is_page(const char *file_name, const char *const *local_globs);

#endif
