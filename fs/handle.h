/*
 * One open file: what fh points to.
 *
 * What it is not: one for directories (opendir is answered ENOSYS; a listing's place is in its
 * cookies alone). Any thread. Counted, because GETATTR may look at a handle while it is released.
 */
#ifndef NOTIONFS_FS_HANDLE_H
#define NOTIONFS_FS_HANDLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/workspace.h"

enum handle_kind {
	HANDLE_PAGE,
	HANDLE_LOCAL,
	HANDLE_ASSET,	/* a file of a `.assets` */
	HANDLE_TEXT,	/* a file of .notionfs/, as it was when opened */
	HANDLE_EVENTS,	/* .notionfs/events, read as it is now */
	HANDLE_CONTROL, /* .notionfs/control */
};

struct fs;
struct inode;
struct control;

struct handle {
	enum handle_kind kind;
	bool is_writable;
	atomic_uint references;
	struct page_file *file;	 /* page */
	int fd;			 /* local, asset */
	pid_t process;		 /* local: who opened it */
	atomic_bool is_dirty;	 /* local: written since it last was saved as a page */
	struct buf text;	 /* text */
	struct control *control; /* control */
	node_id asset;
	/* guarded by the inode table */
	struct inode *inode;
	struct handle *next;
	struct handle *previous;
};

/* One reference, the caller's. */
struct handle *handle_new(enum handle_kind kind, bool is_writable);
struct handle *handle_ref(struct handle *handle);
/* The last one closes what is behind it. NULL is accepted. */
void handle_unref(struct handle *handle);
/* The local file behind it was written through it. */
void handle_note_change(struct fs *fs, uint64_t number, struct handle *handle);

DEFINE_CLEANUP(struct handle, handle, handle_unref);

#endif
