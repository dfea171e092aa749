#define LOG_MODULE "push"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/content.h"
#include "cache/keys.h"
#include "cache/labels.h"
#include "cache/push.h"
#include "cache/read_object.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/diff.h"
#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/parse.h"

/* ---- the body after the calls, from the base and the answers ---- */

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

static int apply_append(struct push *push, json_t *blocks, const json_t *call, json_t *answer)
{
	struct uuid container;
	struct uuid anchor;
	size_t count = json_array_size(json_object_get(json_object_get(call, "body"), "children"));
	const json_t *position = json_object_get(json_object_get(call, "body"), "position");
	const char *type = json_get_text(position, "type");
	char target[128];
	size_t at = 0;
	(void)snprintf(target, sizeof target, "%s", json_get_text(call, "path") + 11);
	target[strcspn(target, "/")] = '\0';
	int r = push_resolve(push, target, &container);
	json_t *list = r < 0 ? NULL : list_of(blocks, &push->record.object, &container);
	if (list == NULL) {
		return r < 0 ? r : -ENOENT;
	}
	if (strcmp(type, "after_block") == 0) {
		char id[UUID_TEXT_BYTES];
		json_t *found;
		r = push_resolve(push,
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
	json_t *made = json_array();
	for (size_t i = 0; i < count; i++) {
		(void)json_array_append(made,
					json_array_get(json_object_get(answer, "results"), i));
	}
	/* Ids of what was created below them are not in the answer. */
	r = walk_below(push->workspace->notion, PRIORITY_SAVE, made, &push->failure);
	for (size_t i = 0; r == 0 && i < count; i++) {
		(void)json_array_insert(list, at + i, json_array_get(made, i));
	}
	json_decref(made);
	return r;
}

static int apply_call(struct push *push, json_t *blocks, const json_t *call, json_t *answer)
{
	const char *path = json_get_text(call, "path");
	json_t *list;
	size_t at;
	if (strncmp(path, "/v1/pages/", 10) == 0) {
		return 0;
	}
	if (strstr(path, "/children") != NULL) {
		return apply_append(push, blocks, call, answer);
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

/* The base with the calls applied that are done. -ESTALE: it can't be said from here; the page has
 * to be read. */
static int assemble(struct push *push, json_t **ret_blocks)
{
	size_t i;
	json_t *call;
	json_t *base = json_object_get(push->entry.base, "blocks");
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	if (push->is_resumed || (push->record.flags & NODE_NEW) != 0 || base == NULL ||
	    push->entry.kind != QUEUE_SAVE) {
		return -ESTALE;
	}
	json_t *blocks = json_deep_copy(base);
	json_array_foreach (json_object_get(push->journal, "calls"), i, call) {
		char key[24];
		if (i >= done) {
			break;
		}
		(void)snprintf(key, sizeof key, "%zu", i + 1);
		json_t *answer = json_object_get(push->answers, key);
		bool is_delete = strcmp(json_get_text(call, "method"), "DELETE") == 0;
		int r = answer == NULL && !is_delete ? -ESTALE
						     : apply_call(push, blocks, call, answer);
		if (r < 0) {
			json_decref(blocks);
			return r == -ENOENT ? -ESTALE : r;
		}
	}
	*ret_blocks = blocks;
	return 0;
}

/* Has nobody else changed the page since the author looked, as far as we have read? */
static bool is_base_present(struct push *push)
{
	struct store_transaction *cache = NULL;
	struct body body;
	bool is_present = true;
	if (workspace_begin(push->workspace, false, NULL, &cache) < 0) {
		return false;
	}
	if (body_get(cache, &push->record.object, &body) == 0) {
		is_present = !body.is_stale &&
			     json_equal(body.blocks, json_object_get(push->entry.base, "blocks"));
		json_decref(body.blocks);
	}
	store_abort(cache);
	return is_present;
}

/* The page object after the calls: the last answer that is one, else the base's. */
static json_t *page_after(const struct push *push)
{
	json_t *page = json_object_get(push->entry.base, "page");
	const char *key;
	json_t *answer;
	json_object_foreach (push->answers, key, answer) {
		if (strcmp(json_get_text(answer, "object"), "page") == 0) {
			page = answer;
		}
	}
	return json_incref(page);
}

/* ---- does the user's text mean what Notion holds now? ---- */

static bool means_the_same(struct push *push, struct store_transaction *state,
			   struct store_transaction *cache, const json_t *page,
			   const json_t *blocks, const char *stem)
{
	CLEANUP(labels) struct labels labels;
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	CLEANUP(block_tree) struct block_tree *tree = NULL;
	CLEANUP(block_tree) struct block_tree *wanted = NULL;
	CLEANUP(plan) struct plan *plan = NULL;
	struct page_text text;
	struct uuid source;
	json_t *schema = NULL;
	json_t *patch = NULL;
	labels_init(&labels, state, cache, &push->workspace->people);
	diagnostics_init(&diagnostics);
	if (json_get_id(json_object_get(page, "parent"), "data_source_id", &source)) {
		schema = object_find(cache, &source);
	}
	struct frontmatter_options options = {
		.schema = schema,
		.names = &labels.names,
		.file_stem = stem,
		.time_zone = push->workspace->options.time_zone,
	};
	struct diff_options diff = {.page = push->record.object, .weight_percent = 100};
	parse_split(push->entry.text, push->entry.text_len, &text);
	bool same = block_tree_from_json(blocks, &tree) == 0 &&
		    parse_blocks(text.body, text.body_len, text.body_line, tree, &labels.names,
				 &diagnostics, &wanted) == 0 &&
		    diff_plan(tree, wanted, &diff, &diagnostics, &plan) == 0 && plan->count == 0 &&
		    plan->is_exact &&
		    frontmatter_patch(text.frontmatter, text.frontmatter_len, text.frontmatter_line,
				      page, &options, &diagnostics, &patch) == 0 &&
		    json_object_size(patch) == 0;
	json_decref(schema);
	json_decref(patch);
	return same;
}

/* ---- into the stores ---- */

static void remove_error_file(struct push *push)
{
	char name[NODE_NAME_MAX_BYTES + 16];
	(void)snprintf(name, sizeof name, "%s.error", push->record.name);
	if (local_unlink(push->workspace->local, push->record.parent, name) == 0) {
		struct tree_change change = {.directory = push->record.parent, .name = name};
		struct tree_changes changes = {.items = &change, .count = 1};
		workspace_tell(push->workspace, &changes);
	}
}

/* The entry leaves the queue, or, saved again meanwhile, starts anew from what Notion has now. */
static int settle_entry(struct push *push, struct store_transaction *state, const json_t *page,
			const json_t *blocks, bool *ret_is_over)
{
	CLEANUP(queue_entry) struct queue_entry now = {0};
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, push->record.node);
	int r = store_delete(state, STATE_JOURNAL, key, sizeof key);
	if (r == 0) {
		r = queue_get(state, push->record.node, &now);
	}
	if (r < 0) {
		*ret_is_over = true;
		return r == -ENOENT ? 0 : r;
	}
	*ret_is_over = now.generation == push->entry.generation;
	if (*ret_is_over) {
		return queue_delete(state, push->record.node);
	}
	json_decref(now.base);
	now.base = json_pack("{sO sO}", "page", page, "blocks", blocks);
	return now.base == NULL ? -ENOMEM : queue_put(state, &now);
}

/* The new page gets the id Notion gave. A search may have found it before its answer was here, and
 * placed it as somebody else's: there is one file of it, the one made here. */
static int take_object(struct push *push, struct store_transaction *state,
		       struct node_record *record, struct tree_changes *changes)
{
	struct node_record twin;
	record->flags &= ~(unsigned)NODE_NEW;
	int r = tree_find(state, &push->page, false, &twin);
	if (r == 0 && twin.node != record->node) {
		r = tree_remove(state, &push->page, clock_now_ms(), changes);
	}
	return r < 0 && r != -ENOENT ? r : tree_set_object(state, record, &push->page);
}

static int store_result(struct push *push, const json_t *page, json_t *blocks, int64_t fetched_ms,
			bool *ret_changed, bool *ret_is_over)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(buf) struct buf canonical;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct body body = {.blocks = blocks, .fetched_ms = fetched_ms};
	struct node_record record;
	char stem[NODE_NAME_MAX_BYTES + 1];
	node_id node;
	buf_init(&canonical, BUF_PAGE_MAX_BYTES);
	int r = workspace_begin(push->workspace, true, &state, &cache);
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r == 0 && (record.flags & NODE_NEW) != 0) {
		r = take_object(push, state, &record, &changes);
	}
	if (r == 0) {
		record.flags &= ~(unsigned)NODE_RETITLED;
		r = tree_put(state, &record);
	}
	push->record = record;
	if (r == 0) {
		r = object_put(cache, page, NULL);
	}
	if (r == 0) {
		r = body_put(cache, &record.object, &body);
	}
	if (r == 0) {
		r = settle_entry(push, state, page, blocks, ret_is_over);
	}
	memcpy(stem, record.name, sizeof stem);
	name_strip_md(stem);
	if (r == 0 && *ret_is_over && push->entry.kind == QUEUE_SAVE &&
	    means_the_same(push, state, cache, page, blocks, stem)) {
		r = content_render(push->workspace, state, cache, page, blocks, stem, &canonical);
		if (r == 0) {
			r = content_keep_text(state, &record.object,
					      content_hash(canonical.data, canonical.len),
					      push->entry.text, push->entry.text_len);
		}
	}
	if (r == 0 && *ret_is_over) {
		r = content_update(push->workspace, state, cache, &record.object, &node,
				   ret_changed);
	}
	r = r < 0 ? r : workspace_commit(&state, &cache);
	if (r == 0) {
		workspace_tell(push->workspace, &changes);
	}
	return r;
}

int push_finish(struct push *push)
{
	json_t *blocks = NULL;
	json_t *page = page_after(push);
	bool changed = false;
	bool is_over = true;
	struct notion *notion = push->workspace->notion;
	const struct uuid *id = uuid_is_zero(&push->page) ? &push->record.object : &push->page;
	int64_t fetched_ms = notion_now_ms(notion);
	bool is_exact = json_is_true(json_object_get(push->journal, "exact"));
	int r = is_exact && is_base_present(push) ? assemble(push, &blocks) : -ESTALE;
	if (r == -ESTALE) {
		r = walk_page(notion, PRIORITY_SAVE, id, &push->failure, &blocks);
		if (r == 0 && (push->is_resumed || page == NULL)) {
			json_decref(page);
			page = NULL;
			r = notion_page(notion, PRIORITY_SAVE, id, &push->failure, &page);
		}
	}
	if (r == 0) {
		r = store_result(push, page, blocks, fetched_ms, &changed, &is_over);
	}
	json_decref(blocks);
	json_decref(page);
	if (r < 0) {
		return r;
	}
	remove_error_file(push);
	if (changed) {
		workspace_tell_page(push->workspace, push->record.node);
	}
	return 0;
}

/* ---- what can't be sent ---- */

int push_rebase(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry now = {0};
	json_t *blocks = NULL;
	struct notion *notion = push->workspace->notion;
	int r = assemble(push, &blocks);
	if (r == -ESTALE) {
		r = walk_page(notion, PRIORITY_SAVE, &push->record.object, &push->failure, &blocks);
	}
	if (r < 0) {
		return r;
	}
	json_t *page = page_after(push);
	json_t *base = json_pack("{so so}", "page", page, "blocks", blocks);
	r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, push->record.node, &now);
	}
	if (r < 0) {
		json_decref(base);
		return r;
	}
	json_decref(now.base);
	now.base = base;
	r = queue_put(state, &now);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

