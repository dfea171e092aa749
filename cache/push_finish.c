#define LOG_MODULE "push"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/asset.h"
#include "cache/awaited.h"
#include "cache/content.h"
#include "cache/history.h"
#include "cache/keys.h"
#include "cache/labels.h"
#include "cache/push.h"
#include "cache/push_upload.h"
#include "cache/read_object.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"
#include "mapping/diff.h"
#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/parse.h"

/* What is read by others at the same time is read again, so often at once. */
#define FINISH_TRIES_MAX 5

/* The page's own id: a new one got it from Notion. */
static const struct uuid *page_id(const struct push *push)
{
	return uuid_is_zero(&push->page) ? &push->record.object : &push->page;
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
	labels_set_page(&labels, &push->record.object, push->record.parent);
	labels_set_files(&labels, push->workspace);
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
	int r = block_tree_from_json(blocks, &tree);
	labels_note_copies(&labels, tree);
	bool same = r == 0 &&
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

static void remove_local(struct workspace *workspace, node_id directory, const char *name)
{
	if (local_unlink(workspace->local, directory, name) == 0) {
		struct tree_change change = {.directory = directory, .name = (char *)name};
		struct tree_changes changes = {.items = &change, .count = 1};
		workspace_tell(workspace, &changes);
	}
}

void error_files_remove(struct workspace *workspace, const struct node_record *page,
			const struct queue_entry *entry)
{
	char name[NODE_NAME_MAX_BYTES + 16];
	(void)snprintf(name, sizeof name, "%s.error", page->name);
	remove_local(workspace, page->parent, name);
	if (entry->error_file != NULL &&
	    (entry->error_directory != page->parent || strcmp(entry->error_file, name) != 0)) {
		remove_local(workspace, entry->error_directory, entry->error_file);
	}
}

void push_remove_error_file(struct push *push)
{
	error_files_remove(push->workspace, &push->record, &push->entry);
}

/* What Notion holds after the calls, and what of that the author knows of. */
struct result {
	json_t *page;
	json_t *blocks;
	json_t *authored;
	json_t *merged_over; /* of a merged save, instead of `authored`: what its author meant */
	json_t *known;	     /* `page` as the cache had it; NULL: Notion has just said it */
	int64_t fetched_ms;
	uint64_t stamp; /* of the body before Notion was asked for what is to replace it */
	bool is_changed;
	bool is_implied; /* it is shown later */
	char *left_over; /* a text saved over one that was merged since */
	size_t left_over_len;
};

static void result_release(struct result *result)
{
	json_decref(result->page);
	json_decref(result->blocks);
	json_decref(result->authored);
	json_decref(result->merged_over);
	json_decref(result->known);
	free(result->left_over);
}

/* The entry leaves the queue, or, saved again meanwhile, starts anew: its base is what
 * its author saw: what was sent, and nothing of others. */
static int settle_entry(struct push *push, struct store_transaction *state, struct result *result,
			bool is_moved, bool *ret_is_over)
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
	*ret_is_over = (json_int_t)now.generation ==
		       json_integer_value(json_object_get(push->journal, "generation"));
	if (!*ret_is_over && now.kind == QUEUE_SAVE && result->authored == NULL) {
		/* Made over a text that was merged since: it goes beside the page. */
		result->left_over = steal(&now.text);
		result->left_over_len = now.text_len;
		*ret_is_over = true;
	}
	bool is_partial = json_is_true(json_object_get(push->journal, "partial"));
	if (*ret_is_over && is_partial) {
		*ret_is_over = false; /* relations of it are still to be sent */
	}
	if (*ret_is_over && is_moved) {
		/* Moved meanwhile: the text is sent, that is not. */
		now.kind = QUEUE_RETITLE;
		now.state = QUEUE_PENDING;
		free(now.text);
		now.text = NULL;
		now.text_len = 0;
		json_decref(now.base);
		now.base = json_pack("{sO*}", "page", result->page);
		return queue_put(state, &now);
	}
	if (*ret_is_over) {
		return queue_delete(state, push->record.node);
	}
	json_decref(now.base);
	now.base = json_incref(result->authored);
	return queue_put(state, &now);
}

