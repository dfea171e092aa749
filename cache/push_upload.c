#define LOG_MODULE "push"

#include "cache/push_upload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/asset_read.h"
#include "cache/remote/media_type.h"
#include "cache/remote/notion_upload.h"
#include "cache/source.h"
#include "cache/workspace_private.h"
#include "mapping/asset.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

#define MARK_START "sha256:"
/* An id is not used so shortly before its end: the call it is for may take long. */
#define EXPIRY_MARGIN_MS ((int64_t)5 * 60 * 1000)
/* A file that is being written is looked at again after this long. */
#define WRITTEN_RETRY_MS 300
#define BUSY_RETRY_MS 500

/* ---- where in the text ---- */

static unsigned count_characters(const char *from, const char *to)
{
	unsigned count = 0;
	for (; from < to; from++) {
		count += ((unsigned char)*from & 0xc0) != 0x80 ? 1 : 0;
	}
	return count;
}

/* The first place of `word` in the lines from `line` to `last`. */
static bool find_word(const struct push *push, const char *word, unsigned line, unsigned last,
		      unsigned *ret_line, unsigned *ret_column)
{
	const char *at = push->entry.text;
	const char *end = at + push->entry.text_len;
	for (unsigned number = 1; at < end && number <= last; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop == NULL ? end : stop;
		const char *found =
			number < line ? NULL : memmem(at, (size_t)(stop - at), word, strlen(word));
		if (found != NULL) {
			*ret_line = number;
			*ret_column = count_characters(at, found) + 1;
			return true;
		}
		at = stop + 1;
	}
	return false;
}

static void find_path(const struct push *push, const char *path, unsigned line, unsigned last,
		      unsigned *ret_line, unsigned *ret_column)
{
	CLEANUP(buf) struct buf encoded;
	buf_init(&encoded, (size_t)4 * TEXT_FILE_PATH_MAX_BYTES);
	path_encode(path, &encoded);
	*ret_line = line;
	*ret_column = 0;
	if (!find_word(push, path, line, last, ret_line, ret_column)) {
		(void)find_word(push, encoded.data, line, last, ret_line, ret_column);
	}
}

/* ---- what is wrong ---- */

static void add_error(struct push *push, const struct wanted_file *file, unsigned line,
		      unsigned last, struct diagnostics *diagnostics)
{
	unsigned at;
	unsigned column;
	find_path(push, file->path, line, last, &at, &column);
	diagnostics_add(diagnostics, SEVERITY_ERROR, at, column, "%s", file->problem);
	push->is_too_large |= file->is_too_large;
}

static void check_mark(struct push *push, const struct labels *labels, const char *mark,
		       unsigned line, struct diagnostics *diagnostics)
{
	const struct wanted_file *file = labels_find_mark(labels, mark);
	if (file != NULL && file->problem != NULL) {
		add_error(push, file, line, line, diagnostics);
	}
}

static void check_missing(const struct push *push, const char *path, unsigned line,
			  struct diagnostics *diagnostics)
{
	unsigned at;
	unsigned column;
	find_path(push, path, line, line, &at, &column);
	diagnostics_add(diagnostics, SEVERITY_ERROR, at, column,
			"\"%.80s\" is no file in the mount, put one there or write an https:// URL",
			path);
}

static void check_block(struct push *push, const struct labels *labels, const struct block *parent,
			struct diagnostics *diagnostics)
{
	block_children_foreach (block, parent) {
		if (block->media == MEDIA_FILE_UPLOAD) {
			check_mark(push, labels, block->url, block->line, diagnostics);
		} else if (block->media == MEDIA_FILE && asset_is_path(block->url)) {
			check_missing(push, block->url, block->line, diagnostics);
		}
		if (block->icon.kind == ICON_FILE_UPLOAD) {
			check_mark(push, labels, block->icon.text, block->line, diagnostics);
		} else if (block->icon.kind == ICON_FILE && asset_is_path(block->icon.text)) {
			check_missing(push, block->icon.text, block->line, diagnostics);
		}
		check_block(push, labels, block, diagnostics);
	}
}

