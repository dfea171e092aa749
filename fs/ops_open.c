#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fs/adopt.h"
#include "fs/attr.h"
#include "fs/control.h"
#include "fs/handle.h"
#include "fs/name.h"
#include "fs/notify.h"
#include "fs/ops.h"
#include "fs/process.h"
#include "fs/save.h"
#include "fs/special.h"
#include "fs/wait.h"
#include "mapping/base/clock.h"

#define TRIES 3
#define COMPLETE_EVERY_MS 1000

static bool is_write_open(int flags)
{
	return (flags & O_ACCMODE) != O_RDONLY;
}

static struct handle *handle_of(const struct fuse_file_info *file)
{
	return (struct handle *)(uintptr_t)file->fh;
}

/* Replies with a handle; closes it again when the kernel did not take it. */
static void reply_open(fuse_req_t req, struct handle *handle, struct fuse_file_info *file)
{
	struct fs *fs = fs_of(req);
	file->fh = (uint64_t)(uintptr_t)handle;
	if (fuse_reply_open(req, file) < 0) {
		inode_close(fs->inodes, handle);
		handle_unref(handle);
	}
}

/* ---- pages ---- */

/*
 * Ties an opened page to the kernel's object. Its earlier bytes are cut off before the version is
 * compared when the open says so: then nothing cached is left that could be another version.
 */
static int tie_page(struct fs *fs, fuse_ino_t number, struct handle *handle, int flags,
		    bool *ret_keep_cache)
{
	struct node_attr attr;
	page_file_getattr(handle->file, &attr);
	if ((flags & O_TRUNC) != 0) {
		if (attr.size > 0) {
			int r = page_file_truncate(handle->file, 0);
			if (r < 0) {
				return r;
			}
			page_file_getattr(handle->file, &attr);
		}
		inode_set_version(fs->inodes, number, attr.version);
	}
	return inode_open(fs->inodes, number, handle, attr.version, ret_keep_cache);
}

/* Replies and answers 0, or answers -EAGAIN. */
static int try_open_page(struct fs *fs, fuse_req_t req, const struct place *place,
			 const struct fuse_file_info *asked)
{
	struct fuse_file_info file = *asked;
	if (place->is_detached) {
		(void)fuse_reply_err(req, ESTALE); /* the kernel looks the name up again */
		return 0;
	}
	CLEANUP(handle)
	struct handle *handle = handle_new(HANDLE_PAGE, is_write_open(file.flags));
	bool keep_cache = false;
	int r = workspace_open_page(fs->workspace, place->node, file.flags, process_of(req),
				    &handle->file);
	if (r == -EAGAIN) {
		return r;
	}
	if (r == 0) {
		r = tie_page(fs, place->number, handle, file.flags, &keep_cache);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return 0;
	}
	file.keep_cache = keep_cache;
	file.noflush = !handle->is_writable;
	reply_open(req, steal(&handle), &file);
	return 0;
}

static void resume_open(struct fs *fs, const struct wait_call *call, int error)
{
	struct place place;
	int r = error < 0 ? error : inode_place(fs->inodes, call->number, &place);
	if (r == 0) {
		r = try_open_page(fs, call->req, &place, &call->file);
		if (r == -EAGAIN && call->tries < TRIES) {
			wait_fetch(fs, call, resume_open);
			return;
		}
	}
	if (r < 0) {
		(void)fuse_reply_err(call->req, r == -EAGAIN ? ETIMEDOUT : -r);
	}
}

/* ---- the others ---- */

/*
 * A local file's bytes change through the kernel, except when the workspace replaces one
 * (X.md.error) and the disk gives the number of the old file to the new.
 */
