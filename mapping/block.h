/*
 * The block tree: a page's body as Notion's blocks, in memory. Both languages, JSON (json.h) and
 * Markdown (render.h, parse.h), are read into it and written from it; diff.h compares two of them.
 *
 * What it is not: thread safe, or aware of pages, files or the network. A tree owns everything in
 * it (one arena); blocks, runs and strings live as long as their tree. Strings are UTF-8,
 * NUL-terminated, and never NULL unless it is said.
 */
#ifndef NOTIONFS_MAPPING_BLOCK_H
#define NOTIONFS_MAPPING_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/base/arena.h"
#include "mapping/base/uuid.h"

/* Names and order of data/block-types.json; BLOCK_OTHER is a type we have never heard of. */
enum block_type {
	BLOCK_PARAGRAPH,
	BLOCK_HEADING_1,
	BLOCK_HEADING_2,
	BLOCK_HEADING_3,
	BLOCK_HEADING_4,
	BLOCK_BULLETED_LIST_ITEM,
	BLOCK_NUMBERED_LIST_ITEM,
	BLOCK_TO_DO,
	BLOCK_TOGGLE,
	BLOCK_QUOTE,
	BLOCK_CALLOUT,
	BLOCK_CODE,
	BLOCK_EQUATION,
	BLOCK_DIVIDER,
	BLOCK_BREADCRUMB,
	BLOCK_TABLE_OF_CONTENTS,
	BLOCK_BOOKMARK,
	BLOCK_EMBED,
	BLOCK_IMAGE,
	BLOCK_VIDEO,
	BLOCK_AUDIO,
	BLOCK_PDF,
	BLOCK_FILE,
	BLOCK_TABLE,
	BLOCK_TABLE_ROW,
	BLOCK_COLUMN_LIST,
	BLOCK_COLUMN,
	BLOCK_SYNCED_BLOCK,
	BLOCK_TAB,
	BLOCK_LINK_TO_PAGE,
	BLOCK_TEMPLATE,
	BLOCK_CHILD_PAGE,
	BLOCK_CHILD_DATABASE,
	BLOCK_LINK_PREVIEW,
	BLOCK_MEETING_NOTES,
	BLOCK_TRANSCRIPTION,
	BLOCK_UNSUPPORTED,
	BLOCK_AI_BLOCK,
	BLOCK_OTHER,
	BLOCK_TYPE_COUNT
};

/* data/colors.json, api_colors. */
enum color {
	COLOR_DEFAULT,
	COLOR_GRAY,
	COLOR_BROWN,
	COLOR_ORANGE,
	COLOR_YELLOW,
	COLOR_GREEN,
	COLOR_BLUE,
	COLOR_PURPLE,
	COLOR_PINK,
	COLOR_RED,
	COLOR_DEFAULT_BACKGROUND,
	COLOR_GRAY_BACKGROUND,
	COLOR_BROWN_BACKGROUND,
	COLOR_ORANGE_BACKGROUND,
	COLOR_YELLOW_BACKGROUND,
	COLOR_GREEN_BACKGROUND,
	COLOR_BLUE_BACKGROUND,
	COLOR_PURPLE_BACKGROUND,
	COLOR_PINK_BACKGROUND,
	COLOR_RED_BACKGROUND,
	COLOR_COUNT
};

enum run_style {
	STYLE_BOLD = 1 << 0,
	STYLE_ITALIC = 1 << 1,
	STYLE_STRIKETHROUGH = 1 << 2,
	STYLE_UNDERLINE = 1 << 3,
	STYLE_CODE = 1 << 4,
};

enum run_kind { RUN_TEXT, RUN_EQUATION, RUN_MENTION };

enum mention_kind {
	MENTION_USER,
	MENTION_PAGE,
	MENTION_DATABASE,
	MENTION_DATE,
	MENTION_TEMPLATE_DATE, /* text: "today" or "now" */
	MENTION_TEMPLATE_USER, /* text: "me" */
	MENTION_CUSTOM_EMOJI,
	MENTION_LINK_MENTION, /* can't be written by the API */
	MENTION_LINK_PREVIEW, /* can't be written by the API */
	MENTION_OTHER,	      /* only `raw` says what it is; with a `name`, it is a kind of run of
				 that name, and `raw` is its object */
};

