/*
 * `--names NAMES.json`: what ids are called, for the filters.
 *
 *   {"<id>": "Title",
 *    "<id>": {"title": "…", "stem": "…", "user": "Ada", "email": "…", "asset": ".assets/x.png",
 *             "emoji": "party", "assets": {"<URL without query>": ".assets/y.png"}}}
 *
 * "asset" is of a block's file; "assets" are of a page's files property, icon and cover, or of a
 * block's icon.
 *
 * What it is not: the workspace's own names (cache/).
 */
#ifndef NOTIONFS_TOOLS_FILTER_NAMES_H
#define NOTIONFS_TOOLS_FILTER_NAMES_H

#include <jansson.h>

#include "mapping/names.h"

/* The answers live as long as `json`, an object. */
void filter_names_init(struct names *names, json_t *json);

#endif