int push_check_files(struct push *push, const struct labels *labels,
		     const struct block_tree *wanted, struct diagnostics *diagnostics)
{
	check_block(push, labels, &wanted->root, diagnostics);
	return diagnostics->has_error ? -EINVAL : 0;
}

/* ---- marks ---- */

typedef void mark_visit(void *context, json_t *file_upload, const char *mark);

/* Each {"file_upload":{"id":mark}} in a body, whatever else has an id. */
static void each_mark(json_t *value, mark_visit *visit, void *context)
{
	size_t i;
	const char *key;
	json_t *item;
	if (json_is_array(value)) {
		json_array_foreach (value, i, item) {
			each_mark(item, visit, context);
		}
		return;
	}
	json_object_foreach (value, key, item) {
		const char *id = json_string_value(json_object_get(item, "id"));
		if (strcmp(key, "file_upload") == 0 && id != NULL) {
			visit(context, item, id);
		} else if (json_is_object(item) || json_is_array(item)) {
			each_mark(item, visit, context);
		}
	}
}

static void note_found(void *context, json_t *file_upload, const char *mark)
{
	(void)file_upload;
	(void)mark;
	*(bool *)context = true;
}

bool push_has_upload(const json_t *body)
{
	bool found = false;
	each_mark((json_t *)body, note_found, &found);
	return found;
}

struct collecting {
	struct push *push;
	const struct labels *labels;
	unsigned head_lines; /* of the frontmatter */
	struct diagnostics *diagnostics;
	json_t *uploads;
	bool is_waiting;
};

static void note_lacking(struct push *push, node_id asset)
{
	push->lacking = reallocarray(push->lacking, push->lacking_count + 1, sizeof *push->lacking);
	if (push->lacking == NULL) {
		abort();
	}
	push->lacking[push->lacking_count++] = asset;
}

static void collect_mark(void *context, json_t *file_upload, const char *mark)
{
	struct collecting *collecting = context;
	struct push *push = collecting->push;
	const struct wanted_file *file = labels_find_mark(collecting->labels, mark);
	unsigned line;
	unsigned column;
	(void)file_upload;
	if (file == NULL || json_object_get(collecting->uploads, mark) != NULL) {
		return;
	}
	if (file->problem != NULL) {
		/* Those of blocks have been said: this is one of the head. */
		add_error(push, file, 1, collecting->head_lines, collecting->diagnostics);
		return;
	}
	if (file->is_waiting && !push->is_trial) {
		collecting->is_waiting = true;
		if (file->place.asset != 0) {
			note_lacking(push, file->place.asset);
		}
		return;
	}
	find_path(push, file->path, 1, (unsigned)-1, &line, &column);
	json_t *upload = json_pack(
		"{ss sI ss sI sI sI sI sI sb si si sn si sb}", "path", file->path, "directory",
		(json_int_t)file->place.directory, "place", file->place.path, "asset",
		(json_int_t)file->place.asset, "inode", (json_int_t)file->stamp.inode, "size",
		(json_int_t)file->stamp.size, "mtime_ns", (json_int_t)file->stamp.mtime_ns,
		"ctime_ns", (json_int_t)file->stamp.ctime_ns, "young",
		file_stamp_is_young(&file->stamp), "line", (int)line, "column", (int)column, "id",
		"expires_ms", 0, "again", false);
	(void)json_object_set_new(collecting->uploads, mark, upload);
}

int push_plan_uploads(struct push *push, const struct labels *labels, const struct page_text *text,
		      const json_t *calls, struct diagnostics *diagnostics, json_t **ret_uploads)
{
	struct collecting collecting = {
		.push = push,
		.labels = labels,
		.head_lines = text->frontmatter == NULL ? 1 : text->body_line - 1,
		.diagnostics = diagnostics,
		.uploads = json_object(),
	};
	size_t i;
	json_t *call;
	push->lacking_count = 0;
	json_array_foreach ((json_t *)calls, i, call) {
		each_mark(json_object_get(call, "body"), collect_mark, &collecting);
	}
	if (diagnostics->has_error || collecting.is_waiting) {
		push->again_ms = clock_now_ms() + WRITTEN_RETRY_MS;
		json_decref(collecting.uploads);
		return diagnostics->has_error ? -EINVAL : -EAGAIN;
	}
	*ret_uploads = collecting.uploads;
	return 0;
}

