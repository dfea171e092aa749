/*
 * A page that left its name: to Notion's trash after the grace time, and back.
 *
 * Both calls say how it shall be, so they may be sent twice, but one without an answer may land
 * after the other was sent. So the journal says what was sent last until that is certain, and the
 * opposite is sent only then.
 */
#define LOG_MODULE "push"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/push.h"
#include "cache/push_journal.h"
#include "cache/read_object.h"
#include "cache/removed.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

/* A page below one that is removed too waits for that one; looked at again after so long. */
#define BELOW_RETRY_MS 10000
/* Pages of one tree that can't be read and count as empty. */
#define SKIPPED_MAX 32

/* ---- the journal ---- */

bool push_is_trash_journal(const struct push *push)
{
	return json_is_object(json_object_get(push->journal, "trash"));
}

static bool was_sent_as(const struct push *push)
{
	return json_is_true(json_object_get(json_object_get(push->journal, "trash"), "in_trash"));
}

static int64_t sent_ms(const struct push *push)
{
	return json_integer_value(
		json_object_get(json_object_get(push->journal, "trash"), "sent_ms"));
}

static int put_journal(struct push *push, struct store_transaction *state, bool in_trash,
		       int64_t when_ms)
{
	unsigned char key[KEY_NODE_BYTES];
	json_t *journal = json_pack("{s{sb sI}}", "trash", "in_trash", in_trash, "sent_ms",
				    (json_int_t)when_ms);
	char *text = journal == NULL ? NULL : json_dumps(journal, JSON_COMPACT);
	key_put_u64(key, push->record.node);
	int r = text == NULL ? -ENOMEM
			     : store_put(state, STATE_JOURNAL, key, sizeof key, text, strlen(text));
	free(text);
	if (r < 0) {
		json_decref(journal);
		return r;
	}
	json_decref(push->journal);
	push->journal = journal;
	return 0;
}

static int delete_journal(struct push *push, struct store_transaction *state)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, push->record.node);
	return store_delete(state, STATE_JOURNAL, key, sizeof key);
}

static void forget_journal(struct push *push)
{
	json_decref(push->journal);
	push->journal = NULL;
}

/* 0: what was sent before has landed, or can't any more. */
static int wait_until_certain(struct push *push)
{
	int64_t certain_ms = sent_ms(push) + LATE_MS;
	int64_t now_ms = notion_now_ms(push->workspace->notion);
	if (sent_ms(push) == 0 || now_ms >= certain_ms) {
		return 0;
	}
	push->again_ms = clock_now_ms() + certain_ms - now_ms;
	return -EAGAIN;
}

/* ---- what Notion says ---- */

enum place { PLACE_TRASHED, PLACE_HERE, PLACE_GONE, PLACE_UNKNOWN };

static enum place ask_place(struct push *push, struct failure *failure)
{
	json_t *page = NULL;
	int r = notion_page(push->workspace->notion, PRIORITY_SAVE, &push->record.object, failure,
			    &page);
	bool in_trash = json_is_true(json_object_get(page, "in_trash"));
	json_decref(page);
	return r == -ENOENT ? PLACE_GONE
	       : r < 0	    ? PLACE_UNKNOWN
	       : in_trash   ? PLACE_TRASHED
			    : PLACE_HERE;
}

/* One PATCH of in_trash; the journal has it already. 0: it is so. -EAGAIN with push->again_ms.
 * -EINVAL: Notion refuses, push->failure says why. -ENOENT: there is no such page (any more). */
static int send_in_trash(struct push *push, bool in_trash)
{
	CLEANUP(failure) struct failure failure = {0};
	json_t *body = json_pack("{sb}", "in_trash", in_trash);
	int r = notion_update_page(push->workspace->notion, &push->record.object, body,
				   &push->failure, NULL);
	json_decref(body);
	if (r == 0 || push->failure.kind == FAILURE_COMMITTED) {
		return 0;
	}
	r = push_after_failure(push, r);
	if (r != -EINVAL) {
		return r;
	}
	/* A trashed page refuses like one that may not be trashed: what it is now tells. */
	switch (ask_place(push, &failure)) {
	case PLACE_TRASHED: return in_trash ? 0 : -EINVAL;
	case PLACE_HERE: return in_trash ? -EINVAL : 0;
	case PLACE_GONE: return -ENOENT;
	case PLACE_UNKNOWN: break;
	}
	return -EAGAIN;
}

