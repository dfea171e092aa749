#include "mapping/inline_node.h"

#include <stdlib.h>
#include <string.h>

#define STYLE_COUNT 5

void inline_nodes_init(struct inline_nodes *nodes, size_t max_text)
{
	*nodes = (struct inline_nodes){.text = malloc(max_text + 1)};
	if (nodes->text == NULL) {
		abort();
	}
}

void inline_nodes_release(struct inline_nodes *nodes)
{
	free(nodes->text);
	free(nodes->items);
	*nodes = (struct inline_nodes){0};
}

size_t inline_nodes_add(struct inline_nodes *nodes, enum inline_node_kind kind)
{
	if (nodes->count == nodes->allocated) {
		nodes->allocated = nodes->allocated * 2 + 16;
		nodes->items = realloc(nodes->items, nodes->allocated * sizeof(*nodes->items));
		if (nodes->items == NULL) {
			abort();
		}
	}
	nodes->items[nodes->count] = (struct inline_node){.kind = kind, .start = nodes->text_len};
	return nodes->count++;
}

void inline_nodes_extend(struct inline_nodes *nodes, const char *bytes, size_t len)
{
	memcpy(nodes->text + nodes->text_len, bytes, len);
	nodes->text_len += len;
	nodes->items[nodes->count - 1].len += len;
}

void inline_nodes_literal(struct inline_nodes *nodes, const char *bytes, size_t len)
{
	if (len == 0) {
		return;
	}
	if (nodes->count == 0 || nodes->items[nodes->count - 1].kind != NODE_TEXT) {
		(void)inline_nodes_add(nodes, NODE_TEXT);
	}
	inline_nodes_extend(nodes, bytes, len);
}

/* What applies at one point of the text, and the runs written so far. */
struct run_writer {
	unsigned depth[STYLE_COUNT]; /* open marks of each style bit */
	enum color color;
	const char *extra;
	const char *link;
	struct rich_text runs;
	char *text; /* room for all bytes and a NUL after each run */
};

static unsigned current_style(const struct run_writer *writer)
{
	unsigned style = 0;
	for (unsigned i = 0; i < STYLE_COUNT; i++) {
		style |= writer->depth[i] > 0 ? 1u << i : 0;
	}
	return style;
}

static void change_depth(struct run_writer *writer, unsigned style, int change)
{
	for (unsigned i = 0; i < STYLE_COUNT; i++) {
		if ((style & 1u << i) != 0) {
			writer->depth[i] += (unsigned)change;
		}
	}
}

static bool same_string(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void write_text(struct run_writer *writer, const char *bytes, size_t len, unsigned style,
		       const char *link)
{
	if (len == 0) {
		return;
	}
	struct rich_text *runs = &writer->runs;
	struct run *last = runs->count > 0 ? &runs->runs[runs->count - 1] : NULL;
	if (last != NULL && last->kind == RUN_TEXT && last->style == style &&
	    last->color == writer->color && same_string(last->extra, writer->extra) &&
	    same_string(last->link, link)) {
		writer->text--; /* over the NUL of the run that goes on */
		last->text_len += len;
	} else {
		runs->runs[runs->count++] = (struct run){.kind = RUN_TEXT,
							 .style = style,
							 .color = writer->color,
							 .extra = writer->extra,
							 .text = writer->text,
							 .text_len = len,
							 .link = link};
	}
	memcpy(writer->text, bytes, len);
	writer->text[len] = '\0';
	writer->text += len + 1;
}

static void write_autolink(struct run_writer *writer, struct arena *arena, const char *bytes,
			   size_t len)
{
	write_text(writer, bytes, len, current_style(writer), arena_copy(arena, bytes, len));
}

static void write_run(struct run_writer *writer, const struct run *run)
{
	struct run *copy = &writer->runs.runs[writer->runs.count++];
	*copy = *run;
	copy->style = current_style(writer);
	copy->color = writer->color;
	copy->extra = writer->extra;
}

static void change_emphasis(struct run_writer *writer, const unsigned counts[EMPHASIS_COUNT],
			    int sign)
{
	change_depth(writer, STYLE_BOLD, sign * (int)counts[EMPHASIS_BOLD]);
	change_depth(writer, STYLE_ITALIC, sign * (int)counts[EMPHASIS_ITALIC]);
	change_depth(writer, STYLE_STRIKETHROUGH, sign * (int)counts[EMPHASIS_STRIKETHROUGH]);
}

void inline_nodes_to_runs(const struct inline_nodes *nodes, struct arena *arena,
			  struct rich_text *ret_text)
{
	struct run_writer writer = {0};
	if (nodes->count == 0) {
		*ret_text = writer.runs;
		return;
	}
	writer.runs.runs = arena_array(arena, nodes->count, sizeof(*writer.runs.runs));
	writer.text = arena_alloc(arena, nodes->text_len + nodes->count);
	for (size_t i = 0; i < nodes->count; i++) {
		struct inline_node *node = &nodes->items[i];
		const char *bytes = nodes->text + node->start;
		switch (node->kind) {
		case NODE_TEXT:
		case NODE_PENDING:
			write_text(&writer, bytes, node->len, current_style(&writer), writer.link);
			break;
		case NODE_CODE:
			write_text(&writer, bytes, node->len, current_style(&writer) | STYLE_CODE,
				   writer.link);
			break;
		case NODE_AUTOLINK: write_autolink(&writer, arena, bytes, node->len); break;
		case NODE_RUN: write_run(&writer, node->run); break;
		case NODE_DELIMITER:
			change_emphasis(&writer, node->closes, -1);
			write_text(&writer, bytes, node->len, current_style(&writer), writer.link);
			change_emphasis(&writer, node->opens, 1);
			break;
		case NODE_OPEN: {
			enum color outer = writer.color;
			const char *outer_extra = writer.extra;
			change_depth(&writer, node->style, 1);
			writer.color = node->has_color ? node->color : outer;
			writer.link = node->link != NULL ? node->link : writer.link;
			writer.extra = node->extra != NULL ? node->extra : outer_extra;
			node->color = outer;
			node->extra = outer_extra;
			break;
		}
		case NODE_CLOSE:
			change_depth(&writer, nodes->items[node->opener].style, -1);
			writer.color = nodes->items[node->opener].color;
			writer.extra = nodes->items[node->opener].extra;
			if (nodes->items[node->opener].link != NULL) {
				writer.link = NULL;
			}
			break;
		}
	}
	*ret_text = writer.runs;
}
