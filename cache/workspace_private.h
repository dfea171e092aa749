/*
 * What the files behind the waist share: the workspace's parts and who guards them.
 *
 * What it is not: for fs or tools.
 *
 * Locks, in the order they are taken:
 *   1. drafts.mutex, then one draft's mutex      (draft.c)
 *   2. LMDB's write transaction on the state, then on the cache   (store.h)
 *   3. fetcher.mutex, writeback.mutex, people.mutex, sweep.mutex, openings.mutex,
 *      refusals.mutex, recent.mutex, event_log.mutex, digests.mutex: innermost, nothing is
 *      called under them
 *
 * None is held across the network, a callback or an event.
 */
#ifndef NOTIONFS_CACHE_WORKSPACE_PRIVATE_H
#define NOTIONFS_CACHE_WORKSPACE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "cache/draft.h"
#include "cache/events.h"
#include "cache/fetch.h"
#include "cache/local.h"
#include "cache/object.h"
#include "cache/opening.h"
#include "cache/people.h"
#include "cache/recent.h"
#include "cache/refresh.h"
#include "cache/refusals.h"
#include "cache/remote/notion.h"
#include "cache/store.h"
#include "cache/sweep.h"
#include "cache/tables.h"
#include "cache/text_file.h"
#include "cache/tree.h"
#include "cache/workspace.h"
#include "cache/writeback.h"

/* How many pages may be removed within this time before that is held, and one. */
#define REMOVALS_MAX 51
#define REMOVALS_MS 60000
/* Removals that follow one another faster than this are one, whatever the grace time. */
#define REMOVALS_QUIET_MS 1000

struct removals {
	int64_t times_ms[REMOVALS_MAX]; /* a ring: when the last ones were */
	size_t next;
	bool is_counted; /* those of an earlier process are long ago */
	_Atomic int64_t last_ms;
};

/* Pages that went in Notion, as counted by settle_missing (children.c). */
struct vanished {
	int64_t since_ms;
	size_t count;
	size_t known;		   /* pages there were when this count began */
	int64_t accepted_until_ms; /* a person said that it is meant */
	_Atomic size_t frozen;	   /* so many were not taken out of the tree */
};

struct workspace {
	struct workspace_options options; /* strings are ours */
	struct tree_owner owner;
	struct workspace_events events;
	atomic_bool is_started; /* events may be called */

	struct notion *notion;
	struct store *state;
	struct store *cache;
	struct local *local; /* for the copies we put beside pages */
	char *state_path;
	char *cache_path;
	int lock_fd;
	char *workspace_name;
	struct uuid bot;	/* who we are to Notion: created_by of what we create */
	struct uuid owner_user; /* the person behind a personal token; zero otherwise */
	bool is_personal_token;
	struct uuid only_root; /* --root; zero = everything */

	struct drafts drafts;
	struct openings openings;
	struct fetcher fetcher;
	struct refresher refresher;
	struct writeback writeback;
	struct people people;
	struct sweep sweep;
	struct removals removals; /* guarded by the state's write transaction, but last_ms */
	struct vanished vanished; /* the same, but frozen */
	struct refusals refusals;
	struct events event_log;
	struct digests digests;
	atomic_bool may_await;		   /* saves that wait for a file (awaited.h) */
	_Atomic unsigned files_came;	   /* counts the files that were put here */
	_Atomic uint64_t upload_max_bytes; /* of one file; 0 = Notion has not said */
	_Atomic int64_t limits_asked_ms;   /* when that was asked last */
	_Atomic unsigned uploading;	   /* pushes that upload at this moment */
	struct recent moved;		   /* pages whose move Notion has carried out */
	struct recent left_out; /* directories whose listing showed one that is being made here */
	/* Pages whose title or values Notion has taken from us, or whose title somebody changed.
	 * Noted before the commit of what it answered: what was asked for before that may show them
	 * as they were. */
	struct recent written;

	_Atomic int64_t tidied_ms;
	_Atomic int64_t last_refresh_ms;	   /* 0 = never */
	uint64_t (*count_messages)(void *context); /* set before the start */
	void *count_context;
	unsigned commands_running; /* guarded by fetcher.mutex */
};

/* Tells the kernel side what a committed change means. No lock, no transaction is held. */
void workspace_tell(struct workspace *workspace, const struct tree_changes *changes);
void workspace_tell_page(struct workspace *workspace, node_id page);
/* The same of a page that Notion has changed: an event, too. Not of one that is read the first
 * time. */
void workspace_tell_pulled(struct workspace *workspace, node_id page);

/* Drops what was in the trash for 30 days. A few times a day. */
void workspace_tidy(struct workspace *workspace);

/* Both transactions at once, in lock order. Either pointer may be NULL. */
must_check int workspace_begin(struct workspace *workspace, bool is_write,
			       struct store_transaction **ret_state,
			       struct store_transaction **ret_cache);
/* Commits the cache first: the state never speaks of what the cache does not have. */
must_check int workspace_commit(struct store_transaction **state, struct store_transaction **cache);

#endif
