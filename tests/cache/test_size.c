/*
 * What many pages need: rows past the end of a query, indexes that are made for a cache without
 * them, and a cache that is lost, whole or in part.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/object_index.h"
#include "cache/tables.h"
#include "tests/cache/fixture.h"
#include "tests/unit/suite.h"

#define TASKS "Lantern Yard Coffee/Tasks"

/* ---- past the end of a query ---- */

/* The sample workspace with a query that ends after so many rows. With `minute` all rows of a
 * database were made in it. */
static void serve_with_limit(struct fixture *fixture, int limit, const char *minute)
{
	char file[128];
	size_t i;
	json_t *page;
	fixture_prepare(fixture);
	json_t *workspace = json_load_file(DEMO_WORKSPACE, 0, NULL);
	ck_assert_ptr_nonnull(workspace);
	(void)json_object_set_new(json_object_get(workspace, "config"), "query_result_limit",
				  json_integer(limit));
	json_array_foreach (json_object_get(workspace, "pages"), i, page) {
		if (minute != NULL &&
		    json_object_get(json_object_get(page, "parent"), "data_source_id") != NULL) {
			(void)json_object_set_new(page, "created_time", json_string(minute));
		}
	}
	(void)snprintf(file, sizeof file, "%s/workspace.json", fixture->folder);
	ck_assert_int_eq(json_dump_file(workspace, file, JSON_COMPACT), 0);
	json_decref(workspace);
	fixture_serve(fixture, file, NULL);
	fixture_open(fixture);
}

static bool count_page(void *context, uint64_t cookie, const char *name,
		       const struct node_attr *attr)
{
	(void)cookie;
	(void)name;
	*(size_t *)context += attr->kind == NODE_PAGE ? 1 : 0;
	return true;
}

static size_t count_rows(struct fixture *fixture, const char *path)
{
	struct node_attr directory;
	size_t count = 0;
	ck_assert_int_eq(fixture_find(fixture, path, &directory), 0);
	ck_assert_int_eq(fixture_fetch(fixture, directory.node, WANT_LISTING), 0);
	ck_assert_int_eq(workspace_list(fixture->workspace, directory.node, 0, count_page, &count),
			 0);
	return count;
}

START_TEST(rows_past_the_end_of_a_query_are_listed_too)
{
	struct fixture fixture;
	fixture_init(&fixture);
	size_t rows = count_rows(&fixture, TASKS);
	fixture_release(&fixture);
	ck_assert_uint_gt(rows, 10);

	serve_with_limit(&fixture, 5, NULL);
	ck_assert_uint_eq(count_rows(&fixture, TASKS), rows);
	fixture_release(&fixture);
}
END_TEST

START_TEST(rows_that_no_query_reaches_are_an_error_that_says_so)
{
	struct fixture fixture;
	struct node_attr directory;
	CLEANUP(buf) struct buf errors;
	buf_init(&errors, 100000);
	serve_with_limit(&fixture, 5, "2025-01-01T09:00:00.000Z");
	ck_assert_int_eq(fixture_find(&fixture, TASKS, &directory), 0);
	/* Never a part of them as if it were all. */
	ck_assert_int_eq(fixture_fetch(&fixture, directory.node, WANT_LISTING), -EFBIG);
	ck_assert_int_eq(workspace_special(fixture.workspace, "errors", &errors), 0);
	ck_assert_ptr_nonnull(strstr(errors.data, "Tasks: it can't be listed"));
	ck_assert_ptr_nonnull(strstr(errors.data, "10,000"));
	fixture_release(&fixture);
}
END_TEST

/* ---- caches that lack something ---- */

static char *cache_path(struct fixture *fixture, const char *file)
{
	static char path[512];
	char pattern[256];
	glob_t found;
	(void)snprintf(pattern, sizeof pattern, "%s/*_*", fixture->cache_folder);
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	(void)snprintf(path, sizeof path, "%s/%s", found.gl_pathv[0], file);
	globfree(&found);
	return path;
}

