/* JSON of blocks, or anything else. What is accepted is written in each shape and read again. */
#include "mapping/json.h"
#include "tests/fuzz/target.h"

static void check_shape(const struct block_tree *tree, enum block_shape shape)
{
	struct block_tree *again = NULL;
	json_t *value = block_tree_to_json(tree, shape);
	LAW(block_tree_from_json(value, &again) == 0);
	if (shape != BLOCK_SHAPE_CREATE) {
		LAW(block_subtree_equal(&tree->root, &again->root));
	}
	json_decref(value);
	block_tree_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *value = json_loadb((const char *)data, size, 0, NULL);
	struct block_tree *tree = NULL;
	if (block_tree_from_json(value, &tree) == 0) {
		check_shape(tree, BLOCK_SHAPE_READ);
		check_shape(tree, BLOCK_SHAPE_CREATE);
		check_shape(tree, BLOCK_SHAPE_PARSE);
		block_tree_hash(tree);
		const struct block *first = tree->root.first_child;
		if (first != NULL && first->next != NULL && first->type == first->next->type) {
			json_decref(block_update_json(first, first->next));
		}
		block_tree_free(tree);
	}
	json_decref(value);
	return 0;
}
