/*
 * What a scan will read next: once two pages of a directory were read, the others are put into the
 * kernel's page cache before it asks (fuse.md §3: a cold grep takes a third of the time).
 *
 * What it is not: for a mount that may write. Only where a number means one version of a page for
 * good (fs->is_openless) can bytes arrive late and still be right; and with OPEN and RELEASE for
 * each file there would be nothing to gain (fuse.md §3, p2o).
 *
 * One thread of its own; it waits for the kernel, holds no lock while it does, and nobody waits
 * for it.
 */
#ifndef NOTIONFS_FS_PREFETCH_H
#define NOTIONFS_FS_PREFETCH_H

#include "fs/context.h"

struct prefetch *prefetch_new(struct fs *fs);
must_check int prefetch_start(struct prefetch *prefetch, struct fuse_session *session);
/* While requests are still answered. */
void prefetch_stop(struct prefetch *prefetch);
void prefetch_free(struct prefetch *prefetch);

/* The first bytes of a page of this size were read. Any thread; never blocks. */
void prefetch_note_read(struct prefetch *prefetch, fuse_ino_t number, size_t size);

#endif
