/*
 * Runs a fuzz target over files, without libFuzzer: a corpus as an ordinary test.
 * usage: fuzz_TARGET FILE-OR-FOLDER...
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static unsigned replayed;

static void replay_file(const char *path)
{
	char block[4096];
	FILE *file = fopen(path, "rb");
	struct buf bytes;
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	buf_init(&bytes, BUF_PAGE_MAX_BYTES);
	size_t count = 0;
	while ((count = fread(block, 1, sizeof block, file)) > 0) {
		buf_append(&bytes, block, count);
	}
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)bytes.data, bytes.len);
	buf_release(&bytes);
	replayed++;
}

static void replay(const char *path)
{
	DIR *folder = opendir(path);
	if (folder == NULL) {
		replay_file(path);
		return;
	}
	for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		if (entry->d_name[0] != '.') {
			char inner[4096];
			(void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
			replay_file(inner);
		}
	}
	(void)closedir(folder);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		replay(argv[i]);
	}
	(void)printf("%u inputs\n", replayed);
	return replayed > 0 ? 0 : 1;
}
