/*
 * A plan against what Notion has now, when somebody else changed what the save touches.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/labels.h"
#include "cache/push_plan.h"
#include "cache/push_property.h"
#include "cache/push_upload.h"
#include "cache/read_object.h"
#include "cache/walk.h"
#include "cache/workspace_private.h"
#include "mapping/diff.h"
#include "mapping/frontmatter.h"
#include "mapping/json.h"
#include "mapping/merge.h"
#include "mapping/parse.h"

/* Has Notion changed what the author saw of this property of the remote page? Of one that is of
 * another type by now it can't be said: the text was read by the new one. */
static bool is_changed(const json_t *base, json_t *remote, const char *name)
{
	const json_t *now = property_today(remote, name, remote, NULL);
	const json_t *old = property_today(remote, name, (json_t *)base, NULL);
	const char *type = json_get_text(now, "type");
	return old != NULL && now != NULL && strcmp(json_get_text(old, "type"), type) == 0 &&
	       !property_value_equal(type, json_object_get(old, type), json_object_get(now, type));
}

/* Properties both sides changed stay as they are in Notion. *ret_conflict: there was one, to
 * something else than is wanted: that is not in `left`, the patch against what Notion has. */
static void drop_conflicting(json_t *patch, const json_t *left, const json_t *base, json_t *remote,
			     bool *ret_conflict)
{
	static const char *const plain[] = {"icon", "cover"};
	json_t *wanted = json_object_get(patch, "properties");
	const char *name;
	json_t *value;
	void *next;
	json_object_foreach_safe(wanted, next, name, value)
	{
		if (is_changed(base, remote, name)) {
			*ret_conflict |=
				json_object_get(json_object_get(left, "properties"), name) != NULL;
			(void)json_object_del(wanted, name);
		}
	}
	for (size_t i = 0; i < 2; i++) {
		if (json_object_get(patch, plain[i]) != NULL &&
		    !picture_equal(json_object_get(base, plain[i]),
				   json_object_get(remote, plain[i]))) {
			(void)json_object_del(patch, plain[i]);
			*ret_conflict |= json_object_get(left, plain[i]) != NULL;
		}
	}
	if (wanted != NULL && json_object_size(wanted) == 0) {
		(void)json_object_del(patch, "properties");
	}
}

/* The schema that the remote page's properties follow. */
static int have_schema_of(struct push *push, const json_t *page)
{
	struct store_transaction *cache = NULL;
	struct uuid source;
	if (!json_get_id(json_object_get(page, "parent"), "data_source_id", &source)) {
		return 0;
	}
	int r = workspace_begin(push->workspace, false, NULL, &cache);
	if (r < 0) {
		return r;
	}
	json_t *schema = object_find(cache, &source);
	store_abort(cache);
	/* Nor may it tell of properties that are gone. */
	bool is_present = schema_tells(schema, page) &&
			  json_object_size(json_object_get(schema, "properties")) ==
				  json_object_size(json_object_get(page, "properties"));
	r = is_present ? 0 : push_have_schema(push, true, NULL);
	json_decref(schema);
	return r;
}

/* The merged plan's calls, the page's PATCH first. */
static int merge_calls(struct push *push, struct store_transaction *state,
		       struct store_transaction *cache, json_t *page, const json_t *blocks,
		       struct diagnostics *diagnostics, json_t *calls, bool *ret_conflict,
		       bool *ret_is_exact, json_t **ret_uploads)
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
	labels_set_files(&labels, push->workspace);
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
	labels_note_copies(&labels, base);
	labels_note_copies(&labels, remote);
	if (r == 0) {
		r = parse_blocks(text.body, text.body_len, text.body_line, base, &labels.names,
				 diagnostics, &local);
	}
	if (r == 0) {
		r = push_check_files(push, &labels, local, diagnostics);
	}
	if (r == 0) {
		r = property_patch(&text, json_object_get(push->entry.base, "page"), &options,
				   diagnostics, &patch);
	}
	if (r == 0) {
		CLEANUP(diagnostics) struct diagnostics unwanted;
		diagnostics_init(&unwanted);
		if (property_patch(&text, page, &options, &unwanted, &left) < 0) {
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
	if (r == 0) {
		r = push_plan_uploads(push, &labels, &text, calls, diagnostics, ret_uploads);
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
	json_decref(push->authored_base);
	push->authored_base = push->entry.base;
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
	json_t *uploads = NULL;
	bool is_conflict = false;
	bool is_exact = true;
	int r = notion_page(notion, PRIORITY_SAVE, &push->record.object, &push->failure, &page);
	if (r == 0 && json_is_true(json_object_get(page, "in_trash"))) {
		r = -ENOENT;
	}
	if (r == 0) {
		r = have_schema_of(push, page);
	}
	if (r == 0) {
		r = read_whole_relations(push->workspace, &push->record.object, PRIORITY_SAVE,
					 page);
	}
	if (r == 0) {
		r = walk_page(notion, PRIORITY_SAVE, &push->record.object, &push->failure, &blocks);
	}
	if (r == 0) {
		r = workspace_begin(push->workspace, false, &state, &cache);
	}
	if (r == 0) {
		r = merge_calls(push, state, cache, page, blocks, diagnostics, calls, &is_conflict,
				&is_exact, &uploads);
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
		push->journal = json_pack("{sI sb sn sO si s{} sn sO sO}", "generation",
					  (json_int_t)push->entry.generation, "exact", is_exact,
					  "page", "calls", calls, "done", 0, "created", "sending",
					  "base", push->entry.base, "uploads", uploads);
	}
	json_decref(page);
	json_decref(blocks);
	json_decref(calls);
	json_decref(uploads);
	return r;
}
