/*
 * Bytes that change sides: a local file that becomes a page, a page that becomes a local file.
 *
 * What it is not: the way a page is usually written (page_file_write). Any thread; waits for the
 * local disk.
 */
#ifndef NOTIONFS_FS_SAVE_H
#define NOTIONFS_FS_SAVE_H

#include "fs/context.h"
#include "fs/handle.h"
#include "fs/name.h"

#define SAVE_MAX_BYTES BUF_PAGE_MAX_BYTES

/* A local regular file's bytes saved as the page `to`. 0, -EFBIG, -EPERM for what is no regular
 * file, or what workspace_save says. */
must_check int save_local_as_page(struct fs *fs, const struct name_place *from,
				  const struct name_place *to, pid_t process,
				  struct node_attr *ret_attr);
/* A page's bytes, mode and mtime as the local file `to`. -EAGAIN: not fetched. */
must_check int save_page_as_local(struct fs *fs, const struct node_attr *page,
				  const struct name_place *to, pid_t process);
/*
 * A local file that was renamed onto a page while `handle` had it open, and was written since:
 * those bytes are saved as that page too. 0 when there is nothing to do.
 */
must_check int save_renamed(struct fs *fs, fuse_ino_t number, struct handle *handle);
/* Gives a new local file to the user who made it, where we may. */
void save_own_local(struct fs *fs, int fd, const struct fuse_ctx *user);

#endif
