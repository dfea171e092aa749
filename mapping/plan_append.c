#include "mapping/plan_append.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/json.h"

/* Names of keys and braces of a run, of its annotations, and of a block without its text. */
#define RUN_BYTES 80
#define STYLE_BYTES 160
#define MENTION_BYTES 240
#define BLOCK_BYTES 160

static size_t json_bytes(const char *text, size_t len)
{
	size_t bytes = len;
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];
		bytes += byte < 0x20 ? 5 : byte == '"' || byte == '\\';
	}
	return bytes;
}

static size_t string_bytes(const char *text)
{
	return text == NULL ? 0 : json_bytes(text, strlen(text));
}

static size_t run_bytes(const struct run *run)
{
	size_t bytes = RUN_BYTES + string_bytes(run->link);

	bytes += run->style != 0 || run->color != COLOR_DEFAULT ? STYLE_BYTES : 0;
	bytes += string_bytes(run->extra);
	bytes += run->kind == RUN_MENTION ? MENTION_BYTES + string_bytes(run->url) : 0;
	return bytes;
}

static size_t rich_text_bytes(const struct rich_text *text)
{
	size_t bytes = 0;
	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		/* Split at 2000 units, each piece with its own keys. */
		size_t pieces = 1 + run->text_len / 2000;
		bytes += json_bytes(run->text, run->text_len) + pieces * run_bytes(run);
	}
	return bytes;
}

size_t append_own_bytes(struct diff_node *node)
{
	const struct block *block = node->block;

	if (node->own_bytes == 0) {
		node->own_bytes = BLOCK_BYTES + rich_text_bytes(&block->text) +
				  rich_text_bytes(&block->caption) +
				  string_bytes(block->expression) + string_bytes(block->url) +
				  string_bytes(block->name) + string_bytes(block->icon.text);
		for (size_t i = 0; i < block->cell_count; i++) {
			node->own_bytes += 2 + rich_text_bytes(&block->cells[i]);
		}
	}
	return node->own_bytes;
}

size_t append_required_children(const struct block *block)
{
	switch (block->type) {
	case BLOCK_TABLE:
	case BLOCK_TAB: return 1;
	case BLOCK_COLUMN_LIST: return 2;
	default: return 0;
	}
}

/* May a block of this type stand at this tier (from 0)? */
static bool is_allowed(const struct block *block, unsigned tier)
{
	switch (block->type) {
	case BLOCK_COLUMN_LIST:
	case BLOCK_COLUMN: return tier == 0;
	case BLOCK_TABLE: return tier <= 1;
	default: return tier < TIER_COUNT;
	}
}

/* Columns are structure: they don't count as a tier of their own. */
static unsigned tier_below(const struct block *block, unsigned tier)
{
	return block->type == BLOCK_COLUMN_LIST ? tier : tier + 1;
}

/* Lines that name a block which exists elsewhere create nothing. */
static bool is_created(const struct diff_node *node)
{
	return node->match == NULL && (node->identity == NULL || node->is_repeated);
}

struct children {
	struct diff_node **nodes;
	size_t count;
};

static struct children created_children(struct diff_tree *tree, const struct diff_node *node)
{
	struct children children = {0};

	if (node->child_count == 0) {
		return children;
	}
	children.nodes = arena_array(&tree->arena, node->child_count, sizeof(*children.nodes));
	for (size_t i = 0; i < node->child_count; i++) {
		if (is_created(&node->children[i])) {
			children.nodes[children.count++] = &node->children[i];
		}
	}
	return children;
}

static const struct append_shapes *shapes_of(struct diff_tree *tree, struct diff_node *node);

static struct append_shape shape_at(struct diff_tree *tree, struct diff_node *node, unsigned tier,
				    bool bare)
{
	if (node->child_count == 0) {
		return (struct append_shape){.blocks = 1, .bytes = append_own_bytes(node)};
	}
	const struct append_shapes *shapes = shapes_of(tree, node);
	return bare ? shapes->bare[tier] : shapes->best[tier];
}

/* How many of `nodes` the next request takes, one at least. */
static size_t chunk_length(struct diff_tree *tree, struct diff_node *const *nodes, size_t count)
{
	size_t taken = 0;
	size_t blocks = 0;
	size_t bytes = 0;

	while (taken < count && taken < APPEND_MAX_CHILDREN) {
		struct append_shape shape = shape_at(tree, nodes[taken], 0, false);
		blocks += shape.blocks;
		bytes += shape.bytes;
		if (taken > 0 && (blocks > APPEND_MAX_BLOCKS || bytes > APPEND_MAX_BYTES)) {
			break;
		}
		taken++;
	}
	return taken;
}

/* Calls that append `nodes` to a block that exists. */
static unsigned list_calls(struct diff_tree *tree, struct diff_node *const *nodes, size_t count)
{
	unsigned calls = 0;

	for (size_t i = 0; i < count; i++) {
		calls += shape_at(tree, nodes[i], 0, false).calls;
	}
	for (size_t at = 0; at < count;) {
		at += chunk_length(tree, nodes + at, count - at);
		calls++;
	}
	return calls;
}

/* The shape with as many of the first children inline as the limits let, at most `max`. */
static struct append_shape shape_with(struct diff_tree *tree, struct diff_node *node,
				      const struct children *children, unsigned tier, size_t max,
				      bool bare)
{
	struct append_shape shape = {.blocks = 1, .bytes = append_own_bytes(node)};
	unsigned below = tier_below(node->block, tier);

	shape.inline_bare = bare;
	while (shape.inline_count < children->count && shape.inline_count < max) {
		struct diff_node *child = children->nodes[shape.inline_count];
		if (below >= TIER_COUNT || !is_allowed(child->block, below)) {
			break;
		}
		struct append_shape inner = shape_at(tree, child, below, bare);
		if (shape.blocks + inner.blocks > APPEND_MAX_BLOCKS ||
		    shape.bytes + inner.bytes > APPEND_MAX_BYTES) {
			break;
		}
		shape.blocks += inner.blocks;
		shape.bytes += inner.bytes;
		shape.calls += inner.calls;
		shape.inline_count++;
	}
	shape.calls += list_calls(tree, children->nodes + shape.inline_count,
				  children->count - shape.inline_count);
	return shape;
}

