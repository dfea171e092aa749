#include "mapping/inline.h"

#include <string.h>

#include "mapping/base/buf.h"
#include "tests/unit/suite.h"

#define ID "0a0b0c0d-1111-4111-8111-00000000abcd"
#define ID_HEX "0a0b0c0d11114111811100000000abcd"

static bool find_emoji(void *context, const char *name, size_t len, struct uuid *ret_id)
{
	(void)context;
	return len == 5 && memcmp(name, "party", 5) == 0 && uuid_parse(ID, strlen(ID), ret_id) == 0;
}

static const char *title(void *context, const struct uuid *id)
{
	(void)context;
	(void)id;
	return "The [Plan]";
}

static const struct names names = {.find_emoji = find_emoji, .title = title};

/* Runs in short: `flags:text`, joined by ` / `. Flags: b i s u c, #colour, >link, $ for an
 * equation,
 * @kind for a mention. */
static void describe(const struct rich_text *text, struct buf *out)
{
	static const char *const kinds[] = {"user",	"page",	 "database", "date",	"template",
					    "template", "emoji", "link",     "preview", "other"};
	buf_clear(out);
	for (size_t i = 0; i < text->count; i++) {
		const struct run *run = &text->runs[i];
		buf_puts(out, i > 0 ? " / " : "");
		for (unsigned bit = 0; bit < 5; bit++) {
			if ((run->style & 1u << bit) != 0) {
				buf_putc(out, "bisuc"[bit]);
			}
		}
		if (run->color != COLOR_DEFAULT) {
			buf_printf(out, "#%s", color_name(run->color));
		}
		if (run->kind == RUN_MENTION) {
			buf_printf(out, "@%s", kinds[run->mention]);
		} else if (run->kind == RUN_EQUATION) {
			buf_putc(out, '$');
		} else if (run->link != NULL) {
			buf_printf(out, ">%s", run->link);
		}
		buf_putc(out, ':');
		buf_append(out, run->text, run->text_len);
	}
}

struct example {
	const char *text;
	const char *runs;
};

static void assert_reads(enum inline_context context, const struct example *example,
			 struct arena *arena, struct rich_text *ret_text)
{
	CLEANUP(buf) struct buf runs;
	buf_init(&runs, 10000);
	inline_parse(arena, example->text, strlen(example->text), context, &names, 1, NULL,
		     ret_text);
	describe(ret_text, &runs);
	ck_assert_msg(strcmp(runs.data, example->runs) == 0, "%s\nis     %s\nwanted %s",
		      example->text, runs.data, example->runs);
}

/* The text is read as these runs, and these runs are written as this very text. */
static void assert_both_ways(enum inline_context context, const struct example *examples,
			     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena arena = {0};
		struct rich_text text;
		CLEANUP(buf) struct buf out;
		buf_init(&out, 10000);
		assert_reads(context, &examples[i], &arena, &text);
		inline_render(&text, context, false, &names, &out);
		ck_assert_str_eq(out.data, examples[i].text);
		arena_release(&arena);
	}
}

static void assert_read_only(enum inline_context context, const struct example *examples,
			     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena arena = {0};
		struct rich_text text;
		assert_reads(context, &examples[i], &arena, &text);
		arena_release(&arena);
	}
}

#define BOTH_WAYS(context, ...)                                                            \
	do {                                                                               \
		static const struct example examples[] = {__VA_ARGS__};                    \
		assert_both_ways(context, examples, sizeof(examples) / sizeof(*examples)); \
	} while (0)
#define READS(context, ...)                                                                \
	do {                                                                               \
		static const struct example examples[] = {__VA_ARGS__};                    \
		assert_read_only(context, examples, sizeof(examples) / sizeof(*examples)); \
	} while (0)

START_TEST(what_is_no_mark_stays_as_it_is)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"snake_case and a_b_c", ":snake_case and a_b_c"},
		  {"a * b, 2 ** 3", ":a * b, 2 ** 3"}, {"C:\\Users\\x", ":C:\\Users\\x"},
		  {"$5 and $10", ":$5 and $10"}, {"a < b, AT&T, x > y", ":a < b, AT&T, x > y"},
		  {"a [x] (y) [z]", ":a [x] (y) [z]"}, {"~5 km", ":~5 km"}, {"100%", ":100%"},
		  {"https://x.example/a_b", ":https://x.example/a_b"}, {":smile:", "::smile:"},
		  {"1.5 - 2", ":1.5 - 2"}, {"#tag, -x, >", ":#tag, -x, >"}, {"a! [b]", ":a! [b]"});
}
END_TEST

