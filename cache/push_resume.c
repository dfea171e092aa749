/*
 * A push that an earlier try began: what is on its way is settled first, then what was applied
 * becomes part of the base, and the rest is planned and checked anew (design.md §5.9, §5.11).
 *
 * Calls are never simply gone on with: since they were planned Notion may have changed, and the
 * text may have been saved again. Only those of a merged plan are, behind another look, because
 * what they make is in no text.
 */
#define LOG_MODULE "push"

#include <errno.h>

#include "cache/content.h"
#include "cache/keys.h"
#include "cache/push_journal.h"
#include "cache/push_upload.h"
#include "cache/read_object.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

bool push_is_merged(const struct push *push)
{
	return json_object_get(push->journal, "base") != NULL;
}

static size_t calls_done(const struct push *push)
{
	return (size_t)json_integer_value(json_object_get(push->journal, "done"));
}

static void forget_journal(struct push *push)
{
	json_decref(push->journal);
	push->journal = NULL;
	push->is_resumed = false;
	if (push->authored_base != NULL) {
		/* The merged plan goes, and with it what it was made against: a text is compared
		 * with what its author saw, or the changes of others would count as undone. */
		json_decref(push->entry.base);
		push->entry.base = push->authored_base;
		push->authored_base = NULL;
	}
	(void)json_object_clear(push->answers);
}

static int delete_journal(struct push *push, struct store_transaction *state)
{
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, push->record.node);
	return store_delete(state, STATE_JOURNAL, key, sizeof key);
}

static int drop_journal(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = delete_journal(push, state);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		forget_journal(push);
	}
	return r;
}

/* A page that was created is no new one any more, whatever became of the rest of the plan. What was
 * shown and read of it under another node is no text and no base of this one. */
int push_adopt_page(struct push *push, struct store_transaction *state,
		    struct store_transaction *cache, struct node_record *record,
		    struct tree_changes *changes)
{
	struct node_record twin;
	if ((record->flags & NODE_NEW) == 0) {
		return 0;
	}
	/* A listing may have shown it before we heard that it is ours. */
	if (tree_find(state, &push->page, false, &twin) == 0 && twin.node != record->node) {
		int r = tree_remove(state, &push->page, clock_now_ms(), changes);
		if (r == 0) {
			r = rendering_delete(cache, &push->page);
		}
		if (r == 0) {
			r = content_forget_versions(state, &push->page);
		}
		if (r < 0) {
			return r;
		}
	}
	record->flags &= ~(unsigned)NODE_NEW;
	return tree_set_object(state, record, &push->page);
}

/* `remote`: the page as the calls left it, or NULL. The cache has it from here on: what is sent
 * after this says nothing of it. */
static int store_base(struct push *push, json_t *base, const json_t *remote)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(queue_entry) struct queue_entry now = {0};
	struct node_record record;
	int r = workspace_begin(push->workspace, true, &state, &cache);
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r == 0) {
		r = push_adopt_page(push, state, cache, &record, &changes);
	}
	if (r == 0) {
		r = tree_put(state, &record);
	}
	if (r == 0) {
		/* What is uploaded is known by its path from now on: the rest of the plan is made
		 * without it. */
		r = push_note_sources(push, state, json_object_get(base, "page"),
				      json_object_get(base, "blocks"));
	}
	if (r == 0) {
		r = delete_journal(push, state);
	}
	if (r == 0) {
		r = queue_get(state, push->record.node, &now);
	}
	if (r == 0) {
		json_decref(now.base);
		now.base = json_incref(base);
		r = queue_put(state, &now);
	}
	if (r == 0 && remote != NULL) {
		recent_note(&push->workspace->written, record.node);
		r = object_put(cache, remote, NULL);
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	if (r == 0) {
		push->record = record;
		forget_journal(push);
		json_decref(push->entry.base);
		push->entry.base = json_incref(base);
		workspace_tell(push->workspace, &changes);
	}
	return r;
}

int push_rebase(struct push *push)
{
	struct notion *notion = push->workspace->notion;
	const struct uuid *id = uuid_is_zero(&push->page) ? &push->record.object : &push->page;
	json_t *remote = NULL;
	json_t *blocks = NULL;
	json_t *page = NULL;
	json_t *page_now = NULL;
	int r = push_assemble(push, NULL, &blocks);
	if (r == -ESTALE && push->entry.kind == QUEUE_RETITLE) {
		r = 0; /* its base has no blocks */
	} else if (r == -ESTALE) {
		r = walk_page(notion, PRIORITY_SAVE, id, &push->failure, &remote);
		if (r == 0) {
			r = push_assemble(push, remote, &blocks);
		}
	}
	if (r == 0) {
		r = push_page_after(push, &page, &page_now);
	}
	if (r == 0 && page_now != NULL) {
		r = read_whole_relations(push->workspace, id, PRIORITY_SAVE, page_now);
	}
	json_decref(remote);
	if (r == 0) {
		json_t *base = json_pack("{sO sO*}", "page", page, "blocks", blocks);
		r = base == NULL ? -ENOMEM : store_base(push, base, page_now);
		json_decref(base);
	}
	json_decref(page_now);
	json_decref(page);
	json_decref(blocks);
	return r;
}

int push_resume(struct push *push)
{
	bool is_same = json_integer_value(json_object_get(push->journal, "generation")) ==
			       (json_int_t)push->entry.generation &&
		       push->entry.kind != QUEUE_TRASH;
	int r = push_settle(push);
	if (r < 0) {
		return r;
	}
	size_t done = calls_done(push);
	bool has_part = json_object_size(json_object_get(push->journal, "created")) > 0;
	if (done == 0 && !has_part) {
		return drop_journal(push);
	}
	push->is_resumed = true;
	if (is_same && done == json_array_size(json_object_get(push->journal, "calls")) &&
	    !push_has_looked(push)) {
		return 0;
	}
	if (push_is_merged(push)) {
		return is_same ? push_check(push) : -ESTALE;
	}
	log_info("%s: %zu calls of an earlier try are done, the rest is planned anew",
		 push->record.name, done);
	r = push_rebase(push);
	if (r == -ENOENT || r == -EINVAL) {
		/* The page is gone: what comes next finds that out, and says so. */
		failure_release(&push->failure);
		r = drop_journal(push);
	}
	return r;
}
