/*
 * Which endpoint answers which method and path, and what is looked at before: token, version,
 * JSON, the budget.
 *
 * What it is not: the /_sim/ endpoints (control.h), or HTTP. Any thread; takes the server's lock.
 */
#ifndef NOTIONFS_SIM_ROUTER_H
#define NOTIONFS_SIM_ROUTER_H

#include <jansson.h>

#include "tools/sim/answer.h"
#include "tools/sim/request.h"
#include "tools/sim/sim.h"

#define NOTION_VERSION "2026-03-11"

/* Whether token and version are good and the path is an endpoint; else the error is in `answer`. */
bool router_admit(struct sim *sim, const struct request *request, struct answer *answer);
/* Runs the endpoint of an admitted request. */
void router_run(struct sim *sim, const struct request *request, struct answer *answer);
/* What is implemented, as ["GET /v1/users/{id}", …]. New reference. */
json_t *router_endpoints(void);

#endif
