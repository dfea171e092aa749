/*
 * What a page's body is after the calls that are done: the base with them applied, without what
 * others changed meanwhile. For the next plan this is what the author of the text saw and meant;
 * when nobody else wrote it is what Notion has.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/push_journal.h"
#include "cache/push_own.h"
#include "cache/push_upload.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/json.h"

/* The array a block stands in, and where; false when it is not below `blocks`. */
static bool find_place(json_t *blocks, const char *id, json_t **ret_list, size_t *ret_at)
{
	size_t i;
	json_t *block;
	json_array_foreach (blocks, i, block) {
		if (strcmp(json_get_text(block, "id"), id) == 0) {
			*ret_list = blocks;
			*ret_at = i;
			return true;
		}
		if (find_place(json_object_get(block, "children"), id, ret_list, ret_at)) {
			return true;
		}
	}
	return false;
}

/* The children of a container that is in the body: the page's own, or a block's. */
static json_t *list_of(json_t *blocks, const struct uuid *page, const struct uuid *container)
{
	char id[UUID_TEXT_BYTES];
	json_t *list;
	size_t at;
	if (uuid_equal(page, container)) {
		return blocks;
	}
	uuid_format(container, id);
	if (!find_place(blocks, id, &list, &at)) {
		return NULL;
	}
	json_t *block = json_array_get(list, at);
	json_t *children = json_object_get(block, "children");
	if (children == NULL) {
		children = json_array();
		(void)json_object_set_new(block, "children", children);
		(void)json_object_set_new(block, "has_children", json_true());
	}
	return children;
}

/* An append as it was planned, before a part of it was found to be there. */
static const json_t *planned_body(const json_t *call)
{
	const json_t *planned = json_object_get(call, "planned");
	return planned != NULL ? planned : json_object_get(call, "body");
}

/* The page's own id: a new one got it from Notion. */
static const struct uuid *page_id(const struct push *push)
{
	return uuid_is_zero(&push->page) ? &push->record.object : &push->page;
}

/* What push_resolve asks Notion for, from what is here already: of a page or block that a call
 * made, `blocks` has what was made below it and nothing else. -ENOENT: not so far. */
static int resolve_here(struct push *push, json_t *blocks, const char *target, struct uuid *ret_id)
{
	char head[64];
	const char *below = *target == '@' ? strchr(target, '.') : NULL;
	bool is_of_page = strncmp(target, "@0", 2) == 0;
	if (below != NULL && !is_of_page) {
		below = strchr(below + 1, '.'); /* the first part is in the journal */
	}
	size_t len = below == NULL ? strlen(target) : (size_t)(below - target);
	(void)snprintf(head, sizeof head, "%.*s", (int)len, target);
	int r = push_resolve(push, head, ret_id);
	while (r == 0 && below != NULL && *below == '.') {
		char *end;
		unsigned long index = strtoul(below + 1, &end, 10);
		const json_t *list = list_of(blocks, page_id(push), ret_id);
		below = end;
		if (!json_get_id(json_array_get(list, index - 1), NULL, ret_id)) {
			r = -ENOENT;
		}
	}
	return r;
}

/* A merged plan names what is still there; its author wrote after what has gone since, too. */
static size_t skip_gone(const json_t *list, size_t at, json_t *remote)
{
	json_t *found;
	size_t place;
	while (at < json_array_size(list) &&
	       !find_place(remote, json_get_text(json_array_get(list, at), "id"), &found, &place)) {
		at++;
	}
	return at;
}

/* `remote`: what Notion has, and then the blocks of the answer have their children with them; or
 * NULL. */
static int apply_append(struct push *push, json_t *blocks, const json_t *call, json_t *answer,
			json_t *remote)
{
	struct uuid container;
	struct uuid anchor;
	size_t count = json_array_size(json_object_get(planned_body(call), "children"));
	const json_t *position = json_object_get(planned_body(call), "position");
	const char *type = json_get_text(position, "type");
	char target[128];
	size_t at = 0;
	(void)snprintf(target, sizeof target, "%s", json_get_text(call, "path") + 11);
	target[strcspn(target, "/")] = '\0';
	int r = resolve_here(push, blocks, target, &container);
	json_t *list = r < 0 ? NULL : list_of(blocks, page_id(push), &container);
	if (list == NULL) {
		return r < 0 ? r : -ENOENT;
	}
	if (strcmp(type, "after_block") == 0) {
		char id[UUID_TEXT_BYTES];
		json_t *found;
		r = resolve_here(push, blocks,
				 json_get_text(json_object_get(position, "after_block"), "id"),
				 &anchor);
		if (r < 0) {
			return r;
		}
		uuid_format(&anchor, id);
		if (!find_place(list, id, &found, &at) || found != list) {
			return -ENOENT;
		}
		at++;
	} else if (strcmp(type, "start") != 0) {
		at = json_array_size(list);
	}
	if (remote != NULL && push_is_merged(push)) {
		at = skip_gone(list, at, remote);
	}
	/* Later siblings follow ours in an answer; a part of ours is all that an earlier try made.
	 */
	const json_t *results = json_object_get(answer, "results");
	json_t *made = json_array();
	count = json_array_size(results) < count ? json_array_size(results) : count;
	for (size_t i = 0; i < count; i++) {
		json_t *block = json_array_get(results, i);
		json_t *found;
		size_t place;
		/* Below a block that an earlier call made it was read with that one. */
		if (!find_place(list, json_get_text(block, "id"), &found, &place)) {
			(void)json_array_append(made, block);
		}
	}
	count = json_array_size(made);
	/* Ids of what was created below them are not in the answer. */
	r = remote != NULL
		    ? 0
		    : walk_below(push->workspace->notion, PRIORITY_SAVE, made, &push->failure);
	for (size_t i = 0; r == 0 && i < count; i++) {
		(void)json_array_insert(list, at + i, json_array_get(made, i));
	}
	json_decref(made);
	return r;
}

