#include "mapping/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/block_copy.h"
#include "mapping/block_index.h"
#include "mapping/merge_payload.h"

struct merger {
	struct block_index base;
	struct block_index local;
	struct block_index remote; /* `other`: the block in the merged tree */
	struct merge *merge;
	struct diagnostics *diagnostics;
};

static struct block *find(const struct block_index *index, const struct block *block)
{
	struct block_index_entry *entry =
		block->has_id ? block_index_find(index, &block->id) : NULL;
	return entry == NULL ? NULL : entry->block;
}

static void add_conflict(struct merger *merger, const struct block *remote, unsigned line)
{
	struct merge *merge = merger->merge;

	merge->conflicts = reallocarray(merge->conflicts, merge->conflict_count + 1,
					sizeof(*merge->conflicts));
	if (merge->conflicts == NULL) {
		abort();
	}
	merge->conflicts[merge->conflict_count++] =
		(struct merge_conflict){.block = remote->id, .line = line};
	diagnostics_add(merger->diagnostics, SEVERITY_WARNING, line, 0,
			"this block was changed in Notion too, Notion's version stays there");
}

static bool holds_protected(const struct block *block)
{
	if (block_is_protected(block)) {
		return true;
	}
	block_children_foreach (child, block) {
		if (holds_protected(child)) {
			return true;
		}
	}
	return false;
}

/* Shown below their parent but not its own to change. */
static bool is_opaque(const struct block *block)
{
	return (block->type == BLOCK_SYNCED_BLOCK && block->is_synced_copy) ||
	       (block_is_protected(block) && block->type != BLOCK_SYNCED_BLOCK);
}

static struct block *copy_remote(struct merger *merger, struct block *parent,
				 const struct block *remote)
{
	struct block *copy = block_copy_alone(merger->merge->tree, parent, remote);
	block_index_find(&merger->remote, &remote->id)->other = copy;
	return copy;
}

static void copy_remote_below(struct merger *merger, struct block *parent,
			      const struct block *remote)
{
	block_children_foreach (child, remote) {
		copy_remote_below(merger, copy_remote(merger, parent, child), child);
	}
}

static void merge_children(struct merger *merger, struct block *merged, const struct block *local,
			   const struct block *remote);

/* What was deleted here goes, unless it was changed there or has to stay. */
static void merge_deleted(struct merger *merger, struct block *parent, const struct block *base,
			  const struct block *remote)
{
	if (block_is_protected(remote)) {
		copy_remote_below(merger, copy_remote(merger, parent, remote), remote);
		return;
	}
	if (holds_protected(remote)) {
		merge_children(merger, copy_remote(merger, parent, remote), NULL, remote);
		return;
	}
	if (block_subtree_equal(base, remote)) {
		return;
	}
	copy_remote_below(merger, copy_remote(merger, parent, remote), remote);
	diagnostics_add(merger->diagnostics, SEVERITY_WARNING, 0, 0,
			"a block deleted here was changed in Notion, it stays; delete it again if "
			"it is to go");
}

static void merge_block(struct merger *merger, struct block *parent, const struct block *remote)
{
	const struct block *base = find(&merger->base, remote);
	const struct block *local = find(&merger->local, remote);

	if (base != NULL && local == NULL) {
		merge_deleted(merger, parent, base, remote);
		return;
	}
	struct block *merged = copy_remote(merger, parent, remote);
	if (is_opaque(remote)) {
		bool is_hosted = remote->media == MEDIA_FILE;
		if (is_hosted && base != NULL && local != NULL &&
		    !merge_payload(&merger->merge->tree->arena, base, local, merged)) {
			add_conflict(merger, remote, local->line);
		}
		copy_remote_below(merger, merged, remote);
		return;
	}
	if (base != NULL && local != NULL &&
	    !merge_payload(&merger->merge->tree->arena, base, local, merged)) {
		add_conflict(merger, remote, local->line);
	}
	merge_children(merger, merged, local, remote);
}

