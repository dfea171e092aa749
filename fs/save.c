#include "fs/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "fs/inode.h"

#define NS_PER_SEC 1000000000
#define CHUNK_BYTES 65536

static int read_file(int fd, struct buf *out)
{
	char chunk[CHUNK_BYTES];
	ssize_t n;
	while ((n = pread(fd, chunk, sizeof chunk, (off_t)out->len)) != 0) {
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		buf_append(out, chunk, n < 0 ? 0 : (size_t)n);
		if (buf_check(out) < 0) {
			return -EFBIG;
		}
	}
	return 0;
}

/* When the file was made, as its file system knows; 0 where it does not. For a file that was not
 * written through this mount's present session. */
static int64_t made_ns(int fd)
{
	struct statx stx;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &stx) < 0 ||
	    (stx.stx_mask & STATX_BTIME) == 0) {
		return 0;
	}
	return stx.stx_btime.tv_sec * NS_PER_SEC + stx.stx_btime.tv_nsec;
}

static int save_file(struct fs *fs, int fd, int64_t begun_ns, node_id directory, const char *name,
		     pid_t process, struct node_attr *ret_attr)
{
	struct stat st;
	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	if (!S_ISREG(st.st_mode)) {
		return -EPERM;
	}
	CLEANUP(buf) struct buf bytes;
	buf_init(&bytes, SAVE_MAX_BYTES);
	int r = read_file(fd, &bytes);
	if (r < 0) {
		return r;
	}
	int64_t mtime_ns = (int64_t)st.st_mtim.tv_sec * NS_PER_SEC + st.st_mtim.tv_nsec;
	return workspace_save(fs->workspace, directory, name, bytes.data, bytes.len,
			      st.st_mode & 07777, mtime_ns, begun_ns != 0 ? begun_ns : made_ns(fd),
			      process, ret_attr);
}

int save_local_as_page(struct fs *fs, const struct name_place *from, const struct name_place *to,
		       pid_t process, struct node_attr *ret_attr)
{
	struct stat st;
	int r = local_stat(fs->local, from->directory, from->path, &st);
	if (r < 0 || !S_ISREG(st.st_mode)) {
		return r < 0 ? r : -EPERM; /* not opened: a FIFO would wait for its other end */
	}
	CLEANUP(fd) int fd = local_open(fs->local, from->directory, from->path, O_RDONLY, 0);
	return fd < 0 ? fd
		      : save_file(fs, fd,
				  inode_begun(fs->inodes, inode_number(fs->inodes, st.st_ino)),
				  to->directory, to->name, process, ret_attr);
}

static int copy_page(struct page_file *file, int fd)
{
	char chunk[CHUNK_BYTES];
	off_t offset = 0;
	ssize_t n;
	while ((n = page_file_read(file, chunk, sizeof chunk, offset)) > 0) {
		for (ssize_t done = 0; done < n;) {
			ssize_t written =
				pwrite(fd, chunk + done, (size_t)(n - done), offset + done);
			if (written < 0 && errno != EINTR) {
				return -errno;
			}
			done += written < 0 ? 0 : written;
		}
		offset += n;
	}
	return (int)n;
}

int save_page_as_local(struct fs *fs, const struct node_attr *page, const struct name_place *to,
		       pid_t process)
{
	struct page_file *file = NULL;
	int r = workspace_open_page(fs->workspace, page->node, O_RDONLY, process, &file);
	if (r < 0) {
		return r;
	}
	CLEANUP(fd)
	int fd = local_open(fs->local, to->directory, to->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	r = fd < 0 ? fd : copy_page(file, fd);
	struct timespec time = {.tv_sec = page->mtime_ns / NS_PER_SEC,
				.tv_nsec = page->mtime_ns % NS_PER_SEC};
	const struct timespec times[2] = {time, time};
	if (r == 0 &&
	    (fdatasync(fd) < 0 || fchmod(fd, page->mode & 07777) < 0 || futimens(fd, times) < 0)) {
		r = -errno;
	}
	if (r == 0 && geteuid() == 0) {
		(void)!fchown(fd, page->uid, page->gid);
	}
	(void)page_file_close(file);
	return r;
}

int save_renamed(struct fs *fs, fuse_ino_t number, struct handle *handle)
{
	struct place place;
	if (!handle->is_writable || inode_place(fs->inodes, number, &place) < 0 ||
	    place.kind != PLACE_PAGE || place.is_detached ||
	    !atomic_exchange(&handle->is_dirty, false)) {
		return 0;
	}
	node_id directory;
	char name[NAME_MAX + 1];
	int r = inode_node_name(fs->inodes, place.node, &directory, name);
	if (r < 0) {
		return r;
	}
	/* The file has no name any more, and the handle may be for writing only. */
	char link[32];
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", handle->fd);
	CLEANUP(fd) int fd = open(link, O_RDONLY | O_CLOEXEC);
	struct node_attr attr;
	r = fd < 0 ? -errno
		   : save_file(fs, fd, inode_begun(fs->inodes, number), directory, name,
			       handle->process, &attr);
	if (r < 0) {
		atomic_store(&handle->is_dirty, true);
	} else {
		inode_set_version(fs->inodes, number, attr.version);
	}
	return r;
}

void save_own_local(struct fs *fs, int fd, const struct fuse_ctx *user)
{
	(void)fs;
	if (geteuid() == 0 && user->uid != 0) {
		(void)!fchown(fd, user->uid, user->gid);
	}
}
