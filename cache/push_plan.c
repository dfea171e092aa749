#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/labels.h"
#include "cache/push_plan.h"
#include "cache/push_property.h"
#include "cache/push_upload.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/diff.h"
#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/name.h"
#include "mapping/parse.h"

/* Looked at again by itself after this long. */
#define WAIT_MS 60000

bool push_source(const struct push *push, struct store_transaction *state, struct uuid *ret_source)
{
	struct node_record directory;
	const json_t *page = json_object_get(push->entry.base, "page");
	if (page != NULL) {
		return json_get_id(json_object_get(page, "parent"), "data_source_id", ret_source);
	}
	if (tree_get(state, push->record.parent, &directory) < 0) {
		return false;
	}
	if (directory.role == ROLE_DATA_SOURCE) {
		*ret_source = directory.object;
		return true;
	}
	*ret_source = directory.source;
	return (directory.flags & NODE_FLAT) != 0;
}

void push_add_call(json_t *calls, const char *method, const char *path, json_t *body)
{
	(void)json_array_append_new(
		calls, json_pack("{ss ss so*}", "method", method, "path", path, "body", body));
}

static json_t *title_value(const char *title)
{
	struct arena arena;
	struct rich_text text = {0};
	struct run run = {.kind = RUN_TEXT, .text = title, .text_len = strlen(title)};
	arena_init(&arena);
	if (run.text_len > 0) {
		text = (struct rich_text){.runs = &run, .count = 1};
	}
	json_t *value = rich_text_to_json(&text, BLOCK_SHAPE_CREATE);
	arena_release(&arena);
	return value;
}

static json_t *property_object(json_t *patch)
{
	json_t *properties = json_object_get(patch, "properties");
	if (properties == NULL) {
		properties = json_object();
		(void)json_object_set_new(patch, "properties", properties);
	}
	return properties;
}

/* Until this page, or the one this directory is of, is in Notion. -EAGAIN. */
static int wait_for(struct push *push, node_id node)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record record;
	struct node_record page;
	if (push->is_trial) {
		return -EAGAIN;
	}
	writeback_await(&push->workspace->writeback, push->record.node);
	/* It may have been sent between the look at it and this note. */
	bool is_new = workspace_begin(push->workspace, false, &state, NULL) == 0 &&
		      tree_get(state, node, &record) == 0 &&
		      ((record.flags & NODE_NEW) != 0 ||
		       (record.role == ROLE_PAGE_DIRECTORY &&
			tree_find(state, &record.object, false, &page) == 0 &&
			(page.flags & NODE_NEW) != 0));
	push->again_ms = clock_now_ms() + (is_new ? WAIT_MS : 0);
	return -EAGAIN;
}

int push_parent_value(struct store_transaction *state, node_id node, json_t **ret_parent)
{
	struct node_record directory;
	char id[UUID_TEXT_BYTES];
	int r = tree_get(state, node, &directory);
	if (r < 0) {
		return r;
	}
	if ((directory.flags & NODE_NEW) != 0) {
		return -EAGAIN;
	}
	switch (directory.role) {
	case ROLE_ROOT: *ret_parent = json_pack("{sb}", "workspace", 1); return 0;
	case ROLE_PAGE_DIRECTORY: {
		struct node_record page;
		r = tree_find(state, &directory.object, false, &page);
		if (r < 0 || (page.flags & NODE_NEW) != 0) {
			return r < 0 ? r : -EAGAIN;
		}
		uuid_format(&directory.object, id);
		*ret_parent = json_pack("{ss ss}", "type", "page_id", "page_id", id);
		return 0;
	}
	case ROLE_DATABASE:
		uuid_format(&directory.source, id);
		*ret_parent = json_pack("{ss ss}", "type", "data_source_id", "data_source_id", id);
		return 0;
	case ROLE_DATA_SOURCE:
		uuid_format(&directory.object, id);
		*ret_parent = json_pack("{ss ss}", "type", "data_source_id", "data_source_id", id);
		return 0;
	case ROLE_KEPT:
	case ROLE_PAGE: break;
	}
	return -EINVAL;
}

/* Numbers in "@n.i" of the diff's plan count its own calls; ours may have calls before them. */
static void shift_targets(json_t *value, size_t by)
{
	size_t i;
	const char *key;
	json_t *item;
	json_array_foreach (value, i, item) {
		shift_targets(item, by);
	}
	json_object_foreach (value, key, item) {
		const char *text = json_string_value(item);
		bool names_target = strcmp(key, "path") == 0 || strcmp(key, "id") == 0;
		const char *at = text == NULL || !names_target ? NULL : strchr(text, '@');
		char *end;
		if (at == NULL) {
			if (strcmp(key, "children") != 0) {
				shift_targets(item, by);
			}
			continue;
		}
		unsigned long number = strtoul(at + 1, &end, 10);
		if (number == 0 || by == 0) {
			continue;
		}
		json_t *shifted =
			json_sprintf("%.*s@%lu%s", (int)(at - text), text, number + by, end);
		(void)json_object_set_new(value, key, shifted);
	}
}

