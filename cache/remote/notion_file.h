/*
 * Files at Notion: reading those it stores, uploading others (notion-api.md §4.11).
 *
 * What it is not: names, or what is kept here of them. Threads and errors as in notion.h.
 *
 * Reading takes no part of the budget: the files lie at another host, and their URLs are the key.
 */
#ifndef NOTIONFS_CACHE_REMOTE_NOTION_FILE_H
#define NOTIONFS_CACHE_REMOTE_NOTION_FILE_H

#include <sys/types.h>

#include "cache/remote/notion.h"

/*
 * By signed URL. Errors besides those of notion.h: -ESTALE: the URL is not good any more (an hour
 * is over), its block or page has to be read again. -ENOENT: there is no such file. -ENOSPC and
 * the like: the disk. Passing failures are repeated inside, at most 3 times.
 */
must_check int notion_file_size(struct notion *notion, const char *url, struct failure *failure,
				uint64_t *ret_size);
/* From the beginning of `fd`, which is emptied first. */
must_check int notion_file_read(struct notion *notion, const char *url, int fd,
				struct failure *failure);

/* POST /v1/file_uploads: what is to come. Repeated like a read: an upload that nothing refers to
 * goes away by itself. The other two are not: one that was carried out is refused the second
 * time (notion_upload.h makes it again from the start). */
must_check int notion_create_upload(struct notion *notion, const json_t *body,
				    struct failure *failure, json_t **ret_answer);

struct upload_part {
	int fd;
	off_t offset;
	size_t len;
	const char *file_name;
	const char *content_type;
	unsigned part_number; /* from 1; 0 = the only one */
};
must_check int notion_send_upload(struct notion *notion, const struct uuid *upload,
				  const struct upload_part *part, struct failure *failure,
				  json_t **ret_answer);
must_check int notion_complete_upload(struct notion *notion, const struct uuid *upload,
				      struct failure *failure, json_t **ret_answer);

#endif
