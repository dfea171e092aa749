/*
 * A call that was sent and not answered (design.md §5.9): nothing is written to the page until it
 * can't land any more. Then, for a create or an append, the place is listed, and what is ours in
 * it is taken as sent. Text alone never identifies a block.
 */
#define LOG_MODULE "push"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/push_journal.h"
#include "cache/push_own.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/json.h"

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
		} else if (at < json_array_size(children) && push_is_own(push, block, sent_ms) &&
			   push_equals_sent(json_array_get(children, at), block)) {
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
	int r = call_target(push, call, &container);
	if (r == 0) {
		r = call_body_to_send(push, call, &body);
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
		push_note_created(push, number, found, count);
		push_note_looked(push);
		if (json_object_get(call, "planned") == NULL) {
			(void)json_object_set_new(call, "planned", json_deep_copy(call_body));
		}
	}
	if (count == json_array_size(children)) {
		push_call_done(push, number);
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
	r = push_write_journal(push);
	json_decref(found);
	json_decref(there);
	json_decref(body);
	return r;
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
	call_title(json_object_get(json_object_get(call, "body"), "properties"), &asked);
	call_title(json_object_get(page, "properties"), &got);
	if (strcmp(asked.data, got.data) != 0 || !push_is_own(push, page, sent_ms) ||
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
			if (!push_is_own(push, item, sent_ms) || !json_get_id(item, NULL, &id) ||
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
		push_note_looked(push);
		r = push_take_page(push, found);
		if (r == 0) {
			push_call_done(push, number);
		}
	} else {
		(void)json_object_set_new(push->journal, "sending", json_null());
	}
	r = r == 0 ? push_write_journal(push) : r;
	free(found);
	return r;
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
	if (call_is_create(call)) {
		r = settle_create(push, call, number);
	} else if (call_is_append(call)) {
		r = settle_append(push, call, number);
	} else {
		/* Applied, it is part of the base: a text that was saved since may want the block
		 * as it was before. */
		bool is_applied = false;
		r = push_is_applied(push, call, &is_applied);
		if (r == 0 && is_applied) {
			push_call_done(push, number);
		} else if (r == 0) {
			(void)json_object_set_new(push->journal, "sending", json_null());
		}
		r = r == 0 ? push_write_journal(push) : r;
	}
	return r < 0 && r != -EAGAIN ? push_after_failure(push, r) : r;
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
