#include <errno.h>
#include <string.h>

#include "fs/attr.h"
#include "fs/handle.h"
#include "fs/name.h"
#include "fs/ops.h"
#include "fs/special.h"
#include "fs/wait.h"

#define TRIES 3

/* "There is nothing" is worth remembering too: what appears is told to the kernel. Not where a page
 * had the name: those who had it open are told otherwise. */
static void reply_absent(fuse_req_t req, bool is_for_all)
{
	struct fuse_entry_param entry = {.entry_timeout = is_for_all ? ATTR_FOREVER_SECS : 0};
	(void)fuse_reply_entry(req, &entry);
}

/* Replies and answers 0, or answers -EAGAIN. */
static int reply_special(fuse_req_t req, node_id directory, const char *name)
{
	struct fs *fs = fs_of(req);
	struct fuse_entry_param entry = {.entry_timeout = ATTR_FOREVER_SECS};
	node_id special = 0;
	int r = special_lookup(directory, name, &special);
	if (r == 0 && special_is_directory(special)) {
		struct node_attr attr;
		r = workspace_getattr(fs->workspace, special, &attr);
		if (r == 0) {
			attr_entry_node(fs, &attr, directory, name, &entry);
			attr_reply_entry(req, &entry);
			return 0;
		}
	}
	CLEANUP(buf) struct buf text;
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	bool has_text = r == 0 && special_has_text(special);
	if (has_text) {
		r = special_text(fs, special, &text);
	}
	if (r == -EAGAIN) {
		return r;
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return 0;
	}
	special_stat(fs, special, text.len, &entry.attr);
	if (fs->is_read_only && has_text) {
		/* It may be read without being opened: a number means one text. */
		entry.entry_timeout = 0;
		entry.ino = inode_remember_text(fs->inodes, special, &text);
	} else {
		entry.ino = inode_remember_special(fs->inodes, special);
	}
	attr_reply_entry(req, &entry);
	return 0;
}

static bool is_special(const struct name_place *place)
{
	return place->target == NAME_IN_RESERVED &&
	       (place->directory == SPECIAL_ROOT || strcmp(place->name, SCHEMA_NAME) == 0 ||
		(place->directory == NODE_ROOT && strcmp(place->name, SPECIAL_DIRECTORY) == 0));
}

/* Replies and answers 0, or answers -EAGAIN. */
static int try_lookup(fuse_req_t req, fuse_ino_t parent, const char *name, node_id *ret_directory)
{
	struct fs *fs = fs_of(req);
	struct name_place place;
	int r = name_resolve(fs, parent, name, &place);
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
		return 0;
	}
	if (is_special(&place)) {
		*ret_directory = place.directory;
		return reply_special(req, place.directory, name);
	}
	*ret_directory = place.directory;
	enum name_object object;
	struct node_attr attr;
	struct stat st;
	r = name_lookup(fs, &place, &object, &attr, &st);
	if ((r == -ENOENT || r == -EAGAIN) && name_follow(fs, req, &place)) {
		r = name_lookup(fs, &place, &object, &attr, &st);
	}
	if (r == -EAGAIN) {
		return r;
	}
	if (r == -ENOENT) {
		reply_absent(req, place.alias == NULL && !place.is_alias_of_others);
	} else if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		struct fuse_entry_param entry;
		if (object == OBJECT_LOCAL) {
			attr_entry_local(fs, &st, place.directory, place.path, &entry);
		} else {
			attr_entry_node(fs, &attr, place.directory, place.name, &entry);
		}
		entry.entry_timeout = place.alias != NULL ? 0 : entry.entry_timeout;
		attr_reply_entry(req, &entry);
	}
	return 0;
}

static void resume_lookup(struct fs *fs, const struct wait_call *call, int error)
{
	struct wait_call again = *call;
	if (error < 0) {
		(void)fuse_reply_err(call->req, -error);
	} else if (try_lookup(call->req, call->number, call->name, &again.node) < 0) {
		if (call->tries < TRIES) {
			wait_fetch(fs, &again, resume_lookup);
		} else {
			(void)fuse_reply_err(call->req, ETIMEDOUT);
		}
	}
}

void ops_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	node_id directory = 0;
	if (try_lookup(req, parent, name, &directory) == 0) {
		return;
	}
	struct wait_call call = {
		.req = req, .number = parent, .node = directory, .want = WANT_LISTING};
	(void)strcpy(call.name, name);
	wait_fetch(fs_of(req), &call, resume_lookup);
}

void ops_forget(fuse_req_t req, fuse_ino_t number, uint64_t count)
{
	inode_forget(fs_of(req)->inodes, number, count);
	fuse_reply_none(req);
}

void ops_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
	for (size_t i = 0; i < count; i++) {
		inode_forget(fs_of(req)->inodes, forgets[i].ino, forgets[i].nlookup);
	}
	fuse_reply_none(req);
}

/* ---- attributes ---- */

static void reply_attr(fuse_req_t req, fuse_ino_t number)
{
	struct fs *fs = fs_of(req);
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

/* Whatever came: an estimate is better than no attributes. Only a signal ends it otherwise. */
static void resume_getattr(struct fs *fs, const struct wait_call *call, int error)
{
	(void)fs;
	if (error == -EINTR || error == -ENOTCONN) {
		(void)fuse_reply_err(call->req, -error);
	} else {
		reply_attr(call->req, call->number);
	}
}

void ops_getattr(fuse_req_t req, fuse_ino_t number, struct fuse_file_info *file)
{
	struct fs *fs = fs_of(req);
	(void)file;
	struct place place;
	struct node_attr attr;
	if (inode_place(fs->inodes, number, &place) == 0 &&
	    (place.kind == PLACE_PAGE || place.kind == PLACE_ASSET) && !place.is_detached &&
	    workspace_getattr(fs->workspace, place.node, &attr) == 0 && !attr.is_size_exact) {
		struct wait_call call = {
			.req = req, .number = number, .node = place.node, .want = WANT_SIZE};
		wait_fetch(fs, &call, resume_getattr);
		return;
	}
	reply_attr(req, number);
}

void ops_readlink(fuse_req_t req, fuse_ino_t number)
{
	struct fs *fs = fs_of(req);
	struct place place;
	char target[PATH_MAX];
	int r = inode_place(fs->inodes, number, &place);
	if (r == 0) {
		r = place.kind == PLACE_LOCAL ? local_readlink(fs->local, place.node, place.path,
							       target, sizeof target)
					      : -EINVAL;
	}
	if (r < 0) {
		(void)fuse_reply_err(req, -r);
	} else {
		(void)fuse_reply_readlink(req, target);
	}
}

void ops_statfs(fuse_req_t req, fuse_ino_t number)
{
	(void)number;
	struct statvfs statfs = {0};
	workspace_statfs(fs_of(req)->workspace, &statfs);
	(void)fuse_reply_statfs(req, &statfs);
}
