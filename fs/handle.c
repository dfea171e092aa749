#include "fs/handle.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fs/context.h"
#include "fs/control.h"
#include "fs/inode.h"

struct handle *handle_new(enum handle_kind kind, bool is_writable)
{
	struct handle *handle = calloc(1, sizeof *handle);
	if (handle == NULL) {
		abort();
	}
	handle->kind = kind;
	handle->is_writable = is_writable;
	atomic_init(&handle->references, 1);
	atomic_init(&handle->is_dirty, false);
	handle->fd = -1;
	buf_init(&handle->text, BUF_PAGE_MAX_BYTES);
	return handle;
}

struct handle *handle_ref(struct handle *handle)
{
	(void)atomic_fetch_add(&handle->references, 1);
	return handle;
}

void handle_unref(struct handle *handle)
{
	if (handle == NULL || atomic_fetch_sub(&handle->references, 1) > 1) {
		return;
	}
	assert(handle->inode == NULL);
	if (handle->file != NULL) {
		(void)page_file_close(handle->file);
	}
	if (handle->fd >= 0) {
		(void)close(handle->fd);
	}
	buf_release(&handle->text);
	control_free(handle->control);
	free(handle);
}

void handle_note_change(struct fs *fs, uint64_t number, struct handle *handle)
{
	if (!atomic_exchange(&handle->is_dirty, true)) {
		struct timespec now;
		(void)clock_gettime(CLOCK_REALTIME, &now);
		inode_begin(fs->inodes, number, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
	}
}