/* ---- back ---- */

int push_untrash(struct push *push)
{
	CLEANUP(failure) struct failure failure = {0};
	CLEANUP(transaction) struct store_transaction *state = NULL;
	/* What was sent the other way has to be over; the same may be sent again. */
	int r = was_sent_as(push) ? wait_until_certain(push) : 0;
	if (r < 0) {
		return r;
	}
	enum place place = ask_place(push, &failure);
	if (place == PLACE_UNKNOWN) {
		return -EAGAIN;
	}
	if (place == PLACE_TRASHED) {
		r = workspace_begin(push->workspace, true, &state, NULL);
		if (r == 0) {
			r = put_journal(push, state, false, notion_now_ms(push->workspace->notion));
		}
		r = r == 0 ? workspace_commit(&state, NULL) : r;
		r = r == 0 ? send_in_trash(push, false) : r;
		log_info("%s comes back out of the trash: %s", push->record.name,
			 r == 0 ? "done" : push->failure.message);
	}
	if (r == -ECANCELED || r == -EAGAIN) {
		return r;
	}
	if (r == -EINVAL) {
		char message[600];
		(void)snprintf(message, sizeof message,
			       "the page is in Notion's trash and can't be taken out: %s, restore "
			       "it in Notion",
			       push->failure.message);
		int refused = push_refuse(push, 0, 0, message);
		return refused < 0 ? refused : -ECANCELED;
	}
	/* Gone for good: what comes next finds that out, and says so. */
	r = r == -ENOENT ? 0 : r;
	if (r == 0) {
		r = workspace_begin(push->workspace, true, &state, NULL);
	}
	if (r == 0) {
		r = delete_journal(push, state);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		forget_journal(push);
		failure_release(&push->failure);
		push->failure = (struct failure){0};
	}
	return r;
}

/* ---- away ---- */

/* Has the name been taken again while the trashing was on its way? */
static bool is_wanted_again(struct push *push, struct store_transaction *state)
{
	CLEANUP(queue_entry) struct queue_entry now = {0};
	struct node_record record;
	return tree_get(state, push->record.node, &record) == 0 &&
	       ((record.flags & NODE_HIDDEN) == 0 ||
		queue_get(state, push->record.node, &now) < 0 || now.kind != QUEUE_TRASH ||
		now.generation != push->entry.generation);
}

/* The page shows itself again under its name, with the reason beside it. */
static int give_back(struct push *push, const char *message)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	CLEANUP(buf) struct buf text;
	char name[NODE_NAME_MAX_BYTES + 16];
	struct node_record record;
	int64_t now_ms = clock_now_ms();
	buf_init(&text, 100000);
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0 && is_wanted_again(push, state)) {
		return -EAGAIN;
	}
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r == 0) {
		record.flags &= ~(unsigned)NODE_HIDDEN;
		record.flags |= NODE_RETURNED;
		r = tree_put(state, &record);
	}
	if (r == 0) {
		r = tree_touch(state, record.parent, record.name, now_ms, &changes);
	}
	if (r == 0) {
		r = tree_reveal(state, record.parent, now_ms, &changes);
	}
	if (r == 0) {
		r = queue_get(state, record.node, &entry);
	}
	if (r == 0) {
		r = delete_journal(push, state);
	}
	if (r == 0 && entry.text_len > 0) {
		/* A text that was saved and not sent before the page was removed. */
		entry.kind = QUEUE_SAVE;
		entry.state = QUEUE_PENDING;
		entry.generation++;
		r = queue_put(state, &entry);
	} else if (r == 0) {
		r = queue_delete(state, record.node);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r < 0) {
		return r;
	}
	forget_journal(push);
	push->record = record;
	log_warning("%s returns: %s", record.name, message);
	buf_printf(&text, "%s: not removed: %s\n", record.name, message);
	(void)snprintf(name, sizeof name, "%s.error", record.name);
	push_write_beside(push, name, text.data, text.len);
	workspace_tell(push->workspace, &changes);
	return entry.text_len > 0 ? -EAGAIN : 0;
}

