/*
 * SHA-256 (FIPS 180-4): tells files apart by their bytes, for good.
 *
 * What it is not: for secrets, or for texts that only have to be told apart on this machine
 * (content_hash). Any thread, one at a time a digest; nothing blocks or allocates.
 */
#ifndef NOTIONFS_BASE_DIGEST_H
#define NOTIONFS_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32
#define DIGEST_TEXT_BYTES 65 /* hex digits, with the NUL */

struct digest {
	uint32_t state[8];
	uint64_t len;
	unsigned char block[64];
};

void digest_init(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t len);
/* Ends it: nothing can be added any more. */
void digest_finish(struct digest *digest, unsigned char ret_bytes[DIGEST_BYTES]);
/* Lower case. */
void digest_format(const unsigned char bytes[DIGEST_BYTES], char text[DIGEST_TEXT_BYTES]);

#endif
