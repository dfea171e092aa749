/*
 * The strictness of Notion on input: whether a request body is one api.notion.com would take.
 *
 * What it is not: a look at the workspace. Nothing here knows which blocks and pages exist, which
 * token asks, or who the parent is; the endpoints check that themselves. Pure functions over
 * parsed JSON; any thread; nothing blocks.
 *
 * All return 0, or 400 with *ret_message set (malloc'ed, caller frees), worded as Notion words it:
 * `body failed validation: body.children.length should be ≤ `100`, instead was `101`.`
 */
#ifndef NOTIONFS_SIM_VALIDATE_H
#define NOTIONFS_SIM_VALIDATE_H

#include <jansson.h>
#include <stddef.h>

#include "mapping/base/cleanup.h"

#define VALIDATE_BODY_MAX_BYTES ((size_t)500 * 1000)
#define VALIDATE_BLOCKS_MAX 1000 /* block elements of one request, nested ones counted */

/* PATCH /v1/blocks/{id}/children. `body_bytes` is the length of the body as it was sent. */
must_check int validate_append(const json_t *body, size_t body_bytes, char **ret_message);
/*
 * Whether `children` may stand directly under `parent`, a stored block; NULL is a page. Rows only
 * under tables and with its number of cells, columns only under a column_list, and so on.
 */
must_check int validate_placement(const json_t *children, const json_t *parent, char **ret_message);
/* PATCH /v1/blocks/{id}. A type can't be changed: its key must be `stored_type`. */
must_check int validate_block_update(const json_t *body, const char *stored_type,
				     char **ret_message);

/* POST /v1/pages: the shape only; see validate_property_values. A missing `parent` passes here:
 * whether it may be missing depends on the token. */
must_check int validate_page_create(const json_t *body, size_t body_bytes, char **ret_message);
/* PATCH /v1/pages/{id}: the shape only. */
must_check int validate_page_update(const json_t *body, char **ret_message);
/* POST /v1/pages/{id}/move */
must_check int validate_page_move(const json_t *body, char **ret_message);
/* Property values against the `properties` of a data source; NULL is a page that is no row, which
 * has nothing but a title. */
must_check int validate_property_values(const json_t *properties, const json_t *schema,
					char **ret_message);

/* POST /v1/databases, PATCH /v1/databases/{id}, and the same of data sources: the shape only. */
must_check int validate_database_create(const json_t *body, size_t body_bytes, char **ret_message);
must_check int validate_database_update(const json_t *body, size_t body_bytes, char **ret_message);
must_check int validate_data_source_create(const json_t *body, size_t body_bytes,
					   char **ret_message);
must_check int validate_data_source_update(const json_t *body, size_t body_bytes,
					   char **ret_message);

/* POST /v1/comments and PATCH /v1/comments/{id} */
must_check int validate_comment_create(const json_t *body, char **ret_message);
must_check int validate_comment_update(const json_t *body, char **ret_message);

/* POST /v1/file_uploads: the shape only; what a mode needs is not looked at. */
must_check int validate_file_upload(const json_t *body, char **ret_message);

/* POST /v1/data_sources/{id}/query */
must_check int validate_query(const json_t *body, char **ret_message);
/* POST /v1/search */
must_check int validate_search(const json_t *body, char **ret_message);

/* 0 or 400; with dashes or without, the variant bits of RFC 4122 are looked at. */
must_check int validate_uuid(const char *text);
/* An id in the path; `name` is what Notion calls it there ("page_id"). */
must_check int validate_path_id(const char *name, const char *text, char **ret_message);

#endif
