/*
 * Directories that were made here and stay empty: after the grace time each becomes a page
 * (design.md §6.2). A thread of its own waits for that moment; what it waits for is kept by the
 * workspace, so that it goes on after a crash.
 *
 * What it is not: the decision (adopt.h). empty_note and empty_renamed may be called from any
 * thread; the second may wait for the disk.
 */
#ifndef NOTIONFS_FS_EMPTY_H
#define NOTIONFS_FS_EMPTY_H

#include "fs/context.h"

struct empty_list *empty_list_new(struct fs *fs);
must_check int empty_list_start(struct empty_list *list);
/* NULL is accepted by both, and a list that was not started. */
void empty_list_stop(struct empty_list *list);
void empty_list_free(struct empty_list *list);

/* mkdir made this local directory. */
void empty_note(struct fs *fs, node_id directory, const char *path);
/* A local directory has another name, with all that is in it. */
void empty_renamed(struct fs *fs, node_id directory, const char *path, node_id new_directory,
		   const char *new_path);

#endif
