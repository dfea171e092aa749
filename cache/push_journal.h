/*
 * The calls of a plan and what the journal says of them: shared by sending (push_send.c) and
 * settling (push_settle.c).
 *
 * What it is not: for anybody else; push.h says what a journal holds. One push's thread.
 */
#ifndef NOTIONFS_CACHE_PUSH_JOURNAL_H
#define NOTIONFS_CACHE_PUSH_JOURNAL_H

#include "cache/push.h"
#include "mapping/base/buf.h"

/* The server's own deadline is 60 s (notion-api.md §3.3); after this nothing lands any more. */
#define LATE_MS 65000

bool call_is_append(const json_t *call);
bool call_is_create(const json_t *call);
/* The words of the title in `properties`, of a page or of a call that makes one. */
void call_title(json_t *properties, struct buf *out);
/* The key of a call's number in the journal's objects. */
void call_key(unsigned long call, char key[24]);
/* The object a path names: between its second and third part. May ask Notion. */
must_check int call_target(struct push *push, const json_t *call, struct uuid *ret_id);
/* The body as it is sent: ids in the place of "@n.i" and of the marks of
 * uploads. New reference. */
must_check int call_body_to_send(struct push *push, const json_t *call, json_t **ret_body);

/* The first `count` of `results` (ids, or blocks) were made by this call. */
void push_note_created(struct push *push, size_t number, const json_t *results, size_t count);
/* What a call did was looked for and found, not answered: below what was found something may be
 * missing, so the plan is made anew. */
void push_note_looked(struct push *push);
bool push_has_looked(const struct push *push);
/* Since when what this plan makes can be there. */
int64_t push_began_ms(const struct push *push);
must_check int push_take_page(struct push *push, const char *id);
/* Durable with the next call's sending, or at the end: one commit a call. Until then the journal
 * on disk says that it was being sent, and it can be settled again. */
void push_call_done(struct push *push, size_t number);
/* push_save_journal, noted. */
must_check int push_write_journal(struct push *push);

/* The call was too large and is two now, not sent yet. -E2BIG: it is one block. */
must_check int push_split_call(struct push *push, size_t number);

/* What a failed call means for the push: -EAGAIN with push->again_ms, -EINVAL, -ECANCELED. */
must_check int push_after_failure(struct push *push, int error);

#endif
