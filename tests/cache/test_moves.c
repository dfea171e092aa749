/*
 * Pages that go to another directory: what is sent for it, how often, and what becomes of the
 * names here.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "mapping/base/clock.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define TOP "Lantern Yard Coffee"

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

/* The workspace read, its clock the server's, nothing asked yet. */
static void open_settled(struct fixture *fixture)
{
	fixture_init(fixture);
	fixture->options.test_clock_url = fixture->base_url;
	fixture_reopen(fixture);
	fixture_settle(fixture);
	fixture_clear_requests(fixture);
}

static void settle_owed(struct fixture *fixture)
{
	for (int round = 0; round < 8; round++) {
		json_t *answer =
			fixture_command(fixture, "{\"command\":\"sync\",\"send_only\":true}");
		bool is_over = json_integer_value(json_object_get(answer, "pending")) == 0;
		json_decref(answer);
		if (is_over) {
			return;
		}
		advance(fixture, 70);
	}
	ck_abort_msg("still owed");
}

static node_id directory_of(struct fixture *fixture, const char *path)
{
	struct node_attr attr;
	if (*path == '\0') {
		return NODE_ROOT;
	}
	ck_assert_int_eq(fixture_find(fixture, path, &attr), 0);
	return attr.node;
}

static int move(struct fixture *fixture, const char *from, const char *name, const char *to,
		const char *new_name)
{
	return workspace_rename(fixture->workspace, directory_of(fixture, from), name,
				directory_of(fixture, to), new_name, 0, 1);
}

static char *id_of(struct fixture *fixture, const char *path)
{
	char text[256];
	(void)snprintf(text, sizeof text, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, text);
	const char *id = json_string_value(json_object_get(info, "id"));
	ck_assert_ptr_nonnull(id);
	char *copy = strdup(id);
	json_decref(info);
	return copy;
}

/* "POST /v1/pages/<id>/move PATCH /v1/pages/<id>": the writes, ids left out. */
static void check_writes(struct fixture *fixture, const char *expected)
{
	struct buf writes;
	size_t i;
	json_t *request;
	json_t *requests = fixture_http(fixture, "GET", "/_sim/requests", NULL);
	buf_init(&writes, 100000);
	json_array_foreach (requests, i, request) {
		const char *method = json_string_value(json_object_get(request, "method"));
		const char *path = json_string_value(json_object_get(request, "path"));
		if (strcmp(method, "GET") == 0 || strstr(path, "/search") != NULL ||
		    strstr(path, "/query") != NULL) {
			continue;
		}
		buf_printf(&writes, "%s%s ", writes.len == 0 ? "" : " ", method);
		for (const char *at = path; *at != '\0';) {
			if (strspn(at, "0123456789abcdef-") >= 32) {
				buf_putc(&writes, '*');
				at += strspn(at, "0123456789abcdef-");
			} else {
				buf_putc(&writes, *at++);
			}
		}
	}
	json_decref(requests);
	ck_assert_str_eq(writes.len == 0 ? "" : writes.data, expected);
	buf_release(&writes);
}

#define MOVE "POST /v1/pages/*/move"
#define PATCH_PAGE "PATCH /v1/pages/*"

static void check_parent(struct fixture *fixture, const char *id, const char *parent)
{
	char path[128];
	(void)snprintf(path, sizeof path, "/v1/pages/%s", id);
	json_t *page = fixture_http(fixture, "GET", path, NULL);
	const json_t *at = json_object_get(page, "parent");
	const char *now = json_string_value(json_object_get(at, "page_id"));
	now = now != NULL ? now : json_string_value(json_object_get(at, "data_source_id"));
	ck_assert_str_eq(now == NULL ? "" : now, parent);
	json_decref(page);
}

static void order_fault(struct fixture *fixture, const char *fault)
{
	json_decref(fixture_http(fixture, "POST", "/_sim/faults", fault));
}

static void check_missing(struct fixture *fixture, const char *path)
{
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(fixture, path, &attr), -ENOENT);
}

