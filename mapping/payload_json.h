/*
 * The fields of a block's type object, as JSON: what json_write.c and json_update.c share.
 *
 * What it is not: public; other folders use json.h. Any thread.
 */
#ifndef NOTIONFS_MAPPING_PAYLOAD_JSON_H
#define NOTIONFS_MAPPING_PAYLOAD_JSON_H

#include "mapping/json.h"

/* All new references. */
json_t *payload_to_json(const struct block *block, enum block_shape shape);
json_t *payload_cells(const struct block *block, enum block_shape shape);
/* Puts "external", "file" or "file_upload" with its object. */
void payload_set_source(json_t *payload, const struct block *block);
/* Puts "page_id", "database_id" or "comment_id". */
void payload_set_target(json_t *payload, const struct block *block);

#endif
