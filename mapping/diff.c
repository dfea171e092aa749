#include "mapping/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/diff_identity.h"
#include "mapping/diff_match.h"
#include "mapping/diff_refuse.h"
#include "mapping/json.h"
#include "mapping/plan.h"
#include "mapping/plan_append.h"

struct differ {
	struct diff_tree base;
	struct diff_tree wanted;
	struct plan *plan;
	struct plan_target *targets; /* of each wanted node */
	struct diagnostics *diagnostics;
	bool is_refused;
};

#define warn(differ, line, ...) \
	diagnostics_add((differ)->diagnostics, SEVERITY_WARNING, line, 0, __VA_ARGS__)

static const char *name_of(const struct block *block)
{
	switch (block->type) {
	case BLOCK_CHILD_PAGE: return "child page";
	case BLOCK_CHILD_DATABASE: return "database";
	case BLOCK_SYNCED_BLOCK: return "synced block";
	case BLOCK_LINK_PREVIEW: return "link preview";
	case BLOCK_MEETING_NOTES:
	case BLOCK_TRANSCRIPTION: return "meeting notes block";
	default:
		return block->media == MEDIA_FILE ? "file stored in Notion"
						  : "block of a kind the API does not show";
	}
}

/* ---- what can't be, and what is not done as asked ---- */

static bool is_created(const struct diff_node *node)
{
	return node->match == NULL;
}

static void check_wanted(struct differ *differ, struct diff_node *parent)
{
	for (size_t i = 0; i < parent->child_count; i++) {
		struct diff_node *node = &parent->children[i];
		if (is_created(node)) {
			if (diff_identity_is_child(node->block)) {
				/* Another line stands for the page itself. */
				diff_identity_make_link(node->block);
			}
			differ->is_refused |= diff_refuse_create(node, differ->diagnostics);
		} else {
			differ->is_refused |=
				diff_refuse_children(node->match, node, differ->diagnostics);
		}
		check_wanted(differ, node);
	}
}

static void warn_of_read_only(struct differ *differ, const struct diff_node *node)
{
	const struct block *from = node->match->block;
	const struct block *to = node->block;

	if (to->type == BLOCK_NUMBERED_LIST_ITEM &&
	    (from->list_start_index != to->list_start_index ||
	     (from->list_format == NULL) != (to->list_format == NULL) ||
	     (from->list_format != NULL && strcmp(from->list_format, to->list_format) != 0))) {
		differ->plan->is_exact = false;
		warn(differ, to->line,
		     "where a list starts and how it counts can't be changed through the API, "
		     "change it in Notion");
	}
	if (diff_identity_is_child(to) && from->name != NULL && to->name != NULL &&
	    strcmp(from->name, to->name) != 0) {
		differ->plan->is_exact = false;
		warn(differ, to->line, "the title of a %s is not changed here, rename its file",
		     name_of(to));
	}
}

static void warn_of_wanted(struct differ *differ)
{
	for (size_t i = 1; i < differ->wanted.count; i++) {
		const struct diff_node *node = &differ->wanted.nodes[i];
		if (is_created(node)) {
			continue;
		}
		warn_of_read_only(differ, node);
		if (node->is_in_place) {
			differ->plan->is_exact = false;
		}
		if (node->is_in_place && node->match->is_protected) {
			warn(differ, node->block->line,
			     "a %s can't be moved through the API, it stays where it is in Notion",
			     name_of(node->match->block));
		}
	}
}

static void warn_of_kept(struct differ *differ)
{
	for (size_t i = 1; i < differ->base.count; i++) {
		const struct diff_node *node = &differ->base.nodes[i];
		if (node->match == NULL && node->holds_protected) {
			differ->plan->is_exact = false;
		}
		if (node->match != NULL || !node->is_protected) {
			continue;
		}
		if (diff_identity_is_child(node->block)) {
			warn(differ, 0,
			     "the line of a %s is missing, it stays; remove its own file to remove "
			     "it",
			     name_of(node->block));
		} else {
			warn(differ, 0,
			     "the line of a %s is missing, it stays; remove it in Notion",
			     name_of(node->block));
		}
	}
}

/* ---- calls ---- */

/* What an update has no way to say: the API takes no null there. */
static const char *taken_away(const struct block *from, const struct block *to)
{
	if (from->icon.kind != ICON_NONE && to->icon.kind == ICON_NONE) {
		return "an icon";
	}
	if (from->width_ratio != NULL && to->width_ratio == NULL) {
		return "a column's width";
	}
	return from->name != NULL && to->name == NULL ? "a file's name" : NULL;
}