int push_add_plan(const struct plan *plan, json_t *calls)
{
	size_t before = json_array_size(calls);
	for (size_t i = 0; i < plan->count; i++) {
		json_t *call = plan_call_to_json(&plan->calls[i]);
		if (call == NULL || json_array_append_new(calls, call) != 0) {
			return -ENOMEM;
		}
		shift_targets(call, before);
	}
	return 0;
}

static int plan_new_page(struct push *push, struct store_transaction *state,
			 const struct page_text *text, struct block_tree *wanted,
			 const struct frontmatter_options *options, struct diagnostics *diagnostics,
			 json_t *calls)
{
	CLEANUP(plan) struct plan *plan = NULL;
	CLEANUP(free) char *title = NULL;
	json_t *patch = NULL;
	json_t *children = NULL;
	json_t *parent = NULL;
	int r = frontmatter_patch(text->frontmatter, text->frontmatter_len, text->frontmatter_line,
				  NULL, options, diagnostics, &patch);
	if (r == 0) {
		r = frontmatter_title(text->frontmatter, text->frontmatter_len, options->file_stem,
				      &title);
	}
	if (r == 0) {
		r = diff_plan_create(wanted, diagnostics, &children, &plan);
	}
	if (r == 0) {
		r = push_parent_value(state, push->record.parent, &parent);
		r = r == -EAGAIN ? wait_for(push, push->record.parent) : r;
	}
	if (r == 0) {
		json_t *body = json_copy(patch);
		(void)json_object_set_new(body, "parent", parent);
		json_t *properties = property_object(body);
		if (json_object_get(properties, "title") == NULL) {
			(void)json_object_set_new(properties, "title",
						  json_pack("{so}", "title", title_value(title)));
		}
		if (json_array_size(children) > 0) {
			(void)json_object_set(body, "children", children);
		}
		push_add_call(calls, "POST", "/v1/pages", body);
		r = push_add_plan(plan, calls);
	}
	json_decref(patch);
	json_decref(children);
	return r;
}

/* What a row's move did not take along is set again, where the text says nothing else. */
static void restore_values(json_t *patch, json_t *restore)
{
	json_t *values = json_object_get(restore, "properties");
	if (json_object_size(values) > 0) {
		(void)json_object_update_missing(property_object(patch), values);
	}
}

static int plan_edit(struct push *push, const struct page_text *text, struct block_tree *base,
		     struct block_tree *wanted, const struct frontmatter_options *options,
		     struct diagnostics *diagnostics, json_t *calls, bool *ret_is_exact)
{
	CLEANUP(plan) struct plan *plan = NULL;
	json_t *patch = NULL;
	char path[64 + UUID_TEXT_BYTES] = "/v1/pages/";
	struct diff_options diff = {.page = push->record.object, .weight_percent = 100};
	int r = property_patch(text, json_object_get(push->entry.base, "page"), options,
			       diagnostics, &patch);
	if (r == 0) {
		r = diff_plan(base, wanted, &diff, diagnostics, &plan);
	}
	if (r < 0) {
		json_decref(patch);
		return r;
	}
	restore_values(patch, json_object_get(push->entry.base, "restore"));
	if ((push->record.flags & NODE_RETITLED) != 0 &&
	    json_object_get(json_object_get(patch, "properties"), "title") == NULL) {
		char *title = name_to_title(options->file_stem, &push->record.object);
		json_t *properties = property_object(patch);
		(void)json_object_set_new(properties, "title",
					  json_pack("{so}", "title", title_value(title)));
		free(title);
	}
	if (json_object_size(patch) > 0) {
		uuid_format(&push->record.object, path + strlen(path));
		push_add_call(calls, "PATCH", path, json_incref(patch));
	}
	json_decref(patch);
	r = push_add_plan(plan, calls);
	*ret_is_exact = plan->is_exact;
	return r;
}

static bool is_on_its_way(struct store_transaction *state, node_id node)
{
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	return queue_get(state, node, &entry) == 0 && entry.kind == QUEUE_SAVE &&
	       entry.state == QUEUE_PENDING;
}

