/*
 * A YAML value: what a head's text says (yaml_read), and what a head is to say (yaml_write.h).
 *
 * What it is not: typed. A scalar is its text; the schema says what it means. Anchors, aliases,
 * tags and several documents are refused, depth and size are bounded, so that reading takes time
 * in proportion to the text. Values and texts live as long as their arena. Any thread.
 */
#ifndef NOTIONFS_MAPPING_YAML_VALUE_H
#define NOTIONFS_MAPPING_YAML_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/arena.h"
#include "mapping/base/cleanup.h"
#include "mapping/diagnostic.h"

/* More than the properties of one row can hold in Notion. */
#define YAML_MAX_BYTES ((size_t)16 << 20)
#define YAML_MAX_DEPTH 8

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_value {
	enum yaml_kind kind;
	const char *text; /* SCALAR; NUL-terminated, may hold no NUL itself */
	size_t len;
	bool is_plain;	/* SCALAR: read: it stood without quotes; to be written: it is a number,
			   date or word that needs none, though a string of this text would */
	bool is_block;	/* read: a block scalar, or a list or map that is not in [] or {} */
	bool is_quoted; /* to be written: several lines in double quotes, never as a block */

	struct yaml_value *key; /* of an entry of a MAP */
	struct yaml_value *first;
	struct yaml_value *last;
	struct yaml_value *next; /* sibling */
	size_t count;

	/* Where it stood; zero when made by us. `start` and `end` are bytes from the start of the
	 * text, line and column as in diagnostics. */
	size_t start;
	size_t end;
	unsigned line;
	unsigned column;
};

/*
 * Reads a text that is a map (or nothing but comments: an empty map). `first_line` is the number
 * of its first line in the file. 0, or -EINVAL with an error in `diagnostics` (may be NULL).
 */
must_check int yaml_read(struct arena *arena, const char *text, size_t len, unsigned first_line,
			 struct diagnostics *diagnostics, struct yaml_value **ret_map);

/* Nothing, "", or one of the plain words for nothing (~, null); NULL, [] and {} are empty too. */
bool yaml_is_empty(const struct yaml_value *value);
/* The same text in the same shape; quotes and places do not matter. */
bool yaml_equal(const struct yaml_value *a, const struct yaml_value *b);
/* The entry of that key, or NULL. */
struct yaml_value *yaml_entry(const struct yaml_value *map, const char *key);

struct yaml_value *yaml_new(struct arena *arena, enum yaml_kind kind);
/* A scalar with a copy of the text. */
struct yaml_value *yaml_string(struct arena *arena, const char *text, size_t len);
/* A scalar that is written without quotes: digits, dates, true and false. */
struct yaml_value *yaml_word(struct arena *arena, const char *text);
/* Appends `child` to a list, or, with a key, to a map. */
void yaml_append(struct arena *arena, struct yaml_value *parent, const char *key,
		 struct yaml_value *child);

#define yaml_foreach(child, parent)                                          \
	for (struct yaml_value * (child) = (parent)->first; (child) != NULL; \
	     (child) = (child)->next)

#endif
