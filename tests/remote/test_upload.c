/*
 * Uploads against notion-sim: in one part and in several, what is refused before anything is sent,
 * and what becomes of a lost answer.
 */
#include "cache/remote/notion_upload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/remote/media_type.h"
#include "cache/remote/notion_file.h"
#include "tests/remote/sim_process.h"
#include "tests/unit/suite.h"

#define MIB ((size_t)1 << 20)

static const char *const at_rest[] = {"--generate", "pages=2,rows=0,blocks=1,seed=3", "--rate",
				      "off", NULL};

struct bench {
	struct sim_process *sim;
	struct notion *notion;
	struct uuid page;
};

/* A generated workspace on a plan that takes files of 100 MB. */
static void write_workspace(char *path)
{
	struct sim_process *sim = sim_process_new(at_rest);
	json_t *workspace = sim_process_control(sim, "GET", "dump", NULL);
	json_t *config = json_object_get(workspace, "config");
	(void)json_object_set_new(config, "max_file_upload_size_in_bytes", json_integer(100000000));
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(json_dumpfd(workspace, fd, 0), 0);
	(void)close(fd);
	json_decref(workspace);
	sim_process_free(sim);
}

static void bench_init(struct bench *bench)
{
	struct failure failure;
	char path[] = "/tmp/notionfs-upload-XXXXXX";
	write_workspace(path);
	const char *const arguments[] = {"--workspace", path, "--rate", "off", NULL};
	*bench = (struct bench){.sim = sim_process_new(arguments)};
	(void)unlink(path);
	struct notion_options options = {.base_url = sim_process_url(bench->sim),
					 .api_version = "2026-03-11",
					 .token = "ntn_any"};
	ck_assert_int_eq(notion_new(&options, &bench->notion), 0);
	json_t *found = NULL;
	ck_assert_int_eq(notion_search(bench->notion, PRIORITY_PERSON, NULL, &failure, &found), 0);
	const char *id = json_string_value(
		json_object_get(json_array_get(json_object_get(found, "results"), 0), "id"));
	ck_assert_int_eq(uuid_parse(id, strlen(id), &bench->page), 0);
	json_decref(found);
	sim_process_order(bench->sim, "DELETE", "requests", NULL);
}

static void bench_release(struct bench *bench)
{
	notion_free(bench->notion);
	sim_process_free(bench->sim);
}

/* Bytes that differ from place to place. */
static int make_file(size_t size)
{
	char path[] = "/tmp/notionfs-upload-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	(void)unlink(path);
	uint32_t *words = calloc(size / 4 + 1, 4);
	for (size_t i = 0; i < size / 4 + 1; i++) {
		words[i] = (uint32_t)i * 2654435761U;
	}
	ck_assert_int_eq(pwrite(fd, words, size, 0), (ssize_t)size);
	free(words);
	return fd;
}

static int upload(struct bench *bench, int fd, size_t size, const char *name, uint64_t max_bytes,
		  struct failure *failure, struct uuid *ret_id)
{
	int64_t expires_ms = 0;
	int r = notion_upload(bench->notion, fd, size, name, max_bytes, failure, ret_id,
			      &expires_ms);
	ck_assert(r < 0 || expires_ms > notion_now_ms(bench->notion) + 3000000);
	return r;
}

/* Puts it into a picture of the page, and reads back what Notion stores. */
static void comes_back(struct bench *bench, const struct uuid *id, int fd, size_t size)
{
	char text[UUID_TEXT_BYTES];
	uuid_format(id, text);
	json_t *answer = NULL;
	json_t *body = json_pack("{s[{s{ss s{ss}}}]}", "children", "image", "type", "file_upload",
				 "file_upload", "id", text);
	ck_assert_int_eq(notion_append(bench->notion, &bench->page, body, NULL, &answer), 0);
	json_decref(body);
	const json_t *results = json_object_get(answer, "results");
	const json_t *image =
		json_object_get(json_array_get(results, json_array_size(results) - 1), "image");
	const char *url = json_string_value(json_object_get(json_object_get(image, "file"), "url"));
	ck_assert_ptr_nonnull(url);
	uint64_t there = 0;
	ck_assert_int_eq(notion_file_size(bench->notion, url, NULL, &there), 0);
	ck_assert_uint_eq(there, size);
	int copy = make_file(1);
	char *left = malloc(size);
	char *right = malloc(size);
	ck_assert_int_eq(notion_file_read(bench->notion, url, copy, NULL), 0);
	ck_assert_int_eq(pread(copy, left, size, 0), (ssize_t)size);
	ck_assert_int_eq(pread(fd, right, size, 0), (ssize_t)size);
	ck_assert_int_eq(memcmp(left, right, size), 0);
	free(left);
	free(right);
	(void)close(copy);
	json_decref(answer);
}

