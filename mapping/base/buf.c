#include "mapping/base/buf.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty[1];

void buf_init(struct buf *buf, size_t max_bytes)
{
	*buf = (struct buf){.data = empty, .max_bytes = max_bytes};
}

void buf_release(struct buf *buf)
{
	if (buf == NULL) {
		return;
	}
	if (buf->allocated > 0) {
		free(buf->data);
	}
	buf_init(buf, buf->max_bytes);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->allocated > 0) {
		buf->data[0] = '\0';
	}
}

/* Makes room for `more` bytes and the NUL; false when the maximum forbids it. */
static bool grow(struct buf *buf, size_t more)
{
	if (buf->failed || more > buf->max_bytes || buf->len > buf->max_bytes - more) {
		buf->failed = true;
		return false;
	}
	size_t need = buf->len + more + 1;
	if (need <= buf->allocated) {
		return true;
	}
	size_t want = buf->allocated < 64 ? 64 : buf->allocated;
	while (want < need) {
		want += want / 2 + 16;
	}
	char *data = realloc(buf->allocated > 0 ? buf->data : NULL, want);
	if (data == NULL) {
		buf->failed = true;
		return false;
	}
	if (buf->allocated == 0) {
		data[0] = '\0';
	}
	buf->data = data;
	buf->allocated = want;
	return true;
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !grow(buf, len)) {
		return;
	}
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_puts(struct buf *buf, const char *string)
{
	buf_append(buf, string, strlen(string));
}

void buf_putc(struct buf *buf, char c)
{
	buf_append(buf, &c, 1);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	assert(len >= 0);
	if (grow(buf, (size_t)len)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

void buf_truncate(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	buf->len = len;
	if (buf->allocated > 0) {
		buf->data[len] = '\0';
	}
}

void buf_splice(struct buf *buf, size_t offset, size_t remove_len, const void *bytes, size_t len)
{
	assert(offset <= buf->len && remove_len <= buf->len - offset);
	if (len > remove_len && !grow(buf, len - remove_len)) {
		return;
	}
	if (buf->allocated == 0) {
		return;
	}
	memmove(buf->data + offset + len, buf->data + offset + remove_len,
		buf->len - offset - remove_len);
	if (len > 0) {
		memcpy(buf->data + offset, bytes, len);
	}
	buf->len = buf->len - remove_len + len;
	buf->data[buf->len] = '\0';
}

size_t bytes_read(const void *from, size_t size, void *bytes, size_t len, off_t offset)
{
	if (offset < 0 || (uint64_t)offset >= size) {
		return 0;
	}
	size_t left = size - (size_t)offset;
	len = len < left ? len : left;
	if (len > 0) {
		memcpy(bytes, (const char *)from + offset, len);
	}
	return len;
}

int buf_check(const struct buf *buf)
{
	return buf->failed ? -EFBIG : 0;
}

char *buf_steal(struct buf *buf, size_t *ret_len)
{
	char *data = buf->allocated > 0 ? buf->data : calloc(1, 1);
	if (ret_len != NULL) {
		*ret_len = buf->len;
	}
	buf_init(buf, buf->max_bytes);
	return data;
}
