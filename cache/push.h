/*
 * Sending one page's save: text → plan → look again → calls → done (design.md §5).
 *
 *     queue ─ push_plan ─▶ journal ─ push_check ─▶ push_send ─▶ push_finish ─▶ stores
 *                             ▲________after a crash, again___________|
 *
 * What it is not: the schedule (writeback.h). push_page is called by writeback's threads, never
 * twice at once for one page; it blocks on the network and the disk and holds no lock while so.
 */
#ifndef NOTIONFS_CACHE_PUSH_H
#define NOTIONFS_CACHE_PUSH_H

#include <jansson.h>
#include <stdbool.h>

#include "cache/queue.h"
#include "cache/remote/notion.h"
#include "cache/tree.h"
#include "cache/workspace.h"
#include "mapping/diagnostic.h"

/*
 * 0: nothing is owed any more, or it waits for a person (state in the queue). -EAGAIN: try again,
 * at *ret_again_ms when that is not 0, else after a while. -EINPROGRESS: when another page is made,
 * which wakes it.
 */
must_check int push_page(struct workspace *workspace, node_id node, int64_t *ret_again_ms);

/* Of what is owed of this page, as far as it can be told without Notion: -EINVAL, it has an error
 * and will be refused. Waits for the disk only. */
must_check int push_validate(struct workspace *workspace, node_id node);

/* What a push of this page would send, by what is known here: {"state","calls","error","waits"};
 * the calls that are left when one has begun. New reference. -ENOENT: nothing is owed. */
must_check int push_show(struct workspace *workspace, node_id node, json_t **ret_answer);

/* One push under way. Belongs to push_page; the steps below share it. */
struct push {
	struct workspace *workspace;
	struct node_record record;
	struct queue_entry entry;
	json_t *authored_base; /* of a merged plan: what the author saw; entry.base is Notion's */
	struct uuid page;      /* zero until a new page is created */
	/*
	 * What is durable of it: {"generation":N, "exact":bool, "partial":bool, "page":id or null,
	 * "calls":[{"method","path","body"},…], "done":K, "created":{"<n>":[ids]},
	 * "sending":{"sent_ms":T,"next_node":N} or null, "there":[ids], "began_ms":T,
	 * "looked":true, "base":{"page","blocks"}}. Call numbers count from 1. "there": blocks we
	 * know of that are not in the base. "partial": relations to pages that are not in Notion
	 * yet are left out, the entry stays for them. "base" is there when the plan is merged: what
	 * Notion had then; a call of which a part was found has its whole body as "planned"
	 * besides. "uploads": push_upload.h.
	 */
	json_t *journal;
	json_t *moving;	      /* the journal of a move (push_move.c); never beside the other */
	json_t *answers;      /* by call number; only of calls sent by this process */
	bool is_resumed;      /* some calls were sent by an earlier try */
	bool is_over;	      /* nothing is owed any more: the move was all */
	bool is_trial;	      /* nothing is to be sent, only said */
	bool is_unsaved;      /* the journal knows more than the one on disk */
	bool is_too_large;    /* a file, by the limit that is known */
	bool is_file_changed; /* since the plan was made */
	bool awaits_file;    /* what is wrong is a file that is not there, or not as it should be */
	unsigned files_came; /* into the mount, when the plan was made (awaited.h) */
	node_id *lacking;    /* stored files whose bytes are to be fetched */
	size_t lacking_count;
	unsigned line; /* in the text, of what Notion refused; 0 = the whole of it */
	unsigned column;
	int64_t again_ms;
	struct failure failure;
};

/* The calls that this entry needs, into push->journal. -EINVAL: errors in `diagnostics`. */
must_check int push_plan(struct push *push, struct diagnostics *diagnostics);
/* Nothing to send? */
bool push_is_empty(const struct push *push);

/* Re-reads what the calls that are left touch and compares it with the base. -ESTALE: somebody
 * else changed it. */
must_check int push_check(struct push *push);
/* An update or a deletion that was sent and not answered: is there what it makes? */
must_check int push_is_applied(struct push *push, const json_t *call, bool *ret_is_applied);

/* Sends the calls that are left, in order, each outcome durable before the next. -EAGAIN with
 * push->again_ms, -EINVAL: Notion refuses (push->failure says why), -ECANCELED. */
must_check int push_send(struct push *push);
must_check int push_save_journal(const struct push *push);
/* The id a target text means: an id, "@0" the new page, "@n.i" created by call n. -ESTALE: what it
 * made is not there as it was sent. */
must_check int push_resolve(struct push *push, const char *target, struct uuid *ret_id);

