/*
 * Names: who gets which, and that they stay.
 */
#include "cache/tree.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/tables.h"
#include "tests/unit/suite.h"

static const struct tree_owner owner = {.uid = 1000, .gid = 1000, .umask = 022};
static char folder[64];
static struct store *store;
static struct store_transaction *state;

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
	(void)stat;
	(void)kind;
	(void)where;
	return remove(path);
}

static void begin(void)
{
	static const char *const tables[] = STATE_TABLE_NAMES;
	struct store_options options = {
		.directory = folder, .tables = tables, .max_bytes = (size_t)1 << 26};
	(void)snprintf(folder, sizeof folder, "/tmp/notionfs-tree-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(store_open(&options, &store), 0);
	ck_assert_int_eq(store_write(store, &state), 0);
	ck_assert_int_eq(tree_init(state, &owner, 1000), 0);
}

static void end(void)
{
	store_abort(state);
	store_close(store);
	(void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static struct uuid id_of(unsigned number)
{
	struct uuid id = {{0}};
	id.bytes[14] = (uint8_t)(number >> 8);
	id.bytes[15] = (uint8_t)number;
	return id;
}

static struct tree_child page(unsigned number, const char *title, int64_t created_ms)
{
	return (struct tree_child){.object = id_of(number),
				   .role = ROLE_PAGE,
				   .title = title,
				   .created_ms = created_ms};
}

static size_t list(node_id directory, const struct tree_child *children, size_t count)
{
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct uuid *missing = NULL;
	size_t missing_count = 0;
	ck_assert_int_eq(tree_sync(state, directory, children, count, &owner, 2000, &changes,
				   &missing, &missing_count),
			 0);
	free(missing);
	return missing_count;
}

static const char *name_of(unsigned number)
{
	static struct node_record record;
	struct uuid id = id_of(number);
	ck_assert_int_eq(tree_find(state, &id, false, &record), 0);
	return record.name;
}

START_TEST(the_younger_of_two_equal_titles_gets_the_suffix)
{
	begin();
	const struct tree_child children[] = {page(0x1a2b, "Plan", 200), page(0x3c4d, "Plan", 100)};
	ck_assert_uint_eq(list(NODE_ROOT, children, 2), 0);
	ck_assert_str_eq(name_of(0x3c4d), "Plan.md");
	ck_assert_str_eq(name_of(0x1a2b), "Plan ~1a2b.md");
	end();
}
END_TEST

START_TEST(a_name_once_given_stays_when_a_sibling_comes_or_goes)
{
	begin();
	const struct tree_child young = page(0x1a2b, "Plan", 200);
	const struct tree_child both[] = {young, page(0x3c4d, "Plan", 100)};
	ck_assert_uint_eq(list(NODE_ROOT, &young, 1), 0);
	ck_assert_uint_eq(list(NODE_ROOT, both, 2), 0);
	ck_assert_str_eq(name_of(0x1a2b), "Plan.md");
	ck_assert_str_eq(name_of(0x3c4d), "Plan ~3c4d.md");
	/* The first one is not listed any more: nothing is taken away here, it is only told. */
	ck_assert_uint_eq(list(NODE_ROOT, &both[1], 1), 1);
	ck_assert_str_eq(name_of(0x3c4d), "Plan ~3c4d.md");
	end();
}
END_TEST

START_TEST(a_new_title_is_a_new_name_of_the_same_number)
{
	begin();
	struct tree_child child = page(1, "Before", 1);
	struct node_record before;
	struct node_record after;
	(void)list(NODE_ROOT, &child, 1);
	ck_assert_int_eq(tree_find(state, &child.object, false, &before), 0);
	child.title = "After";
	(void)list(NODE_ROOT, &child, 1);
	ck_assert_int_eq(tree_find(state, &child.object, false, &after), 0);
	ck_assert_str_eq(after.name, "After.md");
	ck_assert_uint_eq(after.node, before.node);
	ck_assert_int_eq(tree_lookup(state, NODE_ROOT, "Before.md", &after), -ENOENT);
	end();
}
END_TEST

START_TEST(a_page_and_its_directory_are_one_name)
{
	begin();
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct tree_child child = page(1, "Roadmap", 1);
	struct node_record file;
	struct node_record directory;
	child.has_directory = true;
	(void)list(NODE_ROOT, &child, 1);
	ck_assert_int_eq(tree_lookup(state, NODE_ROOT, "Roadmap.md", &file), 0);
	ck_assert_int_eq(tree_lookup(state, NODE_ROOT, "Roadmap", &directory), 0);
	ck_assert(uuid_equal(&file.object, &directory.object));
	ck_assert_uint_ne(file.node, directory.node);
	ck_assert_int_eq(tree_move(state, &file, NODE_ROOT, "Plans.md", 3000, &changes), 0);
	ck_assert_int_eq(tree_lookup(state, NODE_ROOT, "Plans", &directory), 0);
	ck_assert_int_eq(tree_lookup(state, NODE_ROOT, "Roadmap", &directory), -ENOENT);
	end();
}
END_TEST

START_TEST(a_database_and_a_page_of_one_title_do_not_share_a_name)
{
	begin();
	struct tree_child children[] = {page(1, "Tasks", 1), page(0x22, "Tasks", 2)};
	struct node_record database;
	children[1].role = ROLE_DATABASE;
	(void)list(NODE_ROOT, children, 2);
	ck_assert_int_eq(tree_find(state, &children[1].object, true, &database), 0);
	ck_assert_str_eq(name_of(1), "Tasks.md");
	ck_assert_str_eq(database.name, "Tasks ~0022");
	end();
}
END_TEST

START_TEST(directory_times_rise_with_every_change)
{
	begin();
	struct node_record before;
	struct node_record after;
	struct tree_child child = page(1, "One", 1);
	(void)list(NODE_ROOT, &child, 1);
	ck_assert_int_eq(tree_get(state, NODE_ROOT, &before), 0);
	child = page(2, "Two", 1);
	(void)list(NODE_ROOT, &child, 1);
	ck_assert_int_eq(tree_get(state, NODE_ROOT, &after), 0);
	ck_assert_int_gt(after.mtime_ns, before.mtime_ns);
	ck_assert_int_gt(after.ctime_ns, before.ctime_ns);
	end();
}
END_TEST

START_TEST(a_removed_tree_takes_everything_below_along)
{
	begin();
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct tree_child top = page(1, "Top", 1);
	struct tree_child below = page(2, "Below", 1);
	struct node_record record;
	top.has_directory = true;
	(void)list(NODE_ROOT, &top, 1);
	ck_assert_int_eq(tree_lookup(state, NODE_ROOT, "Top", &record), 0);
	(void)list(record.node, &below, 1);
	ck_assert_int_eq(tree_remove(state, &top.object, 3000, &changes), 0);
	ck_assert_int_eq(tree_find(state, &top.object, false, &record), -ENOENT);
	ck_assert_int_eq(tree_find(state, &below.object, false, &record), -ENOENT);
	end();
}
END_TEST

START_TEST(a_new_page_that_got_its_id_is_new_no_more_nor_is_its_directory)
{
	begin();
	CLEANUP(tree_changes) struct tree_changes changes = {0};
	struct uuid stand_in = id_of(1);
	struct uuid given = id_of(2);
	struct node_record file;
	struct node_record directory;
	ck_assert_int_eq(tree_create(state, NODE_ROOT, "New.md", &stand_in, 0644, &owner, 1,
				     &changes, &file),
			 0);
	ck_assert_int_eq(tree_page_directory(state, &file, &owner, 1, &changes, &directory), 0);
	directory.flags |= NODE_NEW;
	ck_assert_int_eq(tree_put(state, &directory), 0);
	ck_assert_int_eq(tree_set_object(state, &file, &given), 0);
	ck_assert_int_eq(tree_find(state, &given, false, &file), 0);
	ck_assert_int_eq(tree_find(state, &given, true, &directory), 0);
	ck_assert_uint_eq(file.flags & NODE_NEW, 0);
	ck_assert_uint_eq(directory.flags & NODE_NEW, 0);
	end();
}
END_TEST

static int count_entry(void *context, const struct node_record *record)
{
	uint64_t *last = context;
	ck_assert_uint_gt(record->cookie, *last);
	*last = record->cookie;
	return 0;
}

START_TEST(three_thousand_names_are_listed_by_rising_cookies)
{
	begin();
	struct tree_child *children = calloc(3000, sizeof *children);
	char(*titles)[16] = calloc(3000, sizeof *titles);
	for (unsigned i = 0; i < 3000; i++) {
		(void)snprintf(titles[i], sizeof titles[i], "page %u", i);
		children[i] = page(i + 1, titles[i], i);
	}
	(void)list(NODE_ROOT, children, 3000);
	uint64_t last = 0;
	ck_assert_int_eq(tree_each(state, NODE_ROOT, 0, count_entry, &last), 0);
	ck_assert_uint_ge(last, 3000);
	free(titles);
	free(children);
	end();
}
END_TEST

SUITE_CASES = {
	&the_younger_of_two_equal_titles_gets_the_suffix,
	&a_name_once_given_stays_when_a_sibling_comes_or_goes,
	&a_new_title_is_a_new_name_of_the_same_number,
	&a_page_and_its_directory_are_one_name,
	&a_database_and_a_page_of_one_title_do_not_share_a_name,
	&directory_times_rise_with_every_change,
	&a_removed_tree_takes_everything_below_along,
	&a_new_page_that_got_its_id_is_new_no_more_nor_is_its_directory,
	&three_thousand_names_are_listed_by_rising_cookies,
};
SUITE_MAIN("tree")
