/*
 * Which file of the mount a stored one was uploaded from, so that a page's text goes on showing the
 * path its author wrote; and which uploads there are, by their bytes. Lives in the state database:
 * texts stay what they are across remounts and the loss of the cache.
 *
 * What it is not: the file's names in `.assets` (asset.h), or the bytes. Works inside the caller's
 * transaction; any thread.
 */
#ifndef NOTIONFS_CACHE_SOURCE_H
#define NOTIONFS_CACHE_SOURCE_H

#include "cache/store.h"
#include "cache/text_file.h"
#include "mapping/base/uuid.h"

/* A stored file is (page, owner, URL without signature), as an asset is. */
struct source {
	struct uuid page;
	struct uuid owner; /* the block; the page for its properties, icon and cover */
	char *url;
	char *path; /* as the text had it, decoded; relative to the page's directory */
	int64_t noted_ms;
	struct file_stamp stamp; /* of the file then; all 0: it can't be told by that */
	unsigned char digest[DIGEST_BYTES];
};

void source_release(struct source *source);
static inline void cleanup_source(struct source *source)
{
	source_release(source);
}

must_check int source_put(struct store_transaction *state, const struct source *source);
/* -ENOENT. Caller releases. */
must_check int source_get(struct store_transaction *state, const struct uuid *page,
			  const struct uuid *owner, const char *url, struct source *ret_source);
must_check int source_delete(struct store_transaction *state, const struct uuid *page,
			     const struct uuid *owner, const char *url);
/* All of a page. `visit` > 0 stops. */
typedef int source_visit(void *context, const struct source *source);
must_check int source_each(struct store_transaction *state, const struct uuid *page,
			   source_visit *visit, void *context);

/* An upload of these bytes, under a name of this ending: its id, and until when it can be attached
 * (server time; 0 = for ever, it is attached somewhere). -ENOENT. */
must_check int source_get_upload(struct store_transaction *state,
				 const unsigned char digest[DIGEST_BYTES], const char *ending,
				 struct uuid *ret_upload, int64_t *ret_expires_ms);
must_check int source_put_upload(struct store_transaction *state,
				 const unsigned char digest[DIGEST_BYTES], const char *ending,
				 const struct uuid *upload, int64_t expires_ms);
must_check int source_delete_upload(struct store_transaction *state,
				    const unsigned char digest[DIGEST_BYTES], const char *ending);

#endif
