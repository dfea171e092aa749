/*
 * The waist, whole, against a server: what a mount would see and what Notion would get.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define PAGE_OF_300 "Lantern Yard Coffee/Handbook.md"

struct walking {
	struct fixture *fixture;
	size_t pages;
	size_t directories;
	size_t assets;
	node_id subdirectories[200];
	node_id files[500];
	node_id stored[100];
};

static bool note_entry(void *context, uint64_t cookie, const char *name,
		       const struct node_attr *attr)
{
	struct walking *walking = context;
	ck_assert_uint_ge(cookie, 16);
	ck_assert_uint_gt(strlen(name), 0);
	if (attr->kind == NODE_DIRECTORY) {
		walking->subdirectories[walking->directories++] = attr->node;
	} else if (attr->kind == NODE_ASSET) {
		walking->stored[walking->assets++] = attr->node;
	} else {
		walking->files[walking->pages++] = attr->node;
	}
	return true;
}

static void list_everything(struct walking *walking)
{
	struct fixture *fixture = walking->fixture;
	*walking = (struct walking){.fixture = fixture};
	walking->subdirectories[walking->directories++] = NODE_ROOT;
	for (size_t i = 0; i < walking->directories; i++) {
		node_id directory = walking->subdirectories[i];
		ck_assert_int_eq(fixture_fetch(fixture, directory, WANT_LISTING), 0);
		ck_assert_int_eq(
			workspace_list(fixture->workspace, directory, 0, note_entry, walking), 0);
	}
}

static void open_page(struct fixture *fixture, node_id page)
{
	struct page_file *file;
	struct node_attr attr;
	char byte;
	ck_assert_int_eq(fixture_fetch(fixture, page, WANT_CONTENT), 0);
	ck_assert_int_eq(workspace_open_page(fixture->workspace, page, 0, 1, &file), 0);
	page_file_getattr(file, &attr);
	ck_assert(attr.is_size_exact);
	ck_assert_int_eq(page_file_read(file, &byte, 1, (off_t)attr.size), 0);
	ck_assert_int_eq(page_file_close(file), 0);
}

static void open_asset(struct fixture *fixture, node_id asset)
{
	struct node_attr attr;
	struct stat st;
	int fd = -1;
	ck_assert_int_eq(fixture_fetch(fixture, asset, WANT_SIZE), 0);
	ck_assert_int_eq(workspace_getattr(fixture->workspace, asset, &attr), 0);
	ck_assert_int_eq(fixture_fetch(fixture, asset, WANT_CONTENT), 0);
	ck_assert_int_eq(workspace_open_asset(fixture->workspace, asset, &fd), 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert(attr.is_size_exact);
	ck_assert_int_eq((int64_t)attr.size, st.st_size);
	(void)close(fd);
}

/* Lists everything and opens every page and stored file. */
static size_t read_everything(struct fixture *fixture)
{
	struct walking *walking = calloc(1, sizeof *walking);
	walking->fixture = fixture;
	list_everything(walking);
	for (size_t i = 0; i < walking->pages; i++) {
		open_page(fixture, walking->files[i]);
	}
	list_everything(walking); /* what the pages show is known now */
	ck_assert_uint_gt(walking->assets, 5);
	for (size_t i = 0; i < walking->assets; i++) {
		open_asset(fixture, walking->stored[i]);
	}
	size_t pages = walking->pages;
	free(walking);
	return pages;
}

