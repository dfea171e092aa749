/*
 * Where the token comes from (design.md §2), and how it stays out of sight.
 *
 * Main thread only, before any other thread is started.
 */
#ifndef NOTIONFS_TOOLS_TOKEN_H
#define NOTIONFS_TOOLS_TOKEN_H

#include "mapping/base/cleanup.h"
#include "tools/options.h"

/*
 * NOTION_API_TOKEN, NOTION_TOKEN, --token-file (refused when others can read it),
 * --token-command; the variables are taken out of the environment. Caller frees, after
 * explicit_bzero. -ENOENT: none is set; *ret_message (malloc'ed) is one sentence with the remedy.
 */
must_check int token_get(const struct mount_options *options, char **ret_token, char **ret_message);

#endif
