#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "fs/attr.h"
#include "fs/handle.h"
#include "fs/notify.h"
#include "fs/ops.h"
#include "fs/process.h"
#include "fs/wait.h"

#define TRIES 3
#define NS_PER_SEC 1000000000
#define SET_ATTR_MTIMES (FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW)
#define SET_ATTR_ATIMES (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_ATIME_NOW)

static void reply_place(struct fs *fs, fuse_req_t req, fuse_ino_t number)
{
	struct place place;
	struct stat st;
	double timeout = 0;
	int r = inode_place(fs->inodes, number, &place);
	if (r == 0) {
		r = attr_of_place(fs, &place, &st, &timeout);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		(void)fuse_reply_attr(req, &st, timeout);
	}
}

/* ---- pages and directories of the workspace ---- */

static int set_size(struct fs *fs, const struct place *place, struct handle *handle, off_t size,
		    pid_t process)
{
	struct node_attr attr;
	int r;
	if (handle != NULL && handle->kind == HANDLE_PAGE) {
		r = page_file_truncate(handle->file, size);
		if (r == 0) {
			page_file_getattr(handle->file, &attr);
		}
	} else {
		r = workspace_truncate(fs->workspace, place->node, size, process, &attr);
	}
	if (r < 0) {
		return r;
	}
	inode_set_version(fs->inodes, place->number, attr.version);
	fuse_ino_t present = inode_number(fs->inodes, attr.node);
	if (present != 0 && present != place->number) {
		notify_inode(fs, present);
	}
	return 0;
}

static int set_node_attr(struct fs *fs, const struct place *place, const struct stat *st,
			 int to_set)
{
	unsigned set = 0;
	struct node_attr attr = {0};
	if ((to_set & FUSE_SET_ATTR_MODE) != 0) {
		set |= SET_MODE;
		attr.mode = st->st_mode;
	}
	if ((to_set & FUSE_SET_ATTR_UID) != 0) {
		set |= SET_UID;
		attr.uid = st->st_uid;
	}
	if ((to_set & FUSE_SET_ATTR_GID) != 0) {
		set |= SET_GID;
		attr.gid = st->st_gid;
	}
	if ((to_set & SET_ATTR_MTIMES) != 0) {
		struct timespec time = st->st_mtim;
		if ((to_set & FUSE_SET_ATTR_MTIME_NOW) != 0) {
			(void)clock_gettime(CLOCK_REALTIME, &time);
		}
		set |= SET_MTIME;
		attr.mtime_ns = (int64_t)time.tv_sec * NS_PER_SEC + time.tv_nsec;
	}
	struct node_attr changed;
	return set == 0 ? 0 : workspace_setattr(fs->workspace, place->node, set, &attr, &changed);
}

/* Replies and answers 0, or answers -EAGAIN. */
static int try_set_node(struct fs *fs, fuse_req_t req, const struct place *place,
			const struct wait_call *call)
{
	struct handle *handle = call->has_file ? (struct handle *)(uintptr_t)call->file.fh : NULL;
	int r = 0;
	if ((call->to_set & FUSE_SET_ATTR_SIZE) != 0) {
		r = set_size(fs, place, handle, call->attr.st_size, process_of(req));
		if (r == -EAGAIN) {
			return r;
		}
	}
	if (r == 0) {
		r = set_node_attr(fs, place, &call->attr, call->to_set);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		reply_place(fs, req, place->number);
	}
	return 0;
}

static void resume_setattr(struct fs *fs, const struct wait_call *call, int error)
{
	struct place place;
	int r = error < 0 ? error : inode_place(fs->inodes, call->number, &place);
	if (r == 0) {
		r = try_set_node(fs, call->req, &place, call);
		if (r == -EAGAIN && call->tries < TRIES) {
			wait_fetch(fs, call, resume_setattr);
			return;
		}
	}
	if (r < 0) {
		(void)fuse_reply_err(call->req, r == -EAGAIN ? ETIMEDOUT : -r);
	}
}

/* ---- local files ---- */

