/*
 * Who a token is: the workspace and the bot or user behind it, which name the folders of the
 * cache and the state.
 *
 * What it is not: for anyone but workspace_open. May ask Notion once (users/me); after that the
 * answer is kept beside the state, under a fingerprint of address and token, so that a mount
 * without a network finds its folders. The token itself is never written.
 */
#ifndef NOTIONFS_CACHE_IDENTITY_H
#define NOTIONFS_CACHE_IDENTITY_H

#include "cache/remote/failure.h"
#include "cache/workspace.h"

/* Fills bot, workspace_name, is_personal_token, upload_max_bytes, state_path and cache_path; makes
 * the folders. */
must_check int identity_find(struct workspace *workspace, const char *token, char **ret_message);
/* Asks what this workspace takes, unless that was done within the minute; true: it takes larger
 * files than we thought. Blocks on the network. */
bool identity_renew_limits(struct workspace *workspace);
/* Says in *ret_message (malloc'ed) why nothing is known of a workspace, and what to do: `error` is
 * the answer of the first request, and is given back. */
int identity_fail(int error, const struct failure *failure, char **ret_message);

#endif
