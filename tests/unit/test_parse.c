#include "mapping/parse.h"

#include <errno.h>
#include <string.h>

#include "mapping/render.h"
#include "tests/unit/suite.h"

static struct block_tree *parse(const char *text)
{
	struct block_tree *tree = NULL;
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, NULL, NULL, NULL, &tree), 0);
	return tree;
}

static void assert_same(const char *text, const char *other)
{
	struct block_tree *tree = parse(text);
	struct block_tree *same = parse(other);
	ck_assert(block_subtree_equal(&tree->root, &same->root));
	block_tree_free(tree);
	block_tree_free(same);
}

static void assert_error(const char *text, unsigned line, unsigned column)
{
	struct diagnostics diagnostics;
	struct block_tree *tree = NULL;
	diagnostics_init(&diagnostics);
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, NULL, NULL, &diagnostics, &tree),
			 -EINVAL);
	ck_assert_ptr_null(tree);
	ck_assert_uint_eq(diagnostics_first_error(&diagnostics)->line, line);
	ck_assert_uint_eq(diagnostics_first_error(&diagnostics)->column, column);
	diagnostics_release(&diagnostics);
}

START_TEST(a_head_ends_at_its_second_line_of_dashes)
{
	struct page_text page;
	const char *text = "\xef\xbb\xbf---\r\nicon: x\r\n---\r\nbody\n";
	parse_split(text, strlen(text), &page);
	ck_assert_uint_eq(page.frontmatter_len, strlen("icon: x\r\n"));
	ck_assert_uint_eq(page.frontmatter_line, 2);
	ck_assert_str_eq(page.body, "body\n");
	ck_assert_uint_eq(page.body_line, 4);
}
END_TEST

START_TEST(dashes_without_a_second_line_are_a_divider)
{
	struct page_text page;
	const char *text = "---\ntext\n";
	parse_split(text, strlen(text), &page);
	ck_assert_ptr_null(page.frontmatter);
	ck_assert_uint_eq(page.body_len, strlen(text));
	ck_assert_uint_eq(page.body_line, 1);
}
END_TEST

START_TEST(a_page_that_begins_with_a_divider_gets_an_empty_head)
{
	struct block_tree *tree = parse("---\n\ntext\n\n---\n");
	struct page_text page;
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	render_page(NULL, tree, NULL, &out);
	ck_assert_str_eq(out.data, "---\n---\n\n---\n\ntext\n\n---\n");
	parse_split(out.data, out.len, &page);
	ck_assert_uint_eq(page.frontmatter_len, 0);
	ck_assert_str_eq(page.body, "\n---\n\ntext\n\n---\n");
	buf_clear(&out);
	render_page("---\nicon: x\n---\n", tree, NULL, &out);
	ck_assert_str_eq(out.data, "---\nicon: x\n---\n\n---\n\ntext\n\n---\n");
	buf_release(&out);
	block_tree_free(tree);
}
END_TEST

START_TEST(no_blocks_are_no_text)
{
	struct block_tree *tree = parse("\n \n\t\n");
	struct buf out;
	buf_init(&out, BUF_PAGE_MAX_BYTES);
	ck_assert_ptr_null(tree->root.first_child);
	render_page("---\nicon: x\n---\n", tree, NULL, &out);
	ck_assert_str_eq(out.data, "---\nicon: x\n---\n");
	buf_release(&out);
	block_tree_free(tree);
}
END_TEST

START_TEST(line_ends_of_windows_and_a_byte_order_mark_change_nothing)
{
	const char *unix_text =
		"# a\n\nb\\\nc\n\n- d\n\n\t```c\n\te\n\n\tf\n\t```\n\n<toggle>\ng\n\n> "
		"h\n</toggle>\n";
	struct buf windows;
	buf_init(&windows, BUF_PAGE_MAX_BYTES);
	buf_puts(&windows, "\xef\xbb\xbf");
	for (const char *p = unix_text; *p != '\0'; p++) {
		if (*p == '\n') {
			buf_putc(&windows, '\r');
		}
		buf_putc(&windows, *p);
	}
	assert_same(unix_text, windows.data);
	buf_release(&windows);
}
END_TEST

START_TEST(a_last_line_without_its_end_is_a_line)
{
	assert_same("a\n\n- b\n", "a\n\n- b");
	assert_same("```\na\n```\n", "```\na\n```");
}
END_TEST

