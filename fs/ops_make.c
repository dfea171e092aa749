#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fs/attr.h"
#include "fs/empty.h"
#include "fs/name.h"
#include "fs/notify.h"
#include "fs/ops.h"

/* The entry of a local object just made, given to its maker. */
static void reply_local(fuse_req_t req, const struct name_place *place)
{
	struct fs *fs = fs_of(req);
	const struct fuse_ctx *user = fuse_req_ctx(req);
	if (geteuid() == 0 && user->uid != 0) {
		(void)!local_chown(fs->local, place->directory, place->path, user->uid, user->gid);
	}
	struct stat st;
	int r = local_stat(fs->local, place->directory, place->path, &st);
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return;
	}
	struct fuse_entry_param entry;
	attr_entry_local(fs, &st, place->directory, place->path, &entry);
	attr_reply_entry(req, &entry);
}

/* A local name must not hide a directory of the workspace. */
static int check_free(struct fs *fs, const struct name_place *place)
{
	struct node_attr attr;
	if (place->target == NAME_PLAIN &&
	    workspace_lookup(fs->workspace, place->directory, place->name, &attr) == 0) {
		return -EEXIST;
	}
	return place->target == NAME_IN_WORKSPACE ? -EPERM : 0;
}

/* X/ of a page is the workspace's, any other directory is local: the workspace knows which. */
static int mkdir_workspace(struct fs *fs, const struct name_place *place, mode_t mode,
			   struct fuse_entry_param *ret_entry)
{
	struct stat st;
	struct node_attr attr;
	if (place->target == NAME_PLAIN &&
	    local_stat(fs->local, place->directory, place->path, &st) == 0) {
		return -EEXIST;
	}
	int r = workspace_mkdir(fs->workspace, place->directory, place->name, mode, &attr);
	if (r == 0) {
		attr_entry_node(fs, &attr, place->directory, place->name, ret_entry);
	}
	return r == -ENOTSUP && place->target == NAME_IN_WORKSPACE ? -EPERM : r;
}

void ops_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	struct fs *fs = fs_of(req);
	struct name_place place;
	struct fuse_entry_param entry;
	int r = name_resolve_new(fs, parent, name, &place);
	if (r == 0) {
		r = place.target == NAME_IN_LOCAL ? -ENOTSUP
						  : mkdir_workspace(fs, &place, mode, &entry);
		if (r == 0) {
			attr_reply_entry(req, &entry);
			return;
		}
	}
	if (r == -ENOTSUP) {
		r = local_mkdir(fs->local, place.directory, place.path, mode);
		if (r == 0) {
			empty_note(fs, place.directory, place.path);
		}
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		reply_local(req, &place);
	}
}

void ops_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t device)
{
	struct fs *fs = fs_of(req);
	struct name_place place;
	int r = name_resolve_new(fs, parent, name, &place);
	if (r == 0) {
		r = check_free(fs, &place);
	}
	if (r == 0) {
		r = local_mknod(fs->local, place.directory, place.path, mode, device);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		reply_local(req, &place);
	}
}

void ops_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fs_of(req);
	struct name_place place;
	int r = name_resolve_new(fs, parent, name, &place);
	if (r == 0) {
		r = check_free(fs, &place);
	}
	if (r == 0) {
		r = local_symlink(fs->local, target, place.directory, place.path);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		reply_local(req, &place);
	}
}

void ops_link(fuse_req_t req, fuse_ino_t number, fuse_ino_t new_parent, const char *new_name)
{
	struct fs *fs = fs_of(req);
	struct place from;
	struct name_place place;
	int r = inode_place(fs->inodes, number, &from);
	if (r == 0) {
		r = name_resolve_new(fs, new_parent, new_name, &place);
	}
	if (r == 0) {
		r = from.kind != PLACE_LOCAL ? -EPERM : check_free(fs, &place);
	}
	if (r == 0) {
		r = from.is_detached ? -ENOENT
				     : local_link(fs->local, from.node, from.path, place.directory,
						  place.path);
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		reply_local(req, &place);
		workspace_file_came(fs->workspace, place.path);
	}
}

/* ---- removing ---- */

