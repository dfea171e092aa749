/*
 * Exactly once (design.md §5.9): before a create or an append leaves, the journal says so, with
 * the time and the ids that were there. After no answer nothing is written to the page until the
 * request can no longer land; then the place is listed, and what is ours in it is taken as sent.
 */
#define LOG_MODULE "push"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/push.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/json.h"

/* The server's own deadline is 60 s (notion-api.md §3.3). */
#define LATE_MS 65000
#define MINUTE_MS 60000
#define BLOCK_LIMIT_RETRY_MS ((int64_t)3600 * 1000)

int push_save_journal(const struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, push->record.node);
	char *text = json_dumps(push->journal, JSON_COMPACT);
	if (text == NULL) {
		return -ENOMEM;
	}
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = store_put(state, STATE_JOURNAL, key, sizeof key, text, strlen(text));
	}
	free(text);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

static void created_key(unsigned long call, char key[24])
{
	(void)snprintf(key, 24, "%lu", call);
}

int push_resolve(struct push *push, const char *target, struct uuid *ret_id)
{
	char key[24];
	char *at;
	if (*target != '@') {
		if (uuid_parse(target, strlen(target), ret_id) < 0) {
			return -EINVAL;
		}
		/* The zero id stands for the page that a call of this plan creates. */
		if (uuid_is_zero(ret_id)) {
			*ret_id = push->page;
		}
		return 0;
	}
	unsigned long call = strtoul(target + 1, &at, 10);
	unsigned long index;
	if (call == 0) {
		*ret_id = push->page;
		if (uuid_is_zero(&push->page)) {
			return -EINVAL;
		}
	} else {
		created_key(call, key);
		const json_t *ids = json_object_get(json_object_get(push->journal, "created"), key);
		index = *at == '.' ? strtoul(at + 1, &at, 10) : 1;
		const char *id = json_string_value(json_array_get(ids, index - 1));
		if (id == NULL || uuid_parse(id, strlen(id), ret_id) < 0) {
			return -EINVAL;
		}
	}
	while (*at == '.') {
		/* A nested one: its id was not in the answer (notion-api.md §4.4). */
		json_t *children = NULL;
		index = strtoul(at + 1, &at, 10);
		int r = walk_children(push->workspace->notion, PRIORITY_SAVE, ret_id,
				      &push->failure, &children);
		if (r < 0) {
			return r;
		}
		bool found = json_get_id(json_array_get(children, index - 1), NULL, ret_id);
		json_decref(children);
		if (!found) {
			return -EINVAL;
		}
	}
	return 0;
}

static bool is_append(const json_t *call)
{
	return strstr(json_get_text(call, "path"), "/children") != NULL;
}

static bool is_create(const json_t *call)
{
	return strcmp(json_get_text(call, "method"), "POST") == 0;
}

/* The object a path names: between its second and third part. */
static int target_of(struct push *push, const json_t *call, struct uuid *ret_id)
{
	char target[128];
	const char *path = json_get_text(call, "path");
	const char *from = strncmp(path, "/v1/", 4) == 0 ? strchr(path + 4, '/') : NULL;
	if (from == NULL) {
		return -EINVAL;
	}
	size_t len = strcspn(from + 1, "/");
	if (len >= sizeof target) {
		return -EINVAL;
	}
	memcpy(target, from + 1, len);
	target[len] = '\0';
	return push_resolve(push, target, ret_id);
}

/* The body as it is sent: the anchor's id in the place of "@n.i". New reference. */
static int body_of(struct push *push, const json_t *call, json_t **ret_body)
{
	struct uuid id;
	char text[UUID_TEXT_BYTES];
	json_t *body = json_deep_copy(json_object_get(call, "body"));
	json_t *after = json_object_get(json_object_get(body, "position"), "after_block");
	if (after != NULL) {
		int r = push_resolve(push, json_get_text(after, "id"), &id);
		if (r < 0) {
			json_decref(body);
			return r;
		}
		uuid_format(&id, text);
		(void)json_object_set_new(after, "id", json_string(text));
	}
	*ret_body = body;
	return 0;
}

static void note_created(struct push *push, size_t number, const json_t *results, size_t count)
{
	char key[24];
	json_t *created = json_object_get(push->journal, "created");
	created_key(number, key);
	json_t *ids = json_object_get(created, key);
	if (ids == NULL) {
		ids = json_array();
		(void)json_object_set_new(created, key, ids);
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(results, i);
		const char *id =
			json_is_string(item) ? json_string_value(item) : json_get_text(item, "id");
		(void)json_array_append_new(ids, json_string(id));
	}
}

