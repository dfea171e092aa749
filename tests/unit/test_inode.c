#include "fs/inode.h"

#include <errno.h>
#include <string.h>

#include "cache/local.h"
#include "fs/handle.h"
#include "tests/unit/suite.h"

/* The table needs no more of a handle than its count. */
struct handle *handle_ref(struct handle *handle)
{
	(void)atomic_fetch_add(&handle->references, 1);
	return handle;
}

#define LOCAL(n) (LOCAL_NODE_BIT | (n))

static struct inode_table *table;

static void set_up(void)
{
	table = inode_table_new();
}

static struct node_attr page(node_id node, uint64_t version)
{
	return (struct node_attr){
		.node = node, .kind = NODE_PAGE, .is_size_exact = true, .version = version};
}

static uint64_t look_up(node_id node, uint64_t version, const char *name)
{
	struct node_attr attr = page(node, version);
	return inode_remember_node(table, &attr, NODE_ROOT, name);
}

static struct place place_of(uint64_t number)
{
	struct place place;
	ck_assert_int_eq(inode_place(table, number, &place), 0);
	return place;
}

static void ck_place_local(uint64_t number, node_id directory, const char *path)
{
	struct place place = place_of(number);
	ck_assert_int_eq(place.kind, PLACE_LOCAL);
	ck_assert_uint_eq(place.node, directory);
	ck_assert_str_eq(place.path, path);
	ck_assert(!place.is_detached);
}

START_TEST(the_root_is_number_one_and_is_never_forgotten)
{
	set_up();
	ck_assert_uint_eq(inode_number(table, NODE_ROOT), 1);
	inode_forget(table, 1, 100);
	ck_assert_int_eq(place_of(1).kind, PLACE_DIRECTORY);
	inode_table_free(table);
}
END_TEST

START_TEST(an_object_keeps_its_number_until_every_lookup_is_forgotten)
{
	set_up();
	uint64_t number = look_up(7, 1, "A.md");
	ck_assert_uint_eq(look_up(7, 1, "A.md"), number);
	inode_forget(table, number, 1);
	ck_assert_uint_eq(inode_number(table, 7), number);
	inode_forget(table, number, 1);
	ck_assert_uint_eq(inode_number(table, 7), 0);
	struct place place;
	ck_assert_int_eq(inode_place(table, number, &place), -ESTALE);
	ck_assert_uint_ne(look_up(7, 1, "A.md"), number);
	inode_table_free(table);
}
END_TEST

START_TEST(thousands_of_objects_are_all_found_again)
{
	set_up();
	for (node_id node = 2; node < 5002; node++) {
		ck_assert_uint_eq(look_up(node, 1, "x.md"), node);
	}
	ck_assert_uint_eq(inode_count(table), 5001);
	for (node_id node = 2; node < 5002; node++) {
		ck_assert_uint_eq(inode_number(table, node), node);
		inode_forget(table, node, 1);
	}
	ck_assert_uint_eq(inode_count(table), 1);
	inode_table_free(table);
}
END_TEST

START_TEST(a_page_that_changed_under_a_reader_gets_a_new_number)
{
	set_up();
	struct handle reader = {.kind = HANDLE_PAGE};
	bool keep_cache = true;
	uint64_t old = look_up(7, 1, "A.md");
	ck_assert_int_eq(inode_open(table, old, &reader, 1, &keep_cache), 0);
	ck_assert(!keep_cache);
	uint64_t new = look_up(7, 2, "A.md");
	ck_assert_uint_ne(new, old);
	ck_assert(place_of(old).is_detached);
	ck_assert(!place_of(new).is_detached);
	ck_assert_uint_eq(place_of(old).node, place_of(new).node);
	inode_close(table, &reader);
	inode_table_free(table);
}
END_TEST

