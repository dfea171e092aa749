/*
 * One file up: made, sent in one part or several, completed (notion-api.md §4.11).
 *
 * What it is not: attached. An upload that nothing refers to goes away after an hour, so one whose
 * answer was lost is simply made again. Threads and errors as in notion.h; blocks on the network.
 */
#ifndef NOTIONFS_CACHE_REMOTE_NOTION_UPLOAD_H
#define NOTIONFS_CACHE_REMOTE_NOTION_UPLOAD_H

#include "cache/remote/notion.h"

/* Decimal megabytes: the smaller reading of the limit. */
#define UPLOAD_SINGLE_MAX_BYTES ((uint64_t)20000000)
#define UPLOAD_FILE_NAME_MAX_BYTES 900

/*
 * `fd` is read at its offsets 0 to `size` and should not change meanwhile (-EIO when it gets
 * shorter). `max_bytes`: users/me's bot.workspace_limits.max_file_upload_size_in_bytes, 0 = not
 * known. *ret_expires_ms: server time until which it can be attached.
 *
 * Before anything is sent, with what is wrong and what to do in `failure`: -EFBIG: larger than
 * `max_bytes`; -ENODATA: empty; -EPROTONOSUPPORT: an ending without a content type;
 * -ENAMETOOLONG.
 */
must_check int notion_upload(struct notion *notion, int fd, uint64_t size, const char *file_name,
			     uint64_t max_bytes, struct failure *failure, struct uuid *ret_upload,
			     int64_t *ret_expires_ms);
/* What POST /v1/file_uploads is sent for it. New reference; NULL: the name is no UTF-8. */
json_t *notion_upload_body(const char *file_name, uint64_t size);
/* The same look at it beforehand. */
must_check int notion_upload_check(const char *file_name, uint64_t size, uint64_t max_bytes,
				   struct failure *failure);

#endif
