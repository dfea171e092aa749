/*
 * Descriptions of what a JSON value may look like, as tables, and the check against them.
 *
 * What it is not: able to say everything. What depends on two values at once is said by a `check`
 * function in the table or by the caller. Tables are const; any thread.
 */
#ifndef NOTIONFS_SIM_VALIDATE_SHAPE_H
#define NOTIONFS_SIM_VALIDATE_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "tools/sim/validate/report.h"

enum shape_kind {
	SHAPE_BOOLEAN,
	SHAPE_TRUE,
	SHAPE_NUMBER,
	SHAPE_INTEGER, /* min..max */
	SHAPE_RATIO,   /* above 0, below 1 */
	SHAPE_STRING,  /* min..max UTF-16 code units */
	SHAPE_WORD,    /* one of `words` */
	SHAPE_ID,
	SHAPE_DATE, /* ISO 8601, with or without a time */
	SHAPE_URL,  /* at most 2000 units; a wrong one is `complaint` */
	SHAPE_LINK, /* the same, other schemes than http allowed */
	SHAPE_OBJECT,
	SHAPE_ARRAY, /* of `items`, min..max */
	SHAPE_MAP,   /* any keys, values as `items` */
	SHAPE_TEXT_OR_TEXTS,
	SHAPE_ANY, /* whatever it is; a `check` further up looks at it */
};

struct shape;

struct field {
	const char *key; /* NULL ends a table */
	const struct shape *shape;
	bool required;
};

struct shape {
	enum shape_kind kind;
	bool nullable;
	size_t min;
	size_t max; /* 0 is no maximum */
	const char *const *words;
	const char *complaint;
	const struct shape *items;
	const struct field *fields;   /* keys of an object */
	const struct field *variants; /* exactly one of these keys, too, unless NULL */
	bool typed;		      /* "type" may name the variant */
	const char *const *tolerated; /* keys nobody looks at */
	void (*check)(struct validate_report *report, const json_t *value);
};

/* `value` NULL is an absent key. */
void shape_check(struct validate_report *report, const json_t *value, const struct shape *shape,
		 bool required);
/* As shape_check with an object, but leaves the key `elsewhere` (or NULL) to the caller. */
void shape_check_object(struct validate_report *report, const json_t *value,
			const struct shape *shape, const char *elsewhere);
/* shape_check for one key of an object that was looked at already. */
void shape_check_key(struct validate_report *report, const json_t *object, const char *key,
		     const struct shape *shape, bool required);

/* "`"a"`, `"b"`, or `undefined`" of words; `buf` is emptied first. */
void shape_put_words(struct buf *buf, const char *const *words, bool nullable, bool required);

#endif
