/*
 * A draft exists while its page is open. Readers have their content pinned; once somebody writes,
 * all see the draft's text, and each commit pins that for every reader.
 */
#include "cache/draft.h"

#define LOG_MODULE "draft"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cache/content.h"
#include "cache/push.h"
#include "cache/queue.h"
#include "cache/save.h"
#include "cache/trash.h"
#include "cache/workspace_private.h"
#include "mapping/base/clock.h"
#include "mapping/base/log.h"

struct pinned {
	unsigned references; /* guarded by the draft's mutex */
	size_t len;
	uint64_t version; /* of what was shown; 0: of a text that was saved since */
	char bytes[];
};

struct page_file {
	struct draft *draft;
	struct pinned *pinned; /* guarded by the draft's mutex */
	bool is_left;	       /* guarded by the draft's mutex; reads what is pinned for good */
	bool is_writable;
	pid_t process;
	struct page_file *next; /* guarded by the draft's mutex */
};

struct draft {
	struct workspace *workspace;
	node_id node;
	unsigned references; /* guarded by drafts.mutex */
	struct draft *next;  /* guarded by drafts.mutex */

	pthread_mutex_t mutex;
	struct page_file *files; /* guarded by mutex */
	unsigned writers;	 /* guarded by mutex */
	bool has_text;		 /* guarded by mutex; `text` counts, not what is pinned */
	bool is_dirty;		 /* guarded by mutex; `text` differs from the queue's */
	struct buf text;	 /* guarded by mutex */
	int64_t mtime_ns;	 /* guarded by mutex; of the last write */
	int64_t begun_ms;	 /* guarded by mutex; of the first that is not in the queue */
	uint64_t text_version; /* guarded by mutex; `text` began as this one; 0: was saved since */
	uint64_t opened_version; /* guarded by mutex; which what is written goes on from; 0: none */
	pid_t process;		 /* guarded by mutex; who wrote last */
};

void drafts_init(struct drafts *drafts, struct workspace *workspace)
{
	*drafts = (struct drafts){.mutex = PTHREAD_MUTEX_INITIALIZER, .workspace = workspace};
}

/* The draft of a page, made when it is not there; the caller gives it back with draft_unref. */
static struct draft *draft_ref(struct drafts *drafts, node_id node)
{
	LOCK_SCOPE(&drafts->mutex);
	struct draft *draft = drafts->first;
	while (draft != NULL && draft->node != node) {
		draft = draft->next;
	}
	if (draft == NULL) {
		draft = calloc(1, sizeof *draft);
		if (draft == NULL) {
			abort();
		}
		draft->workspace = drafts->workspace;
		draft->node = node;
		(void)pthread_mutex_init(&draft->mutex, NULL);
		buf_init(&draft->text, BUF_PAGE_MAX_BYTES);
		draft->next = drafts->first;
		drafts->first = draft;
	}
	draft->references++;
	return draft;
}

static void draft_unref(struct draft *draft)
{
	struct drafts *drafts = &draft->workspace->drafts;
	{
		LOCK_SCOPE(&drafts->mutex);
		if (--draft->references > 0) {
			return;
		}
		struct draft **link = &drafts->first;
		while (*link != draft) {
			link = &(*link)->next;
		}
		*link = draft->next;
	}
	if (draft->is_dirty) {
		/* It could not be saved, and whoever wrote it was told: the page reads as before.
		 */
		log_error("a text of %zu bytes is dropped, it could not be saved", draft->text.len);
		workspace_tell_page(draft->workspace, draft->node);
	}
	buf_release(&draft->text);
	(void)pthread_mutex_destroy(&draft->mutex);
	free(draft);
}

bool drafts_are_open(struct drafts *drafts)
{
	bool is_open = false;
	LOCK_SCOPE(&drafts->mutex);
	for (struct draft *draft = drafts->first; draft != NULL && !is_open; draft = draft->next) {
		LOCK_SCOPE(&draft->mutex);
		is_open = draft->writers > 0;
	}
	return is_open;
}

void drafts_release(struct drafts *drafts)
{
	/* fs has closed every handle before the workspace is freed. */
	assert(drafts->first == NULL);
	(void)pthread_mutex_destroy(&drafts->mutex);
}

