#include "cache/store.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"

static const char *const tables[] = {"one", "two", NULL};
static char folder[64];

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
	(void)stat;
	(void)kind;
	(void)where;
	return remove(path);
}

static struct store *open_store(size_t max_bytes)
{
	struct store *store;
	struct store_options options = {
		.directory = folder, .tables = tables, .max_bytes = max_bytes, .is_durable = true};
	ck_assert_int_eq(store_open(&options, &store), 0);
	return store;
}

static struct store *new_store(size_t max_bytes)
{
	(void)snprintf(folder, sizeof folder, "/tmp/notionfs-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	return open_store(max_bytes);
}

static void drop_store(struct store *store)
{
	store_close(store);
	(void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(struct store *store, const char *key, const char *value)
{
	struct store_transaction *transaction;
	ck_assert_int_eq(store_write(store, &transaction), 0);
	ck_assert_int_eq(store_put(transaction, 0, key, strlen(key), value, strlen(value)), 0);
	ck_assert_int_eq(store_commit(transaction), 0);
}

START_TEST(what_was_committed_is_there_after_reopening)
{
	struct store *store = new_store((size_t)1 << 24);
	struct store_transaction *transaction;
	struct store_value value;
	put(store, "key", "value");
	store_close(store);
	store = open_store((size_t)1 << 24);
	ck_assert_int_eq(store_read(store, &transaction), 0);
	ck_assert_int_eq(store_get(transaction, 0, "key", 3, &value), 0);
	ck_assert_uint_eq(value.len, 5);
	ck_assert_mem_eq(value.bytes, "value", 5);
	ck_assert_int_eq(store_get(transaction, 1, "key", 3, &value), -ENOENT);
	store_abort(transaction);
	drop_store(store);
}
END_TEST

START_TEST(what_was_aborted_never_was)
{
	struct store *store = new_store((size_t)1 << 24);
	struct store_transaction *transaction;
	struct store_value value;
	ck_assert_int_eq(store_write(store, &transaction), 0);
	ck_assert_int_eq(store_put(transaction, 0, "key", 3, "x", 1), 0);
	store_abort(transaction);
	ck_assert_int_eq(store_read(store, &transaction), 0);
	ck_assert_int_eq(store_get(transaction, 0, "key", 3, &value), -ENOENT);
	store_abort(transaction);
	drop_store(store);
}
END_TEST

START_TEST(a_full_store_refuses_and_keeps_what_it_has)
{
	struct store *store = new_store((size_t)1 << 20);
	struct store_transaction *transaction;
	struct store_value value;
	char *large = calloc(1, (size_t)2 << 20);
	put(store, "kept", "here");
	ck_assert_int_eq(store_write(store, &transaction), 0);
	int r = store_put(transaction, 0, "large", 5, large, (size_t)2 << 20);
	if (r == 0) {
		r = store_commit(transaction);
	} else {
		store_abort(transaction);
	}
	ck_assert_int_eq(r, -ENOSPC);
	ck_assert_int_eq(store_read(store, &transaction), 0);
	ck_assert_int_eq(store_get(transaction, 0, "kept", 4, &value), 0);
	store_abort(transaction);
	free(large);
	drop_store(store);
}
END_TEST

struct seen {
	char keys[64];
	size_t stop_after;
	size_t count;
};

static int note(void *context, const void *key, size_t key_len, const struct store_value *value)
{
	struct seen *seen = context;
	(void)value;
	strncat(seen->keys, key, key_len);
	return ++seen->count == seen->stop_after ? 1 : 0;
}

START_TEST(entries_are_visited_in_order_within_their_prefix)
{
	struct store *store = new_store((size_t)1 << 24);
	struct store_transaction *transaction;
	struct seen seen = {.keys = ""};
	char last[STORE_KEY_MAX_BYTES];
	size_t last_len = 0;
	size_t count = 0;
	put(store, "b2", "");
	put(store, "a1", "");
	put(store, "b1", "");
	put(store, "b3", "");
	put(store, "c1", "");
	ck_assert_int_eq(store_read(store, &transaction), 0);
	ck_assert_int_eq(store_each(transaction, 0, "b2", 2, 1, note, &seen), 0);
	ck_assert_str_eq(seen.keys, "b2b3");
	seen = (struct seen){.keys = "", .stop_after = 2};
	ck_assert_int_eq(store_each(transaction, 0, "", 0, 0, note, &seen), 1);
	ck_assert_str_eq(seen.keys, "a1b1");
	ck_assert_int_eq(store_last(transaction, 0, "b", 1, last, &last_len), 0);
	ck_assert_uint_eq(last_len, 2);
	ck_assert_mem_eq(last, "b3", 2);
	ck_assert_int_eq(store_last(transaction, 0, "c", 1, last, &last_len), 0);
	ck_assert_mem_eq(last, "c1", 2);
	ck_assert_int_eq(store_last(transaction, 0, "d", 1, last, &last_len), -ENOENT);
	ck_assert_int_eq(store_count(transaction, 0, &count), 0);
	ck_assert_uint_eq(count, 5);
	store_abort(transaction);
	drop_store(store);
}
END_TEST

START_TEST(a_file_that_is_no_database_is_told)
{
	struct store *store = new_store((size_t)1 << 24);
	struct store_options options = {
		.directory = folder, .tables = tables, .max_bytes = (size_t)1 << 24};
	char path[96];
	char junk[8192];
	store_close(store);
	memset(junk, 'x', sizeof junk);
	(void)snprintf(path, sizeof path, "%s/data.mdb", folder);
	FILE *file = fopen(path, "w");
	ck_assert_uint_eq(fwrite(junk, 1, sizeof junk, file), sizeof junk);
	(void)fclose(file);
	ck_assert_int_eq(store_open(&options, &store), -EINVAL);
	(void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
END_TEST

#define SAVERS 50

struct saver {
	struct store *store;
	pthread_barrier_t *barrier;
	unsigned number;
	int result;
};

/* Each adds itself; every tenth then finds that it should not have. */
static int add_saver(void *context, struct store_transaction *transaction)
{
	const struct saver *saver = context;
	unsigned char key = (unsigned char)saver->number;
	int r = store_put(transaction, 0, &key, 1, "saved", 5);
	return r == 0 && saver->number % 10 == 9 ? -EEXIST : r;
}

static void *save_one(void *argument)
{
	struct saver *saver = argument;
	(void)pthread_barrier_wait(saver->barrier);
	saver->result = store_update(saver->store, add_saver, saver);
	return NULL;
}

START_TEST(updates_of_many_threads_are_all_there_and_a_failed_one_takes_none_with_it)
{
	struct store *store = new_store((size_t)1 << 24);
	struct store_transaction *transaction;
	struct store_value value;
	pthread_barrier_t barrier;
	pthread_t threads[SAVERS];
	struct saver savers[SAVERS];
	(void)pthread_barrier_init(&barrier, NULL, SAVERS);
	for (unsigned i = 0; i < SAVERS; i++) {
		savers[i] = (struct saver){.store = store, .barrier = &barrier, .number = i};
		ck_assert_int_eq(pthread_create(&threads[i], NULL, save_one, &savers[i]), 0);
	}
	for (unsigned i = 0; i < SAVERS; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	(void)pthread_barrier_destroy(&barrier);
	store_close(store);
	store = open_store((size_t)1 << 24);
	ck_assert_int_eq(store_read(store, &transaction), 0);
	for (unsigned i = 0; i < SAVERS; i++) {
		unsigned char key = (unsigned char)i;
		bool is_wrong = i % 10 == 9;
		ck_assert_int_eq(savers[i].result, is_wrong ? -EEXIST : 0);
		ck_assert_int_eq(store_get(transaction, 0, &key, 1, &value),
				 is_wrong ? -ENOENT : 0);
	}
	store_abort(transaction);
	drop_store(store);
}
END_TEST

struct bulk {
	char name;
	size_t len;
};

static int put_bulk(void *context, struct store_transaction *transaction)
{
	const struct bulk *bulk = context;
	char *bytes = calloc(1, bulk->len);
	ck_assert_ptr_nonnull(bytes);
	int r = store_put(transaction, 0, &bulk->name, 1, bytes, bulk->len);
	free(bytes);
	return r;
}

START_TEST(a_full_store_takes_updates_again_when_there_is_room)
{
	struct store *store = new_store((size_t)1 << 20);
	struct store_transaction *transaction;
	struct store_value value;
	struct bulk small = {.name = 's', .len = 1000};
	struct bulk large = {.name = 'l', .len = (size_t)3 << 20};
	ck_assert_int_eq(store_update(store, put_bulk, &small), 0);
	ck_assert_int_eq(store_update(store, put_bulk, &large), -ENOSPC);
	large.len = 2000;
	ck_assert_int_eq(store_update(store, put_bulk, &large), 0);
	ck_assert_int_eq(store_read(store, &transaction), 0);
	ck_assert_int_eq(store_get(transaction, 0, "s", 1, &value), 0);
	ck_assert_uint_eq(value.len, 1000);
	ck_assert_int_eq(store_get(transaction, 0, "l", 1, &value), 0);
	ck_assert_uint_eq(value.len, 2000);
	store_abort(transaction);
	drop_store(store);
}
END_TEST

START_TEST(a_file_deleted_under_us_takes_no_more_commits)
{
	struct store *store = new_store((size_t)1 << 24);
	struct bulk bulk = {.name = 'b', .len = 10};
	char path[96];
	ck_assert_int_eq(store_update(store, put_bulk, &bulk), 0);
	ck_assert(!store_is_deleted(store));
	(void)snprintf(path, sizeof path, "%s/data.mdb", folder);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(store_update(store, put_bulk, &bulk), -EIO);
	ck_assert(store_is_deleted(store));
	drop_store(store);
}
END_TEST

SUITE_CASES = {
	&updates_of_many_threads_are_all_there_and_a_failed_one_takes_none_with_it,
	&a_full_store_takes_updates_again_when_there_is_room,
	&a_file_deleted_under_us_takes_no_more_commits,
	&what_was_committed_is_there_after_reopening,
	&what_was_aborted_never_was,
	&a_full_store_refuses_and_keeps_what_it_has,
	&entries_are_visited_in_order_within_their_prefix,
	&a_file_that_is_no_database_is_told,
};
SUITE_MAIN("store")
