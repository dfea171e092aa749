/*
 * The files of a save: looked at before anything is sent, uploaded before the first call, and
 * remembered when Notion has them (notion-api.md §4.11).
 *
 *     text ─▶ marks in the calls ─▶ journal's "uploads" ─▶ ids ─▶ source.h
 *
 * A mark stands in a body where the upload's id will be. An upload that nothing refers to goes away
 * within the hour: one whose answer was lost, or that was made for a plan that is given up, is
 * simply made again.
 *
 * What it is not: for anyone but push*.c. One push's thread; no lock and no transaction is held
 * across the network.
 */
#ifndef NOTIONFS_CACHE_PUSH_UPLOAD_H
#define NOTIONFS_CACHE_PUSH_UPLOAD_H

#include "cache/labels.h"
#include "cache/push.h"
#include "mapping/block.h"
#include "mapping/parse.h"

/* Of the pushes that may upload at once, one fewer than there are threads: what uploads takes
 * minutes, and other pages' saves do not wait for it. */
#define UPLOADING_MAX 2

/* What is wrong with the files that blocks show. -EINVAL: errors in `diagnostics`. */
must_check int push_check_files(struct push *push, const struct labels *labels,
				const struct block_tree *wanted, struct diagnostics *diagnostics);
/*
 * The files that the calls' marks stand for, as the journal has them: {mark: {"path","directory",
 * "place","asset","inode","size","mtime_ns","ctime_ns","young","line","column","id","expires_ms",
 * "again"}}. -EINVAL as above; -EAGAIN: their bytes are not all here (push->lacking). New
 * reference.
 */
must_check int push_plan_uploads(struct push *push, const struct labels *labels,
				 const struct page_text *text, const json_t *calls,
				 struct diagnostics *diagnostics, json_t **ret_uploads);
/* Fetches the bytes of stored files that are to be sent again. */
must_check int push_fetch_lacking(struct push *push);

/* All that the calls still need has an id that can be attached. -EAGAIN; -ESTALE: a file is not
 * what it was when the plan was made; -EINVAL: Notion refuses it. */
must_check int push_send_uploads(struct push *push);
/* Ids in the place of marks; a mark without one stays. */
void push_put_ids(const struct push *push, json_t *body);
/* The call is done: its uploads never expire any more. */
void push_note_attached(struct push *push, const json_t *call);
/* Notion refused the call: it may know an upload of it no more. Then that is made again, once. */
must_check int push_forget_uploads(struct push *push, const json_t *call, bool *ret_is_again);

/* Does the body have a file to be uploaded? */
bool push_has_upload(const json_t *body);
/* Edited by us since the text was saved? Of a page or block. */
bool push_is_own_edit(const struct push *push, const json_t *object);
/* What Notion shows where we put the uploads: the paths go on standing for that. */
must_check int push_note_sources(struct push *push, struct store_transaction *state,
				 const json_t *page, const json_t *blocks);
/* Of a mark, and of what the journal has of it. */
bool push_digest_of_mark(const char *mark, unsigned char ret_digest[DIGEST_BYTES]);
void push_upload_stamp(const json_t *upload, struct file_stamp *ret_stamp);
const char *push_upload_ending(const json_t *upload);
/* The uploads that are left to be made, as requests: for a person to read. In `bodies` what stands
 * for them is replaced: "@" and the file's name, or the id there is. New reference. */
json_t *push_show_uploads(struct push *push, json_t *bodies);

#endif