START_TEST(what_would_be_a_mark_gets_a_backslash)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"\\*x\\*", ":*x*"}, {"\\_\\_init\\_\\_", ":__init__"},
		  {"\\`code\\`", ":`code`"}, {"\\<b>", ":<b>"}, {"\\</toggle>", ":</toggle>"},
		  {"\\<!-- x", ":<!-- x"}, {"[x\\](y)", ":[x](y)"}, {"\\~\\~x\\~\\~", ":~~x~~"},
		  {"\\$x$", ":$x$"}, {"\\&amp; \\&copy;", ":&amp; &copy;"},
		  {"\\:party:", "::party:"}, {"a\\\\", ":a\\"}, {"\\\\\\*", ":\\*"},
		  {"x \\{color=\"red\"}", ":x {color=\"red\"}"});
}
END_TEST

START_TEST(each_style_has_its_marks)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"**b**", "b:b"}, {"*i*", "i:i"}, {"~~s~~", "s:s"},
		  {"<u>u</u>", "u:u"}, {"`c`", "c:c"}, {"***x***", "bi:x"},
		  {"<span color=\"red\">r</span>", "#red:r"},
		  {"<span color=\"blue_bg\">r</span>", "#blue_background:r"},
		  {"**a *b* c**", "b:a  / bi:b / b: c"}, {"[a **b**](u)", ">u:a  / b>u:b"},
		  {"<u><b>a *~~b~~*</b></u>", "bu:a  / bisu:b"});
}
END_TEST

START_TEST(where_delimiters_do_not_flank_there_are_tags)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"<b> x </b>", "b: x "},
		  {"\xe3\x81\xaf<b>\xe3\x80\x8c\xe9\x87\x8d\xe3\x80\x8d</b>\xe3\x81\xa7",
		   ":\xe3\x81\xaf / b:\xe3\x80\x8c\xe9\x87\x8d\xe3\x80\x8d / :\xe3\x81\xa7"},
		  {"**a**<i>b</i>", "b:a / i:b"}, {"<i>a </i>b", "i:a  / :b"},
		  {"<s> </s>x", "s:  / :x"});
}
END_TEST

START_TEST(links_keep_any_target)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"[t](https://x.example/a(b))", ">https://x.example/a(b):t"},
		  {"[t](<a b>)", ">a b:t"}, {"[t](<a)>)", ">a):t"},
		  {"<https://x.example/>", ">https://x.example/:https://x.example/"},
		  {"[\\[t\\]](u)", ">u:[t]"}, {"\\![t](u)", ":! / >u:t"}, {"[`a]`](u)", "c>u:a]"},
		  {"[**t**](u)", "b>u:t"});
	READS(INLINE_PARAGRAPH, {"[t](u \"title\")", ">u:t"}, {"[t](<>) []()", ":[t](<>) []()"},
	      {"[a [b](c) d](e)", ":[a  / >c:b / : d](e)"}, {"[a][b] [c]: d", ":[a][b] [c]: d"});
}
END_TEST

START_TEST(code_holds_anything)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"``a`b``", "c:a`b"}, {"`` ` ``", "c:`"}, {"` a`", "c: a"},
		  {"`  a  `", "c: a "}, {"`*<b>$`", "c:*<b>$"}, {"<code>a<br>b</code>", "c:a\nb"},
		  {"<code>\\`\\`</code>", "c:``"});
	READS(INLINE_PARAGRAPH, {"``` `a``b` ``x``", ":```  / c:a``b / :  / c:x"},
	      {"`a ``b", ":`a ``b"});
}
END_TEST

START_TEST(equations_are_kept_to_the_letter)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"$x^2$", "$:x^2"}, {"$`x`$5", "$:x / :5"},
		  {"$`a$b`$", "$:a$b"}, {"$`x`$$y$", "$:x / $:y"}, {"$` x`$", "$: x"},
		  {"<math expression=\"a&#10;b\" />", "$:a\nb"}, {"**$x$**", "b$:x"});
	BOTH_WAYS(INLINE_CELL, {"$\\|x\\|$", "$:|x|"},
		  {"<math expression=\"&#92;&#124;\" />", "$:\\|"});
}
END_TEST

