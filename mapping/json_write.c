#include "mapping/json.h"
#include "mapping/json_value.h"
#include "mapping/payload_json.h"

static const char *type_name(const struct block *block)
{
	bool has_own_name = block->type == BLOCK_OTHER && block->block_type != NULL;
	return has_own_name ? block->block_type : block_type_name(block->type);
}

static json_t *children_to_json(const struct block *block, enum block_shape shape)
{
	json_t *children = json_array();
	block_children_foreach (child, block) {
		json_array_append_new(children, block_to_json(child, shape));
	}
	return children;
}

/* The API wants these with their children, even when there are none. */
static bool requires_children(enum block_type type)
{
	return type == BLOCK_TABLE || type == BLOCK_COLUMN_LIST || type == BLOCK_COLUMN ||
	       type == BLOCK_TAB;
}

static bool can_be_created(const struct block *block)
{
	return block_type_is_creatable(block->type) && block->media != MEDIA_FILE;
}

static json_t *create_to_json(const struct block *block, enum block_shape shape)
{
	json_t *object = json_object();
	json_t *payload = payload_to_json(block, shape);
	if (block->first_child != NULL || requires_children(block->type)) {
		json_object_set_new(payload, "children", children_to_json(block, shape));
	}
	json_set_typed(object, type_name(block), payload);
	return object;
}

/* `children_shape`: what can't be created may hold what can. */
static json_t *read_to_json(const struct block *block, enum block_shape children_shape)
{
	json_t *object = json_object_of("object", json_string("block"));
	bool has_children = block->has_children || block->first_child != NULL;
	if (block->has_id) {
		json_object_set_new(object, "id", json_uuid(&block->id));
	}
	json_object_set_new(object, "has_children", json_boolean(has_children));
	json_set_typed(object, type_name(block), payload_to_json(block, BLOCK_SHAPE_READ));
	if (block->first_child != NULL) {
		json_object_set_new(object, "children", children_to_json(block, children_shape));
	}
	return object;
}

json_t *block_to_json(const struct block *block, enum block_shape shape)
{
	if (shape != BLOCK_SHAPE_READ && can_be_created(block)) {
		return create_to_json(block, shape);
	}
	return read_to_json(block, shape);
}

json_t *block_tree_to_json(const struct block_tree *tree, enum block_shape shape)
{
	return children_to_json(&tree->root, shape);
}
