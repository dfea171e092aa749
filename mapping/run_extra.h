/*
 * Annotations that Notion has and we do not know: a style or a colour of a later API. They are
 * carried along as JSON, so that an edit beside them does not take them away.
 *
 * What it is not: for the styles and colours of block.h. Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_RUN_EXTRA_H
#define NOTIONFS_MAPPING_RUN_EXTRA_H

#include <jansson.h>

#include "mapping/base/arena.h"

/* The members of `annotations` that are none of ours and not false, null or empty, as compact JSON
 * with sorted keys, from `arena`; NULL when there are none. */
const char *run_extra_from_json(struct arena *arena, const json_t *annotations);
/* The same of JSON text; NULL when it is no object. */
const char *run_extra_from_text(struct arena *arena, const char *text);
/* Puts them back. `extra` may be NULL. */
void run_extra_to_json(json_t *annotations, const char *extra);

#endif
