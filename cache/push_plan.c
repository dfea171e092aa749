#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/labels.h"
#include "cache/push.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/diff.h"
#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/merge.h"
#include "mapping/name.h"
#include "mapping/parse.h"

/* The data source a row is in or will be in; false for a page that is no row. */
static bool source_of(const struct push *push, struct store_transaction *state,
		      struct uuid *ret_source)
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

static void add_call(json_t *calls, const char *method, const char *path, json_t *body)
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

/* {"parent":…} of a new page. -EAGAIN: its parent is not in Notion yet. */
static int parent_value(const struct push *push, struct store_transaction *state,
			json_t **ret_parent)
{
	struct node_record directory;
	char id[UUID_TEXT_BYTES];
	int r = tree_get(state, push->record.parent, &directory);
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
	case ROLE_PAGE: break;
	}
	return -EINVAL;
}

static int append_plan(const struct plan *plan, json_t *calls)
{
	for (size_t i = 0; i < plan->count; i++) {
		json_t *call = plan_call_to_json(&plan->calls[i]);
		if (call == NULL || json_array_append_new(calls, call) != 0) {
			return -ENOMEM;
		}
	}
	return 0;
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
		r = parent_value(push, state, &parent);
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
		add_call(calls, "POST", "/v1/pages", body);
		r = append_plan(plan, calls);
		for (size_t i = 1; i < json_array_size(calls); i++) {
			shift_targets(json_array_get(calls, i), 1);
		}
	}
	json_decref(patch);
	json_decref(children);
	return r;
}

static int plan_edit(struct push *push, const struct page_text *text, struct block_tree *base,
		     struct block_tree *wanted, const struct frontmatter_options *options,
		     struct diagnostics *diagnostics, json_t *calls, bool *ret_is_exact)
{
	CLEANUP(plan) struct plan *plan = NULL;
	json_t *patch = NULL;
	char path[64 + UUID_TEXT_BYTES] = "/v1/pages/";
	struct diff_options diff = {.page = push->record.object, .weight_percent = 100};
	int r = frontmatter_patch(text->frontmatter, text->frontmatter_len, text->frontmatter_line,
				  json_object_get(push->entry.base, "page"), options, diagnostics,
				  &patch);
	if (r == 0) {
		r = diff_plan(base, wanted, &diff, diagnostics, &plan);
	}
	if (r < 0) {
		json_decref(patch);
		return r;
	}
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
		add_call(calls, "PATCH", path, json_incref(patch));
	}
	json_decref(patch);
	size_t before = json_array_size(calls);
	r = append_plan(plan, calls);
	for (size_t i = before; i < json_array_size(calls); i++) {
		shift_targets(json_array_get(calls, i), before);
	}
	*ret_is_exact = plan->is_exact;
	return r;
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
	json_t *calls = json_array();
	int r = workspace_begin(push->workspace, false, &state, &cache);
	if (r == 0) {
		labels_init(&labels, state, cache, &push->workspace->people);
		if (source_of(push, state, &source)) {
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
	parse_split(push->entry.text, push->entry.text_len, &text);
	if (r == 0) {
		r = parse_blocks(text.body, text.body_len, text.body_line, base, &labels.names,
				 diagnostics, &wanted);
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
	json_decref(schema);
	if (r < 0) {
		json_decref(calls);
		return r;
	}
	json_decref(push->journal);
	push->journal = json_pack("{sI sb sn so si s{} sn}", "generation",
				  (json_int_t)push->entry.generation, "exact", is_exact, "page",
				  "calls", calls, "done", 0, "created", "sending");
	return push->journal == NULL ? -ENOMEM : 0;
}

/* Properties both sides changed stay as they are in Notion. *ret_conflict: there was one, to
 * something else than is wanted: that is not in `left`, the patch against what Notion has. */
static void drop_conflicting(json_t *patch, const json_t *left, const json_t *base, json_t *remote,
			     bool *ret_conflict)
{
	static const char *const plain[] = {"icon", "cover"};
	json_t *wanted = json_object_get(patch, "properties");
	const char *name;
	json_t *property;
	json_object_foreach (json_object_get(base, "properties"), name, property) {
		const char *type = json_get_text(property, "type");
		const char *key =
			json_object_get(wanted, name) == NULL && strcmp(type, "title") == 0
				? "title"
				: name;
		const json_t *now = json_object_get(json_object_get(remote, "properties"), name);
		if (json_object_get(wanted, key) != NULL && strcmp(type, "files") != 0 &&
		    !json_equal(json_object_get(property, type), json_object_get(now, type))) {
			(void)json_object_del(wanted, key);
			*ret_conflict |=
				json_object_get(json_object_get(left, "properties"), key) != NULL;
		}
	}
	for (size_t i = 0; i < 2; i++) {
		json_t *old = json_object_get(base, plain[i]);
		if (json_object_get(patch, plain[i]) != NULL &&
		    strcmp(json_get_text(old, "type"), "file") != 0 &&
		    !json_equal(old, json_object_get(remote, plain[i]))) {
			(void)json_object_del(patch, plain[i]);
			*ret_conflict |= json_object_get(left, plain[i]) != NULL;
		}
	}
	if (wanted != NULL && json_object_size(wanted) == 0) {
		(void)json_object_del(patch, "properties");
	}
}

/* The merged plan's calls, the page's PATCH first. */
static int merge_calls(struct push *push, struct store_transaction *state,
		       struct store_transaction *cache, json_t *page, const json_t *blocks,
		       struct diagnostics *diagnostics, json_t *calls, bool *ret_conflict,
		       bool *ret_is_exact)
{
	CLEANUP(block_tree) struct block_tree *base = NULL;
	CLEANUP(block_tree) struct block_tree *local = NULL;
	CLEANUP(block_tree) struct block_tree *remote = NULL;
	CLEANUP(merge) struct merge *merge = NULL;
	CLEANUP(labels) struct labels labels;
	struct page_text text;
	struct uuid source;
	json_t *patch = NULL;
	json_t *left = NULL;
	char stem[NODE_NAME_MAX_BYTES + 1];
	char path[64 + UUID_TEXT_BYTES] = "/v1/pages/";
	struct diff_options diff = {.page = push->record.object, .weight_percent = 100};
	labels_init(&labels, state, cache, &push->workspace->people);
	json_t *schema = source_of(push, state, &source) ? object_find(cache, &source) : NULL;
	memcpy(stem, push->record.name, sizeof stem);
	name_strip_md(stem);
	struct frontmatter_options options = {
		.schema = schema,
		.names = &labels.names,
		.file_stem = stem,
		.time_zone = push->workspace->options.time_zone,
		.create_options = push->workspace->options.create_options,
	};
	parse_split(push->entry.text, push->entry.text_len, &text);
	int r = block_tree_from_json(json_object_get(push->entry.base, "blocks"), &base);
	if (r == 0) {
		r = block_tree_from_json(blocks, &remote);
	}
	if (r == 0) {
		r = parse_blocks(text.body, text.body_len, text.body_line, base, &labels.names,
				 diagnostics, &local);
	}
	if (r == 0) {
		r = frontmatter_patch(text.frontmatter, text.frontmatter_len, text.frontmatter_line,
				      json_object_get(push->entry.base, "page"), &options,
				      diagnostics, &patch);
	}
	if (r == 0) {
		CLEANUP(diagnostics) struct diagnostics unwanted;
		diagnostics_init(&unwanted);
		if (frontmatter_patch(text.frontmatter, text.frontmatter_len, text.frontmatter_line,
				      page, &options, &unwanted, &left) < 0) {
			left = json_incref(patch);
		}
	}
	json_decref(schema);
	if (r == 0) {
		r = merge_trees(base, local, remote, &diff, diagnostics, &merge);
	}
	if (r == 0) {
		drop_conflicting(patch, left, json_object_get(push->entry.base, "page"), page,
				 ret_conflict);
		*ret_conflict |= merge->conflict_count > 0;
		*ret_is_exact = merge->plan->is_exact;
		if (json_object_size(patch) > 0) {
			uuid_format(&push->record.object, path + strlen(path));
			add_call(calls, "PATCH", path, json_incref(patch));
		}
		size_t before = json_array_size(calls);
		r = append_plan(merge->plan, calls);
		for (size_t i = before; i < json_array_size(calls); i++) {
			shift_targets(json_array_get(calls, i), before);
		}
	}
	json_decref(patch);
	json_decref(left);
	return r;
}

/* The plan is made against what Notion has now. The queue keeps what the author saw: a later save
 * was not made over the merged text. */
static int set_base(struct push *push, json_t *page, json_t *blocks, bool is_conflict)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	struct node_record record;
	json_decref(push->entry.base);
	push->entry.base = json_pack("{sO sO}", "page", page, "blocks", blocks);
	if (push->entry.base == NULL) {
		return -ENOMEM;
	}
	if (!is_conflict) {
		return 0;
	}
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = tree_get(state, push->record.node, &record);
	}
	if (r < 0) {
		return r;
	}
	record.flags |= NODE_CONFLICT;
	push->record.flags |= NODE_CONFLICT;
	r = tree_put(state, &record);
	return r < 0 ? r : workspace_commit(&state, NULL);
}

