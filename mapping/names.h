/*
 * What a text calls the things it points to: the mapping asks, the workspace answers.
 *
 * What it is not: file names of titles (name.h), or a cache. Each function may be NULL and may
 * answer NULL ("not known"), then URLs and ids are printed instead. Answers live until the next
 * call of the same function.
 */
#ifndef NOTIONFS_MAPPING_NAMES_H
#define NOTIONFS_MAPPING_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/uuid.h"

/* Where a file that Notion stores is shown. */
enum asset_place {
	ASSET_BLOCK,	  /* image, video, audio, pdf or file block; `owner` is the block */
	ASSET_BLOCK_ICON, /* of a callout or a tab; `owner` is the block */
	ASSET_PROPERTY,	  /* an item of a files property; `owner` is the page */
	ASSET_ICON,	  /* of the page; `owner` is the page */
	ASSET_COVER,
};

/*
 * A file that Notion stores, by what does not change: its owner and its URL without the query
 * string (the signature). `property` and `index` say where it is now; another file may be there
 * after the next edit.
 */
struct asset {
	enum asset_place place;
	struct uuid owner;
	const char *property; /* PROPERTY: its name; NULL otherwise */
	size_t index;	      /* PROPERTY: which of its items, from 0; else 0 */
	const char *name;     /* a file block's or item's name in Notion; NULL where it has none */
	const char *url;      /* without its query string; never NULL */
};

struct names {
	void *context;
	/* Title of a page or database, for the label of a mention, <page>, <link-to-page>. */
	const char *(*title)(void *context, const struct uuid *id);
	/* File-name stem of a row within its database's directory (relations). */
	const char *(*stem)(void *context, const struct uuid *page);
	/* The row of `data_source` that has this stem, path in the mount, or title. */
	bool (*find_stem)(void *context, const struct uuid *data_source, const char *stem,
			  struct uuid *ret_page);
	/* Name and email of a person; email may be NULL. `is_unique` says whether the name alone
	 * finds this user again. */
	bool (*user)(void *context, const struct uuid *id, const char **ret_name,
		     const char **ret_email, bool *ret_is_unique);
	/* The one user of this name, "Name <email>", "Name <id>", email or id. */
	bool (*find_user)(void *context, const char *text, struct uuid *ret_id);
	/*
	 * The path, relative to the page's directory, that the text shows for a stored file, with
	 * the percent signs of a URL: ".assets/shot%201.png". A property's list and a page's icon
	 * and cover show it decoded. It may be the path of the local file the stored one was
	 * uploaded from. NULL: the URL without its query string is shown.
	 */
	const char *(*asset)(void *context, const struct asset *asset);
	/*
	 * The other way, for a path in a text that is not what `asset` answers for a file of the
	 * base; as it was written, and, where that finds nothing and differs, percent-decoded.
	 *
	 * The URL without query string of the stored file this path stands for (also the local file
	 * it was once uploaded from, as long as that is the same bytes), or NULL. It means this
	 * very file of the base, or nothing when the base has no such file.
	 */
	const char *(*stored_file)(void *context, const char *path);
	/*
	 * The path names bytes that can be uploaded: a local file, or our copy of a stored one
	 * that is to be shown a second time. Answers what is to stand for the upload's id in
	 * {"type":"file_upload","file_upload":{"id":…}} of a body (blocks, a files property, icon,
	 * cover) until the sender puts the real one there: any text that is no UUID, the same for
	 * the same bytes at the same path. NULL: no such file, which is an error with its line in
	 * the text.
	 */
	const char *(*upload)(void *context, const char *path);
	/*
	 * A path of changed bytes: what `upload` answers for it takes the place of the file of the
	 * base that was uploaded from there. Its URL without query string; there may be several, of
	 * which the base has one. NULL: no more.
	 */
	const char *(*replaced_file)(void *context, const char *path, size_t index);
	/* Is `:name:` a custom emoji of the workspace? Its id. */
	bool (*find_emoji)(void *context, const char *name, size_t len, struct uuid *ret_id);
};

#endif
