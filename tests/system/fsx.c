/*
 * Random reads, writes, appends, truncations, mappings, copies and reopenings of one file, compared
 * with a model in memory after each step: bytes and size.
 *
 * usage: fsx FILE page|local STEPS SEED
 * The file is there; its present bytes are where the model begins. On a page fallocate has to be
 * refused, and only text is written. Exit 1 at the first difference, with the last steps told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES 40000
#define TOLD 40

static struct {
	const char *path;
	bool is_page;
	int fd;	       /* O_RDWR */
	int append_fd; /* O_WRONLY | O_APPEND */
	char model[MAX_BYTES];
	size_t len;
	uint64_t seed;
	unsigned long step;
	char told[TOLD][96];
} fsx;

static void fail(const char *what)
{
	(void)fprintf(stderr, "step %lu: %s (%s)\n", fsx.step, what, strerror(errno));
	for (unsigned long i = fsx.step < TOLD ? 0 : fsx.step - TOLD + 1; i <= fsx.step; i++) {
		(void)fprintf(stderr, "  %lu %s\n", i, fsx.told[i % TOLD]);
	}
	exit(1);
}

static void check(bool is_true, const char *what)
{
	if (!is_true) {
		fail(what);
	}
}

/* xorshift64* */
static size_t below(size_t limit)
{
	fsx.seed ^= fsx.seed >> 12;
	fsx.seed ^= fsx.seed << 25;
	fsx.seed ^= fsx.seed >> 27;
	return limit == 0 ? 0 : (size_t)((fsx.seed * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % limit;
}

static void tell(const char *what, size_t at, size_t len)
{
	(void)snprintf(fsx.told[fsx.step % TOLD], sizeof fsx.told[0], "%s %zu+%zu of %zu", what, at,
		       len, fsx.len);
}

static void make_text(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		text[i] = below(9) == 0 ? "\n\n -#"[below(5)] : (char)('a' + below(26));
	}
}

/* The model of bytes at `at`, with zeroes before them where the file was shorter. */
static void put(size_t at, const char *bytes, size_t len)
{
	if (at > fsx.len) {
		memset(fsx.model + fsx.len, 0, at - fsx.len);
	}
	memcpy(fsx.model + at, bytes, len);
	fsx.len = at + len > fsx.len ? at + len : fsx.len;
}

static void resize(size_t len)
{
	if (len > fsx.len) {
		memset(fsx.model + fsx.len, 0, len - fsx.len);
	}
	fsx.len = len;
}

static void open_files(void)
{
	fsx.fd = open(fsx.path, O_RDWR);
	check(fsx.fd >= 0, "open");
	fsx.append_fd = open(fsx.path, O_WRONLY | O_APPEND);
	check(fsx.append_fd >= 0, "open for appending");
}

static void close_files(void)
{
	check(close(fsx.fd) == 0 && close(fsx.append_fd) == 0, "close");
}

/* ---- steps ---- */

static void write_some(void)
{
	char text[5000];
	size_t at = below(fsx.len + (below(4) == 0 ? 3000 : 1));
	size_t len = below(below(3) == 0 ? sizeof text : 100);
	len = len < MAX_BYTES - at ? len : MAX_BYTES - at;
	tell("write", at, len);
	make_text(text, len);
	check(pwrite(fsx.fd, text, len, (off_t)at) == (ssize_t)len, "pwrite");
	if (len > 0) {
		put(at, text, len);
	}
}

static void append_some(void)
{
	char text[300];
	size_t len = 1 + below(sizeof text - 1);
	if (fsx.len + len > MAX_BYTES) {
		return;
	}
	tell("append", fsx.len, len);
	make_text(text, len);
	check(write(fsx.append_fd, text, len) == (ssize_t)len, "append");
	put(fsx.len, text, len);
}

static void truncate_it(bool by_path)
{
	size_t len = below(below(3) == 0 ? MAX_BYTES / 4 : fsx.len + 1);
	tell(by_path ? "truncate" : "ftruncate", len, 0);
	check((by_path ? truncate(fsx.path, (off_t)len) : ftruncate(fsx.fd, (off_t)len)) == 0,
	      "truncate");
	resize(len);
}

/* Through a mapping; some are written back only when both descriptors are closed already. */
static void map_some(void)
{
	char text[200];
	if (fsx.len == 0) {
		return;
	}
	size_t at = below(fsx.len);
	size_t len = below(sizeof text);
	len = len < fsx.len - at ? len : fsx.len - at;
	bool is_late = below(4) == 0;
	tell(is_late ? "map, store after close" : "map, store", at, len);
	char *map = mmap(NULL, fsx.len, PROT_READ | PROT_WRITE, MAP_SHARED, fsx.fd, 0);
	check(map != MAP_FAILED, "mmap");
	check(memcmp(map, fsx.model, fsx.len) == 0, "mapped bytes differ");
	make_text(text, len);
	if (is_late) {
		close_files();
	}
	memcpy(map + at, text, len);
	if (below(2) == 0) {
		check(msync(map, fsx.len, MS_SYNC) == 0, "msync");
	}
	check(munmap(map, fsx.len) == 0, "munmap");
	if (is_late) {
		open_files();
	}
	memcpy(fsx.model + at, text, len);
}

static void allocate(void)
{
	size_t at = below(MAX_BYTES / 2);
	size_t len = 1 + below(3000);
	bool is_hole = below(2) == 0;
	int mode = is_hole ? FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE : 0;
	tell(is_hole ? "punch" : "allocate", at, len);
	int r = fallocate(fsx.fd, mode, (off_t)at, (off_t)len);
	if (fsx.is_page) {
		check(r < 0 && errno == EOPNOTSUPP, "fallocate on a page");
		return;
	}
	if (r < 0 && errno == EOPNOTSUPP) {
		return; /* the disk below can't */
	}
	check(r == 0, "fallocate");
	if (!is_hole) {
		resize(at + len > fsx.len ? at + len : fsx.len);
	} else if (at < fsx.len) {
		memset(fsx.model + at, 0, len < fsx.len - at ? len : fsx.len - at);
	}
}

static void copy_within(void)
{
	char text[1000];
	size_t len = below(sizeof text);
	if (fsx.len < 3000) {
		return;
	}
	off_t from = (off_t)below(fsx.len - 2000);
	off_t to = from + 1000 + (off_t)below(900);
	tell("copy_file_range", (size_t)to, len);
	memcpy(text, fsx.model + from, len);
	off_t at = to;
	for (size_t left = len; left > 0;) {
		ssize_t n = copy_file_range(fsx.fd, &from, fsx.fd, &at, left, 0);
		check(n > 0, "copy_file_range");
		left -= (size_t)n;
	}
	if (len > 0) {
		put((size_t)to, text, len);
	}
}

static void reopen(void)
{
	tell("reopen", 0, 0);
	close_files();
	if (below(4) == 0) {
		int fd = open(fsx.path, O_WRONLY | O_TRUNC);
		check(fd >= 0 && write(fd, fsx.model, fsx.len) == (ssize_t)fsx.len, "rewrite");
		check(close(fd) == 0, "close");
		tell("reopen, rewrite", 0, fsx.len);
	}
	open_files();
}

static void synchronize(void)
{
	tell("fsync", 0, 0);
	check(fsync(fsx.fd) == 0, "fsync");
}

static void compare(void)
{
	static char bytes[MAX_BYTES + 1];
	struct stat st;
	check(fstat(fsx.fd, &st) == 0 && (size_t)st.st_size == fsx.len, "size");
	size_t at = below(8) == 0 ? below(fsx.len + 1) : 0;
	ssize_t n = pread(fsx.fd, bytes, sizeof bytes - at, (off_t)at);
	check(n == (ssize_t)(fsx.len - at), "length read");
	check(memcmp(bytes, fsx.model + at, fsx.len - at) == 0, "bytes differ");
}

static void take_step(void)
{
	size_t kind = below(100);
	if (kind < 35) {
		write_some();
	} else if (kind < 45) {
		append_some();
	} else if (kind < 58) {
		truncate_it(below(3) == 0);
	} else if (kind < 78) {
		map_some();
	} else if (kind < 83) {
		allocate();
	} else if (kind < 88) {
		copy_within();
	} else if (kind < 94) {
		synchronize();
	} else {
		reopen();
	}
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		(void)fputs("usage: fsx FILE page|local STEPS SEED\n", stderr);
		return 2;
	}
	fsx.path = argv[1];
	fsx.is_page = strcmp(argv[2], "page") == 0;
	unsigned long steps = strtoul(argv[3], NULL, 10);
	fsx.seed = strtoull(argv[4], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	open_files();
	ssize_t n = pread(fsx.fd, fsx.model, sizeof fsx.model, 0);
	check(n >= 0, "read");
	fsx.len = (size_t)n;
	for (; fsx.step < steps; fsx.step++) {
		(void)snprintf(fsx.told[fsx.step % TOLD], sizeof fsx.told[0], "nothing");
		take_step();
		compare();
	}
	/* What is left is text, for whoever reads it next. */
	for (size_t i = 0; i < fsx.len; i++) {
		fsx.model[i] = fsx.model[i] == '\0' ? 'z' : fsx.model[i];
	}
	check(pwrite(fsx.fd, fsx.model, fsx.len, 0) == (ssize_t)fsx.len, "the last write");
	compare();
	close_files();
	(void)fwrite(fsx.model, 1, fsx.len, stdout);
	return 0;
}
