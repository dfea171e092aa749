/*
 * The API has no conditional write. What can be done is to read what will be touched just before,
 * and to compare its content (design.md §5.7).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/push.h"
#include "cache/push_journal.h"
#include "cache/push_own.h"
#include "cache/push_property.h"
#include "cache/push_upload.h"
#include "cache/read_object.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/json.h"

/* One block of the base that a call names. */
struct touched {
	struct uuid id;
	struct uuid container;
	const json_t *block; /* in the base */
	size_t siblings;
	const json_t *wanted; /* the update that is to be made of it; NULL: none */
	bool is_anchor_only;  /* named as a place, not changed */
	bool is_deleted;
	bool is_checked;
};

struct touched_list {
	size_t count;
	size_t allocated; /* each call touches one block at most */
	struct touched items[];
};

/* Finds a block in nested JSON, with its container and the number of its siblings. */
static const json_t *find_block(const json_t *blocks, const struct uuid *container,
				const struct uuid *id, struct uuid *ret_container,
				size_t *ret_siblings)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		struct uuid own;
		if (!json_get_id(block, NULL, &own)) {
			continue;
		}
		if (uuid_equal(&own, id)) {
			*ret_container = *container;
			*ret_siblings = json_array_size(blocks);
			return block;
		}
		const json_t *found = find_block(json_object_get(block, "children"), &own, id,
						 ret_container, ret_siblings);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

/* `update`: the body of a PATCH, or NULL. */
static void touch(struct push *push, struct touched_list *list, const char *id_text,
		  bool is_anchor_only, bool is_deleted, const json_t *update)
{
	struct touched touched = {
		.is_anchor_only = is_anchor_only, .is_deleted = is_deleted, .wanted = update};
	if (uuid_parse(id_text, strlen(id_text), &touched.id) < 0 ||
	    list->count == list->allocated) {
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (uuid_equal(&list->items[i].id, &touched.id)) {
			list->items[i].is_anchor_only &= is_anchor_only;
			list->items[i].is_deleted |= is_deleted;
			list->items[i].wanted = update != NULL ? update : list->items[i].wanted;
			return;
		}
	}
	touched.block =
		find_block(json_object_get(push->entry.base, "blocks"), &push->record.object,
			   &touched.id, &touched.container, &touched.siblings);
	if (touched.block != NULL) {
		list->items[list->count++] = touched;
	}
}

/* "/v1/blocks/<id>/children" → "<id>". */
static void id_of_path(const char *path, char id[UUID_TEXT_BYTES])
{
	static const char prefix[] = "/v1/blocks/";
	id[0] = '\0';
	if (strncmp(path, prefix, sizeof prefix - 1) == 0) {
		(void)snprintf(id, UUID_TEXT_BYTES, "%.36s", path + sizeof prefix - 1);
	}
}

static void collect_touched(struct push *push, struct touched_list *list)
{
	size_t i;
	json_t *call;
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	json_array_foreach (json_object_get(push->journal, "calls"), i, call) {
		if (i < done) {
			continue;
		}
		const char *method = json_get_text(call, "method");
		const char *path = json_get_text(call, "path");
		char id[UUID_TEXT_BYTES];
		id_of_path(path, id);
		if (strstr(path, "/children") != NULL) {
			const json_t *position =
				json_object_get(json_object_get(call, "body"), "position");
			touch(push, list,
			      json_get_text(json_object_get(position, "after_block"), "id"), true,
			      false, NULL);
		} else if (id[0] != '\0') {
			touch(push, list, id, false, strcmp(method, "DELETE") == 0,
			      json_object_get(call, "body"));
		}
	}
}

/* The same content, by what the mapping can tell apart? */
static bool is_same(const json_t *a, const json_t *b, bool with_children)
{
	CLEANUP(block_tree) struct block_tree *left = NULL;
	CLEANUP(block_tree) struct block_tree *right = NULL;
	json_t *left_list = json_pack("[O]", a);
	json_t *right_list = json_pack("[O]", b);
	bool same =
		block_tree_from_json(left_list, &left) == 0 &&
		block_tree_from_json(right_list, &right) == 0 &&
		(with_children
			 ? block_subtree_equal(left->root.first_child, right->root.first_child)
			 : block_payload_equal(left->root.first_child, right->root.first_child));
	json_decref(left_list);
	json_decref(right_list);
	return same;
}

