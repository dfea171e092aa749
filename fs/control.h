/*
 * .notionfs/control: how the command line speaks to the daemon. One write is one command as JSON;
 * reads then give the answer from its beginning, the first waiting for it, until 0 at its end.
 *
 * What it is not: a file. Offsets are ignored: reading goes on where it stopped, and a write
 * begins anew. Any thread; nothing blocks (a read is answered later).
 */
#ifndef NOTIONFS_FS_CONTROL_H
#define NOTIONFS_FS_CONTROL_H

#include "fs/context.h"

#define CONTROL_COMMAND_MAX_BYTES (64 * 1024)

struct control;

struct control *control_new(struct fs *fs);
/* The handle is gone; an answer still to come is dropped. NULL is accepted. */
void control_free(struct control *control);

/* 0, or -EBUSY: the last command is still being answered; -EMSGSIZE; what the workspace says. */
must_check int control_write(struct control *control, const char *bytes, size_t len);
/* Replies with the next at most `size` bytes, now or when they are there. */
void control_read(struct control *control, fuse_req_t req, size_t size);

#endif
