/*
 * What is kept so that nobody has to look through everything: marked nodes, the number of pages.
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/marks.h"
#include "cache/object_index.h"
#include "cache/tables.h"
#include "tests/unit/suite.h"

static const struct tree_owner owner = {.uid = 1000, .gid = 1000, .umask = 022};
static char folder[64];
static struct store *store;
static struct store_transaction *transaction;

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
	(void)stat;
	(void)kind;
	(void)where;
	return remove(path);
}

static void begin(const char *const *tables)
{
	struct store_options options = {
		.directory = folder, .tables = tables, .max_bytes = (size_t)1 << 26};
	(void)snprintf(folder, sizeof folder, "/tmp/notionfs-indexes-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(store_open(&options, &store), 0);
	ck_assert_int_eq(store_write(store, &transaction), 0);
}

static void begin_state(void)
{
	static const char *const tables[] = STATE_TABLE_NAMES;
	begin(tables);
	ck_assert_int_eq(tree_init(transaction, &owner, 1000), 0);
}

static void begin_cache(void)
{
	static const char *const tables[] = CACHE_TABLE_NAMES;
	begin(tables);
}

static void end(void)
{
	store_abort(transaction);
	store_close(store);
	(void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static struct node_record page(unsigned number, const char *title)
{
	struct node_record record;
	struct tree_child child = {.role = ROLE_PAGE, .title = title};
	child.object.bytes[15] = (uint8_t)number;
	ck_assert_int_eq(tree_add(transaction, NODE_ROOT, &child, &owner, 2000, NULL, &record), 0);
	return record;
}

static void set_flags(struct node_record *record, unsigned flags)
{
	record->flags = flags;
	ck_assert_int_eq(tree_put(transaction, record), 0);
}

static int add_name(void *context, const struct node_record *record)
{
	(void)strcat(context, record->name);
	(void)strcat(context, " ");
	return 0;
}

static void expect_marked(const char *expected)
{
	char names[256] = "";
	ck_assert_int_eq(marks_each(transaction, add_name, names), 0);
	ck_assert_str_eq(names, expected);
}

START_TEST(marked_are_those_with_a_flag_as_long_as_they_are_there)
{
	begin_state();
	struct node_record a = page(1, "A");
	struct node_record b = page(2, "B");
	struct node_record c = page(3, "C");
	expect_marked("");
	set_flags(&c, NODE_RETURNED);
	set_flags(&a, NODE_CONFLICT | NODE_SIZE_EXACT);
	set_flags(&b, NODE_SIZE_EXACT);
	expect_marked("A.md C.md ");
	set_flags(&a, NODE_SIZE_EXACT);
	expect_marked("C.md ");
	ck_assert_int_eq(tree_move(transaction, &c, NODE_ROOT, "D.md", 3000, NULL), 0);
	expect_marked("D.md ");
	ck_assert_int_eq(tree_remove(transaction, &c.object, 3000, NULL), 0);
	expect_marked("");
	end();
}
END_TEST

START_TEST(a_state_without_the_index_gets_it)
{
	begin_state();
	struct node_record a = page(1, "A");
	(void)page(2, "B");
	set_flags(&a, NODE_CONFLICT);
	ck_assert_int_eq(store_clear(transaction, STATE_MARKED), 0);
	expect_marked("");
	ck_assert_int_eq(marks_init(transaction), 0);
	expect_marked("A.md ");
	/* And is then kept, not made again. */
	ck_assert_int_eq(store_clear(transaction, STATE_MARKED), 0);
	ck_assert_int_eq(marks_init(transaction), 0);
	expect_marked("");
	end();
}
END_TEST

static void put_object(const char *kind, unsigned number, const char *more)
{
	char id[40];
	(void)snprintf(id, sizeof id, "00000000-0000-4000-8000-%012u", number);
	json_t *object = json_pack("{ss ss ss}", "object", kind, "id", id, "more", more);
	ck_assert_int_eq(object_put(transaction, object, NULL), 0);
	json_decref(object);
}

static void delete_object(unsigned number)
{
	struct uuid id;
	char text[40];
	(void)snprintf(text, sizeof text, "00000000-0000-4000-8000-%012u", number);
	ck_assert_int_eq(uuid_parse(text, strlen(text), &id), 0);
	ck_assert_int_eq(object_delete(transaction, &id), 0);
}

static size_t pages(void)
{
	size_t count = 99;
	ck_assert_int_eq(object_count_pages(transaction, &count), 0);
	return count;
}

START_TEST(pages_are_counted_as_they_come_and_go)
{
	begin_cache();
	ck_assert_uint_eq(pages(), 0);
	put_object("page", 1, "a");
	put_object("page", 2, "a");
	put_object("database", 3, "a");
	put_object("data_source", 4, "a");
	ck_assert_uint_eq(pages(), 2);
	put_object("page", 1, "b"); /* the same one, changed */
	put_object("page", 1, "b");
	ck_assert_uint_eq(pages(), 2);
	delete_object(1);
	delete_object(1);
	delete_object(3);
	delete_object(77);
	ck_assert_uint_eq(pages(), 1);
	end();
}
END_TEST

START_TEST(a_cache_without_the_counter_is_counted)
{
	begin_cache();
	put_object("page", 1, "a");
	put_object("page", 2, "a");
	put_object("database", 3, "a");
	ck_assert_int_eq(store_clear(transaction, CACHE_META), 0);
	ck_assert_int_eq(object_index_build(transaction), 0);
	ck_assert_uint_eq(pages(), 2);
	put_object("page", 5, "a");
	ck_assert_uint_eq(pages(), 3);
	end();
}
END_TEST

SUITE_CASES = {
	&marked_are_those_with_a_flag_as_long_as_they_are_there,
	&a_state_without_the_index_gets_it,
	&pages_are_counted_as_they_come_and_go,
	&a_cache_without_the_counter_is_counted,
};
SUITE_MAIN("indexes")