static void add_update(struct differ *differ, struct diff_node *node)
{
	const struct block *from = node->match->block;

	if (node->payload == node->match->payload) {
		return;
	}
	json_t *body = block_update_json(from, node->block);
	bool is_empty = json_object_size(json_object_get(body, block_type_name(from->type))) == 0;
	const char *taken = taken_away(from, node->block);
	if (taken != NULL) {
		differ->plan->is_exact = false;
		warn(differ, node->block->line,
		     "%s can't be taken away through the API, do it in Notion", taken);
	} else if (is_empty) {
		differ->plan->is_exact = false;
		warn(differ, node->block->line,
		     "this change can't be made through the API, make it in Notion");
	}
	if (is_empty) {
		json_decref(body);
		return;
	}
	differ->is_refused |= diff_refuse_update(node->block, body, differ->diagnostics);
	struct plan_call *call = plan_add(differ->plan, CALL_UPDATE);
	call->target = plan_target_of_id(&from->id);
	call->body = body;
	call->line = node->block->line;
}

/* When a heading becomes a toggle it has to before it gets children; when it stops being one,
 * its children have to be gone. All other updates stand between appends and deletes. */
enum update_time { UPDATE_BEFORE_APPEND, UPDATE_USUAL, UPDATE_AFTER_DELETE };

static enum update_time time_of_update(const struct diff_node *node)
{
	bool was_toggle = node->match->block->is_toggleable;
	bool is_toggle = node->block->is_toggleable;

	if (!was_toggle && is_toggle && node->child_count > 0) {
		return UPDATE_BEFORE_APPEND;
	}
	if (was_toggle && !is_toggle && node->match->child_count > 0) {
		return UPDATE_AFTER_DELETE;
	}
	return UPDATE_USUAL;
}

static void add_updates(struct differ *differ, const struct diff_node *parent,
			enum update_time time)
{
	for (size_t i = 0; i < parent->child_count; i++) {
		struct diff_node *node = &parent->children[i];
		if (!is_created(node) && time_of_update(node) == time) {
			add_update(differ, node);
		}
		add_updates(differ, node, time);
	}
}

static void add_appends(struct differ *differ, const struct plan_target *container,
			struct diff_node *parent);

/* The new children of one block that exists, run by run, each followed by what is new below the
 * blocks after it. */
static void append_children(struct differ *differ, const struct plan_target *container,
			    struct diff_node *parent, struct diff_node **run)
{
	struct append_place place = {.container = *container, .position = POSITION_START};
	size_t count = 0;

	if (parent->match == NULL || parent->match->child_count == 0) {
		place.position = POSITION_END;
	}
	for (size_t i = 0; i <= parent->child_count; i++) {
		struct diff_node *node = i < parent->child_count ? &parent->children[i] : NULL;
		if (node != NULL && is_created(node)) {
			run[count++] = node;
			continue;
		}
		if (node != NULL && node->is_in_place) {
			continue;
		}
		if (count > 0) {
			append_run(differ->plan, &differ->wanted, differ->targets, &place, run,
				   count);
			count = 0;
		}
		if (node != NULL) {
			place.position = POSITION_AFTER;
			place.after = plan_target_of_id(&node->match->block->id);
			add_appends(differ, &place.after, node);
		}
	}
}

static void add_appends(struct differ *differ, const struct plan_target *container,
			struct diff_node *parent)
{
	if (parent->child_count == 0) {
		return;
	}
	if (parent->match != NULL && parent->match->hash == parent->hash) {
		return;
	}
	if (parent->parent != NULL && time_of_update(parent) == UPDATE_BEFORE_APPEND) {
		add_update(differ, parent);
	}
	struct diff_node **run =
		reallocarray(NULL, parent->child_count, sizeof(struct diff_node *));
	if (run == NULL) {
		abort();
	}
	append_children(differ, container, parent, run);
	free(run);
}

/* What is new below blocks whose line moved but which did not. */
static void add_appends_in_place(struct differ *differ)
{
	for (size_t i = 1; i < differ->wanted.count; i++) {
		struct diff_node *node = &differ->wanted.nodes[i];
		if (node->is_in_place) {
			struct plan_target target = plan_target_of_id(&node->match->block->id);
			add_appends(differ, &target, node);
		}
	}
}

static void add_deletes(struct differ *differ, const struct diff_node *parent)
{
	for (size_t i = 0; i < parent->child_count; i++) {
		const struct diff_node *node = &parent->children[i];
		if (node->match == NULL && node->is_protected) {
			continue;
		}
		if (node->match == NULL && !node->holds_protected) {
			struct plan_call *call = plan_add(differ->plan, CALL_DELETE);
			call->target = plan_target_of_id(&node->block->id);
			continue;
		}
		add_deletes(differ, node);
	}
}

