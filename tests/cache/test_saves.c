/*
 * Saves that meet other saves, renames and removals of the same page on their way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/clock.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define DIRECTORY "Lantern Yard Coffee"
#define PAGE DIRECTORY "/Twins.md"
#define THREE "Same.\n\nSame.\n\nSame.\n"
#define FOUR THREE "\nSame.\n"
#define FIVE FOUR "\nLast.\n"

static void advance(struct fixture *fixture, unsigned seconds)
{
	char body[64];
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never = PTHREAD_COND_INITIALIZER;
	(void)snprintf(body, sizeof body, "{\"advance_s\":%u}", seconds);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/clock", body);
	int64_t now_ms = json_integer_value(json_object_get(answer, "now_ms"));
	json_decref(answer);
	LOCK_SCOPE(&mutex);
	while (clock_now_ms() < now_ms) {
		clock_wait_until(&never, &mutex, now_ms);
	}
}

static void open_with_page(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->options.test_clock_url = fixture->base_url;
	fixture->options.trash_delay_ms = 10;
	fixture_reopen(fixture);
	fixture_settle(fixture);
	fixture_write(fixture, PAGE, THREE);
	fixture_settle(fixture);
}

static json_t *sync_now(struct fixture *fixture)
{
	return fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}");
}

static void settle_owed(struct fixture *fixture)
{
	for (int round = 0; round < 8; round++) {
		json_t *answer = sync_now(fixture);
		bool is_over = json_integer_value(json_object_get(answer, "pending")) == 0;
		json_decref(answer);
		if (is_over) {
			return;
		}
		advance(fixture, 70);
	}
	ck_abort_msg("still owed");
}

static json_t *children(struct fixture *fixture, const char *path)
{
	char text[256];
	(void)snprintf(text, sizeof text, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, text);
	const char *id = json_string_value(json_object_get(info, "id"));
	ck_assert_ptr_nonnull(id);
	(void)snprintf(text, sizeof text, "/v1/blocks/%s/children", id);
	json_decref(info);
	json_t *answer = fixture_http(fixture, "GET", text, NULL);
	json_t *results = json_incref(json_object_get(answer, "results"));
	json_decref(answer);
	return results;
}

static void order_fault(struct fixture *fixture, const char *fault)
{
	json_decref(fixture_http(fixture, "POST", "/_sim/faults", fault));
}

static void await_fault(struct fixture *fixture)
{
	for (bool is_there = false; !is_there;) {
		size_t i;
		json_t *request;
		json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
		json_array_foreach (requests, i, request) {
			is_there |= json_is_string(json_object_get(request, "fault"));
		}
		json_decref(requests);
	}
}

#define APPEND_CUT                                                                          \
	"{\"faults\":[{\"match\":{\"method\":\"PATCH\",\"path\":\"/children$\",\"nth\":1}," \
	"\"do\":\"cut\",\"apply\":\"all\"}]}"

START_TEST(a_save_after_one_without_an_answer_is_neither_lost_nor_made_twice)
{
	struct fixture fixture;
	open_with_page(&fixture);
	order_fault(&fixture, APPEND_CUT);
	fixture_write(&fixture, PAGE, FOUR);
	json_decref(sync_now(&fixture));
	fixture_write(&fixture, PAGE, FIVE);
	settle_owed(&fixture);
	json_t *blocks = children(&fixture, PAGE);
	ck_assert_uint_eq(json_array_size(blocks), 5);
	json_decref(blocks);
	char *text = fixture_read(&fixture, PAGE);
	ck_assert_str_eq(text, FIVE);
	free(text);
	fixture_release(&fixture);
}
END_TEST

#define UPDATE_CUT                                                                                 \
	"{\"faults\":[{\"match\":{\"method\":\"PATCH\",\"path\":\"/(blocks|pages)/[^/]*$\"," \
	"\"nth\":1},\"do\":\"cut\",\"apply\":\"all\"}]}"

START_TEST(what_was_changed_back_after_an_update_without_an_answer_is_changed_back_in_notion)
{
	struct fixture fixture;
	open_with_page(&fixture);
	order_fault(&fixture, UPDATE_CUT);
	fixture_write(&fixture, PAGE, "Same.\n\nOther.\n\nSame.\n");
	json_decref(sync_now(&fixture));
	fixture_write(&fixture, PAGE, THREE);
	settle_owed(&fixture);
	json_t *blocks = children(&fixture, PAGE);
	char *text = json_dumps(blocks, 0);
	ck_assert_uint_eq(json_array_size(blocks), 3);
	ck_assert_ptr_null(strstr(text, "Other."));
	free(text);
	json_decref(blocks);
	text = fixture_read(&fixture, PAGE);
	ck_assert_str_eq(text, THREE);
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_name_that_was_given_back_after_a_title_without_an_answer_is_the_title_in_notion)
{
	struct fixture fixture;
	struct node_attr directory;
	open_with_page(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, DIRECTORY, &directory), 0);
	order_fault(&fixture, UPDATE_CUT);
	ck_assert_int_eq(workspace_rename(fixture.workspace, directory.node, "Twins.md",
					  directory.node, "Triplets.md", 0, 1),
			 0);
	json_decref(sync_now(&fixture));
	ck_assert_int_eq(workspace_rename(fixture.workspace, directory.node, "Triplets.md",
					  directory.node, "Twins.md", 0, 1),
			 0);
	settle_owed(&fixture);
	json_t *dump = fixture_http(&fixture, "GET", "/_sim/dump", NULL);
	char *pages = json_dumps(json_object_get(dump, "pages"), 0);
	ck_assert_ptr_null(strstr(pages, "Triplets"));
	ck_assert_ptr_nonnull(strstr(pages, "Twins"));
	free(pages);
	json_decref(dump);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_page_that_is_renamed_and_then_edited_keeps_its_blocks)
{
	struct fixture fixture;
	struct node_attr directory;
	open_with_page(&fixture);
	json_t *before = children(&fixture, PAGE);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, DIRECTORY, &directory), 0);
	ck_assert_int_eq(workspace_rename(fixture.workspace, directory.node, "Twins.md",
					  directory.node, "Triplets.md", 0, 1),
			 0);
	fixture_write(&fixture, DIRECTORY "/Triplets.md", FOUR);
	settle_owed(&fixture);
	json_t *after = children(&fixture, DIRECTORY "/Triplets.md");
	size_t kept = 0;
	for (size_t i = 0; i < json_array_size(before); i++) {
		for (size_t j = 0; j < json_array_size(after); j++) {
			kept += json_equal(json_object_get(json_array_get(before, i), "id"),
					   json_object_get(json_array_get(after, j), "id"))
					? 1
					: 0;
		}
	}
	ck_assert_uint_eq(json_array_size(after), 4);
	ck_assert_uint_eq(kept, 3);
	json_decref(before);
	json_decref(after);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_file_made_again_while_its_page_is_being_trashed_is_there_in_the_end)
{
	struct fixture fixture;
	struct node_attr directory;
	open_with_page(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, DIRECTORY, &directory), 0);
	fixture_clear_requests(&fixture);
	order_fault(&fixture, "{\"faults\":[{\"match\":{\"method\":\"PATCH\",\"path\":\"/pages/\","
			      "\"nth\":1},\"do\":\"hold\"}]}");
	ck_assert_int_eq(workspace_unlink(fixture.workspace, directory.node, "Twins.md"), 0);
	advance(&fixture, 1);
	await_fault(&fixture);
	fixture_write(&fixture, PAGE, FOUR);
	json_decref(fixture_http(&fixture, "POST", "/_sim/release", NULL));
	settle_owed(&fixture);
	char *text = fixture_read(&fixture, PAGE);
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, FOUR);
	free(text);
	json_t *blocks = children(&fixture, PAGE);
	ck_assert_uint_eq(json_array_size(blocks), 4);
	ck_assert(!json_is_true(json_object_get(json_array_get(blocks, 0), "in_trash")));
	json_decref(blocks);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_name_taken_again_without_a_save_keeps_the_page_and_what_was_owed_for_it)
{
	struct fixture fixture;
	struct node_attr directory;
	struct node_attr attr;
	struct page_file *file;
	size_t count = 0;
	open_with_page(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, DIRECTORY, &directory), 0);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	fixture_write(&fixture, PAGE, FOUR);
	ck_assert_int_eq(workspace_unlink(fixture.workspace, directory.node, "Twins.md"), 0);
	ck_assert_int_eq(workspace_create(fixture.workspace, directory.node, "Twins.md", 0644, 1,
					  &attr, &file),
			 0);
	/* Its process hangs from here on. */
	for (int round = 0; round < 200 && count != 4; round++) {
		advance(&fixture, 10);
		json_decref(sync_now(&fixture));
		json_t *blocks = children(&fixture, PAGE);
		count = json_array_size(blocks);
		json_decref(blocks);
	}
	ck_assert_uint_eq(count, 4);
	ck_assert_int_eq(page_file_close(file), 0);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_another_reader_saved_over_an_older_version_takes_nothing_back)
{
	struct fixture fixture;
	struct node_attr attr;
	struct page_file *file;
	open_with_page(&fixture);
	/* 77 has it open as it is; we change another block meanwhile. */
	ck_assert_int_eq(fixture_find(&fixture, PAGE, &attr), 0);
	ck_assert_int_eq(workspace_open_page(fixture.workspace, attr.node, 0, 77, &file), 0);
	ck_assert_int_eq(page_file_close(file), 0);
	fixture_write(&fixture, PAGE, "Ours.\n\nSame.\n\nSame.\n");
	settle_owed(&fixture);
	advance(&fixture, 5);
	ck_assert_int_eq(workspace_open_page(fixture.workspace, attr.node, 01 | 01000, 77, &file),
			 0);
	static const char theirs[] = "Same.\n\nSame.\n\nTheirs.\n";
	ck_assert_int_eq(page_file_write(file, theirs, strlen(theirs), 0, false),
			 (ssize_t)strlen(theirs));
	ck_assert_int_eq(page_file_close(file), 0);
	settle_owed(&fixture);
	char *text = fixture_read(&fixture, PAGE);
	ck_assert_str_eq(text, "Ours.\n\nSame.\n\nTheirs.\n");
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(properties_that_were_sent_before_a_call_without_an_answer_are_shown)
{
	static const char edited[] = "---\nicon: 🌱\n---\n\n" FOUR;
	struct fixture fixture;
	open_with_page(&fixture);
	char *text = fixture_read(&fixture, PAGE);
	free(text);
	fixture_clear_requests(&fixture);
	order_fault(&fixture, "{\"faults\":[{\"match\":{\"method\":\"PATCH\","
			      "\"path\":\"/children\",\"nth\":1},\"do\":\"status\","
			      "\"status\":503}]}");
	fixture_write(&fixture, PAGE, edited);
	settle_owed(&fixture);
	text = fixture_read(&fixture, PAGE);
	ck_assert_str_eq(text, edited);
	free(text);
	/* Nor does a save over them take them back. */
	fixture_write(&fixture, PAGE, "---\nicon: 🌱\n---\n\n" FIVE);
	settle_owed(&fixture);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 4);
	fixture_release(&fixture);
}
END_TEST