/* What the page reads as now, committed: a copy. -EAGAIN: nothing is here. */
static int read_present(struct workspace *workspace, node_id node, char **ret_bytes,
			size_t *ret_len, struct node_record *ret_record)
{
	CLEANUP(transaction) struct store_transaction *state = NULL;
	CLEANUP(transaction) struct store_transaction *cache = NULL;
	CLEANUP(queue_entry) struct queue_entry entry = {0};
	struct store_value bytes;
	uint64_t version;
	int r = workspace_begin(workspace, false, &state, &cache);
	if (r == 0) {
		r = tree_get(state, node, ret_record);
	}
	if (r < 0) {
		return r;
	}
	r = queue_get(state, node, &entry);
	/* Saved and removed before it was sent: what was saved is what was last there. */
	if (r == 0 && (entry.kind == QUEUE_SAVE || entry.text_len > 0)) {
		*ret_bytes = steal(&entry.text);
		*ret_len = entry.text_len;
		return 0;
	}
	if (r < 0 && r != -ENOENT) {
		return r;
	}
	if ((ret_record->flags & NODE_NEW) != 0) {
		*ret_bytes = calloc(1, 1);
		*ret_len = 0;
		return *ret_bytes == NULL ? -ENOMEM : 0;
	}
	r = rendering_get(cache, &ret_record->object, &version, &bytes);
	if (r < 0) {
		return r == -ENOENT ? -EAGAIN : r;
	}
	*ret_bytes = malloc(bytes.len + 1);
	if (*ret_bytes == NULL) {
		return -ENOMEM;
	}
	memcpy(*ret_bytes, bytes.bytes, bytes.len);
	*ret_len = bytes.len;
	return 0;
}

/* ---- handles ---- */

static struct pinned *pinned_new(const char *bytes, size_t len, uint64_t version)
{
	struct pinned *pinned = malloc(sizeof *pinned + len);
	if (pinned == NULL) {
		abort();
	}
	pinned->references = 1;
	pinned->len = len;
	pinned->version = version;
	if (len > 0) {
		memcpy(pinned->bytes, bytes, len);
	}
	return pinned;
}

static void pinned_unref(struct pinned *pinned)
{
	if (pinned != NULL && --pinned->references == 0) {
		free(pinned);
	}
}

static int begin_text_locked(struct page_file *file)
{
	struct draft *draft = file->draft;
	if (!draft->has_text) {
		buf_clear(&draft->text);
		buf_append(&draft->text, file->pinned->bytes, file->pinned->len);
		int r = buf_check(&draft->text);
		if (r < 0) {
			return r;
		}
		draft->has_text = true;
		draft->text_version = file->pinned->version;
	}
	return 0;
}

/* `keeps_start`: what is written goes on from the text that was there. Then that is what it is made
 * over, whatever else the process has seen. */
