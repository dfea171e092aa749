/*
 * The one place the daemon takes time from, so that a test can put a simulated clock in its place.
 *
 * What it is not: a timer. Threads that wait for a moment use clock_wait_until, which wakes early
 * enough when the simulated clock is moved. Any thread.
 */
#ifndef NOTIONFS_BASE_CLOCK_H
#define NOTIONFS_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970, UTC. */
int64_t clock_now_ms(void);

/*
 * Puts a simulated time in the place of the system's: from now on clock_now_ms answers
 * `now_ms` + the time gone by since this call when `running`, else `now_ms` exactly.
 */
void clock_set_simulated(int64_t now_ms, bool running);
bool clock_is_simulated(void);

/*
 * Waits on `condition` (initialised with default attributes) until it is signalled or the clock
 * has reached `deadline_ms`. May return early; the caller looks at its state and at the clock
 * again. The mutex is held by the caller, as with pthread_cond_wait.
 */
void clock_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline_ms);

/* "2026-11-21T09:30:00.000Z" or "…+00:00" or a date alone → ms; 0 or -EINVAL. */
int clock_parse_iso(const char *text, int64_t *ret_ms);
#define CLOCK_ISO_BYTES 25
/* "2026-11-21T09:30:00.000Z" */
void clock_format_iso(int64_t ms, char text[CLOCK_ISO_BYTES]);

#endif