static int compare(struct push *push, struct touched *touched, json_t *remote)
{
	struct notion *notion = push->workspace->notion;
	touched->is_checked = true;
	if (remote == NULL || json_is_true(json_object_get(remote, "in_trash"))) {
		/* A block that is to go and has gone is no conflict. */
		return touched->is_deleted ? 0 : -ESTALE;
	}
	if (touched->is_anchor_only) {
		return 0; /* it is where it was: that is all an anchor has to be */
	}
	bool with_children = touched->is_deleted;
	if (with_children && (json_is_true(json_object_get(remote, "has_children")) ||
			      json_array_size(json_object_get(touched->block, "children")) > 0)) {
		json_t *list = json_pack("[O]", remote);
		int r = walk_below(notion, PRIORITY_SAVE, list, &push->failure);
		json_decref(list);
		if (r < 0) {
			return r;
		}
	}
	if (is_same(touched->block, remote, with_children)) {
		return 0;
	}
	/* Or it is what we are about to make of it: an update that was sent before and got no
	 * answer. */
	json_t *updated = touched->wanted == NULL || touched->is_deleted
				  ? NULL
				  : push_updated_block(touched->block, touched->wanted);
	bool is_done = updated != NULL && is_same(updated, remote, false);
	if (!is_done && updated != NULL && push_has_upload(touched->wanted)) {
		/* Where an upload was put a stored file is shown: ours, if we made the edit. */
		is_done = push_is_own_edit(push, remote) && push_equals_sent(updated, remote);
	}
	json_decref(updated);
	return is_done ? 0 : -ESTALE;
}

static json_t *find_in_list(json_t *list, const struct uuid *id)
{
	size_t i;
	json_t *block;
	json_array_foreach (list, i, block) {
		struct uuid own;
		if (json_get_id(block, NULL, &own) && uuid_equal(&own, id)) {
			return block;
		}
	}
	return NULL;
}

static void collect_ids(const json_t *blocks, json_t *ids)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		(void)json_object_set_new(ids, json_get_text(block, "id"), json_true());
		collect_ids(json_object_get(block, "children"), ids);
	}
}

/* Ids that were there before anything was sent: none of them is what an append makes. */
static void note_there(struct push *push, const json_t *blocks)
{
	const char *id;
	json_t *value;
	json_t *base = json_object();
	json_t *seen = json_object();
	json_t *there = json_object_get(push->journal, "there");
	if (there == NULL) {
		there = json_array();
		(void)json_object_set_new(push->journal, "there", there);
	}
	collect_ids(json_object_get(push->entry.base, "blocks"), base);
	collect_ids(blocks, seen);
	json_object_foreach (seen, id, value) {
		if (json_object_get(base, id) == NULL) {
			(void)json_array_append_new(there, json_string(id));
		}
	}
	json_decref(base);
	json_decref(seen);
}

/* What we have read since the author looked is there too. */
static void note_known(struct push *push)
{
	struct store_transaction *cache = NULL;
	struct body body;
	if (workspace_begin(push->workspace, false, NULL, &cache) == 0) {
		if (body_get(cache, &push->record.object, &body) == 0) {
			note_there(push, body.blocks);
			json_decref(body.blocks);
		}
		store_abort(cache);
	}
}

