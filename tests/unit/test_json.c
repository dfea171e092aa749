#include "mapping/json.h"

#include <errno.h>
#include <string.h>

#include "mapping/json_value.h"
#include "tests/unit/suite.h"

/* One block of every type, every kind of icon and mention, in read shape. */
static json_t *every_block(void)
{
	json_error_t error;
	json_t *blocks = json_load_file(TEST_DATA "/blocks.json", 0, &error);
	ck_assert_msg(json_is_array(blocks), "%s:%d: %s", error.source, error.line, error.text);
	return blocks;
}

static struct block_tree *tree_of(const json_t *blocks)
{
	struct block_tree *tree = NULL;
	ck_assert_int_eq(block_tree_from_json(blocks, &tree), 0);
	return tree;
}

static struct block_tree *tree_of_text(const char *text)
{
	CLEANUP(json) json_t *blocks = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(blocks);
	return tree_of(blocks);
}

static void assert_json(const json_t *is, const json_t *wanted)
{
	CLEANUP(free) char *is_text = json_dumps(is, JSON_SORT_KEYS | JSON_INDENT(1));
	CLEANUP(free) char *wanted_text = json_dumps(wanted, JSON_SORT_KEYS | JSON_INDENT(1));
	ck_assert_str_eq(is_text, wanted_text);
}

/* Takes over `is`. */
static void assert_json_text(json_t *is, const char *wanted_text)
{
	CLEANUP(json) json_t *owned = is;
	CLEANUP(json) json_t *wanted = json_loads(wanted_text, 0, NULL);
	ck_assert_ptr_nonnull(wanted);
	assert_json(owned, wanted);
}

START_TEST(every_type_is_written_as_it_was_read)
{
	CLEANUP(json) json_t *blocks = every_block();
	CLEANUP(block_tree) struct block_tree *tree = tree_of(blocks);
	CLEANUP(json) json_t *again = block_tree_to_json(tree, BLOCK_SHAPE_READ);
	ck_assert_uint_eq(json_array_size(again), json_array_size(blocks));
	for (size_t i = 0; i < json_array_size(blocks); i++) {
		assert_json(json_array_get(again, i), json_array_get(blocks, i));
	}
}
END_TEST

/* No null but synced_from, and nothing the API only hands out. */
static void assert_writable(const json_t *value, const char *path)
{
	static const char *const read_only[] = {
		"plain_text",  "href",	      "has_children", "list_start_index",
		"list_format", "expiry_time", "object"};
	const char *key;
	json_t *member;
	json_object_foreach ((json_t *)value, key, member) {
		for (size_t i = 0; i < sizeof(read_only) / sizeof(read_only[0]); i++) {
			ck_assert_msg(strcmp(key, read_only[i]) != 0, "%s has %s", path, key);
		}
		ck_assert_msg(!json_is_null(member) || strcmp(key, "synced_from") == 0,
			      "%s.%s is null", path, key);
		assert_writable(member, key);
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		assert_writable(json_array_get(value, i), path);
	}
}

static bool has_unwritable_mention(const struct block *block)
{
	for (size_t i = 0; i < block->text.count; i++) {
		const struct run *run = &block->text.runs[i];
		if (run->kind == RUN_MENTION && run->mention >= MENTION_LINK_MENTION) {
			return true;
		}
	}
	return false;
}

START_TEST(create_shapes_hold_only_what_the_api_accepts)
{
	CLEANUP(json) json_t *blocks = every_block();
	CLEANUP(block_tree) struct block_tree *tree = tree_of(blocks);
	size_t checked = 0;
	block_children_foreach (block, &tree->root) {
		bool is_file_icon = block->icon.kind == ICON_FILE;
		if (!block_type_is_creatable(block->type) || block->media == MEDIA_FILE) {
			continue;
		}
		CLEANUP(json) json_t *created = block_to_json(block, BLOCK_SHAPE_CREATE);
		if (!has_unwritable_mention(block) && !is_file_icon) {
			assert_writable(created, block_type_name(block->type));
			checked++;
		}
		const char *type = json_string_value(json_object_get(created, "type"));
		ck_assert_str_eq(type, block_type_name(block->type));
		ck_assert_ptr_null(json_object_get(created, "children"));
	}
	ck_assert_uint_ge(checked, 35);
}
END_TEST

