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
	/* ".assets/shot%201.png" of a hosted file of this block, or NULL. */
	const char *(*asset)(void *context, const struct uuid *block);
	/* Is `:name:` a custom emoji of the workspace? Its id. */
	bool (*find_emoji)(void *context, const char *name, size_t len, struct uuid *ret_id);
};

#endif
