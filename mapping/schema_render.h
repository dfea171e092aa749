/*
 * A database and its data source → the text of its `.schema.yaml` (design.md §3): title,
 * description, icon, cover, and its properties in the order the API gives them, each with its type
 * and what belongs to that: options with their colours, groups, number format, formula,
 * rollup, related data source.
 *
 * What it is not: the way back. Ids are named only where nothing else tells what is meant.
 * Functions only; any thread.
 */
#ifndef NOTIONFS_MAPPING_SCHEMA_RENDER_H
#define NOTIONFS_MAPPING_SCHEMA_RENDER_H

#include <jansson.h>

#include "mapping/base/buf.h"
#include "mapping/names.h"

struct schema_options {
	const struct names *names; /* titles of related databases, people in a description */
};

/* `database` is NULL for one of several data sources: title, icon and so on are its own then;
 * `data_source` is NULL for the database that holds those. */
void schema_render(const json_t *database, const json_t *data_source,
		   const struct schema_options *options, struct buf *out);
/*
 * A formula as a person writes it: the API's {{notion:block_property:ID:SOURCE:…}} as
 * prop("Name"), where the property is one of `data_source`; what is not known stays as it is.
 */
void schema_formula(const json_t *data_source, const char *expression, struct buf *out);

#endif
