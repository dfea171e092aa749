#include "fs/control.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fs/wait.h"

#define ANSWER_MAX_BYTES ((size_t)16 << 20)

struct control {
	atomic_uint references; /* the handle, and the answer on its way */
	struct fs *fs;
	pthread_mutex_t lock;
	/* guarded by lock */
	struct buf answer;
	size_t taken;
	bool is_pending;
};

struct control *control_new(struct fs *fs)
{
	struct control *control = calloc(1, sizeof *control);
	if (control == NULL) {
		abort();
	}
	atomic_init(&control->references, 1);
	control->fs = fs;
	(void)pthread_mutex_init(&control->lock, NULL);
	buf_init(&control->answer, ANSWER_MAX_BYTES);
	return control;
}

void control_free(struct control *control)
{
	if (control == NULL || atomic_fetch_sub(&control->references, 1) > 1) {
		return;
	}
	buf_release(&control->answer);
	(void)pthread_mutex_destroy(&control->lock);
	free(control);
}

static void answered(void *context, const char *json, size_t len)
{
	struct control *control = context;
	(void)pthread_mutex_lock(&control->lock);
	buf_append(&control->answer, json, len);
	control->is_pending = false;
	(void)pthread_mutex_unlock(&control->lock);
	wait_end(control->fs, control);
	control_free(control);
}

int control_write(struct control *control, const char *bytes, size_t len)
{
	if (len > CONTROL_COMMAND_MAX_BYTES) {
		return -EMSGSIZE;
	}
	(void)pthread_mutex_lock(&control->lock);
	bool is_pending = control->is_pending;
	if (!is_pending) {
		buf_clear(&control->answer);
		control->taken = 0;
		control->is_pending = true;
		(void)atomic_fetch_add(&control->references, 1);
	}
	(void)pthread_mutex_unlock(&control->lock);
	if (is_pending) {
		return -EBUSY;
	}
	int r = workspace_command(control->fs->workspace, bytes, len, answered, control);
	if (r < 0 && r != -EINPROGRESS) {
		(void)pthread_mutex_lock(&control->lock);
		control->is_pending = false;
		(void)pthread_mutex_unlock(&control->lock);
		control_free(control);
		return r;
	}
	return 0;
}

/* True when it replied. */
static bool reply_if_ready(struct control *control, fuse_req_t req, size_t size)
{
	(void)pthread_mutex_lock(&control->lock);
	if (control->is_pending) {
		(void)pthread_mutex_unlock(&control->lock);
		return false;
	}
	size_t left = control->answer.len - control->taken;
	size_t len = left < size ? left : size;
	CLEANUP(free) char *copy = malloc(len + 1);
	if (copy == NULL) {
		abort();
	}
	memcpy(copy, control->answer.data + control->taken, len);
	control->taken += len;
	(void)pthread_mutex_unlock(&control->lock);
	(void)fuse_reply_buf(req, copy, len);
	return true;
}

/* The kernel keeps the file open as long as this request is. */
static void resume_read(struct fs *fs, const struct wait_call *call, int error)
{
	(void)fs;
	struct control *control = (struct control *)(uintptr_t)call->file.fh;
	if (error < 0) {
		(void)fuse_reply_err(call->req, -error);
	} else {
		control_read(control, call->req, call->size);
	}
}

void control_read(struct control *control, fuse_req_t req, size_t size)
{
	if (reply_if_ready(control, req, size)) {
		return;
	}
	struct wait_call call = {.req = req, .size = size};
	call.file.fh = (uint64_t)(uintptr_t)control;
	(void)atomic_fetch_add(&control->references, 1);
	wait_until_ended(control->fs, &call, control, resume_read);
	/* An answer that came before the wait was on the list found nothing to end. */
	(void)pthread_mutex_lock(&control->lock);
	bool is_pending = control->is_pending;
	(void)pthread_mutex_unlock(&control->lock);
	if (!is_pending) {
		wait_end(control->fs, control);
	}
	control_free(control);
}
