/*
 * The shapes of a data source's schema, as it is sent to create one and to change one.
 *
 * What it is not: a look at the schema there is; the endpoints do that.
 */
#ifndef NOTIONFS_SIM_VALIDATE_SCHEMA_H
#define NOTIONFS_SIM_VALIDATE_SCHEMA_H

#include "tools/sim/validate/shape.h"

extern const struct shape shape_schema;	       /* by name: a type with its configuration */
extern const struct shape shape_schema_update; /* by name or id: the same, a new name, or null */

#endif
