/*
 * One request and what comes of it: budget, faults, latency, the endpoint, the log.
 *
 * What it is not: HTTP. The connection's thread calls exchange_run, which blocks as long as
 * latency and faults say, and sends what it is told to.
 */
#ifndef NOTIONFS_SIM_EXCHANGE_H
#define NOTIONFS_SIM_EXCHANGE_H

#include <stddef.h>

#include "mapping/base/uuid.h"
#include "tools/sim/request.h"
#include "tools/sim/sim.h"

enum delivery { DELIVERY_WHOLE, DELIVERY_TRUNCATED, DELIVERY_CUT };

struct outcome {
	enum delivery delivery;
	unsigned status;
	char *text; /* owned; NULL when cut */
	size_t bytes;
	const char *content_type;
	char own_content_type[128]; /* what the former may point to */
	unsigned retry_after_s;	    /* 0: no header */
	char request_id[UUID_TEXT_BYTES];
};

void outcome_release(struct outcome *outcome);
/* Makes an answer the outcome: adds `request_id`. */
struct answer;
void outcome_set_answer(struct outcome *outcome, const struct answer *answer);

/* A request to the API. Takes `request` over. */
void exchange_run(struct sim *sim, struct request *request, struct outcome *ret_outcome);

#endif