START_TEST(each_block_knows_its_line)
{
	const char *text =
		"# a\n\n\nb\nc\n\n- d\n\n\te\n\n| f |\n| - |\n| g |\n\n<toggle>\nh\n\ni\n"
		"</toggle>\n\n```\nj\n```\n> k\n>\n> l\n";
	static const unsigned lines[] = {1, 4, 7, 11, 15, 21, 24};
	struct block_tree *tree = parse(text);
	size_t i = 0;
	block_children_foreach (block, &tree->root) {
		ck_assert_uint_eq(block->line, lines[i]);
		i++;
	}
	ck_assert_uint_eq(i, sizeof(lines) / sizeof(lines[0]));
	struct block *item = tree->root.first_child->next->next;
	ck_assert_uint_eq(item->first_child->line, 9);
	ck_assert_uint_eq(item->next->last_child->line, 13);
	ck_assert_uint_eq(item->next->next->first_child->line, 18);
	ck_assert_uint_eq(tree->root.last_child->first_child->line, 26);
	block_tree_free(tree);
}
END_TEST

START_TEST(lines_are_counted_from_where_the_body_begins)
{
	struct block_tree *tree = NULL;
	ck_assert_int_eq(parse_blocks("\na\n", 3, 5, NULL, NULL, NULL, &tree), 0);
	ck_assert_uint_eq(tree->root.first_child->line, 6);
	block_tree_free(tree);
}
END_TEST

START_TEST(nesting_may_be_tabs_or_two_to_four_spaces)
{
	assert_same("- a\n\t- b\n\t\t- c\n", "- a\n  - b\n    - c\n");
	assert_same("- a\n\t- b\n\t\t- c\n", "- a\n   - b\n      - c\n");
	assert_same("- a\n\t- b\n\t\t- c\n", "- a\n    - b\n        - c\n");
	assert_same("1. a\n\t- b\n\t\t- c\n", "1. a\n  - b\n    - c\n");
	assert_same("1. a\n\t- b\n2. c\n", "1. a\n    - b\n2. c\n");
}
END_TEST

START_TEST(children_of_item_one_hundred_stand_one_tab_deeper)
{
	struct block_tree *tree = parse("100. a\n\n\tb\n\n\t- c\n101. d\n");
	ck_assert_uint_eq(tree->root.child_count, 2);
	ck_assert_uint_eq(tree->root.first_child->child_count, 2);
	block_tree_free(tree);
}
END_TEST

START_TEST(what_is_not_closed_is_an_error_at_its_beginning)
{
	assert_error("a\n\n- b\n\n\t<toggle>\n\tc\n\nd\n", 5, 2);
	assert_error("\xc3\xa9\n\n<p>a\n", 3, 1);
	assert_error("> <callout>\n> a\n", 1, 3);
	assert_error("```\na\n", 1, 1);
	assert_error("$$\na\n", 1, 1);
	assert_error("<table>\n<tr><td>a</td></tr>\n", 1, 1);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_an_error_at_their_place)
{
	assert_error("a\n\xc3\xa9 \xff\n", 2, 3);
	assert_error("a \xed\xa0\x80\n", 1, 3);
	assert_error("\xc0\xaf", 1, 1);

	struct diagnostics diagnostics;
	struct block_tree *tree = NULL;
	diagnostics_init(&diagnostics);
	ck_assert_int_eq(parse_blocks("a\nbc\0d", 6, 7, NULL, NULL, &diagnostics, &tree), -EINVAL);
	ck_assert_uint_eq(diagnostics.items[0].line, 8);
	ck_assert_uint_eq(diagnostics.items[0].column, 3);
	ck_assert_str_eq(diagnostics.items[0].message, "a NUL byte is no text, remove it");
	diagnostics_release(&diagnostics);
}
END_TEST

START_TEST(what_a_tag_has_no_place_for_is_warned_of)
{
	struct diagnostics diagnostics;
	struct block_tree *tree = NULL;
	const char *text = "<p color=\"red\" align=\"center\">x</p>\n";
	diagnostics_init(&diagnostics);
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, NULL, NULL, &diagnostics, &tree), 0);
	ck_assert_uint_eq(diagnostics.count, 1);
	ck_assert_str_eq(diagnostics.items[0].message,
			 "Notion has no align for <p>, it is not sent");
	ck_assert(!diagnostics.has_error);
	diagnostics_release(&diagnostics);
	block_tree_free(tree);
	assert_error("<synced-block-reference>\n</synced-block-reference>\n", 1, 1);
}
END_TEST

