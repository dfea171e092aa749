/*
 * A page's property ⇄ a YAML value, one kind for each type of data/property-types.json.
 *
 * What it is not: the head of a file (frontmatter.h puts the keys together). Kinds are functions
 * in property_<what>.c. `show` gives the value a person reads, NULL for an empty one; `read` gives
 * what the API accepts as the new value ("write shape"). Equality is always between two write
 * shapes: what the text asks for, and what our own rendering of the page would ask for; so what
 * was shown and not touched is never a change, whatever it is. Any thread.
 */
#ifndef NOTIONFS_MAPPING_PROPERTY_H
#define NOTIONFS_MAPPING_PROPERTY_H

#include <jansson.h>
#include <stdbool.h>

#include "mapping/diagnostic.h"
#include "mapping/frontmatter.h"
#include "mapping/yaml_value.h"

enum property_access {
	PROPERTY_WRITABLE,
	PROPERTY_READ_ONLY, /* shown below the comment line */
	PROPERTY_HIDDEN,    /* not in the text */
};

struct property {
	const char *name;
	struct uuid page; /* zero: not known */
	const struct property_kind *kind;
	const json_t *config; /* the schema's object of this type; NULL when not known */
	const json_t *value;  /* the page's value; NULL when there is no page or no value */
	bool is_incomplete;   /* the API cut the list: shown, never written from */
};

/* What show and read may use. `diagnostics` is NULL where nobody is to be told. */
struct property_context {
	struct arena *arena;
	const struct frontmatter_options *options;
	struct diagnostics *diagnostics;
};

struct property_kind {
	const char *type;
	enum property_access access;
	const char *cleared; /* JSON of the empty value; NULL: can't be written */
	struct yaml_value *(*show)(const struct property_context *context,
				   const struct property *property);
	/* `value` is never empty. New reference. 0, -EINVAL with an error added. */
	int (*read)(const struct property_context *context, const struct property *property,
		    const struct yaml_value *value, json_t **ret_value);
	/* NULL: json_equal. */
	bool (*equal)(const struct property *property, const json_t *a, const json_t *b);
};

/* Never NULL: an unknown type is hidden and read-only. */
const struct property_kind *property_kind_of(const char *type);

/* Does `shown` (NULL: empty), which `value` may differ from only in spelling, mean the same? */
bool property_is_unchanged(const struct property_context *context, const struct property *property,
			   const struct yaml_value *shown, const struct yaml_value *value);
/* The write shape for `value`, empty or not: {"number":5}. 0, -EINVAL. */
must_check int property_write(const struct property_context *context,
			      const struct property *property, const struct yaml_value *value,
			      json_t **ret_value);

/* Adds an error or warning at a value; what the kinds' read functions return: -EINVAL. */
int property_error(const struct property_context *context, const struct yaml_value *value,
		   const char *format, ...) __attribute__((format(printf, 3, 4)));
void property_warning(const struct property_context *context, const struct yaml_value *value,
		      const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The scalar's text; a list of one scalar is that scalar. -EINVAL with an error otherwise. */
must_check int property_scalar(const struct property_context *context,
			       const struct property *property, const struct yaml_value *value,
			       const struct yaml_value **ret_scalar);
/* The items of a list of scalars; a scalar is a list of one. */
const struct yaml_value *property_first_item(const struct yaml_value *value);

/* Shared by kinds that hold one another's values (rollups, verification). */
struct yaml_value *date_show(const struct property_context *context, const json_t *date);
int date_read(const struct property_context *context, const struct property *property,
	      const struct yaml_value *value, json_t **ret_value);
bool date_value_equal(const struct property *property, const json_t *a, const json_t *b);
struct yaml_value *number_show(const struct property_context *context, const json_t *number);
int number_read(const struct property_context *context, const struct property *property,
		const struct yaml_value *value, json_t **ret_value);
struct yaml_value *rich_text_show(const struct property_context *context, const json_t *items);
struct yaml_value *person_show(const struct property_context *context, const json_t *user);
/* Equal as sets of their member `key`. */
bool property_sets_equal(const json_t *a, const json_t *b, const char *key);

/* Of the page itself, not of a schema. */
extern const struct property_kind property_icon_kind;
extern const struct property_kind property_cover_kind;
/* Title, rich_text, url, email, phone_number. */
extern const struct property_kind property_text_kinds[];
/* Number, checkbox. */
extern const struct property_kind property_number_kinds[];
/* Select, status, multi_select. */
extern const struct property_kind property_option_kinds[];
extern const struct property_kind property_date_kinds[];
extern const struct property_kind property_people_kinds[];
extern const struct property_kind property_relation_kinds[];
extern const struct property_kind property_files_kinds[];
/* Place, verification. */
extern const struct property_kind property_place_kinds[];
/* Formula, rollup, unique_id, created_*, last_edited_*, button: nobody can set them. */
extern const struct property_kind property_computed_kinds[];

#endif
