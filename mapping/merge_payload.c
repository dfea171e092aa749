#include "mapping/merge_payload.h"

#include <string.h>

#include "mapping/block_copy.h"
#include "mapping/merge_text.h"

/* Whose version of a field stands. */
enum side { SIDE_REMOTE, SIDE_LOCAL, SIDE_NONE };

static enum side choose(bool local_is_base, bool remote_is_base, bool same)
{
	if (local_is_base || same) {
		return SIDE_REMOTE;
	}
	return remote_is_base ? SIDE_LOCAL : SIDE_NONE;
}

static bool merge_number(unsigned base, unsigned local, unsigned *remote)
{
	enum side side = choose(local == base, *remote == base, local == *remote);
	if (side == SIDE_LOCAL) {
		*remote = local;
	}
	return side != SIDE_NONE;
}

static bool merge_flag(bool base, bool local, bool *remote)
{
	/* Of two values three sides always agree somehow. */
	if (local != base) {
		*remote = local;
	}
	return true;
}

static bool same_string(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool merge_string(struct arena *arena, const char *base, const char *local,
			 const char **remote)
{
	enum side side = choose(same_string(base, local), same_string(base, *remote),
				same_string(local, *remote));
	if (side == SIDE_LOCAL) {
		*remote = local == NULL ? NULL : arena_copy(arena, local, strlen(local));
	}
	return side != SIDE_NONE;
}

static bool merge_text(struct arena *arena, const struct rich_text *base,
		       const struct rich_text *local, struct rich_text *remote)
{
	switch (choose(rich_text_equal(base, local), rich_text_equal(base, remote),
		       rich_text_equal(local, remote))) {
	case SIDE_REMOTE: return true;
	case SIDE_LOCAL: *remote = rich_text_copy(arena, local); return true;
	case SIDE_NONE: break;
	}
	return merge_rich_text(arena, base, local, remote, remote);
}

static struct block only_icon(const struct block *block)
{
	return (struct block){.icon = block->icon};
}

static struct block only_source(const struct block *block)
{
	return (struct block){.media = block->media, .url = block->url};
}

/* Fields that only make sense together, compared as a block with nothing else. */
static enum side choose_part(struct block (*part)(const struct block *block),
			     const struct block *base, const struct block *local,
			     const struct block *remote)
{
	struct block a = part(base);
	struct block b = part(local);
	struct block c = part(remote);
	return choose(block_payload_equal(&a, &b), block_payload_equal(&a, &c),
		      block_payload_equal(&b, &c));
}

static bool merge_icon(struct arena *arena, const struct block *base, const struct block *local,
		       struct block *remote)
{
	enum side side = choose_part(only_icon, base, local, remote);
	if (side == SIDE_LOCAL) {
		struct block_tree tree = {.arena = *arena};
		struct block copy = only_icon(local);
		remote->icon = block_copy_alone(&tree, &tree.root, &copy)->icon;
		*arena = tree.arena;
	}
	return side != SIDE_NONE;
}

static bool merge_source(struct arena *arena, const struct block *base, const struct block *local,
			 struct block *remote)
{
	enum side side = choose_part(only_source, base, local, remote);
	if (side == SIDE_LOCAL) {
		remote->media = local->media;
		remote->url = local->url == NULL
				      ? NULL
				      : arena_copy(arena, local->url, strlen(local->url));
	}
	return side != SIDE_NONE;
}

static bool same_cells(const struct block *a, const struct block *b)
{
	struct block first = {.cells = a->cells, .cell_count = a->cell_count};
	struct block second = {.cells = b->cells, .cell_count = b->cell_count};
	return block_payload_equal(&first, &second);
}

static bool merge_cells(struct arena *arena, const struct block *base, const struct block *local,
			struct block *remote)
{
	if (same_cells(base, local)) {
		return true;
	}
	if (base->cell_count != local->cell_count || base->cell_count != remote->cell_count) {
		return same_cells(local, remote);
	}
	struct rich_text *cells = arena_array(arena, remote->cell_count, sizeof(*cells));
	for (size_t i = 0; i < remote->cell_count; i++) {
		cells[i] = remote->cells[i];
		if (!merge_text(arena, &base->cells[i], &local->cells[i], &cells[i])) {
			return false;
		}
	}
	remote->cells = cells;
	return true;
}

bool merge_payload(struct arena *arena, const struct block *base, const struct block *local,
		   struct block *block)
{
	struct block merged = *block;
	unsigned color = block->color;

	if (block_payload_equal(base, local) || block_payload_equal(local, block)) {
		return true;
	}
	if (block->type != local->type) {
		return false;
	}
	bool merges =
		merge_text(arena, &base->text, &local->text, &merged.text) &&
		merge_text(arena, &base->caption, &local->caption, &merged.caption) &&
		merge_cells(arena, base, local, &merged) &&
		merge_icon(arena, base, local, &merged) &&
		merge_source(arena, base, local, &merged) &&
		merge_number(base->color, local->color, &color) &&
		merge_string(arena, base->color_name, local->color_name, &merged.color_name) &&
		merge_flag(base->checked, local->checked, &merged.checked) &&
		merge_flag(base->is_toggleable, local->is_toggleable, &merged.is_toggleable) &&
		merge_flag(base->has_column_header, local->has_column_header,
			   &merged.has_column_header) &&
		merge_flag(base->has_row_header, local->has_row_header, &merged.has_row_header) &&
		merge_string(arena, base->language, local->language, &merged.language) &&
		merge_string(arena, base->expression, local->expression, &merged.expression) &&
		merge_string(arena, base->width_ratio, local->width_ratio, &merged.width_ratio) &&
		merge_string(arena, base->name, local->name, &merged.name);
	if (!merges) {
		return false;
	}
	merged.color = (enum color)color;
	merged.line = local->line;
	*block = merged;
	return true;
}
