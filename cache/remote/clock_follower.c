#include "cache/remote/clock_follower.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cache/remote/answer.h"
#include "cache/remote/http.h"
#include "mapping/base/clock.h"

/* The server answers after 20 s when its clock was not moved. */
#define LONG_POLL_MS 30000
#define FIRST_ANSWER_MS 10000
/* Between two questions when the server does not answer. */
#define PAUSE_MS 200

struct clock_follower {
	struct http *http;
	pthread_t thread;
	json_int_t version; /* after the start: the thread's */
	pthread_mutex_t mutex;
	pthread_cond_t stopped;
	bool is_stopped; /* guarded by mutex */
};

static int ask(struct clock_follower *follower, const char *path, int64_t timeout_ms)
{
	CLEANUP(http_answer) struct http_answer answer;
	http_answer_init(&answer);
	struct http_request request = {.method = "GET", .path = path, .timeout_ms = timeout_ms};
	int r = http_send(follower->http, &request, &answer);
	if (r < 0) {
		return r;
	}
	json_t *json = NULL;
	if (answer.status != 200 || answer_parse(answer.body.data, answer.body.len, &json) < 0) {
		return -EIO;
	}
	const json_t *now_ms = json_object_get(json, "now_ms");
	const json_t *version = json_object_get(json, "version");
	if (json_is_integer(now_ms) && json_is_integer(version)) {
		follower->version = json_integer_value(version);
		clock_set_simulated(json_integer_value(now_ms),
				    json_is_true(json_object_get(json, "running")));
	} else {
		r = -EIO;
	}
	json_decref(json);
	return r;
}

/* False: stopped. */
static bool pause_a_moment(struct clock_follower *follower)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += PAUSE_MS * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	LOCK_SCOPE(&follower->mutex);
	if (!follower->is_stopped) {
		(void)pthread_cond_timedwait(&follower->stopped, &follower->mutex, &until);
	}
	return !follower->is_stopped;
}

static void *follow(void *context)
{
	struct clock_follower *follower = context;
	for (;;) {
		char path[64];
		(void)snprintf(path, sizeof path, "/_sim/clock?after=%" JSON_INTEGER_FORMAT,
			       follower->version);
		int r = ask(follower, path, LONG_POLL_MS);
		if (r == -ECANCELED || (r < 0 && !pause_a_moment(follower))) {
			return NULL;
		}
	}
}

int clock_follower_new(const char *url, struct clock_follower **ret_follower)
{
	if (strncmp(url, "http://", strlen("http://")) != 0) {
		return -EINVAL;
	}
	struct clock_follower *follower = calloc(1, sizeof *follower);
	if (follower == NULL) {
		abort();
	}
	int r = http_new(url, &follower->http);
	if (r == 0) {
		r = ask(follower, "/_sim/clock", FIRST_ANSWER_MS);
	}
	if (r < 0) {
		http_free(follower->http);
		free(follower);
		return r;
	}
	(void)pthread_mutex_init(&follower->mutex, NULL);
	(void)pthread_cond_init(&follower->stopped, NULL);
	if (pthread_create(&follower->thread, NULL, follow, follower) != 0) {
		abort();
	}
	*ret_follower = follower;
	return 0;
}

void clock_follower_stop(struct clock_follower *follower)
{
	http_stop(follower->http);
	LOCK_SCOPE(&follower->mutex);
	follower->is_stopped = true;
	(void)pthread_cond_broadcast(&follower->stopped);
}

void clock_follower_free(struct clock_follower *follower)
{
	if (follower == NULL) {
		return;
	}
	clock_follower_stop(follower);
	(void)pthread_join(follower->thread, NULL);
	http_free(follower->http);
	(void)pthread_cond_destroy(&follower->stopped);
	(void)pthread_mutex_destroy(&follower->mutex);
	free(follower);
}
