/*
 * Tells the kernel what it must look at again, in order, from one thread of its own.
 *
 * What it is not: part of any request. A notice can stand behind a request on the same object for
 * seconds, so nothing that answers a request ever waits for one. Any thread may queue; queueing
 * does not block. Notices about a directory with an unanswered request are parked until it is
 * answered; the others overtake them.
 */
#ifndef NOTIONFS_FS_NOTIFY_H
#define NOTIONFS_FS_NOTIFY_H

#include "fs/context.h"

must_check int notifier_new(struct fs *fs, struct notifier **ret_notifier);
/* Starts the thread, once there is a session to speak to. 0 or -errno. */
must_check int notifier_start(struct notifier *notifier, struct fuse_session *session);
/* What is queued is dropped. NULL is accepted. */
void notifier_stop(struct notifier *notifier);
void notifier_free(struct notifier *notifier);
/* A request was answered: look at what was parked. */
void notifier_kick(struct notifier *notifier);

/* This name has to be looked up again. */
void notify_name(struct fs *fs, node_id directory, const char *name);
/* The listing and times of a directory are not what they were. After its names. */
void notify_directory(struct fs *fs, node_id directory);
/* Attributes and cached bytes of a kernel object are not what they were. */
void notify_inode(struct fs *fs, fuse_ino_t number);

/* The workspace's events; `context` is the struct fs. */
void notify_directory_changed(void *context, node_id directory, const char *const *names,
			      size_t count);
void notify_page_changed(void *context, node_id page);
void notify_events_grew(void *context);

#endif
