/*
 * The server's own time: the system's plus what /_sim/clock advanced it by, or a time that stands
 * still (--now) and only moves when told to.
 *
 * What it is not: the clock of mapping/base, which belongs to the daemon. Any thread;
 * sim_clock_wait and sim_clock_await block.
 */
#ifndef NOTIONFS_SIM_CLOCK_H
#define NOTIONFS_SIM_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct sim_clock {
	pthread_mutex_t mutex;
	pthread_cond_t moved; /* monotonic; also signalled by sim_clock_stop */
	bool running;	      /* constant after init */
	bool stopped;	      /* guarded by mutex */
	int64_t fixed_ms;     /* guarded by mutex; the time when not running */
	int64_t advanced_ms;  /* guarded by mutex; added to the system's when running */
	uint64_t version;     /* guarded by mutex; counts the moves */
};

/* `now_ms` < 0: run with the system's clock. */
void sim_clock_init(struct sim_clock *clock, int64_t now_ms);
void sim_clock_release(struct sim_clock *clock);

int64_t sim_clock_now_ms(struct sim_clock *clock);
/* The present minute. */
int64_t sim_clock_minute_ms(struct sim_clock *clock);
void sim_clock_advance(struct sim_clock *clock, int64_t by_ms);
uint64_t sim_clock_version(struct sim_clock *clock);

/* Sleeps `wait_ms` of real time; returns early only after sim_clock_stop. */
void sim_clock_sleep(struct sim_clock *clock, int64_t wait_ms);
/* Waits until the version is no longer `version`, `max_ms` of real time have gone by, or stop. */
void sim_clock_await(struct sim_clock *clock, uint64_t version, int64_t max_ms);
/* Wakes everyone for good. */
void sim_clock_stop(struct sim_clock *clock);
bool sim_clock_is_stopped(struct sim_clock *clock);

/* Real milliseconds that only grow. */
int64_t sim_monotonic_ms(void);

#endif
