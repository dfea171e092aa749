/*
 * THE WAIST: what the mounted tree is, read and written. fs speaks to this and to cache/local.h
 * only; everything below (store, fetching, queue, HTTP) is reached through it.
 *
 * What it is not: FUSE. It knows no kernel node ids, no replies, no lookup counts; and it holds
 * only Notion's part of the tree: names that are local (workspace_name_kind) live in cache/local.
 *
 * Threads: every function may be called from any thread. None waits for the network; those that
 * write wait for the local disk at most. What needs the network is asked for with
 * workspace_fetch and answered through a callback. Callbacks and events come from the
 * workspace's own threads, which hold no lock then.
 */
#ifndef NOTIONFS_CACHE_WORKSPACE_H
#define NOTIONFS_CACHE_WORKSPACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#include "mapping/base/buf.h"
#include "mapping/base/cleanup.h"

struct workspace;

/* The persistent number of a file object: st_ino. Stable over remounts and loss of the cache;
 * moves with rename. Local files use numbers with the top bit set (cache/local.h). */
typedef uint64_t node_id;
#define NODE_ROOT ((node_id)1)
/* Files that Notion stores, and the `.assets` they lie in (bits 63 and 62 are local files' and
 * fs's own). */
#define ASSET_NODE_BIT ((node_id)1 << 61)
#define ASSETS_NODE_BIT ((node_id)1 << 60)

#define ASSETS_NAME ".assets"
#define SCHEMA_NAME ".schema.yaml"
#define NODE_TRASH ((node_id)2) /* the directory .notionfs/trash */
#define NODE_LOST ((node_id)3)	/* .notionfs/lost: holds local files only */

enum node_kind {
	NODE_PAGE,	/* regular file X.md */
	NODE_DIRECTORY, /* the root, X/ of a page, a database, a data source, `.assets` */
	NODE_ASSET,	/* regular file in a `.assets` */
};

static inline bool node_is_assets(node_id node)
{
	return (node >> 60) == 1;
}

static inline bool node_is_asset(node_id node)
{
	return (node >> 60) == 2;
}

struct node_attr {
	node_id node;
	enum node_kind kind;
	mode_t mode; /* with the file type */
	uid_t uid;
	gid_t gid;
	uint64_t size; /* of a page: exact, or an over-estimate */
	bool is_size_exact;
	int64_t mtime_ns;
	int64_t ctime_ns;
	/* Rises with each change of bytes; kernel pages of another version are stale. */
	uint64_t version;
};

enum stat_mode { STAT_AUTO, STAT_EXACT, STAT_ESTIMATE };

struct workspace_options {
	const char *cache_directory; /* $XDG_CACHE_HOME/notionfs */
	const char *state_directory; /* $XDG_STATE_HOME/notionfs */
	const char *base_url;
	const char *api_version;
	const char *token;
	const char *root;	     /* page or database id or URL to show alone, or NULL */
	const char *mount_directory; /* absolute, for paths in messages */
	int64_t save_delay_ms;
	int64_t trash_delay_ms;
	int64_t poll_ms;   /* 0 = never by itself */
	unsigned requests; /* a minute; 0 = as most plans have (notion-api.md §3.1) */
	bool sweep;
	bool read_only;
	bool create_options;
	bool strict; /* page_file_commit says what is wrong with a text, as far as it is known here
		      */
	enum stat_mode stat_mode;
	int64_t stat_wait_ms;
	int64_t list_wait_ms;
	const char *test_clock_url;	/* NOTIONFS_TEST_CLOCK: a test server to follow, or NULL */
	const char *const *local_globs; /* NULL-terminated */
	const char *time_zone;		/* NULL = UTC */
	uid_t uid;
	gid_t gid;
	mode_t umask;
};

/* Filled with the documented defaults; strings NULL. */
void workspace_options_init(struct workspace_options *options);

/* What changed in the tree, told after the store was committed. No lock is held; the callee only
 * queues (fs/notify). */
struct workspace_events {
	void *context;
	/* Names that appeared, vanished or now mean another file. */
	void (*directory_changed)(void *context, node_id directory, const char *const *names,
				  size_t count);
	/* Bytes, size or times of a page or asset changed from outside of this mount's own writes.
	 */
	void (*page_changed)(void *context, node_id page);
	/* The text of .notionfs/events is longer, or has started anew. */
	void (*events_grew)(void *context);
};

/* ---- life ---- */

