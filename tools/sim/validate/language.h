/* The shape of a code block's `language`: one of Notion's words, nothing else. */
#ifndef NOTIONFS_SIM_VALIDATE_LANGUAGE_H
#define NOTIONFS_SIM_VALIDATE_LANGUAGE_H

#include "tools/sim/validate/shape.h"

extern const struct shape shape_language;

#endif