/* 0: nothing is left in it. -EAGAIN: later, or given back when *ret_is_given_back. */
static int prove_empty(struct push *push)
{
	struct uuid skipped[SKIPPED_MAX];
	size_t skipped_count = 0;
	for (;;) {
		struct store_transaction *state = NULL;
		struct store_transaction *cache = NULL;
		struct removed_look look;
		struct node_record above;
		int64_t due_ms = 0;
		int r = workspace_begin(push->workspace, false, &state, &cache);
		if (r < 0) {
			return r;
		}
		bool is_wanted = is_wanted_again(push, state);
		bool is_below = removed_above(state, &push->record, &above, &due_ms) == 0;
		r = removed_look(push->workspace, state, cache, &push->record, skipped,
				 skipped_count, &look);
		store_abort(state);
		store_abort(cache);
		if (r < 0 || is_wanted) {
			return r < 0 ? r : -EAGAIN; /* a save of it is about to be made */
		}
		if (is_below) {
			int64_t later_ms = clock_now_ms() + BELOW_RETRY_MS;
			push->again_ms = due_ms + 1 > later_ms ? due_ms + 1 : later_ms;
			return -EAGAIN;
		}
		if (look.has_left) {
			char message[sizeof look.left + 100];
			(void)snprintf(message, sizeof message,
				       "%s is still there, remove that first", look.left);
			r = give_back(push, message);
			return r < 0 ? r : -ECANCELED;
		}
		if (!look.is_unread) {
			return 0;
		}
		/* Never walked is not proved empty. */
		r = read_page(push->workspace, &look.unread, PRIORITY_SAVE);
		if (r == -ENOENT && skipped_count < SKIPPED_MAX) {
			skipped[skipped_count++] = look.unread;
		} else if (r < 0) {
			return r == -ECANCELED ? r : -EAGAIN;
		}
	}
}

/* The trashing, once, and known for certain. */
static int send_trash(struct push *push)
{
	CLEANUP(failure) struct failure failure = {0};
	struct store_transaction *state = NULL;
	if (push_is_trash_journal(push)) {
		int r = wait_until_certain(push);
		if (r < 0) {
			return r;
		}
		enum place place = ask_place(push, &failure);
		if (place != PLACE_HERE) {
			return place == PLACE_UNKNOWN ? -EAGAIN : 0;
		}
	}
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0 && is_wanted_again(push, state)) {
		r = -EAGAIN;
	}
	if (r == 0) {
		r = put_journal(push, state, true, notion_now_ms(push->workspace->notion));
	}
	r = r == 0 ? workspace_commit(&state, NULL) : r;
	store_abort(state);
	r = r == 0 ? send_in_trash(push, true) : r;
	return r == -ENOENT ? 0 : r;
}

/* What was trashed leaves its place, and what was owed for it the queue. What was never sent is
 * forgotten. */
static int leave_tree(struct push *push)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record record = push->record;
	int64_t now_ms = clock_now_ms();
	int r = workspace_begin(push->workspace, true, &state, &cache);
	if (r == 0 && is_wanted_again(push, state)) {
		/* The journal stays: the page comes back before anything is saved to it. */
		if (push_is_trash_journal(push)) {
			r = put_journal(push, state, true, 0);
			r = r == 0 ? workspace_commit(&state, NULL) : r;
		}
		push->again_ms = now_ms;
		return r < 0 ? r : -EAGAIN;
	}
	if (r == 0) {
		r = tree_get(state, record.node, &record);
	}
	if (r == -ENOENT) {
		return 0; /* gone with the page above it meanwhile */
	}
	if (r == 0) {
		r = delete_journal(push, state);
	}
	if (r == 0) {
		r = trash_put(push->workspace, state, cache, &record, TRASHED_HERE, &changes);
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	if (r == 0) {
		forget_journal(push);
		push_remove_error_file(push);
		trash_take_copies(push->workspace, &push->record);
		workspace_tell(push->workspace, &changes);
	}
	return r;
}

/* The name was taken again and nothing was saved under it in the grace time; who took it may have
 * died. The page stays, and what was owed for it is owed again. 0: it is to go. */
