#include "tests/spec/random_tree.h"

#include <stdio.h>
#include <string.h>

unsigned random_below(struct random *random, unsigned limit)
{
	/* xorshift64* */
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return (unsigned)((random->state * 0x2545f4914f6cdd1du) >> 33) % limit;
}

static bool one_in(struct random *random, unsigned n)
{
	return random_below(random, n) == 0;
}

#define PICK(random, list) (list)[random_below(random, sizeof(list) / sizeof((list)[0]))]

static const char *const pieces[] = {
	"word",
	"two words",
	"Hello, world.",
	"a",
	"b",
	"snake_case",
	"x",
	" ",
	"  ",
	"\t",
	"\n",
	"\n\n",
	"*",
	"**",
	"***",
	"_",
	"__",
	"~",
	"~~",
	"`",
	"``",
	"```",
	"$",
	"$$",
	"[",
	"]",
	"](",
	"(",
	")",
	"<",
	">",
	"&",
	"&amp;",
	"&#32;",
	"\\",
	"\\\\",
	"|",
	"||",
	"!",
	"![",
	"#",
	"## ",
	"- ",
	"-",
	"+ ",
	"* ",
	"1. ",
	"2) ",
	"10. ",
	"[ ] ",
	"[x] ",
	"> ",
	">",
	"---",
	"===",
	"~~~",
	"***",
	":::",
	"{color=\"red\"}",
	" {color=\"red\"}",
	"{",
	"}",
	":smile:",
	"<br>",
	"<p />",
	"<p>",
	"</p>",
	"<u>",
	"</u>",
	"<b>",
	"</b>",
	"<span color=\"red\">",
	"</span>",
	"<toggle>",
	"</toggle>",
	"</td>",
	"<td>",
	"</li>",
	"<mention",
	"<date start=\"2026-01-01\" />",
	"https://example.com/a_b?c=d&e=f",
	"<https://example.com>",
	"www.example.com",
	"\xe3\x81\x93\xe3\x82\x8c",
	"\xe3\x80\x8c\xe9\x87\x8d\xe8\xa6\x81\xe3\x80\x8d",
	"\xc3\xa9",
	"\xf0\x9f\x92\xa1",
	"\xc2\xa0",
	"\xe2\x80\x8b",
	"\xe2\x80\xa8",
	"1",
	"42",
	"3.14",
	",",
	".",
	";",
	":",
	"'",
	"\"",
	"/",
	"//",
	"%",
	"^",
	"@",
	"=",
	"[^1]",
	"[a]: b",
	"[!NOTE]",
	"![a](b)",
	"[a](b)",
	"<!-- c -->",
	"\r",
	"| a | b |",
	"| --- | --- |",
	"--- | ---",
	"a | b",
	"<details>",
	"<summary>",
	"\x01",
	"\x7f",
	"    ",
	"\n    ",
	"\n\t",
	"\n- ",
	"\n# ",
	"\n> ",
	"\n```\n",
	"\n---",
	"\n===",
	" \n",
	"\\\n",
	"\n1. ",
	"<callout icon=\"x\">",
	"</callout>",
	"```js",
};

static const char *random_text(struct random *random, struct arena *arena, size_t *ret_len)
{
	char text[4000];
	size_t len = 0;
	unsigned most = one_in(random, 300) ? 1000 : one_in(random, 6) ? 12 : 4;
	unsigned count = 1 + random_below(random, most);

	for (unsigned i = 0; i < count; i++) {
		const char *piece = PICK(random, pieces);
		size_t piece_len = strlen(piece);
		if (len + piece_len < sizeof(text)) {
			memcpy(text + len, piece, piece_len);
			len += piece_len;
		}
	}
	*ret_len = len;
	return arena_copy(arena, text, len);
}

static const char *random_string(struct random *random, struct arena *arena)
{
	size_t len = 0;
	return random_text(random, arena, &len);
}

static const char *random_url(struct random *random, struct arena *arena)
{
	static const char *const urls[] = {
		"https://example.com/x",
		"https://example.com/a b",
		"https://example.com/a_(b)",
		"https://example.com/a)b(",
		"https://example.com/?q=1&amp;r=2#f",
		"https://www.notion.so/11111111111141118111111111111111",
		"https://example.com/\\a<b>",
		"mailto:a@example.com",
		"https://prod-files-secure.s3.us-west-2.amazonaws.com/a/b.png",
	};
	(void)arena;
	return PICK(random, urls);
}

