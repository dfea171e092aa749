/*
 * The threads that take messages from the kernel and call the handlers.
 *
 * What it is not: libfuse's own loop, which can miss a signal that comes to another thread or
 * just before it waits. A fixed number of threads suffices, because no handler waits for the
 * network.
 */
#ifndef NOTIONFS_FS_LOOP_H
#define NOTIONFS_FS_LOOP_H

#include <stdint.h>

#include "fs/fuse.h"
#include "mapping/base/cleanup.h"

struct loop;

must_check int loop_new(struct fuse_session *session, struct loop **ret_loop);
/* NULL is accepted. */
void loop_free(struct loop *loop);
/*
 * Until the mount ends, or SIGINT or SIGTERM; then `ending` is called, while requests are still
 * answered. Blocks. 0 or -errno. One at a time in a process.
 */
must_check int loop_run(struct loop *loop, unsigned threads, void (*ending)(void *context),
			void *context);
uint64_t loop_message_count(const struct loop *loop);

#endif