/* Opens the closed workspace's cache by itself. */
static struct store *open_cache(struct fixture *fixture, struct store_transaction **ret_cache)
{
	static const char *const tables[] = CACHE_TABLE_NAMES;
	struct store *store;
	struct store_options options = {.directory = cache_path(fixture, ""),
					.tables = tables,
					.max_bytes = (size_t)1 << 30};
	ck_assert_int_eq(store_open(&options, &store), 0);
	ck_assert_int_eq(store_write(store, ret_cache), 0);
	return store;
}

static json_t *counts(struct fixture *fixture)
{
	json_t *status = fixture_command(fixture, "{\"command\":\"status\"}");
	json_t *pages = json_incref(json_object_get(status, "pages"));
	json_decref(status);
	return pages;
}

static void expect_all_here(struct fixture *fixture, const json_t *before)
{
	json_t *after = counts(fixture);
	ck_assert(json_equal(before, after));
	ck_assert(json_equal(json_object_get(after, "known"), json_object_get(after, "cached")));
	json_decref(after);
}

static struct uuid id_of(struct fixture *fixture, const char *path)
{
	char command[512];
	struct uuid id;
	(void)snprintf(command, sizeof command, "{\"command\":\"info\",\"path\":\"%s\"}", path);
	json_t *info = fixture_command(fixture, command);
	ck_assert(json_get_id(info, NULL, &id));
	json_decref(info);
	return id;
}

#define ROW TASKS "/Checkout: one page instead of three.md"
#define PAGE "Lantern Yard Coffee/Handbook.md"

START_TEST(what_was_not_read_is_read_by_the_next_run_and_nothing_else)
{
	struct fixture fixture;
	struct store_transaction *cache;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	json_t *before = counts(&fixture);
	struct uuid row = id_of(&fixture, ROW);
	fixture_close(&fixture);

	struct store *store = open_cache(&fixture, &cache);
	ck_assert_int_eq(store_delete(cache, CACHE_BODY, row.bytes, 16), 0);
	ck_assert_int_eq(unread_add(cache, &row), 0);
	ck_assert_int_eq(store_commit(cache), 0);
	store_close(store);

	fixture_clear_requests(&fixture);
	fixture_open(&fixture);
	fixture_settle(&fixture);
	expect_all_here(&fixture, before);
	json_t *log = fixture_http(&fixture, "GET", "/_sim/requests", NULL);
	size_t i;
	json_t *request;
	char text[UUID_TEXT_BYTES];
	uuid_format(&row, text);
	json_array_foreach (log, i, request) {
		const char *path = json_get_text(request, "path");
		/* The search is of the sync that waits for it. */
		ck_assert_msg(strstr(path, text) != NULL || strncmp(path, "/v1/users", 9) == 0 ||
				      strcmp(path, "/v1/search") == 0,
			      "%s is asked for", path);
	}
	json_decref(log);
	json_decref(before);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_cache_without_indexes_gets_them)
{
	struct fixture fixture;
	struct store_transaction *cache;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	json_t *before = counts(&fixture);
	struct uuid row = id_of(&fixture, ROW);
	struct uuid page = id_of(&fixture, PAGE);
	fixture_close(&fixture);

	/* As an earlier version left it, half-way. */
	struct store *store = open_cache(&fixture, &cache);
	ck_assert_int_eq(store_delete(cache, CACHE_BODY, row.bytes, 16), 0);
	ck_assert_int_eq(store_clear(cache, CACHE_PLACE), 0);
	ck_assert_int_eq(store_clear(cache, CACHE_UNREAD), 0);
	ck_assert_int_eq(store_delete(cache, CACHE_META, "indexes", 7), 0);
	ck_assert_int_eq(store_delete(cache, CACHE_META, "pages", 5), 0);
	/* A page of which only the place in the tree was known yet. */
	ck_assert_int_eq(store_delete(cache, CACHE_OBJECT, page.bytes, 16), 0);
	ck_assert_int_eq(store_delete(cache, CACHE_BODY, page.bytes, 16), 0);
	ck_assert_int_eq(store_commit(cache), 0);
	store_close(store);

	fixture_open(&fixture);
	fixture_settle(&fixture);
	expect_all_here(&fixture, before);
	json_decref(before);
	fixture_release(&fixture);
}
END_TEST

