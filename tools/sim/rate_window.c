#include "tools/sim/rate_window.h"

#include "mapping/base/cleanup.h"

void rate_window_init(struct rate_window *window, unsigned limit)
{
	*window = (struct rate_window){.limit = limit, .start_ms = -RATE_WINDOW_MS};
	(void)pthread_mutex_init(&window->mutex, NULL);
}

void rate_window_release(struct rate_window *window)
{
	(void)pthread_mutex_destroy(&window->mutex);
}

unsigned rate_window_take(struct rate_window *window, int64_t now_ms)
{
	LOCK_SCOPE(&window->mutex);
	if (now_ms >= window->start_ms + RATE_WINDOW_MS || now_ms < window->start_ms) {
		window->start_ms = now_ms;
		window->used = 0;
	}
	if (window->limit == 0 || window->used < window->limit) {
		window->used++;
		return 0;
	}
	return (unsigned)((window->start_ms + RATE_WINDOW_MS - now_ms + 999) / 1000);
}
