/*
 * A request that was too large (413, design.md §5.11) becomes two: the first half of its blocks,
 * and an append of the rest behind them. The calls after it count one more.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/object.h"
#include "cache/push_journal.h"
#include "mapping/json.h"

/* The call that is split, and which of its blocks (from 1) is the last one that stays. */
struct split {
	unsigned long number;
	size_t last;
	bool is_create; /* its blocks are named "@0.i" */
};

/* "@n.i…" as it is named after the split; NULL: as before. New string. */
static json_t *renamed(const struct split *split, const char *text)
{
	char *end;
	const char *at = text == NULL ? NULL : strchr(text, '@');
	if (at == NULL) {
		return NULL;
	}
	unsigned long number = strtoul(at + 1, &end, 10);
	if (number > split->number) {
		return json_sprintf("%.*s@%lu%s", (int)(at - text), text, number + 1, end);
	}
	if (number != (split->is_create ? 0 : split->number) || *end != '.') {
		return NULL;
	}
	unsigned long index = strtoul(end + 1, &end, 10);
	return index <= split->last ? NULL
				    : json_sprintf("%.*s@%lu.%lu%s", (int)(at - text), text,
						   split->number + 1, index - split->last, end);
}

static void rename_in(const struct split *split, json_t *object, const char *key)
{
	json_t *name = renamed(split, json_string_value(json_object_get(object, key)));
	if (name != NULL) {
		(void)json_object_set_new(object, key, name);
	}
}

static void rename_targets(const struct split *split, json_t *call)
{
	json_t *position = json_object_get(json_object_get(call, "body"), "position");
	rename_in(split, call, "path");
	rename_in(split, json_object_get(position, "after_block"), "id");
}

/* Cuts `list` to its first `count`. */
static void cut(json_t *list, size_t count)
{
	while (json_array_size(list) > count) {
		(void)json_array_remove(list, json_array_size(list) - 1);
	}
}

int push_split_call(struct push *push, size_t number)
{
	json_t *calls = json_object_get(push->journal, "calls");
	json_t *call = json_array_get(calls, number - 1);
	json_t *children = json_object_get(json_object_get(call, "body"), "children");
	json_t *planned = json_object_get(json_object_get(call, "planned"), "children");
	size_t count = json_array_size(children);
	size_t half = count / 2;
	size_t found = planned == NULL ? 0 : json_array_size(planned) - count;
	struct split split = {
		.number = number, .last = found + half, .is_create = call_is_create(call)};
	if (half == 0) {
		return -E2BIG;
	}
	json_t *rest = json_array();
	for (size_t i = half; i < count; i++) {
		(void)json_array_append(rest, json_array_get(children, i));
	}
	json_t *after = json_sprintf("@%lu.%zu", split.is_create ? 0 : split.number, split.last);
	json_t *position =
		json_pack("{ss s{so}}", "type", "after_block", "after_block", "id", after);
	const char *path = split.is_create ? "/v1/blocks/@0/children" : json_get_text(call, "path");
	json_t *second = json_pack("{ss ss s{so so}}", "method", "PATCH", "path", path, "body",
				   "children", rest, "position", position);
	if (second == NULL) {
		return -ENOMEM;
	}
	cut(children, half);
	cut(planned, split.last);
	for (size_t i = number; i < json_array_size(calls); i++) {
		rename_targets(&split, json_array_get(calls, i));
	}
	return json_array_insert_new(calls, number, second) == 0 ? 0 : -ENOMEM;
}
