/*
 * NOTES ON THE THREAD MODEL
 * store_update: who comes first leads. The leader waits for LMDB's one writer's place, then takes
 * along everybody who came meanwhile; each has a transaction of its own inside the leader's. Who
 * comes while the leader commits finds the next leader among those who wait.
 */
#include "cache/store.h"

#define LOG_MODULE "store"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "mapping/base/log.h"

#define TABLES_MAX 24
#define READERS_MAX 1024
#define PROBE_BYTES ((off_t)64 << 20)

/* One caller of store_update; on its stack. */
struct update {
	store_work *work;
	void *context;
	int result;
	bool is_done;	     /* guarded by updates_mutex */
	struct update *next; /* guarded by updates_mutex; the leader's once taken */
};

struct store {
	MDB_env *env;
	MDB_dbi tables[TABLES_MAX];
	unsigned table_count;
	bool is_durable;
	atomic_bool is_deleted;

	pthread_mutex_t updates_mutex;
	pthread_cond_t updates_done;
	struct update *updates; /* guarded by updates_mutex; not taken yet, newest first */
	bool has_leader;	/* guarded by updates_mutex */
};

struct store_transaction {
	struct store *store;
	MDB_txn *txn;
	bool is_write;
};

/* The one place where LMDB's codes become errno. */
static int to_errno(int code)
{
	switch (code) {
	case 0: return 0;
	case MDB_NOTFOUND: return -ENOENT;
	case MDB_MAP_FULL: return -ENOSPC;
	case MDB_BAD_VALSIZE: return -ENAMETOOLONG;
	case MDB_READERS_FULL: return -EAGAIN;
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INCOMPATIBLE: return -EINVAL;
	default: return code > 0 ? -code : -EIO;
	}
}

static int open_tables(struct store *store, const char *const *tables)
{
	MDB_txn *txn;
	int r = mdb_txn_begin(store->env, NULL, 0, &txn);
	if (r != 0) {
		return to_errno(r);
	}
	for (; tables[store->table_count] != NULL; store->table_count++) {
		assert(store->table_count < TABLES_MAX);
		r = mdb_dbi_open(txn, tables[store->table_count], MDB_CREATE,
				 &store->tables[store->table_count]);
		if (r != 0) {
			mdb_txn_abort(txn);
			return to_errno(r);
		}
	}
	return to_errno(mdb_txn_commit(txn));
}

int store_open(const struct store_options *options, struct store **ret_store)
{
	struct store *store = calloc(1, sizeof *store);
	if (store == NULL) {
		return -ENOMEM;
	}
	store->is_durable = options->is_durable;
	(void)pthread_mutex_init(&store->updates_mutex, NULL);
	(void)pthread_cond_init(&store->updates_done, NULL);
	unsigned flags = MDB_NOTLS | (options->is_durable ? 0 : MDB_NOMETASYNC);
	int r = mdb_env_create(&store->env);
	if (r == 0) {
		r = mdb_env_set_mapsize(store->env, options->max_bytes);
	}
	if (r == 0) {
		r = mdb_env_set_maxdbs(store->env, TABLES_MAX);
	}
	if (r == 0) {
		r = mdb_env_set_maxreaders(store->env, READERS_MAX);
	}
	if (r == 0) {
		r = mdb_env_open(store->env, options->directory, flags, 0600);
	}
	r = r == 0 ? open_tables(store, options->tables) : to_errno(r);
	if (r < 0) {
		store_close(store);
		return r;
	}
	*ret_store = store;
	return 0;
}

void store_close(struct store *store)
{
	if (store == NULL) {
		return;
	}
	if (store->env != NULL) {
		mdb_env_close(store->env);
	}
	(void)pthread_cond_destroy(&store->updates_done);
	(void)pthread_mutex_destroy(&store->updates_mutex);
	free(store);
}