/*
 * Locks the state folder, opens the store, checks the token where it can. May wait for the
 * network (this is called before the mount, once). On failure *ret_message (caller frees) is one
 * sentence with the remedy. -EBUSY: another process has this workspace; -EACCES: bad token;
 * -EHOSTUNREACH: no network and no cache.
 */
must_check int workspace_open(const struct workspace_options *options,
			      struct workspace **ret_workspace, char **ret_message);
/* Starts the threads (after the fork). `events` is copied. */
must_check int workspace_start(struct workspace *workspace, const struct workspace_events *events);
/* Stops the threads; open waits are answered with -ENOTCONN, what is queued stays on disk. */
void workspace_stop(struct workspace *workspace);
void workspace_free(struct workspace *workspace);
/* The state folder of this workspace (for cache/local.h and the log), valid as long as it. */
const char *workspace_state_path(const struct workspace *workspace);
/* The workspace's name in Notion, valid as long as it. */
const char *workspace_name(const struct workspace *workspace);
/* A new token, or the same one to be tried again (SIGHUP). */
void workspace_set_token(struct workspace *workspace, const char *token);
/* Has Notion refused the token? Then nothing is sent until workspace_set_token. */
bool workspace_is_unauthorized(struct workspace *workspace);

/* ---- waiting ---- */

enum want {
	WANT_CONTENT, /* a page's or asset's bytes, before opening it */
	WANT_SIZE,    /* its exact size, as long as stat_mode and stat_wait_ms allow */
	WANT_LISTING, /* a directory's complete listing; at most list_wait_ms */
};

struct workspace_wait;
/* Called exactly once, with 0 or -errno. */
typedef void workspace_done(void *context, int error);

/*
 * 0: it is here (or need not be waited for); the callback is not called.
 * -EINPROGRESS: the callback will be called; *ret_wait is valid until then.
 * Other -errno: it can't be had, now.
 */
must_check int workspace_fetch(struct workspace *workspace, node_id node, enum want want,
			       workspace_done *done, void *context,
			       struct workspace_wait **ret_wait);
/* Ends a wait early: the callback comes with `error`, from this call, unless it has come or is
 * just coming; so a wait is freed in its callback, and cancelled only under the caller's own
 * lock that its callback takes too. */
void workspace_cancel(struct workspace *workspace, struct workspace_wait *wait, int error);

/* ---- the tree; none of these waits for the network ---- */

enum name_kind {
	NAME_PAGE,     /* X.md in a page's or database's directory */
	NAME_LOCAL,    /* cache/local has it */
	NAME_RESERVED, /* .notionfs, .assets, .schema.yaml */
};
enum name_kind workspace_name_kind(struct workspace *workspace, const char *name);

/* 0, -ENOENT, or -EAGAIN: not known and the directory is not listed yet: WANT_LISTING first. */
must_check int workspace_lookup(struct workspace *workspace, node_id directory, const char *name,
				struct node_attr *ret_attr);
/*
 * A name that a page had until its title was changed elsewhere. 0: to this process, which had
 * opened the page then, it means the page still, which has this name now, or has left it just now
 * (workspace_lookup tells); -ESRCH: to others it means nothing, which must not be remembered;
 * -ENOENT: no page had it lately, or something has taken it.
 */
must_check int workspace_alias(struct workspace *workspace, node_id directory, const char *name,
			       pid_t process, node_id *ret_directory, char ret_name[NAME_MAX + 1]);
/* rename(2) took the name away: it means the page no more, to nobody. */
must_check int workspace_drop_alias(struct workspace *workspace, node_id directory,
				    const char *name);
must_check int workspace_getattr(struct workspace *workspace, node_id node,
				 struct node_attr *ret_attr);
/* Parent of a directory (the root's is the root). */
must_check int workspace_parent(struct workspace *workspace, node_id directory,
				node_id *ret_parent);

/* Entries with a cookie larger than `after`, in cookie order, until `emit` answers false. `emit`
 * runs under a read transaction: it copies, and calls nothing of the workspace. Cookies are
 * persistent, below 2^62, from 16. */
typedef bool workspace_emit(void *context, uint64_t cookie, const char *name,
			    const struct node_attr *attr);
must_check int workspace_list(struct workspace *workspace, node_id directory, uint64_t after,
			      workspace_emit *emit, void *context);

