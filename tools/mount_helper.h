/*
 * The forms in which mount(8) and /etc/fstab call us: `mount.fuse.notionfs SOURCE DIR -o …`, and
 * from mount.fuse `notionfs SOURCE DIR -o …`, without the word `mount` (fuse.md, "Start and end").
 *
 * What it is not: mounting (mount.h). Main thread only.
 */
#ifndef NOTIONFS_TOOLS_MOUNT_HELPER_H
#define NOTIONFS_TOOLS_MOUNT_HELPER_H

#include <stdbool.h>

/* Was the program called by the helper's name? */
bool mount_helper_is_named(const char *program);
/* Is it, where there is no command of this name, the form without the word `mount`? */
bool mount_helper_is_form(int argc, char **argv);
/* Mounts. SOURCE is `notionfs`, or the id or address of a page to be shown alone. Exit code. */
int mount_helper_run(int argc, char **argv);

#endif
