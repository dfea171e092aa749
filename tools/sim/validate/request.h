/*
 * What the endpoints' body checks have in common.
 *
 * What it is not: for the endpoints themselves; they use validate.h.
 */
#ifndef NOTIONFS_SIM_VALIDATE_REQUEST_H
#define NOTIONFS_SIM_VALIDATE_REQUEST_H

#include "tools/sim/validate/report.h"

/* Starts the report; 400 when the body is too long or no object, and so not to be looked into. The
 * report is finished by the caller in both cases. */
int request_begin(struct validate_report *report, const json_t *body, size_t body_bytes);

/* `after_block` is there exactly when `type` says so. */
void request_check_position(struct validate_report *report, const json_t *position);

#endif