int push_fetch_lacking(struct push *push)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < push->lacking_count; i++) {
		r = asset_read_bytes(push->workspace, push->lacking[i], PRIORITY_SAVE);
	}
	push->lacking_count = 0;
	return r == -ESTALE ? 0 : r; /* another file by now, or none: the next plan says so */
}

/* ---- sending ---- */

static json_t *uploads_of(const struct push *push)
{
	return json_object_get(push->journal, "uploads");
}

static int64_t number_in(const json_t *upload, const char *key)
{
	return json_integer_value(json_object_get(upload, key));
}

void push_upload_stamp(const json_t *upload, struct file_stamp *ret_stamp)
{
	*ret_stamp = (struct file_stamp){
		.inode = (uint64_t)number_in(upload, "inode"),
		.size = (uint64_t)number_in(upload, "size"),
		.mtime_ns = number_in(upload, "mtime_ns"),
		.ctime_ns = number_in(upload, "ctime_ns"),
	};
}

static const char *name_in(const json_t *upload)
{
	const char *place = json_get_text(upload, "place");
	const char *slash = strrchr(place, '/');
	return slash == NULL ? place : slash + 1;
}

const char *push_upload_ending(const json_t *upload)
{
	const char *dot = strrchr(name_in(upload), '.');
	return dot == NULL ? "" : dot;
}

bool push_digest_of_mark(const char *mark, unsigned char ret_digest[DIGEST_BYTES])
{
	size_t start = strlen(MARK_START);
	if (strncmp(mark, MARK_START, start) != 0 ||
	    strlen(mark) < start + (size_t)2 * DIGEST_BYTES) {
		return false;
	}
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		char digits[3] = {mark[start + 2 * i], mark[start + 2 * i + 1], '\0'};
		ret_digest[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	return true;
}

static bool can_be_attached(const struct push *push, int64_t expires_ms)
{
	return expires_ms == 0 ||
	       notion_now_ms(push->workspace->notion) + EXPIRY_MARGIN_MS < expires_ms;
}

static void set_id(json_t *upload, const struct uuid *id, int64_t expires_ms)
{
	char text[UUID_TEXT_BYTES];
	uuid_format(id, text);
	(void)json_object_set_new(upload, "id", json_string(text));
	(void)json_object_set_new(upload, "expires_ms", json_integer(expires_ms));
}

/* These bytes are in Notion already: attached somewhere, or uploaded within the hour. */
static bool is_known(struct push *push, const char *mark, json_t *upload)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	unsigned char digest[DIGEST_BYTES];
	struct uuid id;
	int64_t expires_ms;
	if (!push_digest_of_mark(mark, digest) ||
	    workspace_begin(push->workspace, false, &state, NULL) < 0 ||
	    source_get_upload(state, digest, push_upload_ending(upload), &id, &expires_ms) < 0 ||
	    !can_be_attached(push, expires_ms)) {
		return false;
	}
	set_id(upload, &id, expires_ms);
	return true;
}

/* Known from now on, also to other plans and after a crash. */
static int note_upload(struct push *push, const char *mark, json_t *upload, const struct uuid *id,
		       int64_t expires_ms)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	unsigned char digest[DIGEST_BYTES];
	if (!push_digest_of_mark(mark, digest)) {
		return -EINVAL;
	}
	set_id(upload, id, expires_ms);
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r == 0) {
		r = source_put_upload(state, digest, push_upload_ending(upload), id, expires_ms);
	}
	return r < 0 ? r : workspace_commit(&state, NULL);
}