static uint64_t local_version(int fd)
{
	struct stat st;
	if (local_fstat(fd, &st) < 0) {
		return 0;
	}
	return ((uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec) * 31 +
	       (uint64_t)st.st_size;
}

static void open_local(struct fs *fs, fuse_req_t req, const struct place *place,
		       struct fuse_file_info *file)
{
	CLEANUP(handle)
	struct handle *handle = handle_new(HANDLE_LOCAL, is_write_open(file->flags));
	bool keep_cache = false;
	int r = place->is_detached ? -ESTALE
				   : local_open(fs->local, place->node, place->path,
						file->flags & ~(O_APPEND | O_CREAT | O_EXCL), 0);
	if (r >= 0) {
		handle->fd = r;
		handle->process = process_of(req);
		if ((file->flags & O_TRUNC) != 0) {
			inode_begin(fs->inodes, place->number, 0);
		}
		r = inode_open(fs->inodes, place->number, handle, local_version(r), &keep_cache);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return;
	}
	file->keep_cache = keep_cache;
	file->noflush = !handle->is_writable;
	reply_open(req, steal(&handle), file);
}

/* Replies and answers 0, or answers -EAGAIN. */
static int try_open_asset(struct fs *fs, fuse_req_t req, const struct place *place,
			  const struct fuse_file_info *asked)
{
	struct fuse_file_info file = *asked;
	CLEANUP(handle) struct handle *handle = handle_new(HANDLE_ASSET, false);
	bool keep_cache = false;
	handle->asset = place->node;
	int r = workspace_open_asset(fs->workspace, place->node, &handle->fd);
	if (r == -EAGAIN) {
		return r;
	}
	if (r == 0) {
		r = inode_open(fs->inodes, place->number, handle, 0, &keep_cache);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return 0;
	}
	file.keep_cache = keep_cache;
	file.noflush = 1;
	reply_open(req, steal(&handle), &file);
	return 0;
}

static void resume_open_asset(struct fs *fs, const struct wait_call *call, int error)
{
	struct place place;
	int r = error < 0 ? error : inode_place(fs->inodes, call->number, &place);
	if (r == 0) {
		r = try_open_asset(fs, call->req, &place, &call->file);
		if (r == -EAGAIN && call->tries < TRIES) {
			wait_fetch(fs, call, resume_open_asset);
			return;
		}
	}
	if (r < 0) {
		(void)fuse_reply_err(call->req, r == -EAGAIN ? ETIMEDOUT : -r);
	}
}

static void open_asset(struct fs *fs, fuse_req_t req, const struct place *place,
		       const struct fuse_file_info *file)
{
	if (is_write_open(file->flags) || (file->flags & O_TRUNC) != 0) {
		(void)fuse_reply_err(req, EPERM);
		return;
	}
	if (try_open_asset(fs, req, place, file) == -EAGAIN) {
		struct wait_call call = {.req = req,
					 .number = place->number,
					 .node = place->node,
					 .want = WANT_CONTENT,
					 .file = *file};
		wait_fetch(fs, &call, resume_open_asset);
	}
}

static void open_special(struct fs *fs, fuse_req_t req, const struct place *place,
			 struct fuse_file_info *file)
{
	enum handle_kind kind = place->node == SPECIAL_CONTROL	? HANDLE_CONTROL
				: place->node == SPECIAL_EVENTS ? HANDLE_EVENTS
								: HANDLE_TEXT;
	bool is_writable = is_write_open(file->flags);
	CLEANUP(handle) struct handle *handle = handle_new(kind, is_writable);
	bool keep_cache = false;
	int r = is_writable && kind != HANDLE_CONTROL ? -EPERM : 0;
	if (r < 0 && special_is_schema(place->node)) {
		workspace_explain(fs->workspace, special_schema_directory(place->node), SCHEMA_NAME,
				  "a schema is shown here and can't be edited yet; change it in "
				  "Notion");
	}
	if (kind == HANDLE_CONTROL) {
		handle->control = control_new(fs);
	} else if (kind == HANDLE_TEXT && r == 0) {
		r = special_text(fs, place->node, &handle->text);
	}
	if (r == 0) {
		r = inode_open(fs->inodes, place->number, handle, 0, &keep_cache);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return;
	}
	file->direct_io = 1;
	file->noflush = 1;
	reply_open(req, steal(&handle), file);
}

/* May the kernel read without opening? Looked at once a second at most, until it may. */
static bool is_openless(struct fs *fs)
{
	if (!fs->is_read_only || atomic_load(&fs->is_openless)) {
		return fs->is_read_only;
	}
	int64_t now_ms = clock_now_ms();
	int64_t asked_ms = atomic_load(&fs->complete_asked_ms);
	if (now_ms - asked_ms < COMPLETE_EVERY_MS ||
	    !atomic_compare_exchange_strong(&fs->complete_asked_ms, &asked_ms, now_ms) ||
	    !workspace_is_complete(fs->workspace)) {
		return false;
	}
	atomic_store(&fs->is_openless, true);
	return true;
}

void ops_open(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
	struct fs *fs = fs_of(req);
	struct place place;
	if (is_openless(fs)) {
		(void)fuse_reply_err(req, ENOSYS);
		return;
	}
	int r = inode_place(fs->inodes, number, &place);
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return;
	}
	switch (place.kind) {
	case PLACE_LOCAL: open_local(fs, req, &place, file); return;
	case PLACE_SPECIAL: open_special(fs, req, &place, file); return;
	case PLACE_DIRECTORY: (void)fuse_reply_err(req, EISDIR); return;
	case PLACE_ASSET: open_asset(fs, req, &place, file); return;
	case PLACE_PAGE: break;
	}
	if (try_open_page(fs, req, &place, file) == -EAGAIN) {
		struct wait_call call = {.req = req,
					 .number = number,
					 .node = place.node,
					 .want = WANT_CONTENT,
					 .file = *file};
		wait_fetch(fs, &call, resume_open);
	}
}

