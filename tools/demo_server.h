/*
 * The Notion-compatible server of `notionfs demo`: notion-sim with the sample workspace, as a
 * child of the daemon.
 *
 * What it is not: linked in. It is the program beside ours, so that nothing of it can lean on the
 * code it tests.
 */
#ifndef NOTIONFS_TOOLS_DEMO_SERVER_H
#define NOTIONFS_TOOLS_DEMO_SERVER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "mapping/base/cleanup.h"

#define DEMO_TOKEN "ntn_demo"

struct demo_server {
	char program[PATH_MAX];
	char workspace[PATH_MAX];
	char folder[PATH_MAX / 2]; /* of this demo's cache and state */
};

/* Looks beside this program (a build folder) and in share/notionfs (installed). -ENOENT. */
must_check int demo_server_find(struct demo_server *demo, char **ret_message);
/* Starts it; it ends when the calling thread does. Its address goes to `url`. */
must_check int demo_server_start(const struct demo_server *demo, char *url, size_t size,
				 char **ret_message);
/* Fresh folders for cache and state (each PATH_MAX bytes) below the temporary directory. */
must_check int demo_folders(struct demo_server *demo, char *cache_directory, char *state_directory,
			    char **ret_message);
/* Removes them with all that is in them. */
void demo_folders_remove(const struct demo_server *demo);

#endif