static void write_beside(struct push *push, const char *name, const void *bytes, size_t len)
{
	struct tree_change change = {.directory = push->record.parent, .name = (char *)name};
	struct tree_changes changes = {.items = &change, .count = 1};
	int r = local_write_file(push->workspace->local, push->record.parent, name, bytes, len);
	if (r < 0) {
		log_error("%s can't be written: %s", name, strerror(-r));
		return;
	}
	workspace_tell(push->workspace, &changes);
}

int push_refuse(struct push *push, unsigned line, unsigned column, const char *message)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	CLEANUP(buf) struct buf text;
	unsigned char key[KEY_NODE_BYTES];
	char name[NODE_NAME_MAX_BYTES + 16];
	key_put_u64(key, push->record.node);
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, push->record.node, &entry);
	}
	if (r < 0 || entry.generation != push->entry.generation) {
		return r; /* saved again meanwhile: that one has its own turn */
	}
	free(entry.error);
	entry.error = strdup(message);
	entry.error_line = line;
	entry.error_column = column;
	entry.state = QUEUE_ERROR;
	r = queue_put(state, &entry);
	if (r == 0) {
		r = store_delete(state, STATE_JOURNAL, key, sizeof key);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r < 0) {
		return r;
	}
	log_warning("%s:%u:%u: %s", push->record.name, line, column, message);
	buf_init(&text, 100000);
	buf_printf(&text, "%s:%u:%u: %s\n", push->record.name, line, column, message);
	(void)snprintf(name, sizeof name, "%s.error", push->record.name);
	write_beside(push, name, text.data, text.len);
	return 0;
}

