/*
 * What an answer, or the lack of one, says about a request: the one place where HTTP statuses
 * become errno and enum failure_kind.
 *
 * What it is not: the policy of what is repeated (notion_call.c). Pure; any thread. Internal to
 * cache/remote; struct failure itself is in notion.h.
 */
#ifndef NOTIONFS_CACHE_REMOTE_FAILURE_H
#define NOTIONFS_CACHE_REMOTE_FAILURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/remote/notion.h"

/* `answer` may be NULL (no JSON, as the HTML pages of proxies). `status` is no 2xx. Returns the
 * -errno of notion.h; -EAGAIN for 429 and 529. */
int failure_from_answer(struct failure *failure, int status, const json_t *answer);
/* http_send said `error`; `reason` for a person. Returns the -errno of notion.h. */
int failure_from_network(struct failure *failure, int error, bool was_sent, const char *reason);
/* A 2xx whose body makes no sense: -EIO. */
int failure_from_nonsense(struct failure *failure, int status);
/* Nothing was sent, for a reason of our own. Returns `error`. */
int failure_before_sending(struct failure *failure, int error, const char *message);

/* additional_data.<key> of an error answer when it is a string, or NULL. Lives as long as it. */
const char *answer_additional(const json_t *answer, const char *key);
/* Should an echo of the token stand in the message, it goes. */
void failure_redact(struct failure *failure, const char *token);
/* 400 "… is archived …": what was to be edited or deleted is in the trash. */
bool failure_is_trashed(const struct failure *failure);

#endif
