/* Two texts, a form feed between them: the first is the page, the second what is saved. The plan
 * is carried out; then the page has the blocks of the second. */
#include <string.h>

#include "mapping/diff.h"
#include "mapping/parse.h"
#include "tests/fuzz/target.h"
#include "tests/unit/apply_plan.h"
#include "tests/unit/sketch_tree.h"

#define PAGE_NUMBER 200
#define FIRST_BASE 300
#define FIRST_CREATED 100000

static struct block_tree *parsed(const uint8_t *data, size_t size, const struct block_tree *base)
{
	static const struct names no_names;
	struct block_tree *tree = NULL;
	struct diagnostics diagnostics;

	diagnostics_init(&diagnostics);
	if (parse_blocks((const char *)data, size, 1, base, &no_names, &diagnostics, &tree) < 0) {
		tree = NULL;
	}
	diagnostics_release(&diagnostics);
	return tree;
}

static void check_same(const struct block *is, const struct block *wanted)
{
	const struct block *other = wanted->first_child;

	if (wanted->type == BLOCK_SYNCED_BLOCK && wanted->is_synced_copy) {
		return;
	}
	LAW(is->child_count == wanted->child_count);
	block_children_foreach (block, is) {
		LAW(block->type == other->type);
		LAW(rich_text_equal(&block->text, &other->text));
		LAW(rich_text_equal(&block->caption, &other->caption));
		LAW(uuid_equal(&block->id, &other->id) || !other->has_id);
		check_same(block, other);
		other = other->next;
	}
}

static void check_plan(struct block_tree *base, struct block_tree *wanted)
{
	struct diff_options options = {.page = sketch_id(PAGE_NUMBER), .weight_percent = 100};
	struct diagnostics diagnostics;
	struct plan *plan = NULL;
	struct applier applier;

	diagnostics_init(&diagnostics);
	int error = diff_plan(base, wanted, &options, &diagnostics, &plan);
	LAW((error == 0) == (plan != NULL));
	LAW(error == 0 || diagnostics.has_error);
	if (error == 0) {
		applier_init(&applier, base, options.page, FIRST_CREATED);
		bool done = applier_run(&applier, plan);
		if (!done) {
			(void)fprintf(stderr, "%s\n", applier.why);
		}
		LAW(done);
		if (plan->is_exact) {
			check_same(&base->root, &wanted->root);
		}
		applier_release(&applier);
	}
	plan_free(plan);
	diagnostics_release(&diagnostics);
}

/* Bytes that are no text are replaced on their way through JSON; that is not looked at here. */
static bool is_text(const uint8_t *data, size_t size)
{
	json_t *string = json_stringn((const char *)data, size);
	bool is = string != NULL && memchr(data, '\0', size) == NULL;
	json_decref(string);
	return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *border = size > 0 ? memchr(data, '\f', size) : NULL;

	if (border == NULL || size > 4096 || !is_text(data, size)) {
		return 0;
	}
	size_t len = (size_t)(border - data);
	struct block_tree *base = parsed(data, len, NULL);
	struct block_tree *wanted = NULL;
	unsigned next = FIRST_BASE;
	if (base != NULL) {
		sketch_number(base, &next);
		wanted = parsed(border + 1, size - len - 1, base);
	}
	if (wanted != NULL) {
		check_plan(base, wanted);
	}
	block_tree_free(wanted);
	block_tree_free(base);
	return 0;
}
