#include "mapping/diff_refuse.h"

#include <string.h>

#include "mapping/asset.h"
#include "mapping/plan_append.h"

#define MAX_RUNS 100
#define MAX_RUN_UNITS 2000
#define MAX_EQUATION_UNITS 1000
#define MAX_URL_UNITS 2000
#define MAX_CELLS 100

struct refusal {
	struct diagnostics *diagnostics;
	unsigned line;
	bool is_refused;
};

#define refuse(refusal, ...)                                                                \
	do {                                                                                \
		(refusal)->is_refused = true;                                               \
		diagnostics_add((refusal)->diagnostics, SEVERITY_ERROR, (refusal)->line, 0, \
				__VA_ARGS__);                                               \
	} while (0)

static size_t string_units(const char *text)
{
	return text == NULL ? 0 : utf16_length(text, strlen(text));
}

/* Pieces of at most MAX_RUN_UNITS that split no surrogate pair. */
static size_t count_pieces(const char *text, size_t len)
{
	size_t pieces = 1;
	size_t units = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];
		if ((byte & 0xc0) == 0x80) {
			continue;
		}
		size_t width = byte >= 0xf0 ? 2 : 1;
		if (units + width > MAX_RUN_UNITS) {
			pieces++;
			units = 0;
		}
		units += width;
	}
	return pieces;
}

static void check_url(struct refusal *refusal, const char *url)
{
	size_t units = string_units(url);
	if (units > MAX_URL_UNITS) {
		refuse(refusal, "the URL has %zu characters, Notion takes %d", units,
		       MAX_URL_UNITS);
	}
}

static void check_equation(struct refusal *refusal, const char *expression, size_t len)
{
	size_t units = utf16_length(expression, len);
	if (units > MAX_EQUATION_UNITS) {
		refuse(refusal, "the equation has %zu characters, Notion takes %d", units,
		       MAX_EQUATION_UNITS);
	}
}

static bool is_unwritable(const struct run *run)
{
	return run->kind == RUN_MENTION &&
	       (run->mention == MENTION_LINK_MENTION || run->mention == MENTION_LINK_PREVIEW ||
		run->mention == MENTION_OTHER);
}

static void check_text(struct refusal *refusal, const struct rich_text *text, bool is_code)
{
	size_t runs = 0;

	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		runs += run->kind == RUN_TEXT ? count_pieces(run->text, run->text_len) : 1;
		if (run->kind == RUN_EQUATION) {
			check_equation(refusal, run->text, run->text_len);
		}
		if (is_unwritable(run)) {
			refuse(refusal,
			       "text beside a link mention or link preview can't be changed "
			       "through the API, put a plain link in its place");
		}
		check_url(refusal, run->link);
	}
	if (runs > MAX_RUNS && is_code && text->count == 1) {
		refuse(refusal,
		       "the code has %zu characters, Notion takes 200000 in one block, "
		       "make two blocks of it",
		       utf16_length(text->runs[0].text, text->runs[0].text_len));
	} else if (runs > MAX_RUNS) {
		refuse(refusal,
		       "the text has %zu pieces of one style (of 2000 characters at most), Notion "
		       "takes %d in one block, make two blocks of it or use fewer styles",
		       runs, MAX_RUNS);
	}
}

static void check_cells(struct refusal *refusal, const struct block *row)
{
	for (size_t i = 0; i < row->cell_count; i++) {
		check_text(refusal, &row->cells[i], false);
	}
	if (row->cell_count > MAX_CELLS) {
		refuse(refusal, "the row has %zu cells, Notion takes %d", row->cell_count,
		       MAX_CELLS);
	}
	if (row->parent != NULL && row->parent->type == BLOCK_TABLE &&
	    row->cell_count != row->parent->table_width) {
		refuse(refusal, "the row has %zu cells and its table %u columns, make them equal",
		       row->cell_count, row->parent->table_width);
	}
}

static const char *kind_name(const struct block *block)
{
	switch (block->type) {
	case BLOCK_LINK_PREVIEW: return "link preview";
	case BLOCK_MEETING_NOTES:
	case BLOCK_TRANSCRIPTION: return "meeting notes block";
	case BLOCK_CHILD_PAGE: return "child page";
	case BLOCK_CHILD_DATABASE: return "database";
	case BLOCK_SYNCED_BLOCK: return "synced copy";
	default: return "block of unknown kind";
	}
}

static void check_creatable(struct refusal *refusal, const struct block *block)
{
	if (block->media == MEDIA_FILE && asset_is_path(block->url)) {
		refuse(refusal, "\"%.80s\" is no file in the mount, put one there or write a URL",
		       block->url);
	} else if (block->media == MEDIA_FILE) {
		refuse(refusal,
		       "a file stored in Notion can't be copied or put in another block's place "
		       "through the API, put the line back or link to a URL");
	} else if (!block_type_is_creatable(block->type)) {
		refuse(refusal,
		       "this %s is not on the page and can't be created through the API, remove "
		       "the line",
		       kind_name(block));
	}
}

static void check_icon(struct refusal *refusal, const struct icon *icon)
{
	if (icon->kind == ICON_FILE && asset_is_path(icon->text)) {
		refuse(refusal,
		       "the icon \"%.80s\" is no file in the mount, put one there or write an "
		       "emoji or a URL",
		       icon->text);
	} else if (icon->kind == ICON_FILE) {
		refuse(refusal, "an icon stored in Notion can't be given to another block through "
				"the API, write an emoji or a URL");
	}
}

