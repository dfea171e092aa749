#include "tools/sim/late.h"

#include "tools/sim/answer.h"
#include "tools/sim/router.h"
#include "tools/sim/sim.h"

struct late_write {
	struct sim *sim;
	struct request *request;
	json_t *entry;
	int64_t due_ms;	     /* of the server's time */
	int64_t due_mono_ms; /* of real time */
};

void late_init(struct late *late)
{
	*late = (struct late){0};
	(void)pthread_mutex_init(&late->mutex, NULL);
}

static void *run(void *context)
{
	struct late_write *write = context;
	struct sim *sim = write->sim;
	for (;;) {
		uint64_t version = sim_clock_version(&sim->clock);
		int64_t left_ms = write->due_mono_ms - sim_monotonic_ms();
		if (left_ms <= 0 || sim_clock_now_ms(&sim->clock) >= write->due_ms ||
		    sim_clock_is_stopped(&sim->clock)) {
			break;
		}
		sim_clock_await(&sim->clock, version, left_ms);
	}
	if (!sim_clock_is_stopped(&sim->clock)) {
		CLEANUP(answer) struct answer answer = {0};
		router_run(sim, write->request, &answer);
		if (answer.status == 200) {
			request_log_set_applied(&sim->log, write->entry);
		}
	}
	request_free(write->request);
	request_log_unref(&sim->log, write->entry);
	free(write);
	return NULL;
}

void late_schedule(struct sim *sim, struct request *request, json_t *entry, unsigned late_ms)
{
	struct late *late = &sim->late;
	struct late_write *write = malloc(sizeof(*write));
	if (write == NULL) {
		abort();
	}
	*write = (struct late_write){
		.sim = sim,
		.request = request,
		.entry = entry,
		.due_ms = sim_clock_now_ms(&sim->clock) + late_ms,
		.due_mono_ms = sim_monotonic_ms() + late_ms,
	};
	LOCK_SCOPE(&late->mutex);
	if (late->count == late->allocated) {
		late->allocated = late->allocated * 2 + 8;
		late->threads =
			reallocarray(late->threads, late->allocated, sizeof(*late->threads));
		if (late->threads == NULL) {
			abort();
		}
	}
	if (pthread_create(&late->threads[late->count], NULL, run, write) != 0) {
		abort();
	}
	late->count++;
}

void late_join(struct late *late)
{
	for (size_t i = 0; i < late->count; i++) {
		(void)pthread_join(late->threads[i], NULL);
	}
	free(late->threads);
	(void)pthread_mutex_destroy(&late->mutex);
}
