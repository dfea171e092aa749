/*
 * Attributes as the kernel wants them, and for how long it may believe them.
 *
 * What it is not: a source of truth; it asks the workspace, cache/local or an open handle. Any
 * thread; waits for the local disk at most.
 */
#ifndef NOTIONFS_FS_ATTR_H
#define NOTIONFS_FS_ATTR_H

#include <sys/stat.h>

#include "fs/context.h"
#include "fs/inode.h"

/* Until we say otherwise: every change is told to the kernel (fs/notify). */
#define ATTR_FOREVER_SECS 1.0e9

/* A directory's times include those of its local files' folder. */
void attr_from_node(struct fs *fs, const struct node_attr *attr, struct stat *ret_stat);
/* 0 for a size that is only an estimate. */
double attr_timeout(const struct node_attr *attr);

/* Of any place: 0 or -errno. *ret_timeout: seconds the kernel may believe it. */
must_check int attr_of_place(struct fs *fs, const struct place *place, struct stat *ret_stat,
			     double *ret_timeout);
/* Of an open handle's own bytes. */
struct handle;
must_check int attr_of_handle(struct fs *fs, struct handle *handle, struct stat *ret_stat);

/* Entries for LOOKUP and its like; each counts one lookup. */
void attr_entry_node(struct fs *fs, const struct node_attr *attr, node_id directory,
		     const char *name, struct fuse_entry_param *ret_entry);
void attr_entry_local(struct fs *fs, const struct stat *st, node_id directory, const char *path,
		      struct fuse_entry_param *ret_entry);

/* Replies with an entry; gives the lookup back when the kernel did not take it. */
void attr_reply_entry(fuse_req_t req, const struct fuse_entry_param *entry);

#endif