START_TEST(a_page_moves_with_both_names_and_keeps_its_number_and_its_id)
{
	struct fixture fixture;
	struct node_attr page;
	struct node_attr directory;
	struct node_attr now;
	open_settled(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Archive.md", &page), 0);
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Archive", &directory), 0);
	char *id = id_of(&fixture, TOP "/Archive.md");
	char *target = id_of(&fixture, TOP "/Meetings.md");
	ck_assert_int_eq(move(&fixture, TOP, "Archive", TOP "/Meetings", "Archive"), 0);
	check_missing(&fixture, TOP "/Archive.md");
	check_missing(&fixture, TOP "/Archive");
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Meetings/Archive.md", &now), 0);
	ck_assert_uint_eq(now.node, page.node);
	ck_assert_int_eq(now.mtime_ns, page.mtime_ns);
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Meetings/Archive/Menu 2015.md", &now), 0);
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Meetings/Archive", &now), 0);
	ck_assert_uint_eq(now.node, directory.node);
	settle_owed(&fixture);
	check_writes(&fixture, MOVE);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "GET"), 1);
	check_parent(&fixture, id, target);
	fixture_settle(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Meetings/Archive.md", &now), 0);
	ck_assert_uint_eq(now.node, page.node);
	check_missing(&fixture, TOP "/Archive.md");
	free(id);
	free(target);
	fixture_release(&fixture);
}
END_TEST

START_TEST(moved_retitled_and_saved_is_a_move_and_one_patch_and_then_the_blocks)
{
	struct fixture fixture;
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	char *text = fixture_read(&fixture, TOP "/Archive/Menu 2015.md");
	char *longer = NULL;
	ck_assert_int_gt(asprintf(&longer, "%s\nOne more line.\n", text), 0);
	fixture_write(&fixture, TOP "/Archive/Menu 2015.md", longer);
	fixture_clear_requests(&fixture);
	ck_assert_int_eq(
		move(&fixture, TOP "/Archive", "Menu 2015.md", TOP "/Meetings", "Old menu.md"), 0);
	settle_owed(&fixture);
	check_writes(&fixture, MOVE " " PATCH_PAGE " PATCH /v1/blocks/*/children");
	char *now = fixture_read(&fixture, TOP "/Meetings/Old menu.md");
	ck_assert_str_eq(now, longer);
	fixture_settle(&fixture);
	free(now);
	now = fixture_read(&fixture, TOP "/Meetings/Old menu.md");
	ck_assert_str_eq(now, longer);
	free(text);
	free(longer);
	free(now);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_new_title_is_one_look_at_the_page_and_one_patch)
{
	struct fixture fixture;
	open_settled(&fixture);
	char *before = fixture_read(&fixture, TOP "/Handbook.md");
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP, "Manual.md"), 0);
	settle_owed(&fixture);
	check_writes(&fixture, PATCH_PAGE);
	ck_assert_uint_eq(fixture_count_requests(&fixture, "GET"), 1);
	char *after = fixture_read(&fixture, TOP "/Manual.md");
	ck_assert_str_eq(after, before);
	free(before);
	free(after);
	fixture_release(&fixture);
}
END_TEST

START_TEST(there_and_back_sends_nothing)
{
	struct fixture fixture;
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP "/Meetings", "Handbook.md"), 0);
	ck_assert_int_eq(move(&fixture, TOP "/Meetings", "Handbook.md", TOP, "Handbook.md"), 0);
	fixture_clear_requests(&fixture);
	settle_owed(&fixture);
	check_writes(&fixture, "");
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_was_written_over_a_text_with_the_line_of_a_page_that_moved_makes_no_link)
{
	struct fixture fixture;
	char path[128];
	char *text;
	open_settled(&fixture);
	char *id = id_of(&fixture, TOP ".md");
	char *seen = fixture_read(&fixture, TOP ".md");
	ck_assert_ptr_nonnull(strstr(seen, ">Handbook</page>"));
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP "/Meetings", "Handbook.md"), 0);
	settle_owed(&fixture);
	ck_assert_int_ge(asprintf(&text, "%s\nThe end.\n", seen), 0);
	fixture_write(&fixture, TOP ".md", text);
	settle_owed(&fixture);
	(void)snprintf(path, sizeof path, "/v1/blocks/%s/children", id);
	json_t *answer = fixture_http(&fixture, "GET", path, NULL);
	char *blocks = json_dumps(answer, 0);
	ck_assert_ptr_nonnull(strstr(blocks, "The end."));
	ck_assert_ptr_null(strstr(blocks, "link_to_page"));
	json_decref(answer);
	free(blocks);
	free(text);
	/* Nor does the line stay. */
	text = fixture_read(&fixture, TOP ".md");
	ck_assert_ptr_null(strstr(text, ">Handbook</page>"));
	free(text);
	free(seen);
	free(id);
	fixture_release(&fixture);
}
END_TEST

