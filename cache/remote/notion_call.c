#include "cache/remote/notion_call.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cache/remote/answer.h"
#include "cache/remote/failure.h"
#include "mapping/base/clock.h"

#define LOG_MODULE "notion"
#include "mapping/base/log.h"

/*
 * NOTES ON THE THREAD MODEL. A call runs in its caller's thread and takes notion.mutex for
 * moments: to have its turn, and to note what an answer said. All waiting (budget, pause after a
 * 429, back-off) is done on notion.changed, so notion_stop ends it at once.
 */

#define MAX_REPEATS 3
#define LONGEST_BACK_OFF_MS 30000
/* Dates have whole seconds; a larger step than this is a clock that was set. */
#define CLOCK_STEP_MS 3000

/* One call on its way. */
struct trip {
	struct notion *notion;
	const struct notion_call *call;
	struct failure *failure;
	char *body; /* NULL = none */
	char *token;
	uint64_t token_version;
	int64_t not_before_ms; /* of the next attempt; 0 = at once */
	int64_t back_off_ms;   /* how long that was ahead when it was set */
	unsigned repeats;
	unsigned limited;    /* 429s in a row without a time */
	bool may_be_applied; /* by an attempt so far */
};

static int64_t back_off_ms(unsigned times)
{
	int64_t wait_ms = times < 5 ? (int64_t)1000 << times : LONGEST_BACK_OFF_MS;
	return wait_ms < LONGEST_BACK_OFF_MS ? wait_ms : LONGEST_BACK_OFF_MS;
}

static void free_token(char *token)
{
	if (token != NULL) {
		explicit_bzero(token, strlen(token));
		free(token);
	}
}

/* ---- before sending ---- */

/* May this connection send at all? */
static int check_state_locked(const struct notion *notion, struct failure *failure)
{
	if (notion->is_stopped) {
		return failure_before_sending(failure, -ECANCELED, "stopped");
	}
	if (notion->rate.is_blocked) {
		return failure_before_sending(
			failure, -EPERM,
			"Notion has blocked this connection (public_api_request_blocked); nothing "
			"is sent any more. Ask Notion's support, or use another connection");
	}
	if (notion->token == NULL) {
		return failure_before_sending(failure, -EACCES,
					      "there is no token that could be sent");
	}
	if (notion->is_unauthorized) {
		return failure_before_sending(
			failure, -EACCES,
			"Notion refuses the token; nothing is sent until there is a new one");
	}
	return 0;
}

static _Thread_local const _Atomic unsigned *followed;

void notion_follow_priority(const _Atomic unsigned *priority)
{
	followed = priority;
}

void notion_hurry(struct notion *notion)
{
	LOCK_SCOPE(&notion->mutex);
	(void)pthread_cond_broadcast(&notion->changed);
}

static enum priority priority_of(const struct notion_call *call)
{
	unsigned raised = followed == NULL ? PRIORITY_COUNT : atomic_load(followed);
	return raised < call->priority ? (enum priority)raised : call->priority;
}

/* Waits for the back-off and the budget, and takes a copy of the token. */
static int await_turn(struct trip *trip)
{
	struct notion *notion = trip->notion;
	LOCK_SCOPE(&notion->mutex);
	for (;;) {
		int r = check_state_locked(notion, trip->failure);
		if (r < 0) {
			return r;
		}
		int64_t now_ms = clock_now_ms();
		if (trip->not_before_ms > now_ms + trip->back_off_ms) {
			trip->not_before_ms = now_ms + trip->back_off_ms; /* set back */
		}
		if (trip->not_before_ms > now_ms) {
			clock_wait_until(&notion->changed, &notion->mutex, trip->not_before_ms);
			continue;
		}
		enum priority priority = priority_of(trip->call);
		unsigned *waiting = &notion->rate.waiting[priority];
		int64_t until_ms = rate_take(&notion->rate, priority, now_ms);
		if (until_ms == 0) {
			break;
		}
		(*waiting)++;
		clock_wait_until(&notion->changed, &notion->mutex, until_ms);
		(*waiting)--;
	}
	notion->requests++;
	free_token(trip->token);
	trip->token = strdup(notion->token);
	trip->token_version = notion->token_version;
	if (trip->token == NULL) {
		abort();
	}
	return 0;
}

