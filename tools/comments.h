/* `notionfs comments`: the open threads of a page, and one more written. Main thread only. */
#ifndef NOTIONFS_TOOLS_COMMENTS_H
#define NOTIONFS_TOOLS_COMMENTS_H

int command_comments(int argc, char **argv);

#endif