static void note_answer(struct push *push, size_t number, json_t *answer)
{
	char key[24];
	created_key(number, key);
	(void)json_object_set(push->answers, key, answer);
}

static int take_created_page(struct push *push, const char *id)
{
	if (uuid_parse(id, strlen(id), &push->page) < 0) {
		return -EIO;
	}
	(void)json_object_set_new(push->journal, "page", json_string(id));
	return 0;
}

/* Durable with the next call's sending, or at the end: one commit a call. Until then the journal
 * on disk says that it was being sent, and that it can be settled again. */
static void finish_call(struct push *push, size_t number)
{
	(void)json_object_set_new(push->journal, "done", json_integer((json_int_t)number));
	(void)json_object_set_new(push->journal, "sending", json_null());
	push->is_unsaved = true;
}

static int save_journal(struct push *push)
{
	int r = push_save_journal(push);
	push->is_unsaved = r < 0;
	return r;
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
	(void)json_object_set_new(push->journal, "sending",
				  json_pack("{sI sI}", "sent_ms",
					    (json_int_t)notion_now_ms(push->workspace->notion),
					    "next_node", (json_int_t)next_node));
	return save_journal(push);
}

static bool is_ours_since(const struct push *push, const json_t *object, int64_t since_ms)
{
	struct uuid author;
	int64_t created_ms = 0;
	if (clock_parse_iso(json_get_text(object, "created_time"), &created_ms) < 0 ||
	    created_ms < since_ms / MINUTE_MS * MINUTE_MS) {
		return false;
	}
	return json_get_id(json_object_get(object, "created_by"), NULL, &author) &&
	       uuid_equal(&author, &push->workspace->bot);
}

static bool equal_block(const json_t *sent, const json_t *there)
{
	CLEANUP(block_tree) struct block_tree *left = NULL;
	CLEANUP(block_tree) struct block_tree *right = NULL;
	json_t *left_list = json_pack("[O]", sent);
	json_t *right_list = json_pack("[O]", there);
	bool same = block_tree_from_json(left_list, &left) == 0 &&
		    block_tree_from_json(right_list, &right) == 0 &&
		    block_payload_equal(left->root.first_child, right->root.first_child);
	json_decref(left_list);
	json_decref(right_list);
	return same;
}

static bool has_id(const json_t *ids, const char *id)
{
	size_t i;
	json_t *item;
	json_array_foreach (ids, i, item) {
		if (strcmp(json_string_value(item), id) == 0) {
			return true;
		}
	}
	return false;
}

/* Ids of blocks the base or earlier calls of this plan account for. */
static void collect_ids(const json_t *blocks, json_t *ids)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		(void)json_array_append(ids, json_object_get(block, "id"));
		collect_ids(json_object_get(block, "children"), ids);
	}
}

static json_t *known_ids(const struct push *push)
{
	const char *key;
	json_t *created;
	json_t *ids = json_array();
	collect_ids(json_object_get(push->entry.base, "blocks"), ids);
	json_object_foreach (json_object_get(push->journal, "created"), key, created) {
		(void)json_array_extend(ids, created);
	}
	(void)json_array_extend(ids, json_object_get(push->journal, "there"));
	return ids;
}

/* The blocks of the gap an append goes into that are its own: not known before, created by us since
 * the send minute, equal in order to a prefix of the chunk. New reference. */
static json_t *find_appended(struct push *push, const json_t *body, const json_t *there,
			     int64_t sent_ms)
{
	json_t *known = known_ids(push);
	json_t *found = json_array();
	const json_t *children = json_object_get(body, "children");
	const json_t *position = json_object_get(body, "position");
	const char *type = json_get_text(position, "type");
	const char *after = json_get_text(json_object_get(position, "after_block"), "id");
	bool is_at_end = strcmp(type, "after_block") != 0 && strcmp(type, "start") != 0;
	bool is_behind = *after == '\0';
	size_t i;
	json_t *block;
	json_array_foreach (there, i, block) {
		const char *id = json_get_text(block, "id");
		size_t at = json_array_size(found);
		if (!is_behind) {
			is_behind = strcmp(id, after) == 0;
		} else if (has_id(known, id)) {
			if (!is_at_end) {
				break; /* the gap ends here */
			}
			(void)json_array_clear(found); /* and begins behind this one */
		} else if (at < json_array_size(children) && is_ours_since(push, block, sent_ms) &&
			   equal_block(json_array_get(children, at), block)) {
			(void)json_array_append_new(found, json_string(id));
		} else if (at > 0 && !is_at_end) {
			break; /* ours are one behind the other */
		}
	}
	json_decref(known);
	return found;
}