/*
 * The page is to lie in another directory (NODE_MOVED), or a move of it is on its way: settles,
 * looks where it is, moves it. 0: it is there, or it was put back and the user was told why;
 * push->is_over when that was all. -EAGAIN as push_page.
 */
must_check int push_move(struct push *push);
/* Is a page to be moved out of this one's tree, and has not been yet? */
bool push_is_being_left(struct push *push);

/* Is it a new page's turn? -EINPROGRESS: its parent or an older sibling is made first; it is woken
 * after that. */
must_check int push_wait_turn(struct push *push);
/* The page is made, or will not be: who waited for it has his turn. */
void push_wake_others(struct push *push);

/* All calls are sent: the new body into the stores, the entry out of the queue. */
must_check int push_finish(struct push *push);
/*
 * Somebody else changed what the plan touches: merges their version, the base and the text by
 * block and by word, and makes the journal anew, against what Notion has now. What overlaps stays
 * as it is in Notion, and the whole file is kept beside the page. -ENOENT: the page is gone.
 * -EINVAL: errors in `diagnostics`.
 */
must_check int push_merge(struct push *push, struct diagnostics *diagnostics);
/* The page is gone or can't be merged: Notion keeps what it has, the file is kept beside it. */
must_check int push_conflict(struct push *push);
/* A local file beside the page; the one that says what is wrong with it goes. */
void push_write_beside(struct push *push, const char *name, const void *bytes, size_t len);
void push_remove_error_file(struct push *push);
/* The same, of a page and what is owed of it: also where it was called otherwise then. */
void error_files_remove(struct workspace *workspace, const struct node_record *page,
			const struct queue_entry *entry);
/* The user's text as X.md.conflict-<time>. */
void push_keep_copy(struct push *push);

/*
 * Of a push that an earlier try began: waits for what is on its way, and takes what is done into
 * the base. 0: push->journal is NULL, the plan is to be made; or it is there and its calls are to
 * be sent on. -ESTALE: the plan was a merged one and what it touches changed again.
 */
must_check int push_resume(struct push *push);
/* What is on its way has landed or can't any more. -EAGAIN with push->again_ms. */
must_check int push_settle(struct push *push);
/* The base of the next try has the calls in it that are done; the journal is gone. */
must_check int push_rebase(struct push *push);
/* Was the plan made against Notion's present page, not the author's base? */
bool push_is_merged(const struct push *push);
/* The node of a new page gets the id Notion gave. */
must_check int push_adopt_page(struct push *push, struct store_transaction *state,
			       struct store_transaction *cache, struct node_record *record,
			       struct tree_changes *changes);

/* The base with the calls that are done, and nothing else, applied. `remote` is what Notion has
 * now, or NULL while all answers are here. -ESTALE: it can't be said without. */
must_check int push_assemble(struct push *push, json_t *remote, json_t **ret_blocks);
/* A block with the fields a PATCH gives it. New reference. */
json_t *push_updated_block(const json_t *block, const json_t *update);
/* The same of the page's properties; may ask Notion. *ret_remote (may be NULL): the whole page as
 * Notion has it after them, or NULL when no call was to it. */
must_check int push_page_after(struct push *push, json_t **ret_page, json_t **ret_remote);
/* The schema of a row is here, read `anew` or at all. *ret_is_changed (may be NULL): it differs
 * from the one there was. */
must_check int push_have_schema(struct push *push, bool anew, bool *ret_is_changed);
/* What a step's error means: a disk or network error is tried again (-EAGAIN), what Notion refuses
 * is said to the user (0). */
must_check int push_again_or_refuse(struct push *push, int error);
/* The entry is a QUEUE_TRASH. 0, or -EAGAIN as push_page. */
must_check int push_trash(struct push *push);
/* Is the journal that of a trashing? {"trash":{"in_trash":bool,"sent_ms":T}}: what was sent last,
 * and when, as long as it is not certain; T 0: it is certain. */
bool push_is_trash_journal(const struct push *push);
/* The page was trashed, or may be, and is wanted again: out of the trash before anything else. The
 * journal is gone then. -EAGAIN with push->again_ms. */
must_check int push_untrash(struct push *push);
/* The entry is a QUEUE_RESTORE whose page is out of the trash. */
must_check int push_restored(struct push *push);
/* Owes the showing of a page that is NODE_IMPLIED, in the caller's transaction. */
must_check int push_owe_reveal(struct workspace *workspace, struct store_transaction *state,
			       const struct node_record *record);
/* The entry is a QUEUE_REVEAL. 0, or -EAGAIN as push_page. */
must_check int push_reveal(struct push *push);
/* It can't be sent as it is: the entry stays, with the reason. */
must_check int push_refuse(struct push *push, unsigned line, unsigned column, const char *message);

#endif
