/*
 * A page that rename(2) put into another directory: Notion is told before anything else of it is
 * sent (design.md §6.3), exactly once (§5.9): what got no answer is settled by where the page is
 * when it can't land any more.
 *
 * Its journal is {"move":{"parent":…,"directory":node,"sent_ms":T}}; it never stands beside that
 * of a text.
 */
#define LOG_MODULE "push"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/content.h"
#include "cache/keys.h"
#include "cache/labels.h"
#include "cache/move_check.h"
#include "cache/push_journal.h"
#include "cache/push_plan.h"
#include "cache/status.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/frontmatter.h"
#include "mapping/name.h"
#include "mapping/parse.h"

static int write_journal(struct push *push, json_t *moving)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	unsigned char key[KEY_NODE_BYTES];
	key_put_u64(key, push->record.node);
	CLEANUP(free) char *text = moving == NULL ? NULL : json_dumps(moving, JSON_COMPACT);
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = text == NULL
			    ? store_delete(state, STATE_JOURNAL, key, sizeof key)
			    : store_put(state, STATE_JOURNAL, key, sizeof key, text, strlen(text));
	}
	if (r == 0) {
		r = workspace_commit(&state, NULL);
	}
	if (r == 0) {
		json_t *old = push->moving;
		push->moving = json_incref(moving);
		json_decref(old);
	}
	return r;
}

/* ---- comparing places ---- */

/* A row's parent names its database besides. */
static bool is_same_parent(const json_t *a, const json_t *b)
{
	static const char *const keys[] = {"data_source_id", "page_id", "block_id", "database_id"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct uuid left;
		struct uuid right;
		bool has_left = json_get_id(a, keys[i], &left);
		bool has_right = json_get_id(b, keys[i], &right);
		if (has_left || has_right) {
			return has_left && has_right && uuid_equal(&left, &right);
		}
	}
	return json_is_true(json_object_get(a, "workspace")) ==
	       json_is_true(json_object_get(b, "workspace"));
}

/* The directory of this parent, when the tree has it. */
static int directory_of(struct store_transaction *state, struct store_transaction *cache,
			const json_t *parent, struct node_record *ret_directory)
{
	struct uuid id;
	if (json_get_id(parent, "data_source_id", &id)) {
		return tree_source_directory(state, cache, &id, ret_directory);
	}
	if (json_get_id(parent, "page_id", &id)) {
		return tree_find(state, &id, true, ret_directory);
	}
	return json_is_true(json_object_get(parent, "workspace"))
		       ? tree_get(state, NODE_ROOT, ret_directory)
		       : -ENOENT;
}

/* ---- the page is there ---- */

static void remove_block(json_t *blocks, const char *id)
{
	size_t i = 0;
	while (i < json_array_size(blocks)) {
		json_t *block = json_array_get(blocks, i);
		if (strcmp(json_get_text(block, "id"), id) == 0) {
			(void)json_array_remove(blocks, i);
		} else {
			remove_block(json_object_get(block, "children"), id);
			i++;
		}
	}
}

/* The body of the page it left holds it no more: the next save there would look for it. Its text
 * goes along with the body, and who has read the older text goes on writing over that: there the
 * page's line is no link (design.md §5.4). `ret_node`: that page, when its text is another now. */
static int leave_body(struct push *push, struct store_transaction *state,
		      struct store_transaction *cache, node_id *ret_node,
		      struct tree_changes *changes)
{
	struct node_record directory;
	struct body body;
	bool is_changed = false;
	node_id node = 0;
	char id[UUID_TEXT_BYTES];
	if (push->entry.from == 0 || tree_get(state, push->entry.from, &directory) < 0) {
		return 0;
	}
	int r = object_remove_child(cache, &directory.object, &push->record.object);
	if (r < 0 || body_get(cache, &directory.object, &body) < 0) {
		return r;
	}
	r = content_keep_version(state, cache, &directory.object);
	uuid_format(&push->record.object, id);
	remove_block(body.blocks, id);
	if (r == 0) {
		r = body_put(cache, &directory.object, &body);
	}
	json_decref(body.blocks);
	if (r == 0) {
		r = content_update(push->workspace, state, cache, &directory.object, &node,
				   &is_changed, changes);
		r = r == -ENOENT ? 0 : r;
	}
	*ret_node = is_changed ? node : 0;
	return r;
}

