#include "fs/attr.h"

#include <errno.h>
#include <string.h>

#include "fs/handle.h"
#include "fs/notify.h"
#include "fs/special.h"

#define BLOCK_BYTES 4096
#define NS_PER_SEC 1000000000

static struct timespec timespec_of(int64_t ns)
{
	struct timespec time = {.tv_sec = ns / NS_PER_SEC, .tv_nsec = ns % NS_PER_SEC};
	if (time.tv_nsec < 0) {
		time.tv_nsec += NS_PER_SEC;
		time.tv_sec--;
	}
	return time;
}

static void raise_time(struct timespec *time, const struct timespec *other)
{
	if (other->tv_sec > time->tv_sec ||
	    (other->tv_sec == time->tv_sec && other->tv_nsec > time->tv_nsec)) {
		*time = *other;
	}
}

void attr_from_node(struct fs *fs, const struct node_attr *attr, struct stat *ret_stat)
{
	memset(ret_stat, 0, sizeof *ret_stat);
	ret_stat->st_ino = attr->node;
	ret_stat->st_mode = attr->mode;
	ret_stat->st_nlink = 1; /* of a directory too: "don't count on it", to find(1) */
	ret_stat->st_uid = attr->uid;
	ret_stat->st_gid = attr->gid;
	ret_stat->st_size = (off_t)attr->size;
	ret_stat->st_blksize = BLOCK_BYTES;
	ret_stat->st_blocks = (blkcnt_t)((attr->size + 511) / 512);
	ret_stat->st_mtim = timespec_of(attr->mtime_ns);
	ret_stat->st_ctim = timespec_of(attr->ctime_ns);
	struct stat folder;
	if (attr->kind == NODE_DIRECTORY && local_stat(fs->local, attr->node, "", &folder) == 0) {
		raise_time(&ret_stat->st_mtim, &folder.st_mtim);
		raise_time(&ret_stat->st_ctim, &folder.st_ctim);
	}
	ret_stat->st_atim = ret_stat->st_mtim;
}

double attr_timeout(const struct node_attr *attr)
{
	return attr->kind != NODE_DIRECTORY && !attr->is_size_exact ? 0 : ATTR_FOREVER_SECS;
}

int attr_of_handle(struct fs *fs, struct handle *handle, struct stat *ret_stat)
{
	if (handle->kind == HANDLE_LOCAL) {
		return local_fstat(handle->fd, ret_stat);
	}
	if (handle->kind == HANDLE_ASSET) {
		/* No page shows it any more: what is left is the file itself. */
		if (fstat(handle->fd, ret_stat) < 0) {
			return -errno;
		}
		ret_stat->st_ino = handle->asset;
		ret_stat->st_mode = S_IFREG | 0444;
		ret_stat->st_uid = fs->uid;
		ret_stat->st_gid = fs->gid;
		return 0;
	}
	if (handle->kind != HANDLE_PAGE) {
		return -ESTALE;
	}
	struct node_attr attr;
	page_file_getattr(handle->file, &attr);
	attr_from_node(fs, &attr, ret_stat);
	return 0;
}

/* Only open handles know it, or on a read-only mount its version. */
static int attr_of_detached(struct fs *fs, const struct place *place, struct stat *ret_stat,
			    double *ret_timeout)
{
	struct node_attr attr;
	if (place->version != 0 &&
	    workspace_version_getattr(fs->workspace, place->node, place->version, &attr) == 0) {
		attr_from_node(fs, &attr, ret_stat);
		*ret_timeout = ATTR_FOREVER_SECS;
		return 0;
	}
	CLEANUP(handle) struct handle *handle = inode_any_handle(fs->inodes, place->number);
	if (handle == NULL) {
		return -ESTALE;
	}
	*ret_timeout = 0;
	return attr_of_handle(fs, handle, ret_stat);
}

static int attr_of_node(struct fs *fs, const struct place *place, struct stat *ret_stat,
			double *ret_timeout)
{
	struct node_attr attr;
	int r = workspace_getattr(fs->workspace, place->node, &attr);
	if (r < 0) {
		return attr_of_detached(fs, place, ret_stat, ret_timeout) == 0 ? 0 : r;
	}
	node_id directory;
	char name[NAME_MAX + 1];
	if (!inode_is_current(fs->inodes, place->number, attr.version, &directory, name)) {
		/* The workspace's event about it is still on its way, and will find no number. */
		if (*name != '\0') {
			notify_name(fs, directory, name);
		}
		return attr_of_detached(fs, place, ret_stat, ret_timeout);
	}
	if (attr.is_size_exact) {
		inode_pin(fs->inodes, place->number, attr.version);
	}
	attr_from_node(fs, &attr, ret_stat);
	*ret_timeout = attr_timeout(&attr);
	return 0;
}

static int attr_of_special(struct fs *fs, const struct place *place, struct stat *ret_stat,
			   double *ret_timeout)
{
	CLEANUP(buf) struct buf text;
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	size_t size = 0;
	int r = 0;
	*ret_timeout = 0;
	/* Of a number that means one text only its length is asked; others are made for it. */
	if (special_has_text(place->node) &&
	    inode_read_text(fs->inodes, place->number, NULL, 0, 0, &size) < 0) {
		r = special_text(fs, place->node, &text);
		size = text.len;
	}
	special_stat(fs, place->node, size, ret_stat);
	return r;
}

int attr_of_place(struct fs *fs, const struct place *place, struct stat *ret_stat,
		  double *ret_timeout)
{
	if (place->kind == PLACE_SPECIAL) {
		return attr_of_special(fs, place, ret_stat, ret_timeout);
	}
	if (place->is_detached) {
		return attr_of_detached(fs, place, ret_stat, ret_timeout);
	}
	*ret_timeout = ATTR_FOREVER_SECS;
	switch (place->kind) {
	case PLACE_PAGE:
	case PLACE_ASSET:
	case PLACE_DIRECTORY: return attr_of_node(fs, place, ret_stat, ret_timeout);
	case PLACE_LOCAL: return local_stat(fs->local, place->node, place->path, ret_stat);
	case PLACE_SPECIAL: break;
	}
	return -ESTALE;
}

void attr_entry_node(struct fs *fs, const struct node_attr *attr, node_id directory,
		     const char *name, struct fuse_entry_param *ret_entry)
{
	memset(ret_entry, 0, sizeof *ret_entry);
	attr_from_node(fs, attr, &ret_entry->attr);
	ret_entry->attr_timeout = attr_timeout(attr);
	ret_entry->entry_timeout = ATTR_FOREVER_SECS;
	ret_entry->ino = inode_remember_node(fs->inodes, attr, directory, name);
}

void attr_entry_local(struct fs *fs, const struct stat *st, node_id directory, const char *path,
		      struct fuse_entry_param *ret_entry)
{
	memset(ret_entry, 0, sizeof *ret_entry);
	ret_entry->attr = *st;
	ret_entry->attr_timeout = ATTR_FOREVER_SECS;
	ret_entry->entry_timeout = ATTR_FOREVER_SECS;
	ret_entry->ino = inode_remember_local(fs->inodes, st->st_ino, directory, path);
}

void attr_reply_entry(fuse_req_t req, const struct fuse_entry_param *entry)
{
	struct fs *fs = fs_of(req);
	fuse_ino_t number = entry->ino;
	if (fuse_reply_entry(req, entry) < 0 && number != 0) {
		inode_forget(fs->inodes, number, 1);
	}
}
