/*
 * Requests that are answered later: kept here until the workspace has what they need, a signal
 * that ends the waiting process is pending, or the mount ends.
 *
 * What it is not: a place that waits. No thread stands still for a request; one thread looks
 * every 200 ms at those the kernel has interrupted. Any thread may call.
 *
 * Why looking again: the kernel says FUSE_INTERRUPT once, for the first signal of any kind, and an
 * interval timer's SIGALRM must not make open(2) fail.
 */
#ifndef NOTIONFS_FS_WAIT_H
#define NOTIONFS_FS_WAIT_H

#include <limits.h>
#include <stdbool.h>

#include "fs/context.h"

/* What a handler was asked, kept for when it can be answered. */
struct wait_call {
	fuse_req_t req;
	fuse_ino_t number; /* the object the kernel may have locked meanwhile */
	node_id node;	   /* what is fetched */
	enum want want;
	unsigned tries;
	char name[NAME_MAX + 1];
	struct fuse_file_info file;
	bool has_file;
	struct stat attr;
	int to_set;
	size_t size;
	off_t offset;
};

/* Answers the request, or waits once more. `error` is how the wait ended, 0 or -errno. */
typedef void wait_resume(struct fs *fs, const struct wait_call *call, int error);

/* Starts the thread. 0 or -errno. */
must_check int wait_list_new(struct fs *fs, struct wait_list **ret_list);
/* Answers everybody with ENOTCONN and ends the thread. NULL is accepted. */
void wait_list_stop(struct wait_list *list);
void wait_list_free(struct wait_list *list);

/* Asks the workspace for call->want of call->node; `resume` is called exactly once, from here when
 * there is nothing to wait for. The call is copied. */
void wait_fetch(struct fs *fs, const struct wait_call *call, wait_resume *resume);

/* Is a request on this kernel object waiting? Its directory is locked in the kernel then. */
bool wait_is_pending(struct wait_list *list, fuse_ino_t number);

/*
 * A wait for something else than the workspace: whoever ends it calls wait_end with the key. The
 * first of wait_end, a signal and the end of the mount resumes it.
 */
void wait_until_ended(struct fs *fs, const struct wait_call *call, const void *key,
		      wait_resume *resume);
void wait_end(struct fs *fs, const void *key);

#endif
