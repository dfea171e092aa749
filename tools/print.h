/*
 * Text from Notion on a terminal: a title may hold anything, and a terminal must not obey it.
 *
 * What it is not: colours or layout. Main thread only.
 */
#ifndef NOTIONFS_TOOLS_PRINT_H
#define NOTIONFS_TOOLS_PRINT_H

/* To stdout; control characters but for line ends, and what turns the direction of a text around,
 * as \x1b and the like. */
void print_safe(const char *text);

#endif