int push_merge(struct push *push, struct diagnostics *diagnostics)
{
	struct store_transaction *state = NULL;
	struct store_transaction *cache = NULL;
	struct notion *notion = push->workspace->notion;
	json_t *page = NULL;
	json_t *blocks = NULL;
	json_t *calls = json_array();
	bool is_conflict = false;
	bool is_exact = true;
	int r = notion_page(notion, PRIORITY_SAVE, &push->record.object, &push->failure, &page);
	if (r == 0 && json_is_true(json_object_get(page, "in_trash"))) {
		r = -ENOENT;
	}
	if (r == 0) {
		r = walk_page(notion, PRIORITY_SAVE, &push->record.object, &push->failure, &blocks);
	}
	if (r == 0) {
		r = workspace_begin(push->workspace, false, &state, &cache);
	}
	if (r == 0) {
		r = merge_calls(push, state, cache, page, blocks, diagnostics, calls, &is_conflict,
				&is_exact);
	}
	store_abort(state);
	store_abort(cache);
	if (r == 0 && is_conflict) {
		push_keep_copy(push);
	}
	if (r == 0) {
		r = set_base(push, page, blocks, is_conflict);
	}
	if (r == 0) {
		json_decref(push->journal);
		push->journal = json_pack("{sI sb sn sO si s{} sn sO}", "generation",
					  (json_int_t)push->entry.generation, "exact", is_exact,
					  "page", "calls", calls, "done", 0, "created", "sending",
					  "base", push->entry.base);
	}
	json_decref(page);
	json_decref(blocks);
	json_decref(calls);
	return r;
}

bool push_is_empty(const struct push *push)
{
	return json_array_size(json_object_get(push->journal, "calls")) == 0;
}