/* All touched blocks of one container, by its list or one by one, whichever is fewer calls. */
static int check_container(struct push *push, struct touched_list *list, size_t first)
{
	struct notion *notion = push->workspace->notion;
	struct touched *head = &list->items[first];
	size_t count = 0;
	for (size_t i = first; i < list->count; i++) {
		count += uuid_equal(&list->items[i].container, &head->container) ? 1 : 0;
	}
	json_t *children = NULL;
	int r = 0;
	/* At the same price the list, which also tells what lies in the gaps. */
	bool by_list = count >= (head->siblings + 99) / 100;
	if (by_list) {
		r = walk_children(notion, PRIORITY_SAVE, &head->container, &push->failure,
				  &children);
		if (r == -ENOENT) {
			return -ESTALE;
		}
		note_there(push, children);
	}
	for (size_t i = first; r == 0 && i < list->count; i++) {
		struct touched *touched = &list->items[i];
		json_t *remote = NULL;
		if (!uuid_equal(&touched->container, &head->container)) {
			continue;
		}
		if (by_list) {
			remote = json_incref(find_in_list(children, &touched->id));
		} else {
			r = notion_block(notion, PRIORITY_SAVE, &touched->id, &push->failure,
					 &remote);
			r = r == -ENOENT ? 0 : r;
		}
		if (r == 0) {
			r = compare(push, touched, remote);
		}
		json_decref(remote);
	}
	json_decref(children);
	return r;
}

/* Has `there` all that was sent, whatever else Notion adds to it? `is_own`: where an upload was
 * put, any stored file is it. */
static bool contains(const json_t *there, const json_t *sent, bool is_own)
{
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_object(sent)) {
		bool is_uploaded = is_own && json_object_get(sent, "file_upload") != NULL &&
				   json_object_get(there, "file") != NULL;
		json_object_foreach ((json_t *)sent, key, item) {
			bool is_source =
				strcmp(key, "type") == 0 || strcmp(key, "file_upload") == 0;
			if (!(is_uploaded && is_source) &&
			    !contains(json_object_get(there, key), item, is_own)) {
				return false;
			}
		}
		return json_is_object(there);
	}
	if (json_is_array(sent)) {
		json_array_foreach (sent, i, item) {
			if (!contains(json_array_get(there, i), item, is_own)) {
				return false;
			}
		}
		return json_array_size(there) == json_array_size(sent);
	}
	return json_equal((json_t *)there, (json_t *)sent);
}

/* Do the plan's names and types still hold? */
static bool is_schema_present(struct push *push, const json_t *remote)
{
	struct store_transaction *cache = NULL;
	struct uuid source;
	if (!json_get_id(json_object_get(remote, "parent"), "data_source_id", &source)) {
		return true;
	}
	if (workspace_begin(push->workspace, false, NULL, &cache) < 0) {
		return false;
	}
	json_t *schema = object_find(cache, &source);
	store_abort(cache);
	bool is_present = schema_tells(schema, remote);
	json_decref(schema);
	return is_present;
}

/* Is what the patch names as the author saw it, or as it is to be: sent before, without an answer?
 */
static bool is_page_as_seen(const json_t *patch, json_t *remote, json_t *base, bool is_own)
{
	static const char *const plain[] = {"icon", "cover"};
	const char *name;
	json_t *value;
	bool is_same = !json_is_true(json_object_get(remote, "in_trash"));
	json_object_foreach (json_object_get(patch, "properties"), name, value) {
		const json_t *now = property_today(remote, name, remote, NULL);
		const json_t *old = property_today(remote, name, base, NULL);
		const char *type = json_get_text(now, "type");
		is_same &= now != NULL && (contains(now, value, is_own) || old == NULL ||
					   strcmp(json_get_text(old, "type"), type) != 0 ||
					   property_value_equal(type, json_object_get(old, type),
								json_object_get(now, type)));
	}
	for (size_t i = 0; i < 2; i++) {
		const json_t *picture = json_object_get(patch, plain[i]);
		is_same &= picture == NULL ||
			   contains(json_object_get(remote, plain[i]), picture, is_own) ||
			   picture_equal(json_object_get(base, plain[i]),
					 json_object_get(remote, plain[i]));
	}
	return is_same;
}

/* The properties a PATCH names, as Notion has them now. */
static int check_page(struct push *push, const json_t *patch)
{
	json_t *remote = NULL;
	json_t *base = json_object_get(push->entry.base, "page");
	int r = notion_page(push->workspace->notion, PRIORITY_SAVE, &push->record.object,
			    &push->failure, &remote);
	if (r < 0) {
		return r == -ENOENT ? -ESTALE : r;
	}
	if (json_object_get(patch, "properties") != NULL) {
		r = read_whole_relations(push->workspace, &push->record.object, PRIORITY_SAVE,
					 remote);
	}
	if (r == 0 && (!is_schema_present(push, remote) ||
		       !is_page_as_seen(patch, remote, base, push_is_own_edit(push, remote)))) {
		r = -ESTALE;
	}
	json_decref(remote);
	return r;
}

