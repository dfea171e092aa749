/*
 * Notion changed while a text was being written: who keeps what.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define PAGE "Lantern Yard Coffee/Handbook.md"

static bool holds(const json_t *value, const char *needle, const json_t **ret_block)
{
	size_t i;
	json_t *block;
	json_array_foreach (value, i, block) {
		char *text = json_dumps(block, JSON_COMPACT | JSON_ENCODE_ANY);
		bool found = strstr(text, needle) != NULL;
		free(text);
		if (found) {
			*ret_block = block;
			return true;
		}
	}
	return false;
}

/* The block of the server's whole workspace whose JSON holds the text. New reference. */
static json_t *remote_block(struct fixture *fixture, const char *needle)
{
	json_t *dump = fixture_http(fixture, "GET", "/_sim/dump", NULL);
	const char *parent;
	json_t *blocks;
	const json_t *found = NULL;
	json_object_foreach (json_object_get(dump, "blocks"), parent, blocks) {
		if (holds(blocks, needle, &found)) {
			break;
		}
	}
	json_t *copy = found == NULL ? NULL : json_deep_copy(found);
	json_decref(dump);
	return copy;
}

/* What a person does in the Notion app: this paragraph now reads so. */
static void edit_remote(struct fixture *fixture, const char *needle, const char *text)
{
	json_t *block = remote_block(fixture, needle);
	ck_assert_ptr_nonnull(block);
	json_t *edit = json_pack("{ss ss sO s{s{s[{s{ss}}]}}}", "as", "app", "op", "update", "id",
				 json_object_get(block, "id"), "block", "paragraph", "rich_text",
				 "text", "content", text);
	char *body = json_dumps(edit, JSON_COMPACT);
	json_decref(fixture_http(fixture, "POST", "/_sim/edit", body));
	free(body);
	json_decref(edit);
	json_decref(block);
}

static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	ck_assert_ptr_nonnull(at);
	char *copy;
	ck_assert_int_ge(asprintf(&copy, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)),
			 0);
	return copy;
}

static json_t *sync_page(struct fixture *fixture)
{
	return fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}");
}

#define FIRST "We are a coffee roastery with nine people"
#define SECOND "cocoa and call it coffee"

START_TEST(different_blocks_both_survive)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	char *text = fixture_read(&fixture, PAGE);
	char *edited = replaced(text, FIRST, "We are a tea house with nine people");
	edit_remote(&fixture, SECOND, "Children drink milk.");
	fixture_write(&fixture, PAGE, edited);
	json_t *answer = sync_page(&fixture);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "conflicts")), 0);
	json_decref(answer);
	json_t *ours = remote_block(&fixture, "We are a tea house");
	json_t *theirs = remote_block(&fixture, "Children drink milk.");
	ck_assert_ptr_nonnull(ours);
	ck_assert_ptr_nonnull(theirs);
	json_decref(ours);
	json_decref(theirs);
	free(text);
	free(edited);
	fixture_release(&fixture);
}
END_TEST

START_TEST(different_words_of_one_block_both_survive)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	edit_remote(&fixture, FIRST, "One two three four five six seven eight nine ten.");
	fixture_settle(&fixture);
	json_t *info = fixture_command(&fixture, "{\"command\":\"sync\"}");
	json_decref(info);
	char *text = fixture_read(&fixture, PAGE);
	char *edited = replaced(text, "One two", "Uno two");
	edit_remote(&fixture, "One two three", "One two three four five six seven eight nine dix.");
	fixture_write(&fixture, PAGE, edited);
	json_t *answer = sync_page(&fixture);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "conflicts")), 0);
	json_decref(answer);
	json_t *merged =
		remote_block(&fixture, "Uno two three four five six seven eight nine dix.");
	ck_assert_ptr_nonnull(merged);
	json_decref(merged);
	char *shown = fixture_read(&fixture, PAGE);
	ck_assert_ptr_nonnull(strstr(shown, "Uno two three four five six seven eight nine dix."));
	free(shown);
	free(text);
	free(edited);
	fixture_release(&fixture);
}
END_TEST

START_TEST(the_same_words_stay_as_they_are_in_notion_and_the_file_is_kept)
{
	struct fixture fixture;
	struct node_attr directory;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	char *text = fixture_read(&fixture, PAGE);
	char *edited = replaced(text, FIRST, "We are a tea house with nine people");
	edit_remote(&fixture, FIRST, "We are a cider mill with nine people.");
	fixture_write(&fixture, PAGE, edited);
	json_t *answer = sync_page(&fixture);
	ck_assert_uint_eq(json_array_size(json_object_get(answer, "conflicts")), 1);
	json_decref(answer);
	json_t *ours = remote_block(&fixture, "We are a tea house");
	json_t *theirs = remote_block(&fixture, "We are a cider mill");
	ck_assert_ptr_null(ours);
	ck_assert_ptr_nonnull(theirs);
	json_decref(theirs);
	char *shown = fixture_read(&fixture, PAGE);
	ck_assert_ptr_nonnull(strstr(shown, "We are a cider mill"));
	free(shown);
	ck_assert_int_eq(fixture_find(&fixture, "Lantern Yard Coffee", &directory), 0);
	char *kept = fixture_local_copy(&fixture, directory.node, "Handbook.md.conflict-");
	ck_assert_ptr_nonnull(kept);
	ck_assert(strcmp(kept, edited) == 0);
	free(kept);
	free(text);
	free(edited);
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&different_blocks_both_survive,
	&different_words_of_one_block_both_survive,
	&the_same_words_stay_as_they_are_in_notion_and_the_file_is_kept,
};
SUITE_MAIN("conflict")
