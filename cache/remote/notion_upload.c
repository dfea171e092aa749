#include "cache/remote/notion_upload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cache/remote/failure.h"
#include "cache/remote/media_type.h"
#include "cache/remote/notion_file.h"
#include "mapping/base/clock.h"

#define MIB ((uint64_t)1 << 20)
/* Parts may be of 5 to 20 MiB, but for the last. */
#define PART_MIN_BYTES (10 * MIB)
#define PART_MAX_BYTES (20 * MIB)
#define PARTS_MAX 1000
#define LIFE_MS ((int64_t)3600 * 1000)
/* What was lost is made again, so often. */
#define TRIES 3

int notion_upload_check(const char *file_name, uint64_t size, uint64_t max_bytes,
			struct failure *failure)
{
	if (size == 0) {
		return failure_before_sending(failure, -ENODATA,
					      "the file is empty, which Notion does not store: "
					      "put something in it");
	}
	if (max_bytes > 0 && size > max_bytes) {
		int r = failure_before_sending(failure, -EFBIG, "");
		(void)snprintf(failure->message, sizeof failure->message,
			       "the file has %.1f MiB and this workspace takes %.1f: make it "
			       "smaller, or put it elsewhere and write its https:// address",
			       (double)size / (double)MIB, (double)max_bytes / (double)MIB);
		return r;
	}
	if (strlen(file_name) > UPLOAD_FILE_NAME_MAX_BYTES) {
		return failure_before_sending(failure, -ENAMETOOLONG,
					      "the file's name is too long for Notion: give it a "
					      "shorter one");
	}
	if (media_type_of(file_name) == NULL) {
		return failure_before_sending(
			failure, -EPROTONOSUPPORT,
			"Notion takes no file with this ending: give it the one of its kind, or "
			"put it elsewhere and write its https:// address");
	}
	return 0;
}

/* A whole number of MiB, so that few parts do; 0: more than can be sent. */
static uint64_t part_size(uint64_t size)
{
	uint64_t part = (size + PARTS_MAX - 1) / PARTS_MAX;
	part = (part + MIB - 1) / MIB * MIB;
	part = part < PART_MIN_BYTES ? PART_MIN_BYTES : part;
	return part <= PART_MAX_BYTES ? part : 0;
}

json_t *notion_upload_body(const char *file_name, uint64_t size)
{
	uint64_t part_bytes = size <= UPLOAD_SINGLE_MAX_BYTES ? size : part_size(size);
	bool is_single = part_bytes == size;
	json_t *body = json_pack("{ss ss ss}", "mode", is_single ? "single_part" : "multi_part",
				 "filename", file_name, "content_type", media_type_of(file_name));
	if (body != NULL && !is_single && part_bytes > 0) {
		json_int_t parts = (json_int_t)((size + part_bytes - 1) / part_bytes);
		(void)json_object_set_new(body, "number_of_parts", json_integer(parts));
	}
	return body;
}

static int read_answer(const json_t *answer, struct failure *failure, struct uuid *ret_upload,
		       int64_t *ret_expires_ms)
{
	const char *id = json_string_value(json_object_get(answer, "id"));
	const char *expires = json_string_value(json_object_get(answer, "expiry_time"));
	if (id == NULL || uuid_parse(id, strlen(id), ret_upload) < 0) {
		return failure_from_nonsense(failure, 200);
	}
	if (expires != NULL) {
		(void)clock_parse_iso(expires, ret_expires_ms);
	}
	return 0;
}

static int send_parts(struct notion *notion, const struct uuid *upload, uint64_t size,
		      uint64_t part_bytes, struct upload_part *part, struct failure *failure)
{
	int r = 0;
	for (uint64_t done = 0; r == 0 && done < size; done += part_bytes) {
		uint64_t left = size - done;
		part->offset = (off_t)done;
		part->len = (size_t)(left < part_bytes ? left : part_bytes);
		part->part_number = part_bytes < size ? (unsigned)(done / part_bytes) + 1 : 0;
		r = notion_send_upload(notion, upload, part, failure, NULL);
	}
	return r;
}

static int upload_once(struct notion *notion, int fd, uint64_t size, const char *file_name,
		       uint64_t part_bytes, struct failure *failure, struct uuid *ret_upload,
		       int64_t *ret_expires_ms)
{
	bool is_single = part_bytes == size;
	struct upload_part part = {
		.fd = fd, .file_name = file_name, .content_type = media_type_of(file_name)};
	json_t *answer = NULL;
	json_t *body = notion_upload_body(file_name, size);
	if (body == NULL) {
		return failure_before_sending(failure, -EINVAL, "the file's name is not UTF-8");
	}
	*ret_expires_ms = notion_now_ms(notion) + LIFE_MS;
	int r = notion_create_upload(notion, body, failure, &answer);
	json_decref(body);
	if (r == 0) {
		r = read_answer(answer, failure, ret_upload, ret_expires_ms);
	}
	json_decref(answer);
	if (r == 0) {
		r = send_parts(notion, ret_upload, size, part_bytes, &part, failure);
	}
	if (r == 0 && !is_single) {
		r = notion_complete_upload(notion, ret_upload, failure, NULL);
	}
	return r;
}

int notion_upload(struct notion *notion, int fd, uint64_t size, const char *file_name,
		  uint64_t max_bytes, struct failure *failure, struct uuid *ret_upload,
		  int64_t *ret_expires_ms)
{
	struct failure unwanted;
	struct failure *why = failure != NULL ? failure : &unwanted;
	struct uuid upload;
	int64_t expires_ms = 0;
	*why = (struct failure){0};
	int r = notion_upload_check(file_name, size, max_bytes, why);
	uint64_t part_bytes = size <= UPLOAD_SINGLE_MAX_BYTES ? size : part_size(size);
	if (r == 0 && part_bytes == 0) {
		r = failure_before_sending(why, -EFBIG, "the file is too large for Notion");
	}
	if (r == 0) {
		for (int tries = 0; tries < TRIES; tries++) {
			failure_release(why);
			r = upload_once(notion, fd, size, file_name, part_bytes, why, &upload,
					&expires_ms);
			if (r == 0 || why->kind != FAILURE_UNKNOWN) {
				break;
			}
		}
	}
	if (r == 0) {
		*ret_upload = upload;
		*ret_expires_ms = expires_ms;
	}
	if (failure == NULL) {
		failure_release(&unwanted);
	}
	return r;
}
