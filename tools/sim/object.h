/*
 * Answers made of what the workspace holds: copies in which everything that depends on the moment
 * of reading is filled in. Trash of an ancestor, signed file URLs, cut relations, key order.
 *
 * What it is not: a check whether the connection may see it. The server's lock is held.
 */
#ifndef NOTIONFS_SIM_OBJECT_H
#define NOTIONFS_SIM_OBJECT_H

#include <jansson.h>

#include "mapping/base/clock.h"
#include "tools/sim/sim.h"

#define OBJECT_REFERENCES_MAX 25 /* relations and people in one page object */
#define OBJECT_SIGNED_URL_MS 3600000

/* New references. A page or database without a block in the file (a root, a row) gets one. */
json_t *object_block(struct sim *sim, const struct record *record);
json_t *object_page(struct sim *sim, const struct record *record);
/* Without the data sources that are in the trash by themselves. */
json_t *object_database(struct sim *sim, const struct record *record);
json_t *object_data_source(struct sim *sim, const struct record *record);

/* Replaces the URLs of hosted files anywhere inside by fresh ones. */
void object_sign_files(struct sim *sim, json_t *json);
/* A copy of `properties` in Notion's order: by decoded id, title last but for the system ones. */
json_t *object_order_properties(const json_t *properties);
/* The decoded form of a property id; `id` itself may be decoded already. */
void object_decode_property_id(const char *id, char *decoded, size_t size);
/* The plain text of a rich text array; malloc'ed, caller frees. */
char *object_plain_text(const json_t *rich_text);
/* The title items of a page, whatever its title property is called. Borrowed, may be NULL. */
json_t *object_page_title(const json_t *page);
/* An ISO stamp floored to the minute, as pages and blocks have it. */
void object_floor_stamp(const json_t *stamp, char text[CLOCK_ISO_BYTES]);
/* Builds the URL of a page from its title and id. New reference. */
json_t *object_page_url(const json_t *page);

#endif
