#include "mapping/block.h"

#include <string.h>

#include "tests/unit/suite.h"

static struct block *add(struct block_tree *tree, struct block *parent, const char *text)
{
	struct block *block = block_append(tree, parent, BLOCK_PARAGRAPH);
	block->text.runs = arena_alloc(&tree->arena, sizeof(struct run));
	block->text.runs[0].text = text;
	block->text.runs[0].text_len = strlen(text);
	block->text.count = 1;
	return block;
}

static void assert_children(const struct block *parent, const char *texts)
{
	char joined[64] = "";
	size_t count = 0;
	const struct block *previous = NULL;
	block_children_foreach (child, parent) {
		strcat(joined, child->text.runs[0].text);
		ck_assert_ptr_eq(child->previous, previous);
		ck_assert_ptr_eq(child->parent, parent);
		previous = child;
		count++;
	}
	ck_assert_str_eq(joined, texts);
	ck_assert_ptr_eq(parent->last_child, previous);
	ck_assert_uint_eq(parent->child_count, count);
}

START_TEST(blocks_are_linked_moved_and_taken_out)
{
	CLEANUP(block_tree) struct block_tree *tree = block_tree_new();
	struct block *a = add(tree, &tree->root, "a");
	struct block *b = add(tree, &tree->root, "b");
	struct block *c = add(tree, &tree->root, "c");
	assert_children(&tree->root, "abc");
	ck_assert_uint_eq(tree->block_count, 3);
	block_unlink(b);
	assert_children(&tree->root, "ac");
	ck_assert_ptr_null(b->parent);
	block_insert(&tree->root, b, a);
	assert_children(&tree->root, "bac");
	block_unlink(b);
	block_insert(&tree->root, b, NULL);
	assert_children(&tree->root, "acb");
	block_unlink(a);
	block_unlink(c);
	block_unlink(b);
	assert_children(&tree->root, "");
	block_insert(a, c, NULL);
	assert_children(a, "c");
}
END_TEST

START_TEST(every_name_finds_its_type_and_colour)
{
	for (int type = 0; type < BLOCK_OTHER; type++) {
		const char *name = block_type_name((enum block_type)type);
		ck_assert_int_eq(block_type_from_name(name, strlen(name)), type);
	}
	ck_assert_int_eq(block_type_from_name("paragraphs", 10), BLOCK_OTHER);
	ck_assert_int_eq(block_type_from_name("paragraphs", 9), BLOCK_PARAGRAPH);
	for (int color = 0; color < COLOR_COUNT; color++) {
		const char *name = color_name((enum color)color);
		ck_assert_int_eq(color_from_name(name, strlen(name)), color);
	}
	ck_assert_int_eq(color_from_name("teal", 4), COLOR_COUNT);
}
END_TEST

START_TEST(what_notion_allows_each_type)
{
	struct block heading = {.type = BLOCK_HEADING_2};
	ck_assert(!block_can_have_children(&heading));
	heading.is_toggleable = true;
	ck_assert(block_can_have_children(&heading));
	ck_assert(!block_can_have_children(&(struct block){.type = BLOCK_CODE}));
	ck_assert(block_can_have_children(&(struct block){.type = BLOCK_TABLE}));
	ck_assert(!block_type_is_creatable(BLOCK_CHILD_PAGE));
	ck_assert(!block_type_is_creatable(BLOCK_OTHER));
	ck_assert(block_type_is_creatable(BLOCK_TAB));
	ck_assert(!block_type_is_updatable(BLOCK_DIVIDER));
	ck_assert(block_type_is_updatable(BLOCK_TABLE_ROW));
}
END_TEST

START_TEST(what_a_missing_line_must_not_delete)
{
	static const enum block_type types[] = {
		BLOCK_CHILD_PAGE,   BLOCK_CHILD_DATABASE, BLOCK_UNSUPPORTED,  BLOCK_MEETING_NOTES,
		BLOCK_LINK_PREVIEW, BLOCK_OTHER,	  BLOCK_SYNCED_BLOCK, BLOCK_TRANSCRIPTION};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ck_assert(block_is_protected(&(struct block){.type = types[i]}));
	}
	struct block image = {.type = BLOCK_IMAGE, .media = MEDIA_FILE};
	struct block copy = {.type = BLOCK_SYNCED_BLOCK, .is_synced_copy = true};
	ck_assert(block_is_protected(&image));
	image.media = MEDIA_EXTERNAL;
	ck_assert(!block_is_protected(&image));
	ck_assert(!block_is_protected(&copy));
	ck_assert(!block_is_protected(&(struct block){.type = BLOCK_PARAGRAPH}));
}
END_TEST

