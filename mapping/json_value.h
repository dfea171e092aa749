/*
 * Small steps between jansson's values and ours, shared by the json*.c files.
 *
 * What it is not: public; other folders use json.h. Any thread.
 */
#ifndef NOTIONFS_MAPPING_JSON_VALUE_H
#define NOTIONFS_MAPPING_JSON_VALUE_H

#include <jansson.h>

#include "mapping/base/arena.h"
#include "mapping/base/uuid.h"

/* A string in the arena, or NULL when `value` is no string. */
const char *json_copy_string(struct arena *arena, const json_t *value);
/* The same for a member of an object. */
const char *json_copy_member(struct arena *arena, const json_t *object, const char *key);
/* Compact JSON of `value` in the arena; NULL when there is none. */
const char *json_copy_compact(struct arena *arena, const json_t *value);
/* True when `value` is a string that spells an id. */
bool json_read_uuid(const json_t *value, struct uuid *ret_id);

/* New references, never NULL. Bytes that are no UTF-8 become U+FFFD; NULL becomes "". */
json_t *json_text(const char *bytes, size_t len);
json_t *json_text_string(const char *string);
json_t *json_uuid(const struct uuid *id);
/* Compact JSON back to a value; NULL when `raw` is NULL or no JSON. */
json_t *json_from_raw(const char *raw);
/* {key: value}; takes over `value`. */
json_t *json_object_of(const char *key, json_t *value);
/* Puts "type": key and key: value; takes over `value`. */
void json_set_typed(json_t *object, const char *type, json_t *value);

static inline void cleanup_json(json_t **value)
{
	json_decref(*value);
}

#endif
