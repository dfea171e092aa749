/*
 * The commands that talk to a running mount: each is main's argc and argv from its own name on,
 * and answers an exit code.
 */
#ifndef NOTIONFS_TOOLS_COMMANDS_H
#define NOTIONFS_TOOLS_COMMANDS_H

int command_status(int argc, char **argv);
int command_sync(int argc, char **argv);
int command_info(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_discard(int argc, char **argv);
int command_log(int argc, char **argv);
int command_unmount(int argc, char **argv);

#endif
