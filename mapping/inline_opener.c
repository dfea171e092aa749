#include "mapping/inline_opener.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/link.h"
#include "mapping/run_extra.h"

static const struct {
	const char *name;
	enum opener_kind kind;
	unsigned style;
} paired_tags[] = {
	{"b", OPENER_BOLD, STYLE_BOLD},
	{"strong", OPENER_BOLD, STYLE_BOLD},
	{"i", OPENER_ITALIC, STYLE_ITALIC},
	{"em", OPENER_ITALIC, STYLE_ITALIC},
	{"s", OPENER_STRIKETHROUGH, STYLE_STRIKETHROUGH},
	{"del", OPENER_STRIKETHROUGH, STYLE_STRIKETHROUGH},
	{"strike", OPENER_STRIKETHROUGH, STYLE_STRIKETHROUGH},
	{"u", OPENER_UNDERLINE, STYLE_UNDERLINE},
	{"code", OPENER_CODE, STYLE_CODE},
	{"span", OPENER_SPAN, 0},
};

static size_t push(struct inline_parser *parser, enum opener_kind kind, size_t len)
{
	if (parser->opener_count == parser->opener_allocated) {
		parser->opener_allocated = parser->opener_allocated * 2 + 16;
		parser->openers = realloc(parser->openers, (size_t)parser->opener_allocated *
								   sizeof(*parser->openers));
		if (parser->openers == NULL) {
			abort();
		}
	}
	size_t node = inline_nodes_add(&parser->nodes, NODE_PENDING);
	parser->openers[parser->opener_count] = (struct opener){
		.kind = kind,
		.node = node,
		.at = parser->at,
		.bottom = parser->delimiters.last,
		.previous_equal = parser->last_opener[kind],
	};
	parser->last_opener[kind] = parser->opener_count++;
	inline_nodes_extend(&parser->nodes, parser->text + parser->at, len);
	parser->at += len;
	return node;
}

/* Matches the opener with what stands here; what was opened inside and not closed is literal. */
static struct inline_node *close_opener(struct inline_parser *parser, int index)
{
	size_t node = parser->openers[index].node;
	delimiters_match(&parser->delimiters, &parser->nodes, parser->openers[index].bottom);
	while (parser->opener_count > index) {
		const struct opener *top = &parser->openers[--parser->opener_count];
		if (!top->is_dead) {
			parser->last_opener[top->kind] = top->previous_equal;
		}
	}
	if (parser->link_floor > index) {
		parser->link_floor = index;
	}
	size_t close = inline_nodes_add(&parser->nodes, NODE_CLOSE);
	parser->nodes.items[close].opener = node;
	parser->nodes.items[node].kind = NODE_OPEN;
	parser->nodes.items[node].len = 0;
	return &parser->nodes.items[node];
}

void inline_opener_bracket(struct inline_parser *parser)
{
	(void)push(parser, OPENER_BRACKET, 1);
}

void inline_opener_close_bracket(struct inline_parser *parser)
{
	int index = parser->last_opener[OPENER_BRACKET];
	if (index < 0) {
		inline_parser_literal(parser, 1);
		return;
	}
	struct opener *opener = &parser->openers[index];
	const char *url = "";
	size_t used = 0;
	bool has_label = opener->node + 1 < parser->nodes.count;
	if (index >= parser->link_floor && has_label && parser->at + 1 < parser->len &&
	    parser->text[parser->at + 1] == '(') {
		used = link_target_parse(parser->arena, parser->text + parser->at + 1,
					 parser->len - parser->at - 1, &url);
	}
	if (used == 0 || url[0] == '\0') {
		opener->is_dead = true;
		parser->last_opener[OPENER_BRACKET] = opener->previous_equal;
		inline_parser_literal(parser, 1);
		return;
	}
	close_opener(parser, index)->link = url;
	parser->link_floor = index;
	parser->at += 1 + used;
}

int inline_opener_find_tag(const char *name)
{
	for (size_t i = 0; i < sizeof(paired_tags) / sizeof(paired_tags[0]); i++) {
		if (strcmp(name, paired_tags[i].name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

/* "red", "red_bg" or "red_background". */
static enum color parse_color(const char *name)
{
	size_t len = strlen(name);
	if (len > 3 && strcmp(name + len - 3, "_bg") == 0) {
		char full[32];
		if (len + 9 > sizeof(full)) {
			return COLOR_COUNT;
		}
		memcpy(full, name, len - 2);
		memcpy(full + len - 2, "background", sizeof("background"));
		return color_from_name(full, len + 8);
	}
	return color_from_name(name, len);
}

void inline_opener_tag(struct inline_parser *parser, const struct tag *tag, int pair)
{
	enum opener_kind kind = paired_tags[pair].kind;
	if (tag->is_close) {
		int index = parser->last_opener[kind];
		if (index < 0) {
			inline_parser_literal(parser, tag->len);
			return;
		}
		parser->at += tag->len;
		(void)close_opener(parser, index);
		return;
	}
	unsigned style = paired_tags[pair].style;
	const char *color = tag_attribute(tag, "color");
	enum color known = color != NULL ? parse_color(color) : COLOR_COUNT;
	const char *extra = NULL;
	if (kind == OPENER_SPAN) {
		const char *annotations = tag_attribute(tag, "annotations");
		extra = annotations != NULL ? run_extra_from_text(parser->arena, annotations)
					    : NULL;
		const char *underline = tag_attribute(tag, "underline");
		style = underline != NULL && strcmp(underline, "true") == 0 ? STYLE_UNDERLINE : 0;
		if (style == 0 && known == COLOR_COUNT && extra == NULL) {
			inline_parser_literal(parser, tag->len);
			return;
		}
	}
	if (tag->is_self_closing) {
		inline_parser_literal(parser, tag->len);
		return;
	}
	size_t node = push(parser, kind, tag->len);
	parser->nodes.items[node].style = style;
	parser->nodes.items[node].has_color = kind == OPENER_SPAN && known != COLOR_COUNT;
	parser->nodes.items[node].color = known;
	parser->nodes.items[node].extra = extra;
}

void inline_opener_report_unclosed(const struct inline_parser *parser, unsigned line,
				   struct diagnostics *diagnostics)
{
	for (int i = 0; i < parser->opener_count; i++) {
		const struct opener *opener = &parser->openers[i];
		if (opener->kind == OPENER_BRACKET) {
			continue;
		}
		unsigned at_line = line;
		for (size_t at = 0; at < opener->at; at++) {
			at_line += parser->text[at] == '\n';
		}
		const char *name = "span";
		for (size_t k = sizeof(paired_tags) / sizeof(paired_tags[0]); k-- > 0;) {
			name = paired_tags[k].kind == opener->kind ? paired_tags[k].name : name;
		}
		diagnostics_add(diagnostics, SEVERITY_WARNING, at_line, 0,
				"<%s> is not closed and stays text, close it with </%s>", name,
				name);
		if (diagnostics->dropped > 0) {
			return;
		}
	}
}