static const char *const faults[] = {
	"{\"faults\":[{\"match\":{\"path\":\"/"
	"move$\",\"nth\":1},\"do\":\"cut\",\"apply\":\"all\"}]}",
	"{\"faults\":[{\"match\":{\"path\":\"/"
	"move$\",\"nth\":1},\"do\":\"cut\",\"apply\":\"none\"}]}",
	"{\"faults\":[{\"match\":{\"path\":\"/"
	"move$\",\"nth\":1},\"do\":\"status\",\"status\":503,\"committed\":true,\"apply\":\"all\"}]"
	"}",
	"{\"faults\":[{\"match\":{\"path\":\"/"
	"move$\",\"nth\":1},\"do\":\"status\",\"status\":503,\"apply\":\"none\"}]}",
	"{\"faults\":[{\"match\":{\"path\":\"/"
	"move$\",\"nth\":1},\"do\":\"status\",\"status\":504,\"apply\":\"all\"}]}",
	"{\"faults\":[{\"match\":{\"path\":\"/"
	"move$\",\"nth\":1},\"do\":\"status\",\"status\":504,\"apply\":\"none\"}]}",
};

START_TEST(a_move_without_an_answer_is_carried_out_once)
{
	struct fixture fixture;
	open_settled(&fixture);
	char *id = id_of(&fixture, TOP "/Handbook.md");
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		bool is_applied = i % 2 == 0;
		char target_path[64];
		(void)snprintf(target_path, sizeof target_path, TOP "/%s",
			       i % 2 == 0 ? "Meetings" : "Archive");
		const char *source = i == 0 ? TOP : i % 2 == 0 ? TOP "/Archive" : TOP "/Meetings";
		fixture_clear_requests(&fixture);
		order_fault(&fixture, faults[i]);
		ck_assert_int_eq(move(&fixture, source, "Handbook.md", target_path, "Handbook.md"),
				 0);
		settle_owed(&fixture);
		(void)strcat(target_path, ".md");
		char *target = id_of(&fixture, target_path);
		check_parent(&fixture, id, target);
		check_writes(&fixture, is_applied ? MOVE : MOVE " " MOVE);
		free(target);
	}
	free(id);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_another_moved_meanwhile_stays_where_he_put_it_and_that_is_said)
{
	struct fixture fixture;
	char body[256];
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	char *id = id_of(&fixture, TOP "/Handbook.md");
	char *elsewhere = id_of(&fixture, TOP "/Archive.md");
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP "/Meetings", "Handbook.md"), 0);
	(void)snprintf(body, sizeof body, "{\"op\":\"move\",\"id\":\"%s\",\"parent\":\"%s\"}", id,
		       elsewhere);
	json_decref(fixture_http(&fixture, "POST", "/_sim/edit", body));
	fixture_clear_requests(&fixture);
	settle_owed(&fixture);
	check_writes(&fixture, "");
	check_parent(&fixture, id, elsewhere);
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Archive/Handbook.md", &attr), 0);
	check_missing(&fixture, TOP "/Meetings/Handbook.md");
	struct buf errors;
	buf_init(&errors, 100000);
	ck_assert_int_eq(workspace_special(fixture.workspace, "errors", &errors), 0);
	ck_assert_ptr_nonnull(strstr(errors.data, "moved in Notion meanwhile"));
	buf_release(&errors);
	free(id);
	free(elsewhere);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_target_that_went_meanwhile_loses_neither_page_nor_text)
{
	struct fixture fixture;
	char path[128];
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	char *id = id_of(&fixture, TOP "/Handbook.md");
	char *parent = id_of(&fixture, TOP ".md");
	char *target = id_of(&fixture, TOP "/Meetings.md");
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP "/Meetings", "Handbook.md"), 0);
	char *text = fixture_read(&fixture, TOP "/Meetings/Handbook.md");
	char *longer = NULL;
	ck_assert_int_gt(asprintf(&longer, "%s\nWritten meanwhile.\n", text), 0);
	fixture_write(&fixture, TOP "/Meetings/Handbook.md", longer);
	(void)snprintf(path, sizeof path, "/v1/blocks/%s", target);
	json_decref(fixture_http(&fixture, "DELETE", path, NULL));
	settle_owed(&fixture);
	check_parent(&fixture, id, parent);
	char *now = fixture_read(&fixture, TOP "/Handbook.md");
	ck_assert_ptr_nonnull(now);
	ck_assert_str_eq(now, longer);
	char *error =
		fixture_local_copy(&fixture, directory_of(&fixture, TOP), "Handbook.md.error");
	free(error);
	free(text);
	free(longer);
	free(now);
	free(id);
	free(parent);
	free(target);
	fixture_release(&fixture);
}
END_TEST

