/*
 * The mount: from the kernel's connection to the last reply.
 *
 * What it is not: a daemon. It does not fork, write a log or own the workspace. The order of its
 * caller, after the fork:
 *
 *     fs_mount → workspace_start(fs_events) → fs_run → fs_unmount → workspace_stop →
 * fs_session_free
 *
 * fs_run's thread gets SIGINT and SIGTERM; the caller blocks both in its other threads. The
 * process's umask is set to 0: modes of local files are the kernel's to mask.
 */
#ifndef NOTIONFS_FS_SESSION_H
#define NOTIONFS_FS_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "cache/local.h"
#include "cache/workspace.h"

struct fs_session;

struct fs_options {
	const char *mount_directory;
	struct workspace *workspace;
	struct local *local;
	bool read_only;
	bool allow_other;
	bool debug; /* every message on stderr */
	bool single_thread;
	const char *name; /* of the workspace, for the first column of mount(8) */
};

/* On failure *ret_message (caller frees) is one sentence with the remedy. Does not block. */
must_check int fs_mount(const struct fs_options *options, struct fs_session **ret,
			char **ret_message);
/* Serves until unmounted, or SIGINT or SIGTERM. 0 or -errno. */
int fs_run(struct fs_session *session);
/* After fs_run: ends every open wait with ENOTCONN, unmounts, and closes what is open. */
void fs_unmount(struct fs_session *session);
/* After workspace_stop. NULL is accepted. */
void fs_session_free(struct fs_session *session);

/* What the workspace is to tell; valid as long as the session. */
const struct workspace_events *fs_events(struct fs_session *session);
/* Messages from the kernel so far. Any thread. */
uint64_t fs_message_count(const struct fs_session *session);

#endif