static bool is_as_planned(int fd, const json_t *upload)
{
	struct file_stamp planned;
	struct file_stamp now;
	push_upload_stamp(upload, &planned);
	return file_stamp_of(fd, &now) == 0 && file_stamp_equal(&planned, &now) &&
	       !text_file_is_written(fd);
}

/* What the failure of an upload means: nothing is known of it, so nothing is to be waited for. */
static int after_upload_failure(struct push *push, const json_t *upload, int error)
{
	const struct failure *failure = &push->failure;
	if (error == -ECANCELED) {
		return error;
	}
	log_warning("%s: the upload of %s: %s", push->record.name, json_get_text(upload, "path"),
		    failure->message);
	bool is_refused = failure->kind == FAILURE_REFUSED && failure->status != 401 &&
			  failure->status != 409 && failure->status != 429;
	if (!is_refused) {
		return -EAGAIN;
	}
	push->line = (unsigned)number_in(upload, "line");
	push->column = (unsigned)number_in(upload, "column");
	return -EINVAL;
}

static int upload_one(struct push *push, const char *mark, json_t *upload)
{
	struct workspace *workspace = push->workspace;
	struct file_place place = {.asset = (node_id)number_in(upload, "asset"),
				   .directory = (node_id)number_in(upload, "directory")};
	struct file_stamp stamp;
	struct uuid id;
	int64_t expires_ms = 0;
	int opened = -1;
	(void)strncpy(place.path, json_get_text(upload, "place"), sizeof place.path - 1);
	int r = text_file_open(workspace, &place, &opened, &stamp);
	CLEANUP(fd) int fd = opened;
	if (r < 0 || !is_as_planned(fd, upload)) {
		push->is_file_changed = true;
		return -ESTALE;
	}
	failure_release(&push->failure);
	r = notion_upload(workspace->notion, fd, stamp.size, name_in(upload),
			  atomic_load(&workspace->upload_max_bytes), &push->failure, &id,
			  &expires_ms);
	if (r != -ECANCELED && !is_as_planned(fd, upload)) {
		push->is_file_changed = true;
		return -ESTALE;
	}
	return r < 0 ? after_upload_failure(push, upload, r)
		     : note_upload(push, mark, upload, &id, expires_ms);
}

int push_send_uploads(struct push *push)
{
	struct workspace *workspace = push->workspace;
	const char *mark;
	json_t *upload;
	int r = 0;
	bool is_uploading = false;
	json_object_foreach (uploads_of(push), mark, upload) {
		bool has_id = json_is_string(json_object_get(upload, "id")) &&
			      can_be_attached(push, number_in(upload, "expires_ms"));
		if (has_id || is_known(push, mark, upload)) {
			continue;
		}
		if (!is_uploading && (push->record.flags & NODE_NEW) != 0) {
			writeback_note_slow(&workspace->writeback, push->record.node);
			push_wake_others(push);
		}
		if (!is_uploading && atomic_fetch_add(&workspace->uploading, 1) >= UPLOADING_MAX) {
			(void)atomic_fetch_sub(&workspace->uploading, 1);
			push->again_ms = clock_now_ms() + BUSY_RETRY_MS;
			return -EAGAIN;
		}
		is_uploading = true;
		r = upload_one(push, mark, upload);
		if (r < 0) {
			break;
		}
	}
	if (is_uploading) {
		(void)atomic_fetch_sub(&workspace->uploading, 1);
	}
	return r;
}

static void put_id(void *context, json_t *file_upload, const char *mark)
{
	json_t *id = json_object_get(json_object_get(context, mark), "id");
	if (json_is_string(id)) {
		(void)json_object_set(file_upload, "id", id);
	}
}

void push_put_ids(const struct push *push, json_t *body)
{
	if (json_object_size(uploads_of(push)) > 0) {
		each_mark(body, put_id, uploads_of(push));
	}
}

