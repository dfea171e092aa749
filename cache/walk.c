#include "cache/walk.h"

#include <errno.h>
#include <string.h>

#include "cache/object.h"

/* Deeper than anything the app lets a person build; bounds the recursion. */
#define DEPTH_MAX 60
/* 100 blocks each; a longer page is refused rather than cut. */
#define LIST_PAGES_MAX 2000

int walk_children(struct notion *notion, enum priority priority, const struct uuid *container,
		  struct failure *failure, json_t **ret_blocks)
{
	json_t *blocks = json_array();
	json_t *answer = NULL;
	char *cursor = NULL;
	int r = blocks == NULL ? -ENOMEM : 0;
	for (int page = 0; r == 0; page++) {
		r = page == LIST_PAGES_MAX ? -EFBIG
					   : notion_children(notion, priority, container, cursor,
							     failure, &answer);
		if (r < 0) {
			break;
		}
		if (json_array_extend(blocks, json_object_get(answer, "results")) != 0) {
			r = -EIO;
		}
		free(cursor);
		cursor = NULL;
		if (r == 0 && json_is_true(json_object_get(answer, "has_more"))) {
			cursor = strdup(json_get_text(answer, "next_cursor"));
			r = cursor == NULL ? -ENOMEM : *cursor == '\0' ? -EIO : 0;
		}
		json_decref(answer);
		answer = NULL;
		if (cursor == NULL) {
			break;
		}
	}
	free(cursor);
	if (r < 0) {
		json_decref(blocks);
		return r;
	}
	*ret_blocks = blocks;
	return 0;
}

static bool is_page_or_database(const char *type)
{
	return strcmp(type, "child_page") == 0 || strcmp(type, "child_database") == 0;
}

/* The block whose children are this one's: itself, or a synced copy's original. */
static bool source_of(const json_t *block, const char *type, struct uuid *ret_id, bool *ret_is_copy)
{
	*ret_is_copy = false;
	if (strcmp(type, "synced_block") == 0) {
		const json_t *from =
			json_object_get(json_object_get(block, "synced_block"), "synced_from");
		if (json_is_object(from)) {
			*ret_is_copy = true;
			return json_get_id(from, "block_id", ret_id);
		}
	}
	return json_get_id(block, NULL, ret_id);
}

static int walk_deeper(struct notion *notion, enum priority priority, json_t *blocks, int depth,
		       struct failure *failure)
{
	size_t i;
	json_t *block;
	if (depth > DEPTH_MAX) {
		return -ELOOP;
	}
	json_array_foreach (blocks, i, block) {
		const char *type = json_get_text(block, "type");
		struct uuid id;
		bool is_copy;
		json_t *children = NULL;
		if (!json_is_true(json_object_get(block, "has_children")) ||
		    is_page_or_database(type) || !source_of(block, type, &id, &is_copy)) {
			continue;
		}
		int r = walk_children(notion, priority, &id, failure, &children);
		if (r == 0) {
			r = walk_deeper(notion, priority, children, depth + 1, failure);
		}
		if (is_copy && (r == -ENOENT || r == -EPERM || r == -EINVAL)) {
			/* The original lies where we may not look: the copy is shown empty. */
			json_decref(children);
			children = json_array();
			failure_release(failure);
			r = 0;
		}
		if (r == 0 && json_object_set_new(block, "children", children) != 0) {
			r = -ENOMEM;
			children = NULL;
		}
		if (r < 0) {
			json_decref(children);
			return r;
		}
	}
	return 0;
}

int walk_below(struct notion *notion, enum priority priority, json_t *blocks,
	       struct failure *failure)
{
	return walk_deeper(notion, priority, blocks, 0, failure);
}

int walk_page(struct notion *notion, enum priority priority, const struct uuid *page,
	      struct failure *failure, json_t **ret_blocks)
{
	json_t *blocks;
	int r = walk_children(notion, priority, page, failure, &blocks);
	if (r < 0) {
		return r;
	}
	r = walk_deeper(notion, priority, blocks, 0, failure);
	if (r < 0) {
		json_decref(blocks);
		return r;
	}
	*ret_blocks = blocks;
	return 0;
}