START_TEST(what_an_own_writer_changes_is_no_other_version)
{
	set_up();
	struct handle writer = {.kind = HANDLE_PAGE, .is_writable = true};
	bool keep_cache;
	uint64_t number = look_up(7, 1, "A.md");
	ck_assert_int_eq(inode_open(table, number, &writer, 1, &keep_cache), 0);
	ck_assert_uint_eq(look_up(7, 2, "A.md"), number);
	inode_set_version(table, number, 2);
	inode_close(table, &writer);
	struct handle reader = {.kind = HANDLE_PAGE};
	ck_assert_int_eq(inode_open(table, number, &reader, 2, &keep_cache), 0);
	ck_assert(keep_cache);
	inode_close(table, &reader);
	inode_table_free(table);
}
END_TEST

START_TEST(opening_another_version_beside_a_reader_is_stale)
{
	set_up();
	struct handle reader = {.kind = HANDLE_PAGE};
	struct handle later = {.kind = HANDLE_PAGE};
	bool keep_cache;
	uint64_t number = look_up(7, 1, "A.md");
	ck_assert_int_eq(inode_open(table, number, &reader, 1, &keep_cache), 0);
	ck_assert_int_eq(inode_open(table, number, &later, 2, &keep_cache), -ESTALE);
	ck_assert_int_eq(inode_open(table, number, &later, 1, &keep_cache), -ESTALE);
	ck_assert_int_eq(inode_open(table, look_up(7, 2, "A.md"), &later, 2, &keep_cache), 0);
	inode_close(table, &reader);
	inode_close(table, &later);
	inode_table_free(table);
}
END_TEST

START_TEST(a_change_from_outside_detaches_only_what_is_open)
{
	set_up();
	struct handle reader = {.kind = HANDLE_PAGE};
	bool is_detached;
	bool keep_cache;
	node_id directory;
	char name[NAME_MAX + 1];
	ck_assert_uint_eq(inode_page_changed(table, 7, 2, &is_detached), 0);
	uint64_t number = look_up(7, 1, "A.md");
	ck_assert_uint_eq(inode_page_changed(table, 7, 2, &is_detached), number);
	ck_assert(!is_detached);
	ck_assert_int_eq(inode_open(table, number, &reader, 1, &keep_cache), 0);
	ck_assert(inode_is_current(table, number, 1, &directory, name));
	ck_assert(!inode_is_current(table, number, 2, &directory, name));
	ck_assert_uint_eq(directory, NODE_ROOT);
	ck_assert_str_eq(name, "A.md");
	ck_assert(place_of(number).is_detached);
	inode_close(table, &reader);
	inode_table_free(table);
}
END_TEST

START_TEST(a_forgotten_number_lives_until_its_last_handle_is_closed)
{
	set_up();
	struct handle reader = {.kind = HANDLE_PAGE};
	bool keep_cache;
	uint64_t number = look_up(7, 1, "A.md");
	ck_assert_int_eq(inode_open(table, number, &reader, 1, &keep_cache), 0);
	inode_forget(table, number, 1);
	ck_assert_ptr_eq(inode_any_handle(table, number), &reader);
	ck_assert_uint_eq(atomic_load(&reader.references), 1);
	ck_assert_ptr_eq(inode_take_handle(table), &reader);
	ck_assert_ptr_null(inode_take_handle(table));
	ck_assert_uint_eq(inode_count(table), 1);
	inode_table_free(table);
}
END_TEST

START_TEST(a_local_file_renamed_onto_a_page_becomes_it)
{
	set_up();
	uint64_t page_number = look_up(7, 1, "A.md");
	uint64_t local = inode_remember_local(table, LOCAL(5), NODE_ROOT, ".tmp");
	inode_become_node(table, local, 7, NODE_ROOT, "A.md");
	ck_assert_int_eq(place_of(local).kind, PLACE_PAGE);
	ck_assert_uint_eq(inode_number(table, 7), local);
	ck_assert_uint_eq(inode_number(table, LOCAL(5)), 0);
	ck_assert(place_of(page_number).is_detached);
	inode_table_free(table);
}
END_TEST

