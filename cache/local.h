/*
 * Local files: everything in the mount that is no page. Real files in the state folder, below
 * `local/<number of the page's directory>/`, never sent anywhere.
 *
 * What it is not: a tree of its own. A local file is found by the workspace directory it lies
 * below and its path from there; directories of pages move without their local files noticing.
 * Paths are resolved beneath that folder only (openat2, no symlinks followed).
 *
 * Any thread; waits for the local disk only. Errors are those of the system call.
 */
#ifndef NOTIONFS_CACHE_LOCAL_H
#define NOTIONFS_CACHE_LOCAL_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "cache/workspace.h"

struct local;

/* `state_path` is the workspace's state folder. Caller frees with local_free. */
must_check int local_new(const char *state_path, struct local **ret_local);
void local_free(struct local *local);

/* st_ino of a local file in the mount: its own persistent number with the top bit set. */
#define LOCAL_NODE_BIT ((node_id)1 << 63)

/* `path` is relative to `directory`'s folder, "" is the folder itself. What makes a file makes the
 * folder too; local_open of "" does, local_stat does not. All answer 0 (or a descriptor) or
 * -errno. */
must_check int local_stat(struct local *local, node_id directory, const char *path,
			  struct stat *ret_stat);
/* The same of a descriptor local_open gave. */
must_check int local_fstat(int fd, struct stat *ret_stat);
must_check int local_open(struct local *local, node_id directory, const char *path, int flags,
			  mode_t mode);
must_check int local_mkdir(struct local *local, node_id directory, const char *path, mode_t mode);
must_check int local_mknod(struct local *local, node_id directory, const char *path, mode_t mode,
			   dev_t device);
must_check int local_unlink(struct local *local, node_id directory, const char *path);
must_check int local_rmdir(struct local *local, node_id directory, const char *path);
must_check int local_rename(struct local *local, node_id directory, const char *path,
			    node_id new_directory, const char *new_path, unsigned flags);
/* The directory `name` of one folder becomes the folder of another workspace directory, which has
 * none yet. */
must_check int local_adopt(struct local *local, node_id directory, const char *name,
			   node_id new_directory);
must_check int local_symlink(struct local *local, const char *target, node_id directory,
			     const char *path);
must_check int local_link(struct local *local, node_id directory, const char *path,
			  node_id new_directory, const char *new_path);
must_check int local_readlink(struct local *local, node_id directory, const char *path,
			      char *target, size_t size);
must_check int local_chmod(struct local *local, node_id directory, const char *path, mode_t mode);
must_check int local_chown(struct local *local, node_id directory, const char *path, uid_t uid,
			   gid_t gid);
must_check int local_utimens(struct local *local, node_id directory, const char *path,
			     const struct timespec times[2]);
/* Whole file written at once by the workspace itself (X.md.error, conflict copies). */
must_check int local_write_file(struct local *local, node_id directory, const char *path,
				const void *bytes, size_t len);

/* The whole folder of one directory becomes the directory `name` in another's. An empty one is
 * removed. -ENOENT: it has none; -EEXIST. */
must_check int local_move_folder(struct local *local, node_id directory, node_id new_directory,
				 const char *name);
/* The directories that have a folder, at most `max`. Caller frees. */
must_check int local_folders(struct local *local, size_t max, node_id **ret_directories,
			     size_t *ret_count);

#endif
