#include "tests/cache/die_probe.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cache/remote/http_file.h"
#include "mapping/base/clock.h"

#define POINTS_MAX 4000
#define LABEL_BYTES 96
#define QUIET_US 3000

/* lmdb.h is for cache/store.c alone; these are all that is needed of it. */
struct MDB_env;
struct MDB_txn;
#define MDB_RDONLY_FLAG 0x20000U
struct MDB_env *mdb_txn_env(struct MDB_txn *txn);
int mdb_env_get_path(struct MDB_env *env, const char **path);

static struct {
	atomic_uint count;
	atomic_uint under_way;
	atomic_llong last_us;
	atomic_bool is_on;
	enum probe_moment moment;
	unsigned number;
	char labels[POINTS_MAX][LABEL_BYTES];
} probe;

static _Thread_local unsigned locks_held;
static _Thread_local unsigned transactions_held;

static long long now_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void probe_start(enum probe_moment moment, unsigned number)
{
	probe.moment = moment;
	probe.number = number;
	atomic_store(&probe.count, 0);
	atomic_store(&probe.is_on, true);
}

void probe_stop(void)
{
	atomic_store(&probe.is_on, false);
}

unsigned probe_count(void)
{
	return atomic_load(&probe.count);
}

const char *probe_label(unsigned number)
{
	return number > 0 && number <= POINTS_MAX ? probe.labels[number - 1] : "";
}

bool probe_is_idle(void)
{
	return atomic_load(&probe.under_way) == 0 &&
	       now_us() - atomic_load(&probe.last_us) > QUIET_US;
}

void probe_touch(void)
{
	atomic_store(&probe.last_us, now_us());
}

static void die_at(enum probe_moment moment, unsigned number)
{
	if (atomic_load(&probe.is_on) && probe.moment == moment && probe.number == number) {
		(void)kill(getpid(), SIGKILL);
		(void)pause();
	}
}

/* The number of the point, 0 while nothing is counted. */
static unsigned enter(const char *what, const char *which)
{
	atomic_store(&probe.last_us, now_us());
	if (!atomic_load(&probe.is_on)) {
		return 0;
	}
	unsigned number = atomic_fetch_add(&probe.count, 1) + 1;
	if (number > POINTS_MAX) {
		abort();
	}
	(void)snprintf(probe.labels[number - 1], LABEL_BYTES, "%s %s", what, which);
	die_at(PROBE_BEFORE, number);
	return number;
}

static void leave(unsigned number)
{
	atomic_store(&probe.last_us, now_us());
	if (number > 0) {
		die_at(PROBE_AFTER, number);
	}
}

/* ---- between the product and what is below it ---- */

int __real_mdb_txn_begin(struct MDB_env *env, struct MDB_txn *parent, unsigned flags,
			 struct MDB_txn **txn);
int __wrap_mdb_txn_begin(struct MDB_env *env, struct MDB_txn *parent, unsigned flags,
			 struct MDB_txn **txn);
int __real_mdb_txn_commit(struct MDB_txn *txn);
int __wrap_mdb_txn_commit(struct MDB_txn *txn);
void __real_mdb_txn_abort(struct MDB_txn *txn);
void __wrap_mdb_txn_abort(struct MDB_txn *txn);
int __real_http_send(struct http *http, const struct http_request *request,
		     struct http_answer *answer);
int __wrap_http_send(struct http *http, const struct http_request *request,
		     struct http_answer *answer);
int __real_http_send_file(struct http *http, const struct http_request *request,
			  const struct http_file_part *part, struct http_answer *answer);
int __wrap_http_send_file(struct http *http, const struct http_request *request,
			  const struct http_file_part *part, struct http_answer *answer);
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
void __real_clock_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex,
			     int64_t deadline_ms);
void __wrap_clock_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex,
			     int64_t deadline_ms);

int __wrap_mdb_txn_begin(struct MDB_env *env, struct MDB_txn *parent, unsigned flags,
			 struct MDB_txn **txn)
{
	int r = __real_mdb_txn_begin(env, parent, flags, txn);
	transactions_held += r == 0 ? 1 : 0;
	return r;
}

int __wrap_mdb_txn_commit(struct MDB_txn *txn)
{
	const char *path = "";
	(void)mdb_env_get_path(mdb_txn_env(txn), &path);
	unsigned number = enter("commit", strstr(path, "/state/") != NULL ? "state" : "cache");
	int r = __real_mdb_txn_commit(txn);
	transactions_held--;
	leave(number);
	return r;
}

void __wrap_mdb_txn_abort(struct MDB_txn *txn)
{
	__real_mdb_txn_abort(txn);
	transactions_held--;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	int r = __real_pthread_mutex_lock(mutex);
	locks_held++;
	return r;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	locks_held--;
	return __real_pthread_mutex_unlock(mutex);
}

static unsigned enter_request(const struct http_request *request)
{
	if (locks_held > 0 || transactions_held > 0) {
		(void)fprintf(stderr, "%s %s leaves with %u locks and %u transactions held\n",
			      request->method, request->path, locks_held, transactions_held);
		abort();
	}
	(void)atomic_fetch_add(&probe.under_way, 1);
	return enter(request->method, request->path);
}

static void leave_request(unsigned number)
{
	(void)atomic_fetch_sub(&probe.under_way, 1);
	leave(number);
}

int __wrap_http_send(struct http *http, const struct http_request *request,
		     struct http_answer *answer)
{
	unsigned number = enter_request(request);
	int r = __real_http_send(http, request, answer);
	leave_request(number);
	return r;
}

int __wrap_http_send_file(struct http *http, const struct http_request *request,
			  const struct http_file_part *part, struct http_answer *answer)
{
	unsigned number = enter_request(request);
	int r = __real_http_send_file(http, request, part, answer);
	leave_request(number);
	return r;
}

/* The product looks at a simulated clock every 20 ms; here it stands still until a test moves it,
 * and then there is nothing to wait for. */
void __wrap_clock_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline_ms)
{
	if (!clock_is_simulated()) {
		__real_clock_wait_until(condition, mutex, deadline_ms);
		return;
	}
	if (deadline_ms > clock_now_ms()) {
		struct timespec until;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		(void)pthread_cond_timedwait(condition, mutex, &until);
	}
}
