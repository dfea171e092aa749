/*
 * `notionfs diff`: the calls that turn the blocks of one file into the text of another, a line of
 * JSON each (dialect.md §5).
 *
 * What it is not: a client; nothing is sent.
 */
#ifndef NOTIONFS_TOOLS_FILTER_DIFF_H
#define NOTIONFS_TOOLS_FILTER_DIFF_H

/* diff [--weight W] [--page ID] BASE.json NEW.md; argv[0] is "diff". The exit code: 0, 1 when the
 * files can't be compared or the API can't make the change, 2 for wrong usage. */
int filter_diff(int argc, char **argv);

#endif
