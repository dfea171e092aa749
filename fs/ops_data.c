#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fs/control.h"
#include "fs/handle.h"
#include "fs/inode.h"
#include "fs/notify.h"
#include "fs/ops.h"
#include "fs/prefetch.h"
#include "fs/special.h"
#include "fs/wait.h"

#define READ_MAX_BYTES ((size_t)1 << 20)

static struct handle *handle_of(const struct fuse_file_info *file)
{
	return (struct handle *)(uintptr_t)file->fh;
}

static ssize_t read_handle(struct handle *handle, char *bytes, size_t size, off_t offset)
{
	if (handle->kind == HANDLE_PAGE) {
		return page_file_read(handle->file, bytes, size, offset);
	}
	if (handle->kind == HANDLE_LOCAL || handle->kind == HANDLE_ASSET) {
		ssize_t n = pread(handle->fd, bytes, size, offset);
		return n < 0 ? -errno : n;
	}
	return (ssize_t)bytes_read(handle->text.data, handle->text.len, bytes, size, offset);
}

/*
 * A read without an open (fs->is_openless), and of what grows while it is open: the number alone
 * says which file, and of a page which version. A local file's bytes are where they are now.
 */
static ssize_t read_number(struct fs *fs, fuse_ino_t number, char *bytes, size_t size, off_t offset)
{
	struct place place;
	int r = inode_place(fs->inodes, number, &place);
	if (r < 0) {
		return r;
	}
	switch (place.kind) {
	case PLACE_PAGE: {
		ssize_t n = workspace_read_version(fs->workspace, place.node, place.version, bytes,
						   size, offset);
		if (n > 0 && offset == 0) {
			prefetch_note_read(fs->prefetch, number, (size_t)n);
		}
		return n;
	}
	case PLACE_LOCAL: {
		CLEANUP(fd)
		int fd = place.is_detached
				 ? -ESTALE
				 : local_open(fs->local, place.node, place.path, O_RDONLY, 0);
		ssize_t n = fd < 0 ? fd : pread(fd, bytes, size, offset);
		return fd >= 0 && n < 0 ? -errno : n;
	}
	case PLACE_ASSET: {
		CLEANUP(fd) int fd = -1;
		r = workspace_open_asset(fs->workspace, place.node, &fd);
		ssize_t n = r < 0 ? r : pread(fd, bytes, size, offset);
		return r == 0 && n < 0 ? -errno : n;
	}
	case PLACE_SPECIAL:
		return place.node == SPECIAL_EVENTS
			       ? (ssize_t)workspace_events_read(fs->workspace, bytes, size, offset)
			       : inode_read_text(fs->inodes, number, bytes, size, offset, NULL);
	case PLACE_DIRECTORY: break;
	}
	return -EISDIR;
}

static void reply_read(fuse_req_t req, const char *bytes, ssize_t n)
{
	if (n < 0) {
		(void)fuse_reply_err(req, n == -EAGAIN ? ETIMEDOUT : (int)-n);
	} else {
		(void)fuse_reply_buf(req, bytes, (size_t)n);
	}
}

static void resume_read(struct fs *fs, const struct wait_call *call, int error)
{
	CLEANUP(free) char *bytes = malloc(call->size + 1);
	if (bytes == NULL) {
		abort();
	}
	ssize_t n =
		error < 0 ? error : read_number(fs, call->number, bytes, call->size, call->offset);
	reply_read(call->req, bytes, n);
}

/* The one read that may wait: of a stored file that nobody could open before. */
static void wait_for_asset(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset)
{
	struct fs *fs = fs_of(req);
	struct place place;
	int r = inode_place(fs->inodes, number, &place);
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return;
	}
	struct wait_call call = {.req = req,
				 .number = number,
				 .node = place.node,
				 .want = WANT_CONTENT,
				 .size = size,
				 .offset = offset};
	wait_fetch(fs, &call, resume_read);
}

void ops_read(fuse_req_t req, fuse_ino_t number, size_t size, off_t offset,
	      struct fuse_file_info *file)
{
	struct handle *handle = handle_of(file);
	if (handle != NULL && handle->kind == HANDLE_CONTROL) {
		control_read(handle->control, req, size);
		return;
	}
	size = size < READ_MAX_BYTES ? size : READ_MAX_BYTES;
	CLEANUP(free) char *bytes = malloc(size + 1);
	if (bytes == NULL) {
		abort();
	}
	bool by_number = handle == NULL || handle->kind == HANDLE_EVENTS;
	ssize_t n = by_number ? read_number(fs_of(req), number, bytes, size, offset)
			      : read_handle(handle, bytes, size, offset);
	if (n == -EAGAIN && handle == NULL) {
		wait_for_asset(req, number, size, offset);
	} else {
		reply_read(req, bytes, n);
	}
}