static struct uuid random_uuid(struct random *random)
{
	struct uuid id;
	for (size_t i = 0; i < sizeof(id.bytes); i++) {
		id.bytes[i] = (uint8_t)random_below(random, 256);
	}
	return id;
}

static enum color random_color(struct random *random)
{
	return one_in(random, 4) ? (enum color)random_below(random, COLOR_COUNT) : COLOR_DEFAULT;
}

static void random_mention(struct random *random, struct arena *arena, struct run *run)
{
	static const enum mention_kind kinds[] = {
		MENTION_USER,	      MENTION_PAGE,	     MENTION_DATABASE,
		MENTION_DATE,	      MENTION_TEMPLATE_DATE, MENTION_TEMPLATE_USER,
		MENTION_CUSTOM_EMOJI, MENTION_LINK_MENTION,  MENTION_LINK_PREVIEW,
		MENTION_OTHER,
	};
	run->kind = RUN_MENTION;
	run->mention = PICK(random, kinds);
	switch (run->mention) {
	case MENTION_DATE:
		run->start = one_in(random, 2) ? "2026-11-21" : "2026-11-21T09:30:00.000+01:00";
		run->end = one_in(random, 2) ? "2026-11-22" : NULL;
		run->time_zone = one_in(random, 3) ? "Europe/Zurich" : NULL;
		run->text = run->start;
		break;
	case MENTION_OTHER:
		run->name = one_in(random, 2) ? "citation" : NULL;
		run->raw = "{\"type\":\"agent\",\"agent\":{\"id\":\"|<\\\"&\"}}";
		run->text = random_string(random, arena);
		break;
	case MENTION_TEMPLATE_DATE: run->text = one_in(random, 2) ? "today" : "now"; break;
	case MENTION_TEMPLATE_USER: run->text = "me"; break;
	case MENTION_CUSTOM_EMOJI:
		run->id = random_uuid(random);
		run->name = "bufo";
		run->url = "https://example.com/bufo.png";
		run->text = ":bufo:";
		break;
	case MENTION_LINK_MENTION:
	case MENTION_LINK_PREVIEW:
		run->url = random_url(random, arena);
		run->text = run->url;
		break;
	default:
		run->id = random_uuid(random);
		run->text = random_string(random, arena);
		break;
	}
	run->text_len = strlen(run->text);
}

static struct rich_text random_rich_text(struct random *random, struct arena *arena,
					 unsigned max_runs)
{
	struct rich_text text = {0};

	text.count = random_below(random, max_runs + 1);
	text.runs = arena_array(arena, text.count + 1, sizeof(*text.runs));
	for (size_t i = 0; i < text.count; i++) {
		struct run *run = &text.runs[i];
		if (one_in(random, 2)) {
			run->style = random_below(random, 32);
		}
		run->color = random_color(random);
		run->extra = one_in(random, 40) ? "{\"color\":\"teal\",\"subscript\":true}" : NULL;
		if (one_in(random, 8)) {
			random_mention(random, arena, run);
			run->style &= ~(unsigned)STYLE_CODE;
		} else {
			run->kind = one_in(random, 8) ? RUN_EQUATION : RUN_TEXT;
			run->text = random_text(random, arena, &run->text_len);
			if (run->kind == RUN_TEXT && one_in(random, 5)) {
				run->link = random_url(random, arena);
			}
			if (run->kind == RUN_EQUATION) {
				run->style &= ~(unsigned)STYLE_CODE;
			}
		}
	}
	rich_text_normalize(arena, &text);
	return text;
}

static struct rich_text plain_text(struct random *random, struct arena *arena)
{
	struct rich_text text = {0};
	text.count = 1;
	text.runs = arena_array(arena, 1, sizeof(*text.runs));
	text.runs[0].text = random_text(random, arena, &text.runs[0].text_len);
	rich_text_normalize(arena, &text);
	return text;
}

