/*
 * Keys of the tables (FORMAT.md): big-endian numbers, so that LMDB's order is theirs.
 *
 * What it is not: for anyone outside cache/. Functions only.
 */
#ifndef NOTIONFS_CACHE_KEYS_H
#define NOTIONFS_CACHE_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mapping/base/uuid.h"

#define KEY_NODE_BYTES 8
#define KEY_ORDER_BYTES 16
#define KEY_OBJECT_BYTES 17
#define KEY_ENTRY_BYTES (8 + 255)
#define KEY_VERSION_BYTES 24

static inline void key_put_u64(unsigned char *key, uint64_t value)
{
	for (int i = 7; i >= 0; i--) {
		key[i] = (unsigned char)value;
		value >>= 8;
	}
}

static inline uint64_t key_get_u64(const unsigned char *key)
{
	uint64_t value = 0;
	for (int i = 0; i < 8; i++) {
		value = value << 8 | key[i];
	}
	return value;
}

/* `len` is at most 255. */
static inline size_t key_entry(unsigned char *key, uint64_t directory, const char *name, size_t len)
{
	key_put_u64(key, directory);
	memcpy(key + 8, name, len);
	return 8 + len;
}

static inline void key_object(unsigned char *key, const struct uuid *object, int is_directory)
{
	memcpy(key, object->bytes, 16);
	key[16] = is_directory ? 'd' : 'f';
}

static inline void key_version(unsigned char *key, const struct uuid *page, uint64_t version)
{
	memcpy(key, page->bytes, 16);
	key_put_u64(key + 16, version);
}

#endif