/* ---- results ---- */

/* In document order: where each wanted block is, and the ids of those that exist. Blocks that
 * are only shown (below synced copies) have a zero target. */
static void annotate(struct differ *differ, const struct diff_node *parent, size_t *at)
{
	for (size_t i = 0; i < parent->child_count; i++) {
		struct diff_node *node = &parent->children[i];
		struct plan_target *target = &differ->plan->blocks[(*at)++];
		*target = differ->targets[node - differ->wanted.nodes];
		if (node->match != NULL) {
			*target = plan_target_of_id(&node->match->block->id);
			node->block->id = node->match->block->id;
			node->block->has_id = true;
		}
		if (node->is_opaque) {
			*at += node->hidden;
		}
		annotate(differ, node, at);
	}
}

static void differ_init(struct differ *differ, const struct block_tree *base,
			struct block_tree *wanted, bool keeps_ids, struct diagnostics *diagnostics)
{
	*differ = (struct differ){.diagnostics = diagnostics};
	diff_identity_convert_links(&base->root, &wanted->root);
	diff_tree_init(&differ->base, &base->root);
	diff_tree_init(&differ->wanted, &wanted->root);
	diff_identity_resolve(&differ->base, &differ->wanted, keeps_ids);
	differ->plan = plan_new(differ->wanted.block_count);
	differ->targets = calloc(differ->wanted.count, sizeof(*differ->targets));
	if (differ->targets == NULL) {
		abort();
	}
}

static void differ_release(struct differ *differ)
{
	diff_tree_release(&differ->base);
	diff_tree_release(&differ->wanted);
	free(differ->targets);
	plan_free(differ->plan);
}

static int finish(struct differ *differ, struct plan **ret_plan)
{
	size_t at = 0;

	if (differ->is_refused) {
		return -EINVAL;
	}
	annotate(differ, &differ->wanted.nodes[0], &at);
	*ret_plan = steal(&differ->plan);
	return 0;
}

/* What was reckoned while it was open which of several lines of a page is the page. */
static void forget_shapes(struct diff_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		tree->nodes[i].shapes = NULL;
	}
}

int diff_plan(const struct block_tree *base, struct block_tree *wanted,
	      const struct diff_options *options, struct diagnostics *diagnostics,
	      struct plan **ret_plan)
{
	struct differ differ;
	struct plan_target page = plan_target_of_id(&options->page);

	differ_init(&differ, base, wanted, options->keeps_ids, diagnostics);
	diff_match(&differ.base, &differ.wanted, options);
	forget_shapes(&differ.wanted);
	check_wanted(&differ, &differ.wanted.nodes[0]);
	warn_of_wanted(&differ);
	warn_of_kept(&differ);
	if (!differ.is_refused) {
		add_appends(&differ, &page, &differ.wanted.nodes[0]);
		add_appends_in_place(&differ);
		add_updates(&differ, &differ.wanted.nodes[0], UPDATE_USUAL);
		add_deletes(&differ, &differ.base.nodes[0]);
		add_updates(&differ, &differ.wanted.nodes[0], UPDATE_AFTER_DELETE);
	}
	int error = finish(&differ, ret_plan);
	differ_release(&differ);
	return error;
}

int diff_plan_create(struct block_tree *wanted, struct diagnostics *diagnostics,
		     json_t **ret_first_children, struct plan **ret_plan)
{
	struct differ differ;
	struct block_tree empty = {0};
	json_t *first = NULL;

	differ_init(&differ, &empty, wanted, false, diagnostics);
	struct diff_node *page = &differ.wanted.nodes[0];
	check_wanted(&differ, page);
	if (!differ.is_refused) {
		struct append_place place = {.position = POSITION_AFTER};
		struct diff_node **nodes =
			reallocarray(NULL, page->child_count + 1, sizeof(struct diff_node *));
		size_t taken = 0;
		if (nodes == NULL) {
			abort();
		}
		for (size_t i = 0; i < page->child_count; i++) {
			nodes[i] = &page->children[i];
		}
		first = append_first_children(differ.plan, &differ.wanted, differ.targets, nodes,
					      page->child_count, &taken);
		place.after = plan_target_created(0, taken);
		append_run(differ.plan, &differ.wanted, differ.targets, &place, nodes + taken,
			   page->child_count - taken);
		free(nodes);
	}
	int error = finish(&differ, ret_plan);
	differ_release(&differ);
	if (error == 0) {
		*ret_first_children = first;
	} else {
		json_decref(first);
	}
	return error;
}
