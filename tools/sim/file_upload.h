/*
 * Uploaded files: their state by the server's clock, and what becomes of one that is attached.
 *
 * What it is not: the endpoints; endpoint.h lists them. The server's lock is held.
 *
 * `file_uploads` of the workspace file has the object as it is answered, with `mode`, `attached`
 * and the `parts` of one that isn't complete beside it. The bytes of a complete one are in `files`
 * under its id, from where hosted_file.h serves them.
 */
#ifndef NOTIONFS_SIM_FILE_UPLOAD_H
#define NOTIONFS_SIM_FILE_UPLOAD_H

#include <jansson.h>
#include <stdbool.h>

#include "tools/sim/answer.h"
#include "tools/sim/request.h"
#include "tools/sim/sim.h"
#include "tools/sim/tree.h"

#define FILE_UPLOAD_LIFE_MS 3600000		      /* to attach it in */
#define FILE_UPLOAD_PART_MIN_BYTES ((size_t)5 << 20)  /* but for the last part */
#define FILE_UPLOAD_PART_MAX_BYTES ((size_t)20 << 20) /* and of a file sent in one part */
#define FILE_UPLOAD_FREE_MAX_BYTES ((size_t)5 << 20)  /* of a Free workspace: no multi_part */

/* The largest file: `max_file_upload_size_in_bytes` of the config, or what the bot says. */
size_t file_upload_max_bytes(const struct workspace *workspace);

/* A new one, pending. `filename` and `content_type` may be NULL; `parts` 0: not of several. */
json_t *file_upload_new(struct sim *sim, const char *mode, const char *filename,
			const char *content_type, size_t parts, const struct author *author);
/* Borrowed, its status as it is now; NULL: no such upload. */
json_t *file_upload_find(struct sim *sim, const char *id);
/* The one the path names; NULL with the 400 or 404 in `answer`. */
json_t *file_upload_of_path(struct sim *sim, const struct request *request, struct answer *answer);
/* "type/subtype", parameters after a semicolon allowed; and one that the config takes. */
bool file_upload_takes_type(const struct workspace *workspace, const char *type);
bool file_upload_is(const json_t *upload, const char *status);
/* As it is answered. New reference. */
json_t *file_upload_object(const json_t *upload);
/* It has all its bytes now: `base64` (stolen) are `length` of them. */
void file_upload_finish(struct sim *sim, json_t *upload, json_t *base64, size_t length);

/* Whether an upload named anywhere in `json` can't be attached. The 400 is in `answer` then. */
bool file_upload_refuses(struct sim *sim, const json_t *json, struct answer *answer);
/* The {url, expiry_time} of the file that the {id} in `given.file_upload` is from now on: it never
 * expires any more. NULL when there is no such key, or it names none. New reference. */
json_t *file_upload_attach(const struct workspace *workspace, const json_t *given);
/* The name of that upload; NULL: none. Borrowed. */
json_t *file_upload_name(const struct workspace *workspace, const json_t *given);

#endif