#define SET_MODE (1U << 0)
#define SET_UID (1U << 1)
#define SET_GID (1U << 2)
#define SET_MTIME (1U << 3)
/* Kept locally, never sent. `set` is of SET_*. */
must_check int workspace_setattr(struct workspace *workspace, node_id node, unsigned set,
				 const struct node_attr *attr, struct node_attr *ret_attr);
void workspace_statfs(struct workspace *workspace, struct statvfs *ret_statfs);

/* A new page (or the page that just left this name within its grace time: same node), opened for
 * writing by `process`. -EEXIST, -EPERM (with workspace_explain), -EROFS, -ENOSPC. */
struct page_file;
must_check int workspace_create(struct workspace *workspace, node_id directory, const char *name,
				mode_t mode, pid_t process, struct node_attr *ret_attr,
				struct page_file **ret_file);
/* Another file's bytes saved as the page of this name, which exists or not: what a rename of a
 * local file onto X.md means. `begun_ns`: when the first of them was written, by the system's
 * clock; 0 = not known. */
must_check int workspace_save(struct workspace *workspace, node_id directory, const char *name,
			      const void *bytes, size_t len, mode_t mode, int64_t mtime_ns,
			      int64_t begun_ns, pid_t process, struct node_attr *ret_attr);
/* The page leaves its name and keeps its claim on it for the grace time: unlink, and rename of
 * X.md to a local name (the caller has copied the bytes before). */
must_check int workspace_unlink(struct workspace *workspace, node_id directory, const char *name);
/* X/ beside a page X.md. -ENOTSUP: there is no such page: the caller makes a local directory, which
 * may become one later (workspace_adopt). */
must_check int workspace_mkdir(struct workspace *workspace, node_id directory, const char *name,
			       mode_t mode, struct node_attr *ret_attr);
/* A local directory `name` becomes the directory of the page `name`.md, which is made when it is
 * not there; its local files go with it. -EEXIST: it is one; -EPERM: no page can be made here. */
must_check int workspace_adopt(struct workspace *workspace, node_id directory, const char *name,
			       struct node_attr *ret_attr);
/* A directory that mkdir made and that is local until something decides (design.md §6.2). */
struct empty_directory {
	uint64_t number; /* given by workspace_keep_empty */
	node_id directory;
	int64_t made_ms;
	char path[PATH_MAX]; /* below the directory's folder */
};
/* How long it may stay empty, and what was removed may come back. */
int64_t workspace_grace_ms(const struct workspace *workspace);
/* Remembers them, in this order; their numbers are given here. */
must_check int workspace_keep_empty(struct workspace *workspace,
				    const struct empty_directory *items, size_t count);
/* The first that was remembered. -ENOENT. */
must_check int workspace_first_empty(struct workspace *workspace,
				     struct empty_directory *ret_empty);
must_check int workspace_forget_empty(struct workspace *workspace, uint64_t number);
/* A local directory was renamed: it, and those below it, are found under the new path. */
must_check int workspace_move_empty(struct workspace *workspace, node_id directory,
				    const char *path, node_id new_directory, const char *new_path);
/* The same for one; false: it does not lie there. */
bool empty_directory_move(struct empty_directory *empty, node_id directory, const char *path,
			  node_id new_directory, const char *new_path);
/* A local file was written and closed, or got this path: a save may have waited for it. */
void workspace_file_came(struct workspace *workspace, const char *path);
/* Why something was refused, for .notionfs/errors and the log. */
void workspace_explain(struct workspace *workspace, node_id directory, const char *name,
		       const char *why);
must_check int workspace_rmdir(struct workspace *workspace, node_id directory, const char *name);
/* Is it a text that was not sent yet, or a page that was made within the grace time and holds no
 * others? Renamed onto another page that is a save. */
bool workspace_is_only_text(struct workspace *workspace, node_id page);
/* Page name to page name, or directory to directory. `flags` of renameat2. */
must_check int workspace_rename(struct workspace *workspace, node_id directory, const char *name,
				node_id new_directory, const char *new_name, unsigned flags,
				pid_t process);

/* ---- open pages ---- */

/* Pins the page's present content; -EAGAIN: WANT_CONTENT first. `flags` of open(2). */
must_check int workspace_open_page(struct workspace *workspace, node_id page, int flags,
				   pid_t process, struct page_file **ret_file);
/* Bytes read, or -errno. */
ssize_t page_file_read(struct page_file *file, void *bytes, size_t len, off_t offset);
/* Bytes written, or -errno. With `append` the offset is ours: our own end of file. */
ssize_t page_file_write(struct page_file *file, const void *bytes, size_t len, off_t offset,
			bool append);
