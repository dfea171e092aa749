#include "tools/sim/exchange.h"

#include <string.h>
#include <sys/random.h>

#include "tools/sim/answer.h"
#include "tools/sim/json_text.h"
#include "tools/sim/router.h"

void outcome_release(struct outcome *outcome)
{
	free(outcome->text);
	*outcome = (struct outcome){0};
}

static void make_request_id(char id[UUID_TEXT_BYTES])
{
	struct uuid uuid;
	(void)!getrandom(uuid.bytes, sizeof uuid.bytes, 0);
	uuid.bytes[6] = (uint8_t)(0x40 | (uuid.bytes[6] & 0x0f));
	uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f));
	uuid_format(&uuid, id);
}

void outcome_set_answer(struct outcome *outcome, const struct answer *answer)
{
	make_request_id(outcome->request_id);
	outcome->delivery = DELIVERY_WHOLE;
	outcome->status = answer->status;
	outcome->content_type = "application/json; charset=utf-8";
	outcome->retry_after_s = answer->retry_after_s;
	(void)json_object_set_new(answer->json, "request_id", json_string(outcome->request_id));
	free(outcome->text);
	outcome->text = json_text(answer->json);
	outcome->bytes = strlen(outcome->text);
}

/* ── errors that come from nowhere ── */

static const struct {
	unsigned status;
	const char *code;
	const char *message;
} failures[] = {
	{400, "validation_error", "The request was refused."},
	{401, "unauthorized", "API token is invalid."},
	{403, "restricted_resource", "Insufficient permissions for this endpoint."},
	{404, "object_not_found", "Could not find the object."},
	{409, "conflict_error", "Conflict occurred while saving. Please try again."},
	{429, "rate_limited", "You have been rate limited. Please try again in a few minutes."},
	{500, "internal_server_error", "Unexpected error occurred."},
	{502, "bad_gateway", "Bad gateway."},
	{503, "service_unavailable", "Notion is unavailable, please try again later."},
	{504, "gateway_timeout", "The request timed out."},
	{529, "service_overload", "Notion is overloaded, please try again later."},
};

static void answer_failure(struct answer *answer, unsigned status)
{
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
		if (failures[i].status == status) {
			answer_error(answer, status, failures[i].code, "%s", failures[i].message);
			return;
		}
	}
	answer_error(answer, status, "internal_server_error", "Unexpected error occurred.");
}

static void answer_limited(struct answer *answer, unsigned status, unsigned retry_after_s,
			   const char *reason)
{
	answer_failure(answer, status);
	if (status == 429) {
		answer_add_data(answer, "rate_limit_reason", json_string(reason));
	}
	if (retry_after_s > 0) {
		answer->retry_after_s = retry_after_s;
		answer_add_data(answer, "retry_after", json_sprintf("%u", retry_after_s));
	}
}

/* ── what the fault makes of the endpoint's answer ── */

static void set_failure(const struct fault *fault, struct answer *real, struct answer *answer)
{
	answer_limited(answer, fault->status, fault->retry_after_s,
		       fault->reason[0] != '\0' ? fault->reason : "public_api_request_rate_limit");
	if (fault->status != 503 || !real->changed || !fault->says_committed ||
	    real->committed_id[0] == '\0') {
		return;
	}
	answer_add_data(answer, "committed_resource_id", json_string(real->committed_id));
	if (real->committed_children != NULL) {
		answer_add_data(answer, "committed_child_ids",
				json_incref(real->committed_children));
	}
	answer_add_data(answer, "retry_guidance",
			json_pack("[s, s]", "The change was saved.", "Do not repeat the request."));
}

static void set_html(struct outcome *outcome, unsigned status)
{
	outcome->status = status;
	outcome->content_type = "text/html; charset=utf-8";
	if (asprintf(&outcome->text,
		     "<!DOCTYPE html>\n<html><head><title>%u</title></head>"
		     "<body><h1>Error %u</h1><p>The web server did not answer.</p></body></html>\n",
		     status, status) < 0) {
		abort();
	}
	outcome->bytes = strlen(outcome->text);
}

/* `answer` has what the endpoint said, or nothing when it was not asked. */
static void set_faulty_outcome(const struct fault *fault, struct answer *answer,
			       struct outcome *outcome)
{
	CLEANUP(answer) struct answer failure = {0};
	switch (fault->action) {
	case FAULT_CUT: outcome->delivery = DELIVERY_CUT; return;
	case FAULT_HTML: set_html(outcome, fault->status); return;
	case FAULT_STATUS:
		set_failure(fault, answer, &failure);
		outcome_set_answer(outcome, &failure);
		return;
	case FAULT_TRUNCATE:
	case FAULT_MALFORMED:
	case FAULT_HOLD:
	case FAULT_HOLD_ANSWER:
	case FAULT_DELAY: break;
	}
	if (answer->json == NULL) {
		answer_failure(answer, 503);
	}
	outcome_set_answer(outcome, answer);
	if (fault->action == FAULT_TRUNCATE) {
		outcome->delivery = DELIVERY_TRUNCATED;
	} else if (fault->action == FAULT_MALFORMED) {
		outcome->bytes /= 2;
		outcome->text[outcome->bytes] = '\0';
	}
}

