/*
 * LMDB, and nothing but LMDB: an environment with a fixed list of tables, short transactions,
 * ordered keys. The only file that includes lmdb.h; LMDB's codes become -errno here.
 *
 * What it is not: aware of what is stored (FORMAT.md). Caveats, grouped by how they hurt:
 *   - open after the fork, never twice in a process;
 *   - values read point into the map and die with their transaction: copy out;
 *   - read transactions are short; no transaction is open across a FUSE reply, a notification,
 *     or the network; one write transaction at a time, the others wait for it.
 *
 * Any thread. store_commit of a durable store waits for the disk.
 */
#ifndef NOTIONFS_CACHE_STORE_H
#define NOTIONFS_CACHE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping/base/cleanup.h"

struct store;
struct store_transaction;

#define STORE_KEY_MAX_BYTES 511

struct store_options {
	const char *directory;	   /* exists, 0700 */
	const char *const *tables; /* names, NULL-terminated; their index is the table number */
	size_t max_bytes;	   /* of the file; -ENOSPC beyond */
	bool is_durable; /* commits are on disk when they return; otherwise a power cut may
			    lose the last ones, never the integrity */
};

/* -EINVAL: not a database of ours (corrupt or of another LMDB): the caller rebuilds or refuses. */
must_check int store_open(const struct store_options *options, struct store **ret_store);
void store_close(struct store *store);
/* Bytes of the file in use. */
uint64_t store_size(struct store *store);

must_check int store_read(struct store *store, struct store_transaction **ret_transaction);
must_check int store_write(struct store *store, struct store_transaction **ret_transaction);
/* Ends the transaction whatever it answers. -ENOSPC, -EIO: nothing of it happened. */
must_check int store_commit(struct store_transaction *transaction);
/*
 * A small write that somebody waits for. `work` runs in a write transaction, alone or after those
 * of other callers in the same one: what comes while another commit waits for the disk shares the
 * next. It may run on another caller's thread and more than once: it takes no lock, and touches
 * nothing but the transaction, its context and reads of other stores; what it writes into the
 * context it writes anew each time.
 * On disk when this returns 0. Else nothing of it happened: `work`'s own error (the others' writes
 * go on without it), -ENOSPC, -EDQUOT, -EROFS, -EIO: the disk's.
 */
typedef int store_work(void *context, struct store_transaction *transaction);
must_check int store_update(struct store *store, store_work *work, void *context);
/* Was the file of a durable store deleted under us? Then each commit answers -EIO. */
bool store_is_deleted(struct store *store);
/* For reads, and for writes that are to be forgotten. NULL is accepted. */
void store_abort(struct store_transaction *transaction);
DEFINE_CLEANUP(struct store_transaction, transaction, store_abort);

struct store_value {
	const void *bytes;
	size_t len;
};

/* -ENOENT when there is none. */
must_check int store_get(struct store_transaction *transaction, unsigned table, const void *key,
			 size_t key_len, struct store_value *ret_value);
must_check int store_put(struct store_transaction *transaction, unsigned table, const void *key,
			 size_t key_len, const void *bytes, size_t len);
/* 0 also when there was none. */
must_check int store_delete(struct store_transaction *transaction, unsigned table, const void *key,
			    size_t key_len);
/* Removes all entries of a table. */
must_check int store_clear(struct store_transaction *transaction, unsigned table);

/*
 * Visits the entries with key >= `from` that begin with `prefix_len` bytes of `from`, in key
 * order, until `visit` answers something but 0, which is then returned (make it > 0 to stop, < 0
 * for an error). `visit` may not change the table; the pointers are valid until it returns.
 */
typedef int store_visit(void *context, const void *key, size_t key_len,
			const struct store_value *value);
must_check int store_each(struct store_transaction *transaction, unsigned table, const void *from,
			  size_t from_len, size_t prefix_len, store_visit *visit, void *context);
/* The largest key that begins with `prefix`: copied to `key` (at least STORE_KEY_MAX_BYTES).
 * -ENOENT. */
must_check int store_last(struct store_transaction *transaction, unsigned table, const void *prefix,
			  size_t prefix_len, void *key, size_t *ret_key_len);
/* Number of entries in a table. */
must_check int store_count(struct store_transaction *transaction, unsigned table,
			   size_t *ret_count);

#endif