/* A block without an id, as the text has it. Blocks in it that exist elsewhere stay there. */
static struct block *copy_new(struct merger *merger, struct block *parent,
			      const struct block *local)
{
	struct block *copy = block_copy_alone(merger->merge->tree, parent, local);

	copy->has_id = false;
	memset(&copy->id, 0, sizeof(copy->id));
	block_children_foreach (child, local) {
		bool is_elsewhere = find(&merger->remote, child) != NULL;
		bool can_be_new =
			block_type_is_creatable(child->type) && child->media != MEDIA_FILE;
		if (!is_elsewhere && (can_be_new || !child->has_id)) {
			copy_new(merger, copy, child);
		}
	}
	return copy;
}

static bool is_new_in_remote(const struct merger *merger, const struct block *merged)
{
	return merged->has_id && block_index_find(&merger->base, &merged->id) == NULL;
}

/* Puts a new block behind `after` (NULL: at the start), and behind what Notion has new there. */
static struct block *insert_new(struct merger *merger, struct block *merged, struct block *after,
				const struct block *local)
{
	struct block *before = after == NULL ? merged->first_child : after->next;

	while (before != NULL && is_new_in_remote(merger, before)) {
		before = before->next;
	}
	struct block *copy = copy_new(merger, merged, local);
	block_unlink(copy);
	block_insert(merged, copy, before);
	return copy;
}

/* Deleted there: the text is kept when it was changed here. */
static bool is_worth_keeping(const struct merger *merger, const struct block *local)
{
	const struct block *base = find(&merger->base, local);

	if (base == NULL || block_subtree_equal(base, local) ||
	    !block_type_is_creatable(local->type) || local->media == MEDIA_FILE) {
		return false;
	}
	diagnostics_add(merger->diagnostics, SEVERITY_WARNING, local->line, 0,
			"this block was changed here and deleted in Notion, it is created anew");
	return true;
}

static void merge_inserts(struct merger *merger, struct block *merged, const struct block *local)
{
	struct block *after = NULL;

	block_children_foreach (child, local) {
		if (!child->has_id) {
			after = insert_new(merger, merged, after, child);
			continue;
		}
		struct block_index_entry *entry = block_index_find(&merger->remote, &child->id);
		if (entry != NULL && entry->other != NULL && entry->other->parent == merged) {
			after = entry->other;
		} else if (entry == NULL && is_worth_keeping(merger, child)) {
			after = insert_new(merger, merged, after, child);
		}
	}
}

/* `local` may be NULL: what holds them was deleted here, or is new in Notion. */
static void merge_children(struct merger *merger, struct block *merged, const struct block *local,
			   const struct block *remote)
{
	block_children_foreach (child, remote) {
		merge_block(merger, merged, child);
	}
	if (local != NULL) {
		merge_inserts(merger, merged, local);
	}
}

static int make_plan(struct merger *merger, const struct block_tree *remote,
		     const struct diff_options *options)
{
	struct diff_options with_ids = *options;

	with_ids.keeps_ids = true;
	return diff_plan(remote, merger->merge->tree, &with_ids, merger->diagnostics,
			 &merger->merge->plan);
}

int merge_trees(const struct block_tree *base, struct block_tree *local,
		const struct block_tree *remote, const struct diff_options *options,
		struct diagnostics *diagnostics, struct merge **ret_merge)
{
	CLEANUP(plan) struct plan *local_plan = NULL;
	CLEANUP(merge) struct merge *merge = NULL;
	struct merger merger = {.diagnostics = diagnostics};

	/* What was changed here: this gives the local blocks their ids. */
	int error = diff_plan(base, local, options, diagnostics, &local_plan);
	if (error < 0) {
		return error;
	}
	merge = calloc(1, sizeof(*merge));
	if (merge == NULL) {
		abort();
	}
	merge->tree = block_tree_new();
	merger.merge = merge;
	block_index_init(&merger.base, &base->root);
	block_index_init(&merger.local, &local->root);
	block_index_init(&merger.remote, &remote->root);
	merge_children(&merger, &merge->tree->root, &local->root, &remote->root);
	error = make_plan(&merger, remote, options);
	block_index_release(&merger.base);
	block_index_release(&merger.local);
	block_index_release(&merger.remote);
	if (error == 0) {
		*ret_merge = steal(&merge);
	}
	return error;
}

void merge_free(struct merge *merge)
{
	if (merge == NULL) {
		return;
	}
	block_tree_free(merge->tree);
	plan_free(merge->plan);
	free(merge->conflicts);
	free(merge);
}
