/*
 * Kernel node id ⇄ object, lookup counts, and which handles are open on each (the essay on the
 * identities is in inode.c).
 *
 * What it is not: a cache of attributes or of the tree. It knows only what the kernel holds.
 * Any thread; nothing blocks; what is answered is copied out, so that nobody holds an inode.
 */
#ifndef NOTIONFS_FS_INODE_H
#define NOTIONFS_FS_INODE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/workspace.h"

struct handle;
struct inode_table;

/* Numbers of the things below .notionfs/; neither the workspace's nor a local file's. */
#define SPECIAL_NODE_BIT ((node_id)1 << 62)

enum place_kind {
	PLACE_PAGE,	 /* a page's file */
	PLACE_DIRECTORY, /* a directory of the workspace */
	PLACE_LOCAL,	 /* cache/local, at (node, path) */
	PLACE_SPECIAL,	 /* below .notionfs/ */
	PLACE_ASSET,	 /* a file of a `.assets`; other bytes are another object */
};

/* Where an object is found now. */
struct place {
	enum place_kind kind;
	uint64_t number; /* the kernel's node id */
	/* The page, the asset, the directory, or the directory a local object lies below; of a
	 * special one its own number. */
	node_id node;
	/* The kernel's object is an earlier version, or has lost its name: only its open handles
	 * know it. */
	bool is_detached;
	/* Read-only mounts: the version of the page this number means, 0 = none yet. */
	uint64_t version;
	char path[PATH_MAX]; /* local: below the directory's folder */
};

/* The root is there from the beginning and stays. */
struct inode_table *inode_table_new(void);
/* The handles must be closed. NULL is accepted. */
void inode_table_free(struct inode_table *table);

/*
 * Of a read-only mount, before its first request: a number means one version of a page from the
 * moment one is answered for it, open or not, so that the kernel may read without opening.
 * `forgotten` is called, without a lock, when the kernel lets go of one that was replaced.
 */
typedef void inode_version_forgotten(void *context, node_id page, uint64_t version);
void inode_pin_versions(struct inode_table *table, inode_version_forgotten *forgotten,
			void *context);
/* This version's attributes are about to be answered. Nothing happens when versions are not
 * pinned, or this number's is. */
void inode_pin(struct inode_table *table, uint64_t number, uint64_t version);

/* 0, or -ESTALE for a number never given out. */
must_check int inode_place(struct inode_table *table, uint64_t number, struct place *ret_place);
/* The present number of an object, or 0 when the kernel does not know it. */
uint64_t inode_number(struct inode_table *table, node_id object);
size_t inode_count(struct inode_table *table);

/* ---- lookup counts: each of the three adds one ---- */

/* A page or directory found under `name` in `directory`. A page whose version changed under an
 * open reader gets a new number. */
uint64_t inode_remember_node(struct inode_table *table, const struct node_attr *attr,
			     node_id directory, const char *name);
/* `object` is the local file's own number (st_ino). */
uint64_t inode_remember_local(struct inode_table *table, node_id object, node_id directory,
			      const char *path);
uint64_t inode_remember_special(struct inode_table *table, node_id object);
/* A file of .notionfs/ as it is now, under a number of its own. Takes `text`. */
uint64_t inode_remember_text(struct inode_table *table, node_id object, struct buf *text);
/* Its bytes, from `offset`; -ESTALE when the number has none. With len 0 *ret_size alone is of
 * interest (NULL is accepted). */
ssize_t inode_read_text(struct inode_table *table, uint64_t number, void *bytes, size_t len,
			off_t offset, size_t *ret_size);
void inode_forget(struct inode_table *table, uint64_t number, uint64_t count);

/* ---- changes of names ---- */

/* The object has no name any more, or is another version: the number stays with what is open, and
 * the next lookup gets a new one. */
void inode_detach(struct inode_table *table, node_id object);
/*
 * The kernel's number now means `object` under this name: what was renamed onto or away from a
 * page has become it, or a page has become local. Whoever was `object` before is detached.
 */
void inode_become_node(struct inode_table *table, uint64_t number, node_id object,
		       node_id directory, const char *name);
void inode_become_local(struct inode_table *table, uint64_t number, node_id object,
			node_id directory, const char *path);
/* A page or directory was renamed within the workspace. */
void inode_rename_node(struct inode_table *table, node_id object, node_id directory,
		       const char *name);
/* A local object, and whatever lies below a directory, was renamed. Of a directory everything is
 * looked at that the kernel knows. */
void inode_rename_local(struct inode_table *table, node_id object, bool is_directory,
			node_id directory, const char *path, node_id new_directory,
			const char *new_path);
/* The local directory `object` at `path` has become the workspace's `node`: its number goes on, and
 * what lies below it is found from there. */
void inode_adopt_local(struct inode_table *table, node_id object, node_id directory,
		       const char *path, node_id node);
/* Two local objects changed their names with each other. */
void inode_exchange_local(struct inode_table *table, node_id directory, const char *path,
			  node_id new_directory, const char *new_path);
/* One name of a local object is gone; with `is_last` the object is detached too. */
void inode_unlink_local(struct inode_table *table, node_id object, node_id directory,
			const char *path, bool is_last);
/* The name a page was last found under: 0, or -ENOENT. */
must_check int inode_node_name(struct inode_table *table, node_id object, node_id *ret_directory,
			       char ret_name[NAME_MAX + 1]);

/* The directory of the workspace that a page was last found in. -ENOENT for anything else. */
must_check int inode_directory(struct inode_table *table, uint64_t number, node_id *ret_directory);

/* ---- open handles ---- */

/*
 * Counts the handle in. `version` is that of the bytes behind it. *ret_keep_cache: the
 * kernel's pages are of that version. -ESTALE: they are not and are still being read, or the
 * object is detached: the kernel looks the name up again and opens what it finds then.
 */
must_check int inode_open(struct inode_table *table, uint64_t number, struct handle *handle,
			  uint64_t version, bool *ret_keep_cache);
void inode_close(struct inode_table *table, struct handle *handle);
/* At the end of the mount, when no request comes any more: one still open, counted out and the
 * caller's to unref, or NULL when there is none. */
struct handle *inode_take_handle(struct inode_table *table);
/* Any handle open on it, referenced for the caller, or NULL. */
struct handle *inode_any_handle(struct inode_table *table, uint64_t number);
/* The kernel's pages are of this version now: it has just written or cut them itself. */
void inode_set_version(struct inode_table *table, uint64_t number, uint64_t version);
/* When the first byte of a local file was written, by the system's clock: what it holds may come
 * from what was seen until then. Only the first time counts, until 0 says that it was emptied. */
void inode_begin(struct inode_table *table, uint64_t number, int64_t now_ns);
/* 0: not known. */
int64_t inode_begun(struct inode_table *table, uint64_t number);
/* Of an attribute about to be answered: false when readers hold another version; the number is
 * detached then, and its name ("" when unknown) has to be looked up anew. */
bool inode_is_current(struct inode_table *table, uint64_t number, uint64_t version,
		      node_id *ret_directory, char ret_name[NAME_MAX + 1]);
/*
 * A page changed from outside, to this version. 0: nobody knows it, or as this version already.
 * Else its number, and in *ret_detached whether it stays as it was (open handles, or a pinned
 * version), so that its name has to be looked up anew.
 */
uint64_t inode_page_changed(struct inode_table *table, node_id page, uint64_t version,
			    bool *ret_detached);

#endif
