#include "fs/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "mapping/base/cleanup.h"

#define STATUS_BYTES 512 /* Tgid is the fourth line */

/* No signal is sent; it fails so only for a thread that is not its process's first. */
static bool is_main_thread(pid_t thread)
{
	return syscall(SYS_tgkill, thread, thread, 0) == 0 || errno != ESRCH;
}

pid_t process_of(fuse_req_t req)
{
	pid_t thread = fuse_req_ctx(req)->pid;
	char text[STATUS_BYTES];
	if (thread <= 0 || is_main_thread(thread)) {
		return thread;
	}
	(void)snprintf(text, sizeof text, "/proc/%d/status", (int)thread);
	CLEANUP(fd) int fd = open(text, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (len <= 0) {
		return thread;
	}
	text[len] = '\0';
	const char *line = strstr(text, "\nTgid:");
	long process = line == NULL ? 0 : strtol(line + 6, NULL, 10);
	return process > 0 ? (pid_t)process : thread;
}
