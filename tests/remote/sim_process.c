#include "tests/remote/sim_process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "cache/remote/http.h"

#define MAX_ARGUMENTS 16

struct sim_process {
	pid_t pid;
	FILE *out;
	char url[64];
	struct http *http;
};

static void run(const char *const *arguments, int out)
{
	const char *program = getenv("NOTION_SIM");
	const char *argv[MAX_ARGUMENTS + 4] = {program, "--port", "0"};
	size_t count = 3;
	for (size_t i = 0; arguments[i] != NULL && count < MAX_ARGUMENTS + 3; i++) {
		argv[count++] = arguments[i];
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)dup2(out, STDOUT_FILENO);
	(void)execv(program, (char *const *)argv);
	_exit(127);
}

struct sim_process *sim_process_new(const char *const *arguments)
{
	ck_assert_ptr_nonnull(getenv("NOTION_SIM"));
	struct sim_process *sim = calloc(1, sizeof *sim);
	int ends[2];
	ck_assert_ptr_nonnull(sim);
	ck_assert_int_eq(pipe(ends), 0);
	sim->pid = fork();
	ck_assert_int_ge(sim->pid, 0);
	if (sim->pid == 0) {
		run(arguments, ends[1]);
	}
	(void)close(ends[1]);
	sim->out = fdopen(ends[0], "r");
	ck_assert_ptr_nonnull(sim->out);
	ck_assert_int_eq(fscanf(sim->out, "notion-sim: listening on %63s", sim->url), 1);
	ck_assert_int_eq(http_new(sim->url, &sim->http), 0);
	return sim;
}

void sim_process_free(struct sim_process *sim)
{
	http_free(sim->http);
	(void)kill(sim->pid, SIGTERM);
	int status;
	ck_assert_int_eq(waitpid(sim->pid, &status, 0), sim->pid);
	(void)fclose(sim->out);
	free(sim);
}

const char *sim_process_url(const struct sim_process *sim)
{
	return sim->url;
}

json_t *sim_process_control(struct sim_process *sim, const char *method, const char *path,
			    const char *body)
{
	char whole[256];
	(void)snprintf(whole, sizeof whole, "/_sim/%s", path);
	struct http_request request = {
		.method = method,
		.path = whole,
		.body = body,
		.body_len = body != NULL ? strlen(body) : 0,
		.timeout_ms = 30000,
	};
	CLEANUP(http_answer) struct http_answer answer;
	http_answer_init(&answer);
	ck_assert_int_eq(http_send(sim->http, &request, &answer), 0);
	ck_assert_msg(answer.status >= 200 && answer.status < 300, "%s: %s", whole,
		      answer.body.data);
	return json_loadb(answer.body.data, answer.body.len, 0, NULL);
}

void sim_process_order(struct sim_process *sim, const char *method, const char *path,
		       const char *body)
{
	json_decref(sim_process_control(sim, method, path, body));
}

size_t sim_process_count(struct sim_process *sim, const char *method, int status)
{
	json_t *requests = sim_process_control(sim, "GET", "requests", NULL);
	ck_assert(json_is_array(requests));
	size_t count = 0;
	size_t i;
	json_t *request;
	json_array_foreach (requests, i, request) {
		const char *its = json_string_value(json_object_get(request, "method"));
		json_int_t answered = json_integer_value(json_object_get(request, "status"));
		if (its != NULL && strcmp(its, method) == 0 &&
		    (status == 0 || answered == status)) {
			count++;
		}
	}
	json_decref(requests);
	return count;
}
