/*
 * Pages in the service's own shapes, each turned both ways as the law of the mapping has it, and
 * each text of them edited: one changed word is one call for that block, no change is none.
 *
 * recorded FILE.json (recorded.py prints it): TAP, two cases for each page.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/diff.h"
#include "mapping/json.h"
#include "mapping/parse.h"
#include "mapping/render.h"

static unsigned case_count;
static unsigned failure_count;

static void report(const char *name, const char *what, bool is_good)
{
	case_count++;
	failure_count += !is_good;
	printf("%sok %u - %s: %s\n", is_good ? "" : "not ", case_count, name, what);
}

static void explain(const char *what, const char *text, const struct diagnostics *diagnostics)
{
	const struct diagnostic *error =
		diagnostics != NULL ? diagnostics_first_error(diagnostics) : NULL;
	printf("# %s\n", what);
	if (error != NULL) {
		printf("# %u:%u: %s\n", error->line, error->column, error->message);
	}
	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		printf("#   %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static struct block_tree *read_blocks(const json_t *blocks)
{
	struct block_tree *tree = NULL;
	if (block_tree_from_json(blocks, &tree) < 0) {
		fputs("recorded: these are no blocks\n", stderr);
		exit(1);
	}
	return tree;
}

/* Calls of the plan from `base` to `text`; -1 when there is none. */
static int plan_text(const struct block_tree *base, const struct buf *text, struct plan **ret_plan)
{
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	CLEANUP(block_tree) struct block_tree *wanted = NULL;
	struct diff_options options = {.page = {{1}}, .weight_percent = 100};

	diagnostics_init(&diagnostics);
	if (parse_blocks(text->data, text->len, 1, base, NULL, &diagnostics, &wanted) != 0 ||
	    diff_plan(base, wanted, &options, &diagnostics, ret_plan) != 0) {
		explain("no plan", text->data, &diagnostics);
		return -1;
	}
	return (int)(*ret_plan)->count;
}

/* Both ways, with the blocks as base and without, and the same bytes again. */
static bool holds(const struct block_tree *tree)
{
	CLEANUP(buf) struct buf text;
	CLEANUP(plan) struct plan *plan = NULL;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	render_blocks(tree, NULL, &text);
	for (int i = 0; i < 2; i++) {
		CLEANUP(buf) struct buf again;
		CLEANUP(diagnostics) struct diagnostics diagnostics;
		CLEANUP(block_tree) struct block_tree *parsed = NULL;
		buf_init(&again, BUF_PAGE_MAX_BYTES);
		diagnostics_init(&diagnostics);
		if (parse_blocks(text.data, text.len, 1, i == 0 ? NULL : tree, NULL, &diagnostics,
				 &parsed) != 0 ||
		    diagnostics.count > 0 || !block_subtree_equal(&tree->root, &parsed->root)) {
			explain("other blocks, or something to say", text.data, &diagnostics);
			return false;
		}
		render_blocks(parsed, NULL, &again);
		if (strcmp(text.data, again.data) != 0) {
			explain("another text", again.data, NULL);
			return false;
		}
	}
	if (plan_text(tree, &text, &plan) != 0) {
		explain("a change", text.data, NULL);
		return false;
	}
	return true;
}

static bool has_unwritable(const struct block *block)
{
	for (size_t i = 0; i < block->text.count; i++) {
		const struct run *run = &block->text.runs[i];
		if (run->kind == RUN_MENTION && run->mention >= MENTION_LINK_MENTION) {
			return true;
		}
	}
	return false;
}

/* What is only shown in its container can't be changed there. */
static bool is_shown_only(const struct block *block)
{
	for (; block != NULL; block = block->parent) {
		if (block->type == BLOCK_OTHER ||
		    (block->type == BLOCK_SYNCED_BLOCK && block->is_synced_copy)) {
			return true;
		}
	}
	return false;
}

/* Puts a word behind the block's first literal text; false when it has none that can change. */
static bool edit_block(struct block_tree *tree, struct block *block)
{
	struct rich_text *text = block->cell_count > 0 ? &block->cells[0] : &block->text;
	if (!block_type_is_updatable(block->type) || has_unwritable(block) ||
	    is_shown_only(block)) {
		return false;
	}
	for (size_t i = 0; i < text->count; i++) {
		struct run *run = &text->runs[i];
		if (run->kind != RUN_TEXT) {
			continue;
		}
		CLEANUP(buf) struct buf edited;
		buf_init(&edited, BUF_PAGE_MAX_BYTES);
		buf_append(&edited, run->text, run->text_len);
		buf_puts(&edited, "word");
		run->text = arena_copy(&tree->arena, edited.data, edited.len);
		run->text_len = edited.len;
		return true;
	}
	return false;
}

static struct block *nth_block(struct block *parent, size_t *n)
{
	block_children_foreach (child, parent) {
		if ((*n)-- == 0) {
			return child;
		}
		struct block *found = nth_block(child, n);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

static bool edits_are_one_call(const json_t *blocks, const struct block_tree *base, size_t step)
{
	size_t edits = 0;

	for (size_t i = 0; i < base->block_count; i += step) {
		CLEANUP(block_tree) struct block_tree *tree = read_blocks(blocks);
		CLEANUP(plan) struct plan *plan = NULL;
		CLEANUP(buf) struct buf text;
		size_t n = i;
		struct block *block = nth_block(&tree->root, &n);
		if (block == NULL || !edit_block(tree, block)) {
			continue;
		}
		edits++;
		buf_init(&text, BUF_PAGE_MAX_BYTES);
		render_blocks(tree, NULL, &text);
		if (plan_text(base, &text, &plan) != 1 || plan->calls[0].kind != CALL_UPDATE ||
		    !uuid_equal(&plan->calls[0].target.id, &block->id)) {
			printf("# block %zu, %s, %zu calls\n", i, block_type_name(block->type),
			       plan != NULL ? plan->count : 0);
			explain("not one call", text.data, NULL);
			return false;
		}
	}
	printf("# %zu edits\n", edits);
	return true;
}

int main(int argc, char **argv)
{
	const char *name;
	json_t *blocks;
	json_t *cases = argc == 2 ? json_load_file(argv[1], 0, NULL) : NULL;

	if (cases == NULL) {
		fputs("usage: recorded FILE.json\n", stderr);
		return 2;
	}
	json_object_foreach (cases, name, blocks) {
		CLEANUP(block_tree) struct block_tree *tree = read_blocks(blocks);
		report(name, "turns both ways, and is no change", holds(tree));
		/* A page of everything is large, and its kinds have been edited by themselves. */
		report(name, "a word is a call",
		       edits_are_one_call(blocks, tree, tree->block_count > 150 ? 11 : 1));
	}
	json_decref(cases);
	printf("1..%u\n", case_count);
	return failure_count == 0 ? 0 : 1;
}