static void touch_locked(struct page_file *file, bool keeps_start)
{
	struct draft *draft = file->draft;
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (!draft->is_dirty) {
		draft->begun_ms = clock_now_ms();
		draft->opened_version = keeps_start ? draft->text_version : 0;
	}
	draft->is_dirty = true;
	draft->process = file->process;
	draft->mtime_ns = clock_is_simulated() ? clock_now_ms() * 1000000
					       : (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What was removed is read there, and written when it is back. */
static bool is_in_trash(struct workspace *workspace, node_id page)
{
	struct store_transaction *state = NULL;
	if (workspace_begin(workspace, false, &state, NULL) < 0) {
		return false;
	}
	bool is_there = trash_shows(state, page);
	store_abort(state);
	return is_there;
}

int workspace_open_page(struct workspace *workspace, node_id page, int flags, pid_t process,
			struct page_file **ret_file)
{
	char *bytes = NULL;
	size_t len = 0;
	struct node_record record;
	bool is_writable = (flags & O_ACCMODE) != O_RDONLY;
	if (is_writable && workspace->options.read_only) {
		return -EROFS;
	}
	if (is_writable && is_in_trash(workspace, page)) {
		return -EPERM;
	}
	struct page_file *file = calloc(1, sizeof *file);
	if (file == NULL) {
		return -ENOMEM;
	}
	file->draft = draft_ref(&workspace->drafts, page);
	file->is_writable = is_writable;
	file->process = process;
	int r;
	{
		/* No save comes in between what is read and what is pinned: a write would be made
		 * over the older text. */
		LOCK_SCOPE(&file->draft->mutex);
		r = read_present(workspace, page, &bytes, &len, &record);
		if (r == 0) {
			file->pinned = pinned_new(bytes, len, record.version);
			file->next = file->draft->files;
			file->draft->files = file;
			file->draft->writers += is_writable ? 1 : 0;
		}
	}
	free(bytes);
	if (r < 0) {
		draft_unref(file->draft);
		free(file);
		return r;
	}
	sweep_note_use(&workspace->sweep, page, clock_now_ms());
	/* Who truncates has not seen the text that was there. */
	if ((record.flags & NODE_NEW) == 0 && (flags & O_TRUNC) == 0) {
		openings_note(&workspace->openings, page, process, record.version,
			      (flags & O_ACCMODE) == O_WRONLY ? SEEN_WRITE : SEEN_READ);
	}
	if (is_writable && (flags & O_TRUNC) != 0) {
		r = page_file_truncate(file, 0);
		if (r < 0) {
			(void)page_file_close(file);
			return r;
		}
	}
	*ret_file = file;
	return 0;
}

ssize_t page_file_read(struct page_file *file, void *bytes, size_t len, off_t offset)
{
	struct draft *draft = file->draft;
	LOCK_SCOPE(&draft->mutex);
	bool is_pinned = !draft->has_text || file->is_left;
	const char *from = is_pinned ? file->pinned->bytes : draft->text.data;
	size_t size = is_pinned ? file->pinned->len : draft->text.len;
	return (ssize_t)bytes_read(from, size, bytes, len, offset);
}

/* Lengthens with NULs, as write and truncate past the end do. */
static int lengthen(struct buf *text, size_t size)
{
	static const char zeroes[4096];
	while (text->len < size && !text->failed) {
		size_t more = size - text->len;
		buf_append(text, zeroes, more < sizeof zeroes ? more : sizeof zeroes);
	}
	if (text->failed) {
		text->failed = false;
		return -EFBIG;
	}
	return 0;
}

ssize_t page_file_write(struct page_file *file, const void *bytes, size_t len, off_t offset,
			bool append)
{
	struct draft *draft = file->draft;
	if (!file->is_writable) {
		return -EBADF;
	}
	LOCK_SCOPE(&draft->mutex);
	int r = begin_text_locked(file);
	if (r < 0) {
		return r;
	}
	struct buf *text = &draft->text;
	size_t at = append ? text->len : (size_t)offset;
	if ((!append && offset < 0) || at > text->max_bytes || len > text->max_bytes - at) {
		return -EFBIG;
	}
	r = lengthen(text, at);
	if (r < 0) {
		return r;
	}
	size_t replaced = text->len - at < len ? text->len - at : len;
	buf_splice(text, at, replaced, bytes, len);
	if (text->failed) {
		text->failed = false;
		return -ENOSPC;
	}
	touch_locked(file, at > 0);
	return (ssize_t)len;
}

int page_file_truncate(struct page_file *file, off_t size)
{
	struct draft *draft = file->draft;
	if (!file->is_writable) {
		return -EBADF;
	}
	LOCK_SCOPE(&draft->mutex);
	int r = begin_text_locked(file);
	if (r < 0) {
		return r;
	}
	if (size < 0 || (uint64_t)size > draft->text.max_bytes) {
		return -EFBIG;
	}
	if ((uint64_t)size == draft->text.len) {
		return 0;
	}
	if ((uint64_t)size < draft->text.len) {
		buf_truncate(&draft->text, (size_t)size);
	} else {
		r = lengthen(&draft->text, (size_t)size);
	}
	if (r == 0) {
		touch_locked(file, size > 0);
	}
	if (size == 0) {
		draft->opened_version = 0;
	}
	return r;
}

/* Everybody who has the page open reads the committed text from now on. */
static void pin_text_locked(struct draft *draft)
{
	draft->text_version = 0;
	struct pinned *pinned = pinned_new(draft->text.data, draft->text.len, 0);
	for (struct page_file *file = draft->files; file != NULL; file = file->next) {
		if (!file->is_left) {
			pinned_unref(file->pinned);
			file->pinned = pinned;
			pinned->references++;
		}
	}
	pinned_unref(pinned);
}

void drafts_leave_readers(struct drafts *drafts, node_id node)
{
	struct draft *draft = draft_ref(drafts, node);
	{
		LOCK_SCOPE(&draft->mutex);
		struct pinned *seen =
			draft->has_text ? pinned_new(draft->text.data, draft->text.len, 0) : NULL;
		for (struct page_file *file = draft->files; file != NULL; file = file->next) {
			if (file->is_writable || file->is_left) {
				continue;
			}
			file->is_left = true;
			if (seen != NULL) {
				pinned_unref(file->pinned);
				file->pinned = seen;
				seen->references++;
			}
		}
		pinned_unref(seen);
	}
	draft_unref(draft);
}

static int commit_locked(struct draft *draft)
{
	if (!draft->is_dirty) {
		return 0;
	}
	int r = save_text(draft->workspace, draft->node, draft->text.data, draft->text.len,
			  draft->mtime_ns, draft->process, draft->begun_ms, draft->opened_version);
	if (r == 0) {
		draft->is_dirty = false;
		pin_text_locked(draft);
	}
	return r;
}

int page_file_commit(struct page_file *file, bool is_fsync)
{
	struct draft *draft = file->draft;
	struct workspace *workspace = draft->workspace;
	bool is_new;
	int r;
	{
		LOCK_SCOPE(&draft->mutex);
		is_new = draft->is_dirty;
		r = commit_locked(draft);
	}
	if (r == 0 && is_fsync) {
		writeback_hurry(&workspace->writeback, draft->node,
				clock_now_ms() + workspace->options.save_delay_ms);
	}
	return r == 0 && is_new && workspace->options.strict ? push_validate(workspace, draft->node)
							     : r;
}

int page_file_close(struct page_file *file)
{
	if (file == NULL) {
		return 0;
	}
	struct draft *draft = file->draft;
	struct workspace *workspace = draft->workspace;
	bool is_last_writer = false;
	int r = 0;
	{
		LOCK_SCOPE(&draft->mutex);
		struct page_file **link = &draft->files;
		if (file->is_writable) {
			r = commit_locked(draft);
			is_last_writer = --draft->writers == 0;
			if (is_last_writer && !draft->is_dirty) {
				draft->has_text = false;
			}
		}
		while (*link != file) {
			link = &(*link)->next;
		}
		*link = file->next;
		pinned_unref(file->pinned);
	}
	if (is_last_writer) {
		writeback_hurry(&workspace->writeback, draft->node,
				clock_now_ms() + workspace->options.save_delay_ms);
	}
	draft_unref(draft);
	free(file);
	return r;
}

void page_file_mark_dirty(struct page_file *file)
{
	LOCK_SCOPE(&file->draft->mutex);
	if (begin_text_locked(file) == 0) {
		touch_locked(file, false);
	}
}

/* What is being written shows in the attributes before it is committed. */
static void overlay_locked(const struct draft *draft, struct node_attr *attr)
{
	if (draft->has_text) {
		attr->size = draft->text.len;
		attr->is_size_exact = true;
		if (draft->is_dirty) {
			attr->mtime_ns = draft->mtime_ns;
			attr->ctime_ns =
				draft->mtime_ns > attr->ctime_ns ? draft->mtime_ns : attr->ctime_ns;
		}
	}
}

void page_file_getattr(struct page_file *file, struct node_attr *ret_attr)
{
	struct draft *draft = file->draft;
	if (workspace_getattr(draft->workspace, draft->node, ret_attr) < 0) {
		/* Trashed while open: the handle goes on with what it has. */
		*ret_attr = (struct node_attr){.node = draft->node,
					       .kind = NODE_PAGE,
					       .mode = S_IFREG | 0444,
					       .is_size_exact = true};
	}
	LOCK_SCOPE(&draft->mutex);
	if (!draft->has_text) {
		ret_attr->size = file->pinned->len;
		ret_attr->is_size_exact = true;
	}
	overlay_locked(draft, ret_attr);
}

void draft_overlay(struct drafts *drafts, struct node_attr *attr)
{
	struct draft *draft;
	{
		LOCK_SCOPE(&drafts->mutex);
		for (draft = drafts->first; draft != NULL && draft->node != attr->node;) {
			draft = draft->next;
		}
		if (draft == NULL) {
			return;
		}
		draft->references++;
	}
	{
		LOCK_SCOPE(&draft->mutex);
		overlay_locked(draft, attr);
	}
	draft_unref(draft);
}

int workspace_truncate(struct workspace *workspace, node_id page, off_t size, pid_t process,
		       struct node_attr *ret_attr)
{
	struct page_file *file;
	int flags = size == 0 ? O_RDWR | O_TRUNC : O_WRONLY;
	int r = workspace_open_page(workspace, page, flags, process, &file);
	if (r < 0) {
		return r;
	}
	r = page_file_truncate(file, size);
	int close_r = page_file_close(file);
	r = r < 0 ? r : close_r;
	return r < 0 ? r : workspace_getattr(workspace, page, ret_attr);
}