START_TEST(what_the_parse_filter_prints_reads_back_the_same)
{
	CLEANUP(json) json_t *blocks = every_block();
	CLEANUP(block_tree) struct block_tree *tree = tree_of(blocks);
	CLEANUP(json) json_t *printed = block_tree_to_json(tree, BLOCK_SHAPE_PARSE);
	CLEANUP(block_tree) struct block_tree *again = tree_of(printed);
	ck_assert_uint_eq(again->root.child_count, tree->root.child_count);
	const struct block *other = again->root.first_child;
	block_children_foreach (block, &tree->root) {
		ck_assert_msg(block_subtree_equal(block, other), "%s",
			      block_type_name(block->type));
		other = other->next;
	}
	block_tree_hash(tree);
	block_tree_hash(again);
	ck_assert_uint_eq(tree->root.hash, again->root.hash);
}
END_TEST

START_TEST(children_stand_inside_the_type_where_created)
{
	CLEANUP(block_tree)
	struct block_tree *tree = tree_of_text(
		"[{\"type\":\"column_list\",\"column_list\":{},\"children\":["
		"{\"type\":\"column\",\"column\":{}},"
		"{\"type\":\"column\",\"column\":{\"width_ratio\":0.25},"
		"\"children\":[{\"type\":\"divider\",\"divider\":{}}]}]},"
		"{\"type\":\"synced_block\",\"synced_block\":{\"synced_from\":null}}]");
	assert_json_text(block_tree_to_json(tree, BLOCK_SHAPE_CREATE),
			 "[{\"type\":\"column_list\",\"column_list\":{\"children\":["
			 "{\"type\":\"column\",\"column\":{\"children\":[]}},"
			 "{\"type\":\"column\",\"column\":{\"width_ratio\":0.25,\"children\":["
			 "{\"type\":\"divider\",\"divider\":{}}]}}]}},"
			 "{\"type\":\"synced_block\",\"synced_block\":{\"synced_from\":null}}]");
}
END_TEST

START_TEST(create_shapes_are_read_too)
{
	CLEANUP(block_tree)
	struct block_tree *tree = tree_of_text(
		"{\"results\":[{\"toggle\":{\"rich_text\":[{\"text\":{\"content\":\"t\"}}],"
		"\"children\":[{\"paragraph\":{\"rich_text\":[]}}]}}]}");
	const struct block *toggle = tree->root.first_child;
	ck_assert_int_eq(toggle->type, BLOCK_TOGGLE);
	ck_assert_str_eq(toggle->text.runs[0].text, "t");
	ck_assert(toggle->has_children);
	ck_assert_int_eq(toggle->first_child->type, BLOCK_PARAGRAPH);
	ck_assert_uint_eq(toggle->first_child->text.count, 0);
}
END_TEST

