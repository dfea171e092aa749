/*
 * Lets the process follow the clock of a test server (NOTIONFS_TEST_CLOCK, design.md §9).
 *
 * What it is not: used outside of tests. One thread of its own, which asks GET /_sim/clock and
 * hands what it hears to mapping/base/clock.
 */
#ifndef NOTIONFS_CACHE_REMOTE_CLOCK_FOLLOWER_H
#define NOTIONFS_CACHE_REMOTE_CLOCK_FOLLOWER_H

#include "mapping/base/cleanup.h"

struct clock_follower;

/* Waits for the first answer (at most 10 s). -EINVAL: `url` is no http URL of this host; else why
 * there was no answer. */
must_check int clock_follower_new(const char *url, struct clock_follower **ret_follower);
/* Any thread; clock_follower_free then does not wait for the server. */
void clock_follower_stop(struct clock_follower *follower);
void clock_follower_free(struct clock_follower *follower);

#endif