/* Which of an append's blocks are there? The rest goes behind them. */
static int settle_append(struct push *push, json_t *call, size_t number)
{
	struct uuid container;
	json_t *there = NULL;
	json_t *body = NULL;
	json_t *call_body = json_object_get(call, "body");
	json_t *children = json_object_get(call_body, "children");
	int64_t sent_ms = json_integer_value(
		json_object_get(json_object_get(push->journal, "sending"), "sent_ms"));
	int r = target_of(push, call, &container);
	if (r == 0) {
		r = body_of(push, call, &body);
	}
	if (r == 0) {
		r = walk_children(push->workspace->notion, PRIORITY_SAVE, &container,
				  &push->failure, &there);
	}
	if (r < 0) {
		json_decref(body);
		return r;
	}
	json_t *found = find_appended(push, body, there, sent_ms);
	size_t count = json_array_size(found);
	log_info("an append without an answer: %zu of %zu blocks are there", count,
		 json_array_size(children));
	if (count > 0) {
		note_created(push, number, found, count);
		push->is_resumed = true;
		if (json_object_get(call, "planned") == NULL) {
			(void)json_object_set_new(call, "planned", json_deep_copy(call_body));
		}
	}
	if (count == json_array_size(children)) {
		finish_call(push, number);
	} else {
		for (size_t n = 0; n < count; n++) {
			(void)json_array_remove(children, 0);
		}
		if (count > 0) {
			(void)json_object_set_new(call_body, "position",
						  json_pack("{ss s{sO}}", "type", "after_block",
							    "after_block", "id",
							    json_array_get(found, count - 1)));
		}
		(void)json_object_set_new(push->journal, "sending", json_null());
	}
	r = save_journal(push);
	json_decref(found);
	json_decref(there);
	json_decref(body);
	return r;
}

static void title_text(json_t *properties, struct buf *out)
{
	const char *name;
	json_t *property;
	json_object_foreach (properties, name, property) {
		size_t i;
		json_t *run;
		json_array_foreach (json_object_get(property, "title"), i, run) {
			const char *plain = json_get_text(run, "plain_text");
			buf_puts(out, *plain != '\0' ? plain
						     : json_get_text(json_object_get(run, "text"),
								     "content"));
		}
	}
}

/* Is this page the one the call was to create? */
static bool is_created_page(const struct push *push, const json_t *call, const json_t *page,
			    int64_t sent_ms)
{
	json_int_t next_node = json_integer_value(
		json_object_get(json_object_get(push->journal, "sending"), "next_node"));
	CLEANUP(buf) struct buf asked;
	CLEANUP(buf) struct buf got;
	struct uuid id;
	struct node_record record;
	struct store_transaction *state = NULL;
	buf_init(&asked, 100000);
	buf_init(&got, 100000);
	title_text(json_object_get(json_object_get(call, "body"), "properties"), &asked);
	title_text(json_object_get(page, "properties"), &got);
	if (strcmp(asked.data, got.data) != 0 || !is_ours_since(push, page, sent_ms) ||
	    !json_get_id(page, NULL, &id) ||
	    workspace_begin(push->workspace, false, &state, NULL) < 0) {
		return false;
	}
	/* One that had a place in the tree before is another page of the same title. */
	bool is_known = tree_find(state, &id, false, &record) == 0 &&
			(next_node == 0 || (json_int_t)record.node < next_node);
	store_abort(state);
	return !is_known;
}