/* What values of the row did not come along, as a patch that sets them again; {} when all did. */
static int lost_values(struct push *push, struct store_transaction *state,
		       struct store_transaction *cache, const json_t *before, json_t *after,
		       json_t **ret_patch)
{
	CLEANUP(labels) struct labels labels = {0};
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	CLEANUP(buf) struct buf head;
	struct uuid source;
	char stem[NODE_NAME_MAX_BYTES + 1];
	*ret_patch = NULL;
	diagnostics_init(&diagnostics);
	buf_init(&head, BUF_PAGE_MAX_BYTES);
	if (!json_get_id(json_object_get(after, "parent"), "data_source_id", &source)) {
		*ret_patch = json_object();
		return 0;
	}
	memcpy(stem, push->record.name, sizeof stem);
	name_strip_md(stem);
	labels_init(&labels, state, cache, &push->workspace->people);
	json_t *schema = object_find(cache, &source);
	struct frontmatter_options options = {
		.schema = schema,
		.names = &labels.names,
		.file_stem = stem,
		.time_zone = push->workspace->options.time_zone,
	};
	frontmatter_render(before, &options, &head);
	struct page_text text;
	parse_split(head.data, head.len, &text);
	int r = frontmatter_patch(text.frontmatter, text.frontmatter_len, text.frontmatter_line,
				  after, &options, &diagnostics, ret_patch);
	json_decref(schema);
	if (r == 0) {
		/* The title has its own way. */
		json_t *properties = json_object_get(*ret_patch, "properties");
		(void)json_object_del(properties, "title");
		if (properties != NULL && json_object_size(properties) == 0) {
			(void)json_object_del(*ret_patch, "properties");
		}
	}
	return r;
}

/* The entry after the move: the text and the title go on from a page that lies there. */
static int settle_entry(struct push *push, struct store_transaction *state,
			struct store_transaction *cache, const struct node_record *record,
			json_t *before, json_t *after)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	int r = queue_get(state, push->record.node, &entry);
	if (r < 0) {
		return r == -ENOENT ? 0 : r;
	}
	bool is_moved_again = record->parent != push->record.parent;
	entry.from = is_moved_again ? push->record.parent : 0;
	json_t *base_page = json_object_get(entry.base, "page");
	bool is_other_schema =
		!is_same_parent(json_object_get(before, "parent"),
				json_object_get(after, "parent")) &&
		(json_object_get(json_object_get(before, "parent"), "data_source_id") != NULL ||
		 json_object_get(json_object_get(after, "parent"), "data_source_id") != NULL);
	json_t *patch = NULL;
	if (is_other_schema) {
		r = lost_values(push, state, cache, before, after, &patch);
		if (r < 0) {
			patch = json_object();
			log_warning("%s: whether its values came along can't be told",
				    record->name);
		}
		r = 0;
	}
	if (base_page != NULL && is_other_schema) {
		(void)json_object_set(base_page, "properties",
				      json_object_get(after, "properties"));
	}
	if (base_page != NULL) {
		(void)json_object_set(base_page, "parent", json_object_get(after, "parent"));
	}
	bool has_lost = json_object_size(patch) > 0 && entry.kind == QUEUE_RETITLE;
	if (has_lost) {
		(void)json_object_set(entry.base, "restore", patch);
	}
	json_decref(patch);
	push->is_over = entry.kind == QUEUE_RETITLE && (record->flags & NODE_RETITLED) == 0 &&
			!is_moved_again && !has_lost;
	return push->is_over ? queue_delete(state, push->record.node) : queue_put(state, &entry);
}

/* `before`: the page where it was; NULL: it is found where it is to be. */
static int finish(struct push *push, json_t *before, json_t *after)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	struct node_record record;
	struct node_record directory;
	unsigned char key[KEY_NODE_BYTES];
	node_id node = 0;
	node_id left = 0;
	bool is_changed = false;
	key_put_u64(key, push->record.node);
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	int r = workspace_begin(push->workspace, true, &state, &cache);
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r == 0 && record.parent == push->record.parent) {
		record.flags &= ~(unsigned)NODE_MOVED;
	} else {
		record.flags |= NODE_MOVED; /* back to where it was, perhaps */
	}
	if (r == 0) {
		r = tree_put(state, &record);
	}
	if (r == 0) {
		json_t *seen = json_object_get(push->entry.base, "page");
		r = settle_entry(push, state, cache, &record,
				 before != NULL ? before
				 : seen != NULL ? seen
						: after,
				 after);
	}
	if (r == 0) {
		r = store_delete(state, STATE_JOURNAL, key, sizeof key);
	}
	if (r == 0) {
		r = object_put(cache, after, NULL);
	}
	if (r == 0) {
		r = leave_body(push, state, cache, &left, &changes);
	}
	if (r == 0 && tree_get(state, push->record.parent, &directory) == 0 &&
	    directory.role == ROLE_PAGE_DIRECTORY) {
		r = object_add_child(cache, &directory.object, &record.object);
	}
	if (r == 0 && push->is_over) {
		r = content_update(push->workspace, state, cache, &record.object, &node,
				   &is_changed, &changes);
		r = r == -ENOENT ? 0 : r;
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	if (r < 0) {
		return r;
	}
	recent_note(&push->workspace->moved, record.node);
	push->record = record;
	json_decref(push->moving);
	push->moving = NULL;
	log_info("%s is moved", record.name);
	push_remove_error_file(push);
	workspace_tell(push->workspace, &changes);
	if (is_changed) {
		workspace_tell_page(push->workspace, record.node);
	}
	if (left != 0) {
		workspace_tell_page(push->workspace, left);
	}
	return 0;
}

