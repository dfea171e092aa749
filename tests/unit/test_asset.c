/*
 * Stored files: who gets which name in a `.assets`, and that it stays.
 */
#include "cache/asset.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/tables.h"
#include "tests/unit/suite.h"

#define WEEK_MS ((int64_t)7 * 24 * 3600 * 1000)
#define HOST "https://files.example/space/"

static const struct tree_owner owner = {.uid = 1000, .gid = 1000, .umask = 022};
static char folder[64];
static char cache_folder[80];
static struct store *stores[2];
static struct store_transaction *state;
static struct store_transaction *cache;
static struct node_record pages[3];

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
	(void)stat;
	(void)kind;
	(void)where;
	return remove(path);
}

static void open_store(const char *directory, const char *const *tables, struct store **ret_store,
		       struct store_transaction **ret_transaction)
{
	struct store_options options = {
		.directory = directory, .tables = tables, .max_bytes = (size_t)1 << 26};
	ck_assert_int_eq(store_open(&options, ret_store), 0);
	ck_assert_int_eq(store_write(*ret_store, ret_transaction), 0);
}

static struct uuid id_of(unsigned number)
{
	struct uuid id = {{0x11}};
	id.bytes[14] = (uint8_t)(number >> 8);
	id.bytes[15] = (uint8_t)number;
	return id;
}

