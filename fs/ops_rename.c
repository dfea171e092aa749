/*
 * RENAME. Which of the two sides a name lies on decides what it means:
 *
 *   page → page name          the workspace moves or retitles it (or saves it onto the other)
 *   directory → directory     the workspace
 *   local → local name        rename(2) in the state folder
 *   local file → page name    its bytes are a save of that page; the local file is gone
 *   page → local name         its bytes are copied to the local file; the page leaves its name and
 *                             keeps its claim on it (how vim and others begin a save)
 *
 * Never EXDEV: mv would copy and unlink, and a page would lose its id.
 *
 * The kernel moves its dentry afterwards, so the number has to mean what now has the name
 * (fs/inode.c).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/adopt.h"
#include "fs/attr.h"
#include "fs/empty.h"
#include "fs/name.h"
#include "fs/notify.h"
#include "fs/ops.h"
#include "fs/process.h"
#include "fs/save.h"

struct side {
	struct name_place place;
	bool exists;
	enum name_object object;
	struct node_attr attr;
	struct stat st;
};

static int look(struct fs *fs, fuse_ino_t parent, const char *name, bool is_made, struct side *side)
{
	int r = is_made ? name_resolve_made(fs, parent, name, &side->place)
			: name_resolve_new(fs, parent, name, &side->place);
	if (r < 0) {
		return r;
	}
	r = name_lookup(fs, &side->place, &side->object, &side->attr, &side->st);
	side->exists = r == 0;
	return r == -ENOENT || r == -EAGAIN ? 0 : r;
}

/* Nothing has the name, but a page had it until it was retitled: to this process it is that page.
 */
static int follow(struct fs *fs, fuse_req_t req, struct side *side)
{
	if (side->exists || !name_follow(fs, req, &side->place)) {
		return 0;
	}
	int r = name_lookup(fs, &side->place, &side->object, &side->attr, &side->st);
	side->exists = r == 0;
	return r == -ENOENT || r == -EAGAIN ? 0 : r;
}

/* May what is moved there be a save of the page that had the name? A page with a life of its own
 * takes the name. */
static bool is_save(struct fs *fs, const struct side *from)
{
	return from->object == OBJECT_LOCAL
		       ? S_ISREG(from->st.st_mode)
		       : from->object == OBJECT_PAGE &&
				 workspace_is_only_text(fs->workspace, from->attr.node);
}

static bool is_page_name(const struct side *side)
{
	return side->place.target == NAME_IN_WORKSPACE;
}

static node_id object_number(const struct side *side)
{
	return side->object == OBJECT_LOCAL ? side->st.st_ino : side->attr.node;
}

/* The other half of a page goes with it: X/ with X.md, and X.md with X/. */
static void notify_companion(struct fs *fs, const struct side *side)
{
	char name[NAME_MAX + 1];
	if (name_companion(side->place.name, name)) {
		notify_name(fs, side->place.directory, name);
	}
}

/* ---- the five cases ---- */

static int rename_in_workspace(struct fs *fs, const struct side *from, const struct side *to,
			       unsigned flags, pid_t process)
{
	fuse_ino_t number = inode_number(fs->inodes, from->attr.node);
	int r = workspace_rename(fs->workspace, from->place.directory, from->place.name,
				 to->place.directory, to->place.name, flags, process);
	if (r < 0) {
		return r;
	}
	struct node_attr attr;
	if (from->object == OBJECT_PAGE && number != 0 &&
	    workspace_lookup(fs->workspace, to->place.directory, to->place.name, &attr) == 0 &&
	    attr.node != from->attr.node) {
		inode_become_node(fs->inodes, number, attr.node, to->place.directory,
				  to->place.name);
		notify_inode(fs, number);
	} else {
		if (to->exists) {
			inode_detach(fs->inodes, to->attr.node);
		}
		inode_rename_node(fs->inodes, from->attr.node, to->place.directory, to->place.name);
	}
	if (from->place.alias != NULL) {
		/* Renamed is renamed: a name that is left over for a day is not an error. */
		(void)!workspace_drop_alias(fs->workspace, from->place.alias_directory,
					    from->place.alias);
	}
	notify_companion(fs, from);
	notify_companion(fs, to);
	notify_directory(fs, from->place.directory);
	if (to->place.directory != from->place.directory) {
		notify_directory(fs, to->place.directory);
	}
	return 0;
}