/* ── writers under one parent ── */

/* The parent a write is about; false for reads and what isn't there. */
static bool find_written_parent(struct sim *sim, const struct request *request,
				struct uuid *ret_parent)
{
	LOCK_SCOPE(&sim->lock);
	const struct workspace *workspace = &sim->workspace;
	const struct record *record = NULL;
	/* Comments and uploads are below nothing. */
	bool is_apart =
		request->segment_count > 1 && (strcmp(request->segments[1], "comments") == 0 ||
					       strcmp(request->segments[1], "file_uploads") == 0);
	if (request_is_read(request) || is_apart) {
		return false;
	}
	bool is_move = request->segment_count == 4 && strcmp(request->segments[3], "move") == 0;
	/* Something new or moved belongs to the parent it names; rows are in no order. */
	if (request->segment_count == 2 || is_move) {
		const json_t *parent = json_object_get(request->body, "parent");
		record = workspace_find(workspace,
					json_string_value(json_object_get(parent, "page_id")));
	} else {
		record = workspace_find(workspace, request->segments[2]);
		bool is_block = record != NULL && record->page == NULL;
		if (request->segment_count == 3 && is_block) {
			record = workspace_parent(workspace, record);
		}
	}
	if (record != NULL) {
		*ret_parent = record->id;
	}
	return record != NULL;
}

/* Runs the endpoint, as long as latency and delay say. */
static void run_endpoint(struct sim *sim, const struct request *request, unsigned wait_ms,
			 struct answer *answer)
{
	struct uuid parent;
	bool is_write = find_written_parent(sim, request, &parent);
	if (is_write && (wait_ms > 0 ? !writers_enter(&sim->writers, &parent)
				     : writers_are_in(&sim->writers, &parent))) {
		answer_failure(answer, 409);
		return;
	}
	if (wait_ms > 0) {
		sim_clock_sleep(&sim->clock, wait_ms);
	}
	router_run(sim, request, answer);
	if (is_write && wait_ms > 0) {
		writers_leave(&sim->writers, &parent);
	}
}

/* ── the exchange ── */

struct exchange {
	struct sim *sim;
	struct request *request; /* owned; NULL once it is scheduled for later */
	json_t *entry;		 /* owned, likewise */
	struct fault fault;
	bool has_fault;
};

static void carry_out(struct exchange *exchange, struct answer *answer)
{
	struct sim *sim = exchange->sim;
	const struct fault *fault = &exchange->fault;
	enum fault_apply apply = exchange->has_fault ? fault->apply : FAULT_APPLY_ALL;
	if (exchange->has_fault && fault->action == FAULT_HOLD) {
		faults_hold(&sim->faults);
	}
	unsigned wait_ms = sim->latency_ms + (exchange->has_fault ? fault->delay_ms : 0);
	if (apply == FAULT_APPLY_ALL || apply == FAULT_APPLY_FIRST) {
		exchange->request->first_children =
			apply == FAULT_APPLY_FIRST ? fault->first_children : -1;
		run_endpoint(sim, exchange->request, wait_ms, answer);
		if (answer->status == 200) {
			request_log_set_applied(&sim->log, exchange->entry);
		}
		if (exchange->has_fault && fault->action == FAULT_HOLD_ANSWER) {
			faults_hold(&sim->faults);
		}
	} else if (wait_ms > 0) {
		sim_clock_sleep(&sim->clock, wait_ms);
	}
}

static void run_admitted(struct exchange *exchange, struct outcome *outcome)
{
	struct sim *sim = exchange->sim;
	CLEANUP(answer) struct answer answer = {0};
	unsigned retry_after_s = rate_window_take(&sim->rate, sim_clock_now_ms(&sim->clock));
	if (retry_after_s > 0) {
		answer_limited(&answer, 429, retry_after_s, "public_api_request_rate_limit");
		outcome_set_answer(outcome, &answer);
		return;
	}
	exchange->has_fault = faults_match(&sim->faults, exchange->request, &exchange->fault);
	if (exchange->has_fault) {
		request_log_set_fault(&sim->log, exchange->entry, exchange->fault.name);
	}
	carry_out(exchange, &answer);
	if (exchange->has_fault) {
		set_faulty_outcome(&exchange->fault, &answer, outcome);
	} else {
		outcome_set_answer(outcome, &answer);
	}
}

void exchange_run(struct sim *sim, struct request *request, struct outcome *ret_outcome)
{
	struct exchange exchange = {
		.sim = sim,
		.request = request,
		.entry = request_log_begin(&sim->log, request, sim_clock_now_ms(&sim->clock)),
	};
	CLEANUP(answer) struct answer answer = {0};
	if (router_admit(sim, request, &answer)) {
		run_admitted(&exchange, ret_outcome);
	} else {
		outcome_set_answer(ret_outcome, &answer);
	}
	request_log_set_status(&sim->log, exchange.entry, ret_outcome->status);
	if (exchange.has_fault && exchange.fault.apply == FAULT_APPLY_LATE) {
		late_schedule(sim, request, exchange.entry, exchange.fault.late_ms);
	} else {
		request_free(request);
		request_log_unref(&sim->log, exchange.entry);
	}
}
