/*
 * What the page endpoints lend to the others.
 *
 * What it is not: the endpoints themselves; endpoint.h lists them. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_PAGES_H
#define NOTIONFS_SIM_PAGES_H

#include "tools/sim/request.h"

/* Keeps of an answer's properties those the query names in filter_properties, by name or id. */
void pages_filter_properties(json_t *page, const struct request *request);

#endif
