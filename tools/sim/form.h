/*
 * A body of multipart/form-data, taken apart (RFC 7578).
 *
 * What it is not: a copy: the parts point into the body, which must outlive the form. One thread at
 * a time.
 */
#ifndef NOTIONFS_SIM_FORM_H
#define NOTIONFS_SIM_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/cleanup.h"

#define FORM_PARTS_MAX 8

struct form_part {
	char *name;	    /* owned, as the next two; these may be NULL */
	char *filename;	    /* NULL: a plain field */
	char *content_type; /* as its header says */
	const char *data;
	size_t bytes;
};

struct form {
	struct form_part parts[FORM_PARTS_MAX];
	size_t count;
};

bool form_is_content_type(const char *content_type);
/* NULL: the body is no well-formed form with the boundary that the Content-Type names. */
struct form *form_new(const char *content_type, const char *body, size_t bytes);
void form_free(struct form *form);

/* NULL when there is none. */
const struct form_part *form_find(const struct form *form, const char *name);
/* What the log keeps of it: text fields, and of files all but the bytes. New reference. */
json_t *form_describe(const struct form *form);

DEFINE_CLEANUP(struct form, form, form_free);

#endif