static void random_icon(struct random *random, struct icon *icon)
{
	icon->kind = (enum icon_kind)random_below(random, ICON_FILE_UPLOAD + 1);
	switch (icon->kind) {
	case ICON_NONE: break;
	case ICON_EMOJI: icon->text = "\xf0\x9f\x92\xa1"; break;
	case ICON_EXTERNAL: icon->text = "https://example.com/i.png"; break;
	case ICON_FILE:
		icon->text = one_in(random, 2) ? "pics/i 1.png" : "https://example.com/i.png";
		break;
	case ICON_CUSTOM_EMOJI:
		icon->text = "bufo";
		icon->id = random_uuid(random);
		break;
	case ICON_BUILTIN:
		icon->text = "pizza";
		icon->color = one_in(random, 2) ? "blue" : NULL;
		break;
	case ICON_FILE_UPLOAD: icon->text = "11111111-1111-4111-8111-111111111111"; break;
	}
}

static void random_media(struct random *random, struct arena *arena, struct block *block)
{
	block->media = one_in(random, 2) ? MEDIA_EXTERNAL : MEDIA_FILE;
	block->url = random_url(random, arena);
	if (block->media == MEDIA_FILE) {
		block->url = arena_copy(arena, block->url, strcspn(block->url, "?"));
	}
	block->caption = random_rich_text(random, arena, 2);
	if (block->type == BLOCK_FILE) {
		block->name = one_in(random, 2) ? "x" : random_string(random, arena);
	}
}

static void random_table(struct random *random, struct block_tree *tree, struct block *table)
{
	unsigned rows = 1 + random_below(random, 3);

	table->table_width = 1 + random_below(random, 3);
	table->has_column_header = !one_in(random, 3);
	table->has_row_header = one_in(random, 3);
	for (unsigned i = 0; i < rows; i++) {
		struct block *row = block_append(tree, table, BLOCK_TABLE_ROW);
		row->cell_count = table->table_width;
		row->cells = arena_array(&tree->arena, row->cell_count, sizeof(*row->cells));
		for (size_t c = 0; c < row->cell_count; c++) {
			row->cells[c] = random_rich_text(random, &tree->arena, 2);
		}
	}
}

static void random_code(struct random *random, struct arena *arena, struct block *block)
{
	static const char *const languages[] = {"plain text", "c++",	       "c",
						"sql",	      "java/c/c++/c#", "visual basic",
						"markdown",   "python"};

	block->text =
		one_in(random, 3) ? random_rich_text(random, arena, 3) : plain_text(random, arena);
	block->language = PICK(random, languages);
	if (one_in(random, 3)) {
		block->caption = random_rich_text(random, arena, 2);
	}
}

static void random_children(struct random *random, struct block_tree *tree, struct block *parent,
			    unsigned max_depth);

/* Columns, tabs: `count` children of one type, with any blocks in them. */
static void random_parts(struct random *random, struct block_tree *tree, struct block *parent,
			 enum block_type type, unsigned max_depth)
{
	static const char *const ratios[] = {"0.5", "0.25", "0.05", "0.333333333333", "0.1", NULL};
	unsigned count = 1 + random_below(random, 3);

	for (unsigned i = 0; i < count; i++) {
		struct block *part = block_append(tree, parent, type);
		if (type == BLOCK_COLUMN) {
			part->width_ratio = PICK(random, ratios);
		} else {
			part->text = random_rich_text(random, &tree->arena, 2);
			part->color = random_color(random);
			random_icon(random, &part->icon);
		}
		random_children(random, tree, part, max_depth);
	}
}

static enum block_type random_type(struct random *random)
{
	enum block_type type = BLOCK_TABLE_ROW;
	if (one_in(random, 3)) {
		static const enum block_type common[] = {BLOCK_PARAGRAPH, BLOCK_BULLETED_LIST_ITEM,
							 BLOCK_NUMBERED_LIST_ITEM, BLOCK_TO_DO,
							 BLOCK_QUOTE};
		return PICK(random, common);
	}
	while (type == BLOCK_TABLE_ROW || type == BLOCK_COLUMN) {
		type = (enum block_type)random_below(random, BLOCK_TYPE_COUNT);
	}
	return type;
}

