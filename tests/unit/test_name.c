#include "mapping/name.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "tests/unit/suite.h"

static const struct uuid id = {{0x38, 0xc9, 0xce, 0x7b, 0x60, 0xa4, 0x81, 0xd0, 0x9a, 0x00, 0x11,
				0x22, 0x33, 0x44, 0x1a, 0x2b}};

static const struct {
	const char *title;
	const char *stem;
} exact_names[] = {
	{"Roadmap", "Roadmap"},
	{"Q1: plan \"A\" (draft)?", "Q1: plan \"A\" (draft)?"},
	{"TCP/IP", "TCP∕IP"},
	{"TCP∕IP", "TCP␛∕IP"},
	{"/", "∕"},
	{".", "․"},
	{"..", "․․"},
	{"...", "․.․"},
	{"․", "␛․"},
	{".git", "․git"},
	{".schema.yaml", "․schema.yaml"},
	{".assets", "․assets"},
	{".notionfs", "․notionfs"},
	{"../../etc/passwd", "․.∕..∕etc∕passwd"},
	{"README.md", "README․md"},
	{".md", "․md"},
	{"a.md.md", "a.md․md"},
	{"To be continued...", "To be continued..․"},
	{"trailing ", "trailing␠"},
	{"  ", " ␠"},
	{" leading", " leading"},
	{"two\nlines\tand a tab", "two␊lines␉and a tab"},
	{"\x01\x1f\x7f", "␁␟␡"},
	{"esc \x1b[0m", "esc ␛1B␛[0m"},
	{"␛", "␛␛"},
	{"␛1B␛", "␛␛1B␛␛"},
	{"␊ ␠ ␡ ␀", "␛␊ ␛␠ ␛␡ ␀"},
	{"rtl \xe2\x80\xae gpj.exe", "rtl ␛202E␛ gpj.exe"},
	{"mark\xe2\x80\x8f", "mark␛200F␛"},
	{"c1\xc2\x85", "c1␛85␛"},
	{"line\xe2\x80\xa8separator", "line␛2028␛separator"},
	{"CON", "CON"},
	{"notes_BASE_12", "notes_BASE_12"},
	{"x ~1a2c", "x ~1a2c"},
	{"Budget ~2024", "Budget ~2024"},
	{"-rf *", "-rf *"},
	{"これは「重要」です", "これは「重要」です"},
	{"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
	{"👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"},
	{"", "Untitled"},
};

START_TEST(every_row_of_the_table_reads_both_ways)
{
	char stem[NAME_STEM_MAX_BYTES + 1];
	for (size_t i = 0; i < sizeof exact_names / sizeof exact_names[0]; i++) {
		name_from_title(exact_names[i].title, stem);
		ck_assert_str_eq(stem, exact_names[i].stem);
		char *title = name_to_title(stem, &id);
		ck_assert_str_eq(title, exact_names[i].title);
		free(title);
		ck_assert(name_is_exact(exact_names[i].title, stem, &id));
		ck_assert(name_is_exact(exact_names[i].title, stem, NULL));
	}
}
END_TEST

START_TEST(a_title_the_stem_cannot_carry_is_said_to_be_so)
{
	char stem[NAME_STEM_MAX_BYTES + 1];
	/* "Untitled" is the name of the empty title; the word itself needs a `title:`. */
	name_from_title("Untitled", stem);
	ck_assert_str_eq(stem, "Untitled");
	ck_assert(!name_is_exact("Untitled", stem, &id));
	/* Decomposed letters are composed. */
	name_from_title("e\xcc\x81", stem);
	ck_assert_str_eq(stem, "\xc3\xa9");
	ck_assert(!name_is_exact("e\xcc\x81", stem, &id));
	/* A title that ends in what would be this very page's suffix. */
	name_from_title("x ~1a2b", stem);
	ck_assert_str_eq(stem, "x ~1a2b");
	ck_assert(!name_is_exact("x ~1a2b", stem, &id));
	ck_assert(name_is_exact("x ~1a2b", stem, NULL));
	/* What is no UTF-8 (or hides a NUL) becomes the replacement character. */
	name_from_title("a\xc0\x80z\xff", stem);
	ck_assert_str_eq(stem, "a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd");
	ck_assert(!name_is_exact("a\xc0\x80z\xff", stem, &id));
}
END_TEST

/* `count` times `piece`; the caller frees. */
static char *repeat(const char *piece, size_t count)
{
	size_t len = strlen(piece);
	char *text = calloc(count, len + 1);
	for (size_t i = 0; i < count; i++) {
		memcpy(text + i * len, piece, len);
	}
	return text;
}

static const struct {
	const char *piece;
	size_t count;
	size_t stem_len;
} long_titles[] = {
	{"a", 200, 200},
	{"a", 201, 200},
	{"😀", 300, 200},
	{"é", 150, 200},
	{"日", 300, 198},
	{"👩‍👩‍👧‍👦", 300, 200}, /* 25 bytes each */
	{"👍🏽!", 50, 198}, /* 9 bytes: 8 for the thumb, never cut from its skin */
	{"/", 300, 198},
	{"\xe2\x80\xae", 300, 200}, /* ten bytes as ␛202E␛, never cut inside */
	{"e\xcc\x81", 300, 200},
	{".", 300, 3},
	{" ", 300, 8}, /* Untitled */
};

START_TEST(long_titles_are_cut_between_graphemes)
{
	char stem[NAME_STEM_MAX_BYTES + 1];
	for (size_t i = 0; i < sizeof long_titles / sizeof long_titles[0]; i++) {
		char *title = repeat(long_titles[i].piece, long_titles[i].count);
		name_from_title(title, stem);
		ck_assert_uint_eq(strlen(stem), long_titles[i].stem_len);
		ck_assert_int_eq(name_is_exact(title, stem, &id), strlen(title) <= 200);
		free(title);
	}
}
END_TEST

START_TEST(a_grapheme_that_is_too_long_by_itself_is_cut_between_characters)
{
	char stem[NAME_STEM_MAX_BYTES + 1];
	char *marks = repeat("\xcd\x97", 300);
	char title[602];
	title[0] = 'q';
	memcpy(title + 1, marks, 601);
	name_from_title(title, stem);
	ck_assert_uint_eq(strlen(stem), 199);
	ck_assert_int_eq(stem[0], 'q');
	free(marks);
}
END_TEST

START_TEST(a_cut_never_leaves_a_dot_space_or_md_at_the_end)
{
	static const char *const ends[] = {".", " ", ".md", ".md.md", ". . "};
	char stem[NAME_STEM_MAX_BYTES + 1];
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		char title[300] = "";
		memset(title, 'x', 200 - strlen(ends[i]));
		strcat(title, ends[i]);
		strcat(title, "tail");
		name_from_title(title, stem);
		ck_assert_uint_eq(strlen(stem), 200 - strlen(ends[i]));
		ck_assert_int_eq(stem[strlen(stem) - 1], 'x');
	}
}
END_TEST

