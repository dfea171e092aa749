#include "cache/labels_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/asset.h"
#include "cache/labels.h"
#include "cache/object.h"
#include "cache/remote/notion_upload.h"
#include "cache/source.h"
#include "cache/workspace_private.h"

/* ---- stored files ---- */

static const char *show_path(struct labels *labels, const struct buf *path)
{
	free(labels->path);
	labels->path = buf_check(path) < 0 ? NULL : strdup(path->data);
	return labels->path;
}

enum source_now { SOURCE_SAME, SOURCE_CHANGED, SOURCE_GONE };

/* Do the bytes lie at this path that were uploaded from there? */
static enum source_now look_at_path(struct labels *labels, const struct source *source)
{
	struct file_place place;
	struct file_stamp stamp;
	unsigned char digest[DIGEST_BYTES];
	int opened = -1;
	int r = text_file_find(labels->state, labels->directory, source->path, &place);
	r = r < 0 ? r : text_file_open(labels->workspace, &place, &opened, &stamp);
	if (r < 0) {
		return SOURCE_GONE;
	}
	CLEANUP(fd) int fd = opened;
	bool is_same = file_stamp_equal(&stamp, &source->stamp) ||
		       (text_file_digest(&labels->workspace->digests, fd, &stamp, digest) == 0 &&
			memcmp(digest, source->digest, DIGEST_BYTES) == 0);
	return is_same ? SOURCE_SAME : SOURCE_CHANGED;
}

/* Does the path stand for what was uploaded from there? Where nothing lies any more it does: it is
 * all that a text needs. And what is shown is not another text because a file is another one. */
static bool is_source_same(struct labels *labels, const struct source *source)
{
	return labels->workspace == NULL || look_at_path(labels, source) != SOURCE_CHANGED;
}

const char *labels_asset(void *context, const struct asset *asset)
{
	struct labels *labels = context;
	struct asset_record record;
	CLEANUP(source) struct source source = {.url = NULL};
	CLEANUP(buf) struct buf path;
	buf_init(&path, (size_t)4 * ASSET_URL_MAX_BYTES);
	if (source_get(labels->state, &labels->page, &asset->owner, asset->url, &source) == 0 &&
	    is_source_same(labels, &source)) {
		path_encode(source.path, &path);
		return show_path(labels, &path);
	}
	if (asset_find(labels->state, &labels->page, &asset->owner, asset->url, strlen(asset->url),
		       &record) < 0) {
		return NULL;
	}
	asset_path(&record, &path);
	return show_path(labels, &path);
}

struct source_search {
	struct labels *labels;
	const char *path;
	int64_t noted_ms;
};

/* The one that was uploaded from there last. */
static int look_at_source(void *context, const struct source *source)
{
	struct source_search *search = context;
	struct labels *labels = search->labels;
	if (source->noted_ms >= search->noted_ms && strcmp(source->path, search->path) == 0 &&
	    is_source_same(labels, source)) {
		search->noted_ms = source->noted_ms;
		free(labels->url);
		labels->url = strdup(source->url);
	}
	return 0;
}

/* Also one that the page does not show any more: a version that did may be saved again. */
const char *labels_stored_file(void *context, const char *path)
{
	struct labels *labels = context;
	struct asset_record record;
	struct source_search search = {.labels = labels, .path = path};
	size_t len = strlen(ASSETS_NAME "/");
	free(labels->url);
	labels->url = NULL;
	if (strncmp(path, ASSETS_NAME "/", len) == 0 &&
	    asset_find_name(labels->state, labels->directory, path + len, &record) == 0 &&
	    uuid_equal(&record.page, &labels->page)) {
		labels->url = strdup(record.url);
		return labels->url;
	}
	return source_each(labels->state, &labels->page, look_at_source, &search) < 0 ? NULL
										      : labels->url;
}

struct changed {
	struct workspace *workspace;
	struct store_transaction *state;
	node_id directory;
	bool is_changed;
};

static int look_at_stamp(void *context, const struct source *source)
{
	struct changed *changed = context;
	struct file_place place;
	struct file_stamp stamp;
	int opened = -1;
	int r = text_file_find(changed->state, changed->directory, source->path, &place);
	if (r == 0 && place.asset == 0) {
		r = text_file_open(changed->workspace, &place, &opened, &stamp);
		CLEANUP(fd) int fd = opened;
		(void)fd;
		changed->is_changed |= r == 0 && !file_stamp_equal(&stamp, &source->stamp);
	}
	return 0;
}

bool labels_files_changed(struct workspace *workspace, struct store_transaction *state,
			  const struct uuid *page, node_id directory)
{
	struct changed changed = {.workspace = workspace, .state = state, .directory = directory};
	return source_each(state, page, look_at_stamp, &changed) == 0 && changed.is_changed;
}

struct replaced {
	struct labels *labels;
	const char *path;
	size_t index;
};

static int look_at_replaced(void *context, const struct source *source)
{
	struct replaced *replaced = context;
	struct labels *labels = replaced->labels;
	if (strcmp(source->path, replaced->path) != 0 || is_source_same(labels, source)) {
		return 0;
	}
	if (replaced->index-- > 0) {
		return 0;
	}
	free(labels->url);
	labels->url = strdup(source->url);
	return 1;
}

