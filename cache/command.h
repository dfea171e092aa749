/*
 * What the command line asks of the running daemon, through `.notionfs/control`: JSON in, JSON
 * out (workspace_command).
 *
 * Each command runs in a thread of its own, because it waits for the network; workspace_stop
 * waits for them.
 */
#ifndef NOTIONFS_CACHE_COMMAND_H
#define NOTIONFS_CACHE_COMMAND_H

#include "cache/workspace.h"

/* Blocks until every command has answered. */
void commands_wait(struct workspace *workspace);

#endif
