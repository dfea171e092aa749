/*
 * Property values as a page create or update has them: their shapes, and their fit to the schema.
 */
#ifndef NOTIONFS_SIM_VALIDATE_PROPERTY_H
#define NOTIONFS_SIM_VALIDATE_PROPERTY_H

#include "tools/sim/validate/shape.h"

/* The object of all values by name or id; each is exactly one of the writable types. */
extern const struct shape shape_properties;

#endif
