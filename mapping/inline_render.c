#include <string.h>

#include "mapping/character.h"
#include "mapping/inline.h"
#include "mapping/inline_escape.h"
#include "mapping/inline_raw.h"
#include "mapping/inline_safe.h"
#include "mapping/line_start.h"
#include "mapping/link.h"
#include "mapping/mention_mark.h"

/* The marks a run may stand in, outermost first where several are equally long. */
enum mark {
	MARK_LINK,
	MARK_SPAN,
	MARK_UNDERLINE,
	MARK_BOLD,
	MARK_ITALIC,
	MARK_STRIKETHROUGH,
	MARK_COUNT,
};

static const struct {
	unsigned style;
	const char *delimiter;
	const char *open;
	const char *close;
} marks[MARK_COUNT] = {
	[MARK_UNDERLINE] = {STYLE_UNDERLINE, NULL, "<u>", "</u>"},
	[MARK_BOLD] = {STYLE_BOLD, "**", "<b>", "</b>"},
	[MARK_ITALIC] = {STYLE_ITALIC, "*", "<i>", "</i>"},
	[MARK_STRIKETHROUGH] = {STYLE_STRIKETHROUGH, "~~", "<s>", "</s>"},
};

#define MARK_BIT(mark) (1u << (mark))

/* Runs [first, end) of the text; `active` marks are already open around them. */
struct group {
	size_t first;
	size_t end;
	unsigned active;
};

static bool has_mark(const struct run *run, enum mark mark)
{
	switch (mark) {
	case MARK_LINK: return run->kind == RUN_TEXT && run->link != NULL;
	case MARK_SPAN: return run->color != COLOR_DEFAULT || run->extra != NULL;
	default: return (run->style & marks[mark].style) != 0;
	}
}

static bool same_extra(const struct run *a, const struct run *b)
{
	return a->extra == b->extra ||
	       (a->extra != NULL && b->extra != NULL && strcmp(a->extra, b->extra) == 0);
}

static bool same_mark(const struct run *a, const struct run *b, enum mark mark)
{
	if (!has_mark(a, mark) || !has_mark(b, mark)) {
		return false;
	}
	return mark == MARK_LINK   ? strcmp(a->link, b->link) == 0
	       : mark == MARK_SPAN ? a->color == b->color && same_extra(a, b)
				   : true;
}

/* End of the runs from `first` on that share its `mark`; `first` when it has none. */
static size_t mark_end(const struct rich_text *text, const struct group *group, size_t first,
		       enum mark mark)
{
	size_t end = first;
	if ((group->active & MARK_BIT(mark)) != 0) {
		return first;
	}
	while (end < group->end && same_mark(&text->runs[first], &text->runs[end], mark)) {
		end++;
	}
	return end;
}

static void render_group(struct inline_writer *writer, const struct group *group);

/* One run, all its marks but code being open. */
static void render_run(struct inline_writer *writer, const struct run *run)
{
	bool is_code = (run->style & STYLE_CODE) != 0;
	if (run->kind == RUN_TEXT) {
		if (is_code) {
			inline_raw_render_code(writer, run);
		} else {
			inline_escape_run(writer, run);
		}
		return;
	}
	buf_puts(writer->out, is_code ? "<code>" : "");
	if (run->kind == RUN_EQUATION) {
		inline_raw_render_equation(writer, run);
	} else {
		mention_mark_render(run, writer->names, writer->out);
	}
	buf_puts(writer->out, is_code ? "</code>" : "");
}

static void render_link(struct inline_writer *writer, const struct group *group)
{
	const struct run *run = &writer->text->runs[group->first];
	bool is_alone = group->end == group->first + 1;
	bool is_plain = is_alone && (run->style & STYLE_CODE) == 0 && run->kind == RUN_TEXT;
	for (int mark = 0; is_plain && mark < MARK_COUNT; mark++) {
		bool is_open = (group->active & MARK_BIT(mark)) != 0;
		is_plain = is_open || !has_mark(run, (enum mark)mark);
	}
	if (is_plain && strlen(run->link) == run->text_len &&
	    memcmp(run->link, run->text, run->text_len) == 0 &&
	    link_auto_is_possible(run->text, run->text_len, writer->context)) {
		buf_printf(writer->out, "<%s>", run->link);
		return;
	}
	bool was_in_link = writer->is_in_link;
	writer->is_in_link = true;
	buf_putc(writer->out, '[');
	render_group(writer, group);
	buf_putc(writer->out, ']');
	link_target_render(writer->out, run->link);
	writer->is_in_link = was_in_link;
}

