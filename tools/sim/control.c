#include "tools/sim/control.h"

#include <math.h>
#include <string.h>

#include "tools/sim/answer.h"
#include "tools/sim/edit.h"
#include "tools/sim/hosted_file.h"
#include "tools/sim/json_text.h"
#include "tools/sim/router.h"

#define CLOCK_WAIT_MAX_MS 20000
#define ADVANCE_MAX_S 1e9

typedef void control_function(struct sim *sim, const struct request *request,
			      struct answer *answer);

static void get_dump(struct sim *sim, const struct request *request, struct answer *answer)
{
	(void)request;
	LOCK_SCOPE(&sim->lock);
	answer_ok(answer, json_deep_copy(sim->workspace.document));
}

static void answer_clock(struct sim *sim, struct answer *answer)
{
	answer_ok(answer,
		  json_pack("{s:I, s:b, s:I}", "now_ms", (json_int_t)sim_clock_now_ms(&sim->clock),
			    "running", sim->clock.running, "version",
			    (json_int_t)sim_clock_version(&sim->clock)));
}

static void get_clock(struct sim *sim, const struct request *request, struct answer *answer)
{
	const char *after = request_parameter(request, "after");
	if (after != NULL) {
		sim_clock_await(&sim->clock, strtoull(after, NULL, 10), CLOCK_WAIT_MAX_MS);
	}
	answer_clock(sim, answer);
}

static void post_clock(struct sim *sim, const struct request *request, struct answer *answer)
{
	const json_t *advance = json_object_get(request->body, "advance_s");
	if (!json_is_number(advance) || fabs(json_number_value(advance)) > ADVANCE_MAX_S) {
		answer_refuse(answer, "body.advance_s should be a number of seconds.");
		return;
	}
	sim_clock_advance(&sim->clock, (int64_t)(json_number_value(advance) * 1000));
	answer_clock(sim, answer);
}

static void get_endpoints(struct sim *sim, const struct request *request, struct answer *answer)
{
	(void)sim;
	(void)request;
	answer_ok(answer, router_endpoints());
}

static void get_requests(struct sim *sim, const struct request *request, struct answer *answer)
{
	(void)request;
	answer_ok(answer, request_log_copy(&sim->log));
}

static void delete_requests(struct sim *sim, const struct request *request, struct answer *answer)
{
	(void)request;
	request_log_clear(&sim->log);
	answer_ok(answer, json_object());
}

static void post_faults(struct sim *sim, const struct request *request, struct answer *answer)
{
	CLEANUP(free) char *message = NULL;
	if (faults_add(&sim->faults, json_object_get(request->body, "faults"), &message) < 0) {
		answer_refuse(answer, "%s", message);
		return;
	}
	answer_ok(answer, json_object());
}

static void delete_faults(struct sim *sim, const struct request *request, struct answer *answer)
{
	(void)request;
	faults_clear(&sim->faults);
	answer_ok(answer, json_object());
}

static void post_release(struct sim *sim, const struct request *request, struct answer *answer)
{
	(void)request;
	faults_let_go(&sim->faults);
	answer_ok(answer, json_object());
}

static const struct {
	const char *method;
	const char *name;
	control_function *function;
} controls[] = {
	{"GET", "dump", get_dump},	   {"GET", "endpoints", get_endpoints},
	{"GET", "clock", get_clock},	   {"POST", "clock", post_clock},
	{"GET", "requests", get_requests}, {"DELETE", "requests", delete_requests},
	{"POST", "faults", post_faults},   {"DELETE", "faults", delete_faults},
	{"POST", "release", post_release}, {"POST", "edit", edit_run},
};

bool control_run(struct sim *sim, const struct request *request, struct outcome *ret_outcome)
{
	if (request->segment_count > 0 && strcmp(request->segments[0], "_files") == 0) {
		hosted_file_run(sim, request, ret_outcome);
		return true;
	}
	if (request->segment_count == 0 || strcmp(request->segments[0], "_sim") != 0) {
		return false;
	}
	CLEANUP(answer) struct answer answer = {0};
	answer_refuse(&answer, "No such /_sim/ endpoint.");
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
		if (request->segment_count == 2 &&
		    strcmp(controls[i].method, request->method) == 0 &&
		    strcmp(controls[i].name, request->segments[1]) == 0) {
			controls[i].function(sim, request, &answer);
		}
	}
	ret_outcome->status = answer.status;
	ret_outcome->content_type = "application/json; charset=utf-8";
	ret_outcome->text = json_text(answer.json);
	ret_outcome->bytes = strlen(ret_outcome->text);
	return true;
}
