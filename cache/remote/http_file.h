/*
 * Bytes of files over HTTP: from wherever Notion keeps them, and to it.
 *
 * What it is not: signed in. Reading a file, the token is sent nowhere: the URL itself is the key,
 * and its host is not the API's. https alone, or plain http to a loopback address where the API is
 * at one, too; redirects (at most 5) keep to the same rule.
 *
 * Threads: any; each call blocks its thread on the network and the disk until the end or
 * http_stop.
 */
#ifndef NOTIONFS_CACHE_REMOTE_HTTP_FILE_H
#define NOTIONFS_CACHE_REMOTE_HTTP_FILE_H

#include <sys/types.h>

#include "cache/remote/http.h"

#define HTTP_SIZE_UNKNOWN UINT64_MAX

struct http_file_answer {
	int status;    /* 0 = no answer */
	uint64_t size; /* of the whole file, or HTTP_SIZE_UNKNOWN */
	uint64_t received_bytes;
	char reason[256]; /* of a failure, for a person; may hold host names, never the query */
};

/*
 * GET of an absolute URL; the body of a 2xx goes to `fd` at its offset. With fd < 0 only the size
 * is asked for: one byte by Range, since a URL signed for GET is refused for HEAD.
 * 0: there is a status, and with 2xx all of the body. -EINVAL: not a URL we follow. -EHOSTUNREACH,
 * -ETIMEDOUT (nothing came for a minute), -ECONNRESET, -ECANCELED as http_send; -ENOSPC, -EIO and
 * the like: the disk.
 */
must_check int http_read_file(struct http *http, const char *url, int fd,
			      struct http_file_answer *ret_answer);

/* One part of a multipart/form-data body, read from a file. */
struct http_file_part {
	int fd;
	off_t offset;
	size_t len;
	const char *file_name;
	const char *content_type;
	unsigned part_number; /* 0 = not one of several */
};

/* POST of it to the API: `request` without a body, errors and `answer` as http_send. */
must_check int http_send_file(struct http *http, const struct http_request *request,
			      const struct http_file_part *part, struct http_answer *answer);

#endif