/* What was sent has replaced the text of the base. */
static int note_pushed(struct push *push, struct store_transaction *state,
		       struct store_transaction *cache, const char *stem)
{
	CLEANUP(buf) struct buf text;
	const json_t *page = json_object_get(push->entry.base, "page");
	const json_t *blocks = json_object_get(push->entry.base, "blocks");
	struct history_event event = {
		.what = "pushed",
		.calls = (size_t)json_integer_value(json_object_get(push->journal, "done")),
	};
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	if (event.calls == 0) {
		return 0;
	}
	if (page != NULL && blocks != NULL) {
		int r = content_render(push->workspace, state, cache, page, blocks, stem, &text);
		if (r < 0) {
			return r;
		}
	}
	event.text = text.data;
	event.len = text.len;
	return history_add(state, &push->record, &event);
}

/* A `title:` that was sent is the file's name from now on. */
static int take_title(struct store_transaction *state, struct node_record *record,
		      const json_t *page, struct tree_changes *changes)
{
	CLEANUP(object_info) struct object_info info = {0};
	int r = object_info_init(page, &info);
	return r < 0 ? r : tree_retitle(state, record, info.title, clock_now_ms(), changes);
}

/* Has a call told Notion a title or values? Making the page is none: nobody knew it before. */
static bool has_written_page(const struct push *push)
{
	size_t i;
	json_t *call;
	size_t done = (size_t)json_integer_value(json_object_get(push->journal, "done"));
	json_array_foreach (json_object_get(push->journal, "calls"), i, call) {
		if (i < done && strncmp(json_get_text(call, "path"), "/v1/pages/", 10) == 0) {
			return true;
		}
	}
	return false;
}

/* Notion's page object, unless a newer one came while the page was sent. */
static int store_page(struct push *push, struct store_transaction *cache, struct result *result)
{
	json_t *now = result->known == NULL ? NULL : object_find(cache, &push->record.object);
	if (now != NULL && !json_equal(now, result->known)) {
		json_decref(result->page);
		result->page = now;
		return 0;
	}
	json_decref(now);
	if (has_written_page(push)) {
		recent_note(&push->workspace->written, push->record.node);
	}
	return object_put(cache, result->page, NULL);
}

/* -EAGAIN: another body came since Notion was asked. */
static int store_result(struct push *push, struct result *result, struct tree_changes *changes)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(buf) struct buf canonical;
	struct body body = {.blocks = result->blocks, .fetched_ms = result->fetched_ms};
	struct node_record record;
	bool is_over = true;
	char stem[NODE_NAME_MAX_BYTES + 1];
	node_id node;
	buf_init(&canonical, BUF_PAGE_MAX_BYTES);
	int r = workspace_begin(push->workspace, true, &state, &cache);
	if (r == 0 && body_stamp(cache, page_id(push)) != result->stamp) {
		return -EAGAIN;
	}
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r == 0) {
		r = push_adopt_page(push, state, cache, &record, changes);
	}
	if (r == 0) {
		r = settle_entry(push, state, result, (record.flags & NODE_MOVED) != 0, &is_over);
	}
	if (r == 0) {
		if (is_over) {
			/* Else it may have been renamed again. */
			record.flags &= ~(unsigned)NODE_RETITLED;
		}
		r = tree_put(state, &record);
	}
	if (r < 0) {
		return r;
	}
	r = store_page(push, cache, result);
	const json_t *page = result->page;
	if (r == 0 && is_over) {
		r = take_title(state, &record, page, changes);
	}
	push->record = record;
	memcpy(stem, record.name, sizeof stem);
	name_strip_md(stem);
	if (r == 0) {
		r = note_pushed(push, state, cache, stem);
	}
	if (r == 0) {
		r = body_put(cache, &record.object, &body);
	}
	if (r == 0) {
		r = push_note_sources(push, state, page, result->blocks);
	}
	if (r == 0) {
		r = asset_sync(state, cache, &record, page, result->blocks, clock_now_ms(),
			       changes);
	}
	if (r == 0 && is_over && push->entry.kind == QUEUE_SAVE && result->left_over == NULL &&
	    means_the_same(push, state, cache, page, result->blocks, stem)) {
		r = content_render(push->workspace, state, cache, page, result->blocks, stem,
				   &canonical);
		if (r == 0) {
			r = content_keep_text(state, &record.object,
					      content_hash(canonical.data, canonical.len),
					      push->entry.text, push->entry.text_len);
		}
	}
	if (r == 0 && is_over) {
		r = content_update(push->workspace, state, cache, &record.object, &node,
				   &result->is_changed, changes);
	}
	if (r == 0 && result->is_changed && push->entry.kind == QUEUE_SAVE &&
	    result->left_over == NULL) {
		/* Who saved or read the text goes on writing over that. */
		r = content_keep_base(state, &record,
				      result->authored != NULL ? result->authored
							       : result->merged_over);
	}
	if (r == 0 && is_over && (record.flags & NODE_IMPLIED) != 0) {
		r = push_owe_reveal(push->workspace, state, &record);
		result->is_implied = r == 0;
	}
	return r < 0 ? r : workspace_commit(&state, &cache);
}