/* What we wrote is what the kernel has; a number that is another version hears of it. */
static void note_write(struct fs *fs, fuse_ino_t number, const struct node_attr *attr)
{
	inode_set_version(fs->inodes, number, attr->version);
	fuse_ino_t present = inode_number(fs->inodes, attr->node);
	if (present != 0 && present != number) {
		notify_inode(fs, present);
	}
}

static void write_page(fuse_req_t req, fuse_ino_t number, struct handle *handle, const char *bytes,
		       size_t size, off_t offset, const struct fuse_file_info *file)
{
	struct fs *fs = fs_of(req);
	bool append = (file->flags & O_APPEND) != 0 && !file->writepage;
	ssize_t n = page_file_write(handle->file, bytes, size, offset, append);
	if (n < 0) {
		(void)fuse_reply_err(req, (int)-n);
		return;
	}
	struct node_attr attr;
	page_file_getattr(handle->file, &attr);
	note_write(fs, number, &attr);
	(void)fuse_reply_write(req, (size_t)n);
	/* Our end of file was not where the kernel thought it was. */
	if (append && attr.size != (uint64_t)offset + (uint64_t)n) {
		notify_inode(fs, number);
	}
}

void ops_write(fuse_req_t req, fuse_ino_t number, const char *bytes, size_t size, off_t offset,
	       struct fuse_file_info *file)
{
	struct handle *handle = handle_of(file);
	if (handle->kind == HANDLE_PAGE) {
		write_page(req, number, handle, bytes, size, offset, file);
		return;
	}
	ssize_t n = -EBADF;
	if (handle->kind == HANDLE_LOCAL) {
		n = pwrite(handle->fd, bytes, size, offset);
		n = n < 0 ? -errno : n;
		handle_note_change(fs_of(req), number, handle);
	} else if (handle->kind == HANDLE_CONTROL) {
		int r = control_write(handle->control, bytes, size);
		n = r < 0 ? r : (ssize_t)size;
	}
	if (n < 0) {
		(void)fuse_reply_err(req, (int)-n);
	} else {
		(void)fuse_reply_write(req, (size_t)n);
	}
}

void ops_fallocate(fuse_req_t req, fuse_ino_t number, int mode, off_t offset, off_t length,
		   struct fuse_file_info *file)
{
	struct handle *handle = handle_of(file);
	int r = -EOPNOTSUPP;
	if (handle->kind == HANDLE_LOCAL) {
		r = fallocate(handle->fd, mode, offset, length) < 0 ? -errno : 0;
		handle_note_change(fs_of(req), number, handle);
	}
	(void)fuse_reply_err(req, -r);
}

/* EOPNOTSUPP: the kernel copies by reading and writing instead. */
void ops_copy_file_range(fuse_req_t req, fuse_ino_t number, off_t offset,
			 struct fuse_file_info *file, fuse_ino_t new_number, off_t new_offset,
			 struct fuse_file_info *new_file, size_t len, int flags)
{
	(void)number;
	struct handle *from = handle_of(file);
	struct handle *to = handle_of(new_file);
	if (from->kind != HANDLE_LOCAL || to->kind != HANDLE_LOCAL) {
		(void)fuse_reply_err(req, EOPNOTSUPP);
		return;
	}
	ssize_t n = copy_file_range(from->fd, &offset, to->fd, &new_offset, len, (unsigned)flags);
	if (n < 0) {
		(void)fuse_reply_err(req, errno == EXDEV ? EOPNOTSUPP : errno);
		return;
	}
	handle_note_change(fs_of(req), new_number, to);
	(void)fuse_reply_write(req, (size_t)n);
}

/* Only SEEK_DATA and SEEK_HOLE come here; a page has no holes. */
static off_t seek_page(struct handle *handle, off_t offset, int whence)
{
	struct node_attr attr;
	page_file_getattr(handle->file, &attr);
	if (offset < 0 || (uint64_t)offset >= attr.size) {
		return -ENXIO;
	}
	return whence == SEEK_DATA ? offset : (off_t)attr.size;
}

void ops_lseek(fuse_req_t req, fuse_ino_t number, off_t offset, int whence,
	       struct fuse_file_info *file)
{
	(void)number;
	struct handle *handle = handle_of(file);
	if (handle == NULL) {
		/* Read without an open: the kernel seeks by itself from now on. */
		(void)fuse_reply_err(req, ENOSYS);
		return;
	}
	off_t at = -EINVAL;
	if (handle->kind == HANDLE_PAGE) {
		at = seek_page(handle, offset, whence);
	} else if (handle->kind == HANDLE_LOCAL || handle->kind == HANDLE_ASSET) {
		at = lseek(handle->fd, offset, whence);
		at = at < 0 ? -errno : at;
	}
	if (at < 0) {
		(void)fuse_reply_err(req, (int)-at);
	} else {
		(void)fuse_reply_lseek(req, at);
	}
}