/* Did the create land? Looks among the newest children of the parent. */
static int settle_create(struct push *push, json_t *call, size_t number)
{
	struct uuid parent;
	json_t *answer = NULL;
	const json_t *parent_value = json_object_get(json_object_get(call, "body"), "parent");
	int64_t sent_ms = json_integer_value(
		json_object_get(json_object_get(push->journal, "sending"), "sent_ms"));
	struct notion *notion = push->workspace->notion;
	char *found = NULL;
	int r;
	if (json_get_id(parent_value, "data_source_id", &parent)) {
		r = notion_query(notion, PRIORITY_SAVE, &parent, NULL, NULL, &push->failure,
				 &answer);
	} else if (json_get_id(parent_value, "page_id", &parent)) {
		r = walk_children(notion, PRIORITY_SAVE, &parent, &push->failure, &answer);
	} else {
		r = notion_search(notion, PRIORITY_SAVE, NULL, &push->failure, &answer);
	}
	if (r < 0) {
		return r;
	}
	const json_t *results = json_is_array(answer) ? answer : json_object_get(answer, "results");
	size_t i;
	json_t *item;
	json_array_foreach (results, i, item) {
		struct uuid id;
		json_t *page = json_incref(item);
		bool is_child = strcmp(json_get_text(item, "type"), "child_page") == 0;
		if (is_child) {
			json_decref(page);
			page = NULL;
			if (!is_ours_since(push, item, sent_ms) || !json_get_id(item, NULL, &id) ||
			    notion_page(notion, PRIORITY_SAVE, &id, &push->failure, &page) < 0) {
				continue;
			}
		}
		if (found == NULL && is_created_page(push, call, page, sent_ms)) {
			found = strdup(json_get_text(page, "id"));
		}
		json_decref(page);
	}
	json_decref(answer);
	log_info("a create without an answer: the page is %sthere", found == NULL ? "not " : "");
	if (found != NULL) {
		push->is_resumed = true;
		r = take_created_page(push, found);
		if (r == 0) {
			finish_call(push, number);
		}
	} else {
		(void)json_object_set_new(push->journal, "sending", json_null());
	}
	r = r == 0 ? save_journal(push) : r;
	free(found);
	return r;
}

static int send_one(struct push *push, const json_t *call, json_t **ret_answer)
{
	struct notion *notion = push->workspace->notion;
	const char *path = json_get_text(call, "path");
	const char *method = json_get_text(call, "method");
	struct uuid target = {{0}};
	json_t *body = NULL;
	int r = is_create(call) ? 0 : target_of(push, call, &target);
	if (r == 0) {
		r = body_of(push, call, &body);
	}
	if (r < 0) {
		return r;
	}
	if (is_create(call)) {
		r = notion_create_page(notion, body, &push->failure, ret_answer);
	} else if (is_append(call)) {
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
	if (is_create(call)) {
		char id[UUID_TEXT_BYTES];
		uuid_format(&push->failure.committed, id);
		r = take_created_page(push, answer != NULL ? json_get_text(answer, "id") : id);
	} else if (is_append(call)) {
		/* Later siblings follow ours in the answer (notion-api.md §0.2). */
		size_t count = json_array_size(children);
		const json_t *results = answer != NULL ? json_object_get(answer, "results")
						       : push->failure.committed_children;
		if (json_array_size(results) < count) {
			return -EIO;
		}
		note_created(push, number, results, count);
	}
	if (r == 0) {
		finish_call(push, number);
	}
	return r;
}

static int after_failure(struct push *push, int error)
{
	const struct failure *failure = &push->failure;
	if (error == -ECANCELED) {
		return error;
	}
	if (failure->is_block_limit) {
		push->again_ms = clock_now_ms() + BLOCK_LIMIT_RETRY_MS;
		return -EAGAIN;
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
	int r = note_sending(push, is_create(call));
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
	if (push->failure.kind != FAILURE_UNKNOWN) {
		/* Certainly not applied: nothing to settle later. */
		(void)json_object_set_new(push->journal, "sending", json_null());
		int save = save_journal(push);
		if (save < 0) {
			return save;
		}
	}
	return after_failure(push, r);
}

/* A call that was on its way when the last process ended, or that got no answer. */
static int settle(struct push *push, json_t *call, size_t number)
{
	int64_t sent_ms = json_integer_value(
		json_object_get(json_object_get(push->journal, "sending"), "sent_ms"));
	int64_t safe_ms = sent_ms + LATE_MS;
	if (notion_now_ms(push->workspace->notion) < safe_ms) {
		push->again_ms = clock_now_ms() + safe_ms - notion_now_ms(push->workspace->notion);
		return -EAGAIN;
	}
	int r = 0;
	if (is_create(call)) {
		r = settle_create(push, call, number);
	} else if (is_append(call)) {
		r = settle_append(push, call, number);
	} else {
		/* Applied or not: the look before the next try tells. */
		(void)json_object_set_new(push->journal, "sending", json_null());
		r = save_journal(push);
	}
	return r < 0 && r != -EAGAIN ? after_failure(push, r) : r;
}

int push_settle(struct push *push)
{
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	if (!json_is_object(json_object_get(push->journal, "sending"))) {
		return 0;
	}
	return settle(push, json_array_get(json_object_get(push->journal, "calls"), done),
		      done + 1);
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
		int save = save_journal(push);
		r = r == 0 ? save : r;
	}
	return r;
}
