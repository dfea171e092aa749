#include "tests/unit/apply_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/block_copy.h"
#include "mapping/json.h"
#include "tests/unit/sketch_tree.h"

#define fail(applier, ...) (snprintf((applier)->why, sizeof((applier)->why), __VA_ARGS__), false)

void applier_init(struct applier *applier, struct block_tree *page, struct uuid page_id,
		  unsigned first_id)
{
	*applier = (struct applier){.page = page, .page_id = page_id, .next_id = first_id};
}

void applier_release(struct applier *applier)
{
	for (size_t i = 0; i < applier->count; i++) {
		block_tree_free(applier->read[i]);
		free(applier->created[i]);
	}
	free(applier->read);
	free(applier->created);
	free(applier->created_count);
}

static struct block *find_id(struct block *parent, const struct uuid *id)
{
	block_children_foreach (block, parent) {
		if (uuid_equal(&block->id, id)) {
			return block;
		}
		struct block *found = find_id(block, id);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

static struct block *find(const struct applier *applier, const struct plan_target *target)
{
	if (target->depth == 0) {
		return uuid_equal(&target->id, &applier->page_id)
			       ? &applier->page->root
			       : find_id(&applier->page->root, &target->id);
	}
	if (target->call == 0 || target->call > applier->count || target->path[0] == 0 ||
	    target->path[0] > applier->created_count[target->call - 1]) {
		return NULL;
	}
	struct block *block = applier->created[target->call - 1][target->path[0] - 1];
	for (unsigned i = 1; i < target->depth && block != NULL; i++) {
		block = block->first_child;
		for (unsigned k = 1; k < target->path[i] && block != NULL; k++) {
			block = block->next;
		}
	}
	return block;
}

const struct block *applier_find(const struct applier *applier, const struct plan_target *target)
{
	return find(applier, target);
}

static bool fits(struct applier *applier, const struct block *parent, const struct block *block)
{
	bool is_row = block->type == BLOCK_TABLE_ROW;
	bool is_column = block->type == BLOCK_COLUMN;
	if ((parent->type == BLOCK_TABLE && parent->parent != NULL) != is_row) {
		return fail(applier, "rows and tables belong together");
	}
	if ((parent->type == BLOCK_COLUMN_LIST) != is_column) {
		return fail(applier, "columns and their lists belong together");
	}
	if (parent->type == BLOCK_TAB && block->type != BLOCK_PARAGRAPH) {
		return fail(applier, "only paragraphs are tabs");
	}
	if (is_row && block->cell_count != parent->table_width) {
		return fail(applier, "cells do not match the table's width");
	}
	return true;
}

/* The rules of one request; `tier` from 1. */
static bool check_new(struct applier *applier, const struct block *parent, unsigned tier,
		      unsigned *blocks)
{
	size_t count = 0;

	block_children_foreach (block, parent) {
		bool is_structure = block->type == BLOCK_COLUMN_LIST || block->type == BLOCK_COLUMN;
		size_t needed =
			block->type == BLOCK_COLUMN_LIST				       ? 2
			: block->type == BLOCK_TABLE || (block->type == BLOCK_TAB && tier < 3) ? 1
											       : 0;
		++*blocks;
		if (++count > 100) {
			return fail(applier, "more than 100 children");
		}
		if (tier > 3 || (is_structure && tier > 1) ||
		    (block->type == BLOCK_TABLE && tier > 2)) {
			return fail(applier, "%s in tier %u", block_type_name(block->type), tier);
		}
		if (!block_type_is_creatable(block->type) || block->media == MEDIA_FILE) {
			return fail(applier, "%s created", block_type_name(block->type));
		}
		if (block->child_count < needed) {
			return fail(applier, "%s with too few children",
				    block_type_name(block->type));
		}
		if (block->child_count > 0 && !block_can_have_children(block)) {
			return fail(applier, "children in a leaf");
		}
		if (parent->parent != NULL && !fits(applier, parent, block)) {
			return false;
		}
		unsigned below = block->type == BLOCK_COLUMN_LIST ? tier : tier + 1;
		if (!check_new(applier, block, below, blocks)) {
			return false;
		}
	}
	return true;
}

static bool run_append(struct applier *applier, const struct plan_call *call)
{
	struct block *container = find(applier, &call->target);
	struct block *before = NULL;
	struct block_tree *read = NULL;
	unsigned blocks = 0;

	if (container == NULL) {
		return fail(applier, "no such container");
	}
	if (container != &applier->page->root && !block_can_have_children(container)) {
		return fail(applier, "a leaf gets children");
	}
	if (call->position == POSITION_START) {
		before = container->first_child;
	} else if (call->position == POSITION_AFTER) {
		struct block *anchor = find(applier, &call->after);
		if (anchor == NULL || anchor->parent != container) {
			return fail(applier, "the anchor is not in the container");
		}
		before = anchor->next;
	}
	if (block_tree_from_json(call->body, &read) < 0) {
		return fail(applier, "not blocks");
	}
	applier->read[applier->count - 1] = read;
	if (!check_new(applier, &read->root, 1, &blocks)) {
		return false;
	}
	if (blocks == 0 || blocks > 1000 || json_dumpb(call->body, NULL, 0, 0) > 499000) {
		return fail(applier, "the request has %u blocks, %zu bytes", blocks,
			    json_dumpb(call->body, NULL, 0, 0));
	}
	sketch_number(read, &applier->next_id);
	struct block **created = calloc(read->root.child_count, sizeof(struct block *));
	applier->created[applier->count - 1] = created;
	while (read->root.first_child != NULL) {
		struct block *block = read->root.first_child;
		if (container != &applier->page->root && !fits(applier, container, block)) {
			return false;
		}
		block_unlink(block);
		block_insert(container, block, before);
		created[applier->created_count[applier->count - 1]++] = block;
	}
	container->has_children = true;
	return true;
}

static bool run_update(struct applier *applier, const struct plan_call *call)
{
	struct block *block = find(applier, &call->target);
	struct block_tree *read = NULL;

	if (block == NULL || block == &applier->page->root) {
		return fail(applier, "no such block");
	}
	const char *type = block_type_name(block->type);
	json_t *fields = json_object_get(call->body, type);
	if (fields == NULL || json_object_size(call->body) != 1) {
		return fail(applier, "the update is not of the block's type");
	}
	if (!block_type_is_updatable(block->type)) {
		return fail(applier, "%s can't be updated", type);
	}
	struct block alone = *block;
	alone.first_child = NULL;
	alone.last_child = NULL;
	alone.child_count = 0;
	json_t *list = json_array();
	json_array_append_new(list, block_to_json(&alone, BLOCK_SHAPE_READ));
	json_object_update(json_object_get(json_array_get(list, 0), type), fields);
	int error = block_tree_from_json(list, &read);
	json_decref(list);
	if (error < 0) {
		return fail(applier, "not a block");
	}
	applier->read[applier->count - 1] = read;
	struct block changed = *read->root.first_child;
	if (block->is_toggleable && !changed.is_toggleable && block->child_count > 0) {
		return fail(applier, "a toggle with children stops being one");
	}
	changed.parent = block->parent;
	changed.previous = block->previous;
	changed.next = block->next;
	changed.first_child = block->first_child;
	changed.last_child = block->last_child;
	changed.child_count = block->child_count;
	changed.has_children = block->has_children;
	*block = changed;
	return true;
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

static bool run_delete(struct applier *applier, const struct plan_call *call)
{
	struct block *block = find(applier, &call->target);

	if (block == NULL || block == &applier->page->root) {
		return fail(applier, "no such block");
	}
	if (holds_protected(block)) {
		return fail(applier, "a protected block is deleted");
	}
	block_unlink(block);
	return true;
}

bool applier_run(struct applier *applier, const struct plan *plan)
{
	applier->read = calloc(plan->count + 1, sizeof(struct block_tree *));
	applier->created = calloc(plan->count + 1, sizeof(struct block **));
	applier->created_count = calloc(plan->count + 1, sizeof(size_t));
	if (applier->read == NULL || applier->created == NULL || applier->created_count == NULL) {
		abort();
	}
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_call *call = &plan->calls[i];
		bool done = false;
		applier->count = i + 1;
		switch (call->kind) {
		case CALL_APPEND: done = run_append(applier, call); break;
		case CALL_UPDATE: done = run_update(applier, call); break;
		case CALL_DELETE: done = run_delete(applier, call); break;
		}
		if (!done) {
			return false;
		}
	}
	return true;
}

static void copy_below(struct block_tree *tree, struct block *parent, const struct block *source)
{
	block_children_foreach (child, source) {
		copy_below(tree, block_copy_alone(tree, parent, child), child);
	}
}

struct block_tree *applier_copy(const struct block_tree *page)
{
	struct block_tree *copy = block_tree_new();
	copy_below(copy, &copy->root, &page->root);
	return copy;
}
