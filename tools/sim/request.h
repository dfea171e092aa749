/*
 * One request as the endpoints see it, taken apart: path segments, query, parsed body.
 *
 * What it is not: the HTTP connection; server.c has that. A request may outlive its connection
 * (a late fault applies it afterwards), so it owns all it holds. One thread at a time.
 */
#ifndef NOTIONFS_SIM_REQUEST_H
#define NOTIONFS_SIM_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/cleanup.h"
#include "tools/sim/form.h"

#define REQUEST_SEGMENTS_MAX 6

struct request {
	char *method;
	char *path;
	char *query_text;			    /* as sent, without the question mark */
	json_t *query;				    /* decoded: name → array of values */
	char *segment_text;			    /* the storage of `segments` */
	const char *segments[REQUEST_SEGMENTS_MAX]; /* decoded parts of the path */
	size_t segment_count;
	char *body_text;
	size_t body_bytes;
	json_t *body; /* NULL: none, or not JSON */
	bool has_json_error;
	struct form *form;   /* NULL: the body is no form, or none that is well-formed */
	char *authorization; /* these two NULL when the header is missing */
	char *version;
	long first_children; /* a fault lets only the first of an append through; -1 = all */
};

/* `body` (stolen; malloc'ed, may be NULL) is parsed: as a form when `content_type` (may be NULL)
 * says so, or else as JSON. The strings are copied. */
struct request *request_new(const char *method, const char *path, const char *query_text,
			    const char *content_type, char *body, size_t body_bytes);
void request_free(struct request *request);

/* The last value of the parameter, NULL when it isn't there. */
const char *request_parameter(const struct request *request, const char *name);
bool request_is_read(const struct request *request);

DEFINE_CLEANUP(struct request, request, request_free);

#endif