START_TEST(what_notion_cannot_do_is_refused_and_changes_nothing)
{
	struct fixture fixture;
	struct node_attr attr;
	open_settled(&fixture);
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", "", "Handbook.md"), -EPERM);
	ck_assert_int_eq(move(&fixture, TOP, "Archive.md", TOP "/Archive", "Archive.md"), -EINVAL);
	ck_assert_int_eq(move(&fixture, TOP, "Tasks", TOP "/Archive", "Tasks"), -EPERM);
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP "/Archive", "Menu 2015.md"),
			 -EEXIST);
	/* A row with values: a page has no place for them. */
	ck_assert_int_eq(move(&fixture, TOP "/Tasks", "Swap the bearing.md", TOP "/Archive",
			      "Swap the bearing.md"),
			 -EPERM);
	ck_assert_int_eq(move(&fixture, TOP "/Tasks", "Swap the bearing.md", TOP "/Projects",
			      "Swap the bearing.md"),
			 -EPERM);
	struct buf errors;
	buf_init(&errors, 100000);
	ck_assert_int_eq(workspace_special(fixture.workspace, "errors", &errors), 0);
	ck_assert_ptr_nonnull(strstr(errors.data, "it would lose"));
	ck_assert_ptr_nonnull(strstr(errors.data, "Hours"));
	buf_release(&errors);
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Tasks/Swap the bearing.md", &attr), 0);
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Handbook.md", &attr), 0);
	settle_owed(&fixture);
	check_writes(&fixture, "");
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_page_becomes_a_row_and_a_bare_row_a_page)
{
	struct fixture fixture;
	open_settled(&fixture);
	char *id = id_of(&fixture, TOP "/Archive/Menu 2015.md");
	char *archive = id_of(&fixture, TOP "/Archive.md");
	ck_assert_int_eq(
		move(&fixture, TOP "/Archive", "Menu 2015.md", TOP "/Tasks", "Menu 2015.md"), 0);
	settle_owed(&fixture);
	check_writes(&fixture, MOVE);
	char *text = fixture_read(&fixture, TOP "/Tasks/Menu 2015.md");
	ck_assert_ptr_nonnull(strstr(text, "Hours:"));
	ck_assert_ptr_nonnull(strstr(text, "Cake from the corner"));
	free(text);
	ck_assert_int_eq(
		move(&fixture, TOP "/Tasks", "Menu 2015.md", TOP "/Archive", "Menu 2015.md"), 0);
	settle_owed(&fixture);
	check_parent(&fixture, id, archive);
	text = fixture_read(&fixture, TOP "/Archive/Menu 2015.md");
	ck_assert_ptr_null(strstr(text, "Hours:"));
	free(text);
	free(id);
	free(archive);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_page_moves_into_one_that_is_new_after_that_is_made)
{
	struct fixture fixture;
	struct node_attr attr;
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	fixture_clear_requests(&fixture);
	fixture_write(&fixture, TOP "/Shelf.md", "A shelf.\n");
	ck_assert_int_eq(workspace_mkdir(fixture.workspace, directory_of(&fixture, TOP), "Shelf",
					 0755, &attr),
			 0);
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP "/Shelf", "Handbook.md"), 0);
	settle_owed(&fixture);
	check_writes(&fixture, "POST /v1/pages " MOVE);
	char *id = id_of(&fixture, TOP "/Shelf/Handbook.md");
	char *shelf = id_of(&fixture, TOP "/Shelf.md");
	check_parent(&fixture, id, shelf);
	free(id);
	free(shelf);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_move_survives_a_remount)
{
	struct fixture fixture;
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	char *id = id_of(&fixture, TOP "/Handbook.md");
	char *target = id_of(&fixture, TOP "/Meetings.md");
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP "/Meetings", "Manual.md"), 0);
	fixture_reopen(&fixture);
	settle_owed(&fixture);
	check_parent(&fixture, id, target);
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Meetings/Manual.md", &attr), 0);
	free(id);
	free(target);
	fixture_release(&fixture);
}
END_TEST

