/*
 * The operations table, and the handlers behind it, by noun: ops_lookup, ops_directory, ops_open,
 * ops_data, ops_setattr, ops_make, ops_rename.
 *
 * What it is not: logic about pages. A handler decodes, makes one call of the workspace or of
 * cache/local, and replies once, with no lock held. Handlers run in parallel, on the loop's
 * threads, and never wait for the network: what has to wait goes to fs/wait.
 */
#ifndef NOTIONFS_FS_OPS_H
#define NOTIONFS_FS_OPS_H

#include "fs/context.h"

/* Its userdata is a struct fs. */
extern const struct fuse_lowlevel_ops ops_table;

void ops_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void ops_forget(fuse_req_t req, fuse_ino_t number, uint64_t count);
void ops_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets);
void ops_getattr(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file);
void ops_readlink(fuse_req_t req, fuse_ino_t number);
void ops_statfs(fuse_req_t req, fuse_ino_t number);

void ops_opendir(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file);
void ops_readdir(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
		 struct fuse_file_info *file);
void ops_readdirplus(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
		     struct fuse_file_info *file);
void ops_fsyncdir(fuse_req_t req, fuse_ino_t number, int datasync, struct fuse_file_info *file);

void ops_open(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file);
void ops_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
		struct fuse_file_info *file);
void ops_flush(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file);
void ops_fsync(fuse_req_t req, fuse_ino_t number, int datasync, struct fuse_file_info *file);
void ops_release(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file);

void ops_read(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
	      struct fuse_file_info *file);
void ops_write(fuse_req_t req, fuse_ino_t number, const char *bytes, size_t size, off_t offset,
	       struct fuse_file_info *file);
void ops_fallocate(fuse_req_t req, fuse_ino_t number, int mode, off_t offset, off_t length,
		   struct fuse_file_info *file);
void ops_copy_file_range(fuse_req_t req, fuse_ino_t number, off_t offset,
			 struct fuse_file_info *file, fuse_ino_t new_number, off_t new_offset,
			 struct fuse_file_info *new_file, size_t len, int flags);
void ops_lseek(fuse_req_t req, fuse_ino_t number, off_t offset, int whence,
	       struct fuse_file_info *file);

void ops_setattr(fuse_req_t req, fuse_ino_t number, struct stat *attr, int to_set,
		 struct fuse_file_info *file);

void ops_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void ops_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t device);
void ops_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name);
void ops_link(fuse_req_t req, fuse_ino_t number, fuse_ino_t new_parent, const char *new_name);
void ops_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void ops_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name);
void ops_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
		const char *new_name, unsigned flags);

#endif
