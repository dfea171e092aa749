#include "tools/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TOKEN_MAX_BYTES 4096

static int fail(char **ret_message, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(char **ret_message, int error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (vasprintf(ret_message, format, args) < 0) {
		*ret_message = NULL;
	}
	va_end(args);
	return error;
}

/* The first line, without white space around it. */
static int take_line(FILE *from, const char *what, char **ret_token, char **ret_message)
{
	char line[TOKEN_MAX_BYTES];
	if (fgets(line, sizeof line, from) == NULL) {
		return fail(ret_message, -ENOENT, "%s gives no token: it is empty", what);
	}
	char *start = line + strspn(line, " \t");
	start[strcspn(start, " \t\r\n")] = '\0';
	*ret_token = strdup(start);
	bool is_empty = *start == '\0';
	explicit_bzero(line, sizeof line);
	if (is_empty) {
		free(*ret_token);
		return fail(ret_message, -ENOENT, "%s gives no token: its first line is empty",
			    what);
	}
	return *ret_token == NULL ? -ENOMEM : 0;
}

static int from_file(const char *path, char **ret_token, char **ret_message)
{
	CLEANUP(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	if (fd < 0 || fstat(fd, &stat) != 0) {
		return fail(ret_message, -errno, "the token file %s can't be read: %s", path,
			    strerror(errno));
	}
	if ((stat.st_mode & 077) != 0) {
		return fail(ret_message, -EPERM,
			    "the token file %s can be read by others: chmod 600 %s", path, path);
	}
	FILE *file = fdopen(fd, "r");
	if (file == NULL) {
		return -errno;
	}
	fd = -1;
	int r = take_line(file, path, ret_token, ret_message);
	(void)fclose(file);
	return r;
}

static int from_command(const char *command, char **ret_token, char **ret_message)
{
	FILE *pipe = popen(command, "re");
	if (pipe == NULL) {
		return fail(ret_message, -errno, "the token command can't be run: %s",
			    strerror(errno));
	}
	int r = take_line(pipe, "the token command", ret_token, ret_message);
	int status = pclose(pipe);
	if (r == 0 && status != 0) {
		explicit_bzero(*ret_token, strlen(*ret_token));
		free(steal(ret_token));
		return fail(ret_message, -EIO, "the token command failed: try it by hand");
	}
	return r;
}

int token_get(const struct mount_options *options, char **ret_token, char **ret_message)
{
	static const char *const variables[] = {"NOTION_API_TOKEN", "NOTION_TOKEN"};
	char *token = NULL;
	for (size_t i = 0; i < 2; i++) {
		char *value = getenv(variables[i]);
		if (token == NULL && value != NULL && *value != '\0') {
			token = strdup(value);
		}
		if (value != NULL) {
			/* Neither our children nor /proc/self/environ keep it. */
			explicit_bzero(value, strlen(value));
			(void)unsetenv(variables[i]);
		}
	}
	if (token != NULL) {
		*ret_token = token;
		return 0;
	}
	if (options->token_file != NULL) {
		return from_file(options->token_file, ret_token, ret_message);
	}
	if (options->token_command != NULL) {
		return from_command(options->token_command, ret_token, ret_message);
	}
	return fail(ret_message, -ENOENT,
		    "no token: make one at https://www.notion.so/profile/integrations, then "
		    "export NOTION_API_TOKEN=ntn_… (or use --token-file); `notionfs demo` needs "
		    "none");
}