/* ---- a new page that is renamed while it is being made ---- */

START_TEST(a_page_renamed_and_moved_while_it_is_being_made_ends_where_it_was_put)
{
	struct fixture fixture;
	bool is_held = false;
	open_settled(&fixture);
	order_fault(&fixture,
		    "{\"faults\":[{\"match\":{\"method\":\"POST\",\"path\":\"/v1/pages$\","
		    "\"nth\":1},\"do\":\"hold\",\"apply\":\"all\"}]}");
	fixture_write(&fixture, TOP "/Draft.md", "Text.\n");
	advance(&fixture, 1);
	while (!is_held) {
		size_t i;
		json_t *request;
		json_t *requests = fixture_http(&fixture, "GET", "/_sim/requests", NULL);
		json_array_foreach (requests, i, request) {
			is_held |= json_is_string(json_object_get(request, "fault"));
		}
		json_decref(requests);
	}
	ck_assert_int_eq(move(&fixture, TOP, "Draft.md", TOP "/Meetings", "Final.md"), 0);
	json_decref(fixture_http(&fixture, "POST", "/_sim/release", NULL));
	settle_owed(&fixture);
	char *id = id_of(&fixture, TOP "/Meetings/Final.md");
	char *target = id_of(&fixture, TOP "/Meetings.md");
	check_parent(&fixture, id, target);
	check_writes(&fixture, "POST /v1/pages " MOVE " " PATCH_PAGE);
	fixture_settle(&fixture);
	struct node_attr attr;
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Meetings/Final.md", &attr), 0);
	check_missing(&fixture, TOP "/Draft.md");
	free(id);
	free(target);
	fixture_release(&fixture);
}
END_TEST

/* ---- a page onto a page ---- */

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

/* The live pages of this title in the whole workspace. */
static size_t count_pages(struct fixture *fixture, const char *title)
{
	size_t count = 0;
	size_t i;
	json_t *page;
	json_t *dump = fixture_http(fixture, "GET", "/_sim/dump", NULL);
	json_array_foreach (json_object_get(dump, "pages"), i, page) {
		const json_t *property =
			json_object_get(json_object_get(page, "properties"), "title");
		const char *text = json_string_value(json_object_get(
			json_array_get(json_object_get(property, "title"), 0), "plain_text"));
		count += text != NULL && strcmp(text, title) == 0 &&
					 !json_is_true(json_object_get(page, "in_trash"))
				 ? 1
				 : 0;
	}
	json_decref(dump);
	return count;
}

