/*
 * Rich text as Notion keeps it: annotations complete, mentions expanded, neighbours of one style
 * merged.
 *
 * What it is not: a check; validate.h has been asked. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_RICH_TEXT_H
#define NOTIONFS_SIM_RICH_TEXT_H

#include <jansson.h>

#include "tools/sim/workspace.h"

/* New reference; `items` NULL is empty. */
json_t *rich_text_normalise(const struct workspace *workspace, const json_t *items);

#endif