uint64_t store_size(struct store *store)
{
	MDB_envinfo info;
	MDB_stat stat;
	if (mdb_env_info(store->env, &info) != 0 || mdb_env_stat(store->env, &stat) != 0) {
		return 0;
	}
	return (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
}

static int begin(struct store *store, bool is_write, struct store_transaction **ret_transaction)
{
	struct store_transaction *transaction = calloc(1, sizeof *transaction);
	if (transaction == NULL) {
		return -ENOMEM;
	}
	transaction->store = store;
	transaction->is_write = is_write;
	int r = mdb_txn_begin(store->env, NULL, is_write ? 0 : MDB_RDONLY, &transaction->txn);
	if (r != 0) {
		free(transaction);
		return to_errno(r);
	}
	*ret_transaction = transaction;
	return 0;
}

int store_read(struct store *store, struct store_transaction **ret_transaction)
{
	return begin(store, false, ret_transaction);
}

int store_write(struct store *store, struct store_transaction **ret_transaction)
{
	return begin(store, true, ret_transaction);
}

/* A file without a name takes commits like any other, and is gone with this process. */
static bool is_file_deleted(struct store *store)
{
	mdb_filehandle_t file;
	struct stat st;
	if (mdb_env_get_fd(store->env, &file) != 0 || fstat(file, &st) < 0 || st.st_nlink > 0) {
		return false;
	}
	if (!atomic_exchange(&store->is_deleted, true)) {
		const char *path = "";
		(void)mdb_env_get_path(store->env, &path);
		log_error("%s was deleted: nothing can be saved until it is mounted anew", path);
	}
	return true;
}

bool store_is_deleted(struct store *store)
{
	return atomic_load(&store->is_deleted);
}

/*
 * LMDB answers EIO when the system wrote a part of what it was given: mostly the disk is full, or
 * the quota is used up. Asks for as much again as a save may need.
 */
static int why_short(struct store *store)
{
	const char *path = "";
	if (mdb_env_get_path(store->env, &path) != 0) {
		return -EIO;
	}
	CLEANUP(fd) int file = open(path, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	int r = file < 0 ? 0 : posix_fallocate(file, 0, PROBE_BYTES);
	return r == ENOSPC || r == EDQUOT || r == EROFS ? -r : -EIO;
}

int store_commit(struct store_transaction *transaction)
{
	struct store *store = transaction->store;
	if (transaction->is_write && store->is_durable && is_file_deleted(store)) {
		store_abort(transaction);
		return -EIO;
	}
	int r = to_errno(mdb_txn_commit(transaction->txn));
	free(transaction);
	return r == -EIO ? why_short(store) : r;
}

void store_abort(struct store_transaction *transaction)
{
	if (transaction != NULL) {
		mdb_txn_abort(transaction->txn);
		free(transaction);
	}
}

/* ---- updates, several a commit ---- */

static int update_alone(struct store *store, struct update *update)
{
	struct store_transaction *transaction;
	int r = store_write(store, &transaction);
	if (r < 0) {
		return r;
	}
	r = update->work(update->context, transaction);
	if (r < 0) {
		store_abort(transaction);
		return r;
	}
	return store_commit(transaction);
}

/* In a transaction inside the leader's: what fails takes nothing of the others with it. */
static int update_inside(struct store_transaction *leader, struct update *update)
{
	struct store_transaction inner = {.store = leader->store, .is_write = true};
	int r = to_errno(mdb_txn_begin(leader->store->env, leader->txn, 0, &inner.txn));
	if (r < 0) {
		return r;
	}
	r = update->work(update->context, &inner);
	if (r < 0) {
		mdb_txn_abort(inner.txn);
		return r;
	}
	return to_errno(mdb_txn_commit(inner.txn));
}

/* All that wait, oldest first. */
static struct update *take_updates(struct store *store)
{
	struct update *oldest = NULL;
	LOCK_SCOPE(&store->updates_mutex);
	while (store->updates != NULL) {
		struct update *update = store->updates;
		store->updates = update->next;
		update->next = oldest;
		oldest = update;
	}
	return oldest;
}

static void lead(struct store *store)
{
	struct store_transaction *transaction;
	int r = store_write(store, &transaction);
	struct update *updates = take_updates(store);
	if (r == 0) {
		for (struct update *update = updates; update != NULL; update = update->next) {
			update->result = update_inside(transaction, update);
		}
		r = store_commit(transaction);
	}
	for (struct update *update = updates; r < 0 && update != NULL; update = update->next) {
		/* Together they did not fit the disk: some of them may. */
		if (update->result == 0) {
			update->result = update_alone(store, update);
		}
	}
	LOCK_SCOPE(&store->updates_mutex);
	while (updates != NULL) {
		struct update *next = updates->next; /* its stack may go once it is done */
		updates->is_done = true;
		updates = next;
	}
	store->has_leader = false;
	(void)pthread_cond_broadcast(&store->updates_done);
}

int store_update(struct store *store, store_work *work, void *context)
{
	struct update update = {.work = work, .context = context};
	(void)pthread_mutex_lock(&store->updates_mutex);
	update.next = store->updates;
	store->updates = &update;
	while (!update.is_done) {
		if (store->has_leader) {
			(void)pthread_cond_wait(&store->updates_done, &store->updates_mutex);
			continue;
		}
		store->has_leader = true;
		(void)pthread_mutex_unlock(&store->updates_mutex);
		lead(store);
		(void)pthread_mutex_lock(&store->updates_mutex);
	}
	(void)pthread_mutex_unlock(&store->updates_mutex);
	return update.result;
}

static MDB_val value_of(const void *bytes, size_t len)
{
	/* LMDB does not write through it; its struct just has no const. */
	union {
		const void *in;
		void *out;
	} cast = {.in = bytes};
	return (MDB_val){.mv_size = len, .mv_data = cast.out};
}

int store_get(struct store_transaction *transaction, unsigned table, const void *key,
	      size_t key_len, struct store_value *ret_value)
{
	MDB_val name = value_of(key, key_len);
	MDB_val value;
	int r = mdb_get(transaction->txn, transaction->store->tables[table], &name, &value);
	if (r != 0) {
		return to_errno(r);
	}
	*ret_value = (struct store_value){.bytes = value.mv_data, .len = value.mv_size};
	return 0;
}

int store_put(struct store_transaction *transaction, unsigned table, const void *key,
	      size_t key_len, const void *bytes, size_t len)
{
	assert(transaction->is_write);
	MDB_val name = value_of(key, key_len);
	MDB_val value = value_of(bytes, len);
	return to_errno(
		mdb_put(transaction->txn, transaction->store->tables[table], &name, &value, 0));
}

int store_delete(struct store_transaction *transaction, unsigned table, const void *key,
		 size_t key_len)
{
	assert(transaction->is_write);
	MDB_val name = value_of(key, key_len);
	int r = mdb_del(transaction->txn, transaction->store->tables[table], &name, NULL);
	return r == MDB_NOTFOUND ? 0 : to_errno(r);
}

int store_clear(struct store_transaction *transaction, unsigned table)
{
	assert(transaction->is_write);
	return to_errno(mdb_drop(transaction->txn, transaction->store->tables[table], 0));
}

static bool has_prefix(const MDB_val *key, const void *prefix, size_t prefix_len)
{
	return key->mv_size >= prefix_len && memcmp(key->mv_data, prefix, prefix_len) == 0;
}

int store_each(struct store_transaction *transaction, unsigned table, const void *from,
	       size_t from_len, size_t prefix_len, store_visit *visit, void *context)
{
	assert(prefix_len <= from_len);
	MDB_cursor *cursor;
	int r = mdb_cursor_open(transaction->txn, transaction->store->tables[table], &cursor);
	if (r != 0) {
		return to_errno(r);
	}
	MDB_val key = value_of(from, from_len);
	MDB_val value;
	int answer = 0;
	for (r = mdb_cursor_get(cursor, &key, &value, from_len > 0 ? MDB_SET_RANGE : MDB_FIRST);
	     r == 0 && has_prefix(&key, from, prefix_len) && answer == 0;
	     r = answer == 0 ? mdb_cursor_get(cursor, &key, &value, MDB_NEXT) : 0) {
		struct store_value found = {.bytes = value.mv_data, .len = value.mv_size};
		answer = visit(context, key.mv_data, key.mv_size, &found);
	}
	mdb_cursor_close(cursor);
	if (answer != 0) {
		return answer;
	}
	return r == MDB_NOTFOUND ? 0 : to_errno(r);
}

int store_last(struct store_transaction *transaction, unsigned table, const void *prefix,
	       size_t prefix_len, void *key, size_t *ret_key_len)
{
	unsigned char after[STORE_KEY_MAX_BYTES];
	size_t after_len = prefix_len;
	assert(prefix_len <= sizeof after);
	memcpy(after, prefix, prefix_len);
	/* The first key past the prefix: its last byte that can be raised, raised. */
	while (after_len > 0 && after[after_len - 1] == 0xff) {
		after_len--;
	}
	if (after_len > 0) {
		after[after_len - 1]++;
	}
	MDB_cursor *cursor;
	int r = mdb_cursor_open(transaction->txn, transaction->store->tables[table], &cursor);
	if (r != 0) {
		return to_errno(r);
	}
	MDB_val found = value_of(after, after_len);
	MDB_val value;
	r = after_len == 0 ? MDB_NOTFOUND : mdb_cursor_get(cursor, &found, &value, MDB_SET_RANGE);
	r = mdb_cursor_get(cursor, &found, &value, r == 0 ? MDB_PREV : MDB_LAST);
	if (r == 0 && !has_prefix(&found, prefix, prefix_len)) {
		r = MDB_NOTFOUND;
	}
	if (r == 0) {
		memcpy(key, found.mv_data, found.mv_size);
		*ret_key_len = found.mv_size;
	}
	mdb_cursor_close(cursor);
	return to_errno(r);
}

int store_count(struct store_transaction *transaction, unsigned table, size_t *ret_count)
{
	MDB_stat stat;
	int r = mdb_stat(transaction->txn, transaction->store->tables[table], &stat);
	if (r == 0) {
		*ret_count = stat.ms_entries;
	}
	return to_errno(r);
}