must_check int page_file_truncate(struct page_file *file, off_t size);
/* Makes what was written durable; `is_fsync` also lets the push start. Disk errors, and -EINVAL
 * with the option `strict` for a text that is kept but can't be sent. */
must_check int page_file_commit(struct page_file *file, bool is_fsync);
/* Commits, and frees the handle even when that failed. */
int page_file_close(struct page_file *file);
void page_file_getattr(struct page_file *file, struct node_attr *ret_attr);
/* truncate(2) without a handle: a save. -EAGAIN: WANT_CONTENT first. */
must_check int workspace_truncate(struct workspace *workspace, node_id page, off_t size,
				  pid_t process, struct node_attr *ret_attr);

/* ---- files of a `.assets` ---- */

/* All of the file, to be read from *ret_fd (the caller's to close). -EAGAIN: WANT_CONTENT first;
 * -ESTALE: it is not shown any more, its name may be another file's. */
must_check int workspace_open_asset(struct workspace *workspace, node_id asset, int *ret_fd);
/* rm -r of a directory whose pages have been removed comes to their files as well. 0: they belong
 * to pages that left their names within the grace time, and go with them; `name` NULL: all in the
 * directory do. -EPERM: what a page shows can't be removed but in the page. */
must_check int workspace_unlink_asset(struct workspace *workspace, node_id assets,
				      const char *name);

/* ---- a read-only mount that is asked to open nothing (shown.h) ---- */

/* Is every page here, and no save owed? Counts them all: not for every request. */
bool workspace_is_complete(struct workspace *workspace);
/* Bytes of what was answered as attr.version, though the page has changed or gone since; number of
 * bytes, -ESTALE for a version that was forgotten, or another -errno. */
ssize_t workspace_read_version(struct workspace *workspace, node_id node, uint64_t version,
			       void *bytes, size_t len, off_t offset);
must_check int workspace_version_getattr(struct workspace *workspace, node_id node,
					 uint64_t version, struct node_attr *ret_attr);
/* The kernel has forgotten it. */
void workspace_forget_version(struct workspace *workspace, node_id node, uint64_t version);
/* The name a node has now. -ENOENT. */
must_check int workspace_place(struct workspace *workspace, node_id node, node_id *ret_directory,
			       char ret_name[NAME_MAX + 1]);

/* ---- what people and commands ask ---- */

/* How many messages the kernel sent: shown in status. */
void workspace_set_message_counter(struct workspace *workspace, uint64_t (*count)(void *context),
				   void *context);
/* Text and time of the `.schema.yaml` of a database's or data source's directory. -ENOENT: it is none,
 * or not read yet; -EAGAIN: WANT_LISTING first. */
must_check int workspace_schema(struct workspace *workspace, node_id directory, struct buf *out,
				int64_t *ret_mtime_ns);
bool workspace_has_schema(struct workspace *workspace, node_id directory);
/* Text of a file of .notionfs/: "status", "status.json", "errors", "README.md". -ENOENT. */
must_check int workspace_special(struct workspace *workspace, const char *name, struct buf *out);
/* .notionfs/events (cache/events.h), which grows while it is read. */
size_t workspace_events_size(struct workspace *workspace);
size_t workspace_events_read(struct workspace *workspace, void *bytes, size_t len, off_t offset);
/*
 * One command of the command line, as JSON ({"command":"sync","path":…}), answered as JSON. The
 * answer belongs to the callback's callee until it returns. -EINPROGRESS as workspace_fetch, or
 * another -errno and no callback.
 */
typedef void workspace_answer(void *context, const char *json, size_t len);
must_check int workspace_command(struct workspace *workspace, const char *json, size_t len,
				 workspace_answer *answer, void *context);

/* ---- before a mount ---- */

enum finding_kind {
	FINDING_GOOD,
	FINDING_ODD, /* it works, not as well as it could */
	FINDING_BAD, /* a mount will not work */
};
/* `text` says what is, and for ODD and BAD what to do. */
typedef void workspace_found(void *context, enum finding_kind kind, const char *subject,
			     const char *text);
/*
 * Looks at the folders, and with a token at what Notion lets it do: three requests, nothing is
 * written. Blocks on the network; before or beside a workspace, needs none. Whether content may be
 * changed can't be told without changing it.
 */
void workspace_examine(const struct workspace_options *options, workspace_found *found,
		       void *context);

#endif
