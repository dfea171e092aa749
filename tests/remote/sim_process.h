/*
 * A notion-sim in a process of its own, for one test: the program named by the environment's
 * NOTION_SIM, on a free port.
 *
 * What it is not: the client under test; it speaks to the /_sim/ endpoints only. A failing step
 * fails the test. One thread.
 */
#ifndef NOTIONFS_TESTS_REMOTE_SIM_PROCESS_H
#define NOTIONFS_TESTS_REMOTE_SIM_PROCESS_H

#include <jansson.h>
#include <stddef.h>

struct sim_process;

/* `arguments` ends with NULL. */
struct sim_process *sim_process_new(const char *const *arguments);
void sim_process_free(struct sim_process *sim);
/* "http://127.0.0.1:<port>", as long as it. */
const char *sim_process_url(const struct sim_process *sim);

/* `method` /_sim/`path` with a JSON text or NULL; new reference to the answer, NULL = empty. */
json_t *sim_process_control(struct sim_process *sim, const char *method, const char *path,
			    const char *body);
/* The same, the answer is of no interest. */
void sim_process_order(struct sim_process *sim, const char *method, const char *path,
		       const char *body);
/* How many of the requests so far are `method` and, unless 0, have this status. */
size_t sim_process_count(struct sim_process *sim, const char *method, int status);

#endif