START_TEST(a_page_renamed_to_a_local_name_hands_the_page_on)
{
	set_up();
	uint64_t number = look_up(7, 1, "A.md");
	inode_become_local(table, number, LOCAL(5), NODE_ROOT, "A.md~");
	ck_place_local(number, NODE_ROOT, "A.md~");
	uint64_t again = look_up(7, 2, "A.md");
	ck_assert_uint_ne(again, number);
	ck_assert_uint_eq(inode_number(table, LOCAL(5)), number);
	inode_table_free(table);
}
END_TEST

START_TEST(renaming_a_local_directory_moves_what_lies_below_it)
{
	set_up();
	uint64_t directory = inode_remember_local(table, LOCAL(1), 3, "d");
	uint64_t file = inode_remember_local(table, LOCAL(2), 3, "d/e/f");
	uint64_t beside = inode_remember_local(table, LOCAL(3), 3, "dx/f");
	uint64_t elsewhere = inode_remember_local(table, LOCAL(4), 4, "d/f");
	inode_rename_local(table, LOCAL(1), true, 3, "d", 9, "new/name");
	ck_place_local(directory, 9, "new/name");
	ck_place_local(file, 9, "new/name/e/f");
	ck_place_local(beside, 3, "dx/f");
	ck_place_local(elsewhere, 4, "d/f");
	/* A file's other name stays where it is. */
	ck_assert_uint_eq(inode_remember_local(table, LOCAL(4), 4, "hard"), elsewhere);
	inode_rename_local(table, LOCAL(4), false, 4, "d/f", 4, "g");
	ck_place_local(elsewhere, 4, "g");
	inode_unlink_local(table, LOCAL(4), 4, "g", false);
	ck_place_local(elsewhere, 4, "hard");
	inode_table_free(table);
}
END_TEST

START_TEST(exchanging_two_local_directories_moves_both_sides)
{
	set_up();
	uint64_t one = inode_remember_local(table, LOCAL(1), 3, "a/x");
	uint64_t two = inode_remember_local(table, LOCAL(2), 4, "b/y");
	inode_exchange_local(table, 3, "a", 4, "b");
	ck_place_local(one, 4, "b/x");
	ck_place_local(two, 3, "a/y");
	inode_table_free(table);
}
END_TEST

START_TEST(hard_links_are_one_number_and_found_by_the_name_that_is_left)
{
	set_up();
	uint64_t number = inode_remember_local(table, LOCAL(1), 3, "one");
	ck_assert_uint_eq(inode_remember_local(table, LOCAL(1), 4, "two"), number);
	inode_unlink_local(table, LOCAL(1), 3, "one", false);
	ck_place_local(number, 4, "two");
	inode_unlink_local(table, LOCAL(1), 4, "two", true);
	ck_assert(place_of(number).is_detached);
	ck_assert_uint_ne(inode_remember_local(table, LOCAL(1), 4, "two"), number);
	inode_table_free(table);
}
END_TEST

START_TEST(a_page_keeps_its_number_when_the_workspace_renames_it)
{
	set_up();
	node_id directory = 0;
	char name[NAME_MAX + 1] = "";
	uint64_t number = look_up(7, 1, "A.md");
	inode_rename_node(table, 7, 12, "B.md");
	ck_assert_uint_eq(inode_number(table, 7), number);
	ck_assert_int_eq(inode_node_name(table, 7, &directory, name), 0);
	ck_assert_uint_eq(directory, 12);
	ck_assert_str_eq(name, "B.md");
	ck_assert_int_eq(inode_node_name(table, 8, &directory, name), -ENOENT);
	inode_table_free(table);
}
END_TEST

static node_id forgotten_page;
static uint64_t forgotten_version;

static void note_forgotten(void *context, node_id node, uint64_t version)
{
	(void)context;
	forgotten_page = node;
	forgotten_version = version;
}