static const struct append_shapes *shapes_of(struct diff_tree *tree, struct diff_node *node)
{
	if (node->shapes != NULL) {
		return node->shapes;
	}
	struct append_shapes *shapes = arena_alloc(&tree->arena, sizeof(*shapes));
	struct children children = created_children(tree, node);
	size_t required = append_required_children(node->block);

	for (unsigned tier = TIER_COUNT; tier-- > 0;) {
		bool tab_alone = node->block->type == BLOCK_TAB && tier == TIER_COUNT - 1;
		size_t least = tab_alone ? 0 : required;
		struct append_shape full =
			shape_with(tree, node, &children, tier, APPEND_MAX_CHILDREN, false);
		struct append_shape bare = shape_with(tree, node, &children, tier, least, true);
		shapes->bare[tier] = bare;
		shapes->best[tier] =
			full.inline_count >= least && full.calls <= bare.calls ? full : bare;
	}
	node->shapes = shapes;
	return shapes;
}

unsigned append_extra_calls(struct diff_tree *tree, struct diff_node *node)
{
	return shape_at(tree, node, 0, false).calls;
}

/* What is not in the request that creates its parent. */
struct rest {
	struct plan_target container;
	struct diff_node **nodes;
	size_t count;
};

struct builder {
	struct diff_tree *tree;
	struct plan_target *targets;
	struct rest *rests; /* in document order */
	size_t rest_count;
	size_t rest_allocated;
};

static void add_rest(struct builder *builder, const struct plan_target *container,
		     struct diff_node **nodes, size_t count)
{
	if (builder->rest_count == builder->rest_allocated) {
		builder->rest_allocated = builder->rest_allocated * 2 + 8;
		builder->rests = reallocarray(builder->rests, builder->rest_allocated,
					      sizeof(*builder->rests));
		if (builder->rests == NULL) {
			abort();
		}
	}
	builder->rests[builder->rest_count++] =
		(struct rest){.container = *container, .nodes = nodes, .count = count};
}

static json_t *build(struct builder *builder, struct diff_node *node, unsigned tier, bool bare,
		     const struct plan_target *target)
{
	struct block alone = *node->block;
	struct append_shape shape = shape_at(builder->tree, node, tier, bare);
	struct children children = created_children(builder->tree, node);

	builder->targets[node - builder->tree->nodes] = *target;
	alone.first_child = NULL;
	alone.last_child = NULL;
	alone.child_count = 0;
	alone.has_children = false;
	json_t *json = block_to_json(&alone, BLOCK_SHAPE_CREATE);
	json_t *payload = json_object_get(json, block_type_name(alone.type));
	if (shape.inline_count > 0 || alone.type == BLOCK_COLUMN) {
		json_t *array = json_array();
		for (size_t i = 0; i < shape.inline_count; i++) {
			struct plan_target child = plan_target_child(target, i + 1);
			json_array_append_new(array, build(builder, children.nodes[i],
							   tier_below(node->block, tier),
							   shape.inline_bare, &child));
		}
		json_object_set_new(payload, "children", array);
	} else {
		json_object_del(payload, "children");
	}
	if (children.count > shape.inline_count) {
		add_rest(builder, target, children.nodes + shape.inline_count,
			 children.count - shape.inline_count);
	}
	return json;
}

static json_t *build_chunk(struct builder *builder, unsigned call, struct diff_node *const *nodes,
			   size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		struct plan_target target = plan_target_created(call, i + 1);
		json_array_append_new(array, build(builder, nodes[i], 0, false, &target));
	}
	return array;
}

static void append_rests(struct plan *plan, struct builder *builder)
{
	for (size_t i = 0; i < builder->rest_count; i++) {
		struct append_place place = {.container = builder->rests[i].container,
					     .position = POSITION_END};
		append_run(plan, builder->tree, builder->targets, &place, builder->rests[i].nodes,
			   builder->rests[i].count);
	}
	free(builder->rests);
}

void append_run(struct plan *plan, struct diff_tree *tree, struct plan_target *targets,
		const struct append_place *place, struct diff_node *const *nodes, size_t count)
{
	struct append_place next = *place;

	for (size_t at = 0; at < count;) {
		struct builder builder = {.tree = tree, .targets = targets};
		size_t taken = chunk_length(tree, nodes + at, count - at);
		struct plan_call *call = plan_add(plan, CALL_APPEND);
		unsigned number = (unsigned)plan->count;

		call->target = next.container;
		call->position = next.position;
		call->after = next.after;
		call->line = nodes[at]->block->line;
		call->body = build_chunk(&builder, number, nodes + at, taken);
		append_rests(plan, &builder);
		next.position = POSITION_AFTER;
		next.after = plan_target_created(number, taken);
		at += taken;
	}
}

json_t *append_first_children(struct plan *plan, struct diff_tree *tree,
			      struct plan_target *targets, struct diff_node *const *nodes,
			      size_t count, size_t *ret_taken)
{
	struct builder builder = {.tree = tree, .targets = targets};
	size_t taken = chunk_length(tree, nodes, count);
	json_t *array = build_chunk(&builder, 0, nodes, taken);

	append_rests(plan, &builder);
	*ret_taken = taken;
	return array;
}
