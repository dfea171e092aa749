/*
 * The payload of a block, and icons, covers and files, as Notion keeps what was sent: defaults
 * filled in, keys in their order.
 *
 * What it is not: a check; validate.h has been asked. A type not known here (one only the app can
 * make) is kept as given. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_BLOCK_CONTENT_H
#define NOTIONFS_SIM_BLOCK_CONTENT_H

#include <jansson.h>

#include "tools/sim/workspace.h"

/* The type of a block as it was sent: `type` may be missing. Borrowed from `given`; NULL: none. */
const char *block_content_type(const json_t *given);
/* New reference: the payload of a new block of `type`. `children` inside is left out. */
json_t *block_content_new(const struct workspace *workspace, const char *type, const json_t *given);
/* New reference: `stored` with the fields in `given` replaced. */
json_t *block_content_update(const struct workspace *workspace, const char *type,
			     const json_t *stored, const json_t *given);

/* New references; NULL and null give null. */
json_t *icon_normalise(const struct workspace *workspace, const json_t *given);
json_t *cover_normalise(const struct workspace *workspace, const json_t *given);

#endif
