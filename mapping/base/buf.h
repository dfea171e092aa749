/*
 * A growing byte buffer with a mandatory maximum, so that nothing fed from outside can make us
 * grow without limit.
 *
 * What it is not: thread safe, or a string table. The bytes are always followed by a NUL that is
 * not counted in `len`, so `data` can be handed to C string functions when it holds no NUL.
 *
 * Once an append did not fit, `failed` stays set and later appends do nothing: a caller may write
 * many pieces and look once, with buf_check.
 */
#ifndef NOTIONFS_BASE_BUF_H
#define NOTIONFS_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "mapping/base/cleanup.h"

struct buf {
	char *data; /* never NULL after buf_init */
	size_t len;
	size_t allocated;
	size_t max_bytes;
	bool failed;
};

/* A usual maximum for texts of one page. */
#define BUF_PAGE_MAX_BYTES ((size_t)64 << 20)

/* Does not allocate. `max_bytes` counts without the trailing NUL. */
void buf_init(struct buf *buf, size_t max_bytes);
/* Frees the bytes; the buffer is empty and usable afterwards. NULL is accepted. */
void buf_release(struct buf *buf);
/* Empties it and keeps the memory. */
void buf_clear(struct buf *buf);

void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *string);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Cuts to `len`, which must not be larger than the present length. */
void buf_truncate(struct buf *buf, size_t len);
/* Replaces `remove_len` bytes at `offset` by `len` others. */
void buf_splice(struct buf *buf, size_t offset, size_t remove_len, const void *bytes, size_t len);

/* pread(2) of memory: copies at most `len` of the `size` bytes at `from`, from `offset` on. Answers
 * how many; 0 past the end. */
size_t bytes_read(const void *from, size_t size, void *bytes, size_t len, off_t offset);

/* 0, or -EFBIG when something did not fit. */
must_check int buf_check(const struct buf *buf);
/* Hands the bytes over (malloc'ed, NUL-terminated; caller frees) and leaves the buffer empty. */
char *buf_steal(struct buf *buf, size_t *ret_len);

static inline void cleanup_buf(struct buf *buf)
{
	buf_release(buf);
}

#endif