static int stay(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r < 0 || (record.flags & NODE_HIDDEN) != 0) {
		return r;
	}
	r = queue_get(state, record.node, &entry);
	if (r < 0 || entry.generation != push->entry.generation || push->journal != NULL) {
		return -EAGAIN;
	}
	bool has_text = entry.text_len > 0 || (record.flags & NODE_NEW) != 0;
	bool is_over = !has_text && (record.flags & (NODE_RETITLED | NODE_MOVED)) == 0;
	entry.kind = has_text ? QUEUE_SAVE : QUEUE_RETITLE;
	entry.state = QUEUE_PENDING;
	entry.generation++;
	r = is_over ? queue_delete(state, record.node) : queue_put(state, &entry);
	r = r == 0 ? workspace_commit(&state, NULL) : r;
	push->again_ms = clock_now_ms();
	push->is_over = r == 0 && is_over;
	return r < 0 ? r : -EAGAIN;
}

/* While pages go on being removed it is not known yet whether they are too many at once: the first
 * ones wait for the last. A minute after its own removal no later one counts with it. */
static int wait_for_others(struct push *push)
{
	const struct workspace *workspace = push->workspace;
	int64_t delay_ms = workspace->options.trash_delay_ms;
	int64_t certain_ms = push->entry.saved_ms + REMOVALS_MS;
	int64_t quiet_ms = atomic_load(&workspace->removals.last_ms) +
			   (delay_ms > REMOVALS_QUIET_MS ? delay_ms : REMOVALS_QUIET_MS);
	int64_t until_ms = quiet_ms < certain_ms ? quiet_ms : certain_ms;
	if (push_is_trash_journal(push) || (push->record.flags & NODE_NEW) != 0 ||
	    until_ms <= clock_now_ms()) {
		return 0;
	}
	push->again_ms = until_ms;
	return -EAGAIN;
}

int push_trash(struct push *push)
{
	if (push->entry.state == QUEUE_HELD) {
		return 0; /* one of too many at once: waits for a person */
	}
	if (push->entry.due_ms > clock_now_ms()) {
		push->again_ms = push->entry.due_ms;
		return -EAGAIN;
	}
	int r = wait_for_others(push);
	r = r == 0 ? stay(push) : r;
	if (push->is_over) {
		return 0;
	}
	r = r == 0 ? prove_empty(push) : r;
	if (r == 0 && (push->record.flags & NODE_NEW) == 0) {
		r = send_trash(push);
		if (r == -EINVAL) {
			char message[sizeof push->failure.message + 40];
			(void)snprintf(message, sizeof message, "Notion refuses: %s",
				       push->failure.message);
			return give_back(push, message);
		}
	}
	if (r == 0) {
		r = leave_tree(push);
	}
	return r == -ECANCELED ? 0 : r;
}

int push_restored(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	int r = store_write(push->workspace->state, &state);
	if (r == 0) {
		r = store_read(push->workspace->cache, &cache);
	}
	if (r == 0) {
		r = queue_get(state, push->record.node, &entry);
	}
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r < 0 || entry.generation != push->entry.generation) {
		return r == -ENOENT ? 0 : r < 0 ? r : -EAGAIN;
	}
	bool has_title = (record.flags & (NODE_RETITLED | NODE_MOVED)) != 0;
	if (has_title) {
		/* It came out under another name. */
		json_t *page = NULL;
		r = object_get(cache, &record.object, &page);
		r = r == -ENOENT ? -EAGAIN : r;
		json_decref(entry.base);
		entry.base = json_pack("{so*}", "page", page);
		entry.kind = QUEUE_RETITLE;
		entry.generation++;
		r = r == 0 ? queue_put(state, &entry) : r;
	} else {
		r = queue_delete(state, record.node);
	}
	r = r == 0 ? workspace_commit(&state, NULL) : r;
	if (r == 0 || r == -EAGAIN) {
		/* It may have been changed while it was away. */
		fetcher_request(&push->workspace->fetcher, JOB_PAGE, &record.object,
				PRIORITY_REFRESH, true);
	}
	push->again_ms = clock_now_ms(); /* what else is owed goes out now */
	return r == 0 && has_title ? -EAGAIN : r;
}
