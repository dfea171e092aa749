#include "cache/push_own.h"

#include <string.h>

#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/json.h"

#define MINUTE_MS 60000

bool push_is_own(const struct push *push, const json_t *object, int64_t since_ms)
{
	struct uuid author;
	int64_t created_ms = 0;
	if (clock_parse_iso(json_get_text(object, "created_time"), &created_ms) < 0 ||
	    created_ms < since_ms / MINUTE_MS * MINUTE_MS) {
		return false;
	}
	return json_get_id(json_object_get(object, "created_by"), NULL, &author) &&
	       (uuid_equal(&author, &push->workspace->bot) ||
		uuid_equal(&author, &push->workspace->owner_user));
}

/* What was an upload when it was sent is a stored file ever after. */
static void take_upload(struct block *sent, const struct block *there)
{
	if (sent->media == MEDIA_FILE_UPLOAD && there->media == MEDIA_FILE) {
		sent->media = MEDIA_FILE;
		sent->url = there->url;
		/* Notion gives a name the ending that the file has, or a name where none was said.
		 */
		bool is_longer = sent->name != NULL && there->name != NULL &&
				 strncmp(sent->name, there->name, strlen(sent->name)) == 0;
		if (sent->name == NULL || is_longer) {
			sent->name = there->name;
		}
	}
	if (sent->icon.kind == ICON_FILE_UPLOAD && there->icon.kind == ICON_FILE) {
		sent->icon = there->icon;
	}
}

bool push_equals_sent(const json_t *sent, const json_t *there)
{
	CLEANUP(block_tree) struct block_tree *left = NULL;
	CLEANUP(block_tree) struct block_tree *right = NULL;
	json_t *left_list = json_pack("[O]", sent);
	json_t *right_list = json_pack("[O]", there);
	bool same = block_tree_from_json(left_list, &left) == 0 &&
		    block_tree_from_json(right_list, &right) == 0;
	if (same) {
		take_upload(left->root.first_child, right->root.first_child);
		same = block_payload_equal(left->root.first_child, right->root.first_child);
	}
	json_decref(left_list);
	json_decref(right_list);
	return same;
}

const json_t *push_sent_children(const json_t *sent)
{
	const char *type;
	json_t *payload;
	json_object_foreach ((json_t *)sent, type, payload) {
		const json_t *children = json_object_get(payload, "children");
		if (json_array_size(children) > 0) {
			return children;
		}
	}
	return NULL;
}

/* A block as it was sent, with the id it was given: for one that is gone again. */
static json_t *sent_block(const json_t *sent, const char *id)
{
	const char *type;
	json_t *payload;
	json_t *block = json_deep_copy(sent);
	json_object_foreach (block, type, payload) {
		if (json_is_object(payload)) {
			(void)json_object_del(payload, "children");
			(void)json_object_set_new(block, "type", json_string(type));
			break;
		}
	}
	(void)json_object_set_new(block, "object", json_string("block"));
	(void)json_object_set_new(block, "id", json_string(id));
	return block;
}

/* `block` with those of its children that were sent with it, and no others. */
static void keep_own_children(const struct push *push, json_t *block, const json_t *sent,
			      int64_t since_ms)
{
	json_t *children = push_own_blocks(push, push_sent_children(sent),
					   json_object_get(block, "children"), since_ms);
	(void)json_object_set_new(block, "has_children",
				  json_boolean(json_array_size(children) > 0));
	(void)json_object_set_new(block, "children", children);
}

json_t *push_own_blocks(const struct push *push, const json_t *sent, const json_t *there,
			int64_t since_ms)
{
	size_t i;
	json_t *block;
	json_t *own = json_array();
	json_array_foreach ((json_t *)there, i, block) {
		const json_t *next = json_array_get(sent, json_array_size(own));
		if (next != NULL && push_is_own(push, block, since_ms) &&
		    push_equals_sent(next, block)) {
			json_t *copy = json_copy(block);
			keep_own_children(push, copy, next, since_ms);
			(void)json_array_append_new(own, copy);
		}
	}
	return own;
}

json_t *push_own_block(const struct push *push, const json_t *sent, const json_t *there,
		       const char *id, int64_t since_ms)
{
	if (there != NULL && push_equals_sent(sent, there)) {
		json_t *block = json_copy((json_t *)there);
		keep_own_children(push, block, sent, since_ms);
		return block;
	}
	json_t *block = sent_block(sent, id);
	if (there != NULL) {
		(void)json_object_set(block, "children", json_object_get(there, "children"));
		keep_own_children(push, block, sent, since_ms);
	}
	return block;
}