/* Names, numbers, times, and a save that was not sent, before and after. */
static void lose_cache(void (*harm)(struct fixture *fixture))
{
	struct fixture fixture;
	struct node_attr before;
	struct node_attr after;
	fixture_init(&fixture);
	fixture_settle(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, PAGE, &before), 0);
	char *text = fixture_read(&fixture, PAGE);
	char *row = fixture_read(&fixture, ROW);
	json_t *pages = counts(&fixture);
	fixture.options.save_delay_ms = 3600000;
	fixture_reopen(&fixture);
	char *changed = NULL;
	ck_assert_int_gt(asprintf(&changed, "%s\nOwed to Notion.\n", row), 0);
	fixture_write(&fixture, ROW, changed);
	fixture_close(&fixture);

	harm(&fixture);

	fixture.options.save_delay_ms = 10;
	fixture_open(&fixture);
	fixture_settle(&fixture);
	ck_assert_int_eq(fixture_find(&fixture, PAGE, &after), 0);
	ck_assert_uint_eq(after.node, before.node);
	ck_assert_int_eq(after.mtime_ns, before.mtime_ns);
	ck_assert_int_eq(after.ctime_ns, before.ctime_ns);
	ck_assert_uint_eq(after.size, before.size);
	char *again = fixture_read(&fixture, PAGE);
	ck_assert_str_eq(again, text);
	free(again);
	again = fixture_read(&fixture, ROW);
	ck_assert_str_eq(again, changed);
	free(again);
	json_t *dump = fixture_http(&fixture, "GET", "/_sim/dump", NULL);
	char *whole = json_dumps(dump, 0);
	ck_assert_ptr_nonnull(strstr(whole, "Owed to Notion."));
	free(whole);
	json_decref(dump);
	expect_all_here(&fixture, pages);
	json_decref(pages);
	free(changed);
	free(text);
	free(row);
	fixture_release(&fixture);
}

static void overwrite(struct fixture *fixture)
{
	int fd = open(cache_path(fixture, "data.mdb"), O_WRONLY);
	static const char noise[16384] = "This is no database, it only looks like a file.";
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, noise, sizeof noise), (ssize_t)sizeof noise);
	(void)close(fd);
}

static void cut_short(struct fixture *fixture)
{
	ck_assert_int_eq(truncate(cache_path(fixture, "data.mdb"), 100), 0);
}

static void make_old(struct fixture *fixture)
{
	struct store_transaction *cache;
	struct store *store = open_cache(fixture, &cache);
	ck_assert_int_eq(store_put(cache, CACHE_META, "format", 6, "0", 1), 0);
	ck_assert_int_eq(store_commit(cache), 0);
	store_close(store);
}

START_TEST(a_cache_of_noise_is_made_anew)
{
	lose_cache(overwrite);
}
END_TEST

START_TEST(a_cache_that_was_cut_short_is_made_anew)
{
	lose_cache(cut_short);
}
END_TEST

START_TEST(a_cache_of_another_format_is_made_anew)
{
	lose_cache(make_old);
}
END_TEST

SUITE_CASES = {
	&rows_past_the_end_of_a_query_are_listed_too,
	&rows_that_no_query_reaches_are_an_error_that_says_so,
	&what_was_not_read_is_read_by_the_next_run_and_nothing_else,
	&a_cache_without_indexes_gets_them,
	&a_cache_of_noise_is_made_anew,
	&a_cache_that_was_cut_short_is_made_anew,
	&a_cache_of_another_format_is_made_anew,
};
SUITE_MAIN("size")
