#include "cache/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/keys.h"
#include "cache/object.h"
#include "cache/tables.h"

#define RECORD_FORMAT 1
#define ENDING_MAX_BYTES 16

enum key_kind {
	KEY_SOURCE = 's', /* page, owner, hash of the URL → what it was uploaded from */
	KEY_UPLOAD = 'u', /* digest, ending → upload */
};

struct source_head {
	int64_t noted_ms;
	struct file_stamp stamp;
	unsigned char digest[DIGEST_BYTES];
};

struct upload_record {
	struct uuid upload;
	int64_t expires_ms;
};

#define SOURCE_KEY_BYTES (1 + 16 + 16 + 8)
#define UPLOAD_KEY_MAX_BYTES (1 + DIGEST_BYTES + ENDING_MAX_BYTES)

void source_release(struct source *source)
{
	free(source->url);
	free(source->path);
	source->url = source->path = NULL;
}

static void source_key(const struct uuid *page, const struct uuid *owner, const char *url,
		       unsigned char key[SOURCE_KEY_BYTES])
{
	key[0] = KEY_SOURCE;
	memcpy(key + 1, page->bytes, 16);
	memcpy(key + 17, owner->bytes, 16);
	key_put_u64(key + 33, content_hash(url, strlen(url)));
}

int source_put(struct store_transaction *state, const struct source *source)
{
	unsigned char key[SOURCE_KEY_BYTES];
	struct source_head head = {.noted_ms = source->noted_ms, .stamp = source->stamp};
	memcpy(head.digest, source->digest, DIGEST_BYTES);
	size_t len = 1 + sizeof head + strlen(source->path) + 1 + strlen(source->url) + 1;
	CLEANUP(free) char *bytes = malloc(len);
	if (bytes == NULL) {
		return -ENOMEM;
	}
	bytes[0] = RECORD_FORMAT;
	memcpy(bytes + 1, &head, sizeof head);
	char *end = stpcpy(bytes + 1 + sizeof head, source->path) + 1;
	(void)strcpy(end, source->url);
	source_key(&source->page, &source->owner, source->url, key);
	return store_put(state, STATE_SOURCE, key, sizeof key, bytes, len);
}

static int read_source(const unsigned char *key, const struct store_value *value,
		       struct source *ret_source)
{
	const char *bytes = value->bytes;
	struct source_head head;
	if (value->len < 1 + sizeof head + 2 || bytes[0] != RECORD_FORMAT ||
	    bytes[value->len - 1] != '\0') {
		return -EINVAL;
	}
	memcpy(&head, bytes + 1, sizeof head);
	const char *path = bytes + 1 + sizeof head;
	const char *url = path + strlen(path) + 1;
	if (url >= bytes + value->len) {
		return -EINVAL;
	}
	*ret_source = (struct source){.noted_ms = head.noted_ms, .stamp = head.stamp};
	memcpy(ret_source->digest, head.digest, DIGEST_BYTES);
	memcpy(ret_source->page.bytes, key + 1, 16);
	memcpy(ret_source->owner.bytes, key + 17, 16);
	ret_source->path = strdup(path);
	ret_source->url = strdup(url);
	if (ret_source->path == NULL || ret_source->url == NULL) {
		abort();
	}
	return 0;
}

int source_get(struct store_transaction *state, const struct uuid *page, const struct uuid *owner,
	       const char *url, struct source *ret_source)
{
	unsigned char key[SOURCE_KEY_BYTES];
	struct store_value value;
	struct source source;
	source_key(page, owner, url, key);
	int r = store_get(state, STATE_SOURCE, key, sizeof key, &value);
	r = r < 0 ? r : read_source(key, &value, &source);
	if (r < 0) {
		return r;
	}
	if (strcmp(source.url, url) != 0) {
		source_release(&source);
		return -ENOENT;
	}
	*ret_source = source;
	return 0;
}

int source_delete(struct store_transaction *state, const struct uuid *page,
		  const struct uuid *owner, const char *url)
{
	unsigned char key[SOURCE_KEY_BYTES];
	source_key(page, owner, url, key);
	return store_delete(state, STATE_SOURCE, key, sizeof key);
}

struct each {
	source_visit *visit;
	void *context;
};

static int visit_one(void *context, const void *key, size_t key_len,
		     const struct store_value *value)
{
	const struct each *each = context;
	CLEANUP(source) struct source source = {.url = NULL};
	int r = key_len != SOURCE_KEY_BYTES ? -EINVAL : read_source(key, value, &source);
	return r < 0 ? r : each->visit(each->context, &source);
}

int source_each(struct store_transaction *state, const struct uuid *page, source_visit *visit,
		void *context)
{
	unsigned char from[17];
	struct each each = {.visit = visit, .context = context};
	from[0] = KEY_SOURCE;
	memcpy(from + 1, page->bytes, 16);
	int r = store_each(state, STATE_SOURCE, from, sizeof from, sizeof from, visit_one, &each);
	return r > 0 ? 0 : r;
}

/* ---- uploads ---- */

static size_t upload_key(const unsigned char digest[DIGEST_BYTES], const char *ending,
			 unsigned char key[UPLOAD_KEY_MAX_BYTES])
{
	size_t len = 1 + DIGEST_BYTES;
	key[0] = KEY_UPLOAD;
	memcpy(key + 1, digest, DIGEST_BYTES);
	for (; *ending != '\0' && len < UPLOAD_KEY_MAX_BYTES; ending++) {
		key[len++] = (unsigned char)tolower((unsigned char)*ending);
	}
	return len;
}

int source_get_upload(struct store_transaction *state, const unsigned char digest[DIGEST_BYTES],
		      const char *ending, struct uuid *ret_upload, int64_t *ret_expires_ms)
{
	unsigned char key[UPLOAD_KEY_MAX_BYTES];
	struct upload_record record;
	struct store_value value;
	size_t len = upload_key(digest, ending, key);
	int r = store_get(state, STATE_SOURCE, key, len, &value);
	if (r < 0 || value.len != sizeof record) {
		return r < 0 ? r : -EINVAL;
	}
	memcpy(&record, value.bytes, sizeof record);
	*ret_upload = record.upload;
	*ret_expires_ms = record.expires_ms;
	return 0;
}

int source_put_upload(struct store_transaction *state, const unsigned char digest[DIGEST_BYTES],
		      const char *ending, const struct uuid *upload, int64_t expires_ms)
{
	unsigned char key[UPLOAD_KEY_MAX_BYTES];
	struct upload_record record = {.upload = *upload, .expires_ms = expires_ms};
	size_t len = upload_key(digest, ending, key);
	return store_put(state, STATE_SOURCE, key, len, &record, sizeof record);
}

int source_delete_upload(struct store_transaction *state, const unsigned char digest[DIGEST_BYTES],
			 const char *ending)
{
	unsigned char key[UPLOAD_KEY_MAX_BYTES];
	size_t len = upload_key(digest, ending, key);
	return store_delete(state, STATE_SOURCE, key, len);
}
