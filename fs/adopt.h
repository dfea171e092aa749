/*
 * Directories that were made here and are not decided yet (design.md §6.2). Until then they are
 * local; the first page that is put into one makes it, and those it lies in, pages' directories,
 * unless something in them says that they hold other things than notes; one that stays empty for
 * the grace time is decided in the same way (empty.h):
 *
 *   - a name that begins with a dot, or is one where programs keep what they install
 *     (node_modules, __pycache__, venv, site-packages), at any height;
 *   - something in it that only the root of a source tree has (.git, package.json, Makefile, …);
 *   - a file *.md that is in it already: it has been decided.
 *
 * What it is not: a memory. What lies in the directory decides, so it is the same after a remount.
 * Any thread; waits for the local disk.
 */
#ifndef NOTIONFS_FS_ADOPT_H
#define NOTIONFS_FS_ADOPT_H

#include "fs/context.h"
#include "fs/name.h"

/* A page's name is about to be made in this directory. 0: it is decided, one way or the other. */
must_check int adopt_parent(struct fs *fs, fuse_ino_t parent);
/* X.md was made: a directory X that is not decided yet is its. */
void adopt_beside(struct fs *fs, node_id directory, const char *name);
/* Is this a local directory, empty, and not decided yet? What it lies in may have become pages'
 * directories since the path was written down. */
bool adopt_is_empty(struct fs *fs, node_id directory, const char *path);
/* It has been so for the grace time: it is a page's, and so are those it lies in. */
void adopt_empty(struct fs *fs, node_id directory, const char *path);
/* Is `place`, a name about to be made, the first in a directory that is not decided yet? */
bool adopt_is_first(struct fs *fs, const struct name_place *place);

#endif
