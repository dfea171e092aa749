/*
 * A plan against what Notion has now, when somebody else changed what the save touches.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/labels.h"
#include "cache/push_plan.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/diff.h"
#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/merge.h"
#include "mapping/parse.h"

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
	labels_set_page(&labels, &push->record.object, push->record.parent);
	json_t *schema = push_source(push, state, &source) ? object_find(cache, &source) : NULL;
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
			push_add_call(calls, "PATCH", path, json_incref(patch));
		}
		r = push_add_plan(merge->plan, calls);
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