/* Has the page all that the patch gave it? */
static bool has_patch(const json_t *patch, json_t *remote, bool is_own)
{
	static const char *const plain[] = {"icon", "cover"};
	const char *name;
	json_t *value;
	bool has = true;
	json_object_foreach (json_object_get(patch, "properties"), name, value) {
		const json_t *now = property_today(remote, name, remote, NULL);
		has &= now != NULL && contains(now, value, is_own);
	}
	for (size_t i = 0; i < 2; i++) {
		const json_t *picture = json_object_get(patch, plain[i]);
		has &= picture == NULL ||
		       contains(json_object_get(remote, plain[i]), picture, is_own);
	}
	return has;
}

/* Is the block what the update makes of the one in the base? */
static bool has_update(struct push *push, const struct uuid *id, const json_t *update,
		       json_t *remote)
{
	struct uuid container;
	size_t siblings;
	const json_t *block = find_block(json_object_get(push->entry.base, "blocks"),
					 &push->record.object, id, &container, &siblings);
	if (block == NULL || json_is_true(json_object_get(remote, "in_trash"))) {
		return false;
	}
	json_t *updated = push_updated_block(block, update);
	bool has = is_same(updated, remote, false) ||
		   (push_has_upload(update) && push_is_own_edit(push, remote) &&
		    push_equals_sent(updated, remote));
	json_decref(updated);
	return has;
}

int push_is_applied(struct push *push, const json_t *call, bool *ret_is_applied)
{
	struct notion *notion = push->workspace->notion;
	const json_t *body = json_object_get(call, "body");
	bool is_page = strncmp(json_get_text(call, "path"), "/v1/pages/", 10) == 0;
	bool is_delete = strcmp(json_get_text(call, "method"), "DELETE") == 0;
	struct uuid id;
	json_t *remote = NULL;
	int r = call_target(push, call, &id);
	if (r == 0) {
		r = is_page ? notion_page(notion, PRIORITY_SAVE, &id, &push->failure, &remote)
			    : notion_block(notion, PRIORITY_SAVE, &id, &push->failure, &remote);
	}
	if (r == 0 && is_page && json_object_get(body, "properties") != NULL) {
		r = read_whole_relations(push->workspace, &id, PRIORITY_SAVE, remote);
	}
	if (r == -ENOENT) {
		failure_release(&push->failure);
		push->failure = (struct failure){0};
		*ret_is_applied = is_delete;
		return 0;
	}
	if (r == 0) {
		*ret_is_applied =
			is_delete ? json_is_true(json_object_get(remote, "in_trash"))
			: is_page ? has_patch(body, remote, push_is_own_edit(push, remote))
				  : has_update(push, &id, body, remote);
	}
	json_decref(remote);
	return r;
}

int push_check(struct push *push)
{
	int r = 0;
	size_t i;
	json_t *call;
	size_t count = json_array_size(json_object_get(push->journal, "calls"));
	struct touched_list *list = calloc(1, sizeof *list + count * sizeof list->items[0]);
	if (list == NULL) {
		return -ENOMEM;
	}
	list->allocated = count;
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	json_array_foreach (json_object_get(push->journal, "calls"), i, call) {
		if (i >= done && r == 0 && strcmp(json_get_text(call, "method"), "PATCH") == 0 &&
		    strncmp(json_get_text(call, "path"), "/v1/pages/", 10) == 0) {
			r = check_page(push, json_object_get(call, "body"));
		}
	}
	note_known(push);
	collect_touched(push, list);
	for (i = 0; r == 0 && i < list->count; i++) {
		if (!list->items[i].is_checked) {
			r = check_container(push, list, i);
		}
	}
	free(list);
	return r;
}
