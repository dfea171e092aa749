#include "cache/push_journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/push_own.h"
#include "cache/push_upload.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"

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
	if (r == 0 && !queue_exists(state, push->record.node)) {
		return -ECANCELED; /* taken back meanwhile: nothing of it is sent */
	}
	if (r == 0) {
		r = store_put(state, STATE_JOURNAL, key, sizeof key, text, strlen(text));
	}
	free(text);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

void call_key(unsigned long call, char key[24])
{
	(void)snprintf(key, 24, "%lu", call);
}

/* The blocks call `number` was planned with; 0: the call that creates the page. */
static const json_t *planned_children(const struct push *push, unsigned long number)
{
	const json_t *call = json_array_get(json_object_get(push->journal, "calls"),
					    number == 0 ? 0 : number - 1);
	const json_t *planned = json_object_get(call, "planned");
	if (number == 0 && !call_is_create(call)) {
		return NULL;
	}
	return json_object_get(planned != NULL ? planned : json_object_get(call, "body"),
			       "children");
}

/* The `index`-th (from 1) of the blocks that were sent into a new container: others may have
 * written there, too. `*sent` goes on to what was sent below it. */
static int find_sent(const struct push *push, const json_t *there, unsigned long index,
		     const json_t **sent, struct uuid *ret_id)
{
	json_t *own = push_own_blocks(push, *sent, there, push_began_ms(push));
	bool found = json_get_id(json_array_get(own, index - 1), NULL, ret_id);
	json_decref(own);
	if (!found && json_array_size(there) == json_array_size(*sent)) {
		/* Notion shows some things otherwise than they were sent. */
		found = json_get_id(json_array_get(there, index - 1), NULL, ret_id);
	}
	*sent = push_sent_children(json_array_get(*sent, index - 1));
	return found ? 0 : -ESTALE;
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
	const json_t *sent = planned_children(push, call);
	if (call == 0) {
		*ret_id = push->page;
		if (uuid_is_zero(&push->page)) {
			return -EINVAL;
		}
	} else {
		call_key(call, key);
		const json_t *ids = json_object_get(json_object_get(push->journal, "created"), key);
		index = *at == '.' ? strtoul(at + 1, &at, 10) : 1;
		const char *id = json_string_value(json_array_get(ids, index - 1));
		if (id == NULL || uuid_parse(id, strlen(id), ret_id) < 0) {
			return -EINVAL;
		}
		sent = push_sent_children(json_array_get(sent, index - 1));
	}
	while (*at == '.') {
		/* A nested one: its id was not in the answer (notion-api.md §4.4). */
		json_t *children = NULL;
		index = strtoul(at + 1, &at, 10);
		int r = walk_children(push->workspace->notion, PRIORITY_SAVE, ret_id,
				      &push->failure, &children);
		if (r == 0) {
			r = find_sent(push, children, index, &sent, ret_id);
		}
		json_decref(children);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

bool call_is_append(const json_t *call)
{
	return strstr(json_get_text(call, "path"), "/children") != NULL;
}

bool call_is_create(const json_t *call)
{
	return strcmp(json_get_text(call, "method"), "POST") == 0;
}

void call_title(json_t *properties, struct buf *out)
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

int call_target(struct push *push, const json_t *call, struct uuid *ret_id)
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

int call_body_to_send(struct push *push, const json_t *call, json_t **ret_body)
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
	push_put_ids(push, body);
	*ret_body = body;
	return 0;
}

void push_note_created(struct push *push, size_t number, const json_t *results, size_t count)
{
	char key[24];
	json_t *created = json_object_get(push->journal, "created");
	call_key(number, key);
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

void push_note_looked(struct push *push)
{
	push->is_resumed = true;
	(void)json_object_set_new(push->journal, "looked", json_true());
}

bool push_has_looked(const struct push *push)
{
	return json_is_true(json_object_get(push->journal, "looked"));
}

int64_t push_began_ms(const struct push *push)
{
	return json_integer_value(json_object_get(push->journal, "began_ms"));
}

int push_take_page(struct push *push, const char *id)
{
	if (uuid_parse(id, strlen(id), &push->page) < 0) {
		return -EIO;
	}
	(void)json_object_set_new(push->journal, "page", json_string(id));
	return 0;
}

void push_call_done(struct push *push, size_t number)
{
	(void)json_object_set_new(push->journal, "done", json_integer((json_int_t)number));
	(void)json_object_set_new(push->journal, "sending", json_null());
	push->is_unsaved = true;
}

int push_write_journal(struct push *push)
{
	int r = push_save_journal(push);
	push->is_unsaved = r < 0;
	return r;
}
