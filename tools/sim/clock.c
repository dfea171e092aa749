#include "tools/sim/clock.h"

#include <time.h>

#include "mapping/base/cleanup.h"

static int64_t read_ms(clockid_t id)
{
	struct timespec now;
	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t sim_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

void sim_clock_init(struct sim_clock *clock, int64_t now_ms)
{
	*clock = (struct sim_clock){.running = now_ms < 0, .fixed_ms = now_ms, .version = 1};
	(void)pthread_mutex_init(&clock->mutex, NULL);
	pthread_condattr_t attributes;
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&clock->moved, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

void sim_clock_release(struct sim_clock *clock)
{
	(void)pthread_cond_destroy(&clock->moved);
	(void)pthread_mutex_destroy(&clock->mutex);
}

static int64_t now_ms_locked(const struct sim_clock *clock)
{
	return clock->running ? read_ms(CLOCK_REALTIME) + clock->advanced_ms : clock->fixed_ms;
}

int64_t sim_clock_now_ms(struct sim_clock *clock)
{
	LOCK_SCOPE(&clock->mutex);
	return now_ms_locked(clock);
}

int64_t sim_clock_minute_ms(struct sim_clock *clock)
{
	int64_t now_ms = sim_clock_now_ms(clock);
	return now_ms - now_ms % 60000;
}

void sim_clock_advance(struct sim_clock *clock, int64_t by_ms)
{
	LOCK_SCOPE(&clock->mutex);
	if (clock->running) {
		clock->advanced_ms += by_ms;
	} else {
		clock->fixed_ms += by_ms;
	}
	clock->version++;
	(void)pthread_cond_broadcast(&clock->moved);
}

uint64_t sim_clock_version(struct sim_clock *clock)
{
	LOCK_SCOPE(&clock->mutex);
	return clock->version;
}

static void wait_locked(struct sim_clock *clock, int64_t until_ms)
{
	struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
	(void)pthread_cond_timedwait(&clock->moved, &clock->mutex, &until);
}

void sim_clock_sleep(struct sim_clock *clock, int64_t wait_ms)
{
	int64_t until_ms = sim_monotonic_ms() + wait_ms;
	LOCK_SCOPE(&clock->mutex);
	while (!clock->stopped && sim_monotonic_ms() < until_ms) {
		wait_locked(clock, until_ms);
	}
}

void sim_clock_await(struct sim_clock *clock, uint64_t version, int64_t max_ms)
{
	int64_t until_ms = sim_monotonic_ms() + max_ms;
	LOCK_SCOPE(&clock->mutex);
	while (!clock->stopped && clock->version == version && sim_monotonic_ms() < until_ms) {
		wait_locked(clock, until_ms);
	}
}

void sim_clock_stop(struct sim_clock *clock)
{
	LOCK_SCOPE(&clock->mutex);
	clock->stopped = true;
	(void)pthread_cond_broadcast(&clock->moved);
}

bool sim_clock_is_stopped(struct sim_clock *clock)
{
	LOCK_SCOPE(&clock->mutex);
	return clock->stopped;
}