START_TEST(mentions_of_every_kind)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"<mention url=\"user://" ID "\">Ada</mention>", "@user:@Ada"},
		  {"<mention url=\"https://www.notion.so/" ID_HEX "\">The \\[Plan\\]</mention>",
		   "@page:The [Plan]"},
		  {"<mention type=\"database\" url=\"https://www.notion.so/" ID_HEX
		   "\">The \\[Plan\\]</mention>",
		   "@database:The [Plan]"},
		  {"<date start=\"2026-01-31\" />", "@date:2026-01-31"},
		  {"<date start=\"2026-01-31\" end=\"2026-02-01\" time-zone=\"Europe/Zurich\" />",
		   "@date:2026-01-31 \xe2\x86\x92 2026-02-01"},
		  {"<mention type=\"template\" name=\"today\" />", "@template:today"},
		  {"<mention type=\"template\" name=\"me\" />", "@template:me"},
		  {":party:", "@emoji::party:"},
		  {"<mention type=\"link\" url=\"https://x.example\">X</mention>", "@link:X"},
		  {"<mention type=\"preview\" url=\"https://x.example\">X</mention>", "@preview:X"},
		  {"<mention type=\"other\" json=\"{&quot;a&quot;:1}\">X</mention>", "@other:X"});
	READS(INLINE_PARAGRAPH, {"<mention-user url=\"{{user://" ID "}}\"/>", "@user:"},
	      {"<mention-user url=\"user://" ID "\">Ada</mention-user>", "@user:@Ada"},
	      {"<mention-page url=\"https://www.notion.so/" ID_HEX "\">A \\*B</mention-page>",
	       "@page:A *B"},
	      {"<mention-page url=\"https://www.notion.so/P-" ID_HEX "\"/>", "@page:"},
	      {"<mention-date start=\"2026-01-31\" startTime=\"09:30\"/>",
	       "@date:2026-01-31T09:30"},
	      {"<mention url=\"nowhere\">X</mention>", ":<mention url=\"nowhere\">X</mention>"});
}
END_TEST

START_TEST(newlines_suit_the_context)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"a\\\nb", ":a\nb"}, {"<br>a<br>\\\nb<br>", ":\na\n\nb\n"},
		  {"a&#32;\\\n&#32;b", ":a \n b"});
	BOTH_WAYS(INLINE_LINE, {"a<br>b", ":a\nb"});
	BOTH_WAYS(INLINE_CELL, {"a<br>b \\| c", ":a\nb | c"}, {"`a\\|b`", "c:a|b"});
	BOTH_WAYS(INLINE_TAG, {"a<br># b", ":a\n# b"}, {"<code>\\</p></code>", "c:</p>"});
	BOTH_WAYS(INLINE_VALUE, {"a\n b ", ":a\n b "}, {"# **x**\n", ":#  / b:x / :\n"});
	BOTH_WAYS(INLINE_CAPTION, {"a \\[b", ":a [b"}, {"[t](u)", ">u:t"});
}
END_TEST

START_TEST(wrapped_lines_are_one_and_breaks_are_kept)
{
	READS(INLINE_PARAGRAPH, {"a\nb", ":a b"}, {"a \n   b", ":a b"}, {"a  \nb", ":a\nb"},
	      {"a<br/>b<br>\nc", ":a\nb\nc"}, {"  a  ", ":a"}, {"a\\", ":a\\"},
	      {"`a\nb`", "c:a b"});
}
END_TEST

START_TEST(edge_blanks_and_control_characters_are_kept)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"&#32;", ": "}, {"&#32; &#32;", ":   "},
		  {"&#9;x&#9;", ":\tx\t"}, {"a&#13;b&#1;", ":a\rb\x01"},
		  {"&#65279;x", ":\xef\xbb\xbfx"});
}
END_TEST

START_TEST(a_line_is_never_taken_for_a_block)
{
	BOTH_WAYS(INLINE_PARAGRAPH, {"\\# x", ":# x"}, {"\\- x", ":- x"}, {"\\+ x", ":+ x"},
		  {"1\\. x", ":1. x"}, {"12\\) x", ":12) x"}, {"\\> x", ":> x"}, {"\\---", ":---"},
		  {"a\\\n\\===", ":a\n==="}, {"\\| a |", ":| a |"}, {"\\::: x", ":::: x"},
		  {"\\[ ] x", ":[ ] x"}, {"\\[!NOTE]", ":[!NOTE]"}, {"a\\\n\\- b", ":a\n- b"},
		  {"-x", ":-x"}, {"1.5", ":1.5"}, {"=x", ":=x"});
	BOTH_WAYS(INLINE_LINE, {"C \\#", ":C #"}, {"C#", ":C#"}, {"\\# x", ":# x"});
	BOTH_WAYS(INLINE_VALUE, {"# x", ":# x"}, {"- x", ":- x"});
}
END_TEST

