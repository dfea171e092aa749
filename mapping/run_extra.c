#include "mapping/run_extra.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/block.h"
#include "mapping/json_value.h"

static bool is_ours(const char *key, const json_t *value)
{
	static const char *const keys[] = {"bold", "italic", "strikethrough", "underline", "code"};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (strcmp(key, keys[i]) == 0) {
			return true;
		}
	}
	return strcmp(key, "color") == 0 &&
	       (!json_is_string(value) ||
		color_from_name(json_string_value(value), json_string_length(value)) !=
			COLOR_COUNT);
}

static bool is_set(const json_t *value)
{
	return !json_is_false(value) && !json_is_null(value) &&
	       !(json_is_string(value) && json_string_length(value) == 0);
}

const char *run_extra_from_json(struct arena *arena, const json_t *annotations)
{
	CLEANUP(json) json_t *extra = NULL;
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)annotations, key, value) {
		if (!is_ours(key, value) && is_set(value)) {
			extra = extra != NULL ? extra : json_object();
			(void)json_object_set(extra, key, value);
		}
	}
	if (extra == NULL) {
		return NULL;
	}
	char *text = json_dumps(extra, JSON_COMPACT | JSON_SORT_KEYS);
	const char *copy = text != NULL ? arena_copy(arena, text, strlen(text)) : NULL;
	free(text);
	return copy;
}

const char *run_extra_from_text(struct arena *arena, const char *text)
{
	CLEANUP(json) json_t *annotations = json_from_raw(text);
	return json_is_object(annotations) ? run_extra_from_json(arena, annotations) : NULL;
}

void run_extra_to_json(json_t *annotations, const char *extra)
{
	CLEANUP(json) json_t *members = json_from_raw(extra);
	if (json_is_object(members)) {
		(void)json_object_update(annotations, members);
	}
}