/* Two pages in the root, and one in the directory of the first. */
static void begin(void)
{
	static const char *const state_tables[] = STATE_TABLE_NAMES;
	static const char *const cache_tables[] = CACHE_TABLE_NAMES;
	(void)snprintf(folder, sizeof folder, "/tmp/notionfs-asset-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(cache_folder, sizeof cache_folder, "%s/cache", folder);
	ck_assert_int_eq(mkdir(cache_folder, 0700), 0);
	open_store(folder, state_tables, &stores[0], &state);
	open_store(cache_folder, cache_tables, &stores[1], &cache);
	ck_assert_int_eq(tree_init(state, &owner, 1000), 0);
	struct tree_child child = {.role = ROLE_PAGE, .title = "One", .object = id_of(1)};
	ck_assert_int_eq(tree_add(state, NODE_ROOT, &child, &owner, 1000, NULL, &pages[0]), 0);
	child = (struct tree_child){.role = ROLE_PAGE, .title = "Two", .object = id_of(2)};
	ck_assert_int_eq(tree_add(state, NODE_ROOT, &child, &owner, 1000, NULL, &pages[1]), 0);
	struct node_record directory;
	ck_assert_int_eq(tree_page_directory(state, &pages[0], &owner, 1000, NULL, &directory), 0);
	child = (struct tree_child){.role = ROLE_PAGE, .title = "Below", .object = id_of(3)};
	ck_assert_int_eq(tree_add(state, directory.node, &child, &owner, 1000, NULL, &pages[2]), 0);
}

static void end(void)
{
	store_abort(state);
	store_abort(cache);
	store_close(stores[0]);
	store_close(stores[1]);
	(void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* "21 diagram.png, 22 shot.png": blocks and the end of their URLs, as the page's body. */
static json_t *blocks_of(const char *text)
{
	json_t *blocks = json_array();
	while (*text != '\0') {
		char *end;
		char id[UUID_TEXT_BYTES];
		struct uuid block = id_of((unsigned)strtoul(text, &end, 10));
		size_t len = strcspn(end + 1, ",");
		uuid_format(&block, id);
		(void)json_array_append_new(
			blocks,
			json_pack("{ss ss ss s{ss s{so ss}}}", "id", id, "type", "image",
				  "last_edited_time", "2026-11-21T09:30:00.000Z", "image", "type",
				  "file", "file", "url",
				  json_sprintf(HOST "%.*s?sign=%d", (int)len, end + 1, rand()),
				  "expiry_time", "2026-11-21T10:30:00.000Z"));
		text = end + 1 + len;
		text += strspn(text, ", ");
	}
	return blocks;
}

static void sync_at(unsigned page, const char *text, int64_t now_ms, struct tree_changes *changes)
{
	json_t *blocks = blocks_of(text);
	ck_assert_int_eq(asset_sync(state, cache, &pages[page], NULL, blocks, now_ms, changes), 0);
	json_decref(blocks);
}

static void show(unsigned page, const char *text)
{
	sync_at(page, text, 2000, NULL);
}

static const char *name_of(unsigned page, unsigned block, const char *url_end)
{
	static struct asset_record record;
	char url[300];
	struct uuid id = id_of(block);
	(void)snprintf(url, sizeof url, HOST "%s", url_end);
	int r = asset_find(state, &pages[page].object, &id, url, strlen(url), &record);
	return r == 0 ? record.name : NULL;
}

static int collect_name(void *context, const struct asset_record *record)
{
	char *list = context;
	(void)strcat(strcat(list, *list == '\0' ? "" : ", "), record->name);
	return 0;
}

static const char *listing(node_id directory)
{
	static char list[2000];
	list[0] = '\0';
	ck_assert_int_eq(asset_each(state, directory, ASSET_NODE_BIT, collect_name, list), 0);
	return list;
}

START_TEST(names_come_from_urls)
{
	static const struct {
		const char *url;
		const char *stem;
		const char *ending;
	} rows[] = {
		{"https://x/a/shot%201.png", "shot 1", ".png"},
		{"https://x/a/archive.tar.gz", "archive.tar", ".gz"},
		{"https://x/a/R%C3%B6ster.JPG", "Röster", ".JPG"},
		{"https://x/a/no-ending", "no-ending", ""},
		{"https://x/a/v1.2%20final%20version", "v1.2 final version", ""},
		{"https://x/a/notes.md", "notes", ".md"},
		{"https://x/a/100%", "100%", ""},
		{"https://x/a/", "file", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char stem[NODE_NAME_MAX_BYTES + 1];
		char ending[17];
		asset_name_from_url(rows[i].url, strlen(rows[i].url), stem, ending);
		ck_assert_str_eq(stem, rows[i].stem);
		ck_assert_str_eq(ending, rows[i].ending);
	}
	/* What would lead out of the directory, or be hidden, is no name. */
	static const char *const hostile[] = {"https://x/%2e%2e", "https://x/..%2f..%2fetc",
					      "https://x/.hidden", "https://x/a%00b",
					      "https://x/%0a"};
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		char stem[NODE_NAME_MAX_BYTES + 1];
		char ending[17];
		asset_name_from_url(hostile[i], strlen(hostile[i]), stem, ending);
		ck_assert_msg(stem[0] != '.' && stem[0] != '\0' && strpbrk(stem, "/\n") == NULL,
			      "%s", stem);
	}
}
END_TEST

START_TEST(the_second_of_a_name_gets_a_suffix_and_both_keep_theirs)
{
	begin();
	show(0, "33 a.png, 34 a.png, 35 b.png");
	ck_assert_str_eq(listing(NODE_ROOT), "a.png, a ~0022.png, b.png");
	show(1, "36 a.png");
	ck_assert_str_eq(name_of(1, 36, "a.png"), "a ~0024.png");
	/* The first goes: its name is not the second's, and nobody's for a week. */
	show(0, "34 a.png, 35 b.png");
	ck_assert_str_eq(listing(NODE_ROOT), "a ~0022.png, b.png, a ~0024.png");
	show(1, "36 a.png, 37 a.png");
	ck_assert_str_eq(name_of(1, 37, "a.png"), "a ~0025.png");
	sync_at(1, "36 a.png, 37 a.png, 38 a.png", 2000 + WEEK_MS + 1, NULL);
	ck_assert_str_eq(name_of(1, 38, "a.png"), "a.png");
	/* Another directory is another matter. */
	show(2, "39 a.png");
	ck_assert_str_eq(listing(pages[2].parent), "a.png");
	end();
}
END_TEST

START_TEST(one_that_comes_back_has_its_name_and_number)
{
	begin();
	struct asset_record before;
	struct asset_record after;
	show(0, "33 a.png");
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &before), 0);
	before.size = 17;
	ck_assert_int_eq(asset_put(state, &before), 0);
	show(0, "");
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &after), -ENOENT);
	ck_assert_int_eq(asset_find_name(state, NODE_ROOT, "a.png", &after), 0);
	show(0, "33 a.png");
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &after), 0);
	ck_assert_uint_eq(after.node, before.node);
	ck_assert_uint_eq(after.size, 17);
	end();
}
END_TEST

START_TEST(another_file_in_the_block_is_another_file_of_the_same_name)
{
	begin();
	struct asset_record old;
	struct asset_record new;
	show(0, "33 1/a.png");
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &old), 0);
	show(0, "33 2/a.png");
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &new), 0);
	ck_assert_uint_ne(old.node, new.node);
	ck_assert_str_eq(listing(NODE_ROOT), "a.png");
	/* And back. */
	show(0, "33 1/a.png");
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &new), 0);
	ck_assert_uint_eq(old.node, new.node);
	ck_assert_str_eq(listing(NODE_ROOT), "a.png");
	/* With another name it has that. */
	show(0, "33 3/b.jpg");
	ck_assert_str_eq(listing(NODE_ROOT), "b.jpg");
	end();
}
END_TEST

static size_t told(const struct tree_changes *changes, node_id directory, const char *name)
{
	size_t count = 0;
	for (size_t i = 0; i < changes->count; i++) {
		count += changes->items[i].directory == directory &&
			 strcmp(changes->items[i].name, name) == 0;
	}
	return count;
}