START_TEST(other_spellings_of_styles_are_read)
{
	READS(INLINE_PARAGRAPH, {"_i_ __b__", "i:i / :  / b:b"},
	      {"<strong>b</strong><em>i</em><del>s</del>", "b:b / i:i / s:s"},
	      {"<span underline=\"true\">u</span>", "u:u"},
	      {"<span color=\"red_background\">r</span>", "#red_background:r"}, {"<B>b</B>", "b:b"},
	      {"&lt;&#x41;&nbsp;", ":<A\xc2\xa0"});
}
END_TEST

START_TEST(unknown_and_unclosed_tags_are_text)
{
	READS(INLINE_PARAGRAPH, {"<foo>x</foo>", ":<foo>x</foo>"}, {"<b>x", ":<b>x"},
	      {"x</b>", ":x</b>"}, {"<span>x</span>", ":<span>x</span>"},
	      {"<b>x<i>y</b>z</i>", "b:x<i>y / :z</i>"}, {"a <b", ":a <b"});
	struct arena arena = {0};
	struct diagnostics diagnostics;
	struct rich_text text;
	diagnostics_init(&diagnostics);
	inline_parse(&arena, "a\nb <u>c", 8, INLINE_PARAGRAPH, NULL, 7, &diagnostics, &text);
	ck_assert_uint_eq(diagnostics.count, 1);
	ck_assert_uint_eq(diagnostics.items[0].line, 8);
	ck_assert(!diagnostics.has_error);
	diagnostics_release(&diagnostics);
	arena_release(&arena);
}
END_TEST

START_TEST(attributes_are_read_in_any_quotes)
{
	static const char source[] = "<Callout icon=\"&quot;&#10;\" Color='red' wide x=y/>rest";
	struct arena arena = {0};
	struct tag tag;
	ck_assert(tag_parse(&arena, source, strlen(source), &tag));
	ck_assert_str_eq(tag.name, "callout");
	ck_assert_str_eq(tag_attribute(&tag, "icon"), "\"\n");
	ck_assert_str_eq(tag_attribute(&tag, "color"), "red");
	ck_assert_str_eq(tag_attribute(&tag, "wide"), "");
	ck_assert_str_eq(tag_attribute(&tag, "x"), "y/");
	ck_assert_ptr_null(tag_attribute(&tag, "none"));
	ck_assert_uint_eq(tag.len, strlen(source) - strlen("rest"));
	static const char *const none[] = {"<",		"<1>",	  "<a",	 "<a b=>",
					   "<a \"x\">", "</a b>", "< a>"};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		ck_assert(!tag_parse(&arena, none[i], strlen(none[i]), &tag));
	}
	arena_release(&arena);
}
END_TEST

START_TEST(an_attribute_is_one_line_whatever_it_holds)
{
	CLEANUP(buf) struct buf out;
	buf_init(&out, 1000);
	tag_render_attribute(&out, "a", "\"<>\n|[]&amp;&x\\");
	tag_render_attribute(&out, "none", NULL);
	ck_assert_str_eq(out.data, " a=\"&quot;&lt;&gt;&#10;&#124;&#91;&#93;&amp;amp;&x&#92;\"");
}
END_TEST

SUITE_CASES = {
	&what_is_no_mark_stays_as_it_is,
	&what_would_be_a_mark_gets_a_backslash,
	&each_style_has_its_marks,
	&where_delimiters_do_not_flank_there_are_tags,
	&links_keep_any_target,
	&code_holds_anything,
	&equations_are_kept_to_the_letter,
	&mentions_of_every_kind,
	&newlines_suit_the_context,
	&wrapped_lines_are_one_and_breaks_are_kept,
	&edge_blanks_and_control_characters_are_kept,
	&a_line_is_never_taken_for_a_block,
	&other_spellings_of_styles_are_read,
	&unknown_and_unclosed_tags_are_text,
	&attributes_are_read_in_any_quotes,
	&an_attribute_is_one_line_whatever_it_holds,
};
SUITE_MAIN("inline")
