/*
 * .assets/: which files that Notion stores the pages of a directory show, under which names. Lives
 * in the state database, so that names, numbers and sizes survive remounts and the loss of the
 * cache.
 *
 * What it is not: bytes (asset_read.h), or an entry of the tree: a directory has a `.assets` while
 * one of its pages shows a stored file, and nobody can put anything there.
 *
 * An asset is (page, owner, URL without signature): other bytes have another URL and are another
 * asset with a number of its own, so what is open stays what it was. A name once given stays with
 * the block while its file keeps its name, and is not given to another for a week after it went.
 *
 * Every function works inside the caller's transactions and may be called from any thread.
 */
#ifndef NOTIONFS_CACHE_ASSET_H
#define NOTIONFS_CACHE_ASSET_H

#include <jansson.h>

#include "cache/store.h"
#include "cache/tree.h"
#include "cache/workspace.h"
#include "mapping/base/buf.h"
#include "mapping/base/uuid.h"

#define ASSET_URL_MAX_BYTES 2048
#define ASSET_SIZE_UNKNOWN UINT64_MAX
/* The largest file Notion takes (notion-api.md §4.11): over is the only wrong size that makes
 * nobody store something wrong. */
#define ASSET_SIZE_ESTIMATE_BYTES ((uint64_t)5 << 30)

struct asset_record {
	node_id node;
	node_id directory; /* the page's */
	struct uuid page;
	struct uuid owner; /* the block; the page for its properties, icon and cover */
	uint64_t size;	   /* or ASSET_SIZE_UNKNOWN */
	int64_t mtime_ns;  /* of the owner's last edit when the file was first seen */
	int64_t ctime_ns;
	int64_t gone_ms; /* no page shows it since then; 0 = shown */
	char name[NODE_NAME_MAX_BYTES + 1];
	char url[ASSET_URL_MAX_BYTES + 1]; /* without its query string */
};

/* `.assets` of a directory, and back. */
static inline node_id asset_directory_node(node_id directory)
{
	return directory | ASSETS_NODE_BIT;
}

static inline node_id asset_directory_of(node_id assets)
{
	return assets & ~ASSETS_NODE_BIT;
}

/*
 * Brings the names to what the page's object and blocks show, and keeps the signed URLs for
 * asset_read. Called before the page is rendered, for the text names them.
 */
must_check int asset_sync(struct store_transaction *state, struct store_transaction *cache,
			  const struct node_record *page, const json_t *object,
			  const json_t *blocks, int64_t now_ms, struct tree_changes *changes);
/* The page is gone, or lies in another directory now. */
must_check int asset_forget_page(struct store_transaction *state, const struct uuid *page,
				 int64_t now_ms, struct tree_changes *changes);
must_check int asset_move_page(struct store_transaction *state, const struct uuid *page,
			       node_id directory, int64_t now_ms, struct tree_changes *changes);

/* All -ENOENT when there is none. asset_find, asset_find_name: also one that is gone. */
must_check int asset_get(struct store_transaction *state, node_id asset,
			 struct asset_record *ret_record);
must_check int asset_find(struct store_transaction *state, const struct uuid *page,
			  const struct uuid *owner, const char *url, size_t url_len,
			  struct asset_record *ret_record);
must_check int asset_find_name(struct store_transaction *state, node_id directory, const char *name,
			       struct asset_record *ret_record);
must_check int asset_lookup(struct store_transaction *state, node_id directory, const char *name,
			    struct asset_record *ret_record);
must_check int asset_put(struct store_transaction *state, const struct asset_record *record);
/* Those that are shown in a directory, with a number larger than `after`. `visit` > 0 stops. */
typedef int asset_visit(void *context, const struct asset_record *record);
must_check int asset_each(struct store_transaction *state, node_id directory, node_id after,
			  asset_visit *visit, void *context);
/* Of all pages, also those that are gone. */
must_check int asset_each_of_all(struct store_transaction *state, asset_visit *visit,
				 void *context);
/* All of a page, also those that are gone. */
must_check int asset_each_of_page(struct store_transaction *state, const struct uuid *page,
				  asset_visit *visit, void *context);

void asset_to_attr(const struct asset_record *record, const struct tree_owner *owner,
		   struct node_attr *ret_attr);
/* Of a directory's `.assets`. -ENOENT: it has none. */
must_check int asset_directory_attr(struct store_transaction *state, node_id directory,
				    const struct tree_owner *owner, struct node_attr *ret_attr);

/* The signed URL that was read last, and until when it is good (server time; 0 = not said).
 * Caller frees. -ENOENT. */
must_check int asset_signed_url(struct store_transaction *cache, node_id asset, char **ret_url,
				int64_t *ret_expires_ms);
must_check int asset_put_signed_url(struct store_transaction *cache, node_id asset, const char *url,
				    int64_t expires_ms);

/* ".assets/shot%201.png" */
void asset_path(const struct asset_record *record, struct buf *out);
/* A path with the percent signs that a text needs: "a b/c" → "a%20b/c". */
void path_encode(const char *path, struct buf *out);
/* The file name a URL ends in, as the stem and the ending (with its dot, or ""). */
void asset_name_from_url(const char *url, size_t len, char ret_stem[NODE_NAME_MAX_BYTES + 1],
			 char ret_ending[17]);
/* Apart for other owners and other URLs: suffixes of names, and file names in the cache. */
void asset_identity(const struct uuid *page, const struct uuid *owner, const char *url, size_t len,
		    struct uuid *ret_identity);

/* A name that is free among its siblings, into record->name. -EEXIST when there is none. */
must_check int asset_choose_name(struct store_transaction *state, struct asset_record *record,
				 int64_t now_ms);
/* A name is not given to another file as long as a version with it may be saved again. */
#define ASSET_CLAIM_MS ((int64_t)7 * 24 * 3600 * 1000)

#endif