START_TEST(what_comes_and_goes_is_told)
{
	begin();
	node_id assets = asset_directory_node(NODE_ROOT);
	struct node_attr attr;
	struct tree_changes changes = {0};
	ck_assert_int_eq(asset_directory_attr(state, NODE_ROOT, &owner, &attr), -ENOENT);
	sync_at(0, "33 a.png", 5000, &changes);
	ck_assert_uint_eq(told(&changes, NODE_ROOT, ".assets"), 1);
	ck_assert_uint_eq(told(&changes, assets, "a.png"), 1);
	ck_assert_int_eq(asset_directory_attr(state, NODE_ROOT, &owner, &attr), 0);
	ck_assert_uint_eq(attr.node, assets);
	int64_t first_ns = attr.mtime_ns;
	tree_changes_release(&changes);

	/* Read again with other signatures: nothing has changed. */
	sync_at(0, "33 a.png", 6000, &changes);
	ck_assert_uint_eq(changes.count, 0);
	ck_assert_int_eq(asset_directory_attr(state, NODE_ROOT, &owner, &attr), 0);
	ck_assert_int_eq(attr.mtime_ns, first_ns);

	/* The page goes: so does all of it, and for good. */
	struct asset_record record;
	ck_assert_int_eq(tree_remove(state, &pages[0].object, 7000, &changes), 0);
	ck_assert_uint_eq(told(&changes, NODE_ROOT, ".assets"), 1);
	ck_assert_uint_eq(told(&changes, assets, "a.png"), 1);
	ck_assert_int_eq(asset_directory_attr(state, NODE_ROOT, &owner, &attr), -ENOENT);
	ck_assert_int_eq(asset_find_name(state, NODE_ROOT, "a.png", &record), -ENOENT);
	tree_changes_release(&changes);
	end();
}
END_TEST

START_TEST(they_go_with_the_page_to_another_directory)
{
	begin();
	struct asset_record before;
	struct asset_record after;
	show(1, "33 a.png");
	show(2, "34 a.png");
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &before), 0);
	ck_assert_int_eq(tree_move(state, &pages[1], pages[2].parent, "Two.md", 3000, NULL), 0);
	ck_assert_str_eq(listing(NODE_ROOT), "");
	ck_assert_int_eq(asset_lookup(state, pages[2].parent, "a ~0021.png", &after), 0);
	ck_assert_uint_eq(after.node, before.node);
	/* The next reading agrees. */
	show(1, "33 a.png");
	ck_assert_str_eq(name_of(1, 33, "a.png"), "a ~0021.png");
	end();
}
END_TEST

START_TEST(the_page_s_own_files_are_told_apart)
{
	begin();
	json_t *page = json_pack(
		"{ss ss s{ss s{ss}} s{s{ss s[{ss ss s{ss}} {ss ss s{ss}} {ss ss s{ss}}]}}}", "id",
		"11000000-0000-0000-0000-000000000001", "object", "page", "cover", "type", "file",
		"file", "url", HOST "c/a.png?s=1", "properties", "Files", "type", "files", "files",
		"name", "a", "type", "file", "file", "url", HOST "1/a.png?s=1", "name", "b", "type",
		"file", "file", "url", HOST "2/a.png?s=1", "name", "c", "type", "external",
		"external", "url", "https://elsewhere.example/a.png");
	ck_assert_ptr_nonnull(page);
	ck_assert_int_eq(asset_sync(state, cache, &pages[0], page, NULL, 2000, NULL), 0);
	const char *list = listing(NODE_ROOT);
	const char *second = strstr(list, ", a ~");
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_nonnull(strstr(second + 1, ", a ~"));
	ck_assert_int_eq(strncmp(list, "a.png, ", 7), 0);
	char *url = NULL;
	int64_t expires_ms = -1;
	struct asset_record record;
	ck_assert_int_eq(asset_lookup(state, NODE_ROOT, "a.png", &record), 0);
	ck_assert_int_eq(asset_signed_url(cache, record.node, &url, &expires_ms), 0);
	ck_assert_str_eq(url, HOST "c/a.png?s=1");
	ck_assert_int_eq(expires_ms, 0);
	free(url);
	json_decref(page);
	end();
}
END_TEST

START_TEST(a_path_is_as_in_a_url)
{
	struct asset_record record = {.name = "Röster (groß) #1 100%.png"};
	struct buf path;
	buf_init(&path, 1000);
	asset_path(&record, &path);
	ck_assert_str_eq(path.data, ".assets/Röster%20%28groß%29%20%231%20100%25.png");
	buf_release(&path);
}
END_TEST

SUITE_CASES = {
	&names_come_from_urls,
	&the_second_of_a_name_gets_a_suffix_and_both_keep_theirs,
	&one_that_comes_back_has_its_name_and_number,
	&another_file_in_the_block_is_another_file_of_the_same_name,
	&what_comes_and_goes_is_told,
	&they_go_with_the_page_to_another_directory,
	&the_page_s_own_files_are_told_apart,
	&a_path_is_as_in_a_url,
};
SUITE_MAIN("asset")
