#include "tests/unit/random_text.h"

#include <string.h>

#include "mapping/base/buf.h"

uint64_t random_next(struct random *random)
{
	uint64_t value = random->state += 0x9e3779b97f4a7c15u;
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	return value ^ (value >> 31);
}

unsigned random_below(struct random *random, unsigned max)
{
	return (unsigned)(random_next(random) % max);
}

static const char *const pieces[] = {
	"a",
	"b c",
	"word",
	"snake_case",
	" ",
	"  ",
	"\n",
	"\n\n",
	"\t",
	"*",
	"**",
	"***",
	"_",
	"__",
	"~",
	"~~",
	"~~~",
	"`",
	"``",
	"```",
	"$",
	"$$",
	"$5",
	"\\",
	"\\\\",
	"<",
	">",
	"<b>",
	"</b>",
	"<br>",
	"<u>",
	"</u>",
	"<span color=\"red\">",
	"</span>",
	"</code>",
	"<code>",
	"</p>",
	"</td>",
	"[",
	"]",
	"](",
	"[x](y)",
	"![i](u)",
	"(",
	")",
	"&",
	"&amp;",
	"&#32;",
	"&copy;",
	"|",
	"\\|",
	"||",
	"#",
	"# ",
	"## ",
	" #",
	"- ",
	"+ ",
	"* ",
	"1. ",
	"12) ",
	"> ",
	">",
	"---",
	"===",
	"***",
	"- - -",
	":::",
	"[ ] ",
	"[x] ",
	"[!NOTE]",
	"{color=\"red\"}",
	":smile:",
	":party:",
	":",
	"!",
	"\xf0\x9f\x98\x80",
	"\xe3\x81\x93\xe3\x82\x8c",
	"\xe3\x80\x8c",
	"\xe3\x80\x8d",
	"\xc2\xa0",
	"\xef\xbb\xbf",
	"\xe2\x80\xa8",
	"\r",
	"\x01",
	"\x7f",
	"\"",
	"'",
	"<mention url=\"user://x\">",
	"</mention>",
	"<date start=\"x\"/>",
	"https://example.com/a_b_c",
	"<https://x.example>",
	"http:",
	"C:\\Users",
	"2 * 3",
	"a*b*c",
	"5$",
	"`$",
	"$`",
	"=",
	"|---|",
	"--- | ---",
	"\xc3\xa9",
	"e\xcc\x81",
	".",
	"0",
	"1",
	"<!-- x -->",
	"-",
	"<p />",
	"{",
	"}",
	"<?",
	"/>",
	"\f",
	"~ ",
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *random_string(struct random *random, struct arena *arena, unsigned max_pieces)
{
	CLEANUP(buf) struct buf text;
	buf_init(&text, 4096);
	unsigned count = 1 + random_below(random, max_pieces);
	for (unsigned i = 0; i < count; i++) {
		if (random_below(random, 3) == 0) {
			buf_putc(&text, (char)(' ' + random_below(random, 95)));
		} else {
			buf_puts(&text, pieces[random_below(random, COUNT_OF(pieces))]);
		}
	}
	return arena_copy(arena, text.data, text.len);
}

static struct uuid random_id(struct random *random)
{
	struct uuid id;
	uint64_t high = random_next(random);
	uint64_t low = random_next(random);
	memcpy(id.bytes, &high, 8);
	memcpy(id.bytes + 8, &low, 8);
	return id;
}

static const char *random_url(struct random *random, struct arena *arena)
{
	static const char *const urls[] = {
		"https://example.com/",	       "https://example.com/a(b)c",
		"https://example.com/(",       "https://example.com/)",
		"https://e.example/a b",       "https://e.example/<x>",
		"https://e.example/?a=1&b=2",  "https://e.example/&amp;",
		"https://e.example/[1]|2",     "/0a0b0c0d111141118111000000000000",
		"mailto:a@example.com",	       "https://e.example/\\x\\\\",
		"https://e.example/*_~`$`*",   "Other%20page.md",
		"https://e.example/\"quoted'", "x\ny",
	};
	if (random_below(random, 4) == 0) {
		return random_string(random, arena, 3);
	}
	return urls[random_below(random, COUNT_OF(urls))];
}

static void random_mention(struct random *random, struct arena *arena, struct run *run)
{
	run->kind = RUN_MENTION;
	run->mention = (enum mention_kind)random_below(random, MENTION_OTHER + 1);
	run->id = random_id(random);
	switch (run->mention) {
	case MENTION_DATE:
		run->start = random_below(random, 2) ? "2026-01-31" : "2026-01-31T09:30:00+01:00";
		run->end = random_below(random, 2) ? NULL : "2026-02-01";
		run->time_zone = random_below(random, 3) ? NULL : "Europe/Zurich";
		break;
	case MENTION_TEMPLATE_DATE: run->text = random_below(random, 2) ? "today" : "now"; break;
	case MENTION_TEMPLATE_USER: run->text = "me"; break;
	case MENTION_CUSTOM_EMOJI:
		run->name = random_below(random, 2) ? "party" : random_string(random, arena, 2);
		break;
	case MENTION_LINK_MENTION:
	case MENTION_LINK_PREVIEW: run->url = random_url(random, arena); break;
	case MENTION_OTHER: run->raw = "{\"type\":\"agent\",\"agent\":{\"id\":\"<|]\"}}"; break;
	default: break;
	}
	run->text_len = strlen(run->text);
}

static struct run random_run(struct random *random, struct arena *arena)
{
	struct run run = {.kind = RUN_TEXT};
	static const unsigned styles[] = {0,
					  0,
					  0,
					  STYLE_BOLD,
					  STYLE_ITALIC,
					  STYLE_STRIKETHROUGH,
					  STYLE_UNDERLINE,
					  STYLE_CODE,
					  STYLE_BOLD | STYLE_ITALIC};
	unsigned choice = random_below(random, COUNT_OF(styles) + 2);
	run.style = choice < COUNT_OF(styles) ? styles[choice] : random_below(random, 32);
	run.color = random_below(random, 5) == 0 ? (enum color)random_below(random, COLOR_COUNT)
						 : COLOR_DEFAULT;
	run.text = random_string(random, arena, 6);
	run.text_len = strlen(run.text);
	switch (random_below(random, 10)) {
	case 0:
		run.kind = RUN_EQUATION;
		if (random_below(random, 3) > 0) {
			run.text = "x^2";
			run.text_len = 3;
		}
		break;
	case 1: random_mention(random, arena, &run); break;
	case 2:
	case 3:
		run.link = random_url(random, arena);
		if (random_below(random, 3) == 0) {
			run.text = run.link;
			run.text_len = strlen(run.link);
		}
		break;
	default: break;
	}
	return run;
}

void random_rich_text(struct random *random, struct arena *arena, struct rich_text *ret_text)
{
	struct rich_text text = {.count = random_below(random, 6)};
	text.runs = arena_array(arena, text.count + 1, sizeof(*text.runs));
	for (size_t i = 0; i < text.count; i++) {
		text.runs[i] = random_run(random, arena);
		bool goes_on =
			i > 0 && text.runs[i].kind == RUN_TEXT && random_below(random, 3) == 0;
		if (goes_on) {
			text.runs[i].color = text.runs[i - 1].color;
			text.runs[i].link = text.runs[i - 1].link;
			text.runs[i].style ^= text.runs[i - 1].style;
		}
	}
	rich_text_normalize(arena, &text);
	*ret_text = text;
}