/* The page object after the calls: the last answer that is one, else what is known of it. */
static json_t *known_page(struct push *push, struct result *result)
{
	json_t *page = NULL;
	const char *key;
	json_t *answer;
	struct store_transaction *cache = NULL;
	json_object_foreach (push->answers, key, answer) {
		if (strcmp(json_get_text(answer, "object"), "page") == 0) {
			page = json_incref(answer);
		}
	}
	if (page == NULL && push_is_merged(push)) {
		/* What was merged with is newer than what the cache has. */
		return json_incref(json_object_get(push->entry.base, "page"));
	}
	if (page == NULL && workspace_begin(push->workspace, false, NULL, &cache) == 0) {
		page = object_find(cache, &push->record.object);
		store_abort(cache);
		result->known = json_deep_copy(page);
	}
	return page != NULL ? page : json_incref(json_object_get(push->entry.base, "page"));
}

/* A new title touches no block: those we have read stand, as of when they were read. */
static bool keeps_blocks(struct push *push, struct result *result)
{
	struct store_transaction *cache = NULL;
	struct body body;
	if (push->entry.kind != QUEUE_RETITLE || push->is_resumed || push_is_merged(push) ||
	    workspace_begin(push->workspace, false, NULL, &cache) < 0) {
		return false;
	}
	bool is_kept = body_get(cache, &push->record.object, &body) == 0;
	if (is_kept && body.is_stale) {
		json_decref(body.blocks);
		is_kept = false;
	}
	if (is_kept) {
		result->blocks = body.blocks;
		result->fetched_ms = body.fetched_ms;
	}
	store_abort(cache);
	return is_kept;
}

/* What the author of a merged save saw and meant: his own base with the calls applied, nothing of
 * others. Words of theirs in a block that both changed are in it. */
static void know_merged_over(struct push *push, struct result *result)
{
	json_t *page = NULL;
	json_t *blocks = NULL;
	json_t *merged_base = push->entry.base;
	if (push->authored_base == NULL || push->entry.kind != QUEUE_SAVE) {
		return;
	}
	push->entry.base = push->authored_base;
	int r = push_assemble(push, result->blocks, &blocks);
	if (r == 0) {
		r = push_page_after(push, &page, NULL);
	}
	push->entry.base = merged_base;
	if (r == 0) {
		result->merged_over = json_pack("{sO sO}", "page", page, "blocks", blocks);
	} else {
		log_warning("%s: what its author saw can't be told: %s", push->record.name,
			    strerror(-r));
	}
	json_decref(page);
	json_decref(blocks);
}

static uint64_t stamp_now(const struct push *push)
{
	struct store_transaction *cache = NULL;
	if (workspace_begin(push->workspace, false, NULL, &cache) < 0) {
		return 0;
	}
	uint64_t stamp = body_stamp(cache, page_id(push));
	store_abort(cache);
	return stamp;
}

/* Reads the page where the answers don't say what it is now. */
static int know_result(struct push *push, struct result *result)
{
	struct notion *notion = push->workspace->notion;
	const struct uuid *id = page_id(push);
	bool is_exact = json_is_true(json_object_get(push->journal, "exact"));
	json_t *authored = NULL;
	result->fetched_ms = notion_now_ms(notion);
	result->stamp = stamp_now(push);
	result->page = known_page(push, result);
	/* Not read to their ends they could not be written any more. */
	int r = read_whole_relations(push->workspace, id, PRIORITY_SAVE, result->page);
	if (r < 0) {
		return r;
	}
	r = is_exact && is_base_present(push) ? push_assemble(push, NULL, &result->blocks)
					      : -ESTALE;
	if (r == 0) {
		authored = json_incref(result->blocks);
	} else if (r == -ESTALE && keeps_blocks(push, result)) {
		r = 0;
	} else if (r == -ESTALE) {
		r = walk_page(notion, PRIORITY_SAVE, id, &push->failure, &result->blocks);
		if (r == 0 && (push->is_resumed || result->page == NULL)) {
			json_decref(result->page);
			result->page = NULL;
			json_decref(result->known);
			result->known = NULL;
			r = notion_page(notion, PRIORITY_SAVE, id, &push->failure, &result->page);
			r = r < 0 ? r
				  : read_whole_relations(push->workspace, id, PRIORITY_SAVE,
							 result->page);
		}
		if (r == 0 && !push_is_merged(push) && push->entry.kind == QUEUE_SAVE) {
			r = push_assemble(push, result->blocks, &authored);
		}
	}
	if (r == 0 && !push_is_merged(push)) {
		json_t *page = NULL;
		r = push_page_after(push, &page, NULL);
		result->authored = json_pack("{so* so*}", "page", page, "blocks", authored);
	} else {
		json_decref(authored);
	}
	if (r == 0 && push_is_merged(push)) {
		know_merged_over(push, result);
	}
	return r;
}

