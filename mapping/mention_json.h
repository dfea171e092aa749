/*
 * The `mention` object of a rich text item ⇄ the mention fields of a run.
 *
 * What it is not: public; other folders use json.h. Any thread.
 */
#ifndef NOTIONFS_MAPPING_MENTION_JSON_H
#define NOTIONFS_MAPPING_MENTION_JSON_H

#include "mapping/json.h"

/* Fills kind, ids and strings of `run`; what it does not know becomes MENTION_OTHER with `raw`. */
void mention_from_json(struct arena *arena, const json_t *mention, struct run *run);
/* New reference. Kinds that can't be written come out in read shape. */
json_t *mention_to_json(const struct run *run, enum block_shape shape);
/* The item's `href`: a string or null. New reference. */
json_t *mention_href(const struct run *run);

#endif