static void check_structure(struct refusal *refusal, const struct block *block)
{
	size_t required = append_required_children(block);
	enum block_type parent = block->parent != NULL ? block->parent->type : BLOCK_OTHER;

	if (block->type == BLOCK_COLUMN && parent != BLOCK_COLUMN_LIST) {
		refuse(refusal, "a column stands alone, put it into <columns>");
	} else if (block->type == BLOCK_TABLE_ROW && parent != BLOCK_TABLE) {
		refuse(refusal, "a table row stands alone, put it into <table>");
	}
	if (block->type == BLOCK_COLUMN_LIST && block->child_count < required) {
		refuse(refusal, "columns need two columns at least, add one or take the text out "
				"of the columns");
	} else if (block->child_count < required) {
		refuse(refusal, "a %s without %s can't be created, add one",
		       block->type == BLOCK_TABLE ? "table" : "tabs block",
		       block->type == BLOCK_TABLE ? "rows" : "tabs");
	}
	if (block->type == BLOCK_LINK_TO_PAGE && uuid_is_zero(&block->target)) {
		refuse(refusal, "this line names no page, give its url; a new page is a new file");
	}
	if (block->type == BLOCK_LINK_TO_PAGE && block->child_count > 0) {
		refusal->line = block->first_child->line;
		refuse(refusal, "a link to a page holds no text, put the text elsewhere");
	}
}

bool diff_refuse_create(struct diff_node *node, struct diagnostics *diagnostics)
{
	const struct block *block = node->block;
	struct refusal refusal = {.diagnostics = diagnostics, .line = block->line};

	check_creatable(&refusal, block);
	check_text(&refusal, &block->text, block->type == BLOCK_CODE);
	check_text(&refusal, &block->caption, false);
	check_url(&refusal, block->url);
	check_icon(&refusal, &block->icon);
	check_structure(&refusal, block);
	if (block->expression != NULL) {
		check_equation(&refusal, block->expression, strlen(block->expression));
	}
	if (block->type == BLOCK_TABLE_ROW) {
		check_cells(&refusal, block);
	}
	if (!refusal.is_refused && append_own_bytes(node) > APPEND_MAX_BYTES) {
		refuse(&refusal, "the block is larger than Notion takes in one request, make two "
				 "blocks of it");
	}
	return refusal.is_refused;
}

bool diff_refuse_update(const struct block *to, const json_t *body, struct diagnostics *diagnostics)
{
	struct refusal refusal = {.diagnostics = diagnostics, .line = to->line};
	const json_t *fields = json_object_get(body, block_type_name(to->type));

	if (json_object_get(fields, "rich_text") != NULL) {
		check_text(&refusal, &to->text, to->type == BLOCK_CODE);
	}
	if (json_object_get(fields, "icon") != NULL) {
		check_icon(&refusal, &to->icon);
	}
	if (json_object_get(fields, "caption") != NULL) {
		check_text(&refusal, &to->caption, false);
	}
	if (json_object_get(fields, "cells") != NULL) {
		check_cells(&refusal, to);
	}
	if (to->expression != NULL) {
		check_equation(&refusal, to->expression, strlen(to->expression));
	}
	check_url(&refusal, to->url);
	return refusal.is_refused;
}

static bool same_children(const struct block *a, const struct block *b)
{
	const struct block *other = b->first_child;

	if (a->child_count != b->child_count) {
		return false;
	}
	block_children_foreach (child, a) {
		if (!block_subtree_equal(child, other)) {
			return false;
		}
		other = other->next;
	}
	return true;
}

/* The line of the first child that is not the base's. */
static unsigned first_edited_line(const struct block *base, const struct block *wanted)
{
	const struct block *other = base->first_child;

	block_children_foreach (child, wanted) {
		if (other == NULL || !block_subtree_equal(child, other)) {
			return child->line;
		}
		other = other->next;
	}
	return wanted->line;
}

/* What is shown below a block but can't be changed there: an edit is never just dropped. */
static void check_shown(struct refusal *refusal, const struct block *base,
			const struct block *wanted)
{
	if (same_children(base, wanted)) {
		return;
	}
	if (wanted->child_count == 0) {
		diagnostics_add(refusal->diagnostics, SEVERITY_WARNING, wanted->line, 0,
				"what is shown in this %s can't be removed here, it stays",
				kind_name(wanted));
		return;
	}
	refusal->line = first_edited_line(base, wanted);
	if (wanted->type == BLOCK_SYNCED_BLOCK) {
		refuse(refusal, "a synced copy can't be edited here, edit the original");
	} else if (wanted->type == BLOCK_CHILD_PAGE || wanted->type == BLOCK_CHILD_DATABASE) {
		refuse(refusal, "the line of a %s holds its title only, put the text elsewhere",
		       kind_name(wanted));
	} else {
		refuse(refusal,
		       "what is shown in this %s can't be changed here, undo the edit and make it "
		       "in Notion",
		       kind_name(wanted));
	}
}

bool diff_refuse_children(const struct diff_node *base, const struct diff_node *wanted,
			  struct diagnostics *diagnostics)
{
	struct refusal refusal = {.diagnostics = diagnostics, .line = wanted->block->line};
	const struct block *block = wanted->block;

	if (wanted->is_opaque) {
		check_shown(&refusal, base->block, block);
	}
	if (block->type == BLOCK_COLUMN_LIST && block->child_count < 2 &&
	    base->child_count > block->child_count) {
		refuse(&refusal, "columns need two columns at least, keep two or take the text "
				 "out of the columns");
	}
	return refusal.is_refused;
}