START_TEST(a_suffix_comes_from_the_last_digits_of_the_id)
{
	char stem[NAME_STEM_MAX_BYTES + 1];
	name_with_suffix("Fix login", &id, 4, stem);
	ck_assert_str_eq(stem, "Fix login ~1a2b");
	ck_assert(name_is_exact("Fix login", stem, &id));
	ck_assert(!name_is_exact("Fix login", stem, NULL));
	name_with_suffix("Fix login", &id, 8, stem);
	ck_assert_str_eq(stem, "Fix login ~33441a2b");
	ck_assert(name_is_exact("Fix login", stem, &id));
	name_with_suffix("Untitled", &id, 32, stem);
	ck_assert_str_eq(stem, "Untitled ~38c9ce7b60a481d09a00112233441a2b");
	ck_assert(name_is_exact("", stem, &id));

	const struct uuid other = {{1}};
	char *title = name_to_title("Fix login ~1a2b", &other);
	ck_assert_str_eq(title, "Fix login ~1a2b");
	free(title);
	title = name_to_title(" ~1a2b", &id);
	ck_assert_str_eq(title, " ~1a2b");
	free(title);
}
END_TEST

START_TEST(a_suffix_fits_by_cutting_the_stem)
{
	char *title = repeat("日本/", 50);
	char stem[NAME_STEM_MAX_BYTES + 1];
	name_from_title(title, stem);
	ck_assert_uint_eq(strlen(stem), 198);
	name_with_suffix(stem, &id, 4, stem);
	ck_assert_uint_eq(strlen(stem), 192 + 6);
	ck_assert_str_eq(stem + 192, " ~1a2b");
	ck_assert(!name_is_exact(title, stem, &id));
	free(title);
}
END_TEST

