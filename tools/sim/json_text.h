/*
 * JSON values as the bytes Notion sends: compact, key order kept, numbers as JavaScript prints
 * them (shortest form that reads back the same).
 *
 * What it is not: a parser; jansson reads. Any thread; nothing blocks.
 */
#ifndef NOTIONFS_SIM_JSON_TEXT_H
#define NOTIONFS_SIM_JSON_TEXT_H

#include <jansson.h>

#include "mapping/base/buf.h"

void json_text_append(struct buf *buf, const json_t *json);
/* malloc'ed; caller frees. NULL for NULL. */
char *json_text(const json_t *json);

#endif