static int unlink_local(struct fs *fs, const struct name_place *place, const struct stat *st)
{
	if (S_ISDIR(st->st_mode)) {
		return -EISDIR;
	}
	int r = local_unlink(fs->local, place->directory, place->path);
	if (r == 0) {
		inode_unlink_local(fs->inodes, st->st_ino, place->directory, place->path,
				   st->st_nlink <= 1);
	}
	return r;
}

/*
 * A file of a `.assets`, or an `.assets`: rm -r of a directory comes here when its pages have gone.
 * Nothing changes by it, so that the names are there again when the pages come back: the kernel,
 * which believes them gone, is told to look again.
 */
static void unlink_asset(fuse_req_t req, const struct name_place *place)
{
	struct fs *fs = fs_of(req);
	struct node_attr attr;
	bool is_file = node_is_assets(place->directory);
	int r = workspace_lookup(fs->workspace, place->directory, place->name, &attr);
	if (r == 0) {
		r = workspace_unlink_asset(fs->workspace, is_file ? place->directory : attr.node,
					   is_file ? place->name : NULL);
	}
	node_id directory = place->directory;
	char name[NAME_MAX + 1];
	(void)strcpy(name, place->name);
	(void)fuse_reply_err(req, -r);
	if (r == 0) {
		notify_name(fs, directory, name);
	}
}

void ops_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fs_of(req);
	struct name_place place;
	enum name_object object;
	struct node_attr attr;
	struct stat st;
	int r = name_resolve_new(fs, parent, name, &place);
	if (r == -EPERM && place.target == NAME_IN_ASSETS) {
		unlink_asset(req, &place);
		return;
	}
	if (r == 0) {
		r = name_lookup(fs, &place, &object, &attr, &st);
	}
	if (r == -ENOENT && name_follow(fs, req, &place)) {
		r = name_lookup(fs, &place, &object, &attr, &st);
	}
	if (r == 0) {
		switch (object) {
		case OBJECT_LOCAL: r = unlink_local(fs, &place, &st); break;
		case OBJECT_DIRECTORY: r = -EISDIR; break;
		case OBJECT_ASSET: r = -EPERM; break;
		case OBJECT_PAGE:
			r = workspace_unlink(fs->workspace, place.directory, place.name);
			if (r == 0) {
				inode_detach(fs->inodes, attr.node);
				name_note_alias(fs, &place);
			}
			break;
		}
	}
	(void)fuse_reply_err(req, r == -EAGAIN ? ENOENT : -r);
}

/* A directory with local files in it is not empty, whatever Notion says. */
static bool has_local_files(struct fs *fs, node_id directory)
{
	struct stat st;
	if (local_stat(fs->local, directory, "", &st) < 0) {
		return false;
	}
	int fd = local_open(fs->local, directory, "", O_RDONLY | O_DIRECTORY, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		if (fd >= 0) {
			(void)close(fd);
		}
		return fd != -ENOENT;
	}
	bool found = false;
	for (const struct dirent *entry; !found && (entry = readdir(dir)) != NULL;) {
		found = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	(void)closedir(dir);
	return found;
}

void ops_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fs *fs = fs_of(req);
	struct name_place place;
	enum name_object object;
	struct node_attr attr;
	struct stat st;
	int r = name_resolve_new(fs, parent, name, &place);
	if (r == -EPERM && place.target == NAME_IN_ASSETS) {
		unlink_asset(req, &place);
		return;
	}
	if (r == 0) {
		r = name_lookup(fs, &place, &object, &attr, &st);
	}
	if (r == 0 && object == OBJECT_LOCAL) {
		r = local_rmdir(fs->local, place.directory, place.path);
		if (r == 0) {
			inode_unlink_local(fs->inodes, st.st_ino, place.directory, place.path,
					   true);
		}
	} else if (r == 0 && object == OBJECT_DIRECTORY) {
		r = has_local_files(fs, attr.node)
			    ? -ENOTEMPTY
			    : workspace_rmdir(fs->workspace, place.directory, name);
		if (r == 0) {
			inode_detach(fs->inodes, attr.node);
		}
	} else if (r == 0) {
		r = -ENOTDIR;
	}
	(void)fuse_reply_err(req, r == -EAGAIN ? ENOENT : -r);
}