static void set_attached(void *context, json_t *file_upload, const char *mark)
{
	json_t *upload = json_object_get(context, mark);
	(void)file_upload;
	if (upload != NULL) {
		(void)json_object_set_new(upload, "expires_ms", json_integer(0));
	}
}

void push_note_attached(struct push *push, const json_t *call)
{
	if (json_object_size(uploads_of(push)) > 0) {
		each_mark(json_object_get(call, "body"), set_attached, uploads_of(push));
	}
}

struct forgetting {
	struct push *push;
	struct store_transaction *state;
	int error;
	bool is_again;
};

static void forget_mark(void *context, json_t *file_upload, const char *mark)
{
	struct forgetting *forgetting = context;
	unsigned char digest[DIGEST_BYTES];
	json_t *upload = json_object_get(uploads_of(forgetting->push), mark);
	(void)file_upload;
	if (upload == NULL || json_is_true(json_object_get(upload, "again")) ||
	    !push_digest_of_mark(mark, digest)) {
		return;
	}
	(void)json_object_set_new(upload, "id", json_null());
	(void)json_object_set_new(upload, "again", json_true());
	forgetting->is_again = true;
	int r = source_delete_upload(forgetting->state, digest, push_upload_ending(upload));
	forgetting->error = forgetting->error < 0 ? forgetting->error : r;
}

int push_forget_uploads(struct push *push, const json_t *call, bool *ret_is_again)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	*ret_is_again = false;
	if (json_object_size(uploads_of(push)) == 0) {
		return 0;
	}
	int r = workspace_begin(push->workspace, true, &state, NULL);
	if (r < 0) {
		return r;
	}
	struct forgetting forgetting = {.push = push, .state = state};
	each_mark(json_object_get(call, "body"), forget_mark, &forgetting);
	r = forgetting.error < 0 ? forgetting.error : workspace_commit(&state, NULL);
	*ret_is_again = r == 0 && forgetting.is_again;
	return r;
}

/* ---- for a person to read ---- */

static void add_call(json_t *calls, json_t *path, json_t *body)
{
	(void)json_array_append_new(calls, json_pack("{si ss so so*}", "n", 0, "method", "POST",
						     "path", path, "body", body));
}

static void show_upload(const json_t *upload, json_t *calls)
{
	const char *name = name_in(upload);
	json_t *body = notion_upload_body(name, (uint64_t)number_in(upload, "size"));
	json_int_t parts = json_integer_value(json_object_get(body, "number_of_parts"));
	add_call(calls, json_string("/v1/file_uploads"), body);
	for (json_int_t part = 0; part < (parts == 0 ? 1 : parts); part++) {
		add_call(calls, json_sprintf("/v1/file_uploads/@%s/send", name),
			 parts == 0 ? NULL : json_pack("{sI}", "part_number", part + 1));
	}
	if (parts > 0) {
		add_call(calls, json_sprintf("/v1/file_uploads/@%s/complete", name), NULL);
	}
}

static void show_id(void *context, json_t *file_upload, const char *mark)
{
	const json_t *upload = json_object_get(context, mark);
	if (upload != NULL && !json_is_string(json_object_get(upload, "id"))) {
		(void)json_object_set_new(file_upload, "id", json_sprintf("@%s", name_in(upload)));
	}
}

json_t *push_show_uploads(struct push *push, json_t *bodies)
{
	const char *mark;
	json_t *upload;
	json_t *seen = json_object();
	json_t *calls = json_array();
	json_object_foreach (uploads_of(push), mark, upload) {
		char key[sizeof MARK_START + (size_t)2 * DIGEST_BYTES];
		(void)snprintf(key, sizeof key, "%s", mark);
		bool is_seen = json_object_get(seen, key) != NULL;
		(void)json_object_set_new(seen, key, json_true());
		if (!is_seen && !json_is_string(json_object_get(upload, "id")) &&
		    !is_known(push, mark, upload)) {
			show_upload(upload, calls);
		}
	}
	json_decref(seen);
	push_put_ids(push, bodies);
	each_mark(bodies, show_id, uploads_of(push));
	return calls;
}
