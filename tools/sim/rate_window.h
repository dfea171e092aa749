/*
 * The budget of one connection: so many requests in a fixed window of 60 s, burnt at any pace. The
 * window begins with the first request after the last one ended.
 *
 * What it is not: the daemon's own pacing (cache/remote/rate.h). Any thread; nothing blocks.
 */
#ifndef NOTIONFS_SIM_RATE_WINDOW_H
#define NOTIONFS_SIM_RATE_WINDOW_H

#include <pthread.h>
#include <stdint.h>

#define RATE_WINDOW_MS 60000

struct rate_window {
	pthread_mutex_t mutex;
	unsigned limit;	  /* constant; 0 = no limit */
	unsigned used;	  /* guarded by mutex */
	int64_t start_ms; /* guarded by mutex */
};

void rate_window_init(struct rate_window *window, unsigned limit);
void rate_window_release(struct rate_window *window);
/* Takes one request: 0, or when there is none left the seconds until the window ends. */
unsigned rate_window_take(struct rate_window *window, int64_t now_ms);

#endif