static void forget_target(struct fs *fs, const struct side *to)
{
	if (to->exists && to->object == OBJECT_LOCAL) {
		inode_unlink_local(fs->inodes, to->st.st_ino, to->place.directory, to->place.path,
				   S_ISDIR(to->st.st_mode) || to->st.st_nlink <= 1);
	}
}

static int rename_local(struct fs *fs, const struct side *from, const struct side *to,
			unsigned flags)
{
	int r = local_rename(fs->local, from->place.directory, from->place.path,
			     to->place.directory, to->place.path, flags);
	if (r < 0) {
		return r;
	}
	if ((flags & RENAME_EXCHANGE) != 0) {
		inode_exchange_local(fs->inodes, from->place.directory, from->place.path,
				     to->place.directory, to->place.path);
		return 0;
	}
	if (to->exists && to->st.st_ino == from->st.st_ino) {
		return 0; /* two names of one file: rename(2) does nothing */
	}
	if (S_ISDIR(from->st.st_mode)) {
		empty_renamed(fs, from->place.directory, from->place.path, to->place.directory,
			      to->place.path);
	}
	forget_target(fs, to);
	inode_rename_local(fs->inodes, from->st.st_ino, S_ISDIR(from->st.st_mode),
			   from->place.directory, from->place.path, to->place.directory,
			   to->place.path);
	workspace_file_came(fs->workspace, to->place.path);
	return 0;
}

static int rename_local_to_page(struct fs *fs, const struct side *from, const struct side *to,
				pid_t process)
{
	struct node_attr attr;
	fuse_ino_t number = inode_number(fs->inodes, from->st.st_ino);
	int r = save_local_as_page(fs, &from->place, &to->place, process, &attr);
	if (r < 0) {
		return r;
	}
	/* Saved is saved: a file that can't be removed is left over, not an error. */
	(void)!local_unlink(fs->local, from->place.directory, from->place.path);
	if (number != 0) {
		inode_become_node(fs->inodes, number, attr.node, to->place.directory,
				  to->place.name);
		/* Its st_ino, and what else the page says otherwise than the file did. */
		notify_inode(fs, number);
	} else {
		inode_detach(fs->inodes, attr.node);
	}
	return 0;
}

static void want_nothing(void *context, int error)
{
	(void)context;
	(void)error;
}

static int rename_page_to_local(struct fs *fs, const struct side *from, const struct side *to,
				pid_t process)
{
	struct stat st;
	fuse_ino_t number = inode_number(fs->inodes, from->attr.node);
	/* Beside the name first: what is there now stays until everything is copied. */
	struct name_place copy = to->place;
	int len = snprintf(copy.path, sizeof copy.path, "%s.%llx", to->place.path,
			   (unsigned long long)from->attr.node);
	if (len >= (int)sizeof copy.path) {
		return -ENAMETOOLONG;
	}
	int r = save_page_as_local(fs, &from->attr, &copy, process);
	if (r == -EAGAIN) {
		/* Nobody has read it, and both directories are locked: asked for, not waited. */
		struct workspace_wait *wait;
		(void)!workspace_fetch(fs->workspace, from->attr.node, WANT_CONTENT, want_nothing,
				       NULL, &wait);
		return r;
	}
	if (r == 0) {
		r = local_stat(fs->local, copy.directory, copy.path, &st);
	}
	if (r == 0) {
		r = workspace_unlink(fs->workspace, from->place.directory, from->place.name);
	}
	if (r == 0) {
		r = local_rename(fs->local, copy.directory, copy.path, to->place.directory,
				 to->place.path, 0);
	}
	if (r < 0) {
		(void)!local_unlink(fs->local, copy.directory, copy.path);
		return r;
	}
	forget_target(fs, to);
	if (number != 0) {
		inode_become_local(fs->inodes, number, st.st_ino, to->place.directory,
				   to->place.path);
		notify_inode(fs, number);
	}
	return 0;
}