const char *labels_replaced_file(void *context, const char *path, size_t index)
{
	struct labels *labels = context;
	struct replaced replaced = {.labels = labels, .path = path, .index = index};
	free(labels->url);
	labels->url = NULL;
	if (labels->workspace == NULL ||
	    source_each(labels->state, &labels->page, look_at_replaced, &replaced) < 0) {
		return NULL;
	}
	return labels->url;
}

static void note_copies(struct labels *labels, struct block *parent)
{
	block_children_foreach (block, parent) {
		CLEANUP(source) struct source source = {.url = NULL};
		block->has_copy = block->media == MEDIA_FILE && block->has_id &&
				  source_get(labels->state, &labels->page, &block->id, block->url,
					     &source) == 0 &&
				  look_at_path(labels, &source) == SOURCE_SAME;
		note_copies(labels, block);
	}
}

void labels_note_copies(struct labels *labels, struct block_tree *tree)
{
	if (labels->workspace != NULL && tree != NULL) {
		note_copies(labels, &tree->root);
	}
}

/* ---- files to be sent ---- */

static void set_problem(struct wanted_file *file, const char *what)
{
	if (asprintf(&file->problem, "\"%.80s\": %s", file->path, what) < 0) {
		abort();
	}
}

const char *wanted_file_name(const struct wanted_file *file)
{
	const char *slash = strrchr(file->place.path, '/');
	return slash == NULL ? file->place.path : slash + 1;
}

static void explain(struct wanted_file *file, int error)
{
	char what[200];
	switch (error) {
	case -ELOOP:
		set_problem(file, "symbolic links are not followed, put the file itself there");
		return;
	case -EISDIR:
	case -ENOTSUP: set_problem(file, "this is no file, write the path of one"); return;
	default:
		(void)snprintf(what, sizeof what, "it can't be read (%s), change that",
			       strerror(-error));
		set_problem(file, what);
	}
}

/* What is there, and may it go? -ENOENT. */
static int examine(struct labels *labels, struct wanted_file *file)
{
	CLEANUP(failure) struct failure failure = {0};
	struct workspace *workspace = labels->workspace;
	int opened = -1;
	int r = text_file_open(workspace, &file->place, &opened, &file->stamp);
	CLEANUP(fd) int fd = opened;
	if (r == -ENOENT) {
		return r;
	}
	if (r == -EAGAIN || (r == 0 && text_file_is_written(fd))) {
		file->is_waiting = true;
		return 0;
	}
	if (r < 0) {
		explain(file, r);
		return 0;
	}
	r = notion_upload_check(wanted_file_name(file), file->stamp.size,
				atomic_load(&workspace->upload_max_bytes), &failure);
	if (r < 0) {
		file->is_too_large = r == -EFBIG;
		set_problem(file, failure.message);
		return 0;
	}
	r = text_file_digest(&workspace->digests, fd, &file->stamp, file->digest);
	if (r < 0) {
		explain(file, r);
	}
	return 0;
}

/* The same for the same bytes at the same path, so that a block that shows them is the same. */
static void set_mark(struct wanted_file *file)
{
	char digest[DIGEST_TEXT_BYTES];
	digest_format(file->digest, digest);
	if (asprintf(&file->mark, "sha256:%s:%016llx", digest,
		     (unsigned long long)content_hash(file->path, strlen(file->path))) < 0) {
		abort();
	}
}

static void wanted_file_release(struct wanted_file *file)
{
	free(file->path);
	free(file->mark);
	free(file->problem);
}

const char *labels_upload(void *context, const char *path)
{
	struct labels *labels = context;
	struct wanted_file file = {.path = NULL};
	if (labels->workspace == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < labels->wanted_count; i++) {
		if (strcmp(labels->wanted[i].path, path) == 0) {
			return labels->wanted[i].mark;
		}
	}
	int r = text_file_find(labels->state, labels->directory, path, &file.place);
	if (r < 0 && r != -EISDIR) {
		labels->has_bad_file = true;
		return NULL;
	}
	file.path = strdup(path);
	if (file.path == NULL) {
		abort();
	}
	if (r == -EISDIR) {
		explain(&file, r);
	} else if (examine(labels, &file) < 0) {
		labels->has_bad_file = true;
		wanted_file_release(&file);
		return NULL;
	}
	labels->has_bad_file |= file.problem != NULL;
	set_mark(&file);
	struct wanted_file *wanted =
		realloc(labels->wanted, (labels->wanted_count + 1) * sizeof *wanted);
	if (wanted == NULL) {
		abort();
	}
	labels->wanted = wanted;
	wanted[labels->wanted_count++] = file;
	return file.mark;
}

const struct wanted_file *labels_find_mark(const struct labels *labels, const char *mark)
{
	for (size_t i = 0; i < labels->wanted_count; i++) {
		if (strcmp(labels->wanted[i].mark, mark) == 0) {
			return &labels->wanted[i];
		}
	}
	return NULL;
}

void labels_release_files(struct labels *labels)
{
	for (size_t i = 0; i < labels->wanted_count; i++) {
		wanted_file_release(&labels->wanted[i]);
	}
	free(labels->wanted);
	labels->wanted = NULL;
	labels->wanted_count = 0;
}