START_TEST(what_no_title_gives_is_read_as_it_stands)
{
	static const char *const rows[][2] = {
		{"a∕b․c", "a/b.c"},   {"␛", "␛"},	  {"␛q", "␛q"},
		{"␛41␛", "␛41␛"},     {"␛202E", "␛202E"}, {"␛FFFFFFFF␛", "␛FFFFFFFF␛"},
		{"␛202e␛", "␛202e␛"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *title = name_to_title(rows[i][0], NULL);
		ck_assert_str_eq(title, rows[i][1]);
		free(title);
	}
}
END_TEST

START_TEST(a_page_file_ends_in_md_and_is_not_local)
{
	static const char *const globs[] = {"*_BASE_[0-9]*.md", "*_LOCAL_[0-9]*.md", NULL};
	ck_assert(name_is_page("Roadmap.md", globs));
	ck_assert(name_is_page("Roadmap.md", NULL));
	ck_assert(name_is_page("a.md.md", globs));
	ck_assert(name_is_page("日本.md", globs));
	ck_assert(!name_is_page("Roadmap.MD", globs));
	ck_assert(!name_is_page("Roadmap.txt", globs));
	ck_assert(!name_is_page("Roadmap.md~", globs));
	ck_assert(!name_is_page(".md", globs));
	ck_assert(!name_is_page(".hidden.md", globs));
	ck_assert(!name_is_page("", globs));
	ck_assert(!name_is_page("bad\xff.md", globs));
	ck_assert(!name_is_page("Roadmap_BASE_1234.md", globs));
	ck_assert(!name_is_page("Roadmap_LOCAL_1.md", globs));
	ck_assert(name_is_page("Roadmap_LOCAL_x.md", globs));
	ck_assert(name_is_page("Roadmap_BASE_1234.md", NULL));
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void random_title(uint32_t *state, char *title, size_t size)
{
	static const char *const pieces[] = {
		"a",
		"Z",
		"/",
		".",
		"..",
		" ",
		"\n",
		"\x1b",
		"\x01",
		"\x7f",
		"∕",
		"․",
		"␠",
		"␛",
		"␡",
		"␊",
		"1B␛",
		"202E",
		"␛202E␛",
		".md",
		"é",
		"e\xcc\x81",
		"😀",
		"👩‍👧",
		"日本",
		"ا",
		"\xe2\x80\xae",
		"\xe2\x80\x8f",
		"~",
		" ~1a2b",
		"\xc2\x85",
		"\xe2\x80\xa8",
		"Untitled",
		".git",
		"\\",
		":",
		"🇩🇪",
	};
	size_t count = next_random(state) % (next_random(state) % 8 == 0 ? 200 : 12);
	title[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[next_random(state) % (sizeof pieces / sizeof pieces[0])];
		if (strlen(title) + strlen(piece) < size) {
			strcat(title, piece);
		}
	}
}

static bool is_valid_utf8(const char *text)
{
	for (size_t len = strlen(text); len > 0;) {
		int32_t character = 0;
		utf8proc_ssize_t used =
			utf8proc_iterate((const uint8_t *)text, (utf8proc_ssize_t)len, &character);
		if (used <= 0 || character < 0x20 || character == 0x7F) {
			return false;
		}
		text += used;
		len -= (size_t)used;
	}
	return true;
}

START_TEST(random_hostile_titles_come_back_whenever_they_were_not_cut_or_composed)
{
	uint32_t state = 20261121;
	unsigned exact_count = 0;
	for (unsigned round = 0; round < 20000; round++) {
		char title[2000];
		char stem[NAME_STEM_MAX_BYTES + 1];
		random_title(&state, title, sizeof title);
		name_from_title(title, stem);
		size_t len = strlen(stem);
		ck_assert_msg(len > 0 && len <= NAME_STEM_MAX_BYTES, "length of %s", title);
		ck_assert_msg(is_valid_utf8(stem), "%s", stem);
		ck_assert_msg(strchr(stem, '/') == NULL && stem[0] != '.', "%s", stem);
		ck_assert_msg(stem[len - 1] != '.' && stem[len - 1] != ' ', "%s", stem);
		ck_assert_msg(len < 3 || strcmp(stem + len - 3, ".md") != 0, "%s", stem);

		char *composed = (char *)utf8proc_NFC((const uint8_t *)title);
		char *stem_composed = (char *)utf8proc_NFC((const uint8_t *)stem);
		ck_assert_str_eq(stem, stem_composed);
		free(stem_composed);
		char *read_back = name_to_title(stem, NULL);
		bool is_exact = name_is_exact(title, stem, NULL);
		ck_assert_int_eq(is_exact, strcmp(read_back, title) == 0);
		/* A byte of a title takes at most eight of a stem: this one was not cut. */
		if (strcmp(composed, title) == 0 && strlen(title) * 8 <= NAME_STEM_MAX_BYTES &&
		    strcmp(title, "Untitled") != 0) {
			ck_assert_msg(is_exact, "%s -> %s", title, stem);
		}
		exact_count += is_exact;

		/* The stem of what was read back is the same stem: one title, one name. */
		char again[NAME_STEM_MAX_BYTES + 1];
		name_from_title(read_back, again);
		if (is_exact) {
			ck_assert_str_eq(again, stem);
		}
		for (unsigned digits = 4; digits <= 32; digits += 4) {
			name_with_suffix(stem, &id, digits, again);
			ck_assert_uint_le(strlen(again), NAME_STEM_MAX_BYTES);
			ck_assert(is_valid_utf8(again));
			char *title_again = name_to_title(again, &id);
			if (is_exact && len + digits + 2 <= NAME_STEM_MAX_BYTES) {
				ck_assert_str_eq(title_again, title);
			}
			free(title_again);
		}
		free(composed);
		free(read_back);
	}
	ck_assert_uint_gt(exact_count, 10000);
}
END_TEST

SUITE_CASES = {
	&every_row_of_the_table_reads_both_ways,
	&a_title_the_stem_cannot_carry_is_said_to_be_so,
	&long_titles_are_cut_between_graphemes,
	&a_grapheme_that_is_too_long_by_itself_is_cut_between_characters,
	&a_cut_never_leaves_a_dot_space_or_md_at_the_end,
	&a_suffix_comes_from_the_last_digits_of_the_id,
	&a_suffix_fits_by_cutting_the_stem,
	&what_no_title_gives_is_read_as_it_stands,
	&a_page_file_ends_in_md_and_is_not_local,
	&random_hostile_titles_come_back_whenever_they_were_not_cut_or_composed,
};
SUITE_MAIN("name")