/* One run of rich text, notion-api.md §6. Which strings are meant depends on the kind. */
struct run {
	enum run_kind kind;
	unsigned style; /* of enum run_style */
	enum color color;
	const char *extra; /* annotations we do not know, run_extra.h; NULL: none */
	const char *text;  /* TEXT: content; EQUATION: expression; MENTION: label (plain_text), for
			      display only; template mentions: their value */
	size_t text_len;
	const char *link; /* TEXT: URL, or NULL; never "" */
	enum mention_kind mention;
	struct uuid id;	       /* USER, PAGE, DATABASE, CUSTOM_EMOJI */
	const char *start;     /* DATE; NULL otherwise */
	const char *end;       /* DATE; may be NULL */
	const char *time_zone; /* DATE; may be NULL */
	const char *name;      /* CUSTOM_EMOJI: name without colons; OTHER: see there; or NULL */
	const char *url;       /* CUSTOM_EMOJI, LINK_MENTION, LINK_PREVIEW; NULL otherwise */
	const char *raw;       /* compact JSON of `mention` as the API gave it; NULL when made from
				  text. Carries what the text can't (a user's name and email, a
				  link mention's details); never part of equality when the fields
				  above say it all */
};

/* Always normalised: no empty text run, no two neighbouring text runs of equal style, colour and
 * link (the server merges them, notion-api.md §6). */
struct rich_text {
	struct run *runs;
	size_t count;
};

enum icon_kind {
	ICON_NONE,
	ICON_EMOJI,
	ICON_EXTERNAL,
	ICON_FILE,
	ICON_CUSTOM_EMOJI,
	ICON_BUILTIN,
	ICON_FILE_UPLOAD,
};

/* notion-api.md §8.1. An icon in the place of a block (callout, tab label) or of a page. */
struct icon {
	enum icon_kind kind;
	const char *text;  /* EMOJI: the emoji; EXTERNAL, FILE: URL; CUSTOM_EMOJI, BUILTIN: name;
			      FILE_UPLOAD: the upload's id */
	const char *color; /* BUILTIN: colour name; NULL otherwise */
	struct uuid id;	   /* CUSTOM_EMOJI */
	const char *raw;   /* compact JSON as the API gave it, or NULL */
};

enum media_kind { MEDIA_NONE, MEDIA_EXTERNAL, MEDIA_FILE, MEDIA_FILE_UPLOAD };

enum link_target { LINK_TO_PAGE_ID, LINK_TO_DATABASE_ID, LINK_TO_COMMENT_ID };

struct block {
	enum block_type type;
	bool has_id;
	bool has_children; /* as the API said; true also while `first_child` is not fetched */
	struct uuid id;

	struct block *parent; /* NULL at the top */
	struct block *first_child;
	struct block *last_child;
	struct block *previous;
	struct block *next;
	size_t child_count;

	struct rich_text text;	  /* `rich_text` of every type that has one */
	struct rich_text caption; /* code, bookmark, embed, media */
	enum color color;
	const char *color_name;	 /* one we do not know, `color` being the default; else NULL */
	struct icon icon;	 /* callout, paragraph (tab label) */
	bool is_toggleable;	 /* headings */
	bool checked;		 /* to_do */
	bool has_column_header;	 /* table */
	bool has_row_header;	 /* table */
	unsigned table_width;	 /* table */
	struct rich_text *cells; /* table_row */
	size_t cell_count;

