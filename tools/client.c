#include "tools/client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/base/buf.h"

#define TYPE "fuse.notionfs"
#define ANSWER_MAX_BYTES ((size_t)64 << 20)

/* mountinfo writes blanks and backslashes as octal. */
static void unescape(char *text)
{
	char *to = text;
	for (const char *at = text; *at != '\0'; at++) {
		unsigned value;
		if (*at == '\\' && sscanf(at + 1, "%3o", &value) == 1) {
			*to++ = (char)value;
			at += 3;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
}

/* Calls `visit` with each mount point of ours until it answers true. */
static bool each_mount(bool (*visit)(void *context, const char *mount), void *context)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	while (file != NULL && !found && getline(&line, &size, file) > 0) {
		char point[PATH_MAX];
		const char *type = strstr(line, " - ");
		if (type != NULL && strncmp(type + 3, TYPE " ", strlen(TYPE) + 1) == 0 &&
		    sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1) {
			unescape(point);
			found = visit(context, point);
		}
	}
	free(line);
	if (file != NULL) {
		(void)fclose(file);
	}
	return found;
}

static bool is_same_path(void *context, const char *mount)
{
	return strcmp(context, mount) == 0;
}

bool client_is_mount(const char *path)
{
	return each_mount(is_same_path, (void *)path);
}

struct holding {
	const char *path;
	char *mount; /* the longest that holds it */
};

static bool note_holding(void *context, const char *mount)
{
	struct holding *holding = context;
	size_t len = strlen(mount);
	bool holds = strncmp(holding->path, mount, len) == 0 &&
		     (holding->path[len] == '\0' || holding->path[len] == '/');
	if (holds && (holding->mount == NULL || strlen(holding->mount) < len)) {
		free(holding->mount);
		holding->mount = strdup(mount);
	}
	return false;
}

struct only {
	char *mount;
	size_t count;
};

static bool note_only(void *context, const char *mount)
{
	struct only *only = context;
	if (only->count++ == 0) {
		only->mount = strdup(mount);
	}
	return false;
}

/* An absolute path without resolving what lies in the mount (that could wait for the network). */
static char *absolute(const char *path)
{
	char folder[PATH_MAX];
	char *text;
	if (*path == '/') {
		return strdup(path);
	}
	if (getcwd(folder, sizeof folder) == NULL ||
	    asprintf(&text, "%s%s%s", folder, strcmp(path, ".") == 0 ? "" : "/",
		     strcmp(path, ".") == 0	   ? ""
		     : strncmp(path, "./", 2) == 0 ? path + 2
						   : path) < 0) {
		return NULL;
	}
	return text;
}

/* Takes the dots out of a path: its directory resolved, its own name as it is. */
static void resolve_dots(char **path)
{
	char real[PATH_MAX];
	char *slash = strrchr(*path, '/');
	char *text;
	bool is_dots = strcmp(slash, "/..") == 0 || strcmp(slash, "/.") == 0;
	if (!is_dots && strstr(*path, "/../") == NULL && strstr(*path, "/./") == NULL) {
		return;
	}
	if (is_dots) {
		text = realpath(*path, NULL);
	} else {
		*slash = '\0';
		bool is_there = realpath(slash == *path ? "/" : *path, real) != NULL;
		*slash = '/';
		if (!is_there || asprintf(&text, "%s%s", real, slash) < 0) {
			text = NULL;
		}
	}
	if (text != NULL) {
		free(*path);
		*path = text;
	}
}

int client_find(const char *path, char **ret_mount, char **ret_inside)
{
	CLEANUP(free) char *full = absolute(path == NULL ? "." : path);
	struct holding holding = {.path = full};
	struct only only = {0};
	if (full == NULL) {
		return -ENOMEM;
	}
	size_t len = strlen(full);
	while (len > 1 && full[len - 1] == '/') {
		full[--len] = '\0';
	}
	resolve_dots(&full);
	holding.path = full;
	(void)each_mount(note_holding, &holding);
	if (holding.mount == NULL) {
		/* Perhaps a symlink, or dots in the path, hide it. */
		CLEANUP(free) char *real = realpath(full, NULL);
		if (real != NULL) {
			free(full);
			full = steal(&real);
			holding.path = full;
			(void)each_mount(note_holding, &holding);
		}
	}
	if (holding.mount != NULL) {
		const char *inside = full + strlen(holding.mount);
		*ret_inside = strdup(inside + strspn(inside, "/"));
		*ret_mount = holding.mount;
		return 0;
	}
	if (path == NULL) {
		(void)each_mount(note_only, &only);
		if (only.count == 1) {
			*ret_mount = only.mount;
			*ret_inside = strdup("");
			return 0;
		}
		free(only.mount);
	}
	if (path != NULL) {
		(void)fprintf(stderr, "notionfs: %s is not in a mounted workspace\n", path);
	} else if (only.count == 0) {
		(void)fputs("notionfs: no workspace is mounted: `notionfs mount DIR` mounts one\n",
			    stderr);
	} else {
		(void)fputs("notionfs: several workspaces are mounted: name a directory\n", stderr);
	}
	return -ENOENT;
}

static int open_special(const char *mount, const char *name, int flags)
{
	CLEANUP(free) char *path = NULL;
	if (asprintf(&path, "%s/.notionfs/%s", mount, name) < 0) {
		return -ENOMEM;
	}
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0) {
		int error = errno;
		(void)fprintf(stderr, "notionfs: %s: %s\n", path, strerror(error));
		return -error;
	}
	return fd;
}

static int read_all(int fd, char **ret_text, size_t *ret_len)
{
	CLEANUP(buf) struct buf text;
	char piece[16384];
	ssize_t n;
	buf_init(&text, ANSWER_MAX_BYTES);
	while ((n = read(fd, piece, sizeof piece)) > 0) {
		buf_append(&text, piece, (size_t)n);
	}
	if (n < 0) {
		return -errno;
	}
	int r = buf_check(&text);
	if (r == 0) {
		*ret_text = buf_steal(&text, ret_len);
	}
	return r;
}

int client_read(const char *mount, const char *name, char **ret_text)
{
	size_t len;
	CLEANUP(fd) int fd = open_special(mount, name, O_RDONLY);
	return fd < 0 ? fd : read_all(fd, ret_text, &len);
}

int client_command(const char *mount, const json_t *command, json_t **ret_answer)
{
	CLEANUP(free) char *text = json_dumps(command, JSON_COMPACT);
	CLEANUP(free) char *answer = NULL;
	size_t len;
	CLEANUP(fd) int fd = open_special(mount, "control", O_RDWR);
	if (fd < 0) {
		return fd;
	}
	if (text == NULL || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		(void)fprintf(stderr, "notionfs: the daemon of %s does not listen: %s\n", mount,
			      strerror(errno));
		return -EIO;
	}
	int r = read_all(fd, &answer, &len);
	if (r < 0) {
		(void)fprintf(stderr, "notionfs: the daemon of %s did not answer: %s\n", mount,
			      strerror(-r));
		return r;
	}
	json_t *json = json_loadb(answer, len, 0, NULL);
	const char *failure = json_string_value(json_object_get(json, "failure"));
	if (json == NULL || failure != NULL) {
		(void)fprintf(stderr, "notionfs: %s\n",
			      failure != NULL ? failure : "the daemon's answer can't be read");
		json_decref(json);
		return -EIO;
	}
	*ret_answer = json;
	return 0;
}
