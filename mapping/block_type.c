#include <string.h>

#include "mapping/block.h"

/* What data/block-types.json says of each type. */
static const struct {
	const char *name;
	bool creatable;
	bool updatable;
	bool has_children; /* may have, for headings: when toggleable */
} types[BLOCK_TYPE_COUNT] = {
	[BLOCK_PARAGRAPH] = {"paragraph", true, true, true},
	[BLOCK_HEADING_1] = {"heading_1", true, true, true},
	[BLOCK_HEADING_2] = {"heading_2", true, true, true},
	[BLOCK_HEADING_3] = {"heading_3", true, true, true},
	[BLOCK_HEADING_4] = {"heading_4", true, true, true},
	[BLOCK_BULLETED_LIST_ITEM] = {"bulleted_list_item", true, true, true},
	[BLOCK_NUMBERED_LIST_ITEM] = {"numbered_list_item", true, true, true},
	[BLOCK_TO_DO] = {"to_do", true, true, true},
	[BLOCK_TOGGLE] = {"toggle", true, true, true},
	[BLOCK_QUOTE] = {"quote", true, true, true},
	[BLOCK_CALLOUT] = {"callout", true, true, true},
	[BLOCK_CODE] = {"code", true, true, false},
	[BLOCK_EQUATION] = {"equation", true, true, false},
	[BLOCK_DIVIDER] = {"divider", true, false, false},
	[BLOCK_BREADCRUMB] = {"breadcrumb", true, false, false},
	[BLOCK_TABLE_OF_CONTENTS] = {"table_of_contents", true, true, false},
	[BLOCK_BOOKMARK] = {"bookmark", true, true, false},
	[BLOCK_EMBED] = {"embed", true, true, false},
	[BLOCK_IMAGE] = {"image", true, true, false},
	[BLOCK_VIDEO] = {"video", true, true, false},
	[BLOCK_AUDIO] = {"audio", true, true, false},
	[BLOCK_PDF] = {"pdf", true, true, false},
	[BLOCK_FILE] = {"file", true, true, false},
	[BLOCK_TABLE] = {"table", true, true, true},
	[BLOCK_TABLE_ROW] = {"table_row", true, true, false},
	[BLOCK_COLUMN_LIST] = {"column_list", true, false, true},
	[BLOCK_COLUMN] = {"column", true, true, true},
	[BLOCK_SYNCED_BLOCK] = {"synced_block", true, false, true},
	[BLOCK_TAB] = {"tab", true, false, true},
	[BLOCK_LINK_TO_PAGE] = {"link_to_page", true, true, false},
	[BLOCK_TEMPLATE] = {"template", true, true, true},
	[BLOCK_CHILD_PAGE] = {"child_page", false, false, true},
	[BLOCK_CHILD_DATABASE] = {"child_database", false, false, false},
	[BLOCK_LINK_PREVIEW] = {"link_preview", false, false, false},
	[BLOCK_MEETING_NOTES] = {"meeting_notes", false, false, true},
	[BLOCK_TRANSCRIPTION] = {"transcription", false, false, true},
	[BLOCK_UNSUPPORTED] = {"unsupported", false, false, true},
	[BLOCK_AI_BLOCK] = {"ai_block", false, false, true},
	[BLOCK_OTHER] = {"unsupported", false, false, true},
};

static const char *const colors[COLOR_COUNT] = {
	[COLOR_DEFAULT] = "default",
	[COLOR_GRAY] = "gray",
	[COLOR_BROWN] = "brown",
	[COLOR_ORANGE] = "orange",
	[COLOR_YELLOW] = "yellow",
	[COLOR_GREEN] = "green",
	[COLOR_BLUE] = "blue",
	[COLOR_PURPLE] = "purple",
	[COLOR_PINK] = "pink",
	[COLOR_RED] = "red",
	[COLOR_DEFAULT_BACKGROUND] = "default_background",
	[COLOR_GRAY_BACKGROUND] = "gray_background",
	[COLOR_BROWN_BACKGROUND] = "brown_background",
	[COLOR_ORANGE_BACKGROUND] = "orange_background",
	[COLOR_YELLOW_BACKGROUND] = "yellow_background",
	[COLOR_GREEN_BACKGROUND] = "green_background",
	[COLOR_BLUE_BACKGROUND] = "blue_background",
	[COLOR_PURPLE_BACKGROUND] = "purple_background",
	[COLOR_PINK_BACKGROUND] = "pink_background",
	[COLOR_RED_BACKGROUND] = "red_background",
};

static bool is_name(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && memcmp(name, text, len) == 0;
}

const char *block_type_name(enum block_type type)
{
	return types[type].name;
}

enum block_type block_type_from_name(const char *name, size_t len)
{
	for (int type = 0; type < BLOCK_OTHER; type++) {
		if (is_name(types[type].name, name, len)) {
			return (enum block_type)type;
		}
	}
	return BLOCK_OTHER;
}

const char *color_name(enum color color)
{
	return colors[color];
}

enum color color_from_name(const char *name, size_t len)
{
	for (int color = 0; color < COLOR_COUNT; color++) {
		if (is_name(colors[color], name, len)) {
			return (enum color)color;
		}
	}
	return COLOR_COUNT;
}

bool block_can_have_children(const struct block *block)
{
	if (block->type >= BLOCK_HEADING_1 && block->type <= BLOCK_HEADING_4) {
		return block->is_toggleable;
	}
	return types[block->type].has_children;
}

bool block_type_is_creatable(enum block_type type)
{
	return types[type].creatable;
}

bool block_type_is_updatable(enum block_type type)
{
	return types[type].updatable;
}

bool block_is_protected(const struct block *block)
{
	switch (block->type) {
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE:
	case BLOCK_LINK_PREVIEW:
	case BLOCK_MEETING_NOTES:
	case BLOCK_TRANSCRIPTION:
	case BLOCK_UNSUPPORTED:
	case BLOCK_AI_BLOCK:
	case BLOCK_OTHER: return true;
	case BLOCK_SYNCED_BLOCK: return !block->is_synced_copy;
	default: return block->media == MEDIA_FILE && !block->has_copy;
	}
}