START_TEST(a_pinned_number_means_one_version_until_it_is_forgotten)
{
	set_up();
	bool is_detached;
	forgotten_page = 0;
	inode_pin_versions(table, note_forgotten, NULL);
	uint64_t number = look_up(7, 1, "A.md");
	ck_assert_uint_eq(place_of(number).version, 1);
	/* What is told twice changes nothing. */
	ck_assert_uint_eq(inode_page_changed(table, 7, 1, &is_detached), 0);
	ck_assert_uint_eq(inode_page_changed(table, 7, 2, &is_detached), number);
	ck_assert(is_detached);
	uint64_t next = look_up(7, 2, "A.md");
	ck_assert_uint_ne(next, number);
	ck_assert_uint_eq(place_of(number).version, 1);
	ck_assert_uint_eq(place_of(next).version, 2);
	/* Found at a lookup before it was told: the same. */
	ck_assert_uint_ne(look_up(7, 3, "A.md"), next);
	ck_assert(place_of(next).is_detached);
	inode_forget(table, number, 1);
	ck_assert_uint_eq(forgotten_page, 7);
	ck_assert_uint_eq(forgotten_version, 1);
	/* The present version is not forgotten with its number: the cache has it. */
	inode_forget(table, next, 1);
	ck_assert_uint_eq(forgotten_version, 2);
	forgotten_page = 0;
	inode_forget(table, inode_number(table, 7), 1);
	ck_assert_uint_eq(forgotten_page, 0);
	inode_table_free(table);
}
END_TEST

START_TEST(a_page_never_fetched_is_pinned_when_it_is_here)
{
	set_up();
	bool is_detached;
	inode_pin_versions(table, NULL, NULL);
	struct node_attr attr = page(7, 0);
	attr.is_size_exact = false;
	uint64_t number = inode_remember_node(table, &attr, NODE_ROOT, "A.md");
	ck_assert_uint_eq(place_of(number).version, 0);
	ck_assert_uint_eq(inode_page_changed(table, 7, 1, &is_detached), number);
	ck_assert(!is_detached);
	inode_pin(table, number, 1);
	inode_pin(table, number, 2);
	ck_assert_uint_eq(place_of(number).version, 1);
	inode_table_free(table);
}
END_TEST

START_TEST(a_text_has_a_number_of_its_own)
{
	set_up();
	char bytes[8];
	size_t size = 0;
	struct buf text;
	buf_init(&text, 100);
	buf_puts(&text, "first");
	uint64_t number = inode_remember_text(table, SPECIAL_NODE_BIT | 3, &text);
	buf_puts(&text, "the second");
	uint64_t next = inode_remember_text(table, SPECIAL_NODE_BIT | 3, &text);
	ck_assert_uint_ne(next, number);
	ck_assert_int_eq(inode_read_text(table, number, bytes, sizeof bytes, 1, &size), 4);
	ck_assert_mem_eq(bytes, "irst", 4);
	ck_assert_uint_eq(size, 5);
	ck_assert_int_eq(inode_read_text(table, next, bytes, 3, 99, NULL), 0);
	inode_forget(table, number, 1);
	ck_assert_int_eq(inode_read_text(table, number, bytes, 1, 0, NULL), -ESTALE);
	buf_release(&text);
	inode_table_free(table);
}
END_TEST

SUITE_CASES = {
	&the_root_is_number_one_and_is_never_forgotten,
	&an_object_keeps_its_number_until_every_lookup_is_forgotten,
	&thousands_of_objects_are_all_found_again,
	&a_page_that_changed_under_a_reader_gets_a_new_number,
	&what_an_own_writer_changes_is_no_other_version,
	&opening_another_version_beside_a_reader_is_stale,
	&a_change_from_outside_detaches_only_what_is_open,
	&a_forgotten_number_lives_until_its_last_handle_is_closed,
	&a_local_file_renamed_onto_a_page_becomes_it,
	&a_page_renamed_to_a_local_name_hands_the_page_on,
	&renaming_a_local_directory_moves_what_lies_below_it,
	&exchanging_two_local_directories_moves_both_sides,
	&hard_links_are_one_number_and_found_by_the_name_that_is_left,
	&a_page_keeps_its_number_when_the_workspace_renames_it,
	&a_pinned_number_means_one_version_until_it_is_forgotten,
	&a_page_never_fetched_is_pinned_when_it_is_here,
	&a_text_has_a_number_of_its_own,
};
SUITE_MAIN("inode")