static void note_sent(const struct push *push)
{
	json_int_t calls = json_integer_value(json_object_get(push->journal, "done"));
	if (calls > 0) {
		events_note_node(push->workspace, "sent", true, push->record.node,
				 json_pack("{sI}", "calls", calls));
	}
}

int push_finish(struct push *push)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct result result = {0};
	int r = -EAGAIN;
	for (int tries = 0; r == -EAGAIN && tries < FINISH_TRIES_MAX; tries++) {
		result_release(&result);
		result = (struct result){0};
		r = know_result(push, &result);
		if (r == 0) {
			r = store_result(push, &result, &changes);
		}
	}
	if (r == 0) {
		/* Others may have edited it in the minute that our own stamp stands for. */
		refresher_look_again(&push->workspace->refresher, &push->record.object,
				     result.fetched_ms);
		workspace_tell(push->workspace, &changes);
		push_remove_error_file(push);
		note_sent(push);
		if (result.is_implied) {
			writeback_schedule(&push->workspace->writeback, push->record.node,
					   clock_now_ms() +
						   push->workspace->options.trash_delay_ms);
		}
		if (result.is_changed) {
			workspace_tell_page(push->workspace, push->record.node);
		}
		if (result.left_over != NULL) {
			free(push->entry.text);
			push->entry.text = steal(&result.left_over);
			push->entry.text_len = result.left_over_len;
			push_keep_copy(push);
		}
	}
	result_release(&result);
	return r;
}

/* ---- what can't be sent ---- */

void push_write_beside(struct push *push, const char *name, const void *bytes, size_t len)
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
	buf_init(&text, 100000);
	key_put_u64(key, push->record.node);
	(void)snprintf(name, sizeof name, "%s.error", push->record.name);
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = queue_get(state, push->record.node, &entry);
	}
	if (r < 0 || entry.generation != push->entry.generation) {
		return r < 0 ? r : -EAGAIN; /* saved again meanwhile: that one has its own turn */
	}
	free(entry.error);
	entry.error = strdup(message);
	entry.error_line = line;
	entry.error_column = column;
	entry.state = QUEUE_ERROR;
	entry.awaits_file = push->awaits_file;
	bool is_moved = entry.error_file != NULL && (strcmp(entry.error_file, name) != 0 ||
						     entry.error_directory != push->record.parent);
	free(entry.error_file);
	entry.error_file = strdup(name);
	entry.error_directory = push->record.parent;
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
	buf_printf(&text, "%s:%u:%u: %s\n", push->record.name, line, column, message);
	if (is_moved) {
		push_remove_error_file(push);
	}
	push_write_beside(push, name, text.data, text.len);
	events_note_node(push->workspace, "refused", true, push->record.node,
			 json_pack("{sI sI ss}", "line", (json_int_t)line, "column",
				   (json_int_t)column, "message", message));
	if (push->awaits_file) {
		awaited_note(push->workspace, push->record.node, push->files_came);
	}
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
	push_write_beside(push, name, push->entry.text, push->entry.text_len);
	log_warning("%s was changed in Notion at the same place; your text is in %s",
		    push->record.name, name);
	events_note_node(push->workspace, "conflict", true, push->record.node,
			 json_pack("{ss}", "copy", name));
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
	uint64_t asked = recent_count(&push->workspace->written);

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
				   asked, PRIORITY_SAVE);
	}
	json_decref(blocks);
	json_decref(page);
	return r;
}