void push_keep_copy(struct push *push)
{
	char stamp[CLOCK_ISO_BYTES];
	char name[NODE_NAME_MAX_BYTES + 64];
	clock_format_iso(clock_now_ms(), stamp);
	stamp[19] = '\0';
	for (char *at = stamp; *at != '\0'; at++) {
		*at = *at == ':' ? '-' : *at;
	}
	(void)snprintf(name, sizeof name, "%s.conflict-%sZ", push->record.name, stamp);
	write_beside(push, name, push->entry.text, push->entry.text_len);
	log_warning("%s was changed in Notion at the same place; your text is in %s",
		    push->record.name, name);
}

int push_conflict(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct node_record record;
	unsigned char key[KEY_NODE_BYTES];
	json_t *blocks = NULL;
	json_t *page = NULL;
	struct notion *notion = push->workspace->notion;
	int64_t fetched_ms = notion_now_ms(notion);

	/* First the user's text is safe beside the page; then the page shows Notion's. */
	push_keep_copy(push);
	int r = notion_page(notion, PRIORITY_SAVE, &push->record.object, &push->failure, &page);
	if (r == 0) {
		r = walk_page(notion, PRIORITY_SAVE, &push->record.object, &push->failure, &blocks);
	}
	if (r < 0 && r != -ENOENT) {
		json_decref(page);
		return -EAGAIN;
	}
	key_put_u64(key, push->record.node);
	r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = store_delete(state, STATE_JOURNAL, key, sizeof key);
	}
	if (r == 0) {
		r = queue_get(state, push->record.node, &entry);
	}
	if (r == 0 && entry.generation == push->entry.generation) {
		r = queue_delete(state, push->record.node);
	}
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r == 0) {
		record.flags |= NODE_CONFLICT;
		r = tree_put(state, &record);
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0 && blocks != NULL) {
		r = read_take_body(push->workspace, &push->record.object, page, blocks, fetched_ms,
				   PRIORITY_SAVE);
	}
	json_decref(blocks);
	json_decref(page);
	return r;
}