/* `remote`: as of apply_append. */
static int apply_call(struct push *push, json_t *blocks, const json_t *call, json_t *answer,
		      json_t *remote)
{
	const char *path = json_get_text(call, "path");
	json_t *list;
	size_t at;
	if (strncmp(path, "/v1/pages/", 10) == 0) {
		return 0;
	}
	if (strstr(path, "/children") != NULL) {
		return apply_append(push, blocks, call, answer, remote);
	}
	if (!find_place(blocks, path + 11, &list, &at)) {
		return -ENOENT;
	}
	if (strcmp(json_get_text(call, "method"), "DELETE") == 0) {
		return json_array_remove(list, at) == 0 ? 0 : -EIO;
	}
	json_t *children = json_object_get(json_array_get(list, at), "children");
	json_t *block = json_copy(answer);
	if (children != NULL) {
		(void)json_object_set(block, "children", children);
	}
	return json_array_set_new(list, at, block) == 0 ? 0 : -EIO;
}

/* A file has one source: another one takes its place. */
static void drop_source(json_t *payload, const json_t *given)
{
	static const char *const sources[] = {"external", "file", "file_upload"};
	bool has_source = false;
	for (size_t i = 0; i < 3; i++) {
		has_source |= json_object_get(given, sources[i]) != NULL;
	}
	for (size_t i = 0; has_source && i < 3; i++) {
		(void)json_object_del(payload, sources[i]);
	}
}

json_t *push_updated_block(const json_t *block, const json_t *update)
{
	const char *type;
	json_t *given;
	json_t *updated = json_copy((json_t *)block);
	json_object_foreach ((json_t *)update, type, given) {
		const json_t *old = json_object_get(updated, type);
		if (json_is_object(given) && json_is_object(old)) {
			json_t *payload = json_copy((json_t *)old);
			drop_source(payload, given);
			(void)json_object_update(payload, given);
			(void)json_object_set_new(updated, type, payload);
		}
	}
	return updated;
}

/* A block of the base with its update; of a file that was uploaded Notion says where it is. */
static json_t *updated_again(json_t *blocks, const char *id, const json_t *update, json_t *remote)
{
	json_t *list;
	size_t at;
	if (!find_place(blocks, id, &list, &at)) {
		return NULL;
	}
	json_t *updated = push_updated_block(json_array_get(list, at), update);
	if (push_has_upload(update) && find_place(remote, id, &list, &at) &&
	    push_equals_sent(updated, json_array_get(list, at))) {
		json_decref(updated);
		return json_incref(json_array_get(list, at));
	}
	return updated;
}

/* What the answer of a call by an earlier try said, from what the journal and Notion say now. New
 * reference, NULL where none is needed. */
static json_t *answer_again(struct push *push, json_t *blocks, const json_t *call, size_t number,
			    json_t *remote)
{
	char key[24];
	size_t i;
	json_t *item;
	if (strncmp(json_get_text(call, "path"), "/v1/pages/", 10) == 0) {
		return json_object(); /* no block */
	}
	if (strstr(json_get_text(call, "path"), "/children") == NULL) {
		const char *id = json_get_text(call, "path") + 11;
		return updated_again(blocks, id, json_object_get(call, "body"), remote);
	}
	(void)snprintf(key, sizeof key, "%zu", number);
	const json_t *sent = json_object_get(planned_body(call), "children");
	json_t *results = json_array();
	json_array_foreach (json_object_get(json_object_get(push->journal, "created"), key), i,
			    item) {
		json_t *list;
		size_t at;
		const char *id = json_string_value(item);
		const json_t *there =
			find_place(remote, id, &list, &at) ? json_array_get(list, at) : NULL;
		(void)json_array_append_new(results,
					    push_own_block(push, json_array_get(sent, i), there, id,
							   push_began_ms(push)));
	}
	return json_pack("{so}", "results", results);
}

