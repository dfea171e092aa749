/*
 * Who asks: the process, not the thread. The kernel names the thread in each request; an editor
 * that reads in one thread and saves in another is one author (design.md §5.4).
 *
 * What it is not: of any use in RELEASE, which comes from nobody. Any thread; one system call for a
 * main thread, a look into /proc for others.
 */
#ifndef NOTIONFS_FS_PROCESS_H
#define NOTIONFS_FS_PROCESS_H

#include <sys/types.h>

#include "fs/fuse.h"

/* The thread's own number where its process can't be told: another pid namespace, or gone. */
pid_t process_of(fuse_req_t req);

#endif
