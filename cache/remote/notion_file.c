#include "cache/remote/notion_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cache/remote/failure.h"
#include "cache/remote/http_file.h"
#include "cache/remote/notion_call.h"
#include "mapping/base/clock.h"

#define LOG_MODULE "notion"
#include "mapping/base/log.h"

#define MAX_REPEATS 3
/* The slowest way up that is waited for. */
#define UPLOAD_BYTES_PER_MS 32

/* ---- reading ---- */

static int fail(struct failure *failure, int error, int status, const char *reason)
{
	if (failure != NULL) {
		*failure = (struct failure){
			.kind = status == 0 ? FAILURE_NOT_SENT : FAILURE_REFUSED, .status = status};
		(void)snprintf(failure->message, sizeof failure->message,
			       "the file can't be read: %s", reason);
	}
	return error;
}

static int judge_status(int status)
{
	switch (status) {
	case 416: return 0; /* an empty file has no first byte */
	case 404:
	case 410: return -ENOENT;
	case 400: /* what some hosts say of a signature that is over */
	case 401:
	case 403: return -ESTALE;
	default: return status >= 200 && status < 300 ? 0 : -EIO;
	}
}

/* False: stopped. */
static bool pause_for(struct notion *notion, int64_t wait_ms)
{
	int64_t until_ms = clock_now_ms() + wait_ms;
	LOCK_SCOPE(&notion->mutex);
	while (!notion->is_stopped && clock_now_ms() < until_ms) {
		clock_wait_until(&notion->changed, &notion->mutex, until_ms);
	}
	return !notion->is_stopped;
}

static int read_file(struct notion *notion, const char *url, int fd, struct failure *failure,
		     struct http_file_answer *ret_answer)
{
	int r = -ECANCELED;
	notion_enter(notion);
	for (int64_t repeats = 0; repeats <= MAX_REPEATS; repeats++) {
		if (repeats > 0 && !pause_for(notion, (int64_t)500 << repeats)) {
			r = -ECANCELED;
			break;
		}
		if (fd >= 0 && (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)) {
			r = fail(failure, -errno, 0, strerror(errno));
			break;
		}
		r = http_read_file(notion->http, url, fd, ret_answer);
		log_debug("GET of a stored file: %d %s", ret_answer->status, ret_answer->reason);
		const char *reason = ret_answer->reason;
		if (r == 0) {
			r = judge_status(ret_answer->status);
			reason = r == -ESTALE ? "its address is not good any more"
					      : "the server answers with an error";
		}
		bool is_cut = r == 0 && fd >= 0 && ret_answer->status != 416 &&
			      ret_answer->size != HTTP_SIZE_UNKNOWN &&
			      ret_answer->received_bytes != ret_answer->size;
		r = is_cut ? -ECONNRESET : r;
		if (r == 0) {
			break;
		}
		bool is_passing = r == -ECONNRESET || (r == -EIO && ret_answer->status >= 500);
		(void)fail(failure, r == -ECONNRESET ? -EIO : r, ret_answer->status, reason);
		if (!is_passing) {
			break;
		}
	}
	notion_leave(notion);
	return r == -ECONNRESET ? -EIO : r;
}

int notion_file_size(struct notion *notion, const char *url, struct failure *failure,
		     uint64_t *ret_size)
{
	struct http_file_answer answer;
	int r = read_file(notion, url, -1, failure, &answer);
	if (r == 0 && answer.size == HTTP_SIZE_UNKNOWN) {
		return fail(failure, -EIO, answer.status, "the server does not say how long it is");
	}
	if (r == 0) {
		*ret_size = answer.size;
	}
	return r;
}

int notion_file_read(struct notion *notion, const char *url, int fd, struct failure *failure)
{
	struct http_file_answer answer;
	return read_file(notion, url, fd, failure, &answer);
}

/* ---- uploading ---- */

static int post(struct notion *notion, const char *path, const json_t *body,
		const struct http_file_part *part, bool is_repeatable, struct failure *failure,
		json_t **ret_answer)
{
	struct notion_call call = {
		.method = "POST",
		.path = path,
		.body = body,
		.part = part,
		.priority = PRIORITY_SAVE,
		.is_write = true,
		.is_repeatable = is_repeatable,
		.extra_timeout_ms = part == NULL ? 0 : (int64_t)part->len / UPLOAD_BYTES_PER_MS,
	};
	return notion_call(notion, &call, failure, ret_answer);
}

static void upload_path(char path[96], const struct uuid *upload, const char *verb)
{
	char id[UUID_TEXT_BYTES];
	uuid_format(upload, id);
	(void)snprintf(path, 96, "/v1/file_uploads/%s/%s", id, verb);
}

int notion_create_upload(struct notion *notion, const json_t *body, struct failure *failure,
			 json_t **ret_answer)
{
	return post(notion, "/v1/file_uploads", body, NULL, true, failure, ret_answer);
}

int notion_send_upload(struct notion *notion, const struct uuid *upload,
		       const struct upload_part *part, struct failure *failure, json_t **ret_answer)
{
	char path[96];
	struct http_file_part file = {
		.fd = part->fd,
		.offset = part->offset,
		.len = part->len,
		.file_name = part->file_name,
		.content_type = part->content_type,
		.part_number = part->part_number,
	};
	upload_path(path, upload, "send");
	return post(notion, path, NULL, &file, false, failure, ret_answer);
}

int notion_complete_upload(struct notion *notion, const struct uuid *upload,
			   struct failure *failure, json_t **ret_answer)
{
	char path[96];
	upload_path(path, upload, "complete");
	return post(notion, path, NULL, NULL, false, failure, ret_answer);
}
