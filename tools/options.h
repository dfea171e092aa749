/*
 * The command line, the configuration file and the environment of `mount`, as one struct.
 *
 * What it is not: the token itself (token.h), or a judge of directories (mount.h).
 * Main thread only.
 */
#ifndef NOTIONFS_TOOLS_OPTIONS_H
#define NOTIONFS_TOOLS_OPTIONS_H

#include <stdbool.h>

#include "cache/workspace.h"

#define LOCAL_GLOBS_MAX 32

/* Exit codes of every command (design.md §2). */
enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct mount_options {
	struct workspace_options workspace;
	bool is_foreground;
	bool is_debug;
	bool allow_other;
	bool is_eager;
	const char *token_file;
	const char *token_command;
	const char *directory; /* as given */
	const char *local_globs[LOCAL_GLOBS_MAX + 1];
	char cache_directory[4096];
	char state_directory[4096];
};

/* Defaults, then the configuration file, then the command line after the word `mount`. 0, or
 * EXIT_USAGE after having said on stderr what is wrong. Strings point into argv, the environment
 * or live for ever. */
int options_parse(int argc, char **argv, struct mount_options *options);
/* One `key` or `key=value` of -o. 0, or EXIT_USAGE after a message. */
int options_set(struct mount_options *options, const char *item);

#endif
