/*
 * The part of labels.h that tells of files: what a stored one is called in a text, and what a path
 * in a text leads to.
 *
 * What it is not: for anyone but labels.c, which hands these to the mapping, and push_upload.c,
 * which sends the files that were asked for. One thread at a time.
 */
#ifndef NOTIONFS_CACHE_LABELS_FILE_H
#define NOTIONFS_CACHE_LABELS_FILE_H

#include "cache/text_file.h"
#include "mapping/block.h"
#include "mapping/names.h"

struct labels;

/* A file that a text wants to have in Notion. */
struct wanted_file {
	char *path; /* as the text has it, or decoded */
	char *mark; /* what stands for the upload's id until there is one */
	struct file_place place;
	struct file_stamp stamp;
	unsigned char digest[DIGEST_BYTES];
	char *problem;	   /* why it can't be sent, and what to do; NULL = nothing */
	bool is_too_large; /* that is the problem, by the limit we know of */
	bool is_waiting;   /* its bytes are not all here yet */
};

/* What names.h asks. */
const char *labels_asset(void *context, const struct asset *asset);
const char *labels_stored_file(void *context, const char *path);
const char *labels_upload(void *context, const char *path);
const char *labels_replaced_file(void *context, const char *path, size_t index);

/* The file a mark stands for; NULL: it is none of ours. */
const struct wanted_file *labels_find_mark(const struct labels *labels, const char *mark);
/* The name an upload has, from the mount. */
const char *wanted_file_name(const struct wanted_file *file);
/* May a file be another one than when this page was sent? As far as the disk tells without reading
 * them. */
bool labels_files_changed(struct workspace *workspace, struct store_transaction *state,
			  const struct uuid *page, node_id directory);
/* Says of the stored files of a tree whose bytes lie in the mount, too. */
void labels_note_copies(struct labels *labels, struct block_tree *tree);
void labels_release_files(struct labels *labels);

#endif
