#include <string.h>
#include <strings.h>

#include "mapping/parser.h"

/* [ ] or [x] with white space or the line's end behind; its length or 0. */
static size_t scan_checkbox(const struct line *line, bool *ret_checked)
{
	const char *text = line->text;

	if (line->len < 3 || text[0] != '[' || text[2] != ']' || strchr(" xX", text[1]) == NULL ||
	    text[1] == '\0' || (line->len > 3 && text[3] != ' ' && text[3] != '\t')) {
		return 0;
	}
	*ret_checked = text[1] != ' ';
	return 3;
}

void parse_item(struct parser *parser, struct line *line, const struct list_marker *marker,
		unsigned indent)
{
	bool checked = false;
	struct line begin = *line;
	struct line rest = *line;

	line_advance(&rest, marker->len);
	struct line content = rest;
	line_skip_spaces(&content);
	size_t checkbox = scan_checkbox(&content, &checked);
	enum block_type type = checkbox > 0	    ? BLOCK_TO_DO
			       : marker->is_ordered ? BLOCK_NUMBERED_LIST_ITEM
						    : BLOCK_BULLETED_LIST_ITEM;
	struct block *block = parser_add_block(parser, type, line->number, line_character(&begin));
	struct container *item =
		block != NULL ? parser_push(parser, CONTAINER_ITEM, block, &begin) : NULL;
	if (item == NULL) {
		return;
	}
	unsigned width = (unsigned)marker->len + marker->padding;
	/* A tab is always enough, also behind `100. `. */
	item->marker_indent = indent;
	item->content_indent = indent + (width < LINE_CODE_INDENT ? width : LINE_CODE_INDENT);
	item->wants_title = true;
	if (checkbox > 0) {
		block->checked = checked;
		line_advance(&content, checkbox);
		line_skip_spaces(&content);
		rest = content;
	} else if (marker->is_empty) {
		rest.len = 0;
	} else {
		line_skip_indent(&rest, marker->padding);
	}
	rest.is_blank = rest.len == 0;
	*line = rest;
}

void parse_quote(struct parser *parser, struct line *line)
{
	struct block *block =
		parser_add_block(parser, BLOCK_QUOTE, line->number, line_character(line));
	struct container *quote =
		block != NULL ? parser_push(parser, CONTAINER_QUOTE, block, line) : NULL;
	if (quote == NULL) {
		return;
	}
	quote->wants_title = true;
	quote->is_alert_candidate = true;
	line_advance(line, 1);
	line_skip_indent(line, 1);
	line->column = 0;
	line->is_blank = trim_end(line->text, line->len) == 0;
}

/* GitHub's five alerts and Obsidian's usual ones. */
static const struct {
	const char *name;
	const char *icon;
	enum color color;
} alerts[] = {
	{"note", "ℹ️", COLOR_BLUE_BACKGROUND},   {"info", "ℹ️", COLOR_BLUE_BACKGROUND},
	{"tip", "💡", COLOR_GREEN_BACKGROUND},	     {"hint", "💡", COLOR_GREEN_BACKGROUND},
	{"important", "❗", COLOR_PURPLE_BACKGROUND}, {"warning", "⚠️", COLOR_YELLOW_BACKGROUND},
	{"caution", "🛑", COLOR_RED_BACKGROUND},   {"danger", "🛑", COLOR_RED_BACKGROUND},
	{"success", "✅", COLOR_GREEN_BACKGROUND},    {"question", "❓", COLOR_YELLOW_BACKGROUND},
	{"todo", "☑️", COLOR_BLUE_BACKGROUND},   {"bug", "🐛", COLOR_RED_BACKGROUND},
	{"example", "📋", COLOR_PURPLE_BACKGROUND},   {"abstract", "📋", COLOR_GREEN_BACKGROUND},
};

bool parse_alert(struct parser *parser, struct line *line)
{
	struct container *top = parser_top(parser);
	size_t name_len = 0;

	if (!top->is_alert_candidate) {
		return false;
	}
	top->is_alert_candidate = false;
	if (line->len < 4 || line->text[0] != '[' || line->text[1] != '!') {
		return false;
	}
	while (name_len + 2 < line->len && line->text[name_len + 2] != ']') {
		name_len++;
	}
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
		if (name_len + 2 == line->len || strlen(alerts[i].name) != name_len ||
		    strncasecmp(alerts[i].name, line->text + 2, name_len) != 0) {
			continue;
		}
		top->block->type = BLOCK_CALLOUT;
		top->block->icon = (struct icon){.kind = ICON_EMOJI, .text = alerts[i].icon};
		top->block->color = alerts[i].color;
		line_advance(line, name_len + 3);
		/* Obsidian's mark for folded ones. */
		if (line->len > 0 && (line->text[0] == '-' || line->text[0] == '+')) {
			line_advance(line, 1);
		}
		line_skip_spaces(line);
		line->is_blank = line->len == 0;
		return true;
	}
	return false;
}
