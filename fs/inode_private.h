/*
 * The inode table from within: shared by inode.c (tables, life, lookups), inode_name.c (changes of
 * names) and inode_open.c (open handles). Nobody else includes it.
 */
#ifndef NOTIONFS_FS_INODE_PRIVATE_H
#define NOTIONFS_FS_INODE_PRIVATE_H

#include "fs/inode.h"

struct name {
	struct name *next;
	node_id directory;
	char *path;
};

struct inode {
	struct inode *next_number; /* chains of the two tables */
	struct inode *next_object;
	uint64_t number;
	node_id object;
	uint64_t lookups;
	uint64_t version;
	int64_t begun_ns;
	struct name *names;
	struct handle *handles;
	unsigned writers;
	enum place_kind kind;
	bool is_attached;
	bool is_pinned;	 /* a page of a read-only mount: `version` is what it means for good */
	struct buf text; /* of .notionfs/, on a read-only mount */
};

struct inode_table {
	pthread_mutex_t lock;
	/* all guarded by lock */
	struct inode **by_number;
	struct inode **by_object;
	size_t slots; /* a power of two */
	size_t count;
	uint64_t last_number;
	/* set once, before the first request */
	bool pins_versions;
	inode_version_forgotten *forgotten;
	void *context;
};

struct forgotten;
/* Without the lock. */
void inode_tell_forgotten(const struct inode_table *table, const struct forgotten *forgotten);

/* ---- all with the lock held ---- */

struct inode *inode_find_number(const struct inode_table *table, uint64_t number);
struct inode *inode_find_object(const struct inode_table *table, node_id object);
void inode_attach_locked(struct inode_table *table, struct inode *inode);
void inode_detach_locked(struct inode_table *table, struct inode *inode);
/* A version that was replaced and that the kernel has let go of: to be told without the lock. */
struct forgotten {
	node_id page; /* 0 = none */
	uint64_t version;
};
void inode_free_unused_locked(struct inode_table *table, struct inode *inode,
			      struct forgotten *ret_forgotten);
void inode_pin_locked(const struct inode_table *table, struct inode *inode, uint64_t version);
/* Are the bytes under this number being read in another version than this? What our own writers
 * do to a page is no other version. */
bool inode_is_changed_under_readers(const struct inode *inode, uint64_t version);

void inode_add_name(struct inode *inode, node_id directory, const char *path);
void inode_set_only_name(struct inode *inode, node_id directory, const char *path);
void inode_clear_names(struct inode *inode);
/* False when it has none, or one too long for a component. */
bool inode_copy_name(const struct inode *inode, node_id *ret_directory,
		     char ret_name[NAME_MAX + 1]);

/* Zeroed; running out of memory aborts. */
void *inode_allocate(size_t count, size_t size);

#endif
