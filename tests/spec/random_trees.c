/*
 * The law of the mapping on random trees: parse(render(tree)) is the tree, with the tree as base
 * and without, and rendering that again gives the same bytes.
 *
 * random_trees [count [seed]]: TAP, one case. A failure prints the seed of its tree: run it alone
 * with count 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/parse.h"
#include "mapping/render.h"
#include "tests/spec/random_tree.h"

#define MAX_DEPTH 5

static void explain(const char *what, const char *text, const char *again,
		    const struct diagnostics *diagnostics)
{
	printf("# %s\n--- rendered\n%s--- again\n%s---\n", what, text, again);
	if (diagnostics_first_error(diagnostics) != NULL) {
		const struct diagnostic *error = diagnostics_first_error(diagnostics);
		printf("%u:%u: %s\n", error->line, error->column, error->message);
	}
}

static bool holds(const struct block_tree *tree)
{
	CLEANUP(buf) struct buf text;
	CLEANUP(buf) struct buf again;
	CLEANUP(diagnostics) struct diagnostics diagnostics;
	CLEANUP(block_tree) struct block_tree *parsed = NULL;
	CLEANUP(block_tree) struct block_tree *based = NULL;

	buf_init(&text, BUF_PAGE_MAX_BYTES);
	buf_init(&again, BUF_PAGE_MAX_BYTES);
	diagnostics_init(&diagnostics);
	render_blocks(tree, NULL, &text);
	if (parse_blocks(text.data, text.len, 1, NULL, NULL, &diagnostics, &parsed) != 0) {
		explain("does not parse", text.data, "", &diagnostics);
		return false;
	}
	render_blocks(parsed, NULL, &again);
	if (!block_subtree_equal(&tree->root, &parsed->root)) {
		explain("parses to another tree", text.data, again.data, &diagnostics);
		return false;
	}
	if (parse_blocks(text.data, text.len, 1, tree, NULL, &diagnostics, &based) != 0 ||
	    !block_subtree_equal(&tree->root, &based->root)) {
		explain("parses to another tree with itself as the base", text.data, "",
			&diagnostics);
		return false;
	}
	if (text.len != again.len || memcmp(text.data, again.data, text.len) != 0) {
		explain("renders differently the second time", text.data, again.data, &diagnostics);
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	unsigned long failures = 0;

	for (unsigned long i = 0; i < count && failures < 5; i++) {
		struct random random = {.state = (seed + i) * 0x9e3779b97f4a7c15u | 1};
		CLEANUP(block_tree) struct block_tree *tree = random_tree(&random, MAX_DEPTH);
		if (!holds(tree)) {
			printf("# seed %llu\n", (unsigned long long)(seed + i));
			failures++;
		}
	}
	printf("%s 1 - %lu random trees from seed %llu parse back\n1..1\n",
	       failures == 0 ? "ok" : "not ok", count, (unsigned long long)seed);
	return failures == 0 ? 0 : 1;
}
