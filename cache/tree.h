/*
 * The names: which file object lies where under which name, with its times and size. Lives in the
 * state database, so that names, numbers and times survive remounts and the loss of the cache.
 *
 * What it is not: content, or local files. A page is one object with two nodes: the file X.md and,
 * when it has something to hold, the directory X/. A database is a directory.
 *
 * Every function works inside the caller's transaction on the state store and may be called from
 * any thread that has one.
 */
#ifndef NOTIONFS_CACHE_TREE_H
#define NOTIONFS_CACHE_TREE_H

#include "cache/store.h"
#include "cache/workspace.h"
#include "mapping/base/uuid.h"

enum node_role {
	ROLE_ROOT,
	ROLE_PAGE,	     /* X.md */
	ROLE_PAGE_DIRECTORY, /* X/ */
	ROLE_DATABASE,	     /* a directory of rows, or of data sources when there are several */
	ROLE_DATA_SOURCE,    /* one of several sources: a directory of rows */
	ROLE_KEPT,	     /* .notionfs/trash and .notionfs/lost */
};

#define NODE_NAME_MAX_BYTES 255

enum node_flag {
	NODE_SIZE_EXACT = 1 << 0, /* fetched at least once */
	NODE_LISTED = 1 << 1,	  /* directory: its listing was complete once */
	NODE_HIDDEN = 1 << 2,	  /* left its name within the grace time; the claim remains */
	NODE_NEW = 1 << 3,	  /* not in Notion yet: `object` is our own stand-in id */
	NODE_CONFLICT = 1 << 4,	  /* a conflict copy was put beside it (status_is_conflict) */
	NODE_RETITLED = 1 << 5,	  /* named by rename(2); the title goes out with the next push */
	NODE_FLAT = 1 << 6,	  /* database: the rows of `source` lie in it directly */
	NODE_MOVED = 1 << 7,	  /* placed by rename(2); Notion is told with the next push */
	/* With NODE_HIDDEN: made for its directory's sake, not written yet (push_reveal.c). */
	NODE_IMPLIED = 1 << 8,
	NODE_RETURNED = 1 << 16, /* could not be removed; X.md.error says why (status_returned) */
};

struct node_record {
	node_id node;
	enum node_role role;
	unsigned flags;
	struct uuid object; /* page, database or data source; zero for the root */
	node_id parent;	    /* the directory it lies in */
	uint64_t cookie;
	uint32_t mode; /* with the file type */
	uint32_t uid;
	uint32_t gid;
	uint64_t size;
	uint64_t version;
	int64_t mtime_ns;
	int64_t ctime_ns;
	int64_t missing_since_ms; /* listing lacked it once, or in the trash since; 0 = never */
	uint64_t content_hash;	  /* of the bytes shown last */
	struct uuid source;	  /* NODE_FLAT: the data source */
	char name[NODE_NAME_MAX_BYTES + 1]; /* with ".md" */
};

bool node_is_directory(const struct node_record *record);
void node_to_attr(const struct node_record *record, struct node_attr *ret_attr);

enum tree_name_kind {
	TREE_NAME_TOUCHED, /* it means another file, or is looked at again for some other reason */
	TREE_NAME_NEW,	   /* a page or database has it now */
	TREE_NAME_GONE,	   /* has it no more */
};

/* What changed, for the kernel and for events: told after the commit. */
struct tree_change {
	node_id directory;
	char *name;
	enum tree_name_kind kind;
	node_id node;  /* kind not TOUCHED */
	bool is_known; /* in Notion, as: */
	struct uuid object;
};
struct tree_changes {
	bool is_ours; /* made by a program here; set by who asked for them */
	struct tree_change *items;
	size_t count;
	size_t allocated;
};
void tree_changes_release(struct tree_changes *changes);
/* `changes` may be NULL. */
void tree_changes_add(struct tree_changes *changes, node_id directory, const char *name);
static inline void cleanup_tree_changes(struct tree_changes *changes)
{
	tree_changes_release(changes);
}

struct tree_owner {
	uid_t uid;
	gid_t gid;
	mode_t umask;
};

/* Makes the root, and the directories of .notionfs/, when they are not there. */
must_check int tree_init(struct store_transaction *state, const struct tree_owner *owner,
			 int64_t now_ms);

/* -ENOENT. */
must_check int tree_get(struct store_transaction *state, node_id node,
			struct node_record *ret_record);
must_check int tree_put(struct store_transaction *state, const struct node_record *record);
/* Also finds hidden ones; callers look at NODE_HIDDEN. -ENOENT. */
must_check int tree_lookup(struct store_transaction *state, node_id directory, const char *name,
			   struct node_record *ret_record);
must_check int tree_find(struct store_transaction *state, const struct uuid *object,
			 bool is_directory, struct node_record *ret_record);