/* Takes the rows that are not in Notion out of the relations of a create. */
static void leave_out(const struct labels *labels, json_t *properties)
{
	const char *name;
	json_t *property;
	void *next;
	json_object_foreach_safe(properties, next, name, property)
	{
		json_t *rows = json_object_get(property, "relation");
		for (size_t i = json_array_size(rows); i > 0; i--) {
			struct uuid id;
			bool is_there = true;
			(void)json_get_id(json_array_get(rows, i - 1), NULL, &id);
			for (size_t n = 0; n < labels->unsent_count; n++) {
				is_there &= !uuid_equal(&labels->unsent[n].id, &id);
			}
			if (!is_there) {
				(void)json_array_remove(rows, i - 1);
			}
		}
		if (rows != NULL && json_array_size(rows) == 0) {
			(void)json_object_del(properties, name);
		}
	}
}

/*
 * What the text refers to and Notion does not have yet is sent first. Of two new pages that refer
 * to each other the older one is made without, and gets its relation when both are there.
 */
static int mind_unsent(struct push *push, struct store_transaction *state,
		       const struct labels *labels, json_t *calls, bool *ret_is_partial)
{
	bool is_new = (push->record.flags & NODE_NEW) != 0;
	for (size_t i = 0; i < labels->unsent_count; i++) {
		node_id node = labels->unsent[i].node;
		if (!is_new || (node < push->record.node && is_on_its_way(state, node))) {
			return wait_for(push, node);
		}
	}
	*ret_is_partial = labels->unsent_count > 0;
	if (*ret_is_partial) {
		leave_out(labels, json_object_get(json_object_get(json_array_get(calls, 0), "body"),
						  "properties"));
	}
	return 0;
}

int push_plan(struct push *push, struct diagnostics *diagnostics)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(block_tree) struct block_tree *base = NULL;
	CLEANUP(block_tree) struct block_tree *wanted = NULL;
	CLEANUP(labels) struct labels labels = {0};
	struct page_text text;
	struct uuid source;
	json_t *schema = NULL;
	char stem[NODE_NAME_MAX_BYTES + 1];
	bool is_new = (push->record.flags & NODE_NEW) != 0;
	bool is_exact = true;
	bool is_partial = false;
	json_t *calls = json_array();
	json_t *uploads = NULL;
	push->files_came = atomic_load(&push->workspace->files_came);
	int r = workspace_begin(push->workspace, false, &state, &cache);
	if (r == 0) {
		labels_init(&labels, state, cache, &push->workspace->people);
		labels_set_page(&labels, &push->record.object, push->record.parent);
		labels_set_files(&labels, push->workspace);
		if (push_source(push, state, &source)) {
			r = object_get(cache, &source, &schema);
		}
	}
	if (r == 0 && !is_new && push->entry.kind != QUEUE_RETITLE) {
		r = block_tree_from_json(json_object_get(push->entry.base, "blocks"), &base);
	}
	if (r == 0 && push->entry.kind == QUEUE_RETITLE) {
		/* Only the name changed: the text may never have been here. */
		free(push->entry.text);
		push->entry.text = strdup("");
		push->entry.text_len = 0;
		block_tree_free(steal(&base));
		base = block_tree_new();
	}
	labels_note_copies(&labels, base);
	parse_split(push->entry.text, push->entry.text_len, &text);
	if (r == 0) {
		r = parse_blocks(text.body, text.body_len, text.body_line, base, &labels.names,
				 diagnostics, &wanted);
	}
	if (r == 0) {
		r = push_check_files(push, &labels, wanted, diagnostics);
	}
	if (r == 0) {
		memcpy(stem, push->record.name, sizeof stem);
		name_strip_md(stem);
		struct frontmatter_options options = {
			.schema = schema,
			.names = &labels.names,
			.file_stem = stem,
			.time_zone = push->workspace->options.time_zone,
			.create_options = push->workspace->options.create_options,
		};
		r = is_new ? plan_new_page(push, state, &text, wanted, &options, diagnostics, calls)
			   : plan_edit(push, &text, base, wanted, &options, diagnostics, calls,
				       &is_exact);
	}
	if (r == 0) {
		r = push_plan_uploads(push, &labels, &text, calls, diagnostics, &uploads);
	}
	if (r == 0) {
		r = mind_unsent(push, state, &labels, calls, &is_partial);
	}
	json_decref(schema);
	push->awaits_file = labels.has_bad_file;
	if (r < 0) {
		json_decref(calls);
		json_decref(uploads);
		return r;
	}
	json_decref(push->journal);
	push->journal = json_pack("{sI sb sb sn so si s{} sn so}", "generation",
				  (json_int_t)push->entry.generation, "exact", is_exact, "partial",
				  is_partial, "page", "calls", calls, "done", 0, "created",
				  "sending", "uploads", uploads);
	return push->journal == NULL ? -ENOMEM : 0;
}

bool push_is_empty(const struct push *push)
{
	return json_array_size(json_object_get(push->journal, "calls")) == 0;
}
