/*
 * What each command says of itself: `notionfs COMMAND --help`, one screen each.
 */
#ifndef NOTIONFS_TOOLS_HELP_H
#define NOTIONFS_TOOLS_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* The commands and what each is for. */
void help_print_all(FILE *out);
/* False when there is no such command. */
bool help_print(FILE *out, const char *command);

#endif
