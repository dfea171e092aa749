/*
 * The law of inline.h on random rich texts in every context, with and without known names.
 * usage: prop_inline [SEED [COUNT]]; prints the seed; a failure prints what to run again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/character.h"
#include "mapping/inline.h"
#include "mapping/inline_safe.h"
#include "mapping/json.h"
#include "mapping/line_start.h"
#include "tests/unit/random_text.h"

static bool find_emoji(void *context, const char *name, size_t len, struct uuid *ret_id)
{
	(void)context;
	*ret_id = (struct uuid){{1}};
	return len == 5 && memcmp(name, "party", 5) == 0;
}

static const char *text_problem;

/* Does a plain scan that only knows backslashes cut the text where it should not? */
static bool is_well_formed(const struct buf *out, enum inline_context context)
{
	int depth = 0;
	for (size_t i = 0; i < out->len; i++) {
		char byte = out->data[i];
		bool is_line = context == INLINE_PARAGRAPH || context == INLINE_VALUE;
		if (byte == '\n' && !is_line) {
			text_problem = "a newline";
			return false;
		}
		if (byte == '\\' && i + 1 < out->len) {
			i += context != INLINE_PARAGRAPH || out->data[i + 1] != '\n';
			continue;
		}
		if (byte == '|' && context == INLINE_CELL) {
			text_problem = "a bare pipe";
			return false;
		}
		depth += byte == '[' ? 1 : byte == ']' ? -1 : 0;
		if (context == INLINE_CAPTION && depth < 0) {
			text_problem = "a bracket too many";
			return false;
		}
	}
	if (context == INLINE_CAPTION && depth != 0) {
		text_problem = "a bracket too few";
		return false;
	}
	return true;
}

static bool lines_are_plain(const struct buf *out, enum inline_context context)
{
	if (context != INLINE_PARAGRAPH && context != INLINE_LINE) {
		return true;
	}
	for (size_t at = 0; at < out->len;) {
		const char *line = out->data + at;
		const char *end = memchr(line, '\n', out->len - at);
		size_t len = end != NULL ? (size_t)(end - line) : out->len - at;
		text_problem = "a line that is a block, or edge blanks";
		if (len == 0 || line_start_offence(line, len) != LINE_START_SAFE ||
		    line[0] == ' ' || line[0] == '\t' || line[len - 1] == ' ' ||
		    line[len - 1] == '\t') {
			return false;
		}
		at += len + 1;
	}
	return true;
}

static bool is_kept(const struct rich_text *text, enum inline_context context, bool escape_all,
		    const struct names *names, struct buf *out)
{
	struct arena arena = {0};
	struct rich_text again;
	buf_clear(out);
	inline_render(text, context, escape_all, names, out);
	CLEANUP(free) char *first = strdup(out->data);
	inline_parse(&arena, out->data, out->len, context, names, 1, NULL, &again);
	text_problem = "another text";
	bool is_same = rich_text_equal(text, &again);
	if (is_same && !escape_all) {
		is_same = is_well_formed(out, context) && lines_are_plain(out, context);
	}
	if (is_same) {
		buf_clear(out);
		inline_render(&again, context, escape_all, names, out);
		text_problem = "another rendering";
		is_same = strcmp(first, out->data) == 0;
	}
	if (!is_same) {
		printf("%s\n%s\n", text_problem, first);
		json_t *wanted = rich_text_to_json(text, BLOCK_SHAPE_CREATE);
		json_t *is = rich_text_to_json(&again, BLOCK_SHAPE_CREATE);
		json_dumpf(wanted, stdout, JSON_COMPACT);
		printf("\n");
		json_dumpf(is, stdout, JSON_COMPACT);
		printf("\n");
		json_decref(wanted);
		json_decref(is);
	}
	arena_release(&arena);
	return is_same;
}

/* Words with a style here and there, often of the kind inline_safe.h takes. */
static void random_prose(struct random *random, struct arena *arena, struct rich_text *text)
{
	static const char *const pieces[] = {
		"word",
		"two words",
		" and ",
		"10:30",
		"a: b",
		"(x)",
		"1",
		"12.",
		"Why?",
		"wow!",
		"x",
		"-",
		"--- ",
		"h\xc3\xa9",
		" ",
		", ",
		"it's",
		"\"q\"",
		"a/b",
		"100%",
		"https://a.org",
		"x=1 + 2",
		":a",
		"b:",
		"\xe2\x80\xa8",
		"# ",
		"=",
		"[x]",
		"*",
		"!",
		".",
		"\t",
	};
	static const unsigned styles[] = {
		0, 0, 0, STYLE_BOLD, STYLE_ITALIC, STYLE_CODE, STYLE_BOLD | STYLE_ITALIC};
	size_t count = 1 + random_below(random, 6);
	*text = (struct rich_text){.runs = arena_array(arena, count, sizeof(*text->runs)),
				   .count = count};
	for (size_t i = 0; i < count; i++) {
		struct run *run = &text->runs[i];
		CLEANUP(buf) struct buf words;
		buf_init(&words, 4096);
		for (unsigned n = 1 + random_below(random, 3); n > 0; n--) {
			buf_puts(&words,
				 pieces[random_below(random, sizeof(pieces) / sizeof(pieces[0]))]);
		}
		run->text = arena_copy(arena, words.data, words.len);
		run->text_len = words.len;
		run->style = i % 2 == random_below(random, 2) ? 0 : styles[random_below(random, 7)];
		run->link = random_below(random, 6) == 0 ? "https://a.org/x_y?z=1#w" : NULL;
	}
	rich_text_normalize(arena, text);
}

static unsigned long safe_count;

/* A safe text is what the renderer that looks back makes of it. */
static bool safe_is_same(const struct rich_text *text, enum inline_context context,
			 const struct names *names, struct buf *out)
{
	if (context == INLINE_VALUE || !inline_is_safe(text)) {
		return true;
	}
	CLEANUP(buf) struct buf safe;
	buf_init(&safe, BUF_PAGE_MAX_BYTES);
	inline_safe_render(text, &safe);
	buf_clear(out);
	inline_render_unchecked(text, context, false, names, out);
	safe_count++;
	if (strcmp(safe.data, out->data) != 0) {
		printf("safe: %s\nusual: %s\n", safe.data, out->data);
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static const struct names named = {.find_emoji = find_emoji};
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 100000;
	struct buf out;
	int status = 0;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	printf("seed %" PRIu64 "\n", seed);
	for (unsigned long i = 0; i < count && status == 0; i++) {
		struct random random = {.state = seed + i};
		struct arena arena = {0};
		struct rich_text text;
		if (random_below(&random, 2) == 0) {
			random_rich_text(&random, &arena, &text);
		} else {
			random_prose(&random, &arena, &text);
		}
		const struct names *names = random_below(&random, 4) == 0 ? &named : NULL;
		bool escape_all = random_below(&random, 8) == 0;
		for (int context = 0; context <= INLINE_CAPTION && status == 0; context++) {
			if (!safe_is_same(&text, (enum inline_context)context, names, &out) ||
			    !is_kept(&text, (enum inline_context)context, escape_all, names,
				     &out)) {
				printf("prop_inline %" PRIu64 " 1 fails in context %d\n", seed + i,
				       context);
				status = 1;
			}
		}
		arena_release(&arena);
	}
	printf("%lu texts were written without looking back\n", safe_count);
	buf_release(&out);
	return status;
}