/* A copy of `text` with the first `from` replaced. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	ck_assert_ptr_nonnull(at);
	char *copy;
	ck_assert_int_ge(asprintf(&copy, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)),
			 0);
	return copy;
}

START_TEST(everything_is_listed_and_read_and_then_costs_nothing)
{
	struct fixture fixture;
	fixture_init(&fixture);
	size_t pages = read_everything(&fixture);
	ck_assert_uint_ge(pages, 40);
	fixture_settle(&fixture);
	fixture_clear_requests(&fixture);
	ck_assert_uint_eq(read_everything(&fixture), pages);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "!none"), 0);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_second_mount_reads_no_blocks)
{
	struct fixture fixture;
	fixture_init(&fixture);
	size_t pages = read_everything(&fixture);
	fixture_settle(&fixture);
	struct node_attr before;
	struct node_attr after;
	ck_assert_int_eq(fixture_find(&fixture, PAGE_OF_300, &before), 0);
	fixture_close(&fixture);
	fixture_clear_requests(&fixture);
	fixture_open(&fixture);
	ck_assert_uint_eq(read_everything(&fixture), pages);
	json_t *requests = fixture_http(&fixture, "GET", "/_sim/requests", NULL);
	size_t i;
	json_t *item;
	json_array_foreach (requests, i, item) {
		const char *path = json_string_value(json_object_get(item, "path"));
		ck_assert_msg(strncmp(path, "/v1/blocks/", 11) != 0, "%s", path);
	}
	json_decref(requests);
	ck_assert_int_eq(fixture_find(&fixture, PAGE_OF_300, &after), 0);
	ck_assert_uint_eq(after.node, before.node);
	ck_assert_uint_eq(after.size, before.size);
	ck_assert_int_eq(after.mtime_ns, before.mtime_ns);
	ck_assert_int_eq(after.ctime_ns, before.ctime_ns);
	fixture_release(&fixture);
}
END_TEST

START_TEST(numbers_names_and_times_survive_the_loss_of_the_cache)
{
	struct fixture fixture;
	struct node_attr before;
	struct node_attr after;
	fixture_init(&fixture);
	(void)read_everything(&fixture);
	fixture_settle(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, PAGE_OF_300, &before), 0);
	fixture_close(&fixture);
	fixture_delete_cache(&fixture);
	fixture_open(&fixture);
	(void)read_everything(&fixture);
	fixture_settle(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, PAGE_OF_300, &after), 0);
	ck_assert_uint_eq(after.node, before.node);
	ck_assert_uint_eq(after.size, before.size);
	ck_assert_uint_eq(after.version, before.version);
	ck_assert_int_eq(after.mtime_ns, before.mtime_ns);
	ck_assert_int_eq(after.ctime_ns, before.ctime_ns);
	fixture_release(&fixture);
}
END_TEST

START_TEST(one_changed_word_is_one_patch_of_one_block)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	char *text = fixture_read(&fixture, PAGE_OF_300);
	char *edited = replaced(text, "coffee", "cocoa");
	fixture_clear_requests(&fixture);
	fixture_write(&fixture, PAGE_OF_300, edited);
	json_t *answer = fixture_command(&fixture, "{\"command\":\"sync\",\"send_only\":true}");
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "pending")), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "failed")), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "conflicts")), 0);
	json_decref(answer);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 1);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "POST"), 0);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "DELETE"), 0);
	ck_assert_uint_le(fixture_count_requests(&fixture, "GET"), 3);
	char *again = fixture_read(&fixture, PAGE_OF_300);
	ck_assert(strcmp(again, edited) == 0);
	free(text);
	free(edited);
	free(again);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_save_of_the_same_bytes_sends_nothing)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	char *text = fixture_read(&fixture, PAGE_OF_300);
	fixture_clear_requests(&fixture);
	fixture_write(&fixture, PAGE_OF_300, text);
	json_decref(fixture_command(&fixture, "{\"command\":\"sync\",\"send_only\":true}"));
	ck_assert_uint_eq(fixture_count_requests(&fixture, "!none"), 0);
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(an_empty_save_over_a_page_with_text_is_held)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	fixture_clear_requests(&fixture);
	free(fixture_read(&fixture, PAGE_OF_300));
	fixture_write(&fixture, PAGE_OF_300, "");
	json_t *answer = fixture_command(&fixture, "{\"command\":\"sync\",\"send_only\":true}");
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "held")), 1);
	json_decref(answer);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "!GET"), 0);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_new_file_is_a_new_page)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	fixture_clear_requests(&fixture);
	fixture_write(&fixture, "Lantern Yard Coffee/A new thought.md",
		      "# First\n\nSome words.\n\n- one\n- two\n");
	json_t *answer = fixture_command(&fixture, "{\"command\":\"sync\",\"send_only\":true}");
	char *said = json_dumps(answer, 0);
	ck_assert_msg(json_integer_value(json_object_get(answer, "pending")) == 0 &&
			      json_array_size(json_object_get(answer, "failed")) == 0,
		      "%s", said);
	free(said);
	json_decref(answer);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "POST"), 1);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 0);
	char *text = fixture_read(&fixture, "Lantern Yard Coffee/A new thought.md");
	ck_assert_str_eq(text, "# First\n\nSome words.\n\n- one\n- two\n");
	free(text);
	answer = fixture_command(
		&fixture,
		"{\"command\":\"info\",\"path\":\"Lantern Yard Coffee/A new thought.md\"}");
	ck_assert_str_eq(json_string_value(json_object_get(answer, "state")), "synced");
	ck_assert_uint_eq(json_string_length(json_object_get(answer, "id")), 36);
	json_decref(answer);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_save_that_was_not_sent_is_sent_by_the_next_process_once)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	char *text = fixture_read(&fixture, PAGE_OF_300);
	char *edited = replaced(text, "coffee", "cocoa");
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	fixture_clear_requests(&fixture);
	fixture_write(&fixture, PAGE_OF_300, edited);
	fixture_close(&fixture);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 0);
	fixture_delete_cache(&fixture);
	fixture.options.save_delay_ms = 10;
	fixture_open(&fixture);
	char *shown = fixture_read(&fixture, PAGE_OF_300);
	ck_assert(strcmp(shown, edited) == 0);
	json_t *answer = fixture_command(&fixture, "{\"command\":\"sync\",\"send_only\":true}");
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "pending")), 0);
	json_decref(answer);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 1);
	free(text);
	free(edited);
	free(shown);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&everything_is_listed_and_read_and_then_costs_nothing,
	&a_second_mount_reads_no_blocks,
	&numbers_names_and_times_survive_the_loss_of_the_cache,
	&one_changed_word_is_one_patch_of_one_block,
	&a_save_of_the_same_bytes_sends_nothing,
	&an_empty_save_over_a_page_with_text_is_held,
	&a_new_file_is_a_new_page,
	&a_save_that_was_not_sent_is_sent_by_the_next_process_once,
};
SUITE_MAIN("workspace")
