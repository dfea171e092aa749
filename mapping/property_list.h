/*
 * Properties that are a list of ids (people, rows): each shown by a name, found again by it.
 *
 * What it is not: public; property_people.c and property_relation.c say how one is shown and found.
 */
#ifndef NOTIONFS_MAPPING_PROPERTY_LIST_H
#define NOTIONFS_MAPPING_PROPERTY_LIST_H

#include "mapping/property.h"

struct property_list {
	const char *what; /* "people", for messages */
	/* An item as it is shown; NULL when it has no id. */
	struct yaml_value *(*show)(const struct property_context *context, const json_t *item);
	/* The id of an item that is not one of those shown. 0, -EINVAL with an error added. */
	int (*find)(const struct property_context *context, const struct property *property,
		    const struct yaml_value *item, struct uuid *ret_id);
};

struct yaml_value *property_list_show(const struct property_list *list,
				      const struct property_context *context,
				      const struct property *property);
/* {"id"} of each, once. What is shown for an item on the list means that one, whatever else has
 * the name by now. */
int property_list_read(const struct property_list *list, const struct property_context *context,
		       const struct property *property, const struct yaml_value *value,
		       json_t **ret_value);
/* As sets. */
bool property_list_equal(const struct property *property, const json_t *a, const json_t *b);

#endif