START_TEST(nesting_has_a_bound)
{
	struct buf text;
	buf_init(&text, BUF_PAGE_MAX_BYTES);
	for (int i = 0; i < 64; i++) {
		buf_puts(&text, "- ");
	}
	buf_puts(&text, "a\n");
	block_tree_free(parse(text.data));
	buf_splice(&text, 0, 0, "- ", 2);
	assert_error(text.data, 1, 129);
	buf_release(&text);
}
END_TEST

/* A base of two buttons and a hosted picture, with ids. */
static struct block_tree *make_base(void)
{
	struct block_tree *base = block_tree_new();
	for (uint8_t i = 1; i <= 3; i++) {
		struct block *block =
			block_append(base, &base->root, i == 2 ? BLOCK_IMAGE : BLOCK_UNSUPPORTED);
		block->has_id = true;
		block->id = (struct uuid){{i}};
		block->raw = i == 1 ? "{\"one\":1}" : "{}";
		if (i == 2) {
			block->media = MEDIA_FILE;
			block->url = "https://example.com/a.png";
		} else {
			block->block_type = "button";
		}
	}
	return base;
}

static const char *asset(void *context, const struct asset *asset)
{
	(void)context;
	return asset->owner.bytes[0] == 2 ? ".assets/a.png" : NULL;
}

START_TEST(the_base_gives_ids_and_hidden_fields_in_order)
{
	const struct names names = {.asset = asset};
	const char *text =
		"<unknown alt=\"button\" />\n\n![](.assets/a.png)\n\n<unknown alt="
		"\"button\" />\n\n<unknown alt=\"button\" />\n\n<unknown alt=\"form\" />\n";
	struct block_tree *base = make_base();
	struct block_tree *tree = NULL;
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, base, &names, NULL, &tree), 0);
	const struct block *block = tree->root.first_child;
	ck_assert_uint_eq(block->id.bytes[0], 1);
	ck_assert_str_eq(block->raw, "{\"one\":1}");
	block = block->next;
	ck_assert_uint_eq(block->id.bytes[0], 2);
	ck_assert_int_eq(block->media, MEDIA_FILE);
	ck_assert_str_eq(block->url, "https://example.com/a.png");
	block = block->next;
	ck_assert_uint_eq(block->id.bytes[0], 3);
	/* There were only two buttons, and no form. */
	ck_assert(!block->next->has_id);
	ck_assert(!block->next->next->has_id);
	block_tree_free(tree);
	block_tree_free(base);
}
END_TEST

static const char *stored_file(void *context, const char *path)
{
	(void)context;
	return strcmp(path, "pics/my a.png") == 0 ? "https://example.com/a.png" : NULL;
}

static const char *upload(void *context, const char *path)
{
	(void)context;
	return strcmp(path, "../b.pdf") == 0	    ? "upload 1"
	       : strcmp(path, ".assets/a.png") == 0 ? "upload 2"
						    : NULL;
}

START_TEST(a_path_is_the_stored_file_or_an_upload)
{
	const struct names names = {.asset = asset, .stored_file = stored_file, .upload = upload};
	const struct {
		const char *text;
		enum media_kind media;
		const char *url;
		uint8_t id;
	} rows[] = {
		{"![](pics/my%20a.png)\n", MEDIA_FILE, "https://example.com/a.png", 2},
		{"![](<pics/my a.png>)\n", MEDIA_FILE, "https://example.com/a.png", 2},
		{"![](https://example.com/a.png)\n", MEDIA_EXTERNAL, "https://example.com/a.png",
		 0},
		{"<file source=\"../b.pdf\">b</file>\n", MEDIA_FILE_UPLOAD, "upload 1", 0},
		{"![](nowhere.png)\n", MEDIA_FILE, "nowhere.png", 0},
		{"![](https://example.com/b.png)\n", MEDIA_EXTERNAL, "https://example.com/b.png",
		 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct block_tree *base = make_base();
		struct block_tree *tree = NULL;
		ck_assert_int_eq(parse_blocks(rows[i].text, strlen(rows[i].text), 1, base, &names,
					      NULL, &tree),
				 0);
		const struct block *block = tree->root.first_child;
		ck_assert_int_eq(block->media, rows[i].media);
		ck_assert_str_eq(block->url, rows[i].url);
		ck_assert_uint_eq(block->id.bytes[0], rows[i].id);
		block_tree_free(tree);
		block_tree_free(base);
	}
}
END_TEST

static const char *replaced_file(void *context, const char *path, size_t index)
{
	static const char *const urls[] = {"https://example.com/gone.png",
					   "https://example.com/a.png"};
	(void)context;
	return strcmp(path, ".assets/a.png") == 0 && index < 2 ? urls[index] : NULL;
}

START_TEST(other_bytes_at_a_path_are_for_the_block_that_showed_the_old_ones)
{
	const struct names names = {.upload = upload, .replaced_file = replaced_file};
	const char *text = "![](.assets/a.png)\n\n![](.assets/a.png)\n";
	struct block_tree *base = make_base();
	struct block_tree *tree = NULL;
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, base, &names, NULL, &tree), 0);
	const struct block *block = tree->root.first_child;
	ck_assert_int_eq(block->media, MEDIA_FILE_UPLOAD);
	ck_assert_str_eq(block->url, "upload 2");
	ck_assert_uint_eq(block->id.bytes[0], 2);
	/* There was one of them. */
	ck_assert_int_eq(block->next->media, MEDIA_FILE_UPLOAD);
	ck_assert(!block->next->has_id);
	block_tree_free(tree);
	block_tree_free(base);
}
END_TEST