/* ---- it can't be ---- */

/* The node goes where the page is; the text and the title that are owed are sent there. */
static int put_back(struct push *push, const json_t *parent, const char *why)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	CLEANUP(free) char *wanted = NULL;
	CLEANUP(free) char *now = NULL;
	CLEANUP(buf) struct buf said;
	struct node_record record;
	struct node_record directory;
	unsigned char key[KEY_NODE_BYTES];
	char stem[NODE_NAME_MAX_BYTES + 1];
	char name[NODE_NAME_MAX_BYTES + 1];
	buf_init(&said, 4096);
	key_put_u64(key, push->record.node);
	int r = workspace_begin(push->workspace, true, &state, &cache);
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r == 0) {
		r = queue_get(state, push->record.node, &entry);
	}
	if (r < 0 || record.parent != push->record.parent) {
		return r < 0 ? r : -EAGAIN; /* moved again: that one has its own turn */
	}
	wanted = status_path(state, record.node);
	int found = parent == NULL ? tree_get(state, entry.from, &directory)
				   : directory_of(state, cache, parent, &directory);
	if (found < 0 && parent != NULL) {
		found = tree_get(state, entry.from, &directory);
	}
	if (found == 0 && directory.node != record.parent) {
		memcpy(stem, record.name, sizeof stem);
		name_strip_md(stem);
		r = tree_free_stem(state, directory.node, stem, &record.object, false, stem);
		(void)snprintf(name, sizeof name, "%.*s.md", NODE_NAME_MAX_BYTES - 3, stem);
		if (r == 0) {
			r = tree_move(state, &record, directory.node, name, clock_now_ms(),
				      &changes);
		}
	}
	record.flags &= ~(unsigned)NODE_MOVED;
	if (r == 0) {
		r = tree_put(state, &record);
	}
	now = status_path(state, record.node);
	buf_printf(&said, "it could not be moved to %s: %s", wanted == NULL ? "" : wanted, why);
	entry.from = 0;
	push->is_over = entry.kind == QUEUE_RETITLE && (record.flags & NODE_RETITLED) == 0;
	if (r == 0 && push->is_over) {
		r = queue_delete(state, record.node);
	} else if (r == 0) {
		r = queue_put(state, &entry);
	}
	if (r == 0) {
		r = store_delete(state, STATE_JOURNAL, key, sizeof key);
	}
	if (r == 0) {
		r = workspace_commit(&state, &cache);
	}
	if (r < 0) {
		return r;
	}
	push->record = record;
	json_decref(push->moving);
	push->moving = NULL;
	refusals_note(&push->workspace->refusals, now == NULL ? record.name : now, said.data);
	buf_clear(&said);
	buf_printf(&said, "%s:0:0: could not be moved to %s: %s\n", record.name,
		   wanted == NULL ? "" : wanted, why);
	(void)snprintf(name, sizeof name, "%.*s.error", NODE_NAME_MAX_BYTES - 6, record.name);
	push_write_beside(push, name, said.data, said.len);
	workspace_tell(push->workspace, &changes);
	return 0;
}

/* ---- telling Notion ---- */

/* Where it is to lie. -EAGAIN: that page is new and not sent yet. */
static int wanted_parent(struct push *push, json_t **ret_parent)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	int r = workspace_begin(push->workspace, false, &state, NULL);
	return r < 0 ? r : push_parent_value(state, push->record.parent, ret_parent);
}