static void render_span(struct inline_writer *writer, const struct group *group)
{
	const struct run *run = &writer->text->runs[group->first];
	enum color color = run->color;
	const char *name = color_name(color);
	bool is_background = color >= COLOR_DEFAULT_BACKGROUND;
	size_t len = strlen(name) - (is_background ? strlen("ackground") : 0);
	buf_puts(writer->out, "<span");
	if (color != COLOR_DEFAULT) {
		buf_printf(writer->out, " color=\"%.*s%s\"", (int)len, name,
			   is_background ? "g" : "");
	}
	tag_render_attribute(writer->out, "annotations", run->extra);
	buf_putc(writer->out, '>');
	render_group(writer, group);
	buf_puts(writer->out, "</span>");
}

/* Will what follows run `end - 1` start with a letter or digit, with no mark in between? */
static bool is_followed_by_letter(const struct inline_writer *writer, const struct group *outer,
				  size_t end)
{
	if (end >= outer->end) {
		return false;
	}
	const struct run *run = &writer->text->runs[end];
	if (run->kind != RUN_TEXT || (run->style & STYLE_CODE) != 0) {
		return false;
	}
	for (int mark = 0; mark < MARK_COUNT; mark++) {
		if (has_mark(run, (enum mark)mark) && (outer->active & MARK_BIT(mark)) == 0) {
			return false;
		}
	}
	return character_class_at(run->text, run->text_len, 0) == CHARACTER_OTHER;
}

/* Do delimiters of `mark` flank what was written from `from` on, as CommonMark wants it? */
static bool may_delimit(const struct inline_writer *writer, char mark, size_t from,
			bool is_followed)
{
	const char *text = writer->out->data + writer->start;
	size_t len = writer->out->len - writer->start;
	size_t at = from - writer->start;
	if (writer->escape_all || at >= len || text[at] == mark || text[len - 1] == mark ||
	    (at > 0 && text[at - 1] == mark)) {
		return false;
	}
	enum character_class before = character_class_before(text, at);
	enum character_class first = character_class_at(text, len, at);
	enum character_class last = character_class_before(text, len);
	return first != CHARACTER_SPACE && last != CHARACTER_SPACE &&
	       (first == CHARACTER_OTHER || before != CHARACTER_OTHER) &&
	       (last == CHARACTER_OTHER || !is_followed);
}

static void wrap(struct inline_writer *writer, size_t from, const char *open, const char *close)
{
	if (buf_check(writer->out) == 0) {
		buf_splice(writer->out, from, 0, open, strlen(open));
	}
	buf_puts(writer->out, close);
}

/* Bold, italic or struck: written first, because the right mark depends on what stands inside. */
static void render_emphasis(struct inline_writer *writer, const struct group *outer,
			    const struct group *group, enum mark mark)
{
	const struct rich_text *text = writer->text;
	struct group inner = *group;
	size_t from = writer->out->len;
	bool followed = is_followed_by_letter(writer, outer, group->end);
	writer->wrapped_from = from;
	if (mark == MARK_BOLD && mark_end(text, group, group->first, MARK_ITALIC) == group->end) {
		inner.active |= MARK_BIT(MARK_ITALIC);
		render_group(writer, &inner);
		if (may_delimit(writer, '*', from, followed)) {
			wrap(writer, from, "***", "***");
		} else {
			wrap(writer, from, "<b><i>", "</i></b>");
		}
		return;
	}
	render_group(writer, &inner);
	if (may_delimit(writer, marks[mark].delimiter[0], from, followed)) {
		wrap(writer, from, marks[mark].delimiter, marks[mark].delimiter);
	} else {
		wrap(writer, from, marks[mark].open, marks[mark].close);
	}
}

