#include "mapping/inline_escape.h"

#include <string.h>

#include "mapping/character.h"

/* Where a byte of literal text stands. */
struct place {
	const struct run *run;
	size_t at;
	bool is_last_run;
};

/* All bytes that are ever looked at; blanks only matter at the edges of a line. */
static const unsigned char escapable[256] = {
	[0 ... 8] = 1, ['\n' ... 31] = 1, ['\\'] = 1, ['`'] = 1, ['*'] = 1, ['_'] = 1, ['~'] = 1,
	['$'] = 1,     ['<'] = 1,	  ['>'] = 1,  ['['] = 1, [']'] = 1, ['&'] = 1, ['|'] = 1,
	['!'] = 1,     [':'] = 1,	  ['{'] = 1,  ['}'] = 1, ['#'] = 1, [127] = 1,
};

bool inline_escape_is_plain(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (escapable[(unsigned char)bytes[i]] != 0) {
			return false;
		}
	}
	return true;
}

bool inline_escape_at_line_start(const struct inline_writer *writer)
{
	const struct buf *out = writer->out;
	return out->len != writer->wrapped_from &&
	       (out->len == writer->start || out->data[out->len - 1] == '\n');
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void inline_escape_line_end(struct inline_writer *writer)
{
	struct buf *out = writer->out;
	if (writer->context == INLINE_VALUE || out->len == writer->start ||
	    !is_blank(out->data[out->len - 1])) {
		return;
	}
	char blank = out->data[out->len - 1];
	buf_truncate(out, out->len - 1);
	character_append_reference(out, (unsigned char)blank);
}

static char next_byte(const struct place *place)
{
	return place->at + 1 < place->run->text_len ? place->run->text[place->at + 1] : '\0';
}

static bool is_run_end(const struct place *place)
{
	return place->at + 1 >= place->run->text_len;
}

/* Class of what was written last, and of what follows `end` in the run. A mark counts as a letter
 * here, because it is not known yet which one it will be. */
static enum character_class class_before(const struct inline_writer *writer)
{
	return character_class_before(writer->out->data + writer->start,
				      writer->out->len - writer->start);
}

static enum character_class class_after(const struct place *place, size_t end)
{
	if (end < place->run->text_len) {
		return character_class_at(place->run->text, place->run->text_len, end);
	}
	return place->is_last_run ? CHARACTER_SPACE : CHARACTER_PUNCTUATION;
}

static size_t repeated(const struct place *place)
{
	const struct run *run = place->run;
	size_t end = place->at;
	while (end < run->text_len && run->text[end] == run->text[place->at]) {
		end++;
	}
	return end - place->at;
}

/* May this run of `*`, `_` or `~` stay as it is? */
static bool is_harmless_delimiter(const struct inline_writer *writer, const struct place *place)
{
	char mark = place->run->text[place->at];
	size_t len = repeated(place);
	enum character_class before = class_before(writer);
	enum character_class after = class_after(place, place->at + len);
	bool touches_run = (place->at == 0 && place->run != writer->text->runs) ||
			   (place->at + len == place->run->text_len && !place->is_last_run);
	if (before == CHARACTER_SPACE && after == CHARACTER_SPACE) {
		return true;
	}
	if (mark == '_') {
		return before == CHARACTER_OTHER && after == CHARACTER_OTHER;
	}
	return mark == '~' && len == 1 && !touches_run;
}

static void write_delimiters(struct inline_writer *writer, struct place *place)
{
	size_t len = repeated(place);
	bool is_harmless = !writer->escape_all && is_harmless_delimiter(writer, place);
	for (size_t i = 0; i < len; i++) {
		if (!is_harmless) {
			buf_putc(writer->out, '\\');
		}
		buf_putc(writer->out, place->run->text[place->at + i]);
	}
	place->at += len - 1;
}

/* Is it `:name:` of a custom emoji? */
static bool is_emoji(const struct inline_writer *writer, const struct place *place)
{
	struct uuid id;
	const char *name = place->run->text + place->at + 1;
	size_t max = place->run->text_len - place->at - 1;
	const char *end = memchr(name, ':', max < 66 ? max : 66);
	return end != NULL && writer->names != NULL && writer->names->find_emoji != NULL &&
	       writer->names->find_emoji(writer->names->context, name, (size_t)(end - name), &id);
}

static bool starts_with(const struct place *place, const char *prefix)
{
	size_t len = strlen(prefix);
	return place->run->text_len - place->at >= len &&
	       memcmp(place->run->text + place->at, prefix, len) == 0;
}

static bool needs_backslash(const struct inline_writer *writer, const struct place *place)
{
	const struct run *run = place->run;
	char next = next_byte(place);
	char byte = run->text[place->at];
	bool brackets_count = writer->is_in_link || writer->context == INLINE_CAPTION;
	if (byte == '|' && writer->context == INLINE_CELL) {
		return true;
	}
	if (writer->escape_all) {
		return character_is_ascii_punctuation(byte) && byte != '#' && byte != '>';
	}
	switch (byte) {
	case '`': return true;
	case '\\': return is_run_end(place) || next == '\n' || character_is_ascii_punctuation(next);
	case '<':
		return is_run_end(place) || character_is_ascii_letter(next) || next == '/' ||
		       next == '!' || next == '?';
	case '[': return brackets_count;
	case ']': return brackets_count || next == '(';
	case '&':
		return character_is_reference_like(run->text + place->at,
						   run->text_len - place->at);
	case '$':
		return writer->dollars_matter &&
		       class_after(place, place->at + 1) != CHARACTER_SPACE;
	case '!': return next == '[' || (is_run_end(place) && !place->is_last_run);
	case ':': return is_emoji(writer, place);
	case '{': return starts_with(place, "{color=") || starts_with(place, "{toggle=");
	default: return false;
	}
}

static void write_newline(struct inline_writer *writer, const struct place *place)
{
	bool is_edge = place->at == 0 || is_run_end(place) || next_byte(place) == '\n' ||
		       (place->run->style & STYLE_CODE) != 0;
	if (writer->context == INLINE_VALUE) {
		buf_putc(writer->out, '\n');
	} else if (writer->context == INLINE_PARAGRAPH && !is_edge) {
		inline_escape_line_end(writer);
		buf_puts(writer->out, "\\\n");
	} else {
		buf_puts(writer->out, "<br>");
	}
}

static void write_byte(struct inline_writer *writer, struct place *place)
{
	char byte = place->run->text[place->at];
	switch (byte) {
	case '\n': write_newline(writer, place); return;
	case '*':
	case '_':
	case '~': write_delimiters(writer, place); return;
	default: break;
	}
	if ((unsigned char)byte < ' ' || byte == 0x7f) {
		character_append_reference(writer->out, (unsigned char)byte);
		return;
	}
	if (needs_backslash(writer, place)) {
		buf_putc(writer->out, '\\');
	}
	buf_putc(writer->out, byte);
}

/* A first blank would be taken for indentation, a first byte order mark for the file's. */
static size_t write_line_start(struct inline_writer *writer, const struct run *run, size_t at)
{
	if (writer->context == INLINE_VALUE || !inline_escape_at_line_start(writer)) {
		return at;
	}
	if (is_blank(run->text[at])) {
		character_append_reference(writer->out, (unsigned char)run->text[at]);
		return at + 1;
	}
	if (run->text_len - at >= 3 && memcmp(run->text + at, "\xef\xbb\xbf", 3) == 0) {
		character_append_reference(writer->out, 0xfeff);
		return at + 3;
	}
	return at;
}

void inline_escape_run(struct inline_writer *writer, const struct run *run)
{
	struct place place = {.run = run};
	const struct rich_text *text = writer->text;
	place.is_last_run = run == &text->runs[text->count - 1];
	while (place.at < run->text_len) {
		size_t start = write_line_start(writer, run, place.at);
		size_t end = start;
		while (end < run->text_len && escapable[(unsigned char)run->text[end]] == 0) {
			end++;
		}
		buf_append(writer->out, run->text + start, end - start);
		place.at = end;
		if (end < run->text_len) {
			write_byte(writer, &place);
			place.at++;
		}
	}
}

void inline_escape_prepare(struct inline_writer *writer)
{
	size_t dollars = 0;
	bool can_close = false;
	for (size_t i = 0; i < writer->text->count; i++) {
		const struct run *run = &writer->text->runs[i];
		if (run->kind == RUN_EQUATION) {
			writer->dollars_matter = true;
			return;
		}
		const char *hit =
			run->kind == RUN_TEXT ? memchr(run->text, '$', run->text_len) : NULL;
		while (hit != NULL) {
			size_t at = (size_t)(hit - run->text);
			size_t after = at + 1;
			dollars++;
			/* what another run puts beside it is not known here */
			bool ends_word = at > 0 ? !is_blank(hit[-1]) : i > 0;
			bool may_end = after == run->text_len ||
				       (hit[1] != '$' && !character_is_digit(hit[1]));
			can_close = can_close || (ends_word && may_end);
			hit = memchr(hit + 1, '$', run->text_len - after);
		}
	}
	writer->dollars_matter = dollars > 1 && can_close;
}
