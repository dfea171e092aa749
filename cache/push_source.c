/*
 * After a save: which stored file is which path of the text. What was sent and what Notion shows
 * are walked side by side; where a mark was there is a stored file now.
 */
#include <string.h>

#include "cache/keys.h"
#include "cache/push_journal.h"
#include "cache/push_own.h"
#include "cache/push_upload.h"
#include "cache/source.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"

struct pairing {
	struct push *push;
	struct store_transaction *state;
	struct uuid page;
	int error;
};

bool push_is_own_edit(const struct push *push, const json_t *object)
{
	struct uuid editor;
	int64_t edited_ms = 0;
	const int64_t minute_ms = 60000;
	/* The stamp is rounded down, and the save was stamped by this machine's clock. */
	return clock_parse_iso(json_get_text(object, "last_edited_time"), &edited_ms) == 0 &&
	       edited_ms >= push->entry.saved_ms - 2 * minute_ms &&
	       json_get_id(json_object_get(object, "last_edited_by"), NULL, &editor) &&
	       (uuid_equal(&editor, &push->workspace->bot) ||
		uuid_equal(&editor, &push->workspace->owner_user));
}

static int note_source(struct pairing *pairing, const struct uuid *owner, const char *mark,
		       const char *signed_url)
{
	struct push *push = pairing->push;
	const json_t *upload = json_object_get(json_object_get(push->journal, "uploads"), mark);
	const char *id = json_get_text(upload, "id");
	struct uuid upload_id;
	struct source source = {.page = pairing->page,
				.owner = *owner,
				.path = (char *)json_get_text(upload, "path"),
				.noted_ms = clock_now_ms()};
	if (upload == NULL || !push_digest_of_mark(mark, source.digest)) {
		return 0;
	}
	if (!json_is_true(json_object_get(upload, "young"))) {
		push_upload_stamp(upload, &source.stamp);
	}
	CLEANUP(free) char *url = strndup(signed_url, strcspn(signed_url, "?"));
	source.url = url;
	int r = source_put(pairing->state, &source);
	if (r == 0 && uuid_parse(id, strlen(id), &upload_id) == 0) {
		/* Attached, so for ever. */
		r = source_put_upload(pairing->state, source.digest, push_upload_ending(upload),
				      &upload_id, 0);
	}
	return r;
}

static void pair(struct pairing *pairing, const struct uuid *owner, const json_t *sent,
		 const json_t *there)
{
	size_t i;
	const char *key;
	json_t *item;
	if (json_is_array(sent)) {
		json_array_foreach ((json_t *)sent, i, item) {
			pair(pairing, owner, item, json_array_get(there, i));
		}
		return;
	}
	const char *mark =
		json_string_value(json_object_get(json_object_get(sent, "file_upload"), "id"));
	const char *url = json_string_value(json_object_get(json_object_get(there, "file"), "url"));
	if (mark != NULL && url != NULL) {
		int r = note_source(pairing, owner, mark, url);
		pairing->error = pairing->error < 0 ? pairing->error : r;
		return;
	}
	json_object_foreach ((json_t *)sent, key, item) {
		bool goes_on = json_is_object(item) || json_is_array(item);
		if (goes_on && strcmp(key, "children") != 0) {
			pair(pairing, owner, item, json_object_get(there, key));
		}
	}
}

static void pair_blocks(struct pairing *pairing, const json_t *sent, const json_t *there);

static void pair_block(struct pairing *pairing, const json_t *sent, const json_t *there)
{
	struct uuid id;
	if (json_get_id(there, NULL, &id)) {
		pair(pairing, &id, sent, there);
		pair_blocks(pairing, push_sent_children(sent), json_object_get(there, "children"));
	}
}

/* What was made in a new container, among what others may have put there. */
static void pair_blocks(struct pairing *pairing, const json_t *sent, const json_t *there)
{
	size_t i;
	json_t *block;
	json_t *own = push_own_blocks(pairing->push, sent, there, push_began_ms(pairing->push));
	json_array_foreach (own, i, block) {
		pair_block(pairing, json_array_get(sent, i), block);
	}
	json_decref(own);
}

static const json_t *find_block(const json_t *blocks, const char *id)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		const json_t *below;
		if (strcmp(json_get_text(block, "id"), id) == 0) {
			return block;
		}
		below = find_block(json_object_get(block, "children"), id);
		if (below != NULL) {
			return below;
		}
	}
	return NULL;
}

static void pair_call(struct pairing *pairing, const json_t *call, size_t number,
		      const json_t *page, const json_t *blocks)
{
	const json_t *planned = json_object_get(call, "planned");
	const json_t *body = planned != NULL ? planned : json_object_get(call, "body");
	const json_t *sent = json_object_get(body, "children");
	const char *path = json_get_text(call, "path");
	char key[24];
	size_t i;
	json_t *id;
	if (!push_has_upload(body)) {
		return;
	}
	if (strncmp(path, "/v1/pages", 9) == 0) {
		pair(pairing, &pairing->page, body, page);
		pair_blocks(pairing, sent, blocks);
	} else if (call_is_append(call)) {
		call_key(number, key);
		json_array_foreach (
			json_object_get(json_object_get(pairing->push->journal, "created"), key), i,
			id) {
			pair_block(pairing, json_array_get(sent, i),
				   find_block(blocks, json_string_value(id)));
		}
	} else {
		struct uuid block;
		const char *text = path + strlen("/v1/blocks/");
		if (uuid_parse(text, strlen(text), &block) == 0) {
			pair(pairing, &block, body, find_block(blocks, text));
		}
	}
}

int push_note_sources(struct push *push, struct store_transaction *state, const json_t *page,
		      const json_t *blocks)
{
	size_t i;
	json_t *call;
	struct pairing pairing = {
		.push = push,
		.state = state,
		.page = uuid_is_zero(&push->page) ? push->record.object : push->page,
	};
	if (json_object_size(json_object_get(push->journal, "uploads")) == 0) {
		return 0;
	}
	json_array_foreach (json_object_get(push->journal, "calls"), i, call) {
		pair_call(&pairing, call, i + 1, page, blocks);
	}
	return pairing.error;
}
