/*
 * Files that a text shows by path: where in the mount such a path leads, and which bytes lie there.
 *
 * What it is not: what became of them in Notion (source.h), or the sending (push_upload.h).
 * Functions inside the caller's transaction wait for the local disk only; any thread.
 */
#ifndef NOTIONFS_CACHE_TEXT_FILE_H
#define NOTIONFS_CACHE_TEXT_FILE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/store.h"
#include "cache/workspace.h"
#include "mapping/base/digest.h"

/* In the name of PATH_MAX, and no more than a key or a line should have. */
#define TEXT_FILE_PATH_MAX_BYTES 4000

/* Where a path leads. */
struct file_place {
	node_id asset;	   /* a stored file in some `.assets`; 0: a local file */
	node_id directory; /* local: in whose folder */
	char path[TEXT_FILE_PATH_MAX_BYTES + 1]; /* local: from there */
};

/* Which bytes are there, as far as the disk tells without reading them. */
struct file_stamp {
	uint64_t inode;
	uint64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;
};

/*
 * A path as a text has it, relative to a page's directory, or from the mount's top when it begins
 * with a slash. -ENOENT: it leads out of the mount, or to no stored file; -EISDIR: to a page or
 * directory. Whether a local file is there is not looked at.
 */
must_check int text_file_find(struct store_transaction *state, node_id directory, const char *path,
			      struct file_place *ret_place);
/* For reading. -ENOENT; -ELOOP: a symlink; -EISDIR, -ENOTSUP: no regular file; -EAGAIN: the bytes
 * of a stored file are not here. */
must_check int text_file_open(struct workspace *workspace, const struct file_place *place,
			      int *ret_fd, struct file_stamp *ret_stamp);
must_check int file_stamp_of(int fd, struct file_stamp *ret_stamp);
bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);
/* Does this process hold it open for writing, as it does for a program that writes into the mount?
 * Then the bytes are not all there yet. */
bool text_file_is_written(int fd);

/* The digests of files that were read lately: a ring. */
#define DIGESTS_MAX 128

struct digests {
	pthread_mutex_t mutex;
	struct {
		struct file_stamp stamp;
		unsigned char digest[DIGEST_BYTES];
	} items[DIGESTS_MAX]; /* guarded by mutex */
	size_t next;	      /* guarded by mutex */
};

void digests_init(struct digests *digests);
void digests_release(struct digests *digests);
/* Of an open file; reads it when it was not read since it changed. */
must_check int text_file_digest(struct digests *digests, int fd, const struct file_stamp *stamp,
				unsigned char ret_digest[DIGEST_BYTES]);
/* A stamp this young does not tell what comes right after it: it is not to be relied upon. */
bool file_stamp_is_young(const struct file_stamp *stamp);

#endif
