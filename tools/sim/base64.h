/*
 * Bytes as JSON can hold them.
 *
 * What it is not: a check: decoding stops at the first character that is none of base64. Pure
 * functions; any thread.
 */
#ifndef NOTIONFS_SIM_BASE64_H
#define NOTIONFS_SIM_BASE64_H

#include <stddef.h>

/* malloc'ed, ends with NUL; caller frees. */
char *base64_encode(const char *bytes, size_t count);
/* malloc'ed bytes; caller frees. */
char *base64_decode(const char *text, size_t *ret_count);

#endif