/* Somebody else's paragraph in the page, behind the block at `after`. */
static void insert_remote(struct fixture *fixture, size_t after, const char *text)
{
	char body[400];
	json_t *info = fixture_command(fixture, "{\"command\":\"info\",\"path\":\"" PAGE "\"}");
	json_t *blocks = children(fixture, PAGE);
	(void)snprintf(
		body, sizeof body,
		"{\"as\":\"app\",\"op\":\"insert\",\"id\":\"%s\",\"after\":\"%s\",\"block\":{"
		"\"paragraph\":{\"rich_text\":[{\"text\":{\"content\":\"%s\"}}]}}}",
		json_string_value(json_object_get(info, "id")),
		json_string_value(json_object_get(json_array_get(blocks, after), "id")), text);
	json_t *answer = fixture_http(fixture, "POST", "/_sim/edit", body);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "ids")), 1);
	json_decref(answer);
	json_decref(blocks);
	json_decref(info);
}

/* The page's first-level texts, one behind the other; caller frees. */
static char *texts(struct fixture *fixture)
{
	struct buf all;
	size_t i;
	json_t *block;
	json_t *blocks = children(fixture, PAGE);
	buf_init(&all, 10000);
	json_array_foreach (blocks, i, block) {
		const char *type = json_string_value(json_object_get(block, "type"));
		const json_t *runs = json_object_get(json_object_get(block, type), "rich_text");
		buf_printf(
			&all, "%s%s", i > 0 ? " " : "",
			json_string_value(json_object_get(json_array_get(runs, 0), "plain_text")));
	}
	json_decref(blocks);
	return buf_steal(&all, NULL);
}