static void random_block(struct random *random, struct block_tree *tree, struct block *parent,
			 unsigned max_depth)
{
	struct arena *arena = &tree->arena;
	struct block *block = block_append(tree, parent, random_type(random));

	switch (block->type) {
	case BLOCK_HEADING_1:
	case BLOCK_HEADING_2:
	case BLOCK_HEADING_3:
	case BLOCK_HEADING_4: block->is_toggleable = one_in(random, 3); break;
	case BLOCK_TO_DO: block->checked = one_in(random, 2); break;
	case BLOCK_CALLOUT: random_icon(random, &block->icon); break;
	case BLOCK_NUMBERED_LIST_ITEM:
		if (one_in(random, 8)) {
			block->list_start_index = 1 + random_below(random, 20);
		}
		if (one_in(random, 8)) {
			static const char *const formats[] = {"numbers", "letters", "roman"};
			block->list_format = PICK(random, formats);
		}
		break;
	default: break;
	}
	switch (block->type) {
	case BLOCK_PARAGRAPH:
	case BLOCK_HEADING_1:
	case BLOCK_HEADING_2:
	case BLOCK_HEADING_3:
	case BLOCK_HEADING_4:
	case BLOCK_BULLETED_LIST_ITEM:
	case BLOCK_NUMBERED_LIST_ITEM:
	case BLOCK_TO_DO:
	case BLOCK_TOGGLE:
	case BLOCK_QUOTE:
	case BLOCK_CALLOUT:
		block->color = random_color(random);
		block->color_name = block->color == COLOR_DEFAULT && one_in(random, 20)
					    ? "teal_background"
					    : NULL;
		block->text = one_in(random, 3) ? plain_text(random, arena)
						: random_rich_text(random, arena, 4);
		break;
	case BLOCK_TEMPLATE: block->text = random_rich_text(random, arena, 2); break;
	case BLOCK_CODE: random_code(random, arena, block); break;
	case BLOCK_EQUATION: block->expression = random_string(random, arena); break;
	case BLOCK_TABLE_OF_CONTENTS: block->color = random_color(random); break;
	case BLOCK_BOOKMARK:
	case BLOCK_EMBED: block->caption = random_rich_text(random, arena, 2); /* fall through */
	case BLOCK_LINK_PREVIEW: block->url = random_url(random, arena); break;
	case BLOCK_IMAGE:
	case BLOCK_VIDEO:
	case BLOCK_AUDIO:
	case BLOCK_PDF:
	case BLOCK_FILE: random_media(random, arena, block); break;
	case BLOCK_TABLE: random_table(random, tree, block); break;
	case BLOCK_COLUMN_LIST: random_parts(random, tree, block, BLOCK_COLUMN, max_depth); break;
	case BLOCK_TAB: random_parts(random, tree, block, BLOCK_PARAGRAPH, max_depth); break;
	case BLOCK_SYNCED_BLOCK:
		block->is_synced_copy = one_in(random, 2);
		if (block->is_synced_copy) {
			block->target = random_uuid(random);
		}
		break;
	case BLOCK_LINK_TO_PAGE:
		block->link_target = (enum link_target)random_below(random, 3);
		block->target = random_uuid(random);
		break;
	case BLOCK_CHILD_PAGE:
	case BLOCK_CHILD_DATABASE:
		block->has_id = true;
		block->id = random_uuid(random);
		block->name = one_in(random, 4) ? "" : random_string(random, arena);
		break;
	case BLOCK_UNSUPPORTED: block->block_type = one_in(random, 4) ? NULL : "button"; break;
	case BLOCK_OTHER: block->block_type = "hologram"; break;
	default: break;
	}
	bool is_page = block->type == BLOCK_CHILD_PAGE || block->type == BLOCK_CHILD_DATABASE;
	if (block->first_child == NULL && !is_page && block_can_have_children(block) &&
	    block->type != BLOCK_TABLE && one_in(random, 2)) {
		random_children(random, tree, block, max_depth);
	}
}

static void random_children(struct random *random, struct block_tree *tree, struct block *parent,
			    unsigned max_depth)
{
	if (max_depth == 0) {
		return;
	}
	unsigned count = random_below(random, one_in(random, 5) ? 10 : 4);
	for (unsigned i = 0; i < count; i++) {
		random_block(random, tree, parent, max_depth - 1);
	}
}

struct block_tree *random_tree(struct random *random, unsigned max_depth)
{
	struct block_tree *tree = block_tree_new();
	random_block(random, tree, &tree->root, max_depth - 1);
	random_children(random, tree, &tree->root, max_depth);
	return tree;
}
