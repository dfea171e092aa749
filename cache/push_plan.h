/*
 * How the calls of a plan are put together: shared by the plan against the base (push_plan.c) and
 * the one against what Notion has now (push_merge.c).
 *
 * What it is not: for anybody else. One push's thread.
 */
#ifndef NOTIONFS_CACHE_PUSH_PLAN_H
#define NOTIONFS_CACHE_PUSH_PLAN_H

#include "cache/push.h"
#include "mapping/plan.h"

/* The data source a row is in or will be in; false for a page that is no row. */
bool push_source(const struct push *push, struct store_transaction *state, struct uuid *ret_source);
/* {"parent":…} of a page in this directory. -EAGAIN: that is not in Notion itself yet. */
must_check int push_parent_value(struct store_transaction *state, node_id directory,
				 json_t **ret_parent);
/* Takes `body`. */
void push_add_call(json_t *calls, const char *method, const char *path, json_t *body);
/* The diff's calls behind those there are; what "@n.i" counts is moved along. */
must_check int push_add_plan(const struct plan *plan, json_t *calls);

#endif
