/*
 * What libFuzzer calls, and replay.c with the files of a corpus. Aborts on a broken law.
 */
#ifndef NOTIONFS_TESTS_FUZZ_TARGET_H
#define NOTIONFS_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(condition)                                                                         \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			(void)fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, \
				      #condition);                                             \
			abort();                                                               \
		}                                                                              \
	} while (0)

#endif
