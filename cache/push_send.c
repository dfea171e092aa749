/*
 * The calls of a plan, in order, exactly once (design.md §5.9): before one leaves, the journal says
 * so, with the time. What got no answer is settled later (push_settle.c).
 */
#define LOG_MODULE "push"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/push_journal.h"
#include "cache/push_upload.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define BLOCK_LIMIT_RETRY_MS ((int64_t)3600 * 1000)

static void note_answer(struct push *push, size_t number, json_t *answer)
{
	char key[24];
	call_key(number, key);
	(void)json_object_set(push->answers, key, answer);
}

/* Nodes with this number and later ones are not made yet. */
static int take_node_number(struct push *push, uint64_t *ret_number)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_counter(state, "next_node", 16, ret_number);
	}
	return r < 0 ? r : workspace_commit(&state, NULL);
}

/* Before a call leaves: since when what it does can be seen. Blocks that were there before are
 * named by the journal, pages by nodes with a number below the one noted here; what others add
 * meanwhile is not created by us. */
static int note_sending(struct push *push, bool is_creating)
{
	uint64_t next_node = 0;
	int r = is_creating ? take_node_number(push, &next_node) : 0;
	if (r < 0) {
		return r;
	}
	json_int_t now_ms = (json_int_t)notion_now_ms(push->workspace->notion);
	(void)json_object_set_new(
		push->journal, "sending",
		json_pack("{sI sI}", "sent_ms", now_ms, "next_node", (json_int_t)next_node));
	if (json_object_get(push->journal, "began_ms") == NULL) {
		(void)json_object_set_new(push->journal, "began_ms", json_integer(now_ms));
	}
	return push_write_journal(push);
}

static int send_one(struct push *push, const json_t *call, json_t **ret_answer)
{
	struct notion *notion = push->workspace->notion;
	const char *path = json_get_text(call, "path");
	const char *method = json_get_text(call, "method");
	struct uuid target = {{0}};
	json_t *body = NULL;
	int r = call_is_create(call) ? 0 : call_target(push, call, &target);
	if (r == 0) {
		r = call_body_to_send(push, call, &body);
	}
	if (r < 0) {
		return r;
	}
	if (call_is_create(call)) {
		r = notion_create_page(notion, body, &push->failure, ret_answer);
	} else if (call_is_append(call)) {
		r = notion_append(notion, &target, body, &push->failure, ret_answer);
	} else if (strcmp(method, "DELETE") == 0) {
		r = notion_delete_block(notion, &target, &push->failure, ret_answer);
	} else if (strncmp(path, "/v1/pages/", 10) == 0) {
		r = notion_update_page(notion, &target, body, &push->failure, ret_answer);
	} else {
		r = notion_update_block(notion, &target, body, &push->failure, ret_answer);
	}
	json_decref(body);
	return r;
}

/* What an answer, or a 503 that says "saved", leaves behind. */
static int take_answer(struct push *push, const json_t *call, size_t number, json_t *answer)
{
	int r = 0;
	const json_t *children = json_object_get(json_object_get(call, "body"), "children");
	if (answer != NULL) {
		note_answer(push, number, answer);
	} else {
		push->is_resumed = true; /* there is nothing to assemble from */
	}
	if (call_is_create(call)) {
		char id[UUID_TEXT_BYTES];
		uuid_format(&push->failure.committed, id);
		r = push_take_page(push, answer != NULL ? json_get_text(answer, "id") : id);
	} else if (call_is_append(call)) {
		/* Later siblings follow ours in the answer (notion-api.md §0.2). */
		size_t count = json_array_size(children);
		const json_t *results = answer != NULL ? json_object_get(answer, "results")
						       : push->failure.committed_children;
		if (json_array_size(results) < count) {
			return -EIO;
		}
		push_note_created(push, number, results, count);
	}
	if (r == 0) {
		push_note_attached(push, call);
		push_call_done(push, number);
	}
	return r;
}

/* The entry goes on being sent, once an hour; people see why it is not. */
static int park(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	push->again_ms = clock_now_ms() + BLOCK_LIMIT_RETRY_MS;
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, push->record.node, &entry);
	}
	if (r == 0 && entry.generation == push->entry.generation) {
		free(entry.error);
		entry.error = strdup("block limit: the workspace is full, new blocks are tried "
				     "again every hour; delete pages or upgrade the workspace");
		r = queue_put(state, &entry);
		if (r == 0) {
			r = workspace_commit(&state, NULL);
		}
	}
	return r < 0 && r != -ENOENT ? r : -EAGAIN;
}

int push_after_failure(struct push *push, int error)
{
	const struct failure *failure = &push->failure;
	if (error == -ECANCELED) {
		return error;
	}
	if (failure->is_block_limit) {
		return park(push);
	}
	switch (failure->kind) {
	case FAILURE_UNKNOWN:
		/* It may still land: nothing is written to this page until it can't any more. */
		push->again_ms = clock_now_ms() + LATE_MS;
		return -EAGAIN;
	case FAILURE_NOT_SENT: return -EAGAIN;
	case FAILURE_REFUSED:
		if (failure->status == 401 || failure->status == 409 || failure->status == 429) {
			return -EAGAIN;
		}
		return -EINVAL;
	case FAILURE_COMMITTED:
	case FAILURE_NONE: break;
	}
	return error;
}

static int send_call(struct push *push, json_t *call, size_t number)
{
	json_t *answer = NULL;
	int r = push_send_uploads(push);
	if (r == 0) {
		r = note_sending(push, call_is_create(call));
	}
	if (r < 0) {
		return r;
	}
	failure_release(&push->failure);
	r = send_one(push, call, &answer);
	if (r == 0 || push->failure.kind == FAILURE_COMMITTED) {
		r = take_answer(push, call, number, r == 0 ? answer : NULL);
		json_decref(answer);
		return r;
	}
	log_warning("%s %s: %s", json_get_text(call, "method"), json_get_text(call, "path"),
		    push->failure.message);
	bool is_split = r == -E2BIG && push_split_call(push, number) == 0;
	bool is_again = false;
	if (push->failure.status == 400 || push->failure.status == 404) {
		int forgotten = push_forget_uploads(push, call, &is_again);
		r = forgotten < 0 ? forgotten : r;
	}
	if (push->failure.kind != FAILURE_UNKNOWN) {
		/* Certainly not applied: nothing to settle later. */
		(void)json_object_set_new(push->journal, "sending", json_null());
		int save = push_write_journal(push);
		if (save < 0) {
			return save;
		}
	}
	return is_split || is_again ? 0 : push_after_failure(push, r);
}

int push_send(struct push *push)
{
	json_t *calls = json_object_get(push->journal, "calls");
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	int r = 0;
	while (r == 0 && done < json_array_size(calls)) {
		r = send_call(push, json_array_get(calls, done), done + 1);
		done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	}
	if (push->is_unsaved) {
		int save = push_write_journal(push);
		r = r == 0 ? save : r;
	}
	return r;
}
