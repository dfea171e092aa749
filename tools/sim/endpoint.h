/*
 * The endpoints of the API, and what they share: finding what a request names.
 *
 * What it is not: routing (router.h) or faults. Each is called with the server's lock held, after
 * token, version and JSON have been looked at; none blocks. An endpoint that refuses has changed
 * nothing.
 */
#ifndef NOTIONFS_SIM_ENDPOINT_H
#define NOTIONFS_SIM_ENDPOINT_H

#include "tools/sim/answer.h"
#include "tools/sim/request.h"
#include "tools/sim/sim.h"

typedef void endpoint_function(struct sim *sim, const struct request *request,
			       struct answer *answer);

endpoint_function blocks_retrieve, blocks_list_children, blocks_append, blocks_update,
	blocks_delete;
endpoint_function pages_retrieve, pages_create, pages_update, pages_move, pages_retrieve_property;
endpoint_function databases_create, databases_retrieve, databases_update;
endpoint_function data_sources_create, data_sources_retrieve, data_sources_update,
	data_sources_query, data_sources_list_templates;
endpoint_function file_uploads_create, file_uploads_list, file_uploads_retrieve, file_uploads_send,
	file_uploads_complete;
endpoint_function comments_create, comments_list, comments_retrieve, comments_update,
	comments_delete;
endpoint_function search_run;
endpoint_function users_list, users_me, users_retrieve;

enum object_kind { OBJECT_BLOCK, OBJECT_PAGE, OBJECT_DATABASE, OBJECT_DATA_SOURCE };

/* The object the path's segment names; NULL with the 400 or 404 in `answer`. `name` is what Notion
 * calls the segment ("page_id"). */
struct record *endpoint_find(struct sim *sim, const struct request *request, size_t segment,
			     const char *name, enum object_kind kind, struct answer *answer);
/* The same for an id out of a body, already known to be a uuid. */
struct record *endpoint_find_id(struct sim *sim, const char *id, enum object_kind kind,
				struct answer *answer);

/* Whether blocks as sent name what isn't there: uploads, originals of copies; or the workspace may
 * hold no more. The error is in `answer` then. `blocks` may be NULL. */
bool endpoint_refuses_blocks(struct sim *sim, const json_t *blocks, struct answer *answer);

/* Whether the workspace may hold no more blocks, pages or databases; the 403 is in `answer` then.
 */
bool endpoint_refuses_growth(struct sim *sim, struct answer *answer);

/* A page of a list: from the item whose id is `cursor` on (NULL: the first). It may be smaller than
 * was asked for: the config's `list_items_max`. */
struct list_window {
	const char *cursor; /* borrowed */
	size_t page_size;
};
/* Reads page_size and start_cursor of the query string; false with the 400 in `answer`. */
bool endpoint_read_window(const struct sim *sim, const struct request *request,
			  struct answer *answer, struct list_window *ret_window);
/* Reads them out of a body that has been validated. */
struct list_window endpoint_body_window(const struct sim *sim, const json_t *body);
void endpoint_refuse_cursor(struct answer *answer, const char *cursor);

#endif
