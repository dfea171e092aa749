/*
 * Where a name in a directory leads: to the workspace, to cache/local, to .assets/ or to
 * .notionfs/.
 *
 * What it is not: a lookup; the name need not exist. Any thread; nothing blocks.
 */
#ifndef NOTIONFS_FS_NAME_H
#define NOTIONFS_FS_NAME_H

#include "fs/context.h"
#include "fs/inode.h"

enum name_target {
	NAME_IN_WORKSPACE, /* X.md */
	/* Local, unless the workspace has a directory of this name: no dot in front, no .md. */
	NAME_PLAIN,
	NAME_IN_LOCAL,
	NAME_IN_ASSETS, /* `.assets`, and what is in one: the workspace's, and nobody makes any */
	NAME_IN_RESERVED,
};

struct name_place {
	enum name_target target;
	node_id directory;
	const char *name;    /* the caller's */
	char path[PATH_MAX]; /* below the directory's folder, for local ones */
	/* The page lies elsewhere, and was found by a name that it had (name_follow): that name. */
	const char *alias; /* NULL: this is its own name */
	node_id alias_directory;
	bool is_alias_of_others; /* nothing is there, to this process */
};

/* 0, -ENAMETOOLONG, -ENOTDIR, -ESTALE. */
must_check int name_resolve(struct fs *fs, fuse_ino_t parent, const char *name,
			    struct name_place *ret_place);
/* The same for a name about to be made, removed or changed: -EPERM when reserved, -EILSEQ when it
 * would be a page's but is not UTF-8. */
must_check int name_resolve_new(struct fs *fs, fuse_ino_t parent, const char *name,
				struct name_place *ret_place);

/* The same for a file about to be made: the first page in a directory makes that a page's. */
must_check int name_resolve_made(struct fs *fs, fuse_ino_t parent, const char *name,
				 struct name_place *ret_place);

enum name_object {
	OBJECT_PAGE,
	OBJECT_DIRECTORY, /* of the workspace */
	OBJECT_ASSET,
	OBJECT_LOCAL,
};

/* False of a page that is not here yet, on a mount that reads without opening (-o ro). */
bool name_is_shown(struct fs *fs, const struct node_attr *attr);
/* What is there. 0, -ENOENT, or -EAGAIN: the directory is not listed yet. `ret_attr` is filled for
 * the workspace's objects, `ret_stat` for local ones. */
must_check int name_lookup(struct fs *fs, const struct name_place *place,
			   enum name_object *ret_object, struct node_attr *ret_attr,
			   struct stat *ret_stat);

/*
 * Nothing has this name, but a page had it: the place becomes the page's own, for a process that
 * had opened it by then (workspace_alias). False: it is what it was. The kernel must not remember
 * either answer, and names that changed by the way of an alias are told to it with name_note_alias.
 */
bool name_follow(struct fs *fs, fuse_req_t req, struct name_place *place);
/* Something was changed through this place: the names it has to look at again, if it is an alias.
 */
void name_note_alias(struct fs *fs, const struct name_place *place);

/* Page and directory are one: X.md and X of one another, into `ret_name`; false for names too
 * long. */
bool name_companion(const char *name, char ret_name[NAME_MAX + 1]);

#endif