static void render_group(struct inline_writer *writer, const struct group *group)
{
	for (size_t at = group->first; at < group->end;) {
		enum mark mark = MARK_COUNT;
		struct group inner = {.first = at, .end = at};
		for (int i = 0; i < MARK_COUNT; i++) {
			size_t end = mark_end(writer->text, group, at, (enum mark)i);
			if (end > inner.end) {
				inner.end = end;
				mark = (enum mark)i;
			}
		}
		if (mark == MARK_COUNT) {
			render_run(writer, &writer->text->runs[at++]);
			continue;
		}
		inner.active = group->active | MARK_BIT(mark);
		switch (mark) {
		case MARK_LINK: render_link(writer, &inner); break;
		case MARK_SPAN: render_span(writer, &inner); break;
		case MARK_UNDERLINE:
			buf_puts(writer->out, marks[mark].open);
			render_group(writer, &inner);
			buf_puts(writer->out, marks[mark].close);
			break;
		default: render_emphasis(writer, group, &inner, mark); break;
		}
		at = inner.end;
	}
}

/* Copies the lines from `start` on to `escaped`, each plain text to a block parser. */
static void copy_escaped_lines(const struct buf *out, size_t start, struct buf *escaped)
{
	for (size_t at = start; at < out->len;) {
		const char *line = out->data + at;
		const char *end = memchr(line, '\n', out->len - at);
		size_t len = end != NULL ? (size_t)(end - line) + 1 : out->len - at;
		size_t offence = line_start_offence(line, end != NULL ? len - 1 : len);
		if (offence != LINE_START_SAFE) {
			buf_append(escaped, line, offence);
			buf_putc(escaped, '\\');
			line += offence;
			len -= offence;
			at += offence;
		}
		buf_append(escaped, line, len);
		at += len;
	}
}

static bool has_offence(const struct buf *out, size_t start)
{
	for (size_t at = start; at < out->len;) {
		const char *line = out->data + at;
		const char *end = memchr(line, '\n', out->len - at);
		size_t len = end != NULL ? (size_t)(end - line) : out->len - at;
		if (line_start_offence(line, len) != LINE_START_SAFE) {
			return true;
		}
		at += len + 1;
	}
	return false;
}

/* Escapes what a block parser would take for a block's mark. */
static void escape_lines(struct inline_writer *writer)
{
	struct buf *out = writer->out;
	bool is_title = writer->context == INLINE_LINE;
	if (!is_title && writer->context != INLINE_PARAGRAPH) {
		return;
	}
	if (has_offence(out, writer->start)) {
		CLEANUP(buf) struct buf escaped;
		buf_init(&escaped, out->max_bytes);
		copy_escaped_lines(out, writer->start, &escaped);
		buf_truncate(out, writer->start);
		buf_append(out, escaped.data, escaped.len);
	}
	size_t len = out->len - writer->start;
	size_t offence =
		is_title ? line_end_offence(out->data + writer->start, len) : LINE_START_SAFE;
	if (offence != LINE_START_SAFE) {
		buf_splice(out, writer->start + offence, 0, "\\", 1);
	}
}

void inline_render_unchecked(const struct rich_text *text, enum inline_context context,
			     bool escape_all, const struct names *names, struct buf *out)
{
	if (text->count == 0) {
		return;
	}
	struct inline_writer writer = {
		.out = out,
		.start = out->len,
		.text = text,
		.context = context,
		.names = names,
		.wrapped_from = (size_t)-1,
		.escape_all = escape_all,
	};
	struct group all = {.end = text->count};
	inline_escape_prepare(&writer);
	render_group(&writer, &all);
	inline_escape_line_end(&writer);
	escape_lines(&writer);
}

static bool reads_back(const struct rich_text *text, enum inline_context context,
		       const struct names *names, const struct buf *out, size_t start)
{
	struct arena arena = {0};
	struct rich_text again;
	inline_parse(&arena, out->data + start, out->len - start, context, names, 1, NULL, &again);
	bool is_same = rich_text_equal(text, &again);
	arena_release(&arena);
	return is_same;
}

void inline_render(const struct rich_text *text, enum inline_context context, bool escape_all,
		   const struct names *names, struct buf *out)
{
	size_t start = out->len;
	if (!escape_all && context != INLINE_VALUE && inline_is_safe(text)) {
		inline_safe_render(text, out);
		return;
	}
	inline_render_unchecked(text, context, escape_all, names, out);
	if (!escape_all && buf_check(out) == 0 && !reads_back(text, context, names, out, start)) {
		buf_truncate(out, start);
		inline_render_unchecked(text, context, true, names, out);
	}
}