static int send_move(struct push *push, json_t *before, json_t *parent)
{
	json_t *answer = NULL;
	json_t *body = json_pack("{sO}", "parent", parent);
	json_t *moving = json_pack("{s{sO sI sI}}", "move", "parent", parent, "directory",
				   (json_int_t)push->record.parent, "sent_ms",
				   (json_int_t)notion_now_ms(push->workspace->notion));
	int r = write_journal(push, moving);
	json_decref(moving);
	if (r < 0) {
		json_decref(body);
		return r;
	}
	failure_release(&push->failure);
	r = notion_move_page(push->workspace->notion, &push->record.object, body, &push->failure,
			     &answer);
	json_decref(body);
	if (r == 0) {
		r = finish(push, before, answer);
		json_decref(answer);
		return r;
	}
	if (push->failure.kind == FAILURE_COMMITTED) {
		/* Where it is now is asked for: the answer would have said what it is there. */
		r = notion_page(push->workspace->notion, PRIORITY_SAVE, &push->record.object,
				&push->failure, &answer);
		if (r == 0) {
			r = finish(push, before, answer);
			json_decref(answer);
			return r;
		}
		return -EAGAIN;
	}
	log_warning("%s can't be moved: %s", push->record.name, push->failure.message);
	if (push->failure.kind != FAILURE_UNKNOWN) {
		int saved = write_journal(push, NULL); /* certainly not applied */
		if (saved < 0) {
			return saved;
		}
	}
	r = push_after_failure(push, r);
	return r == -EINVAL
		       ? put_back(push, json_object_get(before, "parent"), push->failure.message)
		       : r;
}

/* Is the last try's answer still to be waited for? */
static int settle_late(struct push *push)
{
	const json_t *move = json_object_get(push->moving, "move");
	if (move == NULL) {
		return 0;
	}
	int64_t safe_ms = json_integer_value(json_object_get(move, "sent_ms")) + LATE_MS;
	int64_t now_ms = notion_now_ms(push->workspace->notion);
	if (now_ms < safe_ms) {
		push->again_ms = clock_now_ms() + safe_ms - now_ms;
		return -EAGAIN;
	}
	return 0;
}

/* By where it is: there already, where the author of the rename saw it, or elsewhere. */
static int move_from(struct push *push, json_t *page, json_t *parent)
{
	json_t *present = json_object_get(page, "parent");
	const json_t *base = json_object_get(json_object_get(push->entry.base, "page"), "parent");
	if (json_is_true(json_object_get(page, "in_trash"))) {
		return put_back(push, present, "it is in Notion's trash");
	}
	if (is_same_parent(present, parent)) {
		return finish(push, NULL, page);
	}
	const json_t *sent = json_object_get(json_object_get(push->moving, "move"), "parent");
	bool is_ours = base == NULL || is_same_parent(present, base) ||
		       (sent != NULL && is_same_parent(present, sent));
	if (!is_ours) {
		return put_back(push, present,
				"it was moved in Notion meanwhile and stays where it is there");
	}
	return send_move(push, page, parent);
}

int push_move(struct push *push)
{
	json_t *page = NULL;
	json_t *parent = NULL;
	int r = settle_late(push);
	if (r == 0) {
		r = wanted_parent(push, &parent);
	}
	if (r < 0) {
		return r;
	}
	r = notion_page(push->workspace->notion, PRIORITY_SAVE, &push->record.object,
			&push->failure, &page);
	if (r == 0) {
		r = move_from(push, page, parent);
	} else if (r == -ENOENT) {
		r = put_back(push, NULL, "it is not in Notion any more");
	}
	json_decref(page);
	json_decref(parent);
	return r;
}

/* ---- what waits for it ---- */

struct leaving {
	struct store_transaction *state;
	struct uuid page;
	bool found;
};

static int stop_at_leaving(void *context, const struct queue_entry *entry)
{
	struct leaving *leaving = context;
	struct node_record at = {.parent = entry->from};
	for (int depth = 0; depth < 1000 && at.parent != NODE_ROOT && at.parent != 0; depth++) {
		if (tree_get(leaving->state, at.parent, &at) < 0) {
			break;
		}
		leaving->found |= uuid_equal(&at.object, &leaving->page);
	}
	return leaving->found ? 1 : 0;
}

bool push_is_being_left(struct push *push)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	if (workspace_begin(push->workspace, false, &state, NULL) < 0) {
		return true;
	}
	struct leaving leaving = {.state = state, .page = push->record.object};
	return queue_each(state, true, stop_at_leaving, &leaving) < 0 || leaving.found;
}
