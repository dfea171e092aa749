#include "mapping/block_copy.h"

#include <string.h>

static const char *copy_string(struct arena *arena, const char *string)
{
	return string == NULL ? NULL : arena_copy(arena, string, strlen(string));
}

struct rich_text rich_text_copy(struct arena *arena, const struct rich_text *source)
{
	struct rich_text copy = {0};

	if (source->count == 0) {
		return copy;
	}
	copy.runs = arena_array(arena, source->count, sizeof(*copy.runs));
	copy.count = source->count;
	for (size_t i = 0; i < source->count; i++) {
		struct run *run = &copy.runs[i];
		*run = source->runs[i];
		run->text = arena_copy(arena, run->text, run->text_len);
		run->extra = copy_string(arena, run->extra);
		run->link = copy_string(arena, run->link);
		run->start = copy_string(arena, run->start);
		run->end = copy_string(arena, run->end);
		run->time_zone = copy_string(arena, run->time_zone);
		run->name = copy_string(arena, run->name);
		run->url = copy_string(arena, run->url);
		run->raw = copy_string(arena, run->raw);
	}
	return copy;
}

struct block *block_copy_alone(struct block_tree *tree, struct block *parent,
			       const struct block *source)
{
	struct arena *arena = &tree->arena;
	struct block *block = block_append(tree, parent, source->type);
	struct block links = *block;

	*block = *source;
	block->parent = links.parent;
	block->previous = links.previous;
	block->next = links.next;
	block->first_child = NULL;
	block->last_child = NULL;
	block->child_count = 0;
	block->text = rich_text_copy(arena, &source->text);
	block->caption = rich_text_copy(arena, &source->caption);
	if (source->cell_count > 0) {
		block->cells = arena_array(arena, source->cell_count, sizeof(*block->cells));
		for (size_t i = 0; i < source->cell_count; i++) {
			block->cells[i] = rich_text_copy(arena, &source->cells[i]);
		}
	}
	block->color_name = copy_string(arena, source->color_name);
	block->icon.text = copy_string(arena, source->icon.text);
	block->icon.color = copy_string(arena, source->icon.color);
	block->icon.raw = copy_string(arena, source->icon.raw);
	block->language = copy_string(arena, source->language);
	block->expression = copy_string(arena, source->expression);
	block->url = copy_string(arena, source->url);
	block->name = copy_string(arena, source->name);
	block->width_ratio = copy_string(arena, source->width_ratio);
	block->list_format = copy_string(arena, source->list_format);
	block->block_type = copy_string(arena, source->block_type);
	block->raw = copy_string(arena, source->raw);
	return block;
}
