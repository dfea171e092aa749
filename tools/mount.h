/*
 * `notionfs mount` and `notionfs demo`: checks, fork, then the daemon's whole life.
 *
 * Order (lmdb.h, fuse.md): parse → fork → lock and stores → mount → threads → report to the
 * parent → serve → unmount → stop.
 */
#ifndef NOTIONFS_TOOLS_MOUNT_H
#define NOTIONFS_TOOLS_MOUNT_H

/* Exit codes. */
int command_mount(int argc, char **argv);
int command_demo(int argc, char **argv);

#endif