/* ---- new files ---- */

static int create_page(struct fs *fs, fuse_req_t req, const struct name_place *place, mode_t mode,
		       struct handle *handle, struct fuse_entry_param *ret_entry)
{
	struct node_attr attr;
	int r = workspace_create(fs->workspace, place->directory, place->name, mode,
				 process_of(req), &attr, &handle->file);
	if (r < 0) {
		return r;
	}
	page_file_getattr(handle->file, &attr);
	/* Whoever had this node before was unlinked: another file to those who have it open. */
	inode_detach(fs->inodes, attr.node);
	attr_entry_node(fs, &attr, place->directory, place->name, ret_entry);
	inode_set_version(fs->inodes, ret_entry->ino, attr.version);
	bool keep_cache;
	return inode_open(fs->inodes, ret_entry->ino, handle, attr.version, &keep_cache);
}

static int create_local(struct fs *fs, fuse_req_t req, const struct name_place *place, mode_t mode,
			int flags, struct handle *handle, struct fuse_entry_param *ret_entry)
{
	struct node_attr attr;
	if (place->target == NAME_PLAIN &&
	    workspace_lookup(fs->workspace, place->directory, place->name, &attr) == 0) {
		return -EEXIST;
	}
	int fd = local_open(fs->local, place->directory, place->path, (flags & ~O_APPEND) | O_CREAT,
			    mode);
	if (fd < 0) {
		return fd;
	}
	handle->fd = fd;
	handle->process = process_of(req);
	save_own_local(fs, fd, fuse_req_ctx(req));
	struct stat st;
	int r = local_fstat(fd, &st);
	if (r < 0) {
		return r;
	}
	attr_entry_local(fs, &st, place->directory, place->path, ret_entry);
	bool keep_cache;
	return inode_open(fs->inodes, ret_entry->ino, handle, 0, &keep_cache);
}