START_TEST(long_runs_are_split_but_never_inside_a_surrogate_pair)
{
	char text[4 * 1000 + 2 + 2000 + 1];
	struct run run = {.text = text, .style = STYLE_BOLD};
	struct rich_text rich = {.runs = &run, .count = 1};
	/* 1 + 1000 * 2 units: the pair at units 2000 and 2001 must not be cut */
	text[0] = 'x';
	for (size_t i = 0; i < 1000; i++) {
		memcpy(text + 1 + 4 * i, "\xf0\x9f\x98\x80", 4);
	}
	run.text_len = 4001;
	memset(text + run.text_len, 'y', 2000);
	run.text_len += 2000;
	CLEANUP(json) json_t *items = rich_text_to_json(&rich, BLOCK_SHAPE_CREATE);
	ck_assert_uint_eq(json_array_size(items), 3);
	size_t total = 0;
	for (size_t i = 0; i < 3; i++) {
		const json_t *item = json_array_get(items, i);
		const json_t *content = json_object_get(json_object_get(item, "text"), "content");
		size_t len = json_string_length(content);
		ck_assert_uint_le(utf16_length(json_string_value(content), len), 2000);
		ck_assert_int_eq(memcmp(json_string_value(content), text + total, len), 0);
		ck_assert(json_is_true(
			json_object_get(json_object_get(item, "annotations"), "bold")));
		total += len;
	}
	ck_assert_uint_eq(total, run.text_len);
	CLEANUP(json) json_t *one = rich_text_to_json(&rich, BLOCK_SHAPE_READ);
	ck_assert_uint_eq(json_array_size(one), 1);
}
END_TEST

START_TEST(neighbours_of_equal_style_are_one_run)
{
	CLEANUP(block_tree)
	struct block_tree *tree = tree_of_text(
		"[{\"type\":\"paragraph\",\"paragraph\":{\"rich_text\":["
		"{\"text\":{\"content\":\"a\"}},{\"text\":{\"content\":\"\"},"
		"\"annotations\":{\"bold\":true}},{\"text\":{\"content\":\"b\",\"link\":null}},"
		"{\"text\":{\"content\":\"c\",\"link\":{\"url\":\"https://x.example\"}}},"
		"{\"text\":{\"content\":\"d\",\"link\":{\"url\":\"\"}}}]}}]");
	const struct rich_text *text = &tree->root.first_child->text;
	ck_assert_uint_eq(text->count, 3);
	ck_assert_str_eq(text->runs[0].text, "ab");
	ck_assert_str_eq(text->runs[1].text, "c");
	ck_assert_ptr_null(text->runs[2].link);
	CLEANUP(free) char *plain = rich_text_plain(text);
	ck_assert_str_eq(plain, "abcd");
}
END_TEST

static void assert_update(const char *from, const char *to, const char *wanted)
{
	CLEANUP(block_tree) struct block_tree *before = tree_of_text(from);
	CLEANUP(block_tree) struct block_tree *after = tree_of_text(to);
	assert_json_text(block_update_json(before->root.first_child, after->root.first_child),
			 wanted);
}

START_TEST(an_update_sends_what_differs_and_what_the_api_requires)
{
	assert_update("[{\"type\":\"to_do\",\"to_do\":{\"rich_text\":[],\"checked\":false}}]",
		      "[{\"type\":\"to_do\",\"to_do\":{\"rich_text\":[],\"checked\":true}}]",
		      "{\"to_do\":{\"checked\":true}}");
	assert_update("[{\"type\":\"quote\",\"quote\":{\"rich_text\":"
		      "[{\"text\":{\"content\":\"q\"}}],\"color\":\"red\"}}]",
		      "[{\"type\":\"quote\",\"quote\":{\"rich_text\":"
		      "[{\"text\":{\"content\":\"q\"}}]}}]",
		      "{\"quote\":{\"color\":\"default\",\"rich_text\":"
		      "[{\"type\":\"text\",\"text\":{\"content\":\"q\"}}]}}");
	assert_update("[{\"type\":\"callout\",\"callout\":{\"icon\":{\"emoji\":\"x\"}}}]",
		      "[{\"type\":\"callout\",\"callout\":{}}]",
		      "{}"); /* an icon can't be null in an update, by the official types */
	assert_update("[{\"type\":\"image\",\"image\":{\"external\":{\"url\":\"https://a\"}}}]",
		      "[{\"type\":\"image\",\"image\":{\"external\":{\"url\":\"https://b\"}}}]",
		      "{\"image\":{\"external\":{\"url\":\"https://b\"}}}");
	assert_update("[{\"type\":\"table_row\",\"table_row\":{\"cells\":[[],[]]}}]",
		      "[{\"type\":\"table_row\",\"table_row\":{\"cells\":"
		      "[[{\"text\":{\"content\":\"a\"}}],[]]}}]",
		      "{\"table_row\":{\"cells\":"
		      "[[{\"type\":\"text\",\"text\":{\"content\":\"a\"}}],[]]}}");
	assert_update("[{\"type\":\"code\",\"code\":{\"language\":\"c\"}}]",
		      "[{\"type\":\"code\",\"code\":{\"language\":\"go\"}}]",
		      "{\"code\":{\"language\":\"go\"}}");
}
END_TEST