/* ---- what an answer teaches, whatever it says ---- */

/* Never before the newest Date seen: a date is cut to the second and was some time on its way. */
static void note_date_locked(struct notion *notion, int64_t date_ms)
{
	int64_t offset_ms = date_ms - clock_now_ms();
	int64_t step_ms = offset_ms - notion->server_offset_ms;
	if (!notion->is_offset_known || step_ms > 0 || step_ms < -CLOCK_STEP_MS) {
		notion->server_offset_ms = offset_ms;
		notion->is_offset_known = true;
	}
}

/* Answers whether this changed what is known of the connection. */
static bool note_outcome_locked(const struct trip *trip, int error,
				const struct http_answer *answer)
{
	struct notion *notion = trip->notion;
	bool was_offline = notion->offline_since_ms != 0;
	if (error == 0 && answer->date_ms >= 0) {
		note_date_locked(notion, answer->date_ms);
	}
	if (error == 0) {
		notion->offline_since_ms = 0;
	} else if (error != -ECANCELED && notion->offline_since_ms == 0) {
		notion->offline_since_ms = clock_now_ms();
	}
	if (answer->status == 401 && trip->token_version == notion->token_version) {
		notion->is_unauthorized = true;
	}
	return was_offline != (notion->offline_since_ms != 0);
}

static void note_outcome(const struct trip *trip, int error, const struct http_answer *answer)
{
	struct notion *notion = trip->notion;
	bool is_other;
	{
		LOCK_SCOPE(&notion->mutex);
		is_other = note_outcome_locked(trip, error, answer);
	}
	if (is_other && notion->connection_changed != NULL) {
		notion->connection_changed(notion->context, error != 0);
	}
}

/* A 429 or 529: everybody pauses. */
static void note_limit(struct trip *trip, const struct http_answer *answer, const json_t *json)
{
	struct notion *notion = trip->notion;
	int64_t wait_ms = answer->retry_after_ms;
	const char *seconds = answer_additional(json, "retry_after");
	if (wait_ms < 0 && seconds != NULL) {
		wait_ms = strtol(seconds, NULL, 10) * 1000;
	}
	if (wait_ms <= 0) {
		wait_ms = back_off_ms(trip->limited++);
	}
	const char *reason = answer_additional(json, "rate_limit_reason");
	log_debug("%d: pause of %lld ms (%s)", answer->status, (long long)wait_ms,
		  reason != NULL ? reason : "no reason given");
	LOCK_SCOPE(&notion->mutex);
	rate_limited(&notion->rate, reason, wait_ms, clock_now_ms());
}

/* ---- one attempt ---- */

enum verdict { VERDICT_DONE, VERDICT_AGAIN, VERDICT_FAILED };

static bool is_sensible(const struct notion_call *call, const json_t *json)
{
	if (!call->is_list) {
		return true;
	}
	const char *object = json_string_value(json_object_get(json, "object"));
	return object != NULL && strcmp(object, "list") == 0 &&
	       json_is_array(json_object_get(json, "results"));
}

static void repeat_after(struct trip *trip, int64_t wait_ms)
{
	trip->repeats++;
	trip->not_before_ms = wait_ms > 0 ? clock_now_ms() + wait_ms : 0;
	trip->back_off_ms = wait_ms;
}

static enum verdict judge_network(struct trip *trip, int error, const struct http_answer *answer,
				  int *ret_error)
{
	*ret_error = failure_from_network(trip->failure, error, answer->was_sent, answer->reason);
	bool is_cut = error == -ECONNRESET;
	if (!is_cut || !trip->call->is_repeatable || trip->repeats >= MAX_REPEATS) {
		return VERDICT_FAILED;
	}
	/* A connection that was kept alive may have been closed just as we wrote into it. */
	bool is_stale = answer->was_reused && trip->repeats == 0;
	repeat_after(trip, is_stale ? 0 : back_off_ms(trip->repeats));
	return VERDICT_AGAIN;
}

