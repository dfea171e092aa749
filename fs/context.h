/*
 * What every handler needs, gathered once: the waist, the local files, and fs's own parts.
 *
 * What it is not: state, but for is_openless. Set up by fs_mount, unchanged until
 * fs_session_free.
 */
#ifndef NOTIONFS_FS_CONTEXT_H
#define NOTIONFS_FS_CONTEXT_H

#include <stdatomic.h>

#include "cache/local.h"
#include "cache/workspace.h"
#include "fs/fuse.h"

struct inode_table;
struct notifier;
struct prefetch;
struct wait_list;

struct fs {
	struct workspace *workspace;
	struct local *local;
	struct inode_table *inodes;
	struct notifier *notifier;
	struct wait_list *waits;
	uid_t uid; /* owner of .notionfs/ */
	gid_t gid;
	bool is_read_only;
	/* Read-only, and everything is here: OPEN was answered ENOSYS and comes no more. Set once,
	 * never unset. */
	atomic_bool is_openless;
	_Atomic int64_t complete_asked_ms; /* when it was looked last whether everything is here */
	struct prefetch *prefetch;
	struct empty_list *empty;
};

static inline struct fs *fs_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

#endif