START_TEST(an_update_of_nothing_writable_is_empty)
{
	assert_update("[{\"type\":\"numbered_list_item\",\"numbered_list_item\":"
		      "{\"list_start_index\":3}}]",
		      "[{\"type\":\"numbered_list_item\",\"numbered_list_item\":{}}]", "{}");
	assert_update("[{\"type\":\"child_page\",\"child_page\":{\"title\":\"a\"}}]",
		      "[{\"type\":\"child_page\",\"child_page\":{\"title\":\"b\"}}]", "{}");
}
END_TEST

START_TEST(what_is_no_list_of_blocks_is_refused)
{
	static const char *const texts[] = {"{}", "[1]", "[{}]", "{\"results\":3}",
					    ("[{\"type\":\"paragraph\",\"paragraph\":"
					     "{\"rich_text\":\"x\"}}]")};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CLEANUP(json) json_t *value = json_loads(texts[i], 0, NULL);
		struct block_tree *tree = NULL;
		ck_assert_int_eq(block_tree_from_json(value, &tree), -EINVAL);
		ck_assert_ptr_null(tree);
	}
}
END_TEST

START_TEST(a_tree_that_is_too_deep_is_refused)
{
	json_t *blocks = json_array();
	for (int i = 0; i < BLOCK_TREE_MAX_DEPTH + 1; i++) {
		json_t *block = json_pack("{s:s, s:{}, s:o}", "type", "toggle", "toggle",
					  "children", blocks);
		blocks = json_array();
		json_array_append_new(blocks, block);
	}
	struct block_tree *tree = NULL;
	ck_assert_int_eq(block_tree_from_json(blocks, &tree), -ELOOP);
	CLEANUP(json)
	json_t *inner = json_incref(json_object_get(json_array_get(blocks, 0), "children"));
	json_decref(blocks);
	ck_assert_int_eq(block_tree_from_json(inner, &tree), 0);
	block_tree_free(tree);
}
END_TEST

START_TEST(nothing_but_strings_is_needed_of_a_mention)
{
	CLEANUP(block_tree)
	struct block_tree *tree =
		tree_of_text("[{\"type\":\"paragraph\",\"paragraph\":{\"rich_text\":[{\"mention\":"
			     "{\"user\":{\"id\":\"not an id\"}}}]}}]");
	const struct run *run = &tree->root.first_child->text.runs[0];
	ck_assert_int_eq(run->mention, MENTION_OTHER);
	ck_assert_str_eq(run->raw, "{\"user\":{\"id\":\"not an id\"}}");
}
END_TEST

SUITE_CASES = {
	&every_type_is_written_as_it_was_read,
	&create_shapes_hold_only_what_the_api_accepts,
	&what_the_parse_filter_prints_reads_back_the_same,
	&children_stand_inside_the_type_where_created,
	&create_shapes_are_read_too,
	&long_runs_are_split_but_never_inside_a_surrogate_pair,
	&neighbours_of_equal_style_are_one_run,
	&an_update_sends_what_differs_and_what_the_api_requires,
	&an_update_of_nothing_writable_is_empty,
	&what_is_no_list_of_blocks_is_refused,
	&a_tree_that_is_too_deep_is_refused,
	&nothing_but_strings_is_needed_of_a_mention,
};
SUITE_MAIN("json")