static void expect(struct fixture *fixture, const char *wanted)
{
	char *there = texts(fixture);
	ck_assert_str_eq(there, wanted);
	free(there);
}

START_TEST(an_equal_block_of_somebody_else_is_not_taken_for_ours)
{
	struct fixture fixture;
	open_with_page(&fixture);
	free(fixture_read(&fixture, PAGE));
	order_fault(&fixture, "{\"faults\":[{\"match\":{\"method\":\"PATCH\","
			      "\"path\":\"/children$\",\"nth\":1},\"do\":\"cut\"}]}");
	fixture_write(&fixture, PAGE, FOUR);
	json_decref(sync_now(&fixture));
	/* Ours did not land; theirs reads the same and stands where ours was to be. */
	insert_remote(&fixture, 2, "Same.");
	settle_owed(&fixture);
	expect(&fixture, "Same. Same. Same. Same. Same.");
	fixture_release(&fixture);
}
END_TEST

#define HEADINGS "Same.\n\n# One\n\nSame.\n\n# Two\n"

/* An answer to an append has the later siblings too: what of them is not in our base is another's,
 * and stays another's whatever becomes of the rest of the plan. */
START_TEST(what_others_put_behind_ours_is_not_ours_when_a_plan_is_made_anew)
{
	struct fixture fixture;
	open_with_page(&fixture);
	fixture_write(&fixture, PAGE, HEADINGS);
	settle_owed(&fixture);
	advance(&fixture, 70);
	free(fixture_read(&fixture, PAGE));
	insert_remote(&fixture, 3, "Theirs.");
	fixture_clear_requests(&fixture);
	order_fault(&fixture, "{\"faults\":[{\"match\":{\"method\":\"PATCH\","
			      "\"path\":\"/children$\",\"nth\":2},\"do\":\"status\","
			      "\"status\":503}]}");
	fixture_write(&fixture, PAGE, "Same.\n\nSame.\n\n# One\n\nSame.\n\nSame.\n\n# Two\n");
	settle_owed(&fixture);
	expect(&fixture, "Same. Same. One Same. Same. Two Theirs.");
	ck_assert_uint_eq(fixture_count_requests(&fixture, "DELETE"), 0);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_others_put_behind_ours_is_not_ours_for_the_next_save)
{
	struct fixture fixture;
	open_with_page(&fixture);
	fixture_write(&fixture, PAGE, HEADINGS);
	settle_owed(&fixture);
	advance(&fixture, 70);
	free(fixture_read(&fixture, PAGE));
	insert_remote(&fixture, 3, "Theirs.");
	fixture_clear_requests(&fixture);
	order_fault(&fixture, "{\"faults\":[{\"match\":{\"method\":\"PATCH\","
			      "\"path\":\"/children$\",\"nth\":1},\"do\":\"hold\"}]}");
	fixture_write(&fixture, PAGE, "Same.\n\nSame.\n\n# One\n\nSame.\n\n# Two\n");
	while (fixture_count_requests(&fixture, "PATCH") == 0) {
		advance(&fixture, 1);
	}
	fixture_write(&fixture, PAGE, "Same.\n\nSame.\n\n# One\n\nSame.\n\nSame.\n\n# Two\n");
	json_decref(fixture_http(&fixture, "POST", "/_sim/release", NULL));
	settle_owed(&fixture);
	expect(&fixture, "Same. Same. One Same. Same. Two Theirs.");
	ck_assert_uint_eq(fixture_count_requests(&fixture, "DELETE"), 0);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_is_flushed_is_not_sent_while_more_is_written)
{
	struct fixture fixture;
	struct node_attr attr;
	struct page_file *file;
	open_with_page(&fixture);
	fixture_clear_requests(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, PAGE, &attr), 0);
	ck_assert_int_eq(workspace_open_page(fixture.workspace, attr.node, 01 | 01000, 1, &file),
			 0);
	/* As a shell does for each program of `(one; two) > page`. */
	ck_assert_int_eq(page_file_commit(file, false), 0);
	for (int i = 0; i < 5; i++) {
		const char *piece = i == 0 ? "Same.\n" : "\nSame.\n";
		ck_assert_int_eq(page_file_write(file, piece, strlen(piece), 0, true),
				 (ssize_t)strlen(piece));
		ck_assert_int_eq(page_file_commit(file, false), 0);
		advance(&fixture, 3);
		advance(&fixture, 3);
		ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 0);
		ck_assert_uint_eq(fixture_count_requests(&fixture, "DELETE"), 0);
	}
	ck_assert_int_eq(page_file_close(file), 0);
	settle_owed(&fixture);
	expect(&fixture, "Same. Same. Same. Same. Same.");
	ck_assert_uint_eq(fixture_count_requests(&fixture, "PATCH"), 1);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&what_was_changed_back_after_an_update_without_an_answer_is_changed_back_in_notion,
	&a_name_that_was_given_back_after_a_title_without_an_answer_is_the_title_in_notion,
	&a_save_after_one_without_an_answer_is_neither_lost_nor_made_twice,
	&a_page_that_is_renamed_and_then_edited_keeps_its_blocks,
	&a_name_taken_again_without_a_save_keeps_the_page_and_what_was_owed_for_it,
	&a_file_made_again_while_its_page_is_being_trashed_is_there_in_the_end,
	&what_another_reader_saved_over_an_older_version_takes_nothing_back,
	&properties_that_were_sent_before_a_call_without_an_answer_are_shown,
	&an_equal_block_of_somebody_else_is_not_taken_for_ours,
	&what_others_put_behind_ours_is_not_ours_when_a_plan_is_made_anew,
	&what_others_put_behind_ours_is_not_ours_for_the_next_save,
	&what_is_flushed_is_not_sent_while_more_is_written,
};
SUITE_MAIN("saves")