START_TEST(a_new_page_onto_another_is_a_save_also_while_it_is_being_made_and_leaves_no_orphan)
{
	struct fixture fixture;
	open_settled(&fixture);
	char *id = id_of(&fixture, TOP "/Archive/To be written.md");
	/* 0: not sent yet; 1: its create is on its way; 2: just made; 3: and mounted anew since */
	for (int how = 0; how < 4; how++) {
		char text[64];
		advance(&fixture, 70); /* another window of the budget */
		fixture_clear_requests(&fixture);
		(void)snprintf(text, sizeof text, "Version %d.\n", how);
		if (how == 1) {
			order_fault(&fixture,
				    "{\"faults\":[{\"match\":{\"method\":\"POST\",\"path\":"
				    "\"/v1/pages$\",\"nth\":1},\"do\":\"hold\",\"apply\":"
				    "\"all\"}]}");
		}
		if (how == 0) {
			fixture.options.save_delay_ms = 600000;
		} else {
			fixture.options.save_delay_ms = 10;
		}
		fixture_reopen(&fixture);
		fixture_write(&fixture, TOP "/tmp.md", text);
		if (how == 1) {
			advance(&fixture, 1);
			await_fault(&fixture);
		} else if (how >= 2) {
			settle_owed(&fixture);
		}
		if (how == 3) {
			fixture_reopen(&fixture);
		}
		ck_assert_int_eq(move(&fixture, TOP, "tmp.md", TOP "/Archive", "To be written.md"),
				 0);
		check_missing(&fixture, TOP "/tmp.md");
		if (how == 1) {
			json_decref(fixture_http(&fixture, "POST", "/_sim/release", NULL));
		}
		settle_owed(&fixture);
		advance(&fixture, 40);
		settle_owed(&fixture);
		advance(&fixture, 70);
		settle_owed(&fixture);
		char *now = fixture_read(&fixture, TOP "/Archive/To be written.md");
		ck_assert_str_eq(now, text);
		char *same_id = id_of(&fixture, TOP "/Archive/To be written.md");
		ck_assert_str_eq(same_id, id);
		ck_assert_uint_eq(count_pages(&fixture, "tmp"), 0);
		free(same_id);
		free(now);
	}
	free(id);
	fixture_release(&fixture);
}
END_TEST

START_TEST(an_established_page_takes_the_name_of_one_that_was_just_removed)
{
	struct fixture fixture;
	struct node_attr attr;
	open_settled(&fixture);
	char *moved = id_of(&fixture, TOP "/Handbook.md");
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP, "Travel diary: Huila 2026.md"),
			 -EEXIST);
	ck_assert_int_eq(workspace_unlink(fixture.workspace, directory_of(&fixture, TOP),
					  "Travel diary: Huila 2026.md"),
			 0);
	ck_assert_int_eq(move(&fixture, TOP, "Handbook.md", TOP, "Travel diary: Huila 2026.md"), 0);
	settle_owed(&fixture);
	char *now = id_of(&fixture, TOP "/Travel diary: Huila 2026.md");
	ck_assert_str_eq(now, moved);
	advance(&fixture, 40);
	for (size_t left = 2; left > 1;) {
		left = count_pages(&fixture, "Travel diary: Huila 2026");
	}
	ck_assert_int_eq(fixture_find(&fixture, TOP "/Travel diary: Huila 2026.md", &attr), 0);
	ck_assert_uint_eq(count_pages(&fixture, "Handbook"), 0);
	free(now);
	free(moved);
	fixture_release(&fixture);
}
END_TEST

/* ---- what leaves a page that is removed ---- */

START_TEST(a_page_moved_out_of_one_that_is_removed_is_out_before_that_goes)
{
	struct fixture fixture;
	char path[128];
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture.options.trash_delay_ms = 10;
	fixture_reopen(&fixture);
	char *id = id_of(&fixture, TOP "/Archive/Menu 2015.md");
	node_id archive = directory_of(&fixture, TOP "/Archive");
	node_id top = directory_of(&fixture, TOP);
	fixture_clear_requests(&fixture);
	ck_assert_int_eq(
		move(&fixture, TOP "/Archive", "Menu 2015.md", TOP "/Meetings", "Menu 2015.md"), 0);
	ck_assert_int_eq(workspace_unlink(fixture.workspace, archive, "To be written.md"), 0);
	ck_assert_int_eq(workspace_rmdir(fixture.workspace, top, "Archive"), 0);
	ck_assert_int_eq(workspace_unlink(fixture.workspace, top, "Archive.md"), 0);
	advance(&fixture, 5);
	settle_owed(&fixture);
	for (size_t left = 1; left > 0;) {
		advance(&fixture, 20);
		left = count_pages(&fixture, "Archive");
	}
	(void)snprintf(path, sizeof path, "/v1/pages/%s", id);
	json_t *page = fixture_http(&fixture, "GET", path, NULL);
	ck_assert(!json_is_true(json_object_get(page, "in_trash")));
	json_decref(page);
	free(id);
	fixture_release(&fixture);
}
END_TEST

/* ---- a directory that becomes a page's ---- */