	const char *language;	/* code, as the API spells it; NULL otherwise */
	const char *expression; /* equation */
	const char *url;	/* bookmark, embed, link_preview; media: its URL, for MEDIA_FILE
				   without the query string (signatures change at each read), for
				   MEDIA_FILE_UPLOAD the upload's id */
	enum media_kind media;
	bool has_copy; /* MEDIA_FILE: its bytes lie in the mount too, so its line can be removed */
	const char *name;	      /* file: name; child_page, child_database: title; else NULL */
	enum link_target link_target; /* link_to_page */
	struct uuid target;	      /* link_to_page; synced copy: the original block */
	bool is_synced_copy;	      /* synced_block with a synced_from */
	const char *width_ratio;      /* column: the JSON number as text, or NULL */
	unsigned list_start_index;    /* numbered_list_item, read-only; 0 = absent */
	const char *list_format;      /* numbered_list_item, read-only; NULL = absent */
	const char *block_type;	      /* unsupported: its kind; BLOCK_OTHER: the type's name */
	const char *raw; /* compact JSON of the type's payload as read; NULL when made from text.
			    Carries meeting_notes, unsupported, hosted files' expiry, and fields we
			    do not know */

	unsigned line; /* first line in the text it was parsed from, from 1; 0 = not from text */
	uint64_t hash; /* of payload and subtree, block_tree_hash; not of id */
};

struct block_tree {
	struct arena arena;
	struct block root; /* no type of its own: the page; its children are the top blocks */
	size_t block_count;
};

/* Allocates nothing but the struct; block_tree_free accepts NULL. */
struct block_tree *block_tree_new(void);
void block_tree_free(struct block_tree *tree);
DEFINE_CLEANUP(struct block_tree, block_tree, block_tree_free);

/* A zeroed block of `type`, linked as the last child of `parent` (or &tree->root). */
struct block *block_append(struct block_tree *tree, struct block *parent, enum block_type type);
/* Takes a block out of its parent's list; its memory stays with the tree. */
void block_unlink(struct block *block);
/* Links `block`, which has no parent, in front of `before`, or at the end when that is NULL. */
void block_insert(struct block *parent, struct block *block, struct block *before);

static inline bool block_has_color(const struct block *block)
{
	return block->color != COLOR_DEFAULT || block->color_name != NULL;
}

#define block_children_foreach(child, parent)                                 \
	for (struct block * (child) = (parent)->first_child; (child) != NULL; \
	     (child) = (child)->next)

/* "paragraph" … ; for BLOCK_OTHER use block->block_type. */
const char *block_type_name(enum block_type type);
/* BLOCK_OTHER for an unknown name. */
enum block_type block_type_from_name(const char *name, size_t len);
/* "default", "gray", …, "red_background". */
const char *color_name(enum color color);
/* COLOR_COUNT for an unknown name. */
enum color color_from_name(const char *name, size_t len);

/* May blocks of this type have children / be created / be changed by PATCH
 * (data/block-types.json)? A heading has children only when it is toggleable. */
bool block_can_have_children(const struct block *block);
bool block_type_is_creatable(enum block_type type);
bool block_type_is_updatable(enum block_type type);
/* Never deleted because a line is missing in the text: child pages and databases, synced
 * originals, unsupported, meeting notes, link previews, hosted files, types we do not know. */
bool block_is_protected(const struct block *block);

/* Equal in what a reader or a PATCH sees of the block itself: not id, children, raw, labels of
 * mentions, signatures of URLs. */
bool block_payload_equal(const struct block *a, const struct block *b);
/* The same for both whole subtrees' shape and payloads. */
bool block_subtree_equal(const struct block *a, const struct block *b);
bool rich_text_equal(const struct rich_text *a, const struct rich_text *b);
/* Of the block itself: equal for blocks block_payload_equal calls equal. */
uint64_t block_payload_hash(const struct block *block);
/* Sets `hash` of every block below (and of) the root. */
void block_tree_hash(struct block_tree *tree);

/* Drops empty text runs and merges equal neighbours, in place; strings come from `arena`. */
void rich_text_normalize(struct arena *arena, struct rich_text *text);
/* Length in UTF-16 units, the unit of Notion's limits (notion-api.md §3.2). */
size_t utf16_length(const char *text, size_t len);

#endif