static int look_from(fuse_req_t req, fuse_ino_t parent, const char *name, struct side *from)
{
	int r = look(fs_of(req), parent, name, false, from);
	if (r == 0) {
		r = follow(fs_of(req), req, from);
	}
	return r == 0 && !from->exists ? -ENOENT : r;
}

/* What rename(2) says about kinds, before anything is changed. */
static int check_kinds(const struct side *from, const struct side *to, unsigned flags)
{
	if ((flags & RENAME_EXCHANGE) != 0) {
		return from->object == OBJECT_LOCAL && to->exists && to->object == OBJECT_LOCAL
			       ? 0
			       : -EINVAL;
	}
	if ((flags & RENAME_NOREPLACE) != 0 && to->exists) {
		return -EEXIST;
	}
	if (from->object == OBJECT_DIRECTORY) {
		bool is_local = to->place.target == NAME_IN_LOCAL ||
				(to->exists && to->object == OBJECT_LOCAL);
		return is_local || is_page_name(to) ? -EPERM : 0;
	}
	bool is_directory = from->object == OBJECT_LOCAL && S_ISDIR(from->st.st_mode);
	if (to->exists && to->object == OBJECT_DIRECTORY) {
		return is_directory ? -EEXIST : -EISDIR;
	}
	if (from->object == OBJECT_LOCAL && is_page_name(to)) {
		return S_ISREG(from->st.st_mode) ? 0 : -EPERM;
	}
	if (from->object == OBJECT_PAGE && to->exists && to->object == OBJECT_LOCAL &&
	    S_ISDIR(to->st.st_mode)) {
		return -EISDIR;
	}
	return 0;
}

void ops_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
		const char *new_name, unsigned flags)
{
	struct fs *fs = fs_of(req);
	pid_t process = process_of(req);
	struct side from;
	struct side to;
	int r = look_from(req, parent, name, &from);
	if (r == 0) {
		/* A file or page put into a directory that is not decided yet decides it. */
		bool is_file = from.object == OBJECT_PAGE ||
			       (from.object == OBJECT_LOCAL && S_ISREG(from.st.st_mode));
		r = look(fs, new_parent, new_name, is_file, &to);
		if (r == 0) {
			/* It may lie in a directory that has just become a page's. */
			r = look_from(req, parent, name, &from);
		}
	}
	if (r == 0 && is_save(fs, &from)) {
		r = follow(fs, req, &to);
	}
	if (r == 0 && (flags & ~(unsigned)(RENAME_EXCHANGE | RENAME_NOREPLACE)) != 0) {
		r = -EINVAL;
	}
	if (r == 0) {
		r = check_kinds(&from, &to, flags);
	}
	bool is_same = r == 0 && to.exists && object_number(&from) == object_number(&to) &&
		       from.object != OBJECT_LOCAL;
	if (r == 0 && !is_same) {
		if (from.object == OBJECT_DIRECTORY ||
		    (from.object == OBJECT_PAGE && is_page_name(&to))) {
			r = rename_in_workspace(fs, &from, &to, flags, process);
		} else if (from.object == OBJECT_PAGE) {
			r = rename_page_to_local(fs, &from, &to, process);
		} else if (is_page_name(&to)) {
			r = rename_local_to_page(fs, &from, &to, process);
		} else {
			r = rename_local(fs, &from, &to, flags);
		}
	}
	if (r == 0 && !is_same && is_page_name(&to)) {
		adopt_beside(fs, to.place.directory, to.place.name);
	}
	if (r == 0) {
		name_note_alias(fs, &from.place);
		name_note_alias(fs, &to.place);
	}
	(void)fuse_reply_err(req, r == -EXDEV ? EPERM : -r);
}
