#include "mapping/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static atomic_int lowest_level = LOG_LEVEL_INFO;
static atomic_int log_fd = STDERR_FILENO;

void log_set_level(enum log_level level)
{
	atomic_store(&lowest_level, (int)level);
}

void log_set_fd(int fd)
{
	atomic_store(&log_fd, fd);
}

void log_line(enum log_level level, const char *module, const char *format, ...)
{
	static const char *const names[] = {"debug", "info", "warning", "error"};
	if ((int)level < atomic_load(&lowest_level)) {
		return;
	}
	struct timespec now;
	struct tm utc;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &utc);

	char line[LINE_MAX_BYTES];
	size_t len = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
	len += (size_t)snprintf(line + len, sizeof line - len,
				".%03ldZ %s %s: ", now.tv_nsec / 1000000, names[level], module);
	va_list args;
	va_start(args, format);
	int text = vsnprintf(line + len, sizeof line - len - 1, format, args);
	va_end(args);
	if (text > 0) {
		size_t room = sizeof line - len - 2;
		len += (size_t)text < room ? (size_t)text : room;
	}
	/* One message, one line: a title with a line feed must not forge a second one. */
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) {
			line[i] = ' ';
		}
	}
	line[len++] = '\n';
	(void)!write(atomic_load(&log_fd), line, len);
}