START_TEST(local_files_go_with_their_directory_when_it_becomes_a_pages_also_over_a_crash)
{
	struct fixture fixture;
	struct node_attr attr;
	char old_folder[600];
	char folder[512];
	char file[700];
	open_settled(&fixture);
	fixture.options.save_delay_ms = 600000;
	fixture_reopen(&fixture);
	node_id top = directory_of(&fixture, TOP);
	(void)snprintf(folder, sizeof folder, "%s/local/%016llx",
		       workspace_state_path(fixture.workspace), (unsigned long long)top);
	(void)mkdir(folder, 0700);
	(void)snprintf(old_folder, sizeof old_folder, "%s/Case", folder);
	ck_assert_int_eq(mkdir(old_folder, 0700), 0);
	(void)snprintf(file, sizeof file, "%s/a.txt", old_folder);
	FILE *out = fopen(file, "w");
	ck_assert_ptr_nonnull(out);
	(void)fputs("kept", out);
	(void)fclose(out);
	ck_assert_int_eq(workspace_adopt(fixture.workspace, top, "Case", &attr), 0);
	char *text = fixture_local_copy(&fixture, attr.node, "a.txt");
	ck_assert_str_eq(text, "kept");
	free(text);
	/* As a crash right after the commit leaves it. */
	(void)snprintf(folder, sizeof folder, "%s/local/%016llx",
		       workspace_state_path(fixture.workspace), (unsigned long long)attr.node);
	fixture_close(&fixture);
	ck_assert_int_eq(rename(folder, old_folder), 0);
	fixture_open(&fixture);
	text = fixture_local_copy(&fixture, attr.node, "a.txt");
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, "kept");
	free(text);
	/* The page is made, its file shown when the grace time is over. */
	settle_owed(&fixture);
	check_missing(&fixture, TOP "/Case.md");
	ck_assert_uint_eq(count_pages(&fixture, "Case"), 1);
	for (int r = -ENOENT; r == -ENOENT;) {
		advance(&fixture, 10);
		r = fixture_find(&fixture, TOP "/Case.md", &attr);
	}
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_directory_taken_back_at_once_leaves_no_page)
{
	struct fixture fixture;
	struct node_attr attr;
	open_settled(&fixture);
	node_id top = directory_of(&fixture, TOP);
	ck_assert_int_eq(workspace_adopt(fixture.workspace, top, "Case", &attr), 0);
	settle_owed(&fixture);
	ck_assert_uint_eq(count_pages(&fixture, "Case"), 1);
	ck_assert_int_eq(workspace_rmdir(fixture.workspace, top, "Case"), 0);
	while (count_pages(&fixture, "Case") > 0) {
		advance(&fixture, 10);
	}
	check_missing(&fixture, TOP "/Case.md");
	fixture_release(&fixture);
}
END_TEST

SUITE_CASES = {
	&local_files_go_with_their_directory_when_it_becomes_a_pages_also_over_a_crash,
	&a_directory_taken_back_at_once_leaves_no_page,
	&a_new_page_onto_another_is_a_save_also_while_it_is_being_made_and_leaves_no_orphan,
	&an_established_page_takes_the_name_of_one_that_was_just_removed,
	&a_page_moved_out_of_one_that_is_removed_is_out_before_that_goes,
	&a_page_moves_with_both_names_and_keeps_its_number_and_its_id,
	&moved_retitled_and_saved_is_a_move_and_one_patch_and_then_the_blocks,
	&a_new_title_is_one_look_at_the_page_and_one_patch,
	&there_and_back_sends_nothing,
	&what_was_written_over_a_text_with_the_line_of_a_page_that_moved_makes_no_link,
	&a_move_without_an_answer_is_carried_out_once,
	&what_another_moved_meanwhile_stays_where_he_put_it_and_that_is_said,
	&a_target_that_went_meanwhile_loses_neither_page_nor_text,
	&what_notion_cannot_do_is_refused_and_changes_nothing,
	&a_page_becomes_a_row_and_a_bare_row_a_page,
	&a_page_moves_into_one_that_is_new_after_that_is_made,
	&a_move_survives_a_remount,
	&a_page_renamed_and_moved_while_it_is_being_made_ends_where_it_was_put,
};
SUITE_MAIN("moves")