/* Hash and equality must agree. */
static bool is_equal(const struct block *a, const struct block *b)
{
	CLEANUP(block_tree) struct block_tree *one = block_tree_new();
	CLEANUP(block_tree) struct block_tree *two = block_tree_new();
	struct block *first = block_append(one, &one->root, a->type);
	struct block *second = block_append(two, &two->root, b->type);
	*first = *a;
	*second = *b;
	first->parent = &one->root;
	second->parent = &two->root;
	block_tree_hash(one);
	block_tree_hash(two);
	bool same = block_payload_equal(first, second);
	ck_assert_int_eq(same, first->hash == second->hash);
	ck_assert_int_eq(same, one->root.hash == two->root.hash);
	return same;
}

START_TEST(each_field_counts_and_ids_do_not)
{
	struct run run = {.text = "x", .text_len = 1};
	struct rich_text text = {&run, 1};
	const struct block plain = {.type = BLOCK_PARAGRAPH};
	const struct block others[] = {
		{.type = BLOCK_QUOTE},
		{.text = text},
		{.caption = text},
		{.color = COLOR_RED},
		{.icon = {.kind = ICON_EMOJI, .text = "x"}},
		{.is_toggleable = true},
		{.checked = true},
		{.has_column_header = true},
		{.has_row_header = true},
		{.table_width = 2},
		{.cells = &text, .cell_count = 1},
		{.language = "c"},
		{.expression = "x"},
		{.url = "x"},
		{.media = MEDIA_EXTERNAL},
		{.name = "x"},
		{.link_target = LINK_TO_DATABASE_ID},
		{.target = {{1}}},
		{.is_synced_copy = true},
		{.width_ratio = "0.5"},
		{.list_start_index = 2},
		{.list_format = "roman"},
		{.block_type = "button"},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		ck_assert_msg(!is_equal(&plain, &others[i]), "field %zu does not count", i);
		ck_assert_msg(is_equal(&others[i], &others[i]), "field %zu is not steady", i);
	}
	const struct block same = {
		.has_id = true, .id = {{7}}, .raw = "{}", .line = 4, .has_children = true};
	ck_assert(is_equal(&plain, &same));
}
END_TEST

START_TEST(signatures_and_spellings_of_numbers_do_not_count)
{
	struct block a = {.media = MEDIA_FILE, .url = "https://f.example/a?sig=1"};
	struct block b = {.media = MEDIA_FILE, .url = "https://f.example/a"};
	ck_assert(is_equal(&a, &b));
	a.media = b.media = MEDIA_EXTERNAL;
	ck_assert(!is_equal(&a, &b));
	struct block half = {.width_ratio = "0.5"};
	struct block same_half = {.width_ratio = "0.50"};
	ck_assert(is_equal(&half, &same_half));
}
END_TEST

START_TEST(labels_of_mentions_do_not_count)
{
	struct run ada = {.kind = RUN_MENTION,
			  .mention = MENTION_USER,
			  .id = {{1}},
			  .text = "@Ada",
			  .text_len = 4,
			  .raw = "{}"};
	struct run bob = {.kind = RUN_MENTION, .mention = MENTION_USER, .id = {{1}}, .text = ""};
	struct block a = {.text = {&ada, 1}};
	struct block b = {.text = {&bob, 1}};
	ck_assert(is_equal(&a, &b));
	bob.id.bytes[0] = 2;
	ck_assert(!is_equal(&a, &b));
}
END_TEST

START_TEST(a_subtree_is_its_shape_too)
{
	CLEANUP(block_tree) struct block_tree *tree = block_tree_new();
	struct block *a = add(tree, &tree->root, "a");
	struct block *b = add(tree, &tree->root, "a");
	ck_assert(block_subtree_equal(a, b));
	struct block *inner = add(tree, a, "x");
	ck_assert(!block_subtree_equal(a, b));
	add(tree, b, "x");
	ck_assert(block_subtree_equal(a, b));
	block_tree_hash(tree);
	ck_assert_uint_eq(a->hash, b->hash);
	ck_assert_uint_ne(a->hash, inner->hash);
}
END_TEST

START_TEST(lengths_are_counted_in_utf16_units)
{
	ck_assert_uint_eq(utf16_length("abc", 3), 3);
	ck_assert_uint_eq(utf16_length("\xc3\xa9\xe2\x82\xac", 5), 2);
	ck_assert_uint_eq(utf16_length("\xf0\x9f\x98\x80", 4), 2);
}
END_TEST

SUITE_CASES = {
	&blocks_are_linked_moved_and_taken_out, &every_name_finds_its_type_and_colour,
	&what_notion_allows_each_type,		&what_a_missing_line_must_not_delete,
	&each_field_counts_and_ids_do_not,	&signatures_and_spellings_of_numbers_do_not_count,
	&labels_of_mentions_do_not_count,	&a_subtree_is_its_shape_too,
	&lengths_are_counted_in_utf16_units,
};
SUITE_MAIN("block")