START_TEST(a_small_file_is_two_requests)
{
	struct bench bench;
	struct uuid id;
	bench_init(&bench);
	int fd = make_file(1001);
	ck_assert_int_eq(upload(&bench, fd, 1001, "Röster (1).png", 0, NULL, &id), 0);
	ck_assert_uint_eq(sim_process_count(bench.sim, "POST", 200), 2);
	comes_back(&bench, &id, fd, 1001);
	(void)close(fd);
	bench_release(&bench);
}
END_TEST

START_TEST(a_large_one_goes_in_parts)
{
	struct bench bench;
	struct uuid id;
	bench_init(&bench);
	size_t size = 20 * MIB + 7;
	int fd = make_file(size);
	ck_assert_int_eq(upload(&bench, fd, size, "film.mp4", 0, NULL, &id), 0);
	/* Made, three parts, completed. */
	ck_assert_uint_eq(sim_process_count(bench.sim, "POST", 200), 5);
	(void)close(fd);
	bench_release(&bench);
}
END_TEST

START_TEST(what_can_t_be_is_said_before_anything_is_sent)
{
	static const struct {
		const char *name;
		size_t size;
		uint64_t max_bytes;
		int expected;
		const char *word;
	} rows[] = {
		{"a.png", 1001, 1000, -EFBIG, "smaller"},
		{"a.png", 0, 0, -ENODATA, "empty"},
		{"a.exe", 1001, 0, -EPROTONOSUPPORT, "ending"},
		{"png", 1001, 0, -EPROTONOSUPPORT, "ending"},
	};
	struct bench bench;
	struct uuid id;
	struct failure failure;
	bench_init(&bench);
	int fd = make_file(1001);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int r = upload(&bench, fd, rows[i].size, rows[i].name, rows[i].max_bytes, &failure,
			       &id);
		ck_assert_int_eq(r, rows[i].expected);
		ck_assert_msg(strstr(failure.message, rows[i].word) != NULL, "%s", failure.message);
		failure_release(&failure);
	}
	ck_assert_uint_eq(sim_process_count(bench.sim, "POST", 0), 0);
	(void)close(fd);
	bench_release(&bench);
}
END_TEST

START_TEST(one_that_got_shorter_is_an_error_not_half_a_file)
{
	struct bench bench;
	struct uuid id;
	bench_init(&bench);
	int fd = make_file(1001);
	ck_assert_int_lt(upload(&bench, fd, 5000, "a.png", 0, NULL, &id), 0);
	(void)close(fd);
	bench_release(&bench);
}
END_TEST

START_TEST(a_lost_answer_is_another_upload)
{
	struct bench bench;
	struct uuid id;
	bench_init(&bench);
	int fd = make_file(1001);
	sim_process_order(bench.sim, "POST", "faults",
			  "{\"faults\":[{\"match\":{\"method\":\"POST\",\"path\":\"/send$\","
			  "\"nth\":1},\"do\":\"cut\",\"apply\":\"all\"}]}");
	ck_assert_int_eq(upload(&bench, fd, 1001, "a.png", 0, NULL, &id), 0);
	comes_back(&bench, &id, fd, 1001);
	(void)close(fd);
	bench_release(&bench);
}
END_TEST

START_TEST(types_are_by_ending)
{
	ck_assert_str_eq(media_type_of("a.PNG"), "image/png");
	ck_assert_str_eq(media_type_of("a.tar.pdf"), "application/pdf");
	ck_assert_ptr_null(media_type_of("a"));
	ck_assert_ptr_null(media_type_of("a.pn"));
	ck_assert_ptr_null(media_type_of("a."));
}
END_TEST

SUITE_CASES = {
	&a_small_file_is_two_requests,
	&a_large_one_goes_in_parts,
	&what_can_t_be_is_said_before_anything_is_sent,
	&one_that_got_shorter_is_an_error_not_half_a_file,
	&a_lost_answer_is_another_upload,
	&types_are_by_ending,
};
SUITE_MAIN("upload")