static int set_local_size(struct fs *fs, const struct place *place, struct handle *handle,
			  off_t size)
{
	if (handle != NULL && handle->kind == HANDLE_LOCAL) {
		if (size == 0) {
			atomic_store(&handle->is_dirty, false);
			inode_begin(fs->inodes, place->number, 0);
		}
		handle_note_change(fs, place->number, handle);
		return ftruncate(handle->fd, size) < 0 ? -errno : 0;
	}
	CLEANUP(fd)
	int fd = local_open(fs->local, place->node, place->path, O_WRONLY | O_NONBLOCK, 0);
	if (fd < 0) {
		return fd;
	}
	return ftruncate(fd, size) < 0 ? -errno : 0;
}

static struct timespec time_to_set(const struct timespec *time, int to_set, int bit, int now_bit)
{
	struct timespec omitted = {.tv_nsec = UTIME_OMIT};
	struct timespec now = {.tv_nsec = UTIME_NOW};
	if ((to_set & now_bit) != 0) {
		return now;
	}
	return (to_set & bit) != 0 ? *time : omitted;
}

static int set_local_times(struct fs *fs, const struct place *place, int fd, const struct stat *st,
			   int to_set)
{
	const struct timespec times[2] = {
		time_to_set(&st->st_atim, to_set, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW),
		time_to_set(&st->st_mtim, to_set, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW),
	};
	if (place->is_detached) {
		return futimens(fd, times) < 0 ? -errno : 0;
	}
	return local_utimens(fs->local, place->node, place->path, times);
}

static int set_local(struct fs *fs, const struct place *place, struct handle *given,
		     const struct stat *st, int to_set)
{
	/* One without a name is reached through whatever handle is open on it. */
	CLEANUP(handle)
	struct handle *handle = given != NULL	     ? handle_ref(given)
				: place->is_detached ? inode_any_handle(fs->inodes, place->number)
						     : NULL;
	if (place->is_detached && (handle == NULL || handle->kind != HANDLE_LOCAL)) {
		return -ESTALE;
	}
	int fd = place->is_detached ? handle->fd : -1;
	int r = 0;
	if ((to_set & FUSE_SET_ATTR_SIZE) != 0) {
		r = set_local_size(fs, place, handle, st->st_size);
	}
	if (r == 0 && (to_set & FUSE_SET_ATTR_MODE) != 0) {
		r = fd < 0 ? local_chmod(fs->local, place->node, place->path, st->st_mode)
			   : (fchmod(fd, st->st_mode & 07777) < 0 ? -errno : 0);
	}
	if (r == 0 && (to_set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) != 0) {
		uid_t uid = (to_set & FUSE_SET_ATTR_UID) != 0 ? st->st_uid : (uid_t)-1;
		gid_t gid = (to_set & FUSE_SET_ATTR_GID) != 0 ? st->st_gid : (gid_t)-1;
		r = fd < 0 ? local_chown(fs->local, place->node, place->path, uid, gid)
			   : (fchown(fd, uid, gid) < 0 ? -errno : 0);
	}
	if (r == 0 && (to_set & (SET_ATTR_MTIMES | SET_ATTR_ATIMES)) != 0) {
		r = set_local_times(fs, place, fd, st, to_set);
	}
	return r;
}

/* Opening with O_TRUNC, which the kernel sends as an attribute of some special files. */
static int set_special(int to_set)
{
	return (to_set & ~FUSE_SET_ATTR_SIZE) == 0 ? 0 : -EPERM;
}

void ops_setattr(fuse_req_t req, fuse_ino_t number, struct stat *attr, int to_set,
		 struct fuse_file_info *file)
{
	struct fs *fs = fs_of(req);
	struct place place;
	int r = inode_place(fs->inodes, number, &place);
	if (r == 0 && (place.kind == PLACE_PAGE || place.kind == PLACE_DIRECTORY)) {
		struct wait_call call = {.req = req,
					 .number = number,
					 .node = place.node,
					 .want = WANT_CONTENT,
					 .attr = *attr,
					 .to_set = to_set,
					 .has_file = file != NULL};
		if (file != NULL) {
			call.file = *file;
		}
		if (try_set_node(fs, req, &place, &call) == -EAGAIN) {
			wait_fetch(fs, &call, resume_setattr);
		}
		return;
	}
	if (r == 0) {
		struct handle *handle = file == NULL ? NULL : (struct handle *)(uintptr_t)file->fh;
		r = place.kind == PLACE_LOCAL	? set_local(fs, &place, handle, attr, to_set)
		    : place.kind == PLACE_ASSET ? -EPERM
						: set_special(to_set);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		reply_place(fs, req, number);
	}
}
