/*
 * One line a message: time, level, module, text. Goes to stderr until a file is set.
 *
 * What it is not: a place for secrets. Nobody passes a token or an Authorization header here.
 * Any thread; a line is written with one write(2). Leaf code never logs above debug: the top
 * logs once, with the page or path.
 *
 * Each .c file that logs defines LOG_MODULE before including this header.
 */
#ifndef NOTIONFS_BASE_LOG_H
#define NOTIONFS_BASE_LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* Lines below `level` are dropped; the default is LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);
/* The descriptor lines go to from now on; not closed by us. */
void log_set_fd(int fd);

void log_line(enum log_level level, const char *module, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_debug(...) log_line(LOG_LEVEL_DEBUG, LOG_MODULE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, LOG_MODULE, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, LOG_MODULE, __VA_ARGS__)
#define log_error(...) log_line(LOG_LEVEL_ERROR, LOG_MODULE, __VA_ARGS__)

#endif