void ops_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
		struct fuse_file_info *file)
{
	struct fs *fs = fs_of(req);
	struct name_place place;
	struct fuse_entry_param entry = {0};
	int r = name_resolve_made(fs, parent, name, &place);
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return;
	}
	bool is_page = place.target == NAME_IN_WORKSPACE;
	/* A page that was retitled meanwhile, unlinked or renamed away by that name just now. */
	(void)name_follow(fs, req, &place);
	CLEANUP(handle)
	struct handle *handle =
		handle_new(is_page ? HANDLE_PAGE : HANDLE_LOCAL, is_write_open(file->flags));
	r = is_page ? create_page(fs, req, &place, mode, handle, &entry)
		    : create_local(fs, req, &place, mode, file->flags, handle, &entry);
	if (r < 0) {
		if (entry.ino != 0) {
			inode_forget(fs->inodes, entry.ino, 1);
		}
		if (r == -EEXIST && (file->flags & O_EXCL) == 0) {
			r = -ESTALE; /* it came meanwhile: the kernel looks again and opens it */
		}
		(void)fuse_reply_err(req, -r);
		return;
	}
	if (is_page) {
		adopt_beside(fs, place.directory, place.name);
		name_note_alias(fs, &place);
	}
	entry.entry_timeout = place.alias != NULL ? 0 : entry.entry_timeout;
	file->fh = (uint64_t)(uintptr_t)handle;
	file->keep_cache = 1;
	file->noflush = !handle->is_writable;
	struct handle *opened = steal(&handle);
	if (fuse_reply_create(req, &entry, file) < 0) {
		inode_close(fs->inodes, opened);
		handle_unref(opened);
		inode_forget(fs->inodes, entry.ino, 1);
	}
}

/* ---- closing ---- */

/* Commits a page, and notes the version that this gave it: it is what the kernel has already. */
static int commit_page(struct fs *fs, fuse_ino_t number, struct handle *handle, bool is_fsync)
{
	struct node_attr attr;
	int r = page_file_commit(handle->file, is_fsync);
	page_file_getattr(handle->file, &attr);
	inode_set_version(fs->inodes, number, attr.version);
	return r;
}

void ops_flush(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
	struct handle *handle = handle_of(file);
	int r = 0;
	if (handle == NULL) {
		/* It was never opened to us: the kernel needs not ask again. */
		(void)fuse_reply_err(req, ENOSYS);
		return;
	}
	if (handle->kind == HANDLE_PAGE && handle->is_writable) {
		r = commit_page(fs_of(req), number, handle, false);
	} else if (handle->kind == HANDLE_LOCAL) {
		r = save_renamed(fs_of(req), number, handle);
	}
	(void)fuse_reply_err(req, -r);
}

void ops_fsync(fuse_req_t req, fuse_ino_t number, int datasync, struct fuse_file_info *file)
{
	struct handle *handle = handle_of(file);
	int r = 0;
	if (handle == NULL) {
		(void)fuse_reply_err(req, 0); /* read without an open */
		return;
	}
	if (handle->kind == HANDLE_PAGE && handle->is_writable) {
		r = commit_page(fs_of(req), number, handle, true);
	} else if (handle->kind == HANDLE_LOCAL) {
		r = (datasync ? fdatasync(handle->fd) : fsync(handle->fd)) < 0 ? -errno : 0;
		if (r == 0) {
			r = save_renamed(fs_of(req), number, handle);
		}
	}
	(void)fuse_reply_err(req, -r);
}

/* What was written is what the kernel has. Not of a file that has become a page. */
static void note_local_version(struct fs *fs, fuse_ino_t number, struct handle *handle)
{
	struct place place;
	if (handle->is_writable && inode_place(fs->inodes, number, &place) == 0 &&
	    place.kind == PLACE_LOCAL) {
		inode_set_version(fs->inodes, number, local_version(handle->fd));
	}
}

void ops_release(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
	struct fs *fs = fs_of(req);
	struct handle *handle = handle_of(file);
	if (handle->kind == HANDLE_PAGE && handle->is_writable) {
		if (commit_page(fs, number, handle, false) < 0) {
			/* What the kernel has of it is in no version. */
			inode_set_version(fs->inodes, number, 0);
		}
	} else if (handle->kind == HANDLE_LOCAL) {
		(void)!save_renamed(fs, number, handle);
		note_local_version(fs, number, handle);
	}
	bool is_written = handle->kind == HANDLE_LOCAL && handle->is_writable;
	inode_close(fs->inodes, handle);
	handle_unref(handle);
	(void)fuse_reply_err(req, 0);
	struct place place;
	if (is_written && inode_place(fs->inodes, number, &place) == 0 &&
	    place.kind == PLACE_LOCAL) {
		workspace_file_came(fs->workspace, place.path);
	}
}