START_TEST(a_stored_file_shown_twice_is_uploaded_for_the_second_place)
{
	const struct names names = {.asset = asset, .upload = upload};
	const char *text = "![](.assets/a.png)\n\n![](.assets/a.png)\n\n"
			   "<callout icon=\".assets/a.png\">c</callout>\n";
	struct block_tree *base = make_base();
	struct block_tree *tree = NULL;
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, base, &names, NULL, &tree), 0);
	const struct block *block = tree->root.first_child;
	ck_assert_int_eq(block->media, MEDIA_FILE);
	ck_assert_uint_eq(block->id.bytes[0], 2);
	ck_assert_int_eq(block->next->media, MEDIA_FILE_UPLOAD);
	ck_assert_str_eq(block->next->url, "upload 2");
	ck_assert(!block->next->has_id);
	ck_assert_int_eq(block->next->next->icon.kind, ICON_FILE_UPLOAD);
	ck_assert_str_eq(block->next->next->icon.text, "upload 2");
	block_tree_free(tree);
	/* Also of a page that is not there yet. */
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, NULL, &names, NULL, &tree), 0);
	ck_assert_int_eq(tree->root.first_child->media, MEDIA_FILE_UPLOAD);
	block_tree_free(tree);
	block_tree_free(base);
}
END_TEST

START_TEST(the_base_never_changes_what_the_text_says)
{
	struct block_tree *base = make_base();
	struct block_tree *with = NULL;
	const char *text =
		"![new caption](https://example.com/other.png)\n\n<unknown alt=\"x\" />\n";
	struct block_tree *without = parse(text);
	ck_assert_int_eq(parse_blocks(text, strlen(text), 1, base, NULL, NULL, &with), 0);
	ck_assert(block_subtree_equal(&with->root, &without->root));
	block_tree_free(with);
	block_tree_free(without);
	block_tree_free(base);
}
END_TEST

SUITE_CASES = {
	&a_head_ends_at_its_second_line_of_dashes,
	&dashes_without_a_second_line_are_a_divider,
	&a_page_that_begins_with_a_divider_gets_an_empty_head,
	&no_blocks_are_no_text,
	&line_ends_of_windows_and_a_byte_order_mark_change_nothing,
	&a_last_line_without_its_end_is_a_line,
	&each_block_knows_its_line,
	&lines_are_counted_from_where_the_body_begins,
	&nesting_may_be_tabs_or_two_to_four_spaces,
	&children_of_item_one_hundred_stand_one_tab_deeper,
	&what_is_not_closed_is_an_error_at_its_beginning,
	&bytes_that_are_no_text_are_an_error_at_their_place,
	&what_a_tag_has_no_place_for_is_warned_of,
	&nesting_has_a_bound,
	&the_base_gives_ids_and_hidden_fields_in_order,
	&a_path_is_the_stored_file_or_an_upload,
	&other_bytes_at_a_path_are_for_the_block_that_showed_the_old_ones,
	&a_stored_file_shown_twice_is_uploaded_for_the_second_place,
	&the_base_never_changes_what_the_text_says,
};
SUITE_MAIN("parse")
