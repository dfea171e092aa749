/*
 * The shapes that blocks, pages and properties share: rich text, icons, covers, files, dates.
 *
 * What it is not: the shapes of what Notion returns; what may be written is less.
 */
#ifndef NOTIONFS_SIM_VALIDATE_VALUE_H
#define NOTIONFS_SIM_VALIDATE_VALUE_H

#include "tools/sim/validate/shape.h"

#define VALUE_ITEMS_MAX 100 /* of any array of rich text, options, relations, people */

extern const struct shape shape_boolean;
extern const struct shape shape_string;
extern const struct shape shape_id;
extern const struct shape shape_block_object; /* the word "block" */
extern const struct shape shape_color;
extern const struct shape shape_rich_text; /* array */
extern const struct shape shape_icon;
extern const struct shape shape_icon_or_null;
extern const struct shape shape_cover;
extern const struct shape shape_cover_or_null;
extern const struct shape shape_date;
extern const struct shape shape_date_or_null;
extern const struct shape shape_has_id; /* {id} and nothing else */
extern const struct shape shape_file_upload;

#endif
