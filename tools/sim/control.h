/*
 * The endpoints of /_sim/, by which a test looks into the server and moves it, and /_files/, from
 * which hosted files are downloaded.
 *
 * What it is not: part of the API: no token, no version, no budget, no log. Any thread; the clock
 * endpoint may block for 20 s.
 */
#ifndef NOTIONFS_SIM_CONTROL_H
#define NOTIONFS_SIM_CONTROL_H

#include <stdbool.h>

#include "tools/sim/exchange.h"

/* False when the path is none of ours. */
bool control_run(struct sim *sim, const struct request *request, struct outcome *ret_outcome);

#endif
