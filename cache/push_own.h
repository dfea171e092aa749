/*
 * Which of the blocks that Notion has are those we sent (design.md §5.9): created by us since the
 * send minute, equal in order to what was sent. Text alone never tells.
 *
 * What it is not: for anybody but push*.c. No network; one push's thread.
 */
#ifndef NOTIONFS_CACHE_PUSH_OWN_H
#define NOTIONFS_CACHE_PUSH_OWN_H

#include "cache/push.h"

/* Created by us in the minute of `since_ms` or later? Of a block or page as Notion shows it. */
bool push_is_own(const struct push *push, const json_t *object, int64_t since_ms);
/* Has `there` the content of `sent`, a block in the shape it is created in? Children aside. */
bool push_equals_sent(const json_t *sent, const json_t *there);
/* The children a block was sent with; NULL: none. Borrowed. */
const json_t *push_sent_children(const json_t *sent);

/* Of `there`, with all that is below, the blocks that are `sent`, and of what is below them too
 * only what was sent: for a list that only we were to write to. New reference. */
json_t *push_own_blocks(const struct push *push, const json_t *sent, const json_t *there,
			int64_t since_ms);
/* A block that has this id for certain: as Notion shows it when its content is still what was sent,
 * else as it was sent. `there` NULL: it is gone again. New reference. */
json_t *push_own_block(const struct push *push, const json_t *sent, const json_t *there,
		       const char *id, int64_t since_ms);

#endif