/* The directory that holds the rows of a data source: its own, or the flat database's. */
must_check int tree_source_directory(struct store_transaction *state,
				     struct store_transaction *cache,
				     const struct uuid *data_source,
				     struct node_record *ret_record);
/* Entries after a cookie, in order, hidden ones included. `visit` > 0 stops. */
typedef int tree_visit(void *context, const struct node_record *record);
must_check int tree_each(struct store_transaction *state, node_id directory, uint64_t after,
			 tree_visit *visit, void *context);

/* One child as a listing gives it. */
struct tree_child {
	struct uuid object;
	enum node_role role; /* ROLE_PAGE, ROLE_DATABASE, ROLE_DATA_SOURCE */
	const char *title;
	int64_t created_ms;
	int64_t edited_ms;
	bool has_directory; /* a page that is known to have children */
	bool is_older;	    /* the title may be from before the one it has: its name stays */
};

/*
 * Brings a directory to what a complete listing says: new children get names (the younger of
 * equal stems gets the suffix), retitled ones new ones, moved ones come over. Children that the
 * listing lacks are not removed: their ids are appended to *ret_missing (malloc'ed array).
 */
must_check int tree_sync(struct store_transaction *state, node_id directory,
			 const struct tree_child *children, size_t count,
			 const struct tree_owner *owner, int64_t now_ms,
			 struct tree_changes *changes, struct uuid **ret_missing,
			 size_t *ret_missing_count);
/* Does the name stand for this title, with or without a suffix of ours? */
bool tree_name_fits(const struct node_record *record, const char *title);
/* A single child, as tree_sync would place it, whether or not the directory is listed. */
must_check int tree_add(struct store_transaction *state, node_id directory,
			const struct tree_child *child, const struct tree_owner *owner,
			int64_t now_ms, struct tree_changes *changes,
			struct node_record *ret_record);
/* The object has this title in Notion now: its file, or the database's directory, gets the name
 * that goes with it, where it lies; not one that was named here since. `record` has it after. */
must_check int tree_retitle(struct store_transaction *state, struct node_record *record,
			    const char *title, int64_t now_ms, struct tree_changes *changes);
/* A page made here: takes exactly this file name. -EEXIST. */
must_check int tree_create(struct store_transaction *state, node_id directory, const char *name,
			   const struct uuid *object, mode_t mode, const struct tree_owner *owner,
			   int64_t now_ms, struct tree_changes *changes,
			   struct node_record *ret_record);
/* A stem that is free in the directory for this object, as a file and as a directory: this one, or
 * with the suffix that the younger of two gets; with `is_other` never this one. -EEXIST. */
must_check int tree_free_stem(struct store_transaction *state, node_id directory, const char *stem,
			      const struct uuid *object, bool is_other,
			      char ret_stem[NODE_NAME_MAX_BYTES + 1]);
/* The page's directory, made when it is not there. */
must_check int tree_page_directory(struct store_transaction *state, const struct node_record *page,
				   const struct tree_owner *owner, int64_t now_ms,
				   struct tree_changes *changes, struct node_record *ret_record);
/* Does nothing lie in it, hidden or not? */
bool tree_is_empty(struct store_transaction *state, node_id directory);
/* Takes an object's file and directory out, with everything below. */
must_check int tree_remove(struct store_transaction *state, const struct uuid *object,
			   int64_t now_ms, struct tree_changes *changes);
/* A directory that left its name has it again, and those above it: something lies in it. */
must_check int tree_reveal(struct store_transaction *state, node_id directory, int64_t now_ms,
			   struct tree_changes *changes);
/* Takes out a page's empty directory; the page stays. */
must_check int tree_remove_directory(struct store_transaction *state,
				     const struct node_record *directory, int64_t now_ms,
				     struct tree_changes *changes);
/* Gives a node (a page's file, and its directory with it) another exact name or place. */
must_check int tree_move(struct store_transaction *state, struct node_record *record,
			 node_id new_directory, const char *new_name, int64_t now_ms,
			 struct tree_changes *changes);
/* A stand-in id becomes the id Notion gave, for the page and its directory: neither is new. */
must_check int tree_set_object(struct store_transaction *state, struct node_record *record,
			       const struct uuid *object);

/* Rises the directory's times past their present values, and notes the name as changed. */
must_check int tree_touch(struct store_transaction *state, node_id directory, const char *name,
			  int64_t now_ms, struct tree_changes *changes);

/* A number that was never given before: nodes, cookies, versions come from counters in
 * STATE_META. */
must_check int tree_counter(struct store_transaction *state, const char *name, uint64_t first,
			    uint64_t *ret_value);

/* X.md → X, in place. */
void name_strip_md(char *name);

#endif
