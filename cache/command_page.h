/*
 * What the command line asks about one page's saves: `plan`, `discard` and `log`.
 *
 * What it is not: the way commands come and are answered (command.c). A command's thread; waits for
 * the disk only. Each answer is a new reference; {"failure":…} says why not.
 */
#ifndef NOTIONFS_CACHE_COMMAND_PAGE_H
#define NOTIONFS_CACHE_COMMAND_PAGE_H

#include <jansson.h>

#include "cache/workspace.h"

/* {"state","calls":[{"n","method","path","body"},…],"error","waits"}: what the pending save of this
 * page will send, as far as it is known here. */
json_t *page_command_plan(struct workspace *workspace, node_id page);
/* Drops the save that is owed: the page reads as Notion has it, or is gone, where it never was
 * there. The text is kept in the history. */
json_t *page_command_discard(struct workspace *workspace, node_id page);
/* {"events":[…]} of a page, or (0) of all; with `show` > 0 {"text"} that this event replaced. */
json_t *page_command_log(struct workspace *workspace, node_id page, uint64_t show);

#endif