/* One call that made a page with nothing in it, and its answer is here? */
static bool push_is_bare_create(const struct push *push)
{
	const json_t *calls = json_object_get(push->journal, "calls");
	const json_t *body = json_object_get(json_array_get(calls, 0), "body");
	return !push->is_resumed && json_array_size(calls) == 1 &&
	       json_array_size(json_object_get(body, "children")) == 0;
}

int push_assemble(struct push *push, json_t *remote, json_t **ret_blocks)
{
	size_t i;
	json_t *call;
	json_t *base = json_object_get(push->entry.base, "blocks");
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	bool is_new = (push->record.flags & NODE_NEW) != 0;
	if (is_new && remote == NULL && push_is_bare_create(push)) {
		/* Nothing was made in it whose ids could be asked for. */
		*ret_blocks = json_array();
		return 0;
	}
	if ((is_new || push->is_resumed) && remote == NULL) {
		return -ESTALE;
	}
	if (!is_new && (base == NULL || push->entry.kind == QUEUE_RETITLE)) {
		return -ESTALE;
	}
	json_t *blocks = is_new ? json_array() : json_deep_copy(base);
	json_array_foreach (json_object_get(push->journal, "calls"), i, call) {
		char key[24];
		if (call_is_create(call)) {
			/* Others may have written to the new page, too. */
			const json_t *sent =
				json_object_get(json_object_get(call, "body"), "children");
			json_t *own = push_own_blocks(push, sent, remote, push_began_ms(push));
			(void)json_array_extend(blocks, own);
			json_decref(own);
			continue;
		}
		(void)snprintf(key, sizeof key, "%zu", i + 1);
		/* Of the one after the last, a part may be. */
		if (i >= done &&
		    json_object_get(json_object_get(push->journal, "created"), key) == NULL) {
			break;
		}
		bool is_delete = strcmp(json_get_text(call, "method"), "DELETE") == 0;
		json_t *answer = remote == NULL ? json_incref(json_object_get(push->answers, key))
				 : is_delete	? NULL
						: answer_again(push, blocks, call, i + 1, remote);
		int r = answer == NULL && !is_delete
				? -ESTALE
				: apply_call(push, blocks, call, answer, remote);
		json_decref(answer);
		if (r < 0 && !(r == -ENOENT && remote != NULL)) {
			json_decref(blocks);
			return r == -ENOENT ? -ESTALE : r;
		}
	}
	*ret_blocks = blocks;
	return 0;
}

/* The base's page with what the calls named as Notion has it. */
static json_t *page_with(const json_t *base, const json_t *patch, json_t *remote)
{
	static const char *const plain[] = {"icon", "cover"};
	json_t *page = json_deep_copy(base);
	json_t *properties = json_object_get(page, "properties");
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(remote, "properties"), name, property) {
		const json_t *named = json_object_get(patch, "properties");
		bool is_title = strcmp(json_get_text(property, "type"), "title") == 0;
		if (json_object_get(named, name) != NULL ||
		    (is_title && json_object_get(named, "title") != NULL)) {
			(void)json_object_set(properties, name, property);
		}
	}
	for (size_t i = 0; i < 2; i++) {
		if (json_object_get(patch, plain[i]) != NULL) {
			(void)json_object_set(page, plain[i], json_object_get(remote, plain[i]));
		}
	}
	return page;
}

int push_page_after(struct push *push, json_t **ret_page, json_t **ret_remote)
{
	const struct uuid *id = uuid_is_zero(&push->page) ? &push->record.object : &push->page;
	json_t *base = json_object_get(push->entry.base, "page");
	const json_t *patch = NULL;
	json_t *remote = NULL;
	int r = 0;
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	for (size_t i = 0; i < done; i++) {
		const json_t *call = json_array_get(json_object_get(push->journal, "calls"), i);
		/* The page's PATCH, or what made it. */
		if (strncmp(json_get_text(call, "path"), "/v1/pages", 9) == 0) {
			char key[24];
			(void)snprintf(key, sizeof key, "%zu", i + 1);
			patch = json_object_get(call, "body");
			remote = json_object_get(push->answers, key);
		}
	}
	if (base != NULL && patch == NULL) {
		*ret_page = json_incref(base);
		return 0;
	}
	if (remote != NULL && !push->is_resumed) {
		remote = json_incref(remote);
	} else {
		r = notion_page(push->workspace->notion, PRIORITY_SAVE, id, &push->failure,
				&remote);
	}
	if (r < 0) {
		return r;
	}
	*ret_page = base == NULL ? json_incref(remote) : page_with(base, patch, remote);
	if (ret_remote != NULL) {
		*ret_remote = json_incref(remote);
	}
	json_decref(remote);
	return 0;
}
