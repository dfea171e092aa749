/*
 * Asking the daemon of a mount: finding the mount a path lies in, its status, its commands.
 *
 * What it is not: a second protocol. Everything goes through the files of `.notionfs/`.
 * Main thread only; blocks until the daemon answers.
 */
#ifndef NOTIONFS_TOOLS_CLIENT_H
#define NOTIONFS_TOOLS_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "mapping/base/cleanup.h"

/*
 * The mount that holds `path` (NULL: the only mount of this machine, or the one around the
 * current directory). Both malloc'ed. -ENOENT: none; a message has been printed.
 */
must_check int client_find(const char *path, char **ret_mount, char **ret_inside);
/* The text of `.notionfs/NAME`; malloc'ed. */
must_check int client_read(const char *mount, const char *name, char **ret_text);
/* Sends one command and waits for its answer. New reference. An answer with "failure" is printed
 * and -EIO. */
must_check int client_command(const char *mount, const json_t *command, json_t **ret_answer);

/* Is this directory the top of a notionfs mount, by /proc/self/mountinfo? */
bool client_is_mount(const char *path);

#endif
