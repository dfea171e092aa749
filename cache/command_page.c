#include "cache/command_page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/content.h"
#include "cache/history.h"
#include "cache/keys.h"
#include "cache/push.h"
#include "cache/status.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

#define EVENTS_MAX 1000

static json_t *failed(const char *why)
{
	return json_pack("{ss}", "failure", why);
}

json_t *page_command_plan(struct workspace *workspace, node_id page)
{
	json_t *answer = NULL;
	int r = push_show(workspace, page, &answer);
	if (r == -ENOENT) {
		return json_pack("{ss s[] sn sb}", "state", "synced", "calls", "error", "waits", 0);
	}
	return r < 0 ? failed(strerror(-r)) : answer;
}

/* ---- discard ---- */

struct discard {
	struct workspace *workspace;
	node_id node;
	const char *failure; /* the results */
	struct queue_entry entry;
	struct node_record record;
	struct tree_changes changes;
};

/* What is left to be owed of it: nothing, or the name that was given meanwhile. */
static int leave_retitle(struct discard *discard, struct store_transaction *state)
{
	struct queue_entry retitle = discard->entry;
	json_t *page = json_object_get(discard->entry.base, "page");
	bool is_named_anew =
		(discard->record.flags & NODE_RETITLED) != 0 || discard->entry.from != 0;
	if (!is_named_anew || page == NULL) {
		return queue_delete(state, discard->node);
	}
	retitle.base = json_pack("{sO}", "page", page);
	retitle.kind = QUEUE_RETITLE;
	retitle.state = QUEUE_PENDING;
	retitle.text_len = 0;
	retitle.error = retitle.error_file = NULL;
	retitle.error_line = retitle.error_column = 0;
	retitle.generation++;
	int r = queue_put(state, &retitle);
	json_decref(retitle.base);
	return r;
}

static int drop_save(void *context, struct store_transaction *state)
{
	struct discard *discard = context;
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, discard->node);
	discard->failure = NULL;
	queue_entry_release(&discard->entry);
	tree_changes_release(&discard->changes);
	int r = queue_get(state, discard->node, &discard->entry);
	if (r == -ENOENT || (r == 0 && discard->entry.kind != QUEUE_SAVE)) {
		discard->failure = "no save of it is owed";
		return -ENOENT;
	}
	if (r == 0) {
		r = tree_get(state, discard->node, &discard->record);
	}
	struct history_event event = {
		.what = "discarded", .text = discard->entry.text, .len = discard->entry.text_len};
	if (r == 0) {
		r = history_add(state, &discard->record, &event);
	}
	if (r == 0) {
		r = leave_retitle(discard, state);
	}
	if (r == 0) {
		r = store_delete(state, STATE_JOURNAL, key, sizeof key);
	}
	if (r == 0 && (discard->record.flags & NODE_NEW) != 0) {
		r = queue_delete(state, discard->node);
		r = r < 0 ? r
			  : tree_remove(state, &discard->record.object, clock_now_ms(),
					&discard->changes);
	} else if (r == 0) {
		/* Whatever the text is then, it is another version. */
		discard->record.flags &= ~(unsigned)NODE_SIZE_EXACT;
		discard->record.version++;
		r = tree_put(state, &discard->record);
	}
	return r;
}

/* The page reads as Notion has it again, as far as it is here; else the next open fetches it. */
static int show_again(struct discard *discard)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	node_id node;
	bool changed;
	int r = workspace_begin(discard->workspace, true, &state, &cache);
	if (r == 0) {
		r = content_update(discard->workspace, state, cache, &discard->record.object, &node,
				   &changed, &discard->changes);
		r = r == -ENOENT ? 0 : r;
	}
	if (r == 0) {
		/* Parts of it may have been sent. */
		r = body_set_stale(cache, &discard->record.object);
		r = r == -ENOENT ? 0 : r;
	}
	return r < 0 ? r : workspace_commit(&state, &cache);
}

json_t *page_command_discard(struct workspace *workspace, node_id page)
{
	struct discard discard = {.workspace = workspace, .node = page};
	if (writeback_is_busy(&workspace->writeback, page)) {
		return failed("it is being sent just now, try again");
	}
	int r = store_update(workspace->state, drop_save, &discard);
	bool is_new = r == 0 && (discard.record.flags & NODE_NEW) != 0;
	if (r == 0 && !is_new) {
		r = show_again(&discard);
	}
	if (r == 0) {
		error_files_remove(workspace, &discard.record, &discard.entry);
		workspace_tell(workspace, &discard.changes);
		workspace_tell_page(workspace, page);
		writeback_schedule(&workspace->writeback, page, clock_now_ms());
		if (!is_new) {
			fetcher_request(&workspace->fetcher, JOB_PAGE, &discard.record.object,
					PRIORITY_PERSON, false);
		}
	}
	json_t *answer = r == 0 ? json_pack("{ss sI}", "path", "", "bytes",
					    (json_int_t)discard.entry.text_len)
				: failed(discard.failure != NULL ? discard.failure : strerror(-r));
	queue_entry_release(&discard.entry);
	tree_changes_release(&discard.changes);
	return answer;
}

/* ---- log ---- */

json_t *page_command_log(struct workspace *workspace, node_id page, uint64_t show)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	json_t *events = NULL;
	struct store_value text;
	int r = workspace_begin(workspace, false, &state, NULL);
	if (r == 0 && show > 0) {
		r = history_text(state, show, &text);
		if (r == 0) {
			json_t *shown = json_stringn(text.bytes, text.len);
			return shown == NULL ? failed("the text is no UTF-8")
					     : json_pack("{so}", "text", shown);
		}
		return failed(r == -ENOENT ? "there is no entry of this number, `notionfs log` "
					     "lists them"
					   : strerror(-r));
	}
	if (r == 0) {
		r = history_list(state, page, EVENTS_MAX, &events);
	}
	return r < 0 ? failed(strerror(-r)) : json_pack("{so}", "events", events);
}
