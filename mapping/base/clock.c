#include "mapping/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A simulated clock may be moved at any moment, so nobody sleeps longer than this under one. */
#define SIMULATED_STEP_MS 20
/* A wait is cut at this length: callers loop anyway, and a jump of the system clock heals. */
#define LONGEST_WAIT_MS 60000

static struct {
	pthread_mutex_t mutex;
	bool simulated;	   /* guarded by mutex */
	bool running;	   /* guarded by mutex */
	int64_t base_ms;   /* guarded by mutex; simulated time at the last set */
	int64_t set_at_ms; /* guarded by mutex; monotonic time of the last set */
} state = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static int64_t read_clock_ms(clockid_t id)
{
	struct timespec now;
	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
	int64_t now_ms;
	(void)pthread_mutex_lock(&state.mutex);
	if (!state.simulated) {
		now_ms = read_clock_ms(CLOCK_REALTIME);
	} else if (state.running) {
		now_ms = state.base_ms + read_clock_ms(CLOCK_MONOTONIC) - state.set_at_ms;
	} else {
		now_ms = state.base_ms;
	}
	(void)pthread_mutex_unlock(&state.mutex);
	return now_ms;
}

void clock_set_simulated(int64_t now_ms, bool running)
{
	(void)pthread_mutex_lock(&state.mutex);
	state.simulated = true;
	state.running = running;
	state.base_ms = now_ms;
	state.set_at_ms = read_clock_ms(CLOCK_MONOTONIC);
	(void)pthread_mutex_unlock(&state.mutex);
}

bool clock_is_simulated(void)
{
	(void)pthread_mutex_lock(&state.mutex);
	bool simulated = state.simulated;
	(void)pthread_mutex_unlock(&state.mutex);
	return simulated;
}

void clock_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline_ms)
{
	int64_t wait_ms = deadline_ms - clock_now_ms();
	if (wait_ms <= 0) {
		return;
	}
	int64_t longest_ms = clock_is_simulated() ? SIMULATED_STEP_MS : LONGEST_WAIT_MS;
	if (wait_ms > longest_ms) {
		wait_ms = longest_ms;
	}
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(condition, mutex, &until);
}

static bool read_digits(const char **text, int count, int *ret_value)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (c < '0' || c > '9') {
			return false;
		}
		value = value * 10 + (c - '0');
	}
	*text += count;
	*ret_value = value;
	return true;
}

static bool skip_char(const char **text, char c)
{
	if (**text != c) {
		return false;
	}
	(*text)++;
	return true;
}

int clock_parse_iso(const char *text, int64_t *ret_ms)
{
	struct tm tm = {0};
	int milliseconds = 0;
	int offset_minutes = 0;
	if (!read_digits(&text, 4, &tm.tm_year) || !skip_char(&text, '-') ||
	    !read_digits(&text, 2, &tm.tm_mon) || !skip_char(&text, '-') ||
	    !read_digits(&text, 2, &tm.tm_mday)) {
		return -EINVAL;
	}
	if (*text == 'T' || *text == ' ') {
		text++;
		if (!read_digits(&text, 2, &tm.tm_hour) || !skip_char(&text, ':') ||
		    !read_digits(&text, 2, &tm.tm_min)) {
			return -EINVAL;
		}
		if (skip_char(&text, ':') && !read_digits(&text, 2, &tm.tm_sec)) {
			return -EINVAL;
		}
		if (skip_char(&text, '.')) {
			int unit = 100;
			while (*text >= '0' && *text <= '9') {
				milliseconds += (*text++ - '0') * unit;
				unit /= 10;
			}
		}
		if (*text == '+' || *text == '-') {
			int sign = *text++ == '-' ? -1 : 1;
			int hours;
			int minutes = 0;
			if (!read_digits(&text, 2, &hours)) {
				return -EINVAL;
			}
			(void)skip_char(&text, ':');
			if (*text != '\0' && !read_digits(&text, 2, &minutes)) {
				return -EINVAL;
			}
			offset_minutes = sign * (hours * 60 + minutes);
		} else {
			(void)skip_char(&text, 'Z');
		}
	}
	if (*text != '\0' || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    tm.tm_hour > 24 || tm.tm_min > 59 || tm.tm_sec > 60) {
		return -EINVAL;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	time_t seconds = timegm(&tm);
	*ret_ms = ((int64_t)seconds - (int64_t)offset_minutes * 60) * 1000 + milliseconds;
	return 0;
}

void clock_format_iso(int64_t ms, char text[CLOCK_ISO_BYTES])
{
	time_t seconds = (time_t)(ms / 1000);
	int rest = (int)(ms % 1000);
	if (rest < 0) {
		rest += 1000;
		seconds--;
	}
	struct tm utc;
	(void)gmtime_r(&seconds, &utc);
	size_t len = strftime(text, CLOCK_ISO_BYTES, "%Y-%m-%dT%H:%M:%S", &utc);
	(void)snprintf(text + len, CLOCK_ISO_BYTES - len, ".%03dZ", rest);
}
