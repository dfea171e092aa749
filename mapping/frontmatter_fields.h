/*
 * The keys a page's head can have, in order: title, icon, cover, the properties that can be set,
 * the read-only ones.
 *
 * What it is not: public; frontmatter*.c share it. Fields live as long as their arena; names and
 * values belong to the page and the schema. Not thread safe.
 */
#ifndef NOTIONFS_MAPPING_FRONTMATTER_FIELDS_H
#define NOTIONFS_MAPPING_FRONTMATTER_FIELDS_H

#include "mapping/property.h"

#define FRONTMATTER_READ_ONLY_COMMENT "# read-only below, edits are ignored"

struct field {
	struct property property;
	bool is_property;	  /* else title, icon or cover of the page */
	bool is_listed;		  /* a fresh rendering has this key */
	struct yaml_value *shown; /* NULL: empty */
};

struct fields {
	struct field *items;
	size_t count;
	bool is_nested; /* a property's name clashes with a key of the page: all properties stand
			   in a `properties:` map */
	const char *title_name; /* of the row's title property; NULL when there is none */
	json_t *index;		/* name of a property → place in items */
};

/* `page` may be NULL. Released by fields_release; the rest goes with the arena. */
void fields_init(struct fields *fields, const struct property_context *context, const json_t *page);
void fields_release(struct fields *fields);
static inline void cleanup_fields(struct fields *fields)
{
	fields_release(fields);
}

/* The lines of one key, `indent` spaces deep. */
void field_write(struct buf *out, unsigned indent, const struct field *field);

/* "title", "icon" or "cover"; NULL for others. */
struct field *fields_of_page(const struct fields *fields, const char *key);
/* By the property's name; NULL when there is none. */
struct field *fields_of_property(const struct fields *fields, const char *name);

/*
 * Calls `visit` for each entry of a head with its field, or with NULL for a key that means
 * nothing. -EINVAL (with an error added) when `properties:` is no map or a key is given twice,
 * else the first error of `visit`, which does not end the walk.
 */
typedef int fields_visit(void *argument, struct field *field, struct yaml_value *entry);
must_check int fields_walk(const struct fields *fields, const struct property_context *context,
			   const struct yaml_value *head, fields_visit *visit, void *argument);

#endif
