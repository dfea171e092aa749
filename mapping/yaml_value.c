#include "mapping/yaml_value.h"

#include <string.h>

struct yaml_value *yaml_new(struct arena *arena, enum yaml_kind kind)
{
	struct yaml_value *value = arena_alloc(arena, sizeof *value);
	value->kind = kind;
	value->text = "";
	return value;
}

struct yaml_value *yaml_string(struct arena *arena, const char *text, size_t len)
{
	struct yaml_value *value = yaml_new(arena, YAML_SCALAR);
	value->text = arena_copy(arena, text, len);
	value->len = len;
	return value;
}

struct yaml_value *yaml_word(struct arena *arena, const char *text)
{
	struct yaml_value *value = yaml_string(arena, text, strlen(text));
	value->is_plain = true;
	return value;
}

void yaml_append(struct arena *arena, struct yaml_value *parent, const char *key,
		 struct yaml_value *child)
{
	if (key != NULL) {
		child->key = yaml_string(arena, key, strlen(key));
	}
	if (parent->last != NULL) {
		parent->last->next = child;
	} else {
		parent->first = child;
	}
	parent->last = child;
	parent->count++;
}

bool yaml_is_empty(const struct yaml_value *value)
{
	if (value == NULL) {
		return true;
	}
	if (value->kind != YAML_SCALAR) {
		return value->count == 0;
	}
	return value->len == 0 || (value->is_plain && (strcmp(value->text, "~") == 0 ||
						       strcmp(value->text, "null") == 0));
}

bool yaml_equal(const struct yaml_value *a, const struct yaml_value *b)
{
	if (yaml_is_empty(a) || yaml_is_empty(b)) {
		return yaml_is_empty(a) && yaml_is_empty(b);
	}
	if (a->kind != b->kind || a->count != b->count) {
		return false;
	}
	if (a->kind == YAML_SCALAR) {
		return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
	}
	const struct yaml_value *other = b->first;
	yaml_foreach(child, a)
	{
		if ((child->key != NULL && !yaml_equal(child->key, other->key)) ||
		    !yaml_equal(child, other)) {
			return false;
		}
		other = other->next;
	}
	return true;
}

struct yaml_value *yaml_entry(const struct yaml_value *map, const char *key)
{
	yaml_foreach(entry, map)
	{
		if (strcmp(entry->key->text, key) == 0) {
			return entry;
		}
	}
	return NULL;
}