static enum verdict judge_answer(struct trip *trip, const struct http_answer *answer, json_t **json,
				 int *ret_error)
{
	if (answer->status >= 200 && answer->status < 300) {
		if (*json != NULL && is_sensible(trip->call, *json)) {
			*ret_error = 0;
			return VERDICT_DONE;
		}
		*ret_error = failure_from_nonsense(trip->failure, answer->status);
	} else {
		*ret_error = failure_from_answer(trip->failure, answer->status, *json);
	}
	if (*ret_error == -EAGAIN) {
		note_limit(trip, answer, *json);
		return VERDICT_AGAIN;
	}
	bool may_help = answer->status >= 500 || (answer->status >= 200 && answer->status < 300);
	if (!may_help || !trip->call->is_repeatable || trip->repeats >= MAX_REPEATS) {
		return VERDICT_FAILED;
	}
	int64_t wait_ms = back_off_ms(trip->repeats);
	if (answer->retry_after_ms > wait_ms) {
		wait_ms = answer->retry_after_ms;
	}
	repeat_after(trip, wait_ms);
	return VERDICT_AGAIN;
}

static enum verdict attempt(struct trip *trip, int *ret_error, json_t **ret_answer)
{
	struct notion *notion = trip->notion;
	const struct notion_call *call = trip->call;
	struct http_request request = {
		.method = call->method,
		.path = call->path,
		.body = trip->body,
		.body_len = trip->body != NULL ? strlen(trip->body) : 0,
		.token = trip->token,
		.api_version = notion->api_version,
		.timeout_ms = call->extra_timeout_ms +
			      (call->is_write ? notion->write_timeout_ms : notion->read_timeout_ms),
	};
	CLEANUP(http_answer) struct http_answer answer;
	http_answer_init(&answer);
	int64_t sent_at_ms = notion_now_ms(notion);
	int r = call->part == NULL ? http_send(notion->http, &request, &answer)
				   : http_send_file(notion->http, &request, call->part, &answer);
	note_outcome(trip, r, &answer);
	log_debug("%s %s: %d %s", call->method, call->path, answer.status, answer.reason);

	failure_release(trip->failure);
	*trip->failure = (struct failure){0};
	enum verdict verdict;
	if (r < 0) {
		verdict = judge_network(trip, r, &answer, ret_error);
	} else {
		json_t *json = NULL;
		if (answer_parse(answer.body.data, answer.body.len, &json) < 0) {
			json = NULL;
		}
		verdict = judge_answer(trip, &answer, &json, ret_error);
		if (verdict == VERDICT_DONE) {
			*ret_answer = json_incref(json);
		}
		json_decref(json);
	}
	if (trip->failure->kind == FAILURE_UNKNOWN) {
		trip->failure->sent_at_ms = sent_at_ms;
		trip->may_be_applied = true;
	}
	return verdict;
}

static int travel(struct trip *trip, json_t **ret_answer)
{
	for (;;) {
		int r = await_turn(trip);
		if (r < 0) {
			return r;
		}
		if (attempt(trip, &r, ret_answer) != VERDICT_AGAIN) {
			return r;
		}
	}
}

void notion_enter(struct notion *notion)
{
	LOCK_SCOPE(&notion->mutex);
	notion->calls++;
}

void notion_leave(struct notion *notion)
{
	LOCK_SCOPE(&notion->mutex);
	if (--notion->calls == 0) {
		(void)pthread_cond_broadcast(&notion->changed);
	}
}

int notion_call(struct notion *notion, const struct notion_call *call, struct failure *failure,
		json_t **ret_answer)
{
	struct failure unwanted;
	struct trip trip = {
		.notion = notion,
		.call = call,
		.failure = failure != NULL ? failure : &unwanted,
	};
	*trip.failure = (struct failure){0};
	if (call->body != NULL) {
		trip.body = json_dumps(call->body, JSON_COMPACT);
		if (trip.body == NULL) {
			return failure_before_sending(trip.failure, -EINVAL,
						      "the body can't be written as JSON");
		}
	}
	notion_enter(notion);
	json_t *answer = NULL;
	int r = travel(&trip, &answer);
	if (r < 0) {
		failure_redact(trip.failure, trip.token);
		if (trip.may_be_applied && trip.failure->kind == FAILURE_NOT_SENT) {
			trip.failure->kind = FAILURE_UNKNOWN;
		}
	}
	notion_leave(notion);
	if (r == 0 && ret_answer != NULL) {
		*ret_answer = steal(&answer);
	}
	json_decref(answer);
	free_token(trip.token);
	free(trip.body);
	failure_release(&unwanted == trip.failure ? &unwanted : NULL);
	return r;
}
